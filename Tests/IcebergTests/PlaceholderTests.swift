import Testing

@Suite struct IcebergPlaceholderTests {
  @Test func builds() {}
}
