extension TableMetadata {
  /// The metadata after the given updates, applied in order: what a commit of them makes current.
  ///
  /// Updates that change nothing, such as adding a schema that is there already, leave no trace; when
  /// none changes anything, the result is this metadata itself.
  ///
  /// - Parameters:
  ///   - updates: what to change.
  ///   - timestampMillis: the time of the change, in milliseconds since 1970-01-01 UTC.
  ///   - previousLocation: where this metadata was read from, for the metadata log; nil leaves the
  ///     log as it is.
  /// - Throws: `commitConflict` when a snapshot was made from an older state than this one,
  ///   `unsupported` for an unknown format version, `validationFailed` when an update refers to
  ///   something that is not there (any more), `invalidArgument` when an update makes no sense, and
  ///   `invalidMetadata` when the result breaks a rule of the format.
  public func applying(
    _ updates: [TableUpdate], timestampMillis: Int64, previousLocation: String? = nil
  ) throws(IcebergError) -> TableMetadata {
    var draft = MetadataDraft(of: self, timestampMillis: timestampMillis)
    for update in updates { try draft.apply(update) }
    return try draft.finish(previousLocation: previousLocation)
  }
}
