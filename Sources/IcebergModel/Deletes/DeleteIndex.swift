/// The delete files of a snapshot, arranged so that those of one data file are found at once.
///
/// Spec: Scan Planning, "Delete File Application".
public struct DeleteIndex: Sendable {
  /// Equality deletes of specs without partitions: they apply to the files of every spec.
  private let globalEqualityDeletes: DeleteGroup
  private let equalityDeletes: [Partition: DeleteGroup]
  /// Position deletes that may be about several data files.
  private let positionDeletes: [Partition: DeleteGroup]
  /// Position deletes of one data file each.
  private let positionDeletesOfFile: [LocationPath: DeleteGroup]
  /// At most one vector per data file.
  private let vectors: [LocationPath: [DeleteFile]]

  /// The number of delete files and vectors.
  public let count: Int
  /// The columns whose metrics, in a data file, may show that an equality delete has nothing to do
  /// with it. Metrics of other columns need not be read.
  public let comparedColumns: Set<Int>

  private struct Partition: Hashable {
    let specID: Int
    let values: StructValue
  }

  /// An index of `deletes`, in any order.
  ///
  /// - Parameter schemas: the schemas of the table; of fields with the same id the first counts.
  /// - Throws: `invalidMetadata` when a data file has two deletion vectors, or a vector does not say
  ///   which data file it is about.
  public init(_ deletes: [DeleteFile], schemas: [Schema]) throws(IcebergError) {
    let columns = EqualityColumns(schemas)
    var global = DeleteGroup()
    var equality: [Partition: DeleteGroup] = [:]
    var positions: [Partition: DeleteGroup] = [:]
    var positionsOfFile: [LocationPath: DeleteGroup] = [:]
    var vectors: [LocationPath: [DeleteFile]] = [:]
    var comparedColumns: Set<Int> = []
    for var delete in deletes {
      let partition = Partition(specID: delete.file.specID, values: delete.file.partition)
      switch delete.kind {
      case .equalityDeletes:
        let ids = Set(delete.file.equalityIDs ?? [])
        delete.file.keepMetrics { ids.contains($0) }
        let range = EqualityRange(of: delete.file, columns)
        for column in range?.columns ?? [] { comparedColumns.insert(column.id) }
        let candidate = DeleteGroup.Candidate(delete, limits: range.map { .values($0) })
        if delete.partitionSpec.isPartitioned {
          equality[partition, default: DeleteGroup()].add(candidate)
        } else {
          global.add(candidate)
        }
      case .positionDeletes:
        let bounds = PathBounds(of: delete.file)
        // That all deletes are about one data file is still to be seen by the bounds.
        let isOfOneFile = bounds?.onlyLocation != nil
        delete.file.keepMetrics { isOfOneFile && $0 == ReservedFields.deleteFilePath.id }
        if let location = delete.file.referencedDataFile ?? bounds?.onlyLocation {
          positionsOfFile[LocationPath(location), default: DeleteGroup()].add(
            DeleteGroup.Candidate(delete, limits: .file(LocationPath(location))))
        } else {
          positions[partition, default: DeleteGroup()].add(
            DeleteGroup.Candidate(delete, limits: bounds.map { .paths($0) }))
        }
      case .deletionVector:
        delete.file.keepMetrics { _ in false }
        guard let location = delete.file.referencedDataFile else {
          throw delete.corrupt("does not say which data file it is about")
        }
        let path = LocationPath(location)
        for other in vectors[path] ?? [] where other.isAbout(path) {
          throw delete.corrupt("is the second one of \(location), after one in \(other.place)")
        }
        vectors[path, default: []].append(delete)
      }
    }
    globalEqualityDeletes = global.sorted()
    equalityDeletes = equality.mapValues { $0.sorted() }
    positionDeletes = positions.mapValues { $0.sorted() }
    positionDeletesOfFile = positionsOfFile.mapValues { $0.sorted() }
    self.vectors = vectors
    self.comparedColumns = comparedColumns
    count = deletes.count
  }

  /// An index of the live entries of delete manifests.
  ///
  /// - Parameters:
  ///   - specs: the partition specs of the table.
  ///   - schemas: the schemas of the table; of fields with the same id the first counts.
  /// - Throws: `invalidMetadata` as the other initialiser, and for a file of no delete kind, without
  ///   sequence number, or of a spec that the table does not have.
  public init(
    _ entries: [ManifestEntry], specs: [PartitionSpec], schemas: [Schema]
  ) throws(IcebergError) {
    let specsByID = Dictionary(specs.map { ($0.id, $0) }) { first, _ in first }
    var deletes: [DeleteFile] = []
    deletes.reserveCapacity(entries.count)
    for entry in entries where entry.isLive {
      let file = entry.dataFile
      guard file.content != .data, let spec = specsByID[file.specID],
        let sequenceNumber = entry.sequenceNumber
      else {
        throw IcebergError(
          .invalidMetadata,
          "a delete manifest lists a file of content \(file.content), partition spec \(file.specID) "
            + "and sequence number \(entry.sequenceNumber.map { "\($0)" } ?? "null")",
          context: IcebergError.Context(location: file.location))
      }
      deletes.append(DeleteFile(file: file, sequenceNumber: sequenceNumber, partitionSpec: spec))
    }
    try self.init(deletes, schemas: schemas)
  }

  /// Whether there are no deletes.
  public var isEmpty: Bool { count == 0 }

  /// Whether metrics of data files are compared at all.
  public var comparesBounds: Bool { !comparedColumns.isEmpty }
}

// MARK: - Looking up

