internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// The deleted positions that one delete file has for some data files.
///
/// Spec: Delete Formats, "Position Delete Files".
struct PositionDeletes: Sendable {
  /// The positions by the location of the data file.
  private(set) var vectors: [ExactText: DeletionVector]

  /// The deleted positions of the data file at a location; nil when there is none.
  subscript(location: String) -> DeletionVector? { vectors[ExactText(location)] }

  /// About how many bytes of memory the positions take.
  var sizeInBytes: Int {
    vectors.reduce(0) { $0 + $1.key.string.utf8.count + 64 + $1.value.sizeInBytes }
  }

  /// Reads a delete file. Rows of other data files than `wanted` are passed over.
  ///
  /// Rows may be in any order and come more than once. Locations are compared as they are written,
  /// except that one without a scheme is of any file system, see ``LocationPath``.
  init(
    of deletes: DeleteFile, wanted: Set<ExactText>, fileIO: any FileIO, options: ScanOptions
  ) async throws {
    let task = deletes.positionTask
    var collector = Collector(wanted: wanted)
    do {
      try await forEachBatch(of: task, fileIO: fileIO, options: options) { batch in
        try collector.add(paths: batch.columns[0], positions: batch.columns[1])
      }
    } catch var error as IcebergError where error.context.location == nil {
      error.context.location = deletes.file.location
      throw error
    }
    vectors = collector.vectors
  }

  /// Reads a deletion vector.
  init(of vector: DeleteFile, for locations: Set<ExactText>, fileIO: any FileIO) async throws {
    let range = try vector.contentRange
    let blob = try await fileIO.read(vector.file.location, range: range)
    let positions = try DeletionVector(parsing: blob, of: vector)
    vectors = Dictionary(locations.map { ($0, positions) }, uniquingKeysWith: { first, _ in first })
  }

  /// Sorts the rows of a delete file by the data files that they name.
  private struct Collector {
    private(set) var vectors: [ExactText: DeletionVector] = [:]
    private let wanted: [[UInt8]: ExactText]
    /// The same by their paths without scheme.
    private let wantedByPath: [LocationPath: [ExactText]]

    init(wanted: Set<ExactText>) {
      self.wanted = Dictionary(
        wanted.map { (Array($0.string.utf8), $0) }, uniquingKeysWith: { first, _ in first })
      wantedByPath = Dictionary(grouping: wanted) { LocationPath($0.string) }
    }

    mutating func add(paths: Column, positions: Column) throws(IcebergError) {
      guard case .bytes(let offsets, let text) = paths.values,
        case .long(let values) = positions.values
      else { throw IcebergError(.invalidFile, "the rows of a delete file are of other types") }
      // Rows of one data file follow each other: each run is looked up once.
      var start = 0
      while start < paths.count {
        let end = text.endOfRun(from: start, of: paths.count, offsets)
        let path = text[Int(offsets[start])..<Int(offsets[start + 1])]
        for location in locations(named: Array(path)) {
          try vectors[location, default: DeletionVector()].insert(contentsOf: values[start..<end])
        }
        start = end
      }
    }

    /// The wanted data files that a delete file means by a location.
    private func locations(named bytes: [UInt8]) -> [ExactText] {
      // Nearly always it is written in the same way everywhere.
      if let location = wanted[bytes] { return [location] }
      let named = LocationPath(String(decoding: bytes, as: UTF8.self))
      return (wantedByPath[named] ?? []).filter { LocationPath($0.string).isSameFile(as: named) }
    }
  }
}

extension DeleteFile {
  /// A task to read the locations and positions of a position delete file.
  var positionTask: FileScanTask {
    let fields = [ReservedFields.deleteFilePath, ReservedFields.deletePosition]
    return scanTask(fields, nameMapping: NameMapping(Schema(fields)))
  }
}

extension DeletionVector {
  /// A guess at the memory that the positions take.
  var sizeInBytes: Int { 64 + 2 * count }
}

extension [UInt8] {
  /// The end of the run of equal strings that begins with string `start` of `count`.
  fileprivate func endOfRun(from start: Int, of count: Int, _ offsets: [Int32]) -> Int {
    withUnsafeBytes { bytes in
      let first = bytes.string(start, offsets)
      var end = start + 1
      while end < count, bytes.string(end, offsets).isEqual(to: first) { end += 1 }
      return end
    }
  }
}
