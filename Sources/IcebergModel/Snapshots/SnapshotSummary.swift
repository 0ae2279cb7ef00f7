/// What a snapshot did: its operation and properties such as `added-records`.
///
/// Spec: Snapshots, "Optional Snapshot Summary Fields" (Appendix F).
public struct SnapshotSummary: Hashable, Sendable {
  /// The kind of change.
  public enum Operation: Hashable, Sendable {
    /// Files were added, none removed.
    case append
    /// Files were replaced without changing rows.
    case replace
    /// Rows were added and removed.
    case overwrite
    /// Rows were removed.
    case delete
    /// An operation that the spec does not name, as written.
    case other(String)
  }

  /// The kind of change; nil when not recorded.
  public var operation: Operation?
  /// Everything else, in the order in which it was written.
  public var properties: [(key: String, value: String)] {
    get { storage.map { ($0.key, $0.value) } }
    set { storage = newValue.map { Property(key: $0.key, value: $0.value) } }
  }

  private struct Property: Hashable, Sendable {
    var key: String
    var value: String
  }

  private var storage: [Property]

  /// A summary of the given parts.
  public init(operation: Operation?, properties: [(key: String, value: String)] = []) {
    self.operation = operation
    storage = properties.map { Property(key: $0.key, value: $0.value) }
  }

  /// The value of one property; nil when absent. Setting nil removes it.
  public subscript(key: String) -> String? {
    get { storage.first { $0.key == key }?.value }
    set {
      let index = storage.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): storage[index].value = value
      case (let index?, nil): storage.remove(at: index)
      case (nil, let value?): storage.append(Property(key: key, value: value))
      case (nil, nil): break
      }
    }
  }
}

extension SnapshotSummary.Operation: RawRepresentable {
  public init(rawValue: String) {
    switch rawValue {
    case "append": self = .append
    case "replace": self = .replace
    case "overwrite": self = .overwrite
    case "delete": self = .delete
    default: self = .other(rawValue)
    }
  }

  public var rawValue: String {
    switch self {
    case .append: "append"
    case .replace: "replace"
    case .overwrite: "overwrite"
    case .delete: "delete"
    case .other(let name): name
    }
  }
}
