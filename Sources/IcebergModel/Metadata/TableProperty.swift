/// The name of a table property, the type of its value and what holds when it is not set.
public struct TableProperty<Value: Sendable>: Sendable {
  /// The name of the property.
  public let key: String
  /// The value of tables that do not set the property.
  public let defaultValue: Value
  private let wanted: String
  private let read: @Sendable (String) -> Value?

  init(
    _ key: String, default defaultValue: Value, _ wanted: String,
    read: @escaping @Sendable (String) -> Value?
  ) {
    self.key = key
    self.defaultValue = defaultValue
    self.wanted = wanted
    self.read = read
  }

  /// The value that `properties` set, or the default.
  ///
  /// Throws `invalidArgument` when the text cannot be read as such a value.
  public func value(in properties: [String: String]) throws(IcebergError) -> Value {
    guard let text = properties[key] else { return defaultValue }
    guard let value = read(text) else {
      throw IcebergError(
        .invalidArgument, "table property '\(key)' must be \(wanted), found '\(text)'")
    }
    return value
  }
}

extension TableProperty where Value == Int {
  /// A whole number of `range`.
  init(_ key: String, default defaultValue: Int, in range: ClosedRange<Int> = 0...Int(Int32.max)) {
    self.init(key, default: defaultValue, "a whole number of \(range.lowerBound) or more") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension TableProperty where Value == Int64 {
  /// A whole number of `range`.
  init(_ key: String, default defaultValue: Int64, in range: ClosedRange<Int64> = 0...Int64.max) {
    self.init(key, default: defaultValue, "a whole number of \(range.lowerBound) or more") { text in
      Int64(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension TableProperty where Value == Int? {
  /// A whole number, or nothing.
  init(_ key: String) {
    self.init(key, default: nil, "a whole number") { text in Int(text).map { $0 } }
  }
}

extension TableProperty where Value == Double {
  /// A number between 0 and 1, without either.
  init(probability key: String, default defaultValue: Double) {
    self.init(key, default: defaultValue, "a number between 0 and 1") { text in
      Double(text).flatMap { $0 > 0 && $0 < 1 ? $0 : nil }
    }
  }
}

extension TableProperty where Value == Bool {
  /// `true` or `false`, in any case.
  init(_ key: String, default defaultValue: Bool) {
    self.init(key, default: defaultValue, "true or false") { text in
      switch text.lowercased() {
      case "true": true
      case "false": false
      default: nil
      }
    }
  }
}

extension TableProperty where Value == Duration {
  /// A number of milliseconds.
  init(milliseconds key: String, default defaultValue: Duration) {
    self.init(key, default: defaultValue, "a number of milliseconds of 0 or more") { text in
      Int64(text).flatMap { $0 >= 0 ? .milliseconds($0) : nil }
    }
  }
}

extension TableProperty where Value == String {
  /// Any text.
  init(_ key: String, default defaultValue: String) {
    self.init(key, default: defaultValue, "text") { $0 }
  }
}

extension TableProperty where Value == String? {
  /// Any text, or nothing.
  init(_ key: String) {
    self.init(key, default: nil, "text") { .some($0) }
  }
}

extension TableProperty where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the names of an enumeration, in any case.
  init(_ key: String, default defaultValue: Value) {
    let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
    self.init(key, default: defaultValue, "one of \(names)") { text in
      Value(rawValue: text.lowercased())
    }
  }
}

extension TableMetadata {
  /// The value of a table property, or its default.
  ///
  /// Throws `invalidArgument` when the table sets it to something that makes no sense.
  public func property<Value>(_ property: TableProperty<Value>) throws(IcebergError) -> Value {
    try property.value(in: properties)
  }
}
