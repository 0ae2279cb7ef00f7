import IcebergBytes
import IcebergModel
import Testing

@Suite struct PartitionPathTests {
  static let texts: [(transform: Transform, value: Literal?, text: String)] = [
    (.identity, nil, "null"), (.year, .int(-1), "1969"), (.year, .int(-1_975), "-005"),
    (.year, .int(8_031), "10001"), (.month, .int(-1), "1969-12"), (.month, .int(575), "2017-12"),
    (.day, .date(-1), "1969-12-31"), (.day, .int(17_501), "2017-12-01"),
    (.hour, .int(-1), "1969-12-31-23"), (.hour, .int(.max), "246953-10-09-07"),
    (.void, .int(1), "null"), (.identity, .time(0), "00:00"),
    (.identity, .time(36_900_000_000), "10:15"), (.identity, .time(1_000_000), "00:00:01"),
    (.identity, .time(100_000), "00:00:00.100"), (.identity, .time(1), "00:00:00.000001"),
    (.identity, .double(1), "1.0"), (.identity, .double(1e7), "1.0E7"),
    (.identity, .double(-1.25e-4), "-1.25E-4"), (.identity, .double(0.001), "0.001"),
    (.identity, .double(9_999_999.5), "9999999.5"), (.identity, .double(-0.0), "-0.0"),
    (.identity, .double(.infinity), "Infinity"), (.identity, .double(1.5e300), "1.5E300"),
    (.identity, .float(123_456.789), "123456.79"), (.identity, .float(.nan), "NaN"),
    (.identity, .float(.leastNonzeroMagnitude), "1.0E-45"),
    (.identity, .decimal(unscaled: 1, scale: 8), "1E-8"),
    (.identity, .decimal(unscaled: 12, scale: 8), "1.2E-7"),
    (.identity, .decimal(unscaled: 123, scale: 8), "0.00000123"),
    (.identity, .decimal(unscaled: 0, scale: 2), "0.00"),
    (.identity, .binary([1, 2, 3]), "AQID"), (.identity, .boolean(true), "true"),
    (.identity, .date(2_932_897), "10000-01-01"),
  ]

  @Test("values are written as the reference implementation writes them", arguments: texts)
  func text(transform: Transform, value: Literal?, text: String) {
    #expect(transform.text(of: value) == text)
  }

  @Test("names and values are encoded as form data")
  func encoding() {
    let spec = PartitionSpec(fields: [
      PartitionField(sourceIDs: [1], fieldID: 1_000, name: "a b", transform: .identity),
      PartitionField(sourceIDs: [2], fieldID: 1_001, name: "é", transform: .identity),
      PartitionField(sourceIDs: [3], fieldID: 1_002, name: "c", transform: .day),
    ])
    let partition = StructValue([.string("x/y=z~*-_."), .string("房")])
    #expect(spec.path(of: partition) == "a+b=x%2Fy%3Dz%7E*-_./%C3%A9=%E6%88%BF/c=null")
    #expect(PartitionSpec.unpartitioned.path(of: StructValue()) == "")
  }
}
