import Iceberg

/// What a query asks for.
struct TableQuery: Equatable {
  /// What comes of the rows.
  enum Selection: Equatable {
    /// All their columns.
    case all
    /// Some of their columns.
    case columns([String])
    /// Their number.
    case count
  }

  /// The table as the query names it.
  struct Name: Equatable {
    /// The parts between the dots.
    var parts: [String]
    /// Whether the first part is in quotes, so that it may be a path.
    var isQuoted: Bool
    /// How the query spells it, for messages.
    var text: String
  }

  /// The point in time that a query names.
  enum Point: Equatable {
    /// A snapshot, by its id.
    case snapshot(Int64)
    /// A branch, a tag or another spelling of ``TimeTravel``.
    case version(String)
    /// A time.
    case time(String)
  }

  /// What comes of the rows.
  var selection: Selection
  /// The table.
  var name: Name
  /// The point in time; nil is now.
  var point: Point?
  /// The condition as the query spells it; nil is none.
  var condition: String?
  /// The greatest number of rows; nil is all.
  var limit: Int?
}

extension TableQuery.Point {
  /// The point in the history of a table.
  func resolved(in table: Table) throws(IcebergError) -> TimeTravel {
    switch self {
    case .snapshot(let id): .snapshot(id)
    case .version(let text): try TimeTravel(parsing: text, in: table.metadata)
    case .time(let text): try .timestamp(parsing: text)
    }
  }
}
