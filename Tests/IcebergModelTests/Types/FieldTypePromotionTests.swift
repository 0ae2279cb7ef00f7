import IcebergModel
import Testing

@Suite struct FieldTypePromotionTests {
  @Test("types of v3 say so")
  func versions() {
    #expect(FieldType.timestamptzNanos.minimumFormatVersion == 3)
    #expect(FieldType.variant.minimumFormatVersion == 3)
    #expect(FieldType.timestamptz.minimumFormatVersion == 1)
  }

  @Test("a promoted value is the same value in the new type")
  func values() {
    #expect(Literal.int(-5).promoted(to: .long) == .long(-5))
    #expect(Literal.float(1.5).promoted(to: .double) == .double(1.5))
    #expect(Literal.date(-1).promoted(to: .timestamp) == .timestamp(-86_400_000_000))
    #expect(Literal.date(1).promoted(to: .timestampNanos) == .timestampNanos(86_400_000_000_000))
    let price = Literal.decimal(unscaled: 999, scale: 2)
    #expect(price.promoted(to: .decimal(precision: 20, scale: 2)) == price)
    #expect(price.promoted(to: .decimal(precision: 2, scale: 2)) == nil)
  }

  @Test("a date beyond the nanoseconds of 64 bits is not promoted")
  func range() {
    #expect(Literal.date(.max).promoted(to: .timestamp) != nil)
    #expect(Literal.date(.max).promoted(to: .timestampNanos) == nil)
    #expect(Literal.date(0).promoted(to: .timestamptz) == nil)
  }

  @Test("a value in a nested type is checked to the last part")
  func nested() {
    let type = FieldType.struct([
      .required("a", .int, id: 1),
      .optional("b", .list(element: .required("element", .string, id: 3)), id: 2),
    ])
    #expect(Literal.struct(StructValue([.int(1), nil])).isValue(of: type))
    #expect(Literal.struct(StructValue([.int(1), .list([.string("x")])])).isValue(of: type))
    #expect(!Literal.struct(StructValue([nil, nil])).isValue(of: type))
    #expect(!Literal.struct(StructValue([.int(1), .list([nil])])).isValue(of: type))
    #expect(!Literal.struct(StructValue([.int(1)])).isValue(of: type))
  }
}
