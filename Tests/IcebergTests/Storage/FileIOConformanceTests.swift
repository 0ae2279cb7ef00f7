import Iceberg
import IcebergBytes
import IcebergTestSupport
import IcebergTesting
import Testing

/// The rules of storage, put to each implementation.
@Suite struct FileIOConformanceTests {
  /// A storage with a folder of its own to work in.
  struct Implementation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable (TemporaryDirectory) -> (fileIO: any FileIO, root: String)

    init(
      _ name: String, _ make: @escaping @Sendable (TemporaryDirectory) -> (any FileIO, String)
    ) {
      testDescription = name
      self.make = make
    }

    var conformance: FileIOConformance {
      FileIOConformance {
        let directory = try TemporaryDirectory()
        let (fileIO, root) = make(directory)
        // The folder is there as long as the directory is held.
        return .init(fileIO, root: root) { withExtendedLifetime(directory) {} }
      }
    }
  }

  static let implementations: [Implementation] = [
    Implementation("local") { (LocalFileIO(), $0.path) },
    Implementation("local, URI") { (LocalFileIO(), "file://" + $0.path) },
    Implementation("local, without links") {
      (LocalFileIO(steps: LocalWriteSteps(usesLinks: false)), "file:" + $0.path)
    },
    Implementation("memory") { _ in (MemoryFileIO(), "memory://bucket/root") },
    Implementation("mapped") { directory in
      let mapping = LocationMapping(from: "s3://old/place/", to: directory.path + "/new")
      return (MappedFileIO(LocalFileIO(), mappings: [mapping]), "s3://old/place")
    },
    Implementation("resolver") { _ in
      (FileIOResolver(schemes: ["mem": MemoryFileIO()]), "mem:/root")
    },
  ]

  @Test(
    "storage keeps every rule", arguments: implementations,
    FileIOConformance { (MemoryFileIO(), root: "memory:") }.rules)
  func rule(_ implementation: Implementation, _ rule: FileIOConformance.Rule) async throws {
    try await implementation.conformance.check(rule)
  }

  @Test("a storage that overwrites is found out")
  func finding() async {
    let conformance = FileIOConformance { (OverwritingFileIO(), root: "memory:/root") }
    await withKnownIssue { await conformance.run() }
  }
}

/// A storage that does not keep to `createNew`.
private struct OverwritingFileIO: FileIO {
  let base = MemoryFileIO()

  func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws {
    try await base.write(bytes, to: location, mode: .replace)
  }
  func status(of location: String) async throws -> FileStatus {
    try await base.status(of: location)
  }
  func read(_ location: String, range: Range<Int64>?) async throws -> Bytes {
    try await base.read(location, range: range)
  }
  func create(_ location: String) async throws -> any OutputFile { try await base.create(location) }
  func list(under folder: String) async throws -> [FileStatus] {
    try await base.list(under: folder)
  }
  func remove(_ locations: [String]) async throws { try await base.remove(locations) }
}
