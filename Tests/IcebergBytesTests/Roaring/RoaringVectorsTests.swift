import IcebergBytes
import IcebergTestSupport
import Testing

/// Bitmaps of another implementation.
@Suite struct RoaringVectorsTests {
  /// The integers of each name.
  static func integers() throws -> [(name: String, values: [UInt64])] {
    guard
      case .object(let object) = try JSONValue(parsing: Vectors.bytes("roaring/integers.json"))
    else { return [] }
    return object.members.map { member in
      guard case .array(let parts) = member.value else { return (member.name, []) }
      let values = parts.flatMap { part -> [UInt64] in
        guard case .array(let numbers) = part, case .integer(let first) = numbers[0],
          case .integer(let end) = numbers[1], case .integer(let step) = numbers[2]
        else { return [] }
        return stride(from: UInt64(first), to: UInt64(end), by: Int(step)).map { $0 }
      }
      return (member.name, values)
    }
  }

  @Test("bitmaps of CRoaring are read in every form, and written in its smallest, byte for byte")
  func read() throws {
    var count = 0
    for (name, values) in try Self.integers() where name != "wide" {
      for form in ["plain", "runs"] {
        let bytes = try Vectors.bytes("roaring/\(name)-\(form).bin")
        let bitmap = try RoaringBitmapTests.parse(bytes)
        #expect(RoaringBitmapTests.values(bitmap).map { UInt64($0) } == values, "\(name) \(form)")
        if form == "runs" { #expect(RoaringBitmapTests.bytes(bitmap) == bytes, "\(name)") }
        count += 1
      }
    }
    #expect(count == 16)
  }

  @Test("64-bit bitmaps of CRoaring are read, and written byte for byte")
  func wide() throws {
    let bytes = try Vectors.bytes("roaring/wide-64.bin")
    let bitmap = try RoaringBitmap64Tests.parse(bytes)
    #expect(bitmap.values == (try Self.integers()).first { $0.name == "wide" }?.values)
    #expect(RoaringBitmap64Tests.bytes(bitmap) == bytes)
  }
}
