import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct MappedFileIOTests {
  static let mapped = MappedFileIO(
    MemoryFileIO(),
    mappings: [
      LocationMapping(from: "file:/old", to: "/new"),
      LocationMapping(from: "/old/place/", to: "/far/away/"),
      LocationMapping(from: "s3://bucket", to: "/backup"),
      LocationMapping(from: "data/here", to: "/there"),
    ])

  @Test(
    "the longest folder that holds a location is replaced",
    arguments: [
      ("/old/x", "/new/x"), ("file:/old/x", "/new/x"), ("file:///old/x", "/new/x"),
      ("/old", "/new"), ("/old/", "/new/"), ("/older/x", "/older/x"),
      ("/old/place/x/y", "/far/away/x/y"), ("/old/places/x", "/new/places/x"),
      ("s3://bucket/k/v", "/backup/k/v"), ("s3://buckets/k", "s3://buckets/k"),
      ("data/here/x", "/there/x"), ("gs://elsewhere/x", "gs://elsewhere/x"),
    ])
  func mapping(location: String, expected: String) {
    #expect(Self.mapped.mapped(location) == expected)
  }

  @Test("files are found where they are and answer to where they were")
  func answers() async throws {
    let memory = MemoryFileIO()
    let fileIO = MappedFileIO(
      memory, mappings: [LocationMapping(from: "s3://b/t", to: "/copy")])
    try await fileIO.write(Bytes(utf8: "x"), to: "s3://b/t/data/1", mode: .createNew)
    #expect(memory.locations == ["/copy/data/1"])
    #expect(try await fileIO.list(under: "s3://b/t").map(\.location) == ["s3://b/t/data/1"])
    #expect(try await fileIO.status(of: "s3://b/t/data/1").location == "s3://b/t/data/1")
    #expect(
      try await fileIO.children(of: "s3://b/t") == [FolderEntry(name: "data", kind: .folder)])
    try await fileIO.remove(["s3://b/t/data/1"])
    #expect(memory.locations.isEmpty)
  }
}
