public import IcebergBytes

/// Writes deletion vectors of several data files into one Puffin file.
///
/// Spec: Delete Formats, "Deletion Vectors".
public struct DeletionVectorWriter: Sendable {
  private let location: String
  private var writer: PuffinWriter
  private var files: [DataFile] = []
  private var written: Set<ExactText> = []

  /// A writer of the Puffin file that will lie at `location`.
  public init(location: String, properties: [String: String] = [:]) {
    self.location = location
    writer = PuffinWriter(properties: properties)
  }

  /// The number of vectors so far.
  public var count: Int { files.count }

  /// The number of bytes so far, without the footer.
  public var byteCount: Int { writer.byteCount }

  /// Appends the vector of a data file: all deleted rows of it, those of earlier deletes too.
  ///
  /// - Throws: `invalidArgument` for a second vector of the same data file, a vector without rows, or
  ///   one with a row that the file does not have; `unsupported` beyond 2 GiB.
  public mutating func append(
    _ vector: DeletionVector, of dataFile: DataFile
  ) throws(IcebergError) {
    guard let last = vector.last, dataFile.content == .data, last < dataFile.recordCount else {
      throw IcebergError(
        .invalidArgument,
        "a deletion vector has rows of a data file: there are \(dataFile.recordCount), and the last "
          + "deleted one is \(vector.last.map { "\($0)" } ?? "none")",
        context: IcebergError.Context(location: dataFile.location))
    }
    try write(vector, of: dataFile.location, specID: dataFile.specID, dataFile.partition)
  }

  /// Appends a vector in the place of `old`, another vector of the same data file: all deleted rows of
  /// that, and more.
  ///
  /// - Throws: `invalidArgument` when `old` names no data file, for a second vector of the same data
  ///   file, or a vector without rows; `unsupported` beyond 2 GiB.
  public mutating func append(
    _ vector: DeletionVector, replacing old: DataFile
  ) throws(IcebergError) {
    guard let location = old.referencedDataFile, !vector.isEmpty else {
      throw IcebergError(
        .invalidArgument, "a deletion vector has rows of a data file, and names it",
        context: IcebergError.Context(location: old.location))
    }
    try write(vector, of: location, specID: old.specID, old.partition)
  }

  private mutating func write(
    _ vector: DeletionVector, of dataFile: String, specID: Int, _ partition: StructValue
  ) throws(IcebergError) {
    guard written.insert(ExactText(dataFile)).inserted else {
      throw IcebergError(
        .invalidArgument, "a data file has one deletion vector: merge the two",
        context: IcebergError.Context(location: dataFile))
    }
    let blob: PuffinBlob
    do throws(FormatError) {
      blob = try writer.append(vector, of: dataFile)
    } catch {
      throw IcebergError(
        .unsupported, "the deletion vector is too large",
        context: IcebergError.Context(location: dataFile), cause: error)
    }
    var file = DataFile(
      content: .positionDeletes, location: location, format: .puffin, specID: specID,
      partition: partition, recordCount: Int64(vector.count), fileSizeInBytes: 0)
    file.referencedDataFile = dataFile
    file.contentOffset = blob.offset
    file.contentSizeInBytes = blob.length
    files.append(file)
  }

  /// The bytes of the Puffin file, and for each vector what the manifest says of it.
  ///
  /// - Throws: `unsupported` for a footer beyond 2 GiB.
  public consuming func finish() throws(IcebergError) -> (bytes: Bytes, files: [DataFile]) {
    let (location, files) = (location, files)
    let bytes: Bytes
    do throws(FormatError) {
      bytes = try writer.finish().bytes
    } catch {
      throw IcebergError(
        .unsupported, "too many deletion vectors for one file",
        context: IcebergError.Context(location: location), cause: error)
    }
    let sized = files.map { file in
      var file = file
      file.fileSizeInBytes = Int64(bytes.count)
      return file
    }
    return (bytes, sized)
  }
}
