import Testing

@Suite struct LayeringPlaceholderTests {
  @Test func builds() {}
}
