import IcebergTestSupport
import Testing

/// The table of rules in `Spec/Conformance.md` tells the truth about its tests.
@Suite struct ConformanceTableTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var rule: String
    var read: String
    var write: String
    var tests: [String]
    /// Whether the table says that no test is known.
    var isUntested = false
    var testDescription: String { rule }
  }

  static let rows: [Row] = {
    let package = FileListing(root: PackageRoot.path)
    let text = (try? package.text("Spec/Conformance.md")) ?? ""
    return text.split(separator: "\n").compactMap { row(String($0)) }
  }()

  /// The rules that the pages of `Spec/Format` state.
  static let stated: Set<String> = {
    let package = FileListing(root: PackageRoot.path)
    let pages = package.files(under: "Spec/Format", suffix: ".md")
    return Set(pages.flatMap { rules(in: (try? package.text($0)) ?? "") })
  }()

  /// The ids of rules that a page has in bold.
  static func rules(in page: String) -> [String] {
    page.split(separator: "**").map(String.init).filter(isRule)
  }

  /// Whether a text is the id of a rule: three or four capitals, a hyphen and two digits.
  static func isRule(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, (3...4).contains(parts[0].count), parts[1].count == 2 else {
      return false
    }
    return parts[0].allSatisfy { $0.isASCII && $0.isUppercase }
      && parts[1].allSatisfy { $0.isASCII && $0.isNumber }
  }

  /// The row that a line holds; nil for any other line.
  static func row(_ line: String) -> Row? {
    let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { cell in
      String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    guard cells.count == 8, cells[1].contains("-"), cells[1].first?.isUppercase == true else {
      return nil
    }
    if cells[6] == "not tested" {
      return Row(rule: cells[1], read: cells[4], write: cells[5], tests: [], isUntested: true)
    }
    let tests = cells[6].split { $0 == "," || $0 == " " }.map {
      String($0.filter { $0 != "`" })
    }
    return Row(rule: cells[1], read: cells[4], write: cells[5], tests: tests)
  }

  @Test("there are rules, and no two have one name")
  func names() {
    #expect(Self.rows.count > 50)
    #expect(Set(Self.rows.map(\.rule)).count == Self.rows.count)
  }

  @Test("the rules are those that the pages of the format state")
  func pages() {
    let rules = Set(Self.rows.map(\.rule))
    #expect(Self.stated.count > 50)
    for rule in Self.stated.subtracting(rules).sorted() {
      Issue.record("\(rule) has no line in Spec/Conformance.md")
    }
    for rule in rules.subtracting(Self.stated).sorted() {
      Issue.record("\(rule) is on no page of Spec/Format")
    }
  }

  @Test("a state is one of five")
  func states() {
    let known: Set = ["yes", "part", "refused", "no", "-"]
    for row in Self.rows {
      #expect(known.contains(row.read) && known.contains(row.write), "\(row.rule)")
    }
  }

  @Test("what is done names a test, or says that it is not tested")
  func tested() {
    for row in Self.rows where row.read == "yes" || row.write == "yes" {
      #expect(
        row.isUntested || !row.tests.isEmpty, "\(row.rule) is claimed, but no test says so")
    }
  }

  @Test("every test that is named exists")
  func exist() {
    let suites = Dictionary(
      grouping: SourceTree.tests.flatMap { file in
        file.topLevelTypes.map { (name: $0, file: file) }
      },
      by: \.name)
    for row in Self.rows {
      for test in row.tests {
        let parts = test.split(separator: "/").map(String.init)
        let files = suites[parts[0]]?.map(\.file) ?? []
        #expect(!files.isEmpty, "\(row.rule) names \(test), which is not there")
        guard parts.count > 1 else { continue }
        let words = files.flatMap(\.words).map(\.text)
        let functions = zip(words, words.dropFirst()).filter { $0.0 == "func" }.map(\.1)
        #expect(functions.contains(parts[1]), "\(row.rule) names \(test), which is not there")
      }
    }
  }

  @Test("rows are told from headings and rules")
  func reading() throws {
    #expect(Self.row("| rule | requirement | versions | read | write | tests |") == nil)
    #expect(Self.row("| --- | --- | --- | --- | --- | --- |") == nil)
    let row = try #require(Self.row("| TYP-01 | Ids | 1-3 | yes | no | `ATests`, `BTests/b` |"))
    #expect(row.rule == "TYP-01" && row.read == "yes" && row.write == "no")
    #expect(row.tests == ["ATests", "BTests/b"] && !row.isUntested)
    let untested = try #require(Self.row("| TYP-02 | Maps | 1-3 | yes | - | not tested |"))
    #expect(untested.tests == [] && untested.isUntested)
  }

  @Test("rules are told from other words in bold")
  func finding() {
    let page = "- **TYP-01** Ids. **META-02** _deleted_, as TYP-03 and **so-on**, `**`.\n- **A-1**"
    #expect(Self.rules(in: page) == ["TYP-01", "META-02"])
  }
}
