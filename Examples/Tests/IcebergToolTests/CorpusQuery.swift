import Foundation
import Iceberg
import Testing

/// A query of another engine over a table in the corpus, with the rows that the engine answers.
struct CorpusQuery {
  /// The engines, whose dialects differ.
  enum Engine: String {
    case impala, duckdb
  }

  /// Its place in the file.
  let index: Int
  let engine: Engine
  /// The query in the words of the engine.
  let sql: String
  /// The lines of the result; nil where the engine fails.
  let rows: [String]?
  /// The types of the columns as Impala calls them; empty for DuckDB.
  let types: [String]
  private let name: String
  private let folder: String
  private let table: CorpusTable?

  /// All queries of the corpus.
  static func all() throws -> [CorpusQuery] {
    let tables = try CorpusTable.all()
    let cases = try SharedFolder.json("corpus/expected/table-queries.json")["cases"]?.elements ?? []
    return cases.enumerated().compactMap { index, item in
      guard let engine = item["engine"]?.text.flatMap(Engine.init), let sql = item["sql"]?.text,
        let name = item["table"]?.text, let folder = item["table_dir"]?.text
      else { return nil }
      let types = engine == .impala ? item["types"]?.text ?? "" : ""
      return CorpusQuery(
        index: index, engine: engine, sql: sql,
        rows: item["rows"]?.elements.map { lines($0.compactMap(\.text), engine) },
        types: types.split(separator: ",").map {
          $0.trimmingCharacters(in: .whitespaces).uppercased()
        },
        name: name, folder: folder, table: tables[folder])
    }
  }

  /// The lines of the result, without what the file has behind them.
  private static func lines(_ rows: [String], _ engine: Engine) -> [String] {
    switch engine {
    // Behind no rows at all the types follow.
    case .impala: rows.first == "---- TYPES" ? [] : rows
    // An empty line ends a result: an empty text would be written as (empty).
    case .duckdb: Array(rows.prefix { !$0.isEmpty })
    }
  }

  /// The query with the path of the table where the engine names it in its own way.
  var text: String {
    let path = SharedFolder.path("corpus/" + folder)
    let current = table.map { path + "/" + $0.currentMetadata } ?? path
    switch engine {
    case .impala:
      // A name, with its database before it.
      return sql.replacing(
        #"(?i)(?:(?:\$DATABASE|\w+)\.)?(?<![\w'/])"#
          + NSRegularExpression.escapedPattern(for: name) + #"(?![\w/])"#, with: "'\(current)'")
    case .duckdb:
      // A function that is given the folder or the metadata file; other options change its meaning.
      let pattern =
        #"(?i)iceberg_scan\('\{WORKING_DIRECTORY\}/([^']*)'(?:, *allow_moved_paths=true)?\)"#
      let isFolder = !sql.contains(".metadata.json")
      return sql.replacing(
        pattern,
        with: isFolder && table != nil
          ? "'\(current)'" : "'\(SharedFolder.path("corpus/duckdb_duckdb-iceberg"))/$1'"
      ).replacingOccurrences(
        of: "{WORKING_DIRECTORY}", with: SharedFolder.path("corpus/duckdb_duckdb-iceberg"))
    }
  }

  /// The query without an ORDER BY at its end; nil where it has none. Rows are compared in any order.
  var unorderedText: String? {
    let text = text
    let column = #"\w+(?:\s+(?:asc|desc))?"#
    let other = text.replacing(
      #"(?i)\s+order\s+by\s+"# + column + #"(?:\s*,\s*"# + column + #")*\s*;?\s*$"#, with: "")
    return other == text ? nil : other
  }

  /// The arguments that tell where the files of the table are.
  var mappings: [String] {
    guard let table else { return [] }
    let folder = SharedFolder.path("corpus/" + folder)
    var pairs = [(table.location, folder)]
    if table.location.hasPrefix("./") {
      pairs.append((String(table.location.dropFirst(2)), folder))
    }
    // A location within the repository: other folders of it are meant, too.
    if folder.hasSuffix("/" + table.location),
      let first = table.location.split(separator: "/").first
    {
      pairs.append((String(first), String(folder.dropLast(table.location.count)) + first))
    }
    return pairs.flatMap { ["--map-location", "\($0)=\($1)"] }
  }

  /// The type of a column of the table as the format calls it, without its parameters; nil for others.
  func columnType(_ name: String) -> String? { table?.columns[name] }
}

/// A table in the corpus.
struct CorpusTable {
  let location: String
  let currentMetadata: String
  /// The types of the columns on top, without their parameters.
  let columns: [String: String]

  /// All of them, by their folders.
  static func all() throws -> [String: CorpusTable] {
    let list = try SharedFolder.json("corpus/tables.json")["tables"]?.elements ?? []
    var tables: [String: CorpusTable] = [:]
    for item in list {
      guard let folder = item["table"]?.text, let location = item["location"]?.text,
        let metadata = item["current_metadata"]?.text
      else { continue }
      var columns: [String: String] = [:]
      for column in item["columns"]?.elements ?? [] {
        let parts = (column.text ?? "").split(separator: ":", maxSplits: 2).map(String.init)
        if parts.count == 3 { columns[parts[1]] = String(parts[2].prefix { $0 != "(" }) }
      }
      tables[folder] = CorpusTable(
        location: location, currentMetadata: metadata, columns: columns)
    }
    return tables
  }
}

/// The tables and files of other implementations that are kept beside the package.
enum SharedFolder {
  /// The package.
  private static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("../../..").standardizedFileURL

  private static let root: URL = {
    let named = ProcessInfo.processInfo.environment["ICEBERG_SHARED"] ?? ""
    return named.isEmpty
      ? package.appendingPathComponent("../shared").standardizedFileURL
      : URL(fileURLWithPath: named)
  }()

  /// Whether the files are there.
  static var isAvailable: Bool {
    FileManager.default.fileExists(atPath: path("corpus/expected/table-queries.json"))
  }

  static func path(_ relative: String) -> String { root.appendingPathComponent(relative).path }

  static func json(_ relative: String) throws -> JSONValue {
    try JSONValue(parsing: Bytes(Array(Data(contentsOf: URL(fileURLWithPath: path(relative))))))
  }

  /// The reasons of the cases of `suite` in the list of known gaps, by the names of the cases.
  static func knownGaps(_ suite: String) throws -> [String: String] {
    let text = try String(
      contentsOf: package.appendingPathComponent("Spec/known-gaps.txt"), encoding: .utf8)
    var reasons: [String: String] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix(suite + "/") {
      guard let colon = line.firstRange(of: ": ") else { continue }
      reasons[line[..<colon.lowerBound].dropFirst(suite.count + 1).description] =
        String(line[colon.upperBound...])
    }
    return reasons
  }
}

extension Trait where Self == ConditionTrait {
  /// Runs the test or suite only where the shared tables are.
  static var needsSharedFiles: Self {
    .enabled(
      if: SharedFolder.isAvailable,
      "needs the shared tables: set ICEBERG_SHARED, or put them beside the package, at ../shared")
  }
}

extension JSONValue {
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var elements: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
  subscript(name: String) -> JSONValue? {
    if case .object(let object) = self { object[name] } else { nil }
  }
}

extension String {
  /// The text with all matches of a regular expression replaced by a template.
  func replacing(_ pattern: String, with template: String) -> String {
    replacingOccurrences(of: pattern, with: template, options: .regularExpression)
  }
}
