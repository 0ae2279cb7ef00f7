import ExampleSupport
import Iceberg

/// The option that says which rows are wanted.
enum FilterOption {
  /// Its name.
  static let name = "--where"

  /// Its lines in a help text.
  static let help =
    "  --where CONDITION only rows that satisfy a condition in the words of SQL:\n"
    + lines.map { "                    " + $0 }.joined(separator: "\n")

  /// What a condition may be, for messages.
  static let accepted =
    "A condition has\n" + lines.map { "  " + $0 }.joined(separator: "\n")

  private static let lines = [
    "  = <> < <= > >=   BETWEEN a AND b   [NOT] IN (a, b)   [NOT] LIKE 'abc%'",
    "  IS [NOT] NULL   IS [NOT] NAN   [NOT] STARTS WITH 'abc'   AND OR NOT (...)",
    "on columns (nested ones with dots, odd names in double quotes) or on",
    "year(at), month(at), day(at), hour(at), bucket(16, id), truncate(4, name)",
    "with 12, 1.5, TRUE, 'text'; dates, times and the like in quotes too.",
    "Not quite SQL: level <> 'INFO' holds where there is no level",
  ]

  /// The filter that the option gives; all rows without it.
  static func filter(_ arguments: Arguments) throws(TextError) -> Filter {
    guard let text = arguments.value(name) else { return .all }
    return try filter(text)
  }

  /// The filter that `condition` is. Throws what is wrong with it, where, and what is accepted.
  static func filter(_ condition: String) throws(TextError) -> Filter {
    do {
      return try Filter(parsing: condition)
    } catch {
      throw TextError("\(error.message)\n\(accepted)")
    }
  }
}
