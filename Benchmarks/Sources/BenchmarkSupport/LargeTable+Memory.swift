public import Iceberg
import Synchronization

extension LargeTable {
  /// Files of the table's first days.
  public static func files(_ count: Int, columns: Int) -> [DataFile] {
    (0..<count).map { LargeManifest.file($0, columns, day: firstDay) }
  }

  /// A table in memory, its files added by commits of some thousands.
  public static func makeInMemory(
    files count: Int, columns: Int, filesPerCommit: Int = filesPerManifest,
    properties: [String: String] = [:]
  ) async throws -> Table {
    var table = try await MemoryCatalog().createTable(
      "large.files", schema: LargeManifest.schema(columns), partitionedBy: [.day("at")],
      properties: properties)
    for start in stride(from: 0, to: count, by: filesPerCommit) {
      let files = (start..<min(count, start + filesPerCommit)).map { number in
        LargeManifest.file(number, columns, day: firstDay + number * 365 / count)
      }
      table = try await table.commit { $0.fastAppend(files) }
    }
    return table
  }
}

/// Counts from zero on, for whoever asks.
public final class Counter: Sendable {
  private let count = Mutex(0)

  /// A counter at zero.
  public init() {}

  /// The next number.
  public func next() -> Int {
    count.withLock { count in
      defer { count += 1 }
      return count
    }
  }
}
