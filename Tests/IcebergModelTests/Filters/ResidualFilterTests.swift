import IcebergBytes
import IcebergModel
import Testing

@Suite struct ResidualFilterTests {
  static let schema = PartitionProjectionTests.schema

  static func residual(
    _ filter: Filter, _ spec: PartitionSpec, _ tuple: Literal?...
  ) throws -> String {
    let residuals = ResidualFilter(try filter.bound(to: schema), spec, schema: schema)
    return "\(residuals.residual(for: StructValue(tuple)))"
  }

  @Test("what the partition decides is gone, the rest stays")
  func parts() throws {
    let spec = PartitionProjectionTests.spec((1, .identity))
    let filter = (col("id") == 5 && col("name") == "a") || col("id") > 7
    #expect(try Self.residual(filter, spec, .long(5)) == "name = 'a'")
    #expect(try Self.residual(filter, spec, .long(8)) == "TRUE")
    #expect(try Self.residual(filter, spec, .long(6)) == "FALSE")
  }

  @Test("days decide about times as far as they can")
  func days() throws {
    let spec = PartitionProjectionTests.spec((3, .day))
    let filter = col("ts") >= Literal.timestamp(86_400_000_001)
    #expect(try Self.residual(filter, spec, .date(0)) == "FALSE")
    #expect(try Self.residual(filter, spec, .date(1)) == "ts >= '1970-01-02T00:00:00.000001'")
    #expect(try Self.residual(filter, spec, .date(2)) == "TRUE")
    #expect(try Self.residual(filter, spec, nil) == "FALSE")
  }

  @Test("a tuple that cannot be understood decides nothing")
  func strangeTuples() throws {
    let spec = PartitionProjectionTests.spec((1, .identity))
    #expect(try Self.residual(col("id") == 5, spec) == "id = 5")
    #expect(try Self.residual(col("id") == 5, spec, .string("5")) == "id = 5")
    // Written before the column was promoted.
    #expect(try Self.residual(col("id") == 5, spec, .int(5)) == "TRUE")
  }

  @Test("a filter of other columns is the same in all partitions")
  func constant() throws {
    let spec = PartitionProjectionTests.spec((1, .identity))
    let filter = try (col("name") == "a").bound(to: Self.schema)
    #expect(ResidualFilter(filter, spec, schema: Self.schema).isConstant)
    #expect(ResidualFilter(.all, spec, schema: Self.schema).isConstant)
  }
}
