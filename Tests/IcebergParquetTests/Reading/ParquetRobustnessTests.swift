import IcebergBytes
import IcebergColumns
import IcebergParquet
import IcebergTestSupport
import Testing

/// Damaged files end in an error or in values, never in a trap, a hang or memory without bounds.
@Suite struct ParquetRobustnessTests {
  static let names = RowGroupDecoderTests.names

  @Test("a file cut anywhere is refused", arguments: names)
  func cutFiles(name: String) throws {
    let bytes = try Vectors.bytes("parquet/\(name).parquet")
    let step = LongTests.isEnabled ? 1 : max(1, bytes.count / 200)
    for count in stride(from: 0, to: bytes.count, by: step) {
      #expect(throws: FormatError.self, "cut at \(count)") {
        try ParquetFile(bytes[0..<count]).batches()
      }
    }
  }

  @Test("a column chunk cut anywhere is refused", arguments: names)
  func cutChunks(name: String) throws {
    let file = try ParquetFile(vector: name)
    for group in file.metadata.rowGroups.indices where file.metadata.rowGroups[group].rowCount > 0 {
      for (index, leaf) in file.metadata.schema.leaves.enumerated() {
        var metadata = file.metadata
        let field = try #require(
          metadata.schema.fields.lazy.compactMap { $0.pruned { $0 == leaf } }.first)
        let size = metadata.rowGroups[group].columns[index].compressedSize
        let step = LongTests.isEnabled ? 1 : max(1, size / 40)
        for count in stride(from: 0, to: size, by: Int(step)) {
          metadata.rowGroups[group].columns[index].compressedSize = count
          let decoder = try RowGroupDecoder(
            metadata: metadata, rowGroup: group, projection: [field])
          let chunks = try file.chunks(for: decoder)
          #expect(throws: FormatError.self, "\(leaf.path) cut at \(count)") {
            try decoder.decode(chunks)
          }
        }
      }
    }
  }

  @Test("a file with a bit flipped is refused or read", arguments: names)
  func flippedBits(name: String) throws {
    let bytes = try Vectors.bytes("parquet/\(name).parquet").array
    var random = SeededRandom("flippedBits \(name)")
    // The files of the codecs differ in nothing but the bytes of their pages.
    if bytes.count < 1100 && !name.hasPrefix("codec") || LongTests.isEnabled {
      for bit in 0..<bytes.count * 8 { try read(bytes, flipping: [bit]) }
    }
    for _ in 0..<LongTests.rounds(quick: 150, long: 10_000) {
      let count = Int.random(in: 1...4, using: &random)
      try read(
        bytes,
        flipping: (0..<count).map { _ in Int.random(in: 0..<bytes.count * 8, using: &random) })
    }
  }

  @Test("bytes of all ones or zeros are refused or read", arguments: names)
  func overwrittenBytes(name: String) throws {
    let bytes = try Vectors.bytes("parquet/\(name).parquet").array
    let step = LongTests.isEnabled ? 1 : max(1, bytes.count / 60)
    for start in stride(from: 0, to: bytes.count, by: step) {
      for byte: UInt8 in [0, 0x7f, 0x80, 0xff] {
        for count in [1, 5] {
          var damaged = bytes
          for index in start..<min(bytes.count, start + count) { damaged[index] = byte }
          try read(damaged)
        }
      }
    }
  }

  /// Reads what can be read, a limited number of rows at a time.
  private func read(_ original: [UInt8], flipping bits: [Int] = []) throws {
    var bytes = original
    for bit in bits { bytes[bit / 8] ^= 1 << UInt8(bit % 8) }
    do {
      let file = try ParquetFile(Bytes(bytes))
      for group in file.metadata.rowGroups.indices {
        for field in file.metadata.schema.fields {
          try read(file, group, field)
        }
      }
    } catch is FormatError {}
  }

  private func read(_ file: ParquetFile, _ group: Int, _ field: ParquetField) throws {
    do {
      let decoder = try RowGroupDecoder(
        metadata: file.metadata, rowGroup: group, projection: [field])
      var rows = try decoder.rows(of: try file.chunks(for: decoder))
      var batches = 0
      while let batch = try rows.next(atMost: 1000), batches < 20 {
        #expect(batch.columns.allSatisfy { $0.count == batch.rowCount })
        batches += 1
      }
    } catch is FormatError {}
  }
}
