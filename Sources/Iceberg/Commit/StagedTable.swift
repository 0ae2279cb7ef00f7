internal import IcebergModel

/// A table that is to be made, or to take the place of another, together with its first rows.
///
/// ```swift
/// let staged = try await catalog.stageTable("logs.events", creation)
/// let files = try await staged.table.withWriter { try await $0.write(batch) }
/// let table = try await staged.commit { $0.append(files) }
/// ```
/// Nobody sees anything of it before the commit. Files that were written for it are left where they
/// are when it is not committed.
public struct StagedTable: Sendable {
  /// The table as it will be, without rows. It can be written for, and not be changed.
  public let table: Table
  private let work: Work

  private enum Work: Sendable {
    case create(any Catalog)
    case replace(Table, TableCreation)
  }

  fileprivate init(creating table: Table, in catalog: any Catalog) {
    self.table = table
    work = .create(catalog)
  }

  fileprivate init(replacing table: Table, with creation: TableCreation) async throws {
    let replaced = try await table.preview { $0.replaceTable(with: creation) }
    // Unlike what a preview writes, the files for it are to stay.
    self.table = Table(
      identifier: table.identifier, metadata: replaced.metadata, metadataLocation: nil,
      fileIO: table.fileIO, catalog: nil)
    work = .replace(table, creation)
  }

  /// Makes the table, or the replacement, with the changes, in one commit. Returns it.
  ///
  /// Throws `alreadyExists` when another writer has made a table of the name, `validationFailed` when
  /// the table to be replaced was changed so that the files that are written do not fit any more, and
  /// what ``Table/commit(retry:environment:_:)`` throws.
  ///
  /// - Parameters:
  ///   - retry: how often and how long is tried; nil is what the properties `commit.retry.*` say.
  ///   - environment: the clock and the random numbers.
  ///   - changes: says what is to be changed beside.
  public func commit(
    retry: RetryPolicy? = nil, environment: CommitEnvironment = .system,
    _ changes: (inout Transaction) throws -> Void = { _ in }
  ) async throws -> Table {
    var transaction = Transaction(base: table.metadata)
    switch work {
    case .create(let catalog):
      try changes(&transaction)
      try transaction.validate()
      let loop = CreationLoop(
        catalog: catalog, draft: table, changes: transaction.changes, environment: environment,
        policy: try retry ?? RetryPolicy(commitsOf: table.metadata),
        statusChecks: try RetryPolicy(statusChecksOf: table.metadata))
      return try await loop.run()
    case .replace(let base, let creation):
      transaction.add(ReplaceTable(creation: creation, staged: table.metadata))
      try changes(&transaction)
      return try await base.commit(transaction, retry: retry, environment: environment)
    }
  }
}

extension Catalog {
  /// A table that is to be made together with its first rows. Nothing is written yet.
  ///
  /// Throws `alreadyExists`, `invalidArgument` when a column, transform or property does not fit, and
  /// `unsupported` when the catalog cannot make tables in this way.
  public func stageTable(
    _ identifier: TableIdentifier, _ creation: TableCreation
  ) async throws -> StagedTable {
    StagedTable(creating: try await draftTable(identifier, creation), in: self)
  }

  /// A replacement of a table under its name, to be committed together with its first rows. Nothing is
  /// written yet.
  ///
  /// What the table was stays in its history. Throws `notFound`, and `invalidArgument` when a column,
  /// transform or property does not fit.
  public func stageReplacement(
    of identifier: TableIdentifier, with creation: TableCreation
  ) async throws -> StagedTable {
    try await StagedTable(replacing: try await loadTable(identifier), with: creation)
  }

  /// A replacement of a table where there is one of the name, else a new table.
  ///
  /// A table that is made or dropped by others between the call and the commit makes the commit fail.
  public func stageReplacementOrTable(
    _ identifier: TableIdentifier, _ creation: TableCreation
  ) async throws -> StagedTable {
    do {
      return try await stageReplacement(of: identifier, with: creation)
    } catch let error as IcebergError where error.code == .notFound {
      return try await stageTable(identifier, creation)
    }
  }

  /// Makes another table of a table, under its name and without rows. What it was stays in its history.
  ///
  /// Throws `notFound`, and what ``Table/commit(retry:environment:_:)`` throws.
  public func replaceTable(
    _ identifier: TableIdentifier, with creation: TableCreation
  ) async throws -> Table {
    try await loadTable(identifier).commit { $0.replaceTable(with: creation) }
  }
}
