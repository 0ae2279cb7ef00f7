#if SQL
import Iceberg

/// What SQLite says of a call that failed.
struct SQLiteError: Error, CustomStringConvertible {
  /// The extended result code.
  var code: Int32
  /// What SQLite says, for people.
  var message: String

  var description: String { "SQLite: \(message) (code \(code))" }

  private var primary: Int32 { code & 0xFF }

  /// Another connection holds a lock: nothing was changed, and it may be free later.
  var isBusy: Bool { primary == 5 || primary == 6 }

  /// A row of that key is there already.
  var isDuplicate: Bool { code == 1555 || code == 2067 }

  /// The error in the terms of the library.
  func icebergError(_ path: String) -> IcebergError {
    let (kind, text): (IcebergError.Code, String) =
      switch primary {
      case 5, 6: (.unavailable, "the database is locked by another process; try again")
      case 3, 8, 23: (.permissionDenied, "the database cannot be written to")
      case 11: (.invalidFile, "the database is damaged")
      case 26: (.invalidFile, "the file is no SQLite database")
      case 14: (.storage, "the database cannot be opened: does its folder exist?")
      case 13: (.storage, "the disk of the database is full")
      default: (.storage, "the database cannot be used")
      }
    return IcebergError(kind, text, context: .init(location: path), cause: self)
  }
}
#endif
