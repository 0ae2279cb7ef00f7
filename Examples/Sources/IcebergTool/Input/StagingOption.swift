import ExampleSupport
import Iceberg

/// `--wap-id`: rows are written, and wait to be published.
enum StagingOption {
  static let name = "--wap-id"

  static let help = """
      --wap-id ID       stage the snapshot under an id: nobody sees its rows before 'iceberg publish', or
                        'cherry-pick', makes it part of a branch. The table's property
                        write.wap.enabled has to be true
    """

  /// The id under which the command line stages what is written to a table; nil when it does not.
  ///
  /// As in Spark it is up to the table whether that is done. Spark passes an id over where it is not;
  /// here the rows would be on the branch then, which is refused.
  static func id(_ arguments: Arguments, of table: Table) throws -> String? {
    guard let id = arguments.value(name) else { return nil }
    if id.isEmpty { throw ArgumentError("--wap-id needs an id") }
    let property = TableProperties.writeAuditPublishEnabled
    guard try table.metadata.property(property) else {
      throw IcebergError(
        .invalidArgument,
        """
        nothing is staged in this table before its property '\(property.key)' is true: \
        iceberg properties TABLE set \(property.key)=true
        """, context: .init(table: table.identifier.description))
    }
    return id
  }

  /// The snapshot that a command has made.
  static func snapshot(in table: Table, stagedAs id: String?, on branch: String) -> Snapshot? {
    guard let id else {
      return table.metadata.references[branch].flatMap {
        table.metadata.snapshot(id: $0.snapshotID)
      }
    }
    return table.metadata.snapshots.last { $0.summary?["wap.id"] == id }
  }

  /// What follows the id of a snapshot that was staged.
  static func note(_ id: String?) -> String {
    id.map { ", staged as '\($0)': 'iceberg publish TABLE --wap-id \($0)' makes it current" } ?? ""
  }
}
