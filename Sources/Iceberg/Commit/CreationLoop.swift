import IcebergModel

/// Makes a table and commits its first changes at once, until the outcome is known.
///
/// Nothing can have changed below the commit, so that it is prepared once: it takes place, or another
/// writer has made a table of the name.
struct CreationLoop {
  let catalog: any Catalog
  /// The table as it will be without the changes.
  let draft: Table
  let changes: [any TableChange]
  let environment: CommitEnvironment
  let policy: RetryPolicy
  let statusChecks: RetryPolicy

  /// The table with the changes.
  ///
  /// Throws `alreadyExists` when another writer was first, and `commitStateUnknown` when it cannot be
  /// found out whether the table was made: then no file was deleted.
  func run() async throws -> Table {
    var work = CommitWork(fileIO: draft.fileIO, environment: environment)
    do {
      work.beginAttempt()
      let commit = try await prepare(&work)
      return try await send(commit)
    } catch let error as IcebergError where error.code == .commitStateUnknown {
      throw error
    } catch {
      await work.removeAll()
      throw error
    }
  }

  private func prepare(_ work: inout CommitWork) async throws -> TableCommit {
    var metadata = draft.metadata
    var updates: [TableUpdate] = []
    for (index, change) in changes.enumerated() {
      work.begin(change: index)
      let new = try await change.updates(on: metadata, in: &work)
      updates += new
      let time = max(environment.now(), metadata.lastUpdatedMillis)
      metadata = try metadata.applying(new, timestampMillis: time)
    }
    return TableCommit(creating: draft.metadata, adding: updates)
  }

  /// Sends the commit as often as it may be. Every error but `commitStateUnknown` says that the table
  /// was not made.
  private func send(_ commit: TableCommit) async throws -> Table {
    let start = environment.now()
    var attempt = 1
    while true {
      try Task.checkCancellation()
      do {
        return try await catalog.commit(commit, to: draft.identifier)
      } catch let error as IcebergError where error.code != .commitStateUnknown {
        // Whatever was reported, a table with our UUID was made by us.
        if let made = await made() { return made }
        guard error.code != .commitConflict, error.code != .alreadyExists else { throw exists }
        let elapsed = Duration.milliseconds(max(0, environment.now() &- start))
        guard error.isRetryable,
          let wait = policy.wait(after: attempt, sinceFirst: elapsed, in: environment)
        else { throw error }
        try await environment.sleep(wait)
        attempt += 1
      } catch {
        if let made = await found() { return made }
        throw unknown(error)
      }
    }
  }

  /// The table, if the catalog has it and it is the one that is made here.
  private func made() async -> Table? {
    guard let table = try? await catalog.loadTable(draft.identifier),
      let uuid = draft.metadata.tableUUID, table.metadata.tableUUID == uuid
    else { return nil }
    return table
  }

  /// Asks the catalog for the table as often as it may be asked, in a task of its own: a cancelled
  /// commit is one of unknown outcome, too. Then there is no waiting.
  private func found() async -> Table? {
    let isCancelled = Task.isCancelled
    return await Task {
      let start = environment.now()
      var attempt = 1
      while true {
        if let table = await made() { return table }
        let elapsed = Duration.milliseconds(max(0, environment.now() &- start))
        guard !isCancelled,
          let wait = statusChecks.wait(after: attempt, sinceFirst: elapsed, in: environment),
          (try? await environment.sleep(wait)) != nil
        else { return nil }
        attempt += 1
      }
    }.value
  }

  private var exists: IcebergError {
    IcebergError(
      .alreadyExists, "another writer has made a table of this name",
      context: .init(table: draft.identifier.description))
  }

  private func unknown(_ error: any Error) -> IcebergError {
    IcebergError(
      .commitStateUnknown,
      """
      it is not known whether the table was made: look for it before trying again, and delete no file \
      of it
      """, context: .init(table: draft.identifier.description), cause: error)
  }
}
