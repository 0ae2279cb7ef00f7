public import IcebergModel

/// Changes of a table that are committed together, or not at all.
///
/// A transaction collects what is to be done and does nothing itself. It is carried out on the version
/// that is current at the commit, on a newer one again when another writer was first.
public struct Transaction: Sendable {
  /// The version of the table that the changes start from. The version they are carried out on may be
  /// newer.
  public let base: TableMetadata
  /// The changes in their order.
  package internal(set) var changes: [any TableChange] = []

  /// A transaction without changes.
  package init(base: TableMetadata) { self.base = base }

  /// Adds a change.
  package mutating func add(_ change: some TableChange) { changes.append(change) }

  /// Adds a change that is told by its updates.
  mutating func add(
    _ updates: @escaping @Sendable (TableMetadata) throws -> [TableUpdate]
  ) {
    changes.append(PlainChange(updates: updates))
  }
}

// Data.
extension Transaction {
  /// Adds data files to the table, in a new snapshot. No files change nothing.
  ///
  /// Several calls for one branch make one snapshot.
  ///
  /// - Parameters:
  ///   - files: files that are written already, by ``Table`` or by others.
  ///   - branch: the branch to add them to. One that does not exist is made from the main branch.
  ///   - summary: more to say about the snapshot, such as who made it and why.
  public mutating func append(
    _ files: [DataFile], toBranch branch: String = SnapshotReference.main,
    summary: [String: String] = [:]
  ) {
    if files.isEmpty { return }
    for index in changes.indices {
      guard var change = changes[index] as? FastAppend, change.branch == branch else { continue }
      change.files += files
      change.summary.merge(summary) { _, new in new }
      changes[index] = change
      return
    }
    changes.append(FastAppend(files: files, branch: branch, summary: summary))
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
    add { _ in
      if let key = properties.keys.first(where: TableProperties.reserved.contains) {
        throw IcebergError(
          .invalidArgument, "'\(key)' tells a fact and cannot be set as a property")
      }
      return [.setProperties(properties)]
    }
  }

  /// Removes table properties. Those that are not set are passed over.
  public mutating func removeProperties(_ keys: [String]) {
    add { base in
      let found = keys.filter { base.properties[$0] != nil }
      return found.isEmpty ? [] : [.removeProperties(found)]
    }
  }

  /// Changes the base location of the table: new files are written there, the others stay.
  public mutating func setLocation(_ location: String) {
    add { _ in [.setLocation(location)] }
  }
}
