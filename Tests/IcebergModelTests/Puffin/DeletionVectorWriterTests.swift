import IcebergBytes
import IcebergModel
import Testing

@Suite struct DeletionVectorWriterTests {
  static func data(_ location: String, rows: Int64) -> DataFile {
    DataFile(
      location: location, format: .parquet, specID: 3, partition: StructValue([.int(7)]),
      recordCount: rows, fileSizeInBytes: 1000)
  }

  @Test("the manifest's entry of a vector says where it lies and which data file it is about")
  func entries() throws {
    var writer = DeletionVectorWriter(location: "s3://b/dv.puffin")
    let vectors = [try DeletionVector([0, 9]), try DeletionVector(Array(0..<500))]
    try writer.append(vectors[0], of: Self.data("s3://b/a", rows: 10))
    try writer.append(vectors[1], of: Self.data("s3://b/b", rows: 500))
    let (bytes, files) = try writer.finish()
    #expect(files.map(\.referencedDataFile) == ["s3://b/a", "s3://b/b"])
    #expect(files.map(\.recordCount) == [2, 500])
    let blobs = try PuffinFile(parsing: bytes).blobs
    for (index, file) in files.enumerated() {
      #expect(file.content == .positionDeletes)
      #expect(file.format == .puffin)
      #expect(file.location == "s3://b/dv.puffin")
      #expect(file.specID == 3)
      #expect(file.partition == StructValue([.int(7)]))
      #expect(file.fileSizeInBytes == Int64(bytes.count))
      let delete = DeleteFile(file: file, sequenceNumber: 1, partitionSpec: .unpartitioned)
      let range = try delete.contentRange
      #expect(range == blobs[index].range)
      let blob = bytes[Int(range.lowerBound)..<Int(range.upperBound)]
      #expect(try DeletionVector(parsing: blob, of: delete) == vectors[index])
    }
  }

  @Test("a data file has one vector, with rows that it has")
  func refusals() throws {
    var writer = DeletionVectorWriter(location: "s3://b/dv.puffin")
    let file = Self.data("s3://b/a", rows: 10)
    #expect(throws: IcebergError.self) { try writer.append(DeletionVector(), of: file) }
    #expect(throws: IcebergError.self) { try writer.append(DeletionVector([10]), of: file) }
    #expect(writer.count == 0)
    try writer.append(DeletionVector([9]), of: file)
    #expect(throws: IcebergError.self) { try writer.append(DeletionVector([1]), of: file) }
    #expect(writer.count == 1)
  }
}
