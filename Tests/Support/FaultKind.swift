import Iceberg

/// Every way in which a call of storage goes wrong, for tests that try them all.
package enum FaultKind: Sendable, CaseIterable {
  case stop, stopAfter, fail, failUnavailable, loseReply, loseReplyUnavailable

  /// What goes wrong with the call.
  package var fault: FaultyFileIO.Fault {
    switch self {
    case .stop: .stop
    case .stopAfter: .stopAfter
    case .fail: .fail(IcebergError(.storage, "disk full"))
    case .failUnavailable: .fail(IcebergError(.unavailable, "timeout"))
    case .loseReply: .loseReply(IcebergError(.commitStateUnknown, "lost"))
    case .loseReplyUnavailable: .loseReply(IcebergError(.unavailable, "timeout"))
    }
  }
}
