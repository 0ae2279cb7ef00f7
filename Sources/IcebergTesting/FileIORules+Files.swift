import Iceberg
import Testing

extension FileIORules {
  /// Whole files.
  static let files: [Rule] = [
    Rule("what was written is read back, whole and in parts") { fileIO, root async throws in
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
    },
    Rule("a large file comes back byte by byte") { fileIO, root async throws in
      let bytes = Bytes((0..<3_000_017).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) })
      try await fileIO.write(bytes, to: root + "/large", mode: .createNew)
      #expect(try await fileIO.read(root + "/large", range: nil) == bytes)
      let range: Range<Int64> = 1_000_003..<2_999_999
      #expect(
        try await fileIO.read(root + "/large", range: range) == bytes[1_000_003..<2_999_999])
    },
    Rule("a range beyond the end is an error") { fileIO, root async throws in
      let location = root + "/file"
      try await fileIO.write(Bytes(utf8: "12345"), to: location, mode: .createNew)
      for range: Range<Int64> in [0..<6, 5..<6, 6..<6, -1..<3, 3 ..< .max, .min ..< .max] {
        await expectError(.storage) { _ = try await fileIO.read(location, range: range) }
      }
    },
    Rule("what is not there is not found") { fileIO, root async throws in
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
    },
    Rule("create-new changes nothing where a file exists") { fileIO, root async throws in
      let location = root + "/a/file"
      try await fileIO.write(Bytes(utf8: "first"), to: location, mode: .createNew)
      await expectError(.alreadyExists) {
        try await fileIO.write(Bytes(utf8: "second"), to: location, mode: .createNew)
      }
      await expectError(.alreadyExists) { _ = try await fileIO.create(location) }
      #expect(try await fileIO.read(location, range: nil) == Bytes(utf8: "first"))
      #expect(try await fileIO.list(under: root).count == 1)
    },
    Rule("of many who create one file, one succeeds") { fileIO, root async throws in
      for round in 0..<10 {
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
      #expect(try await fileIO.list(under: root).count == 10)
    },
    Rule("replace puts the new file in the place of the old") { fileIO, root async throws in
      let location = root + "/file"
      for text in ["first", "second, longer", "3"] {
        try await fileIO.write(Bytes(utf8: text), to: location, mode: .replace)
        #expect(try await fileIO.read(location, range: nil) == Bytes(utf8: text))
      }
      #expect(try await fileIO.list(under: root).count == 1)
    },
  ]
}
