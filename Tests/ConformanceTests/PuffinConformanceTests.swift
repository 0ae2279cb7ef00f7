import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// Puffin files, deletion vectors and roaring bitmaps of other implementations.
@Suite(.needsSharedFiles) struct PuffinConformanceTests {
  private static func bytes(of item: JSONObject) throws -> Bytes {
    try SharedFiles.bytes("corpus/" + CorpusValue.string("file", of: item))
  }

  /// The runs that a case expects, from single positions or ranges.
  private static func runs(of item: JSONObject) throws -> [ClosedRange<UInt64>] {
    if let positions = item["positions"]?.elements {
      return try positions.map { position in
        let position = UInt64(try #require(position.integer))
        return position...position
      }
    }
    return try CorpusValue.array("ranges_inclusive", of: item).map { range in
      let ends = try #require(range.elements).compactMap(\.integer).map { UInt64($0) }
      return min(ends[0], ends[1])...max(ends[0], ends[1])
    }
  }

  private static func parse32(_ bytes: Bytes) throws(FormatError) -> RoaringBitmap {
    var reader = ByteReader(bytes.span)
    return try RoaringBitmap(parsing: &reader)
  }

  private static func parse64(_ bytes: Bytes) throws(FormatError) -> RoaringBitmap64 {
    var reader = ByteReader(bytes.span)
    return try RoaringBitmap64(parsing: &reader)
  }

  @Test("vectors of Iceberg Java hold their positions, and are written byte for byte the same")
  func vectors() throws {
    try ExpectedValues("puffin-and-deletion-vectors").run("deletion_vector_blobs") { item in
      let blob = try Self.bytes(of: item)
      let vector = try DeletionVector(parsing: blob)
      try #require(try vector.count == CorpusValue.int("cardinality", of: item))
      var expected = DeletionVector()
      for run in try Self.runs(of: item) {
        try expected.insert(contentsOf: Int64(run.lowerBound)..<Int64(run.upperBound + 1))
      }
      try #require(vector == expected)
      try #require(try vector.serialized() == blob)
      try #require(try expected.serialized() == blob)
    }
  }

  @Test("bitmaps of the roaring libraries hold their integers")
  func bitmaps() throws {
    try ExpectedValues("puffin-and-deletion-vectors").run("roaring_bitmaps") { item in
      let bytes = try Self.bytes(of: item)
      let bitmap = try Self.parse64(bytes)
      try #require(try bitmap.count == CorpusValue.int("cardinality", of: item))
      if item["positions"] != nil {
        try #require(try bitmap.values == Self.runs(of: item).map(\.lowerBound))
      } else {
        try #require(try bitmap.min == UInt64(CorpusValue.int("min", of: item)))
        try #require(try bitmap.max == UInt64(CorpusValue.int("max", of: item)))
        let values = bitmap.values
        try #require(try values.reduce(0, ^) == UInt64(CorpusValue.int("xor", of: item)))
        try #require(try values.reduce(0, &+) == UInt64(CorpusValue.int("sum", of: item)))
      }
      try #require(try Self.parse64(Self.written(bitmap)) == bitmap)
    }
  }

  private static func written(_ bitmap: RoaringBitmap64) -> Bytes {
    var writer = ByteWriter()
    bitmap.write(to: &writer)
    return Bytes(writer.bytes)
  }

  @Test("damaged bitmaps are refused")
  func malformed() throws {
    try ExpectedValues("puffin-and-deletion-vectors").run("malformed") { item in
      let bytes = try Self.bytes(of: item)
      if try CorpusValue.string("kind", of: item).hasPrefix("64") {
        #expect(throws: FormatError.self) { try Self.parse64(bytes) }
      } else {
        #expect(throws: FormatError.self) { try Self.parse32(bytes) }
      }
    }
  }

  @Test("a checksum and positions are checked")
  func limits() throws {
    try ExpectedValues("puffin-and-deletion-vectors").run("limits") { item in
      if let position = item["position"]?.integer {
        #expect(throws: IcebergError.self) { try DeletionVector([position]) }
        return
      }
      let positions = try CorpusValue.array("positions", of: item).compactMap(\.integer)
      var blob = try DeletionVector(positions).serialized().array
      #expect(blob.suffix(4) == [0x71, 0x2f, 0xa6, 0xe8])
      blob[blob.count - 1] = 0xe9
      #expect(throws: FormatError.self) { try DeletionVector(parsing: Bytes(blob)) }
    }
  }

  /// The files of the roaring libraries' own tests: 0, 1000, 2000, ... below 100,000, three times
  /// 100,000 to 199,999, and 700,000 to 799,999; written with runs and without.
  @Test(
    "every implementation's example of a bitmap is read",
    arguments: SharedFiles.files(under: "corpus", suffix: ".bin").filter {
      $0.contains("bitmapwithruns") || $0.contains("bitmapwithoutruns")
    })
  func example(file: String) throws {
    var expected = RoaringBitmap()
    for value in stride(from: 0 as UInt32, to: 100_000, by: 1000) { expected.insert(value) }
    for value in 100_000..<200_000 as Range<UInt32> { expected.insert(3 * value) }
    expected.insert(contentsOf: 700_000...799_999)
    let bytes = try SharedFiles.bytes(file)
    let bitmap = try Self.parse32(bytes)
    #expect(bitmap == expected)
    if file.contains("bitmapwithruns") {
      var writer = ByteWriter()
      bitmap.write(to: &writer)
      #expect(writer.bytes == bytes.array)
    }
  }

  @Test(
    "64-bit examples are read; integers beyond 2^63 are no positions",
    arguments: SharedFiles.files(under: "corpus", suffix: ".bin").filter {
      $0.contains("/64map") || $0.hasSuffix("bitmap64.bin")
    })
  func examples64(file: String) throws {
    let bytes = try SharedFiles.bytes(file)
    let name = String(file.split(separator: "/").last ?? "")
    let isMangled = name == "64maphighvals.bin" && !file.contains("RoaringBitmap")
    switch name {
    case "64mapemptyinput.bin", "64mapinvalidsize.bin", "64mapkeytoosmall.bin",
      "64mapsizetoosmall.bin":
      #expect(throws: FormatError.self) { try Self.parse64(bytes) }
    case "64maphighvals.bin" where isMangled:
      // A text editor once took it for UTF-8.
      #expect(throws: FormatError.self) { try Self.parse64(bytes) }
    default:
      let bitmap = try Self.parse64(bytes)
      let count =
        switch name {
        case "64mapempty.bin": 0
        case "64map32bitvals.bin": 10
        case "64mapspreadvals.bin": 100
        case "64maphighvals.bin": 121
        case "bitmap64.bin": 32_768 + 1_000_000 + 1
        case "portable_bitmap64.bin": 188_424
        default: -1
        }
      #expect(bitmap.count == count)
      #expect(try Self.parse64(Self.written(bitmap)) == bitmap)
      #expect((bitmap.max ?? 0 > Int64.max) == (name == "64maphighvals.bin"))
    }
  }

  @Test("no input of the fuzzers crashes")
  func fuzzed() throws {
    let files = SharedFiles.files(under: "corpus", suffix: ".bin").filter {
      $0.contains("crashprone") || $0.hasSuffix("bad-bitmap.bin")
    }
    #expect(!files.isEmpty)
    for file in files {
      let bytes = try SharedFiles.bytes(file)
      _ = try? Self.parse32(bytes)
      _ = try? Self.parse64(bytes)
      _ = try? DeletionVector(parsing: bytes)
      _ = try? PuffinFile(parsing: bytes)
    }
  }

  @Test("sample files of Iceberg Java are read; a wrong footer size is refused")
  func samples() throws {
    try ExpectedValues("puffin-and-deletion-vectors").run("puffin_samples") { item in
      let bytes = try Self.bytes(of: item)
      let size = Int64(bytes.count)
      if let given = item["given_footer_size"]?.integer {
        #expect(throws: (any Error).self) {
          let range = try PuffinFile.footerRange(size: given, fileSize: size)
          _ = try PuffinFile(footer: bytes[Int(range.lowerBound)...], fileSize: size)
        }
        return
      }
      let tail = try PuffinFile.tailRange(fileSize: size)
      let range = try PuffinFile.footerRange(
        tail: bytes[Int(tail.lowerBound)...], fileSize: size)
      try #require(try range.count == CorpusValue.int("footer_size", of: item))
      let file = try PuffinFile(footer: bytes[Int(range.lowerBound)...], fileSize: size)
      try #require(try file == PuffinFile(parsing: bytes))
      try Self.check(file, CorpusValue.member("footer_payload", of: item))
      let decoded = try CorpusValue.array("decoded_blobs", of: item)
      for (blob, expected) in zip(file.blobs, decoded) {
        guard case .object(let expected) = expected else { continue }
        let stored = bytes[Int(blob.range.lowerBound)..<Int(blob.range.upperBound)]
        let text = try blob.data(from: stored).utf8String
        try #require(try text == CorpusValue.string("utf8", of: expected))
      }
    }
  }

