#if SQL
/// How far a transaction has come, for tests that stop a process, or lose a reply, in between.
package enum SQLCommitStep: Int, Hashable, Sendable, CaseIterable {
  /// The write lock is held; nothing was changed.
  case begun
  /// Everything was changed, and nothing of it is committed.
  case written
  /// The transaction is committed, and nobody was told.
  case committed
}

/// What happens between the steps of a transaction.
package struct SQLCommitSteps: Sendable {
  /// Called when a step is reached. What it throws fails the call there.
  package var reached: @Sendable (SQLCommitStep) throws -> Void

  /// Calls `reached` at every step.
  package init(_ reached: @escaping @Sendable (SQLCommitStep) throws -> Void) {
    self.reached = reached
  }

  /// Nothing.
  package static let none = SQLCommitSteps { _ in }
}
#endif
