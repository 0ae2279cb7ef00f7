import Iceberg

/// The rows of a file as a sequence.
struct RowSourceBatches: AsyncSequence {
  var source: RowSource
  /// Whether people are told how many rows were read.
  var tellsCount = false

  func makeAsyncIterator() -> Iterator { Iterator(source: source, tellsCount: tellsCount) }

  struct Iterator: AsyncIteratorProtocol {
    var source: RowSource
    var tellsCount: Bool
    private var rows = 0

    init(source: RowSource, tellsCount: Bool) {
      self.source = source
      self.tellsCount = tellsCount
    }

    mutating func next() async throws -> RecordBatch? {
      let batch = try await source.next()
      if tellsCount, let batch {
        rows += batch.rowCount
        Output.error("\r\(rows) rows")
      }
      return batch
    }
  }
}
