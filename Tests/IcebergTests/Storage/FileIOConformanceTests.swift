import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// What every storage must do, asked of each implementation.
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

  static func with(
    _ implementation: Implementation, _ body: (any FileIO, String) async throws -> Void
  ) async throws {
    try await withTemporaryDirectory { directory in
      let (fileIO, root) = implementation.make(directory)
      try await body(fileIO, root)
    }
  }

  @Test("what was written is read back, whole and in parts", arguments: implementations)
  func roundTrip(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { fileIO, root in
      for (name, bytes) in [
        ("a/b/c.bin", Bytes(utf8: "hello, world")), ("empty", Bytes()),
        ("a b/ü %2F+?#&=.txt", Bytes(utf8: "odd name")),
      ] {
        let location = root + "/" + name
        try await fileIO.write(bytes, to: location, mode: .createNew)
        #expect(try await fileIO.read(location, range: nil) == bytes)
        let size = Int64(bytes.count)
        #expect(try await fileIO.read(location, range: 0..<size) == bytes)
        #expect(try await fileIO.read(location, range: size..<size).isEmpty)
        let status = try await fileIO.status(of: location)
        #expect(status.location == location)
        #expect(status.sizeInBytes == size)
        #expect(status.modifiedMillis > 1_600_000_000_000)
      }
      #expect(
        try await fileIO.read(root + "/a/b/c.bin", range: 7..<12) == Bytes(utf8: "world"))
    }
  }

  @Test("a large file comes back byte by byte", arguments: implementations)
  func large(_ implementation: Implementation) async throws {
    var random = SeededRandom()
    let bytes = Bytes(random.bytes(3_000_017))
    try await Self.with(implementation) { fileIO, root in
      try await fileIO.write(bytes, to: root + "/large", mode: .createNew)
      #expect(try await fileIO.read(root + "/large", range: nil) == bytes)
      let range: Range<Int64> = 1_000_003..<2_999_999
      #expect(
        try await fileIO.read(root + "/large", range: range) == bytes[1_000_003..<2_999_999])
    }
  }

  @Test("a range beyond the end is an error", arguments: implementations)
  func rangeBeyondEnd(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { fileIO, root in
      let location = root + "/file"
      try await fileIO.write(Bytes(utf8: "12345"), to: location, mode: .createNew)
      for range: Range<Int64> in [0..<6, 5..<6, 6..<6, -1..<3, 3 ..< .max, .min ..< .max] {
        await expectError(.storage) { _ = try await fileIO.read(location, range: range) }
      }
    }
  }

  @Test("what is not there is not found", arguments: implementations)
  func missing(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { fileIO, root in
      try await fileIO.write(Bytes(), to: root + "/folder/file", mode: .createNew)
      for name in ["missing", "missing/file", "folder"] {
        await expectError(.notFound) { _ = try await fileIO.status(of: root + "/" + name) }
        await expectError(.notFound) {
          _ = try await fileIO.read(root + "/" + name, range: nil)
        }
        #expect(try await fileIO.exists(root + "/" + name) == false)
      }
      #expect(try await fileIO.list(under: root + "/missing").isEmpty)
      #expect(try await fileIO.children(of: root + "/missing").isEmpty)
      try await fileIO.remove([root + "/missing", root + "/missing/file"])
      try await fileIO.removeEmptyFolder(root + "/missing")
    }
  }

  @Test("create-new changes nothing where a file exists", arguments: implementations)
  func createNew(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { fileIO, root in
      let location = root + "/a/file"
      try await fileIO.write(Bytes(utf8: "first"), to: location, mode: .createNew)
      await expectError(.alreadyExists) {
        try await fileIO.write(Bytes(utf8: "second"), to: location, mode: .createNew)
      }
      await expectError(.alreadyExists) { _ = try await fileIO.create(location) }
      #expect(try await fileIO.read(location, range: nil) == Bytes(utf8: "first"))
      #expect(try await fileIO.list(under: root).count == 1)
    }
  }

  @Test("of many who create one file, one succeeds", arguments: implementations)
  func race(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { fileIO, root in
      for round in 0..<LongTests.rounds(quick: 10, long: 200) {
        let location = root + "/race/\(round)"
        let winners = await withTaskGroup(of: Int?.self) { group in
          for writer in 0..<8 {
            group.addTask {
              do {
                let bytes = Bytes(utf8: "writer \(writer)")
                try await fileIO.write(bytes, to: location, mode: .createNew)
                return writer
              } catch {
                #expect((error as? IcebergError)?.code == .alreadyExists)
                return nil
              }
            }
          }
          return await group.reduce(into: [Int]()) { if let winner = $1 { $0.append(winner) } }
        }
        #expect(winners.count == 1)
        let text = try await fileIO.read(location, range: nil).utf8String
        #expect(text == winners.first.map { "writer \($0)" })
      }
      #expect(
        try await fileIO.list(under: root).allSatisfy { !LocalFileIO.isTemporary($0.location) })
    }
  }

  @Test("replace puts the new file in the place of the old", arguments: implementations)
  func replace(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { fileIO, root in
      let location = root + "/file"
      for text in ["first", "second, longer", "3"] {
        try await fileIO.write(Bytes(utf8: text), to: location, mode: .replace)
        #expect(try await fileIO.read(location, range: nil) == Bytes(utf8: text))
      }
      #expect(try await fileIO.list(under: root).count == 1)
    }
  }

  @Test("a file written piece by piece appears when it is finished", arguments: implementations)
  func outputFile(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { fileIO, root in
      let location = root + "/new/file"
      let file = try await fileIO.create(location)
      try await file.write(Bytes(utf8: "one "))
      try await file.write(Bytes())
      try await file.write(Bytes(utf8: "two"))
      #expect(try await fileIO.exists(location) == false)
      try await file.finish()
      #expect(try await fileIO.read(location, range: nil) == Bytes(utf8: "one two"))
      await expectError(.invalidArgument) { try await file.write(Bytes(utf8: "late")) }
      await expectError(.invalidArgument) { try await file.finish() }
      await file.abort()
      #expect(try await fileIO.list(under: root).map(\.location) == [location])
    }
  }

  @Test("a file that is given up leaves nothing", arguments: implementations)
  func abort(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { fileIO, root in
      let file = try await fileIO.create(root + "/given-up")
      try await file.write(Bytes(utf8: "one"))
      await file.abort()
      await expectError(.invalidArgument) { try await file.finish() }
      do {
        let forgotten = try await fileIO.create(root + "/forgotten")
        try await forgotten.write(Bytes(utf8: "one"))
      }
      #expect(try await fileIO.list(under: root).isEmpty)
    }
  }

  @Test("a file written piece by piece does not replace another", arguments: implementations)
  func outputFileRace(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { fileIO, root in
      let location = root + "/file"
      let file = try await fileIO.create(location)
      try await file.write(Bytes(utf8: "slow"))
      try await fileIO.write(Bytes(utf8: "quick"), to: location, mode: .createNew)
      await expectError(.alreadyExists) { try await file.finish() }
      #expect(try await fileIO.read(location, range: nil) == Bytes(utf8: "quick"))
      #expect(try await fileIO.list(under: root).count == 1)
    }
  }

  @Test("a listing has every file below the folder and no other", arguments: implementations)
  func listing(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { fileIO, root in
      let names = ["t/a", "t/b/c", "t/b/d/e", "t/f g/%41", "tt/x", "t.txt"]
      for name in names {
        try await fileIO.write(Bytes(utf8: name), to: root + "/" + name, mode: .createNew)
      }
      let expected = names.filter { $0.hasPrefix("t/") }.map { root + "/" + $0 }
      for folder in ["/t", "/t/"] {
        let found = try await fileIO.list(under: root + folder)
        #expect(Set(found.map(\.location)) == Set(expected))
        for file in found {
          #expect(file.sizeInBytes == Int64(file.location.dropFirst(root.count + 1).utf8.count))
          #expect(try await fileIO.exists(file.location))
        }
      }
      #expect(
        try await Set(fileIO.children(of: root + "/t"))
          == [
            FolderEntry(name: "a", kind: .file), FolderEntry(name: "b", kind: .folder),
            FolderEntry(name: "f g", kind: .folder),
          ])
    }
  }

  @Test("removed files are gone, and only they", arguments: implementations)
  func removing(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { fileIO, root in
      for name in ["a", "b", "f/c", "f/g/d", "ff/e"] {
        try await fileIO.write(Bytes(), to: root + "/" + name, mode: .createNew)
      }
      try await fileIO.remove([root + "/a", root + "/missing", root + "/f/c"])
      func left() async throws -> Set<String> {
        Set(
          try await fileIO.list(under: root).map { String($0.location.dropFirst(root.count + 1)) })
      }
      #expect(try await left() == ["b", "f/g/d", "ff/e"])
      try await fileIO.removeEmptyFolder(root + "/f")
      #expect(try await left() == ["b", "f/g/d", "ff/e"])
      try await fileIO.remove([root + "/f/g/d"])
      try await fileIO.removeEmptyFolder(root + "/f")
      #expect(try await left() == ["b", "ff/e"])
      try await fileIO.write(Bytes(utf8: "again"), to: root + "/a", mode: .createNew)
      #expect(try await left() == ["a", "b", "ff/e"])
    }
  }

  @Test("a location that cannot be a file is refused", arguments: implementations)
  func refused(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { fileIO, root in
      await #expect(throws: IcebergError.self) {
        try await fileIO.write(Bytes(), to: root + "/folder/", mode: .createNew)
      }
      let files = try await fileIO.list(under: root)
      #expect(files.isEmpty)
    }
  }
}

/// Expects `body` to throw an ``IcebergError`` of the given kind.
func expectError(
  _ code: IcebergError.Code, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> Void
) async {
  do {
    try await body()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  } catch let error as IcebergError {
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(error) was thrown", sourceLocation: sourceLocation)
  }
}
