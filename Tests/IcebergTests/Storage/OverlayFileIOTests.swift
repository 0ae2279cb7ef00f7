import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct OverlayFileIOTests {
  @Test("what is written is read back, what lies underneath too, and that never changes")
  func overlay() async throws {
    let base = MemoryFileIO()
    try await base.write(Bytes(utf8: "old"), to: "memory:/t/a", mode: .createNew)
    try await base.write(Bytes(utf8: "kept"), to: "memory:/t/b", mode: .createNew)
    let storage = OverlayFileIO(base)
    try await storage.write(Bytes(utf8: "newer"), to: "memory:/t/a", mode: .replace)
    let file = try await storage.create("memory:/t/c/d")
    try await file.write(Bytes(utf8: "piece"))
    try await file.finish()

    #expect(try await storage.read("memory:/t/a", range: nil) == Bytes(utf8: "newer"))
    #expect(try await storage.read("memory:/t/a", range: 1..<3) == Bytes(utf8: "ew"))
    #expect(try await storage.read("memory:/t/b", range: nil) == Bytes(utf8: "kept"))
    #expect(try await storage.status(of: "memory:/t/a").sizeInBytes == 5)
    #expect(try await storage.status(of: "memory:/t/b").sizeInBytes == 4)
    let listed = try await storage.list(under: "memory:/t").map(\.location).sorted()
    #expect(listed == ["memory:/t/a", "memory:/t/b", "memory:/t/c/d"])
    let children = try await storage.children(of: "memory:/t").map(\.name).sorted()
    #expect(children == ["a", "b", "c"])
    await expectError(.notFound) { _ = try await storage.read("memory:/t/x", range: nil) }
    await expectError(.alreadyExists) {
      try await storage.write(Bytes(utf8: "x"), to: "memory:/t/b", mode: .createNew)
    }

    try await storage.remove(["memory:/t/a", "memory:/t/b"])
    #expect(base.locations == ["memory:/t/a", "memory:/t/b"])
    #expect(try await base.read("memory:/t/a", range: nil) == Bytes(utf8: "old"))
  }
}
