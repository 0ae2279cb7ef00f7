import Testing

@Suite struct IcebergColumnsPlaceholderTests {
  @Test func builds() {}
}
