import IcebergBytes
import IcebergColumns
import IcebergParquet
import Testing

@Suite struct ValueConversionTests {
  static let halves: [(bits: UInt16, value: Float)] = [
    (0, 0), (0x8000, -0.0), (0x0001, 0x1p-24), (0x03ff, 0x3ffp-24), (0x0400, 0x1p-14),
    (0x3c00, 1), (0xc000, -2), (0x7bff, 65504), (0x7c00, .infinity), (0xfc00, -.infinity),
    (0x3555, 0.333251953125),
  ]

  @Test("half-precision numbers widen exactly", arguments: halves)
  func half(bits: UInt16, value: Float) {
    #expect(HalfPrecision.widened(bits).bitPattern == value.bitPattern)
  }

  @Test("half-precision NaN stays NaN")
  func halfNaN() {
    for bits: UInt16 in [0x7c01, 0x7e00, 0xffff] { #expect(HalfPrecision.widened(bits).isNaN) }
  }

  @Test("decimals of every width are read as signed big-endian integers")
  func decimals() throws {
    for value: Int128 in [0, 1, -1, 127, -128, 255, .max, .min, 1 << 64, -(1 << 64), 0x1234_5678] {
      for width in 1...20 {
        var bytes: [UInt8] = []
        for index in (0..<width).reversed() {
          bytes.append(
            index < 16
              ? UInt8(truncatingIfNeeded: value >> Int128(index * 8)) : value < 0 ? 0xff : 0)
        }
        let bits = Int128(max(0, 128 - width * 8))
        let fits = value == (value << bits) >> bits
        guard fits else { continue }
        let data = bytes + bytes
        #expect(try BigEndianDecimal.decode(data, width: width) == [value, value])
        #expect(try BigEndianDecimal.decode(ByteArrays([bytes, [7], bytes])) == [value, 7, value])
      }
    }
  }

  @Test("decimals of more than 128 bits are refused, and of none")
  func wideDecimals() {
    for bytes: [UInt8] in [
      [0, 0x80] + [UInt8](repeating: 0, count: 15), [1] + [UInt8](repeating: 0, count: 16),
      [0xff, 0x7f] + [UInt8](repeating: 0, count: 15),
    ] {
      #expect(throws: FormatError.self) { try BigEndianDecimal.decode(bytes, width: bytes.count) }
    }
    #expect(throws: FormatError.self) { try BigEndianDecimal.decode(ByteArrays([[]])) }
  }

  static func int96(_ nanoseconds: Int64, _ day: Int32) -> [UInt8] {
    var writer = ByteWriter()
    writer.writeLittleEndian(nanoseconds)
    writer.writeLittleEndian(day)
    return writer.bytes
  }

  @Test("INT96 timestamps are microseconds, rounded down")
  func int96() throws {
    let epoch: Int32 = 2_440_588
    for (bytes, expected) in [
      (Self.int96(0, epoch), 0), (Self.int96(1_999, epoch), 1), (Self.int96(-1, epoch), -1),
      (Self.int96(-1000, epoch), -1), (Self.int96(-1001, epoch), -2),
      (Self.int96(0, epoch - 1), -86_400_000_000), (Self.int96(0, 0), -210_866_803_200_000_000),
      (Self.int96(86_399_999_999_999, 5_373_484), 253_402_300_799_999_999),
    ] as [([UInt8], Int64)] {
      #expect(try Int96Timestamp.microseconds(bytes) == [expected])
    }
    for bytes in [Self.int96(0, .max), Self.int96(0, .min)] {
      #expect(throws: FormatError.self) { try Int96Timestamp.microseconds(bytes) }
    }
  }
}
