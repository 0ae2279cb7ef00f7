import IcebergBytes

/// A local file being written under a temporary name.
struct LocalOutputFile: OutputFile {
  let file: TemporaryFile
  let executor: BlockingExecutor

  func write(_ bytes: Bytes) async throws {
    let file = file
    try await executor.run { try file.write(bytes) }
  }

  func finish() async throws {
    let file = file
    try await executor.run {
      try file.steps.reach(.written)
      try file.publish(.createNew)
    }
  }

  func abort() async {
    // Not on the executor, which refuses the work of a cancelled task: two quick calls.
    file.discard()
  }
}