extension DeleteIndex {
  /// The deletes that have to be applied to a data file, and no others: equality deletes first, then
  /// the deletion vector or, without one, the position deletes; each kind oldest first.
  ///
  /// Those that by their bounds cannot delete a row of the file are left out.
  ///
  /// - Parameter sequenceNumber: the data sequence number of the file.
  /// - Throws: `invalidMetadata` when the file's deletion vector is older than the file, or it or a
  ///   position delete file of this file alone is of another partition.
  public func deletes(
    for file: DataFile, sequenceNumber: Int64
  ) throws(IcebergError) -> [DeleteFile] {
    if isEmpty { return [] }
    var applied: [DeleteFile] = []
    try consider(file, sequenceNumber, .newer) { delete, verdict in
      if verdict == .applied { applied.append(delete) }
    }
    return applied
  }

  /// The deletes of the partition and the path of a data file, and those without partition, each with
  /// what decides whether it is applied.
  ///
  /// Throws as ``deletes(for:sequenceNumber:)``, whose result are the deletes that are applied.
  public func verdicts(
    for file: DataFile, sequenceNumber: Int64
  ) throws(IcebergError) -> [(delete: DeleteFile, verdict: DeleteVerdict)] {
    var result: [(delete: DeleteFile, verdict: DeleteVerdict)] = []
    try consider(file, sequenceNumber, .all) { result.append(($0, $1)) }
    return result
  }

  private func consider(
    _ file: DataFile, _ sequenceNumber: Int64, _ extent: DeleteGroup.Extent,
    _ body: (DeleteFile, DeleteVerdict) -> Void
  ) throws(IcebergError) {
    let path = LocationPath(file.location)
    let partition = Partition(specID: file.specID, values: file.partition)
    // Bounds of the data file are decoded once, for all deletes together.
    var values = DataFileValues(file)
    let next = sequenceNumber.addingReportingOverflow(1)
    for group in [globalEqualityDeletes, equalityDeletes[partition]] {
      group?.forEach(extent, atLeast: next.overflow ? .max : next.partialValue) {
        candidate, isNewer in
        let verdict = isNewer ? candidate.verdict(path: path, &values) : .older
        body(candidate.delete, verdict)
      }
    }
    let vector = try vector(of: path, file, sequenceNumber)
    if let vector { body(vector, .applied) }
    if vector != nil, extent == .newer { return }
    for (index, group) in [positionDeletes[partition], positionDeletesOfFile[path]].enumerated() {
      var mismatch: DeleteFile?
      group?.forEach(extent, atLeast: sequenceNumber) { candidate, isNewer in
        var verdict: DeleteVerdict = isNewer ? candidate.verdict(path: path, &values) : .older
        if vector != nil { verdict = .replacedByVector }
        if index == 1, verdict == .applied, !candidate.delete.isOfPartition(of: file) {
          mismatch = candidate.delete
        }
        body(candidate.delete, verdict)
      }
      if let mismatch { throw mismatch.corrupt(mismatchOf: file) }
    }
  }

  private func vector(
    of path: LocationPath, _ file: DataFile, _ sequenceNumber: Int64
  ) throws(IcebergError) -> DeleteFile? {
    guard let vector = vectors[path]?.first(where: { $0.isAbout(path) }) else { return nil }
    guard vector.sequenceNumber >= sequenceNumber else {
      throw vector.corrupt(
        "of sequence number \(vector.sequenceNumber) is older than its data file "
          + "\(file.location) of sequence number \(sequenceNumber)")
    }
    guard vector.isOfPartition(of: file) else { throw vector.corrupt(mismatchOf: file) }
    return vector
  }
}

/// Whether a delete file is applied to a data file, and if not, why.
public enum DeleteVerdict: Hashable, Sendable {
  /// The delete is applied.
  case applied
  /// The data file is newer than the delete.
  case older
  /// The data file has a deletion vector, which contains what its position deletes say.
  case replacedByVector
  /// The delete is about other data files, as the bounds of its paths show.
  case otherFiles
  /// The values of the column, or its nulls, are others in the data file than in the delete file.
  case otherValues(fieldID: Int)
}

extension DeleteFile {
  /// Whether this file, a vector, is about the data file at `path`.
  fileprivate func isAbout(_ path: LocationPath) -> Bool {
    file.referencedDataFile.map { LocationPath($0).isSameFile(as: path) } ?? false
  }

  fileprivate func isOfPartition(of other: DataFile) -> Bool {
    file.specID == other.specID && file.partition == other.partition
  }

  fileprivate var place: String {
    "\(file.location) at byte \(file.contentOffset.map { "\($0)" } ?? "?")"
  }

  fileprivate func corrupt(mismatchOf other: DataFile) -> IcebergError {
    corrupt("is of another partition than its data file \(other.location)")
  }

  fileprivate func corrupt(_ what: String) -> IcebergError {
    let kind = self.kind == .deletionVector ? "deletion vector" : "position delete file"
    return IcebergError(
      .invalidMetadata, "the \(kind) in \(place) \(what)",
      context: IcebergError.Context(location: file.location))
  }
}

extension DataFile {
  /// Forgets what is known of columns, except for bounds and counts of those for which `isKept`.
  fileprivate mutating func keepMetrics(_ isKept: (Int) -> Bool) {
    columnSizes = nil
    valueCounts = valueCounts?.filter { isKept($0.key) }
    nullValueCounts = nullValueCounts?.filter { isKept($0.key) }
    nanValueCounts = nanValueCounts?.filter { isKept($0.key) }
    lowerBounds = lowerBounds?.filter { isKept($0.key) }
    upperBounds = upperBounds?.filter { isKept($0.key) }
  }
}
