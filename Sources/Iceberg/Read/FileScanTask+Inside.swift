internal import IcebergBytes
internal import IcebergModel

extension [FileScanTask] {
  /// Opens those files that manifests do not tell enough about, so that what cannot be read is found
  /// out before the first row of any of them.
  ///
  /// That a variant is shredded, and which codec a Parquet file was compressed with, stands in its
  /// footer only. Most tables have no variants, and most builds have all codecs: nothing is opened
  /// then.
  func checkInsides(fileIO: any FileIO, options: ScanOptions) async throws {
    let uncertain = filter(\.isReadableInPartsOnly)
    _ = try await uncertain.concurrentMap(limit: options.readConcurrency) { task in
      var fileTask = task
      fileTask.schema.fields = try task.readSchema.fields
      _ = try await openDataFile(of: fileTask, fileIO: fileIO, options: options)
    }
  }
}

extension FileScanTask {
  /// Whether the inside of the file may hold what cannot be read, as far as a manifest tells.
  fileprivate var isReadableInPartsOnly: Bool {
    guard file.format == .parquet else { return false }
    return !Self.hasAllCodecs || schema.fields.contains { $0.type.contains { $0 == .variant } }
  }

  private static let hasAllCodecs = [
    CompressionCodec.zstd, .lz4Raw, .lz4Hadoop, .brotli,
  ].allSatisfy(\.isAvailable)
}
