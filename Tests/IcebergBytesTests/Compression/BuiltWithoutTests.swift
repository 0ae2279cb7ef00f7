import Foundation
import IcebergBytes
import Testing

/// What holds where the package was built without a library that is not needed.
@Suite struct BuiltWithoutTests {
  static let packages: [(codec: CompressionCodec, package: String)] = [
    (.zstd, "libzstd-dev"), (.lz4Raw, "liblz4-dev"), (.lz4Hadoop, "liblz4-dev"),
    (.lz4Frame, "liblz4-dev"), (.brotli, "libbrotli-dev"),
  ]

  @Test("a codec without its library says what to install", arguments: packages)
  func says(codec: CompressionCodec, package: String) throws {
    guard !codec.isAvailable else { return }
    let block = Bytes([1, 2, 3, 4, 5, 6, 7, 8])
    let error = #expect(throws: FormatError.self) { try codec.decompress(block, limit: 100) }
    #expect(error?.code == .unsupported)
    #expect(error?.reason.contains(package) == true)
    print("\(codec): \(error?.reason ?? "")")
    #expect(throws: FormatError.self) { try codec.compress(block) }
  }

  @Test("gzip and deflate need nothing but zlib", arguments: [CompressionCodec.gzip, .deflate])
  func inflating(codec: CompressionCodec) throws {
    let plain = Bytes(utf8: String(repeating: "iceberg ", count: 1_000))
    #expect(codec.isAvailable)
    #expect(try codec.decompress(codec.compress(plain), size: plain.count) == plain)
  }

  @Test(
    "where the optional libraries are hidden, the build is without all of them",
    .enabled(
      if: ProcessInfo.processInfo.environment["ICEBERG_WITHOUT_OPTIONAL"] == "1",
      "only where they are hidden: .ci/two-packages"))
  func hidden() {
    for (codec, _) in Self.packages { #expect(!codec.isAvailable, "\(codec)") }
  }
}
