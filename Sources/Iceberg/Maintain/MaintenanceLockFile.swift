internal import IcebergBytes
internal import IcebergModel

/// The files by which processes see who maintains a table.
///
/// Each lock is a file of its own, `metadata/_maintenance/lock-N.json` in the folder of the table. `N`
/// grows while an earlier lock is still there, so that a stale one is taken over by making the next file,
/// which only one of any number of takers can. No engine takes the name for something of its own, and
/// names that begin with `_` are left alone by the removal of orphan files.
struct MaintenanceLockFile: Hashable, Sendable {
  /// The number in the name.
  var number: Int64
  /// What the file says.
  var holder: MaintenanceLock.Holder

  private static let prefix = "lock-"
  private static let suffix = ".json"

  /// The folder of the locks of a table.
  static func folder(of metadata: TableMetadata) -> String {
    FileLocation.child(
      "_maintenance", of: FileLocation.child("metadata", of: metadata.location))
  }

  /// The location of a lock.
  static func location(_ number: Int64, in folder: String) -> String {
    FileLocation.child("\(prefix)\(number)\(suffix)", of: folder)
  }

  /// The locks that are there, in order of their numbers.
  ///
  /// Throws `invalidFile` for one that cannot be read.
  static func all(in folder: String, fileIO: any FileIO) async throws -> [MaintenanceLockFile] {
    var files: [MaintenanceLockFile] = []
    for entry in try await fileIO.children(of: folder) where entry.kind == .file {
      guard let number = number(of: entry.name) else { continue }
      let location = location(number, in: folder)
      do {
        let holder = try MaintenanceLock.Holder(
          parsing: try await fileIO.read(location, range: nil), location)
        files.append(MaintenanceLockFile(number: number, holder: holder))
      } catch let error as IcebergError where error.code == .notFound {
        // Released in the meantime.
        continue
      }
    }
    return files.sorted { $0.number < $1.number }
  }

  private static func number(of name: String) -> Int64? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
    let digits = name.dropFirst(prefix.count).dropLast(suffix.count)
    guard let number = Int64(digits), number > 0, digits == "\(number)" else { return nil }
    return number
  }
}

extension MaintenanceLock.Holder {
  /// The content of the file of a lock.
  var bytes: Bytes {
    JSONValue.object([
      "id": .string(id), "owner": .string(owner), "host": .string(host),
      "process-id": .integer(Int64(processID)), "acquired-at-ms": .integer(acquiredMillis),
      "expires-at-ms": .integer(expiresMillis),
    ]).serialized()
  }

  /// What the file of a lock says. Throws `invalidFile`.
  init(parsing bytes: Bytes, _ location: String) throws(IcebergError) {
    do {
      var reader = try JSONNode(try JSONValue(parsing: bytes)).object()
      id = try reader.required("id").string()
      owner = try reader.required("owner").string()
      host = try reader.required("host").string()
      processID = Int32(clamping: try reader.required("process-id").int64())
      acquiredMillis = try reader.required("acquired-at-ms").int64()
      expiresMillis = try reader.required("expires-at-ms").int64()
    } catch {
      throw IcebergError(
        .invalidFile,
        "not the lock of a maintenance; remove the file when nobody maintains the table",
        context: .init(location: location), cause: error)
    }
  }
}
