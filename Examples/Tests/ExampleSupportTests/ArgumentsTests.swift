import ExampleSupport
import Testing

@Suite struct ArgumentsTests {
  let declaration = Arguments.Declaration(
    flags: ["--json"], options: ["--limit"], repeatable: ["--map-location"])

  @Test("options take the next word or what follows the equals sign")
  func values() throws {
    let arguments = try Arguments(
      ["table", "--limit=3", "--json", "--map-location", "a=b", "--map-location=c=d"], declaration)
    #expect(arguments.positional == ["table"])
    #expect(arguments.has("--json"))
    #expect(try arguments.number("--limit") == 3)
    #expect(arguments.values("--map-location") == ["a=b", "c=d"])
    #expect(arguments.value("--unset") == nil)
  }

  @Test("names may be written with underscores")
  func underscores() throws {
    let arguments = try Arguments(["--map_location", "a=b"], declaration)
    #expect(arguments.values("--map-location") == ["a=b"])
    #expect(throws: ArgumentError("unknown option --nothing_like_it")) {
      try Arguments(["--nothing_like_it"], declaration)
    }
  }

  @Test("two dashes end the options; one dash is a word")
  func endOfOptions() throws {
    let arguments = try Arguments(["-", "--", "--json"], declaration)
    #expect(arguments.positional == ["-", "--json"])
    #expect(!arguments.has("--json"))
  }

  @Test(
    "what cannot be understood is named",
    arguments: [
      (["--jsn"], "unknown option --jsn; did you mean --json?"),
      (["--nothing-like-it"], "unknown option --nothing-like-it"),
      (["--limit"], "--limit needs a value"),
      (["--limit", "1", "--limit", "2"], "--limit is given twice"),
      (["--json=yes"], "--json takes no value"),
    ])
  func wrong(words: [String], message: String) {
    #expect(throws: ArgumentError(message)) { try Arguments(words, declaration) }
  }

  @Test("a number that is none is named with its option")
  func notANumber() throws {
    let arguments = try Arguments(["--limit", "many"], declaration)
    #expect(throws: ArgumentError("--limit needs a whole number, not 'many'")) {
      try arguments.number("--limit", as: Int.self)
    }
  }

  @Test("words that are missing or too many are named")
  func positional() throws {
    #expect(throws: ArgumentError("missing <file>")) {
      try Arguments(["table"], declaration).positional("table", "file")
    }
    #expect(throws: ArgumentError("'c' is one word too many")) {
      try Arguments(["a", "b", "c"], declaration).positional("table", "file")
    }
  }
}
