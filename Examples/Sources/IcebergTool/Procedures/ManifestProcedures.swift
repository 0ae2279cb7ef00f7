import ExampleSupport
import Iceberg

extension Procedure {
  /// `rewrite_manifests`
  static let rewriteManifests = Procedure(
    name: "rewrite_manifests", summary: "write manifests anew, so that scans read fewer of them",
    help: """
      Data files are listed in the order of their partitions, in manifests of the table's
      commit.manifest.target-size-bytes. Manifests that others add meanwhile stay as they are.
      """,
    parameters: [
      .table, Parameter("use_caching", .flag, "of no effect here"),
      Parameter("spec_id", .number, "manifests of this partition spec; the current one"),
      Parameter("sort_by", .texts, "the partition fields to sort by: all, in their order"),
    ]
  ) { call in
    let table = try await call.table()
    let specID = call.given.number("spec_id").map { Int($0) } ?? table.metadata.defaultSpecID
    guard let spec = table.metadata.partitionSpec(id: specID) else {
      let known = table.metadata.partitionSpecs.map { "\($0.id)" }.joined(separator: ", ")
      throw IcebergError(
        .invalidArgument, "there is no partition spec \(specID); there are \(known)")
    }
    let fields = spec.fields.map(\.name)
    if let order = call.given.texts("sort_by"), order != Array(fields.prefix(order.count)) {
      throw IcebergError(
        .unsupported,
        "manifests are sorted by the partition fields in their order: \(fields.joined(separator: ", "))"
      )
    }
    let result = try await ManifestRewriteResult(of: table, specID: specID, isDryRun: call.isDryRun)
    ProcedureResult([
      (.number("rewritten_manifests_count"), .integer(Int64(result.rewritten.count))),
      (.number("added_manifests_count"), .integer(Int64(result.added.count))),
      (.number("rewritten_bytes_count"), .integer(result.rewritten.reduce(0) { $0 + $1.length })),
      (.number("added_bytes_count"), .integer(result.added.reduce(0) { $0 + $1.length })),
    ]).write(call.invocation, more: ["dry_run": .bool(call.isDryRun)])
    return .success
  }
}

/// What a rewrite of manifests did, or would do.
struct ManifestRewriteResult {
  /// The table after it.
  var table: Table
  /// The manifests that are gone from the current snapshot.
  var rewritten: [ManifestFile] = []
  /// Those that took their place.
  var added: [ManifestFile] = []

  /// Rewrites the manifests of a partition spec, or only finds what that would do.
  init(of table: Table, specID: Int?, isDryRun: Bool) async throws {
    self.table = table
    guard let before = table.metadata.currentSnapshot else { return }
    let old = try await table.manifests(of: before)
    // One manifest cannot become fewer.
    guard
      old.count(where: { $0.content == .data && $0.partitionSpecID == specID ?? $0.partitionSpecID }
      ) > 1
    else { return }
    let change: (inout Transaction) -> Void = { $0.rewriteManifests(specID: specID) }
    self.table = isDryRun ? try await table.preview(change) : try await table.commit(change)
    guard let after = self.table.metadata.currentSnapshot, after.id != before.id else { return }
    let new = try await self.table.manifests(of: after)
    let (oldPlaces, newPlaces) = (Set(old.map(\.location)), Set(new.map(\.location)))
    rewritten = old.filter { !newPlaces.contains($0.location) }
    added = new.filter { !oldPlaces.contains($0.location) && $0.addedSnapshotID == after.id }
    if isDryRun { self.table = table }
  }
}
