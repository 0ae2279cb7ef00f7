internal import IcebergModel

/// The files that a snapshot adds to its branch, and those that it removes.
struct FileChanges: Sendable {
  /// Data files to add.
  var addedFiles: [DataFile] = []
  /// Delete files and deletion vectors to add.
  var addedDeletes: [DataFile] = []
  /// Data files to remove.
  var removedFiles: [DataFile] = []
  /// Delete files and deletion vectors to remove.
  var removedDeletes: [DataFile] = []
  /// Whether some of the deletes to add are about the data files to add.
  var carriesDeletes = false
  /// Data files to remove of which only the location is known.
  var removedLocations: Set<ExactText> = []
  /// The rows whose files are removed: files that have such rows and others are refused.
  var rowFilter: Filter?
  /// Partitions all files of which are removed.
  var droppedPartitions: Set<PartitionKey> = []
  /// The data sequence number of the added data files; nil is that of the snapshot.
  var dataSequenceNumber: Int64?
  /// The data sequence numbers of added delete files by location, where they differ from that of the
  /// snapshot.
  var deleteSequenceNumbers: [String: Int64] = [:]

  /// Whether data files may be removed.
  var removesData: Bool {
    !removedFiles.isEmpty || !removedLocations.isEmpty || !droppedPartitions.isEmpty
      || (rowFilter != nil && rowFilter != Filter.none)
  }

  /// Added files of one spec.
  struct Group: Sendable {
    var spec: PartitionSpec
    var files: [DataFile]
  }
}

// What a version of the table makes of them.
extension FileChanges {
  /// The same changes with partition values in the types of a version of the table: so they are equal to
  /// those that its manifests tell of the same partitions.
  func promoted(to base: TableMetadata) -> FileChanges {
    let types = PartitionTypes(in: base)
    var changes = self
    changes.addedFiles.promotePartitions(to: types)
    changes.addedDeletes.promotePartitions(to: types)
    changes.removedFiles.promotePartitions(to: types)
    changes.removedDeletes.promotePartitions(to: types)
    changes.droppedPartitions = Set(droppedPartitions.map { PartitionKey($0, in: types) })
    return changes
  }
}

extension [DataFile] {
  fileprivate mutating func promotePartitions(to types: PartitionTypes) {
    for index in indices {
      let (partition, specID) = (self[index].partition, self[index].specID)
      if let promoted = types.promoted(partition, specID: specID) {
        self[index].partition = promoted
      }
    }
  }
}

// What can be added to a table.
extension FileChanges {
  /// The data files to add by their specs, each file once.
  ///
  /// Throws `invalidArgument` for a file that cannot be added to the table.
  func addedFiles(on base: TableMetadata) throws(IcebergError) -> [Group] {
    try Self.groups(addedFiles, on: base) { file in
      file.content == .data ? nil : "it holds deletes, not rows"
    }
  }

  /// The delete files and vectors to add by their specs, each file once.
  ///
  /// Throws `invalidArgument` for a file that cannot be added to the table, and for vectors of one data
  /// file that cannot be merged.
  func addedDeletes(on base: TableMetadata) throws(IcebergError) -> [Group] {
    var vectors: [ExactText: DataFile] = [:]
    let columns = Set(base.schemas.flatMap { $0.index.fields.map(\.id) })
    return try Self.groups(addedDeletes, on: base) { file in
      if let problem = Self.problem(of: file, formatVersion: base.formatVersion) {
        return problem
      }
      if file.content == .equalityDeletes {
        guard let ids = file.equalityIDs, !ids.isEmpty else { return "it has no equality ids" }
        if let id = ids.first(where: { !columns.contains($0) }) {
          return "it deletes by field \(id), which the table does not have"
        }
      }
      if file.isDeletionVector, let location = file.referencedDataFile {
        if let other = vectors[ExactText(location)], let difference = difference(file, from: other)
        {
          return "it cannot be merged with \(other.location), another deletion vector of "
            + "\(location): their \(difference) differ"
        }
        vectors[ExactText(location)] = file
      }
      return nil
    }
  }

  /// In what two vectors of one data file differ that would have to be the same; nil when in nothing.
  private func difference(_ file: DataFile, from other: DataFile) -> String? {
    if file.specID != other.specID { return "partition specs" }
    if file.partition != other.partition { return "partitions" }
    let numbers = deleteSequenceNumbers
    return numbers[file.location] == numbers[other.location] ? nil : "sequence numbers"
  }

  /// Why a file cannot be a delete file of a table; nil when it can.
  private static func problem(of file: DataFile, formatVersion: Int) -> String? {
    switch (file.content, formatVersion) {
    case (.data, _): return "it holds rows, not deletes"
    case (_, 1): return "version 1 has no delete files: upgrade the table to version 2 or 3"
    case (.positionDeletes, 2) where file.isDeletionVector:
      return "version 2 has no deletion vectors: write a position delete file"
    case (.positionDeletes, 3...) where !file.isDeletionVector:
      return "version \(formatVersion) takes no new position delete files: write a deletion vector"
    case (.positionDeletes, 3...):
      guard file.referencedDataFile != nil else { return "its vector names no data file" }
      guard let offset = file.contentOffset, let size = file.contentSizeInBytes, offset >= 0,
        size >= 0
      else { return "it is not told where its vector lies in the file" }
      return nil
    case (.positionDeletes, _), (.equalityDeletes, _): return nil
    }
  }

  private static func groups(
    _ files: [DataFile], on base: TableMetadata,
    problem: (DataFile) throws(IcebergError) -> String?
  ) throws(IcebergError) -> [Group] {
    var groups: [Group] = []
    var places: [Int: Int] = [:]
    var seen: Set<FileKey> = []
    for file in files where seen.insert(FileKey(file)).inserted {
      if let problem = try problem(file) { throw refusal(file, problem) }
      let place: Int
      if let known = places[file.specID] {
        place = known
      } else {
        guard let spec = base.partitionSpec(id: file.specID) else {
          throw refusal(file, "the table has no partition spec \(file.specID)")
        }
        place = groups.count
        places[file.specID] = place
        groups.append(Group(spec: spec, files: []))
      }
      let fieldCount = groups[place].spec.fields.count
      guard file.partition.values.count == fieldCount else {
        throw refusal(
          file,
          """
          its partition has \(file.partition.values.count) values, the spec \(fieldCount) fields
          """)
      }
      guard file.recordCount >= 0, file.fileSizeInBytes >= 0, !file.location.isEmpty else {
        throw refusal(file, "its size, row count or location is impossible")
      }
      groups[place].files.append(file)
    }
    return groups
  }

  private static func refusal(_ file: DataFile, _ reason: String) -> IcebergError {
    IcebergError(
      .invalidArgument, "the file cannot be added to the table: \(reason)",
      context: .init(location: file.location))
  }
}

extension DataFile {
  /// Whether the file is a deletion vector.
  var isDeletionVector: Bool { content == .positionDeletes && format == .puffin }
}
