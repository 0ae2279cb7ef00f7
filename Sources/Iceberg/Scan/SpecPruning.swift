internal import IcebergModel

/// How the files of one partition spec are left out.
///
/// Spec: Scan Planning.
struct SpecPruning: Sendable {
  let spec: PartitionSpec
  private let manifests: ManifestEvaluator
  private let partitions: PartitionEvaluator
  private let residuals: ResidualFilter

  /// The files of `spec` for a filter of rows with the columns of `schema`.
  init(_ spec: PartitionSpec, filter: BoundFilter, schema: SchemaIndex) {
    self.spec = spec
    let projection = PartitionProjection(spec, index: schema)
    let partitionFilter = projection.inclusive(filter)
    manifests = ManifestEvaluator(partitionFilter: partitionFilter)
    partitions = PartitionEvaluator(partitionFilter: partitionFilter)
    residuals = ResidualFilter(filter, projection)
  }

  /// Whether some file of a manifest may have rows that are wanted.
  func mayMatch(_ manifest: ManifestFile) -> Bool { manifests.mayMatch(manifest) }

  /// Why no file of a manifest has rows that are wanted; nil when some may.
  func explain(_ manifest: ManifestFile) -> PruningReason? { manifests.explain(manifest) }

  /// Why no file of a partition has rows that are wanted; nil when some may.
  func explain(_ partition: StructValue) -> PruningReason? { partitions.explain(partition) }

  /// What rows of a partition are still to be tested for.
  func residual(for partition: StructValue) -> BoundFilter { residuals.residual(for: partition) }
}
