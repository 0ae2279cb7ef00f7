import Iceberg
import IcebergTestSupport
import Testing

@Suite struct FileSorterTests {
  /// Names of random files, some of them several times.
  static func names(_ count: Int, _ random: inout SeededRandom) -> [String] {
    (0..<count).map { _ in
      "s3://bucket/é/\(random.next() % UInt64(count))-"
        + String(repeating: "x", count: Int(random.next() % 40))
    }
  }

  static func locations(_ files: SortedFiles) async throws -> [String] {
    var files = files
    var locations: [String] = []
    while let file = try await files.next() { locations.append(file.file.location) }
    return locations
  }

  static func inOrder(_ names: some Sequence<String>) -> [String] {
    Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  @Test(
    "files come in the order of their bytes, each once, however little memory there is",
    arguments: [1, 700, 1 << 20])
  func order(memoryLimit: Int) async throws {
    var random = SeededRandom()
    let names = Self.names(500, &random)
    let storage = MemoryFileIO()
    try await ScratchFolder.with(in: "/tmp", fileIO: storage) { scratch in
      let sorter = FileSorter(memoryLimit: memoryLimit, scratch: scratch)
      for name in names { try await sorter.add([FoundFile(name, .data, sizeInBytes: 1)]) }
      #expect(sorter.count == names.count)
      let expected = Self.inOrder(names)
      #expect(try await Self.locations(sorter.sorted()) == expected)
      #expect(try await Self.locations(sorter.sorted()) == expected)
      #expect(try await storage.list(under: "/tmp").isEmpty == (memoryLimit == 1 << 20))
    }
    #expect(try await storage.list(under: "/tmp").isEmpty)
  }

  @Test(
    "of files with the same key the one with the largest number stays", arguments: [1, 1 << 20])
  func numbers(memoryLimit: Int) async throws {
    try await ScratchFolder.with(in: "/tmp", fileIO: MemoryFileIO()) { scratch in
      let sorter = FileSorter(memoryLimit: memoryLimit, scratch: scratch) { $0.lowercased() }
      for number in [3, 7, 5] as [Int64] {
        try await sorter.add([FoundFile("A\(number)", .manifest, sizeInBytes: nil, number: number)])
        try await sorter.add([FoundFile("Same", .manifest, sizeInBytes: 9, number: number)])
        try await sorter.add([FoundFile("sAME", .statistics, sizeInBytes: 9, number: -number)])
      }
      var files = try await sorter.sorted()
      var found: [FoundFile] = []
      while let file = try await files.next() { found.append(file.file) }
      #expect(found.map(\.location) == ["A3", "A5", "A7", "Same"])
      #expect(found.last == FoundFile("Same", .manifest, sizeInBytes: 9, number: 7))
      #expect(found.first?.sizeInBytes == nil)
    }
  }

  @Test("what is held of temporary files takes no more memory the more of them there are")
  func blocks() async throws {
    let storage = CountingFileIO(delay: .zero)
    try await ScratchFolder.with(in: "/tmp", fileIO: storage) { scratch in
      let sorter = FileSorter(memoryLimit: 64 << 10, scratch: scratch)
      let names = (0..<6000).map { "/wh/db/t/data/\($0)-" + String(repeating: "x", count: 60) }
      for name in names { try await sorter.add([FoundFile(name, .data, sizeInBytes: 1)]) }
      let runs = try await storage.list(under: "/tmp").filter { $0.sizeInBytes > 10_000 }.count
      #expect(runs > 10)
      storage.reset()
      var files = try await sorter.sorted()
      _ = try await files.next()
      #expect(storage.bytes <= runs << 12, "\(storage.bytes) bytes of \(runs) files")
      #expect(try await Self.locations(sorter.sorted()) == Self.inOrder(names))
    }
  }

  @Test("what is in one and not in the other is what the sets say")
  func difference() async throws {
    var random = SeededRandom()
    for count in [0, 1, 50, 300] {
      let (left, right) = (Self.names(count, &random), Self.names(count, &random))
      try await ScratchFolder.with(in: "/tmp", fileIO: MemoryFileIO()) { scratch in
        let some = FileSorter(memoryLimit: 2000, scratch: scratch)
        let others = FileSorter(memoryLimit: 900, scratch: scratch)
        try await some.add(left.map { FoundFile($0, .data, sizeInBytes: nil) })
        try await others.add(right.map { FoundFile($0, .data, sizeInBytes: nil) })
        var rest = RemainingFiles(try await some.sorted(), without: try await others.sorted())
        var found: [String] = []
        while let file = try await rest.next() { found.append(file.file.location) }
        #expect(found == Self.inOrder(Set(left).subtracting(right)))
      }
    }
  }
}
