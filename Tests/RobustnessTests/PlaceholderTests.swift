import Testing

@Suite struct RobustnessPlaceholderTests {
  @Test func builds() {}
}
