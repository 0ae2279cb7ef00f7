internal import IcebergBytes
internal import IcebergModel

/// Writes deletion vectors into Puffin files: many to a file, up to the size that the table wants of
/// delete files.
///
/// Spec: Delete Formats, "Deletion Vectors".
struct DeletionVectorFiles: Sendable {
  private let fileIO: any FileIO
  private let targetFileSize: Int64
  private var locations: NewFileLocations
  private var writer: DeletionVectorWriter?
  private var finished: [DataFile] = []
  private var written: [String] = []

  /// A writer of files of a table.
  init(_ metadata: TableMetadata, fileIO: any FileIO) throws(IcebergError) {
    self.fileIO = fileIO
    targetFileSize = try metadata.property(TableProperties.deleteTargetFileSizeInBytes)
    locations = try NewFileLocations(metadata, format: .puffin, kind: "deletes")
  }

  /// Appends the vector of a data file.
  mutating func append(_ vector: DeletionVector, of dataFile: DataFile) async throws {
    try await append { writer throws(IcebergError) in try writer.append(vector, of: dataFile) }
  }

  /// Appends a vector in the place of another one of the same data file.
  mutating func append(_ vector: DeletionVector, replacing old: DataFile) async throws {
    try await append { writer throws(IcebergError) in try writer.append(vector, replacing: old) }
  }

  private mutating func append(
    _ body: (inout DeletionVectorWriter) throws(IcebergError) -> Void
  ) async throws {
    var open = writer ?? DeletionVectorWriter(location: locations.next())
    writer = nil
    try body(&open)
    if Int64(open.byteCount) >= targetFileSize {
      try await store(open)
    } else {
      writer = open
    }
  }

  private mutating func store(_ open: DeletionVectorWriter) async throws {
    let (bytes, files) = try open.finish()
    guard let location = files.first?.location else { return }
    written.append(location)
    try await fileIO.write(bytes, to: location, mode: .createNew)
    finished += files
  }

  /// Writes what is left; returns what the manifests say of all vectors.
  mutating func finish() async throws -> [DataFile] {
    if let open = writer {
      writer = nil
      try await store(open)
    }
    return finished
  }

  /// Removes everything that was written.
  func abort() async {
    let (fileIO, written) = (fileIO, written)
    await Task {
      for location in written { try? await fileIO.remove([location]) }
    }.value
  }
}
