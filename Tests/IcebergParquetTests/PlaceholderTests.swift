import Testing

@Suite struct IcebergParquetPlaceholderTests {
  @Test func builds() {}
}
