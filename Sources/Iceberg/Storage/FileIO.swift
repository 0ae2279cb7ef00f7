public import IcebergBytes

/// How files are read and written: what a storage system must offer to hold tables.
///
/// Locations are the URIs or paths that metadata holds. Every call throws ``IcebergError`` with code
/// `notFound`, `alreadyExists`, `permissionDenied`, `unavailable` or `storage`, or
/// `CancellationError`.
public protocol FileIO: Sendable {
  /// The length of a file and when it was changed.
  func status(of location: String) async throws -> FileStatus

  /// The bytes of a file at `range`, or all of them when it is nil. A range that reaches beyond the
  /// end of the file is an error.
  func read(_ location: String, range: Range<Int64>?) async throws -> Bytes

  /// Writes a whole file. With ``WriteMode/createNew`` the file appears complete, durable and at once,
  /// or not at all; where one exists already the call throws `alreadyExists` and changes nothing.
  func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws

  /// Opens a file for writing piece by piece; nothing is visible at `location` before `finish`.
  func create(_ location: String) async throws -> any OutputFile

  /// Every file below a prefix, in no particular order. A prefix that does not exist has none.
  func list(under prefix: String) async throws -> [FileStatus]

  /// Removes files. Those that do not exist are passed over.
  func remove(_ locations: [String]) async throws
}

/// A file being written, piece by piece.
public protocol OutputFile: Sendable {
  /// Appends bytes.
  func write(_ bytes: Bytes) async throws
  /// Makes the file complete, durable and visible under its location.
  func finish() async throws
  /// Gives the file up and removes what was written.
  func abort() async
}

/// What storage knows of a file.
public struct FileStatus: Hashable, Sendable {
  /// The location, in the form in which it was asked for.
  public var location: String
  /// The length in bytes.
  public var sizeInBytes: Int64
  /// When the file was last changed, in milliseconds since 1970-01-01 UTC.
  public var modifiedMillis: Int64

  /// A status of the given parts.
  public init(location: String, sizeInBytes: Int64, modifiedMillis: Int64) {
    self.location = location
    self.sizeInBytes = sizeInBytes
    self.modifiedMillis = modifiedMillis
  }
}

/// What a write does where a file exists already.
public enum WriteMode: Hashable, Sendable {
  /// Fails with `alreadyExists`. The atomic one, on which commits rest.
  case createNew
  /// Replaces the file at once.
  case replace
}
