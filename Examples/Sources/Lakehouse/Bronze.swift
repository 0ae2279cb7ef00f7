import FoundationEssentials
import Iceberg

/// The first layer: every message as it came, and when. Nothing is judged here, so nothing is lost.
struct Bronze {
  var table: Table

  struct Row: Codable {
    var receivedAt: Date
    var payload: String

    enum CodingKeys: String, CodingKey {
      case payload
      case receivedAt = "received_at"
    }
  }

  init(in catalog: any Catalog) async throws {
    table = try await catalog.createTable(
      "bronze.messages",
      schema: Schema([.required("received_at", .timestamptz), .required("payload", .string)]),
      partitionedBy: [.day("received_at")])
  }

  /// Adds messages.
  func ingesting(_ messages: [String]) async throws -> Bronze {
    var copy = self
    copy.table = try await table.append(
      rows: messages.map { Row(receivedAt: Date(), payload: $0) })
    return copy
  }

  /// Gives up the messages since a snapshot: their source sends them again.
  func goingBack(to snapshotID: Int64) async throws -> Bronze {
    var copy = self
    copy.table = try await table.commit { $0.rollback(to: snapshotID) }
    return copy
  }

  /// The messages that came since a snapshot; nil is the beginning.
  func messages(since snapshotID: Int64?) async throws -> [String] {
    var payloads: [String] = []
    let new = table.scan().appended(after: snapshotID.map { .snapshot($0) })
    for try await row in new.rows(as: Row.self) { payloads.append(row.payload) }
    return payloads
  }
}
