internal import IcebergModel

/// Puts the deletion vectors that a commit adds for one data file into one: a data file has one at the
/// most.
///
/// The merged vector has the sequence number of the snapshot, whatever the others were given: a vector
/// applies to its data file by name, and must only not be older.
///
/// Spec: Delete Formats, "Deletion Vectors".
struct VectorMerging: Sendable {
  let base: TableMetadata

  /// The delete files to add, with one vector for each data file; the merged ones stand where the first
  /// one of their data file stood. What an earlier attempt has merged is taken again.
  func run(
    _ groups: [FileChanges.Group], in work: inout CommitWork
  ) async throws -> [FileChanges.Group] {
    var counts: [ExactText: Int] = [:]
    for file in groups.lazy.flatMap(\.files) where file.isDeletionVector {
      if let dataFile = file.referencedDataFile { counts[ExactText(dataFile), default: 0] += 1 }
    }
    let several = Set(counts.lazy.filter { $0.value > 1 }.map(\.key))
    if several.isEmpty { return groups }
    let merged: [ExactText: DataFile]
    if let known = work.mergedVectors {
      merged = known
    } else {
      merged = try await merge(groups, of: several, fileIO: work.fileIO)
      work.keep(mergedVectors: merged)
    }
    return groups.map { group in
      var group = group
      var seen: Set<ExactText> = []
      group.files = group.files.compactMap { file in
        guard file.isDeletionVector, let dataFile = file.referencedDataFile.map({ ExactText($0) }),
          let vector = merged[dataFile]
        else { return file }
        return seen.insert(dataFile).inserted ? vector : nil
      }
      return group
    }
  }

  /// Writes one vector for each of some data files. Throws what reading and writing throw; then no file
  /// is left.
  private func merge(
    _ groups: [FileChanges.Group], of dataFiles: Set<ExactText>, fileIO: any FileIO
  ) async throws -> [ExactText: DataFile] {
    var writer = try DeletionVectorFiles(base, fileIO: fileIO)
    do {
      for group in groups {
        let several = Self.vectors(of: dataFiles, in: group)
        var next = several.startIndex
        while next < several.endIndex {
          // A window at a time: no more vectors are in memory than are read at a time.
          let end = min(next + CommitWork.manifestConcurrency, several.endIndex)
          let window = Array(several[next..<end])
          next = end
          let unions = try await window.concurrentMap(limit: CommitWork.manifestConcurrency) {
            try await Self.union(of: $0, spec: group.spec, fileIO: fileIO)
          }
          for (vectors, union) in zip(window, unions) {
            try await writer.append(union, replacing: vectors[0])
          }
        }
      }
      return Dictionary(
        try await writer.finish().map { (ExactText($0.referencedDataFile ?? ""), $0) },
        uniquingKeysWith: { first, _ in first })
    } catch {
      await writer.abort()
      throw error
    }
  }

  /// The vectors of each of the data files, in their order.
  private static func vectors(
    of dataFiles: Set<ExactText>, in group: FileChanges.Group
  ) -> [[DataFile]] {
    var places: [ExactText: Int] = [:]
    var vectors: [[DataFile]] = []
    for file in group.files where file.isDeletionVector {
      guard let dataFile = file.referencedDataFile.map({ ExactText($0) }),
        dataFiles.contains(dataFile)
      else { continue }
      if let place = places[dataFile] {
        vectors[place].append(file)
      } else {
        places[dataFile] = vectors.count
        vectors.append([file])
      }
    }
    return vectors
  }

  /// All positions of some vectors of one data file.
  private static func union(
    of vectors: [DataFile], spec: PartitionSpec, fileIO: any FileIO
  ) async throws -> DeletionVector {
    var union = DeletionVector()
    for file in vectors {
      try Task.checkCancellation()
      let vector = DeleteFile(file: file, sequenceNumber: 0, partitionSpec: spec)
      let range = try vector.contentRange
      let blob = try await fileIO.read(file.location, range: range)
      union.formUnion(try DeletionVector(parsing: blob, of: vector))
    }
    return union
  }
}
