public import IcebergBytes
import IcebergModel

/// How files are read and written: what a storage system must offer to hold tables.
///
/// Locations are the URIs or paths that metadata holds. Every call throws ``IcebergError`` with code
/// `notFound`, `alreadyExists`, `permissionDenied`, `invalidArgument`, `unsupported`, `unavailable`
/// or `storage` (writes also `commitStateUnknown`), or `CancellationError`.
public protocol FileIO: Sendable {
  /// The length of a file and when it was changed. A folder is no file: `notFound`.
  func status(of location: String) async throws -> FileStatus

  /// The bytes of a file at `range`, or all of them when it is nil. A range that reaches beyond the
  /// end of the file is an error.
  func read(_ location: String, range: Range<Int64>?) async throws -> Bytes

  /// Writes a whole file, and the folders above it. The file appears complete, durable and at once,
  /// or not at all.
  ///
  /// With ``WriteMode/createNew``, where a file exists already the call throws `alreadyExists` and
  /// changes nothing: of any number of writers, one succeeds. Commits rest on this. A call that cannot
  /// tell whether the file appeared throws `unavailable` or `commitStateUnknown` (or
  /// `CancellationError`); every other ``IcebergError`` says that nothing appeared and nothing will.
  func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws

  /// Opens a new file for writing piece by piece; nothing is visible at `location` before `finish`.
  func create(_ location: String) async throws -> any OutputFile

  /// Every file below a folder at any depth, in no particular order. A folder that does not exist has
  /// none.
  func list(under folder: String) async throws -> [FileStatus]

  /// Gives `body` the files of ``list(under:)`` some at a time, so that a folder of any number of files
  /// can be looked through in limited memory. What `body` throws ends the listing and is thrown.
  func list(
    under folder: String, inPages body: (_ files: [FileStatus]) async throws -> Void
  ) async throws

  /// Removes files. Those that do not exist are passed over; where some cannot be removed the others
  /// are, and the first error is thrown.
  func remove(_ locations: [String]) async throws

  /// What is directly in a folder, in no particular order. A folder that does not exist has nothing.
  func children(of folder: String) async throws -> [FolderEntry]

  /// Makes a folder and those above it, where storage knows empty folders; else does nothing.
  func createFolder(_ location: String) async throws

  /// Removes a folder and those in it, where storage knows empty folders; folders that hold files
  /// stay, and one that does not exist is passed over.
  func removeEmptyFolder(_ location: String) async throws
}

/// A file being written, piece by piece, by one task at a time.
///
/// One that is let go of without ``finish()`` is given up, as by ``abort()``.
public protocol OutputFile: Sendable {
  /// Appends bytes.
  func write(_ bytes: Bytes) async throws
  /// Makes the file complete, durable and visible under its location. Throws as
  /// ``FileIO/write(_:to:mode:)`` does; `alreadyExists` when another file is there by now.
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

/// Something directly in a folder.
public struct FolderEntry: Hashable, Sendable {
  /// What an entry is.
  public enum Kind: Hashable, Sendable {
    case file, folder
  }

  /// The name within the folder: the last component of the location.
  public var name: String
  /// What the entry is.
  public var kind: Kind

  /// An entry of the given parts.
  public init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }
}

/// What a write does where a file exists already.
public enum WriteMode: Hashable, Sendable {
  /// Fails with `alreadyExists`. The atomic one, on which commits rest.
  case createNew
  /// Replaces the file at once.
  case replace
}

extension FileIO {
  /// Gives all files at once; storage that lists some at a time should give them so.
  public func list(
    under folder: String, inPages body: (_ files: [FileStatus]) async throws -> Void
  ) async throws {
    let files = try await list(under: folder)
    if !files.isEmpty { try await body(files) }
  }

  /// Told from the locations of all files below the folder; storage that can ask for less should.
  public func children(of folder: String) async throws -> [FolderEntry] {
    var entries: Set<FolderEntry> = []
    for file in try await list(under: folder) {
      guard let path = FileLocation.path(of: file.location, in: folder), !path.isEmpty else {
        continue
      }
      let name = Substring(path.utf8.prefix { $0 != UInt8(ascii: "/") })
      let isFile = name.utf8.count == path.utf8.count
      entries.insert(FolderEntry(name: String(name), kind: isFile ? .file : .folder))
    }
    return Array(entries)
  }

  /// Does nothing: storage that has only files makes folders with them.
  public func createFolder(_ location: String) async throws {}

  /// Does nothing: storage that has only files has no empty folders.
  public func removeEmptyFolder(_ location: String) async throws {}

  /// Whether there is a file.
  public func exists(_ location: String) async throws -> Bool {
    do {
      _ = try await status(of: location)
      return true
    } catch let error as IcebergError where error.code == .notFound {
      return false
    }
  }
}
