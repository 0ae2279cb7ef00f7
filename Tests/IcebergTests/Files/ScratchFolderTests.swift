import Foundation
import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Scratch folders that killed processes left behind; `KilledMaintenanceTests` has them made by such.
@Suite struct ScratchFolderTests {
  /// Makes a folder as a killed process leaves it.
  private static func leave(
    _ directory: TemporaryDirectory, name: String = "iceberg-" + UUID().uuidString.lowercased(),
    lock: String? = host, files: [String] = ["0", "1", ".iceberg-7-a.tmp"]
  ) throws -> String {
    let folder = directory.path(name)
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false)
    for file in files { try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/" + file)) }
    if let lock { try Data(lock.utf8).write(to: URL(fileURLWithPath: folder + "/.lock")) }
    return folder
  }

  private static let host: String = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()

  /// Makes a scratch folder with a file, and tells what is beside it meanwhile.
  private static func beside(_ directory: TemporaryDirectory) async throws -> Set<String> {
    try await ScratchFolder.with(in: directory.path) { scratch in
      _ = try await scratch.newFile()
      let own = FileLocation.name(of: scratch.location)
      let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
      #expect(names.contains(own))
      return Set(names.filter { $0 != own })
    }
  }

  @Test("a folder that a process left behind goes when the next one is made")
  func left() async throws {
    try await withTemporaryDirectory { directory in
      for _ in 0..<3 { _ = try Self.leave(directory) }
      #expect(try await Self.beside(directory) == [])
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
    }
  }

  @Test("the folder of a process that lives stays, and goes with its end")
  func living() async throws {
    try await withTemporaryDirectory { directory in
      try await ScratchFolder.with(in: directory.path) { scratch in
        let file = try await scratch.newFile()
        try await scratch.fileIO.write(Bytes([1]), to: file, mode: .createNew)
        #expect(try await Self.beside(directory) == [FileLocation.name(of: scratch.location)])
        #expect(try await scratch.fileIO.exists(file))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
    }
  }

  @Test("what is not known to be such a folder stays")
  func others() async throws {
    try await withTemporaryDirectory { directory in
      var kept: Set<String> = []
      func keep(_ folder: String) { kept.insert(FileLocation.name(of: folder)) }
      keep(try Self.leave(directory, lock: nil))
      keep(try Self.leave(directory, lock: "another-host"))
      keep(try Self.leave(directory, lock: ""))
      keep(try Self.leave(directory, name: "iceberg-mine"))
      keep(try Self.leave(directory, name: "other-" + UUID().uuidString))
      let target = try Self.leave(directory, name: "target")
      let link = "iceberg-" + UUID().uuidString
      try FileManager.default.createSymbolicLink(
        atPath: directory.path(link), withDestinationPath: target)
      kept.formUnion(["target", link])
      // A lock that is a link, and one that is a folder.
      let linked = try Self.leave(directory, lock: nil)
      try FileManager.default.createSymbolicLink(
        atPath: linked + "/.lock", withDestinationPath: target + "/.lock")
      keep(linked)
      let strange = try Self.leave(directory, lock: nil)
      try FileManager.default.createDirectory(
        atPath: strange + "/.lock", withIntermediateDirectories: false)
      keep(strange)
      if geteuid() == 0 {
        let foreign = try Self.leave(directory)
        #expect(chown(foreign, 12345, 12345) == 0)
        keep(foreign)
        let mixed = try Self.leave(directory)
        #expect(chown(mixed + "/.lock", 12345, 12345) == 0)
        keep(mixed)
      }
      let before = directory.listing.files()
      #expect(try await Self.beside(directory) == kept)
      #expect(directory.listing.files() == before)
    }
  }

  @Test("a file of somebody else in a folder that was left behind stays, with the folder")
  func foreignFile() async throws {
    try await withTemporaryDirectory { directory in
      let folder = try Self.leave(directory, files: ["0", "notes.txt"])
      #expect(try await Self.beside(directory) == [FileLocation.name(of: folder)])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["notes.txt"])
    }
  }
}
