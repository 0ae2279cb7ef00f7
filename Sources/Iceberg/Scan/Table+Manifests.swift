public import IcebergModel

extension Table {
  /// The manifests of a snapshot of this table, in the order of its manifest list.
  ///
  /// Throws `unsupported` when the list is encrypted.
  ///
  /// Spec: Manifest Lists.
  public func manifests(of snapshot: Snapshot) async throws -> [ManifestFile] {
    try await TableManifests(metadata: metadata, fileIO: fileIO).list(of: snapshot)
  }

  /// The entries of a manifest of a snapshot of this table with all that is recorded of their files,
  /// those of removed files too.
  ///
  /// What an entry inherits from its manifest is filled in. Throws `unsupported` when the manifest is
  /// encrypted.
  ///
  /// Spec: Manifests; Sequence Number Inheritance.
  public func entries(of manifest: ManifestFile) async throws -> [ManifestEntry] {
    try await TableManifests(metadata: metadata, fileIO: fileIO).entries(
      of: manifest, metrics: .all)
  }
}
