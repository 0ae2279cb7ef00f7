import ExampleSupport
import Iceberg

// Athena's statements for maintenance, which take their settings from properties of the table.
extension SQLRunner {
  /// `OPTIMIZE name REWRITE DATA USING BIN_PACK`
  func optimize(_ name: String, where condition: String?) async throws -> ExitCode {
    var given: [String: ProcedureValue] = ["table": .text(name)]
    if let condition { given["where"] = .text(condition) }
    let properties = try await table(name).metadata.properties
    if let threshold = properties["optimize_rewrite_delete_file_threshold"] {
      given["options"] = .map([
        .init(key: .text("delete-file-threshold"), value: .text(threshold))
      ])
    }
    return try await call("rewrite_data_files", given)
  }

  /// `VACUUM name`: expires snapshots, then removes orphan files.
  ///
  /// Tables that Athena made have its properties; here they became those of Iceberg, which count without
  /// more ado.
  func vacuum(_ name: String) async throws -> ExitCode {
    let properties = try await table(name).metadata.properties
    var given: [String: ProcedureValue] = ["table": .text(name)]
    if let age = try number("vacuum_max_snapshot_age_seconds", in: properties) {
      given["older_than"] = .text("\(age) seconds ago")
    }
    if let kept = try number("vacuum_min_snapshots_to_keep", in: properties) {
      given["retain_last"] = .number("\(kept)")
    }
    let expired = try await call("expire_snapshots", given)
    let cleaned = try await call("remove_orphan_files", ["table": .text(name)])
    return cleaned == .success ? expired : cleaned
  }

  private func number(_ key: String, in properties: [String: String]) throws -> Int32? {
    guard let text = properties[key] else { return nil }
    guard let number = Int32(text), number >= 0 else {
      throw IcebergError(.invalidArgument, "the property '\(key)' is '\(text)', which is no number")
    }
    return number
  }

  private func call(_ name: String, _ values: [String: ProcedureValue]) async throws -> ExitCode {
    guard let procedure = Procedure.named(name) else {
      throw IcebergError(.unsupported, "there is no procedure '\(name)'")
    }
    var given = ProcedureArguments(of: procedure)
    for (name, value) in values { try given.give(value, to: name) }
    try given.check()
    return try await procedure.run(ProcedureCall(given: given, invocation: invocation))
  }
}
