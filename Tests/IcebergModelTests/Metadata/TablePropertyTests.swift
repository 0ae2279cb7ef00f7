import IcebergModel
import Testing

@Suite struct TablePropertyTests {
  @Test("a property that is not set has its default")
  func defaults() throws {
    #expect(try TableProperties.commitRetries.value(in: [:]) == 4)
    #expect(try TableProperties.commitRetryMinWait.value(in: [:]) == .milliseconds(100))
    #expect(try TableProperties.deleteFormat.value(in: [:]) == nil)
    #expect(try TableProperties.dataFormat.value(in: [:]) == .parquet)
  }

  @Test("values are read by their type")
  func values() throws {
    let properties = [
      "commit.retry.num-retries": "7", "commit.retry.min-wait-ms": "250", "gc.enabled": "FALSE",
      "write.format.default": "AVRO", "write.delete.mode": "merge-on-read", "comment": "",
      "write.parquet.compression-level": "-3", "read.split.target-size": "9223372036854775807",
    ]
    #expect(try TableProperties.commitRetries.value(in: properties) == 7)
    #expect(try TableProperties.commitRetryMinWait.value(in: properties) == .milliseconds(250))
    #expect(try TableProperties.garbageCollectionEnabled.value(in: properties) == false)
    #expect(try TableProperties.dataFormat.value(in: properties) == .avro)
    #expect(try TableProperties.deleteMode.value(in: properties) == .mergeOnRead)
    #expect(try TableProperties.comment.value(in: properties) == "")
    #expect(try TableProperties.parquetCompressionLevel.value(in: properties) == -3)
    #expect(try TableProperties.splitTargetSizeInBytes.value(in: properties) == .max)
  }

  static func message<Value>(_ property: TableProperty<Value>, _ text: String) -> String? {
    thrown { _ = try property.value(in: [property.key: text]) }?.message
  }

  @Test("a value that makes no sense is an error that names property and value")
  func mistakes() {
    #expect(
      Self.message(TableProperties.commitRetries, "many")
        == "table property 'commit.retry.num-retries' must be a whole number of 0 or more, found 'many'"
    )
    #expect(Self.message(TableProperties.commitRetries, "-1") != nil)
    #expect(Self.message(TableProperties.commitRetryMinWait, "1s") != nil)
    #expect(Self.message(TableProperties.targetFileSizeInBytes, "0") != nil)
    #expect(Self.message(TableProperties.garbageCollectionEnabled, "yes") != nil)
    #expect(
      Self.message(TableProperties.dataFormat, "csv")?.contains("parquet, avro, orc, puffin")
        == true)
    #expect(Self.message(TableProperties.formatVersion, "4") != nil)
    #expect(Self.message(TableProperties.parquetCompressionLevel, "best") != nil)
  }
}
