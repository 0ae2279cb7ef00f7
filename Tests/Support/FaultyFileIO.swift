package import Iceberg
package import IcebergBytes
import IcebergModel
import Synchronization

/// Storage that fails where a test wants it to: before a call does anything, or after it did
/// everything but answer.
package final class FaultyFileIO: FileIO {
  /// What a call asks for.
  package enum Operation: String, Hashable, Sendable {
    case status, read, write, create, append, finish, list, remove, children, createFolder
    case removeEmptyFolder

    /// Whether the call changes what is stored.
    package var isChange: Bool {
      switch self {
      case .status, .read, .list, .children: false
      case .write, .create, .append, .finish, .remove, .createFolder, .removeEmptyFolder: true
      }
    }
  }

  /// One call, counted from zero.
  package struct Call: Hashable, Sendable {
    package var number: Int
    package var operation: Operation
    package var location: String
  }

  /// What goes wrong with a call.
  package enum Fault: Sendable {
    /// The call does nothing and throws.
    case fail(any Error)
    /// The call does its work and then throws: the reply was lost.
    case loseReply(any Error)
    /// This call and every later one do nothing and throw: the process has stopped.
    case stop
    /// Like ``stop``, but this call still does its work.
    case stopAfter
    /// The call waits first.
    case delay(Duration)
    /// The call lets others go first, so many times.
    case yield(Int)
  }

  /// What every call throws after a stop.
  package struct Stopped: Error {
    package init() {}
  }

  private struct State {
    var calls: [Call] = []
    var isStopped = false
    var isMended = false
  }

  private let base: any FileIO
  private let fault: @Sendable (Call) -> Fault?
  private let state = Mutex(State())

  /// Storage that asks `fault` about each call.
  package init(_ base: any FileIO, fault: @escaping @Sendable (Call) -> Fault? = { _ in nil }) {
    self.base = base
    self.fault = fault
  }

  /// The calls so far.
  package var calls: [Call] { state.withLock { $0.calls } }

  /// Lets nothing go wrong any more: the process has started again.
  package func mend() {
    state.withLock { state in
      state.isStopped = false
      state.isMended = true
    }
  }

  private func perform<R: Sendable>(
    _ operation: Operation, _ location: String, _ body: () async throws -> R
  ) async throws -> R {
    let (call, isMended): (Call?, Bool) = state.withLock { state in
      if state.isStopped { return (nil, false) }
      let call = Call(number: state.calls.count, operation: operation, location: location)
      state.calls.append(call)
      return (call, state.isMended)
    }
    guard let call else { throw Stopped() }
    switch isMended ? nil : fault(call) {
    case nil: return try await body()
    case .fail(let error): throw error
    case .loseReply(let error):
      _ = try await body()
      throw error
    case .stop:
      state.withLock { $0.isStopped = true }
      throw Stopped()
    case .stopAfter:
      state.withLock { $0.isStopped = true }
      _ = try await body()
      throw Stopped()
    case .delay(let duration):
      try await Task.sleep(for: duration)
      return try await body()
    case .yield(let count):
      for _ in 0..<count { await Task.yield() }
      return try await body()
    }
  }

  package func status(of location: String) async throws -> FileStatus {
    try await perform(.status, location) { try await base.status(of: location) }
  }

  package func read(_ location: String, range: Range<Int64>?) async throws -> Bytes {
    try await perform(.read, location) { try await base.read(location, range: range) }
  }

  package func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws {
    try await perform(.write, location) {
      try await base.write(bytes, to: location, mode: mode)
    }
  }

  package func create(_ location: String) async throws -> any OutputFile {
    let file = try await perform(.create, location) { try await base.create(location) }
    return FaultyOutputFile(base: file, storage: self, location: location)
  }

  package func list(under folder: String) async throws -> [FileStatus] {
    try await perform(.list, folder) { try await base.list(under: folder) }
  }

  package func list(
    under folder: String, inPages body: (_ files: [FileStatus]) async throws -> Void
  ) async throws {
    try await perform(.list, folder) { try await base.list(under: folder, inPages: body) }
  }

  package func remove(_ locations: [String]) async throws {
    try await perform(.remove, locations.joined(separator: " ")) {
      try await base.remove(locations)
    }
  }

  package func children(of folder: String) async throws -> [FolderEntry] {
    try await perform(.children, folder) { try await base.children(of: folder) }
  }

  package func createFolder(_ location: String) async throws {
    try await perform(.createFolder, location) { try await base.createFolder(location) }
  }

  package func removeEmptyFolder(_ location: String) async throws {
    try await perform(.removeEmptyFolder, location) { try await base.removeEmptyFolder(location) }
  }

  private struct FaultyOutputFile: OutputFile {
    let base: any OutputFile
    let storage: FaultyFileIO
    let location: String

    func write(_ bytes: Bytes) async throws {
      try await storage.perform(.append, location) { try await base.write(bytes) }
    }

    func finish() async throws {
      try await storage.perform(.finish, location) { try await base.finish() }
    }

    func abort() async {
      let isStopped = storage.state.withLock { $0.isStopped }
      if !isStopped { await base.abort() }
    }
  }
}
