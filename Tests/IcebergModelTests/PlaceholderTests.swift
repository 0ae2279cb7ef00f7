import Testing

@Suite struct IcebergModelPlaceholderTests {
  @Test func builds() {}
}
