import Foundation
import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct LocalFileIOTests {
  struct Failure: Error {}

  @Test("a step that fails before the name is given leaves nothing", arguments: [true, false])
  func failureBefore(usesLinks: Bool) async throws {
    for step in LocalWriteStep.allCases where step.rawValue < LocalWriteStep.published.rawValue {
      for mode in [WriteMode.createNew, .replace] {
        try await withTemporaryDirectory { directory in
          let fileIO = LocalFileIO(
            steps: LocalWriteSteps(usesLinks: usesLinks) { if $0 == step { throw Failure() } })
          await #expect(throws: Failure.self) {
            try await fileIO.write(Bytes(utf8: "x"), to: directory.path("f/x"), mode: mode)
          }
          let left = try await fileIO.list(under: directory.path)
          #expect(left.isEmpty)
        }
      }
    }
  }

  @Test("a step that fails after the name is given leaves the file and says that it is not sure")
  func failureAfter() async throws {
    for step in [LocalWriteStep.published, .folderSynced, .temporaryRemoved] {
      try await withTemporaryDirectory { directory in
        let fileIO = LocalFileIO(steps: LocalWriteSteps { if $0 == step { throw Failure() } })
        await expectError(.commitStateUnknown) {
          try await fileIO.write(Bytes(utf8: "x"), to: directory.path("x"), mode: .createNew)
        }
        #expect(directory.listing.files() == ["x"])
      }
    }
  }

  @Test(
    "a file that another process makes at the last moment is not replaced",
    arguments: [true, false])
  func lastMoment(usesLinks: Bool) async throws {
    try await withTemporaryDirectory { directory in
      let path = directory.path("x")
      let steps = LocalWriteSteps(usesLinks: usesLinks) { step in
        if step == .synced { try "rival".write(toFile: path, atomically: false, encoding: .utf8) }
      }
      await expectError(.alreadyExists) {
        try await LocalFileIO(steps: steps).write(Bytes(utf8: "x"), to: path, mode: .createNew)
      }
      let text = try directory.listing.text("x")
      #expect(text == "rival")
      #expect(directory.listing.files() == ["x"])
    }
  }

  @Test("Hadoop's checksum of an earlier content goes when the content does")
  func hadoopChecksums() async throws {
    try await withTemporaryDirectory { directory in
      let fileIO = LocalFileIO()
      for name in ["hint", "removed", "gone"] {
        try "crc".write(
          toFile: directory.path(".\(name).crc"), atomically: false, encoding: .utf8)
      }
      for name in ["hint", "removed"] {
        try "old".write(toFile: directory.path(name), atomically: false, encoding: .utf8)
      }
      try await fileIO.write(Bytes(utf8: "new"), to: directory.path("hint"), mode: .replace)
      try await fileIO.write(Bytes(utf8: "new"), to: directory.path("gone"), mode: .createNew)
      try await fileIO.remove([directory.path("removed")])
      #expect(directory.listing.files() == ["gone", "hint"])
    }
  }

  @Test("links are followed when listing, loops once, and removed without what they lead to")
  func links() async throws {
    try await withTemporaryDirectory { directory in
      let fileIO = LocalFileIO()
      let files = FileManager.default
      try await fileIO.write(Bytes(utf8: "1"), to: directory.path("t/a"), mode: .createNew)
      try await fileIO.write(Bytes(utf8: "2"), to: directory.path("out/b"), mode: .createNew)
      try files.createSymbolicLink(
        atPath: directory.path("t/loop"), withDestinationPath: directory.path("t"))
      try files.createSymbolicLink(
        atPath: directory.path("t/out"), withDestinationPath: directory.path("out"))
      try files.createSymbolicLink(
        atPath: directory.path("t/dangling"), withDestinationPath: "/nowhere/at/all")
      let found = try await fileIO.list(under: directory.path("t")).map(\.location)
      #expect(Set(found) == [directory.path("t/a"), directory.path("t/out/b")])
      await expectError(.alreadyExists) {
        try await fileIO.write(Bytes(), to: directory.path("t/dangling"), mode: .createNew)
      }
      try await fileIO.remove(["loop", "out", "dangling", "a"].map { directory.path("t/" + $0) })
      try await fileIO.removeEmptyFolder(directory.path("t"))
      #expect(directory.listing.files() == ["out/b"])
      #expect(directory.listing.folders() == ["out"])
    }
  }

  @Test("a pipe is refused, not waited for")
  func pipe() async throws {
    try await withTemporaryDirectory { directory in
      #expect(mkfifo(directory.path("pipe"), 0o600) == 0)
      await expectError(.invalidArgument) {
        _ = try await LocalFileIO().read(directory.path("pipe"), range: nil)
      }
    }
  }

  @Test("a file in the place of a folder is named in the error")
  func fileInTheWay() async throws {
    try await withTemporaryDirectory { directory in
      let fileIO = LocalFileIO()
      try await fileIO.write(Bytes(), to: directory.path("a"), mode: .createNew)
      await expectError(.invalidArgument) {
        try await fileIO.write(Bytes(), to: directory.path("a/b/c"), mode: .createNew)
      }
      await expectError(.invalidArgument) { try await fileIO.createFolder(directory.path("a")) }
      await expectError(.invalidArgument) {
        try await fileIO.removeEmptyFolder(directory.path("a"))
      }
    }
  }

  @Test("a name as long as the file system allows can be written")
  func longName() async throws {
    try await withTemporaryDirectory { directory in
      let fileIO = LocalFileIO()
      let name = String(repeating: "n", count: 255)
      try await fileIO.write(Bytes(utf8: "x"), to: directory.path(name), mode: .createNew)
      #expect(directory.listing.files() == [name])
      await expectError(.invalidArgument) {
        try await fileIO.write(Bytes(), to: directory.path(name + "n"), mode: .createNew)
      }
      #expect(directory.listing.files() == [name])
    }
  }

  @Test("empty folders are made, seen and removed")
  func folders() async throws {
    try await withTemporaryDirectory { directory in
      let fileIO = LocalFileIO()
      try await fileIO.createFolder(directory.path("a/b/"))
      try await fileIO.createFolder(directory.path("a/b"))
      #expect(
        try await fileIO.children(of: directory.path("a"))
          == [FolderEntry(name: "b", kind: .folder)])
      try await fileIO.write(Bytes(), to: directory.path("a/c/file"), mode: .createNew)
      try await fileIO.removeEmptyFolder(directory.path("a"))
      #expect(
        try await fileIO.children(of: directory.path("a"))
          == [FolderEntry(name: "c", kind: .folder)])
      try await fileIO.remove([directory.path("a/c/file")])
      try await fileIO.removeEmptyFolder(directory.path("a"))
      #expect(try await fileIO.children(of: directory.path).isEmpty)
    }
  }
}
