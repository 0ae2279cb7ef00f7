import IcebergModel

/// Commits changes, on newer versions again and again if need be, until the outcome is known.
struct CommitLoop {
  let catalog: any Catalog
  let identifier: TableIdentifier
  let changes: [any TableChange]
  let environment: CommitEnvironment
  let policy: RetryPolicy
  let statusChecks: RetryPolicy

  /// What came of an attempt.
  private enum Outcome {
    case committed(Table)
    /// Surely not committed; another attempt may succeed.
    case again(any Error)
    /// Surely not committed.
    case failed(any Error)
    case unknown(any Error)
  }

  /// The table after the changes.
  ///
  /// Throws `commitStateUnknown` when it cannot be found out whether they took place: then no file was
  /// deleted. Every other error says that they did not, and the files of all attempts are deleted.
  func run(on first: Table) async throws -> Table {
    var table = first
    var work = CommitWork(fileIO: first.fileIO, environment: environment)
    let start = environment.now()
    while true {
      work.beginAttempt()
      switch await attempt(on: table, &work) {
      case .committed(let committed):
        await work.removeLeftovers(after: committed.metadata)
        return committed
      case .failed(let error):
        await work.removeAll()
        throw error
      case .unknown(let error): throw unknown(error)
      case .again(let error):
        let elapsed = Duration.milliseconds(max(0, environment.now() &- start))
        guard
          let wait = policy.wait(after: work.attempt, sinceFirst: elapsed, in: environment)
        else {
          await work.removeAll()
          throw givenUp(error, attempts: work.attempt)
        }
        do {
          // The version that the changes were made from may have been an old one all along: with the
          // current one the second attempt follows at once.
          let isLate = work.attempt == 1 && (error as? IcebergError)?.code == .commitConflict
          if !isLate { try await environment.sleep(wait) }
          table = try await reload(first)
        } catch {
          await work.removeAll()
          throw error
        }
        // Whatever was reported, what is in the history was committed.
        if isCommitted(work.addedSnapshotIDs, in: table.metadata) {
          await work.removeLeftovers(after: table.metadata)
          return table
        }
      }
    }
  }

  private func attempt(on table: Table, _ work: inout CommitWork) async -> Outcome {
    let commit: TableCommit
    do {
      try Task.checkCancellation()
      commit = try await TableCommit(of: changes, on: table.metadata, in: &work)
    } catch {
      return .failed(error)
    }
    if commit.updates.isEmpty { return .committed(table) }
    do {
      return .committed(try await catalog.commit(commit, to: identifier))
    } catch let error as IcebergError where error.code != .commitStateUnknown {
      if error.isRetryable { return .again(error) }
      // What was prepared for one format version may be impossible in another.
      let current = try? await catalog.loadTable(identifier).metadata.formatVersion
      guard let current, current != table.metadata.formatVersion else {
        return .failed(error)
      }
      return .again(error)
    } catch {
      if let committed = await check(commit) { return .committed(committed) }
      return .unknown(error)
    }
  }

  private func reload(_ first: Table) async throws -> Table {
    let table = try await catalog.loadTable(identifier)
    guard table.metadata.tableUUID == first.metadata.tableUUID || first.metadata.tableUUID == nil
    else {
      throw IcebergError(
        .validationFailed, "the table was dropped, and another one made under its name",
        context: .init(table: identifier.description))
    }
    return table
  }
}

// When the outcome is not known.
extension CommitLoop {
  /// Asks the catalog whether the commit took place; nil when it does not show that it did, which does
  /// not prove that it will not.
  ///
  /// Asked in a task of its own: a cancelled commit is a commit of unknown outcome, too. Then there is
  /// no waiting.
  private func check(_ commit: TableCommit) async -> Table? {
    let isCancelled = Task.isCancelled
    return await Task {
      let start = environment.now()
      var attempt = 1
      while true {
        if let table = try? await catalog.loadTable(identifier), holds(commit, in: table.metadata) {
          return table
        }
        let elapsed = Duration.milliseconds(max(0, environment.now() &- start))
        guard !isCancelled,
          let wait = statusChecks.wait(after: attempt, sinceFirst: elapsed, in: environment),
          (try? await environment.sleep(wait)) != nil
        else { return nil }
        attempt += 1
      }
    }.value
  }

  /// Whether a version has what the commit was to bring: its snapshots, or else a state in which its
  /// updates change nothing.
  private func holds(_ commit: TableCommit, in metadata: TableMetadata) -> Bool {
    let ids = Set(commit.addedSnapshots.map(\.id))
    if !ids.isEmpty { return isCommitted(ids, in: metadata) }
    let applied = try? metadata.applying(
      commit.updates, timestampMillis: metadata.lastUpdatedMillis)
    return applied == metadata
  }

  private func isCommitted(_ ids: Set<Int64>, in metadata: TableMetadata) -> Bool {
    ids.contains { metadata.snapshot(id: $0) != nil }
  }

  private func unknown(_ error: any Error) -> IcebergError {
    let cause = (error as? IcebergError).flatMap { $0.code == .commitStateUnknown ? $0 : nil }
    return IcebergError(
      .commitStateUnknown,
      """
      it is not known whether the changes were committed: look at the table before trying again, and \
      delete no file of theirs
      """, context: .init(table: identifier.description), cause: cause ?? error)
  }

  private func givenUp(_ error: any Error, attempts: Int) -> any Error {
    guard var error = error as? IcebergError else { return error }
    if attempts > 1 {
      error.message += "; given up after \(attempts) attempts, see 'commit.retry.num-retries'"
    }
    error.context.table = error.context.table ?? identifier.description
    return error
  }
}
