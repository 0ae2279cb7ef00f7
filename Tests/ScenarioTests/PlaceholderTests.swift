import Testing

@Suite struct ScenarioPlaceholderTests {
  @Test func builds() {}
}
