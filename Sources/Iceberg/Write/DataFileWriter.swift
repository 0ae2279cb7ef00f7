internal import IcebergColumns
internal import IcebergModel

/// A data file that is being written.
protocol DataFileWriter: Sendable {
  /// Where the file is written.
  var location: String { get }

  /// About how long the file would be if it ended here, in bytes.
  var estimatedByteCount: Int64 { get }

  /// About how many bytes of memory the rows take that did not go to storage yet.
  var bufferedByteCount: Int { get }

  /// Appends rows, a column for each one of the table, in its form.
  mutating func write(_ columns: [Column], rowCount: Int) async throws

  /// Ends the file and describes it. Partition and spec are left to the caller.
  mutating func finish() async throws -> DataFile

  /// Gives the file up and removes it.
  func abort() async
}
