public import IcebergBytes

extension PuffinBlob {
  /// The property of a deletion vector that names its data file.
  public static let referencedDataFile = "referenced-data-file"
  /// The property of a deletion vector with the number of deleted rows.
  public static let cardinality = "cardinality"

  /// What the footer tells about a vector of the data file at `location`, which deletes `count` rows.
  ///
  /// Spec: Puffin, "deletion-vector-v1 blob type".
  public static func deletionVector(of location: String, count: Int) -> PuffinBlob {
    // The position is that of every row, whatever columns there are; the snapshot is not known yet.
    PuffinBlob(
      type: DeletionVector.blobType, fieldIDs: [ReservedFields.position.id], snapshotID: -1,
      sequenceNumber: -1, offset: 0, length: 0,
      properties: [referencedDataFile: location, cardinality: "\(count)"])
  }

  /// The deletion vector of the blob, from the bytes of the file at ``range``.
  ///
  /// - Throws: `invalidFile` for a blob of another type, a damaged or compressed one, and one whose
  ///   properties do not name its data file and the number of rows that it deletes.
  public func deletionVector(from stored: Bytes) throws(IcebergError) -> DeletionVector {
    guard type == DeletionVector.blobType else { throw invalid("is no deletion vector") }
    guard compression == .none else { throw invalid("must not be compressed") }
    guard let location = properties[Self.referencedDataFile] else {
      throw invalid("does not say which data file it is about")
    }
    let vector: DeletionVector
    do throws(FormatError) {
      vector = try DeletionVector(parsing: data(from: stored))
    } catch {
      throw invalid("of \(location) cannot be decoded", cause: error)
    }
    guard properties[Self.cardinality].flatMap({ Int64($0) }) == Int64(vector.count) else {
      throw invalid(
        "of \(location) deletes \(vector.count) rows, and says "
          + (properties[Self.cardinality] ?? "nothing"))
    }
    return vector
  }

  private func invalid(_ what: String, cause: (any Error)? = nil) -> IcebergError {
    IcebergError(
      .invalidFile, "the blob of type \(type) \(what)",
      context: IcebergError.Context(offset: Int(exactly: offset)), cause: cause)
  }
}

extension PuffinWriter {
  /// Appends a deletion vector of the data file at `location`.
  ///
  /// Offset and length of what is returned are the `content_offset` and `content_size_in_bytes` of the
  /// vector's entry in a manifest, and `vector.count` is its `record_count`.
  /// - Throws: `tooLarge` for a vector beyond 2 GiB.
  @discardableResult
  public mutating func append(
    _ vector: DeletionVector, of location: String
  ) throws(FormatError) -> PuffinBlob {
    try append(
      vector.serialized(), as: .deletionVector(of: location, count: vector.count))
  }
}
