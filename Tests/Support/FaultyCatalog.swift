package import Iceberg
import IcebergModel
import Synchronization

/// A catalog whose calls go wrong where a test wants it.
package final class FaultyCatalog: Catalog {
  /// What happens to a commit.
  package enum Fault: Sendable {
    /// It is made.
    case none
    /// It is not made, and the error is thrown.
    case fail(any Error)
    /// It is made, and the error is thrown.
    case loseReply(any Error)
    /// Something else happens first.
    case before(@Sendable () async throws -> Void)
    /// This call and every later one do nothing and throw: the process has stopped.
    case stop
    /// Like ``stop``, but this call still does its work.
    case stopAfter
  }

  /// What every call throws after a stop.
  package struct Stopped: Error {
    package init() {}
  }

  private struct State {
    var faults: [Fault] = []
    var commits: [TableCommit] = []
    var loads = 0
    var failingLoads = 0
    var calls = 0
    var isStopped = false
  }

  private let base: any Catalog
  private let state: Mutex<State>
  private let callFault: @Sendable (Int) -> Fault

  /// A catalog in which the commits go wrong as `faults` say, one after the other; then none does.
  package init(_ base: any Catalog, faults: [Fault] = []) {
    self.base = base
    state = Mutex(State(faults: faults))
    callFault = { _ in .none }
  }

  /// A catalog in which every call goes wrong as `fault` says of it, counted from zero.
  package init(_ base: any Catalog, fault: @escaping @Sendable (_ call: Int) -> Fault) {
    self.base = base
    state = Mutex(State())
    callFault = fault
  }

  /// How many calls there were.
  package var calls: Int { state.withLock { $0.calls } }

  /// The commits that were tried.
  package var commits: [TableCommit] { state.withLock { $0.commits } }

  /// How often a table was loaded.
  package var loads: Int { state.withLock { $0.loads } }

  /// Makes the next loads fail.
  package func failLoads(_ count: Int) { state.withLock { $0.failingLoads = count } }

  package func commit(
    _ commit: TableCommit, to identifier: TableIdentifier
  ) async throws -> Table {
    let fault = state.withLock { state in
      state.commits.append(commit)
      return state.faults.isEmpty ? .none : state.faults.removeFirst()
    }
    return own(
      try await perform { try await meet(fault) { try await base.commit(commit, to: identifier) } })
  }

  /// Carries out a call that goes wrong as its number says.
  private func perform<R>(_ body: () async throws -> R) async throws -> R {
    let number = state.withLock { state -> Int? in
      if state.isStopped { return nil }
      state.calls += 1
      return state.calls - 1
    }
    guard let number else { throw Stopped() }
    return try await meet(callFault(number), body)
  }

  private func meet<R>(_ fault: Fault, _ body: () async throws -> R) async throws -> R {
    switch fault {
    case .none: return try await body()
    case .fail(let error): throw error
    case .loseReply(let error):
      _ = try await body()
      throw error
    case .before(let first):
      try await first()
      return try await body()
    case .stop:
      state.withLock { $0.isStopped = true }
      throw Stopped()
    case .stopAfter:
      state.withLock { $0.isStopped = true }
      _ = try await body()
      throw Stopped()
    }
  }

  package func loadTable(_ identifier: TableIdentifier) async throws -> Table {
    let fails = state.withLock { state in
      state.loads += 1
      state.failingLoads -= 1
      return state.failingLoads >= 0
    }
    if fails { throw IcebergError(.unavailable, "the catalog does not answer") }
    return own(try await perform { try await base.loadTable(identifier) })
  }

  package func draftTable(
    _ identifier: TableIdentifier, _ creation: TableCreation
  ) async throws -> Table {
    try await perform { try await base.draftTable(identifier, creation) }
  }

  package func createTable(
    _ identifier: TableIdentifier, _ creation: TableCreation
  ) async throws -> Table {
    own(try await perform { try await base.createTable(identifier, creation) })
  }

  /// The table, changes of which come back here.
  private func own(_ table: Table) -> Table {
    Table(
      identifier: table.identifier, metadata: table.metadata,
      metadataLocation: table.metadataLocation, fileIO: table.fileIO, catalog: self)
  }

  package func commit(_ commits: [(TableIdentifier, TableCommit)]) async throws -> [Table] {
    try await perform { try await base.commit(commits) }.map { own($0) }
  }

  package func dropTable(_ identifier: TableIdentifier, purge: Bool) async throws {
    try await perform { try await base.dropTable(identifier, purge: purge) }
  }
  package func purgeTable(
    _ identifier: TableIdentifier, _ options: DeleteReachableFilesOptions
  ) async throws -> DeleteReachableFilesReport {
    try await perform { try await base.purgeTable(identifier, options) }
  }
  package func renameTable(_ identifier: TableIdentifier, to name: TableIdentifier) async throws {
    try await perform { try await base.renameTable(identifier, to: name) }
  }
  package func listTables(in namespace: [String]) async throws -> [TableIdentifier] {
    try await perform { try await base.listTables(in: namespace) }
  }
  package func listNamespaces(in parent: [String]) async throws -> [[String]] {
    try await perform { try await base.listNamespaces(in: parent) }
  }
  package func createNamespace(
    _ namespace: [String], properties: [String: String]
  ) async throws {
    try await perform { try await base.createNamespace(namespace, properties: properties) }
  }
  package func namespaceProperties(_ namespace: [String]) async throws -> [String: String] {
    try await perform { try await base.namespaceProperties(namespace) }
  }
  package func updateNamespaceProperties(
    _ namespace: [String], setting: [String: String], removing: Set<String>
  ) async throws {
    try await perform {
      try await base.updateNamespaceProperties(namespace, setting: setting, removing: removing)
    }
  }
  package func registerTable(
    _ identifier: TableIdentifier, metadataLocation: String, overwrite: Bool
  ) async throws -> Table {
    own(
      try await perform {
        try await base.registerTable(
          identifier, metadataLocation: metadataLocation, overwrite: overwrite)
      })
  }
  package func dropNamespace(_ namespace: [String]) async throws {
    try await perform { try await base.dropNamespace(namespace) }
  }
}
