import Iceberg
import Testing

extension FileIORules {
  /// Files written piece by piece, listings and removals.
  static let folders: [Rule] = [
    Rule("a file written piece by piece appears when it is finished") { fileIO, root async throws in
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
    },
    Rule("a file that is given up leaves nothing") { fileIO, root async throws in
      let file = try await fileIO.create(root + "/given-up")
      try await file.write(Bytes(utf8: "one"))
      await file.abort()
      await expectError(.invalidArgument) { try await file.finish() }
      do {
        let forgotten = try await fileIO.create(root + "/forgotten")
        try await forgotten.write(Bytes(utf8: "one"))
      }
      #expect(try await fileIO.list(under: root).isEmpty)
    },
    Rule("a file written piece by piece does not replace another") { fileIO, root async throws in
      let location = root + "/file"
      let file = try await fileIO.create(location)
      try await file.write(Bytes(utf8: "slow"))
      try await fileIO.write(Bytes(utf8: "quick"), to: location, mode: .createNew)
      await expectError(.alreadyExists) { try await file.finish() }
      #expect(try await fileIO.read(location, range: nil) == Bytes(utf8: "quick"))
      #expect(try await fileIO.list(under: root).count == 1)
    },
    Rule("a listing has every file below the folder and no other") { fileIO, root async throws in
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
    },
    Rule("a listing in pages has the files of a listing, each once") { fileIO, root async throws in
      for number in 0..<40 {
        let location = "\(root)/t/\(number % 3)/\(number)"
        try await fileIO.write(Bytes(utf8: "\(number)"), to: location, mode: .replace)
      }
      try await fileIO.write(Bytes(), to: root + "/other", mode: .createNew)
      let expected = try await fileIO.list(under: root + "/t")
      var found: [FileStatus] = []
      try await fileIO.list(under: root + "/t") { found += $0 }
      #expect(found.count == 40)
      #expect(Set(found) == Set(expected))
      try await fileIO.list(under: root + "/missing") { #expect($0.isEmpty) }
      var pages = 0
      await expectError(.validationFailed) {
        try await fileIO.list(under: root + "/t") { _ in
          pages += 1
          throw IcebergError(.validationFailed, "enough")
        }
      }
      #expect(pages == 1)
    },
    Rule("removed files are gone, and only they") { fileIO, root async throws in
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
    },
    Rule("a location that cannot be a file is refused") { fileIO, root async throws in
      await #expect(throws: IcebergError.self) {
        try await fileIO.write(Bytes(), to: root + "/folder/", mode: .createNew)
      }
      let files = try await fileIO.list(under: root)
      #expect(files.isEmpty)
    },
  ]
}
