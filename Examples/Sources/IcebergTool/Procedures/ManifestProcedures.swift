import ExampleSupport
import Iceberg

extension Procedure {
  /// `rewrite_manifests`
  static let rewriteManifests = Procedure(
    name: "rewrite_manifests", summary: "write manifests anew, so that scans read fewer of them",
    help: """
      Data files, and delete files, are listed in the order of their partitions, in manifests of the table's
      commit.manifest.target-size-bytes. Manifests that others add meanwhile stay as they are.
      """,
    parameters: [
      .table, Parameter("use_caching", .flag, "of no effect here"),
      Parameter("spec_id", .number, "manifests of this partition spec; the current one"),
      Parameter(
        "sort_by", .texts, "the partition fields to sort by, in any order: all, as in the spec"),
      .memory("for new manifests, beyond which old ones are read again; 256MB"),
    ]
  ) { call in
    let table = try await call.table()
    var options = RewriteManifestsOptions(
      specID: call.given.number("spec_id").map { Int($0) } ?? table.metadata.defaultSpecID,
      sortBy: call.given.texts("sort_by"), progress: ManifestText.progress)
    options.memoryLimit = call.given.size("memory_limit") ?? options.memoryLimit
    let report = try await table.rewriteManifests(options, dryRun: call.isDryRun)
    ProcedureResult([
      (.number("rewritten_manifests_count"), .integer(Int64(report.rewrittenManifestsCount))),
      (.number("added_manifests_count"), .integer(Int64(report.addedManifestsCount))),
      (.number("rewritten_bytes_count"), .integer(report.rewrittenBytesCount)),
      (.number("added_bytes_count"), .integer(report.addedBytesCount)),
    ]).write(call.invocation, more: ["dry_run": .bool(call.isDryRun)])
    return .success
  }
}

/// What work on manifests tells.
enum ManifestText {
  /// Shows how many were read, when somebody watches.
  static var progress: (@Sendable (ManifestProgress) -> Void)? {
    guard Output.isWatched else { return nil }
    return { progress in
      let total = progress.manifestsTotal.map { " of \($0)" } ?? ""
      Output.progress.update { "\(progress.manifestsRead)\(total) manifests read" }
    }
  }
}
