import ExampleSupport
import Iceberg

/// The option that says which rows are wanted.
enum FilterOption {
  /// Its name.
  static let name = "--where"

  /// Its lines in a help text.
  static let help = """
      --where CONDITION only rows that satisfy a condition in the words of SQL:
                          = <> < <= > >=   BETWEEN a AND b   [NOT] IN (a, b)   [NOT] LIKE 'abc%'
                          IS [NOT] NULL   IS [NOT] NAN   [NOT] STARTS WITH 'abc'   AND OR NOT (...)
                        on columns (nested ones with dots, odd names in double quotes) or on
                        year(at), month(at), day(at), hour(at), bucket(16, id), truncate(4, name)
                        with 12, 1.5, TRUE, 'text'; dates, times and the like in quotes too.
                        Not quite SQL: level <> 'INFO' holds where there is no level
    """

  /// The filter that the option gives; all rows without it.
  static func filter(_ arguments: Arguments) throws -> Filter {
    guard let text = arguments.value(name) else { return .all }
    return try Filter(parsing: text)
  }
}
