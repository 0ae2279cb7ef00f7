import ExampleSupport
import Iceberg

extension Procedure {
  /// `register_table`
  static let registerTable = Procedure(
    name: "register_table", summary: "take a table into a catalog by its metadata file",
    parameters: [
      .table, .required("metadata_file", .text, "the metadata file of its current version"),
    ]
  ) { call in
    let (catalog, identifier) = try await TableSource.catalog(
      of: call.tableName, call.invocation, need: call.isDryRun ? .existing : .made)
    let location = call.given.text("metadata_file") ?? ""
    let metadata = try await Table.open(
      at: location, fileIO: try TableSource.fileIO(call.invocation.arguments)
    ).metadata
    try await CatalogRehearsal(catalog, isDryRun: call.isDryRun).registerTable(
      identifier, metadataLocation: location, overwrite: false)
    func total(_ key: String) -> JSONValue {
      JSONText.number(metadata.currentSnapshot?.summary?[key].flatMap { Int64($0) })
    }
    ProcedureResult([
      (.number("current_snapshot_id"), JSONText.number(metadata.currentSnapshotID)),
      (.number("total_records_count"), total("total-records")),
      (.number("total_data_files_count"), total("total-data-files")),
    ]).write(call.invocation)
    return .success
  }
}
