import Foundation
import Iceberg

/// Rows as lines that can be compared, whoever wrote them: each value has one text, by its column.
///
/// What differs between the tool and other engines, and nothing else, is made the same:
/// - Impala has no quotes inside quotes, doubles a backslash, and writes NULL as the text `NULL` in
///   columns of texts: a null and that text cannot be told apart.
/// - Numbers of type float are compared as such, of type double with the 16 digits that Impala writes.
/// - Times have a space before the hour, and no zeros at the end; DuckDB has 1 and 0 for booleans.
/// - Maps, lists, structs and variants are texts in Impala, in JSON with keys that may be numbers, and
///   bytes in base64; DuckDB has notations of its own.
/// - Impala says `<unsupported-type>` for some variants: those rows are compared by their other values.
struct CorpusRows {
  let query: CorpusQuery
  /// The columns that are asked for, as paths; nil for all.
  private let selected: [[String]]?

  init(_ query: CorpusQuery, text: String) {
    self.query = query
    let words = text.replacing(#"(?is)^\s*select\s+(.*?)\s+from\s.*$"#, with: "$1")
    selected =
      words == "*"
      ? nil
      : words.split(separator: ",").map { path in
        path.split(separator: ".").map {
          $0.trimmingCharacters(
            in: CharacterSet(charactersIn: "`\"").union(.whitespacesAndNewlines))
        }
      }
  }

  /// How the values of a column are written.
  private enum Kind {
    case text, float, double, decimal, boolean, time, bytes
    /// JSON in Impala.
    case json
    /// A map, with whole numbers as keys, to bytes or to numbers.
    case bytesByID, numbersByID
    /// A map with texts as keys.
    case textsByKey
    /// A map, a list or a struct in DuckDB.
    case nested
  }

  /// Whether the rows are the same, in any order.
  static func areEqual(_ ours: [[String]], _ theirs: [[String]]) -> Bool {
    guard ours.count == theirs.count else { return false }
    var rest = ours
    // Rows that leave nothing open come first: what is left is for the others.
    let isOpen = { (row: [String]) in row.contains(notShown) }
    for row in theirs.filter({ !isOpen($0) }) + theirs.filter(isOpen) {
      let place = rest.firstIndex { other in
        other.count == row.count && zip(other, row).allSatisfy { $0 == $1 || $1 == notShown }
      }
      guard let place else { return false }
      rest.remove(at: place)
    }
    return true
  }

  /// What Impala writes for a variant that it cannot show.
  private static let notShown = #""<unsupported-type>""#

  // MARK: What the tool printed

  /// The values of lines of JSON.
  func rows(printed lines: [String]) throws -> [[String]] {
    try lines.map { line in
      guard case .object(let row) = try JSONValue(parsing: Bytes(utf8: line)) else {
        throw Unreadable(text: line)
      }
      return try values(of: row).enumerated().map { place, column in
        try text(of: column.value, kind(of: column.name, at: place), column.name)
      }
    }
  }

  private func values(of row: JSONObject) throws -> [(name: String, value: JSONValue)] {
    guard let selected, !row.members.map(\.name).elementsEqual(["count"]) else {
      return row.members.map { ($0.name, $0.value) }
    }
    return try selected.map { path in
      var value: JSONValue? = .object(row)
      for name in path { value = value?[name] }
      guard let value else { throw Unreadable(text: path.joined(separator: ".")) }
      return (path.last ?? "", value)
    }
  }

  private func text(of value: JSONValue, _ kind: Kind, _ name: String) throws -> String {
    if value == .null { return "NULL" }
    switch kind {
    case .float: return "\(Float(try Self.number(value)))"
    case .double: return Self.digits(try Self.number(value))
    case .time: return Self.time(value.text ?? Self.json(value))
    case .nested: return Self.duckDB(value, isMap: query.columnType(name) == "map")
    case .bytes:
      guard let bytes = value.text.flatMap(Self.bytes(hex:)) else { break }
      return String(decoding: bytes, as: UTF8.self)
    case .json: return Self.json(Self.sorted(value))
    case .bytesByID, .numbersByID, .textsByKey:
      let pairs = (value.elements ?? []).map { $0.elements ?? [] }
      return Self.json(
        Self.sorted(
          .object(
            JSONObject(
              pairs.map { JSONObject.Member($0[0].text ?? Self.json($0[0]), $0[1]) }))))
    case .text, .decimal, .boolean: break
    }
    return value.text ?? Self.json(value)
  }

  // MARK: What the engine printed

  /// The values of lines as the engine writes them; `columns` are those of the tool's rows.
  func rows(expected lines: [String], columns: [String]) throws -> [[String]] {
    try lines.map { line in
      let cells = query.engine == .impala ? Self.impalaCells(line) : Self.duckDBCells(line)
      return try cells.enumerated().map { place, cell in
        let name = columns.indices.contains(place) ? columns[place] : ""
        return try text(of: cell, kind(of: name, at: place))
      }
    }
  }

  /// The names of the columns of a row that the tool printed.
  func columns(printed line: String) throws -> [String] {
    guard case .object(let row) = try JSONValue(parsing: Bytes(utf8: line)) else { return [] }
    return try values(of: row).map(\.name)
  }

  private func text(of cell: String, _ kind: Kind) throws -> String {
    if cell == "NULL" { return cell }
    switch kind {
    case .float: return "\(try Self.parsed(cell, as: Float.self))"
    case .double: return Self.digits(try Self.parsed(cell, as: Double.self))
    case .time: return Self.time(cell)
    case .boolean where query.engine == .duckdb: return cell == "1" ? "true" : "false"
    case .json, .textsByKey:
      let value = try JSONValue(parsing: Bytes(utf8: cell))
      return value == .null ? "NULL" : Self.json(Self.sorted(value))
    case .numbersByID, .bytesByID:
      let quoted = cell.replacing(#"([{,])(\d+):"#, with: #"$1"$2":"#)
      guard case .object(var map) = try JSONValue(parsing: Bytes(utf8: quoted)) else {
        throw Unreadable(text: cell)
      }
      for place in map.members.indices where kind == .bytesByID {
        guard let data = map.members[place].value.text.flatMap({ Data(base64Encoded: $0) }) else {
          throw Unreadable(text: cell)
        }
        map.members[place].value = .string(data.map { String(format: "%02x", $0) }.joined())
      }
      return Self.json(Self.sorted(.object(map)))
    case .text, .decimal, .boolean, .bytes, .nested: return cell
    }
  }

  /// The values between commas that are not in quotes.
  private static func impalaCells(_ line: String) -> [String] {
    var cells: [String] = []
    var rest = line[...]
    while true {
      var cell: Substring
      if rest.first == "'" {
        // A quote that closes stands before a comma, or at the end.
        let inside = rest.dropFirst()
        let end = inside.firstRange(of: "',")?.lowerBound ?? inside.index(before: inside.endIndex)
        cell = inside[..<end]
        rest = inside[inside.index(after: end)...]
      } else {
        cell = rest.prefix { $0 != "," }
        rest = rest[cell.endIndex...]
      }
      cells.append(cell.replacingOccurrences(of: #"\\"#, with: #"\"#))
      if rest.isEmpty { return cells }
      rest.removeFirst()
    }
  }

  private static func duckDBCells(_ line: String) -> [String] {
    line.split(separator: "\t", omittingEmptySubsequences: false).map {
      $0 == "(empty)" ? "" : String($0)
    }
  }

  // MARK: Columns

  private func kind(of name: String, at place: Int) -> Kind {
    switch name {
    case "column_sizes", "value_counts", "null_value_counts", "nan_value_counts":
      return .numbersByID
    case "lower_bounds", "upper_bounds": return .bytesByID
    case "summary": return .textsByKey
    case "partition", "readable_metrics", "partition_summaries", "equality_ids", "split_offsets":
      return .json
    default: break
    }
    let type = query.columnType(name)
    if type == "variant" { return .json }
    if query.types.indices.contains(place) {
      switch query.types[place] {
      case "FLOAT": return .float
      case "DOUBLE": return .double
      case "DECIMAL": return .decimal
      case "BOOLEAN": return .boolean
      case "TIMESTAMP": return .time
      case "BINARY": return .bytes
      default: return .text
      }
    }
    switch type {
    case "float": return .float
    case "double": return .double
    case "decimal": return .decimal
    case "boolean": return .boolean
    case "time", "timestamp", "timestamptz": return .time
    case "map", "list", "struct": return .nested
    default: return .text
    }
  }

  // MARK: Texts

  /// A text that is not of the form of the others.
  struct Unreadable: Error {
    let text: String
  }

  private static func json(_ value: JSONValue) -> String { value.serialized().utf8String ?? "" }

  private static func number(_ value: JSONValue) throws -> Double {
    switch value {
    case .integer(let number): return Double(number)
    case .number(let text): return try parsed(text, as: Double.self)
    default: throw Unreadable(text: json(value))
    }
  }

  private static func parsed<Number: LosslessStringConvertible>(
    _ text: String, as type: Number.Type
  ) throws -> Number {
    guard let number = Number(text) else { throw Unreadable(text: text) }
    return number
  }

  private static func digits(_ number: Double) -> String { String(format: "%.16g", number) }

  private static func time(_ text: String) -> String {
    text.replacing(#"(?<=\d)T(?=\d)"#, with: " ").replacing(#"\+00(:00)?$"#, with: "")
      .replacing(#"\.?0*$"#, with: text.contains(".") ? "" : "$0")
  }

  private static func bytes(hex text: String) -> [UInt8]? {
    let digits = Array(text)
    guard digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map {
      UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0
    }
  }

  /// The value with the members of objects in the order of their names, and times in one form.
  private static func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      .object(
        JSONObject(
          object.members.map { JSONObject.Member($0.name, sorted($0.value)) }
            .sorted { $0.name < $1.name }))
    case .array(let values): .array(values.map(sorted))
    case .string(let text) where text.wholeMatch(of: #/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d.*/#) != nil:
      .string(time(text))
    case .null, .bool, .integer, .number, .string: value
    }
  }

  /// The value as DuckDB writes it.
  private static func duckDB(_ value: JSONValue, isMap: Bool) -> String {
    switch value {
    case .object(let object):
      let members = object.members.map { "'\($0.name)': \(duckDB($0.value, isMap: false))" }
      return "{" + members.joined(separator: ", ") + "}"
    case .array(let values) where isMap:
      let entries = values.compactMap(\.elements).map { entry in
        entry.map { duckDB($0, isMap: false) }.joined(separator: "=")
      }
      return "{" + entries.joined(separator: ", ") + "}"
    case .array(let values):
      return "[" + values.map { duckDB($0, isMap: false) }.joined(separator: ", ") + "]"
    case .null: return "NULL"
    case .bool, .integer, .number, .string: return value.text ?? json(value)
    }
  }
}
