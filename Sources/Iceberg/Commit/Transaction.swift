public import IcebergModel

/// Changes of a table that are committed together, or not at all.
///
/// A transaction collects what is to be done and does nothing itself. It is carried out on the version
/// that is current at the commit, on a newer one again when another writer was first.
public struct Transaction: Sendable {
  /// The version of the table that the changes start from. The version they are carried out on may be
  /// newer.
  public let base: TableMetadata
  /// The id under which the snapshots wait to be published; nil moves the branches to them.
  private var wapID: String?

  /// The changes in their order.
  package internal(set) var changes: [any TableChange] = []

  /// A transaction without changes.
  package init(base: TableMetadata) { self.base = base }

  /// Adds a change.
  package mutating func add(_ change: some TableChange) { changes.append(staged(change)) }

  /// A change as it is in a transaction that is staged, or is not.
  private func staged(_ change: any TableChange) -> any TableChange {
    guard let wapID, var change = change as? any SnapshotChange else { return change }
    change.wapID = wapID
    return change
  }

  /// Amends the last change where that is of a kind; what only changes properties may follow it.
  /// Returns whether there is such a change, and `amend` did.
  mutating func amendLast<Change: TableChange>(_ amend: (inout Change) -> Bool) -> Bool {
    for index in changes.indices.reversed() {
      if var change = changes[index] as? Change {
        guard amend(&change) else { return false }
        changes[index] = change
        return true
      }
      guard (changes[index] as? PlainChange)?.isOfProperties == true else { return false }
    }
    return false
  }

  /// Stages the snapshot that the transaction makes: it is added to the table under the given id, and
  /// no branch moves to it before it is published.
  ///
  /// The snapshot has the property `wap.id`. A transaction that makes several snapshots cannot be
  /// staged.
  public mutating func stage(wapID: String) {
    self.wapID = wapID
    changes = changes.map { staged($0) }
  }

  /// Throws `invalidArgument` when the changes do not go together.
  func validate() throws(IcebergError) {
    guard let wapID else { return }
    let count = changes.count { $0 is any SnapshotChange }
    guard !wapID.isEmpty, count == 1 else {
      throw IcebergError(
        .invalidArgument,
        wapID.isEmpty
          ? "a snapshot is staged under an id, and this one is empty"
          : "a staged transaction makes one snapshot, this one \(count): they could not be published"
      )
    }
  }

  /// Adds a change that is told by its updates.
  mutating func add(
    ofProperties isOfProperties: Bool = false,
    _ updates: @escaping @Sendable (TableMetadata) throws -> [TableUpdate]
  ) {
    changes.append(PlainChange(isOfProperties: isOfProperties, updates: updates))
  }
}

// Properties and location.
extension Transaction {
  /// Sets a table property.
  public mutating func setProperty(_ key: String, _ value: String) {
    setProperties([key: value])
  }

  /// Sets table properties.
  public mutating func setProperties(_ properties: [String: String]) {
    if properties.isEmpty { return }
    add(ofProperties: true) { _ in
      if let key = properties.keys.first(where: TableProperties.reserved.contains) {
        throw IcebergError(
          .invalidArgument, "'\(key)' tells a fact and cannot be set as a property")
      }
      return [.setProperties(properties)]
    }
  }

  /// Removes table properties. Those that are not set are passed over.
  public mutating func removeProperties(_ keys: [String]) {
    add(ofProperties: true) { base in
      let found = keys.filter { base.properties[$0] != nil }
      return found.isEmpty ? [] : [.removeProperties(found)]
    }
  }

  /// Changes the base location of the table: new files are written there, the others stay.
  public mutating func setLocation(_ location: String) {
    add(ofProperties: true) { _ in [.setLocation(location)] }
  }
}
