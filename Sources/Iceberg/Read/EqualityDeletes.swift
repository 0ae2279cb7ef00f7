internal import IcebergColumns
internal import IcebergModel

/// The keys of equality delete files that compare the same columns in the same partition.
///
/// Each key knows the files that have it, the newest first, so that looking a row up takes the same
/// time however many files there are.
///
/// Spec: Delete Formats, "Equality Delete Files".
struct EqualityDeletes: Sendable {
  /// The columns that are compared.
  let columns: EqualityKeyColumns
  /// The delete files, by ascending sequence numbers.
  let files: [DeleteFile]
  private let table: KeyTable

  /// Reads the keys of delete files.
  init(
    _ files: [DeleteFile], columns: EqualityKeyColumns, nameMapping: NameMapping?,
    fileIO: any FileIO, options: ScanOptions
  ) async throws {
    let files = files.sorted { $0.sequenceNumber < $1.sequenceNumber }
    self.columns = columns
    self.files = files
    table = try await KeyTable(fileCount: files.count, width: options.readConcurrency) { index in
      var keys: [EqualityKeys] = []
      let task = columns.task(of: files[index], nameMapping: nameMapping)
      try await forEachBatch(of: task, fileIO: fileIO, options: options) { batch in
        let values = columns.paths.compactMap { batch.columns.column(at: $0) }
        keys.append(try columns.keys(of: values, rowCount: batch.rowCount))
      }
      return keys
    }
  }
}

extension EqualityDeletes {
  /// Which of the files apply to a data file, by their numbers.
  struct Choice: Sendable {
    /// The first of them.
    var first: Int32
    /// Which of all files; nil when it is all from the first on.
    var isChosen: Bitmap?

    @inline(__always)
    func contains(_ file: Int32) -> Bool {
      file >= first && (isChosen.map { $0[Int(file)] } ?? true)
    }
  }

  /// The choice of the given files; nil when none of them is here.
  func choice(of deletes: [DeleteFile]) -> Choice? {
    let wanted = Set(deletes.map(\.file.location))
    let chosen = Bitmap(files.map { wanted.contains($0.file.location) })
    guard let range = chosen.setRanges.first, let first = Int32(exactly: range.lowerBound) else {
      return nil
    }
    return Choice(first: first, isChosen: range.upperBound == files.count ? nil : chosen)
  }

  /// The rows whose keys are in a file of the choice; nil when there are none.
  func matches(_ keys: EqualityKeys, in choice: Choice) -> Bitmap? {
    table.matches(keys, in: choice)
  }
}
