import Synchronization

/// A value that several tasks of a test share.
package final class Locked<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  /// Shares a value.
  package init(_ value: Value) { mutex = Mutex(value) }

  /// The value now.
  package var value: Value { mutex.withLock { $0 } }

  /// Calls `body` with the value while no one else has it.
  package func withLock<R: Sendable>(_ body: (inout Value) -> R) -> R {
    mutex.withLock { body(&$0) }
  }
}
