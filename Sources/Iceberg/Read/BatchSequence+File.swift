public import IcebergModel

extension BatchSequence {
  /// The rows of a file that belongs to no table, or to another one, as rows of `schema`.
  ///
  /// Columns are matched by name, also within structs; ids that the file may have are those of
  /// another table and not looked at. A column that the file does not have takes its initial default,
  /// or null.
  ///
  /// Throws `notFound` when there is no such file, and while reading `invalidFile` and `unsupported`
  /// when a column's type cannot become that of the schema.
  public init(
    ofFile location: String, format: FileFormat, matchingNamesOf schema: Schema,
    fileIO: any FileIO, options: ScanOptions = ScanOptions()
  ) async throws {
    let status = try await fileIO.status(of: location)
    // The number of rows stands in the file itself.
    let file = DataFile(
      location: location, format: format, recordCount: 0, fileSizeInBytes: status.sizeInBytes)
    var task = FileScanTask(
      file: file, partitionSpec: .unpartitioned, sequenceNumber: nil, schema: schema,
      nameMapping: NameMapping(schema))
    task.ignoresFieldIDs = true
    self.init(of: [task], fileIO: fileIO, options: options)
  }
}
