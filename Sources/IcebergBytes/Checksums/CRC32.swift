import CDeflate
import CZlib

/// The CRC-32 of gzip, PNG and zlib: Avro's snappy blocks, Puffin's deletion vectors, Parquet pages.
public enum CRC32: Sendable {
  /// The checksum of `bytes`, or of what `seed` is the checksum of followed by `bytes`.
  public static func checksum(_ bytes: Bytes, seed: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { buffer in
      // A null address asks for the initial value.
      guard let start = buffer.baseAddress, !buffer.isEmpty else { return seed }
      if cdeflate_available() { return cdeflate_crc32(seed, start, buffer.count) }
      return UInt32(
        truncatingIfNeeded: crc32_z(
          UInt(seed), start.assumingMemoryBound(to: UInt8.self), buffer.count))
    }
  }
}
