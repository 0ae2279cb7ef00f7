/// The rows that come next from a piece of a data file: not decoded yet, being decoded, or at hand.
enum NextRows: Sendable {
  /// Some rows, and what comes behind them. No rows: the piece is at its end.
  typealias Decoded = (rows: FileRows?, rest: any DataFilePiece)

  case waiting(any DataFilePiece)
  case running(Task<Decoded, any Error>)
  case decoded(FileRows?, rest: any DataFilePiece)

  /// Takes the rows; nil after the last ones.
  ///
  /// - Parameter readingAhead: whether the ones behind them are decoded from now on, while these are used.
  mutating func take(readingAhead: Bool) async throws -> FileRows? {
    let (rows, rest) = try await decode()
    let goesOn = readingAhead && rows != nil && !Task.isCancelled
    self = goesOn ? .decoding(rest) : .waiting(rest)
    return rows
  }

  private func decode() async throws -> Decoded {
    switch self {
    case .waiting(var piece):
      let rows = try await piece.next()
      return (rows, piece)
    case .running(let task):
      return try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        task.cancel()
      }
    case .decoded(let rows, let rest): return (rows, rest)
    }
  }

  /// The rows that come next from `piece`, which is decoded from now on. Should nobody ask for them it still
  /// comes to its end, with one batch.
  private static func decoding(_ piece: any DataFilePiece) -> NextRows {
    .running(
      Task {
        var rest = piece
        let rows = try await rest.next()
        return (rows, rest)
      })
  }
}
