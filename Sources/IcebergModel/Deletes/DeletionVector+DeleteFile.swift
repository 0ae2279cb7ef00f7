public import IcebergBytes

extension DeleteFile {
  /// Which bytes of the Puffin file hold the deletion vector.
  ///
  /// Spec: Manifests, "Data File Fields", `content_offset` and `content_size_in_bytes`.
  /// - Throws: `invalidFile` when the manifest does not say, or names bytes outside the file.
  public var contentRange: Range<Int64> {
    get throws(IcebergError) {
      guard let offset = file.contentOffset, let size = file.contentSizeInBytes else {
        throw invalid("has no offset and size in its manifest")
      }
      let end = offset.addingReportingOverflow(size)
      guard offset >= 0, size >= 0, !end.overflow, end.partialValue <= file.fileSizeInBytes else {
        throw invalid("lies outside its file: \(size) bytes at \(offset)")
      }
      return offset..<end.partialValue
    }
  }

  /// An error that says what is wrong with this deletion vector.
  func invalid(_ what: String, cause: (any Error)? = nil) -> IcebergError {
    IcebergError(
      .invalidFile, "the deletion vector of \(file.referencedDataFile ?? "no data file") \(what)",
      context: IcebergError.Context(
        location: file.location, offset: file.contentOffset.flatMap { Int(exactly: $0) }),
      cause: cause)
  }
}

extension DeletionVector {
  /// The vector that `blob`, the bytes at ``DeleteFile/contentRange``, holds for a delete file.
  ///
  /// - Throws: `invalidFile` for a damaged blob, or one of another size or another number of
  ///   deleted rows than the manifest says.
  public init(parsing blob: Bytes, of deleteFile: DeleteFile) throws(IcebergError) {
    let size = deleteFile.file.contentSizeInBytes
    guard size == nil || size == Int64(blob.count) else {
      throw deleteFile.invalid("has \(blob.count) bytes where its manifest says \(size ?? 0)")
    }
    do throws(FormatError) {
      try self.init(parsing: blob)
    } catch {
      throw deleteFile.invalid("cannot be decoded", cause: error)
    }
    guard Int64(count) == deleteFile.file.recordCount else {
      throw deleteFile.invalid(
        "deletes \(count) rows where its manifest says \(deleteFile.file.recordCount)")
    }
  }
}
