internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// Writes position delete files.
///
/// Spec: Delete Formats, "Position Delete Files".
struct PositionDeleteFiles: Sendable {
  private let form: FileForm
  private let fileIO: any FileIO
  private var locations: NewFileLocations
  /// What the manifests say of the files that are written.
  private(set) var finished: [DataFile] = []
  private var begun: [String] = []

  private static let fields = [ReservedFields.deleteFilePath, ReservedFields.deletePosition]
  /// Rows are handed to a file in batches of so many, to close it in time.
  private static let batchRows = 16_384

  /// A writer of files as the properties of a table want them.
  ///
  /// Throws `unsupported` for formats and codecs that cannot be written.
  ///
  /// - Parameter targetFileSize: the size at which a file is closed, in bytes; nil is what the table's
  ///   properties say.
  init(
    _ metadata: TableMetadata, fileIO: any FileIO, targetFileSize: Int64? = nil
  ) throws(IcebergError) {
    var settings = try WriteSettings(deletesOf: metadata)
    if let targetFileSize { settings.targetFileSize = targetFileSize }
    // Which files have deletes is told by whole bounds: one that is cut could be of another file.
    settings.metrics = MetricsConfig(
      properties: [TableProperties.metricsDefault: "full"], schema: Schema(Self.fields))
    form = try FileForm(
      Schema(Self.fields), settings: settings,
      properties: [("delete-type", "position")])
    self.fileIO = fileIO
    locations = try NewFileLocations(metadata, format: settings.format, kind: "deletes")
  }

  /// Writes the deleted rows of data files of one partition, in one file or several of the target size.
  mutating func write(
    _ rows: DeletedPositions, in partition: StructValue, of spec: PartitionSpec
  ) async throws {
    var file: OpenFile?
    do {
      for location in rows.locations {
        let positions = rows[location]?.positions ?? []
        var start = 0
        while start < positions.count {
          let end = min(positions.count, start + Self.batchRows)
          if file == nil {
            let location = locations.next(in: partition, of: spec)
            begun.append(location)
            file = OpenFile(writer: try await form.begin(at: location, fileIO: fileIO))
          }
          try await file?.append(positions[start..<end], of: location)
          if let full = file, full.writer.estimatedByteCount >= form.settings.targetFileSize {
            try await close(full, partition, spec)
            file = nil
          }
          start = end
        }
      }
      if let file { try await close(file, partition, spec) }
    } catch {
      if let file { await file.writer.abort() }
      throw error
    }
  }

  private mutating func close(
    _ file: OpenFile, _ partition: StructValue, _ spec: PartitionSpec
  ) async throws {
    var file = file
    var result = try await file.writer.finish()
    result.content = .positionDeletes
    result.specID = spec.id
    result.partition = partition
    let ids = Self.fields.map(\.id)
    // How many values there are says no more than the number of rows.
    for id in ids {
      result.valueCounts?[id] = nil
      result.nullValueCounts?[id] = nil
      result.nanValueCounts?[id] = nil
    }
    if let location = file.onlyDataFile {
      result.referencedDataFile = location
      // Avro files have no bounds of their own.
      let bound = Bytes(utf8: location)
      result.lowerBounds = (result.lowerBounds ?? [:]).merging([ids[0]: bound]) { $1 }
      result.upperBounds = (result.upperBounds ?? [:]).merging([ids[0]: bound]) { $1 }
    } else {
      result.lowerBounds = nil
      result.upperBounds = nil
    }
    finished.append(result)
  }

  /// Removes everything that was written.
  func abort() async {
    let (fileIO, locations) = (fileIO, begun)
    await Task {
      for location in locations { try? await fileIO.remove([location]) }
    }.value
  }

  private struct OpenFile: Sendable {
    var writer: any DataFileWriter
    private(set) var onlyDataFile: String?
    private var last: ExactText?

    init(writer: any DataFileWriter) { self.writer = writer }

    mutating func append(_ positions: ArraySlice<Int64>, of location: String) async throws {
      let name = ExactText(location)
      if last != name { onlyDataFile = last == nil ? location : nil }
      last = name
      let text = Array(location.utf8)
      var data: [UInt8] = []
      data.reserveCapacity(text.count * positions.count)
      var offsets: [Int32] = [0]
      offsets.reserveCapacity(positions.count + 1)
      for _ in positions {
        data += text
        offsets.append(Int32(data.count))
      }
      try await writer.write(
        [
          Column(.bytes(offsets: offsets, data: data), count: positions.count),
          Column(.long(Array(positions)), count: positions.count),
        ], rowCount: positions.count)
    }
  }
}
