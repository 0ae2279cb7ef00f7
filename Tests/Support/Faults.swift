import Iceberg
import IcebergModel

/// What may go wrong with a call of a catalog, every one of which its contract allows.
package enum CatalogFault: CaseIterable, Sendable {
  case fail, unavailable, conflict, otherError, loseReply, loseReplyByCancelling, delay, stop
  case stopAfter

  /// What happens to the call.
  package func fault() -> FaultyCatalog.Fault {
    switch self {
    case .fail: .fail(IcebergError(.storage, "disk full"))
    case .unavailable: .fail(IcebergError(.unavailable, "503"))
    case .conflict: .fail(IcebergError(.commitConflict, "not true"))
    case .otherError: .fail(FaultyCatalog.Stopped())
    case .loseReply: .loseReply(IcebergError(.commitStateUnknown, "lost"))
    case .loseReplyByCancelling: .loseReply(CancellationError())
    case .delay: .before { for _ in 0..<20 { await Task.yield() } }
    case .stop: .stop
    case .stopAfter: .stopAfter
    }
  }

  /// Whether the process is gone, and cannot have cleaned up.
  package var isStop: Bool { self == .stop || self == .stopAfter }
}

/// What may go wrong with a call of storage.
package enum StorageFault: CaseIterable, Sendable {
  case fail, unavailable, loseReply, delay, stop, stopAfter

  /// What happens to the call.
  package func fault() -> FaultyFileIO.Fault {
    switch self {
    case .fail: .fail(IcebergError(.storage, "disk full"))
    case .unavailable: .fail(IcebergError(.unavailable, "timeout"))
    case .loseReply: .loseReply(IcebergError(.unavailable, "timeout"))
    case .delay: .yield(20)
    case .stop: .stop
    case .stopAfter: .stopAfter
    }
  }

  /// Whether the process is gone, and cannot have cleaned up.
  package var isStop: Bool { self == .stop || self == .stopAfter }
}

extension CaseIterable where AllCases == [Self] {
  /// All cases in the long suite; in the quick one `count` of them, others for every number.
  package static func some(_ count: Int, for number: Int) -> [Self] {
    if LongTests.isEnabled { return allCases }
    return (0..<count).map { allCases[(number * count + $0) % allCases.count] }
  }
}

extension LongTests {
  /// The numbers of the calls to go wrong, one in every round: all in the long suite; in the quick one
  /// every third, beginning with another for every number.
  package static func calls(upTo limit: Int, for number: Int) -> StrideTo<Int> {
    isEnabled ? stride(from: 0, to: limit, by: 1) : stride(from: number % 3, to: limit, by: 3)
  }
}
