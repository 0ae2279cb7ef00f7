import IcebergBytes
import IcebergParquet
import IcebergTestSupport
import Testing

/// Parquet files that many programs wrote, against what PyArrow reads from them.
@Suite(.needsSharedFiles) struct SharedParquetTests {
  /// The checksums of what PyArrow reads: of single files of the corpus, of all files of a table.
  static let checksums: [(checksum: String, path: String)] = {
    let text = (try? Vectors.text("parquet/shared-checksums.txt")) ?? ""
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ", maxSplits: 2)
      guard parts.count == 3, SharedFiles.has(String(parts[2])) else { return nil }
      return (String(parts[0]), String(parts[2]))
    }
  }()

  /// The files at a path, which is one of them or a folder.
  private static func files(at path: String) -> [String] {
    if path.hasPrefix("corpus/") { return [path] }
    return SharedFiles.files(under: path).filter {
      let name = $0.split(separator: "/").last ?? ""
      return name.contains(".parquet") && !name.hasPrefix(".") && !name.hasSuffix(".json")
    }
  }

  @Test("the values are those that PyArrow reads", arguments: checksums.map(\.path))
  func values(path: String) throws {
    if Self.refused[path] != nil { return }
    let expected = try #require(Self.checksums.first { $0.path == path }).checksum
    var checksum: UInt32 = 0
    for file in Self.files(at: path) {
      let text = try ParquetFile(try SharedFiles.bytes(file)).text(batchSize: 1000)
      checksum = CRC32.checksum(Bytes(text), seed: checksum)
    }
    let digits = String(checksum, radix: 16)
    #expect(String(repeating: "0", count: 8 - digits.count) + digits == expected)
  }

  /// Files that are refused, and why.
  static let refused: [String: FormatError.Code] = {
    let testing = "corpus/apache_parquet-testing/"
    var refused: [String: FormatError.Code] = [
      testing + "bad_data/ARROW-GH-47662.parquet": .truncated,
      testing + "bad_data/ARROW-RS-GH-6229-DICTHEADER.parquet": .truncated,
      testing + "bad_data/ARROW-RS-GH-6229-LEVELS.parquet": .badValue,
      testing + "bad_data/PARQUET-1481.parquet": .badValue,
      testing + "data/datapage_v1-corrupt-checksum.parquet": .checksum,
      testing + "data/rle-dict-uncompressed-corrupt-checksum.parquet": .checksum,
    ]
    for path in SharedFiles.files(under: testing + "data", suffix: ".parquet.encrypted") {
      refused[path] = .unsupported
    }
    return refused
  }()

  @Test("damaged and encrypted files are refused", arguments: refused.keys.sorted())
  func refusals(path: String) throws {
    guard SharedFiles.has(path) else { return }
    let bytes = try SharedFiles.bytes(path)
    let error = #expect(throws: FormatError.self) { try ParquetFile(bytes).batches() }
    #expect(error?.code == Self.refused[path])
  }
}
