import Testing

@Suite struct IcebergAvroPlaceholderTests {
  @Test func builds() {}
}
