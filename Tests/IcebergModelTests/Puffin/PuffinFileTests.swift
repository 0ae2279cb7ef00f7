import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct PuffinFileTests {
  static func blob(
    _ type: String, _ compression: PuffinBlob.Compression = .none
  ) -> PuffinBlob {
    PuffinBlob(
      type: type, fieldIDs: [2, 1], snapshotID: 5, sequenceNumber: 6, offset: 0, length: 0,
      compression: compression, properties: ["ndv": "3"], unknownMembers: ["note": "kept"])
  }

  static let text = Bytes(utf8: String(repeating: "sketch ", count: 100))

  /// Codecs that were built in.
  static let compressions: [PuffinBlob.Compression] = [
    .none, .lz4, .zstd,
  ].filter {
    switch $0 {
    case .lz4: CompressionCodec.lz4Frame.isAvailable
    case .zstd: CompressionCodec.zstd.isAvailable
    default: true
    }
  }
  static let footerForms: [PuffinWriter.FooterForm] =
    CompressionCodec.lz4Frame.isAvailable ? [.plain, .lz4] : [.plain]

  /// A file with a blob in every codec, and one of deletions.
  static func sample(_ form: PuffinWriter.FooterForm) throws -> (bytes: Bytes, footerSize: Int) {
    var writer = PuffinWriter(properties: ["purpose": "test"])
    for (index, compression) in compressions.enumerated() {
      try writer.append(text, as: blob("kind-\(index)", compression))
    }
    try writer.append(DeletionVector([1, 2, 70_000]), of: "s3://b/a.parquet")
    return try writer.finish(footer: form)
  }

  @Test("reads what it wrote, blobs of unknown types too", arguments: footerForms)
  func roundTrip(form: PuffinWriter.FooterForm) throws {
    let (bytes, footerSize) = try Self.sample(form)
    let file = try PuffinFile(parsing: bytes)
    #expect(file.properties["purpose"] == "test")
    #expect(file.properties["created-by"]?.hasPrefix("swift-iceberg version ") == true)
    #expect(file.blobs.count == Self.compressions.count + 1)
    for (index, compression) in Self.compressions.enumerated() {
      let blob = file.blobs[index]
      var expected = Self.blob("kind-\(index)", compression)
      (expected.offset, expected.length) = (blob.offset, blob.length)
      #expect(blob == expected)
      let stored = bytes[Int(blob.range.lowerBound)..<Int(blob.range.upperBound)]
      #expect(try blob.data(from: stored) == Self.text)
      if compression != .none {
        #expect(blob.length < Int64(Self.text.count))
        #expect {
          try blob.data(from: stored, limit: 10)
        } throws: { ($0 as? FormatError)?.code == .tooLarge }
      }
      #expect(throws: FormatError.self) { try blob.data(from: stored.dropLast()) }
      #expect(throws: IcebergError.self) { try blob.deletionVector(from: stored) }
    }
    // Only the bytes of the end, the footer and a blob are needed.
    let size = Int64(bytes.count)
    let tail = try PuffinFile.tailRange(fileSize: size)
    #expect(tail.count == 12)
    let range = try PuffinFile.footerRange(
      tail: bytes[Int(tail.lowerBound)..<Int(tail.upperBound)], fileSize: size)
    #expect(range.count == footerSize)
    #expect(try PuffinFile.footerRange(size: Int64(footerSize), fileSize: size) == range)
    #expect(
      try PuffinFile(footer: bytes[Int(range.lowerBound)...], fileSize: size) == file)
  }

  @Test("a compressed blob or footer states its plain size")
  func plainSizes() throws {
    for form in Self.footerForms {
      let (bytes, footerSize) = try Self.sample(form)
      let file = try PuffinFile(parsing: bytes)
      for blob in file.blobs where blob.compression != .none {
        let stored = bytes[Int(blob.range.lowerBound)..<Int(blob.range.upperBound)]
        #expect(Self.statedSize(stored.array) == Self.text.count, "\(blob.compression)")
      }
      // Around the payload: the mark; its size, the flags and the mark again.
      let payload = bytes[(bytes.count - footerSize + 4)..<(bytes.count - 12)].array
      if form == .plain {
        #expect(Self.statedSize(payload) == nil)
      } else {
        let plain = try CompressionCodec.lz4Frame.decompress(Bytes(payload), limit: 1 << 20)
        #expect(Self.statedSize(payload) == plain.count)
      }
    }
  }

  /// The plain size that stands in a frame of LZ4 or zstd; nil where none does.
  private static func statedSize(_ frame: [UInt8]) -> Int? {
    func number(_ range: Range<Int>) -> Int {
      frame[range].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    switch frame.prefix(4) {
    case [0x04, 0x22, 0x4d, 0x18]: return frame[4] & 8 != 0 ? number(6..<14) : nil
    case [0x28, 0xb5, 0x2f, 0xfd]:
      let isSingle = frame[4] & 0x20 != 0
      let start = (isSingle ? 5 : 6) + [0, 1, 2, 4][Int(frame[4] & 3)]
      switch frame[4] >> 6 {
      case 0: return isSingle ? number(start..<start + 1) : nil
      case 1: return number(start..<start + 2) + 256
      case 2: return number(start..<start + 4)
      default: return number(start..<start + 8)
      }
    default: return nil
    }
  }

  @Test("a vector's blob names its data file and the number of rows, and is not compressed")
  func vector() throws {
    let (bytes, _) = try Self.sample(.plain)
    let blob = try #require(try PuffinFile(parsing: bytes).blobs.last)
    let stored = bytes[Int(blob.range.lowerBound)..<Int(blob.range.upperBound)]
    #expect(blob.type == "deletion-vector-v1")
    #expect(blob.snapshotID == -1)
    #expect(blob.sequenceNumber == -1)
    #expect(
      blob.properties == ["referenced-data-file": "s3://b/a.parquet", "cardinality": "3"])
    #expect(try blob.deletionVector(from: stored).positions == [1, 2, 70_000])
    var wrong = blob
    wrong.properties["cardinality"] = "4"
    #expect(throws: IcebergError.self) { try wrong.deletionVector(from: stored) }
    wrong = blob
    wrong.properties["referenced-data-file"] = nil
    #expect(throws: IcebergError.self) { try wrong.deletionVector(from: stored) }
    wrong = blob
    wrong.compression = .zstd
    #expect(throws: IcebergError.self) { try wrong.deletionVector(from: stored) }
  }

  @Test("a blob of an unknown codec is listed, and refused when it is wanted")
  func unknownCodec() throws {
    var blob = Self.blob("kind", .other("snappy"))
    blob.length = 3
    #expect {
      try blob.data(from: [1, 2, 3])
    } throws: { ($0 as? FormatError)?.code == .unsupported }
    var writer = PuffinWriter()
    #expect(throws: FormatError.self) { try writer.append([1, 2, 3], as: blob) }
  }

  @Test("a file cut anywhere is refused", arguments: footerForms)
  func cut(form: PuffinWriter.FooterForm) throws {
    let (bytes, _) = try Self.sample(form)
    for end in 0..<bytes.count {
      #expect(throws: IcebergError.self) { try PuffinFile(parsing: bytes[..<end]) }
    }
  }

  @Test("a flipped bit ends in an error or in a footer", arguments: footerForms)
  func flipped(form: PuffinWriter.FooterForm) throws {
    let (bytes, footerSize) = try Self.sample(form)
    let start = bytes.count - footerSize
    for bit in (start * 8)..<(bytes.count * 8) {
      var damaged = bytes.array
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let file = try? PuffinFile(parsing: Bytes(damaged)) else { continue }
      for blob in file.blobs { #expect(blob.offset >= 4 && blob.range.upperBound <= Int64(start)) }
    }
  }

  @Test("a footer has its size, its marks, known flags, and blobs within the file")
  func footer() throws {
    let (bytes, footerSize) = try Self.sample(.plain)
    let size = Int64(bytes.count)
    let footer = bytes.suffix(footerSize)
    for wrong in [footerSize - 1, footerSize + 1, footerSize - 11] {
      #expect(throws: IcebergError.self) {
        try PuffinFile(footer: bytes.suffix(wrong), fileSize: size)
      }
    }
    for wrong in [0, 15, size - 3, size + 1, .max] {
      #expect(throws: FormatError.self) { try PuffinFile.footerRange(size: wrong, fileSize: size) }
    }
    #expect(throws: FormatError.self) { try PuffinFile.tailRange(fileSize: 19) }
    // Flags.
    for (byte, bit) in [(0, 1), (0, 7), (1, 0), (3, 7)] {
      var flagged = footer.array
      flagged[footerSize - 8 + byte] ^= 1 << UInt8(bit)
      #expect {
        try PuffinFile(footer: Bytes(flagged), fileSize: size)
      } throws: { ($0 as? IcebergError)?.code == .unsupported }
    }
    // A smaller file has no room for the blobs in front of the footer.
    #expect(throws: IcebergError.self) { try PuffinFile(footer: footer, fileSize: size - 1) }
  }

  @Test("an empty file has a footer without blobs")
  func empty() throws {
    let (bytes, _) = try PuffinWriter(properties: ["created-by": "me"]).finish()
    let json = #"{"blobs":[],"properties":{"created-by":"me"}}"#
    #expect(
      bytes.array == Array("PFA1PFA1".utf8) + Array(json.utf8) + [45, 0, 0, 0, 0, 0, 0, 0]
        + Array("PFA1".utf8))
    #expect(try PuffinFile(parsing: bytes) == PuffinFile(properties: ["created-by": "me"]))
  }

  @Test(
    "files of another writer are read, with a compressed footer and without",
    arguments: ["plain-footer", "lz4-footer"])
  func vectors(name: String) throws {
    guard Self.compressions.count == 3 else { return }
    let bytes = try Vectors.bytes("puffin/\(name).puffin")
    let file = try PuffinFile(parsing: bytes)
    #expect(file.properties == ["created-by": "generate.py"])
    #expect(file.blobs.map(\.type) == ["text-plain", "text-lz4", "text-zstd"])
    #expect(file.blobs.map(\.compression) == [.none, .lz4, .zstd])
    #expect(file.blobs[0].properties == ["words": "4"])
    for blob in file.blobs {
      #expect(blob.fieldIDs == [3, 1])
      #expect(blob.snapshotID == 12)
      #expect(blob.sequenceNumber == 4)
      let stored = bytes[Int(blob.range.lowerBound)..<Int(blob.range.upperBound)]
      let text = String(repeating: "a sketch of nothing, ", count: 20)
      #expect(try blob.data(from: stored).utf8String == text)
    }
  }
}
