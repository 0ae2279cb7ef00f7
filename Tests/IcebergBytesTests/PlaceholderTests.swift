import Testing

@Suite struct IcebergBytesPlaceholderTests {
  @Test func builds() {}
}
