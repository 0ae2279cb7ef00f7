import Foundation
import Iceberg
import Testing

@Suite struct TimeTravelParsingTests {
  /// 2024-03-31T12:00:00Z
  static let now = Date(timeIntervalSince1970: 1_711_886_400)

  /// Snapshots 1 to 4 in a row, committed on the 1st of the months from 2023-12 to 2024-03, of which
  /// the first is no longer kept; `v1` is a tag of 3, `old` one of 2, `5` and `x~1` are two of 4.
  static func metadata() throws -> TableMetadata {
    let schema = Schema([.required("id", .long, id: 1)])
    var metadata = TableMetadata(
      formatVersion: 2, tableUUID: "5f8b14d8-0a14-4e6a-8b04-7b08a1d1f6c1", location: "memory/t",
      lastUpdatedMillis: 4000, lastColumnID: 1, schemas: [schema], currentSchemaID: 0,
      partitionSpecs: [.unpartitioned], defaultSpecID: 0, lastPartitionID: 999,
      sortOrders: [.unsorted], defaultSortOrderID: 0)
    let times: [Int64] = [
      1_701_388_800_000, 1_704_067_200_000, 1_706_745_600_000, 1_709_251_200_000,
    ]
    for (index, time) in times.enumerated() {
      let id = Int64(index + 1)
      if id > 1 {
        metadata.snapshots.append(
          Snapshot(
            id: id, parentID: id - 1, sequenceNumber: id, timestampMillis: time,
            manifests: .list("list-\(id)"), schemaID: 0))
      }
      metadata.snapshotLog.append(.init(timestampMillis: time, snapshotID: id))
    }
    metadata.currentSnapshotID = 4
    metadata.references = [
      "main": SnapshotReference(snapshotID: 4, kind: .branch),
      "v1": SnapshotReference(snapshotID: 3, kind: .tag),
      "old": SnapshotReference(snapshotID: 2, kind: .tag),
      "5": SnapshotReference(snapshotID: 4, kind: .tag),
      "x~1": SnapshotReference(snapshotID: 4, kind: .tag),
    ]
    return metadata
  }

  @Test(
    "names, ids, times and ancestors are understood, names first",
    arguments: [
      ("main", .ref("main")), ("v1", .ref("v1")), ("5", .ref("5")), ("x~1", .ref("x~1")),
      ("3", .snapshot(3)), ("~", .snapshot(3)), ("~0", .snapshot(4)), ("~2", .snapshot(2)),
      ("~~", .snapshot(2)), ("main~1", .snapshot(3)), ("v1~1", .snapshot(2)),
      ("4~1~", .snapshot(2)), ("5~1", .snapshot(3)),
      ("2024-02-10", .timestamp(millis: 1_707_523_200_000)),
      ("2024-02-10T10:30", .timestamp(millis: 1_707_561_000_000)),
      ("2024-02-10 10:30:00.5+02:00", .timestamp(millis: 1_707_553_800_500)),
      ("1707523200000", .timestamp(millis: 1_707_523_200_000)),
      ("@{1707523200000}", .timestamp(millis: 1_707_523_200_000)),
      ("@{2024-02-10}", .timestamp(millis: 1_707_523_200_000)),
      ("@{2024-02-10}~1", .snapshot(2)), ("2024-02-10~1", .snapshot(2)),
      ("@{now}~1", .snapshot(3)), ("@{6 weeks ago}~0", .snapshot(3)),
    ] as [(String, TimeTravel)])
  func spellings(text: String, expected: TimeTravel) throws {
    #expect(try TimeTravel(parsing: text, in: Self.metadata(), now: Self.now) == expected)
  }

  @Test(
    "what is not there is not found, and the oldest is named",
    arguments: [
      ("nope", "the table has 5, main, old, v1, x~1"), ("nope~1", "the table has 5, main"),
      ("yesterday", "date or @{time}: the time is written '@{yesterday}'; the table has 5, main"),
      ("2 hours ago~1", "the time is written '@{2 hours ago}'"),
      ("~3", "'~3' is not there: the line of snapshot 4 goes back to 2, made at 2024-01-01"),
      ("v1~2", "the line of snapshot 3 goes back to 2"),
      ("1", "snapshot 1 has been expired: the oldest that is kept is 2"),
      ("77", "there is no snapshot 77: the oldest that is kept is 2"),
      ("3051729675574597004", "there is no snapshot 3051729675574597004: the oldest"),
      ("@{2023-12-10}~1", "snapshot 1, current at 2023-12-10T00:00:00+00:00, is no longer kept"),
      ("@{2023-11-10}~1", "the oldest point that is kept is 2024-01-01T00:00:00+00:00"),
    ])
  func missing(text: String, message: String) throws {
    #expect {
      _ = try TimeTravel(parsing: text, in: Self.metadata(), now: Self.now)
    } throws: { error in
      let error = error as? IcebergError
      return error?.code == .notFound && error?.message.contains(message) == true
    }
  }

  @Test(
    "what is no point in time is refused",
    arguments: [
      "@{tomorrow}", "main~x", "~-1", "~99999999999999999999", "~9223372036854775807~", "@{}",
      "@{2 hours}", "@{hours ago}", "@{-1 days ago}", "@{1 fortnight ago}", "@{2024-02-30}",
    ])
  func refused(text: String) throws {
    #expect {
      _ = try TimeTravel(parsing: text, in: Self.metadata(), now: Self.now)
    } throws: { ($0 as? IcebergError)?.code == .invalidArgument }
  }

  @Test("an empty table has no ancestors")
  func empty() throws {
    var metadata = try Self.metadata()
    metadata.snapshots = []
    metadata.snapshotLog = []
    metadata.references = [:]
    metadata.currentSnapshotID = nil
    for text in ["~1", "main~1", "7", "@{now}~1"] {
      #expect {
        _ = try TimeTravel(parsing: text, in: metadata, now: Self.now)
      } throws: { ($0 as? IcebergError)?.code == .notFound }
    }
    #expect(try TimeTravel(parsing: "main", in: metadata) == .ref("main"))
  }

  @Test(
    "times are absolute or counted back from now",
    arguments: [
      ("now", "2024-03-31T12:00:00"), ("yesterday", "2024-03-30T12:00:00"),
      ("2 hours ago", "2024-03-31T10:00:00"), ("2.Hours.Ago", "2024-03-31T10:00:00"),
      ("1 day 90 seconds ago", "2024-03-30T11:58:30"), ("1 week ago", "2024-03-24T12:00:00"),
      ("15 minutes ago", "2024-03-31T11:45:00"), ("1 month ago", "2024-02-29T12:00:00"),
      ("13 months ago", "2023-02-28T12:00:00"), ("4 years ago", "2020-03-31T12:00:00"),
      ("0 days ago", "2024-03-31T12:00:00"), ("@{yesterday}", "2024-03-30T12:00:00"),
      ("2024-01-15T10:30:00.1239Z", "2024-01-15T10:30:00.123"),
      ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999"),
    ])
  func times(text: String, expected: String) throws {
    let time = try TimeTravel.timestamp(parsing: text, now: Self.now)
    #expect(try time == TimeTravel.timestamp(parsing: expected))
  }

  @Test(
    "a time beyond what can be counted is refused",
    arguments: ["2147483647 years ago", "99999999999 days ago", "1 ago", "ago", ""])
  func noTimes(text: String) {
    #expect {
      _ = try TimeTravel.timestamp(parsing: text, now: Self.now)
    } throws: { ($0 as? IcebergError)?.code == .invalidArgument }
  }
}