  /// Compares with a footer as the expected values write it.
  private static func check(_ file: PuffinFile, _ expected: JSONValue) throws {
    guard case .object(let object) = expected else { throw CorpusValue.Malformed(what: "footer") }
    try #require(
      JSONValue(stringMap: file.properties).sortedMembers
        == (object["properties"] ?? [:]).sortedMembers)
    let blobs = try CorpusValue.array("blobs", of: object)
    try #require(file.blobs.count == blobs.count)
    for (blob, expected) in zip(file.blobs, blobs) {
      guard case .object(let expected) = expected else { continue }
      try #require(try blob.type == CorpusValue.string("type", of: expected))
      try #require(
        try blob.fieldIDs
          == CorpusValue.array("fields", of: expected).compactMap { $0.integer.map { Int($0) } })
      try #require(blob.snapshotID == expected["snapshot-id"]?.integer)
      try #require(blob.sequenceNumber == expected["sequence-number"]?.integer)
      try #require(blob.offset == expected["offset"]?.integer)
      try #require(blob.length == expected["length"]?.integer)
      let codec: PuffinBlob.Compression =
        switch expected["compression-codec"]?.text {
        case nil: .none
        case "zstd": .zstd
        case "lz4": .lz4
        case let name?: .other(name)
        }
      try #require(blob.compression == codec)
      try #require(
        JSONValue(stringMap: blob.properties).sortedMembers
          == (expected["properties"] ?? [:]).sortedMembers)
    }
  }

  @Test("the Puffin files of the corpus' tables are read, and their vectors decoded")
  func tables() throws {
    try ExpectedValues("puffin-and-deletion-vectors").run(
      "puffin_files_in_tables",
      where: { item in SharedFiles.has("corpus/" + (item["file"]?.text ?? "")) }
    ) { item in
      let bytes = try Self.bytes(of: item)
      if item["not_puffin"] != nil {
        // A vector without a file around it, which manifests point at with its offset and length.
        #expect(throws: IcebergError.self) { try PuffinFile(parsing: bytes) }
        #expect(throws: Never.self) { try DeletionVector(parsing: bytes) }
        return
      }
      let file = try PuffinFile(parsing: bytes)
      try Self.check(file, .object(item))
      for (blob, expected) in zip(file.blobs, try CorpusValue.array("blobs", of: item)) {
        let stored = bytes[Int(blob.range.lowerBound)..<Int(blob.range.upperBound)]
        #expect(try !blob.data(from: stored).isEmpty)
        guard case .object(let object) = expected, case .object(let decoded)? = object["decoded"]
        else { continue }
        let vector = try blob.deletionVector(from: stored)
        try #require(try vector.count == CorpusValue.int("cardinality", of: decoded))
        try #require(
          try vector.positions == CorpusValue.array("positions", of: decoded).compactMap(\.integer))
      }
    }
  }

  @Test(
    "the vectors of the golden tables are read; Java's are written byte for byte the same",
    arguments: ["golden", "golden-java"])
  func golden(folder: String) throws {
    var (count, same) = (0, 0)
    for path in SharedFiles.files(under: folder, suffix: ".puffin") {
      let bytes = try SharedFiles.bytes(path)
      let file = try PuffinFile(parsing: bytes)
      for blob in file.blobs where blob.type == DeletionVector.blobType {
        let stored = bytes[Int(blob.range.lowerBound)..<Int(blob.range.upperBound)]
        let vector = try blob.deletionVector(from: stored)
        let written = try vector.serialized()
        #expect(try DeletionVector(parsing: written) == vector, "\(path)")
        // Others may choose other forms of the same bitmap.
        if file.properties["created-by"]?.hasPrefix("Apache Iceberg") == true {
          #expect(written == stored, "\(path)")
          same += 1
        }
        count += 1
      }
    }
    print("\(folder): \(count) vectors, \(same) of Java")
    #expect(same > 0)
  }
}

extension JSONValue {
  /// The members of an object of strings, by name.
  fileprivate var sortedMembers: [String] {
    guard case .object(let object) = self else { return [] }
    return object.members.map { "\($0.name)=\($0.value)" }.sorted()
  }
}
