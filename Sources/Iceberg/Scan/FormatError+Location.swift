internal import IcebergBytes
internal import IcebergModel

extension FormatError {
  /// The same error, with the file that it is about.
  func inFile(_ location: String) -> IcebergError {
    IcebergError(
      code == .unsupported ? .unsupported : .invalidFile, reason,
      context: IcebergError.Context(location: location, offset: offset == 0 ? nil : offset))
  }
}
