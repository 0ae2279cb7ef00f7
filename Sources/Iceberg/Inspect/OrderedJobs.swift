/// Runs a few jobs at the same time, and hands out what they return in their order.
package final class OrderedJobs<Input: Sendable, Output: Sendable> {
  private let limit: Int
  private let nextInput: () async throws -> Input?
  private let run: @Sendable (Input) async throws -> Output
  private var running: [Task<Output, any Error>] = []
  private var isExhausted = false

  /// Jobs for the inputs that `nextInput` returns one by one, until it returns nil.
  ///
  /// At most `limit` of them run, or wait to be handed out, at any time.
  package init(
    limit: Int, _ nextInput: @escaping () async throws -> Input?,
    run: @escaping @Sendable (Input) async throws -> Output
  ) {
    self.limit = limit
    self.nextInput = nextInput
    self.run = run
  }

  deinit {
    for task in running { task.cancel() }
  }

  /// What the next job returns; nil after the last one. After an error there is no more.
  package func next() async throws -> Output? {
    do {
      try Task.checkCancellation()
      try await fill()
      guard !running.isEmpty else { return nil }
      let task = running.removeFirst()
      return try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        task.cancel()
      }
    } catch {
      isExhausted = true
      for task in running { task.cancel() }
      running = []
      throw error
    }
  }

  private func fill() async throws {
    while !isExhausted, running.count < limit {
      guard let input = try await nextInput() else {
        isExhausted = true
        return
      }
      let run = run
      running.append(Task { try await run(input) })
    }
  }
}
