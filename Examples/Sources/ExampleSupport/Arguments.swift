/// The words of a command line, sorted into flags, options with a value, and the rest.
///
/// Written as `--name`, `--name value` or `--name=value`; `--` ends the options. A word that begins
/// with a dash and is not declared is an error, never data; `-` alone is data. Names may be written
/// with `_` between their words, as SQL does: `--snapshot_id` is `--snapshot-id`.
public struct Arguments: Sendable {
  /// What a command understands.
  public struct Declaration: Sendable {
    /// Flags, such as `--json`.
    public var flags: [String]
    /// Options that take a value, such as `--limit`.
    public var options: [String]
    /// Options among ``options`` that may be given more than once.
    public var repeatable: [String]

    /// A command with these flags and options, all spelled with their dashes.
    public init(flags: [String] = [], options: [String] = [], repeatable: [String] = []) {
      self.flags = flags
      self.options = options + repeatable
      self.repeatable = repeatable
    }
  }

  /// The words that are neither flags nor options, in order.
  public let positional: [String]
  private let given: Set<String>
  private let valuesByOption: [String: [String]]

  /// Sorts `words`, which are without the name of the program and of the command.
  ///
  /// - Throws: ``ArgumentError`` that says which word is wrong and what is close to it.
  public init(_ words: some Sequence<String>, _ declaration: Declaration) throws(ArgumentError) {
    var positional: [String] = []
    var given: Set<String> = []
    var values: [String: [String]] = [:]
    var rest = Array(words)[...]
    while let word = rest.popFirst() {
      if word == "--" {
        positional += rest
        break
      }
      guard word.hasPrefix("-"), word != "-" else {
        positional.append(word)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = Self.name(String(parts[0]), in: declaration)
      let attached = parts.count == 2 ? String(parts[1]) : nil
      if declaration.flags.contains(name) {
        if attached != nil { throw ArgumentError("\(name) takes no value") }
        given.insert(name)
      } else if declaration.options.contains(name) {
        guard let value = attached ?? rest.popFirst() else {
          throw ArgumentError("\(name) needs a value")
        }
        if values[name] != nil, !declaration.repeatable.contains(name) {
          throw ArgumentError("\(name) is given twice")
        }
        values[name, default: []].append(value)
      } else {
        throw ArgumentError.unknown(name, among: declaration.flags + declaration.options)
      }
    }
    self.positional = positional
    self.given = given
    valuesByOption = values
  }

  private static func name(_ word: String, in declaration: Declaration) -> String {
    let name = String(word.map { $0 == "_" ? "-" : $0 })
    return declaration.flags.contains(name) || declaration.options.contains(name) ? name : word
  }

  /// Whether a flag is given.
  public func has(_ flag: String) -> Bool { given.contains(flag) }

  /// The value of an option, or nil when it is not given.
  public func value(_ option: String) -> String? { valuesByOption[option]?.last }

  /// All values of an option, in order; empty when it is not given.
  public func values(_ option: String) -> [String] { valuesByOption[option] ?? [] }

  /// The value of an option as a number, or nil when it is not given.
  ///
  /// - Throws: ``ArgumentError`` when it is no number of this type.
  public func number<N: FixedWidthInteger>(
    _ option: String, as type: N.Type = N.self
  ) throws(ArgumentError) -> N? {
    guard let text = value(option) else { return nil }
    guard let number = N(text) else {
      throw ArgumentError("\(option) needs a whole number, not '\(text)'")
    }
    return number
  }

  /// The words after the options, one for each of `names`.
  ///
  /// - Throws: ``ArgumentError`` that names what is missing or too much.
  public func positional(_ names: String...) throws(ArgumentError) -> [String] {
    if positional.count < names.count {
      let missing = names[positional.count...].map { "<\($0)>" }.joined(separator: " ")
      throw ArgumentError("missing \(missing)")
    }
    if positional.count > names.count {
      throw ArgumentError("'\(positional[names.count])' is one word too many")
    }
    return positional
  }
}

/// A command line that cannot be understood.
public struct ArgumentError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, for the person who typed it.
  public let description: String

  /// An error with this text.
  public init(_ description: String) { self.description = description }

  package static func unknown(_ name: String, among known: [String]) -> ArgumentError {
    let close = known.map { (name: $0, distance: distance($0, name)) }
      .filter { $0.distance <= 2 }
      .min { $0.distance < $1.distance }
    let hint = close.map { "; did you mean \($0.name)?" } ?? ""
    return ArgumentError("unknown option \(name)\(hint)")
  }

  /// How many letters have to be put in, left out or changed to come from one word to the other.
  package static func distance(_ one: String, _ other: String) -> Int {
    let other = Array(other)
    var row = Array(0...other.count)
    for (i, a) in one.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in other.enumerated() {
        let above = row[j + 1]
        row[j + 1] = a == b ? diagonal : 1 + min(diagonal, above, row[j])
        diagonal = above
      }
    }
    return row[other.count]
  }
}
