public import IcebergModel

// Schema, partitioning, sort order, format version.
extension Transaction {
  /// The changes of the columns.
  ///
  /// ```swift
  /// tx.schema.addColumn("country", .string, doc: "ISO 3166 code")
  /// tx.schema.rename("level", to: "severity")
  /// ```
  ///
  /// Steps that follow each other belong together: names in them are first of all those from before
  /// the first of them. After another change of the transaction, such as one of ``partitioning``,
  /// names are those that the columns have by then.
  public var schema: SchemaChange {
    get { last() ?? SchemaChange() }
    set { setLast(newValue, isEmpty: newValue == SchemaChange()) }
  }

  /// The changes of how the table is partitioned. Files that are there stay in their partitions.
  ///
  /// ```swift
  /// tx.partitioning.add(.hour("event_time"))
  /// ```
  public var partitioning: PartitionChange {
    get { last() ?? PartitionChange() }
    set { setLast(newValue, isEmpty: newValue.isEmpty) }
  }

  /// The change of how rows are sorted within files. Files that are there stay as they are.
  ///
  /// ```swift
  /// tx.sortOrder.replace(with: .descending("event_time"), .ascending("id"))
  /// ```
  public var sortOrder: SortOrderChange {
    get { last() ?? SortOrderChange() }
    set { setLast(newValue, isEmpty: newValue.isEmpty) }
  }

  /// Raises the format version of the table; the files that are there stay as they are. A version
  /// that the table has already changes nothing, and there is no way back.
  ///
  /// With version 3 rows get ids: those that are there get theirs with the next commit that adds rows.
  ///
  /// Spec: Appendix E.
  public mutating func upgradeFormat(to version: Int) {
    add(FormatUpgrade(version: version))
  }

  /// The change that was added last, when it is one of a kind.
  private func last<Change: MetadataChange>() -> Change? { changes.last as? Change }

  private mutating func setLast<Change: MetadataChange>(_ change: Change, isEmpty: Bool) {
    if changes.last is Change { changes.removeLast() }
    if !isEmpty { add(change) }
  }
}

/// Raises the format version of a table.
struct FormatUpgrade: MetadataChange {
  var version: Int

  func updates(on base: TableMetadata) throws -> [TableUpdate] {
    guard version >= base.formatVersion else {
      throw IcebergError(
        .invalidArgument,
        "the table has format version \(base.formatVersion); it cannot go back to \(version)")
    }
    return version == base.formatVersion ? [] : [.upgradeFormatVersion(version)]
  }
}
