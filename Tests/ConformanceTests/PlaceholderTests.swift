import Testing

@Suite struct ConformancePlaceholderTests {
  @Test func builds() {}
}
