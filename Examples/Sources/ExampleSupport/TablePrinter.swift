/// Rows of text, printed in columns that line up on a terminal.
public struct TablePrinter: Sendable {
  /// One column.
  public struct Column: Sendable, ExpressibleByStringLiteral {
    /// What stands above it.
    public var title: String
    /// Whether its cells end, instead of begin, at the same place: for numbers.
    public var isRightAligned: Bool

    /// A column whose cells begin at the same place.
    public init(_ title: String) {
      self.title = title
      isRightAligned = false
    }

    public init(stringLiteral title: String) { self.init(title) }

    /// A column of numbers.
    public static func number(_ title: String) -> Column {
      var column = Column(title)
      column.isRightAligned = true
      return column
    }
  }

  private let columns: [Column]
  private let maximumCellWidth: Int
  private var rows: [[String]] = []

  /// A table without rows. A cell wider than `maximumCellWidth` places is cut, and says so.
  public init(_ columns: [Column], maximumCellWidth: Int = 60) {
    self.columns = columns
    self.maximumCellWidth = max(maximumCellWidth, 1)
  }

  /// Adds a row; missing cells are empty, nil is shown as `null`.
  public mutating func add(_ cells: [String?]) {
    rows.append(cells.prefix(columns.count).map { $0 ?? "null" })
  }

  /// The lines of the table: titles, a rule, the rows; no line ends in a space.
  public var lines: [String] {
    let cells = ([columns.map(\.title)] + rows).map { row in
      columns.indices.map { $0 < row.count ? Self.printable(row[$0], maximumCellWidth) : "" }
    }
    let widths = columns.indices.map { column in
      cells.reduce(0) { max($0, Self.width(of: $1[column])) }
    }
    let printed = cells.map { row in
      Self.trimmed(
        columns.indices.map { column in
          let space = String(repeating: " ", count: widths[column] - Self.width(of: row[column]))
          return columns[column].isRightAligned ? space + row[column] : row[column] + space
        }.joined(separator: "  "))
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    return [printed[0], rule] + printed.dropFirst()
  }

  /// The table as text, each line ended.
  public var text: String { lines.map { $0 + "\n" }.joined() }

  /// How many places a terminal gives to `text`: two to ideographs and emoji, none to marks.
  package static func width(of text: String) -> Int {
    text.reduce(0) { $0 + width(of: $1) }
  }

  private static func width(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.properties.isEmojiPresentation { return 2 }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    default:
      return 1
    }
  }

  /// The text in one line, without anything that a terminal would act on, and not too wide.
  private static func printable(_ text: String, _ maximum: Int) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": safe += "\\n"
      case "\r": safe += "\\r"
      case "\t": safe += "\\t"
      default:
        if scalar.properties.generalCategory == .control {
          safe += "\\u{" + String(scalar.value, radix: 16) + "}"
        } else {
          safe.unicodeScalars.append(scalar)
        }
      }
    }
    guard width(of: safe) > maximum else { return safe }
    var cut = ""
    var used = 0
    for character in safe {
      used += width(of: character)
      if used >= maximum { break }
      cut.append(character)
    }
    return cut + "…"
  }

  private static func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}
