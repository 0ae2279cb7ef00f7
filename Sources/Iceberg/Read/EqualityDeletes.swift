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
  /// The keys, when one file has them all and they are numbers close to each other.
  private var bits: KeyBits?
  /// The keys otherwise, with the indices of the files that have them.
  private var table = KeyTable()

  /// Reads the keys of delete files.
  init(
    _ files: [DeleteFile], columns: EqualityKeyColumns, nameMapping: NameMapping?,
    fileIO: any FileIO, options: ScanOptions
  ) async throws {
    self.columns = columns
    self.files = files.sorted { $0.sequenceNumber < $1.sequenceNumber }
    // So many files are held in memory beside the table.
    let width = options.readConcurrency
    var start = 0
    while start < self.files.count {
      let part = self.files[start..<min(start + width, self.files.count)]
      let keys = try await Array(part).concurrentMap(limit: width) { file in
        var keys: [EqualityKeys] = []
        let task = columns.task(of: file, nameMapping: nameMapping)
        try await forEachBatch(of: task, fileIO: fileIO, options: options) { batch in
          let values = columns.paths.compactMap { batch.columns.column(at: $0) }
          keys.append(try columns.keys(of: values, rowCount: batch.rowCount))
        }
        return keys
      }
      if self.files.count == 1, let bits = KeyBits(keys[0]) {
        self.bits = bits
        return
      }
      table.reserve(keys.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } })
      for (offset, batches) in keys.enumerated() {
        let file = Int32(clamping: start + offset)
        for batch in batches { try table.insert(batch, ofFile: file) }
      }
      start += part.count
    }
  }
}

extension EqualityDeletes {
  /// Which of the files apply to a data file.
  struct Choice: Sendable {
    /// The first of them.
    var first: Int32
    /// Which of all files; nil when it is all from the first on.
    var isChosen: Bitmap?
  }

  /// The choice of the given files; nil when none of them is here.
  func choice(of deletes: [DeleteFile]) -> Choice? {
    let wanted = Set(deletes.map { ExactText($0.file.location) })
    let chosen = Bitmap(files.map { wanted.contains(ExactText($0.file.location)) })
    guard let range = chosen.setRanges.first, let first = Int32(exactly: range.lowerBound) else {
      return nil
    }
    return Choice(first: first, isChosen: range.upperBound == files.count ? nil : chosen)
  }

  /// The rows whose keys are in a file of the choice; nil when there are none.
  func matches(_ keys: EqualityKeys, in choice: Choice) -> Bitmap? {
    if let bits, choice.first == 0 { return bits.matches(keys) }
    var matches: Bitmap?
    table.forEachMatch(keys) { row, entry in
      table.forEachFile(from: entry) { file in
        // Older files only from here on.
        if file < choice.first { return false }
        if choice.isChosen.map({ !$0[Int(file)] }) ?? false { return true }
        if matches == nil { matches = Bitmap(repeating: false, count: keys.count) }
        matches?[row] = true
        return false
      }
    }
    return matches
  }
}
