import IcebergAvro
import IcebergBytes
import IcebergTestSupport
import Testing

/// All records of a file, by its own schema.
func readAll(_ bytes: Bytes, limit: Int = 1 << 24) throws(FormatError) -> [AvroValue] {
  var file = try AvroFileReader(bytes)
  let plan = try AvroReadPlan(reading: file.schema)
  var records: [AvroValue] = []
  while let block = try file.nextBlock(limit: limit) {
    var decoder = AvroDecoder(block.bytes)
    for _ in 0..<block.count { records.append(try decoder.readValue(plan.root, in: plan)) }
    try decoder.finish()
  }
  return records
}

@Suite struct AvroFileTests {
  @Test("reads every shared Avro file to its end", .needsSharedFiles)
  func sharedFiles() throws {
    let files = ["golden", "golden-java"].flatMap { SharedFiles.files(under: $0, suffix: ".avro") }
    #expect(files.count > 1_000)
    var records = 0
    for file in files {
      // Its fixed partition values have a length in front, against their schema.
      if file.contains("java_v2_part_identity_fx"), file.hasSuffix("-m0.avro") {
        #expect(throws: FormatError.self) { try readAll(SharedFiles.bytes(file)) }
        continue
      }
      do {
        records += try readAll(SharedFiles.bytes(file)).count
      } catch {
        Issue.record("\(file): \(error)")
      }
    }
    #expect(records > 2_000)
  }
}
