internal import IcebergBytes
package import IcebergModel

/// The files that the metadata of a table leads to.
///
/// Every call throws when a manifest list or manifest is damaged or encrypted, and unless it is told
/// otherwise when one is missing: what it leads to is not known then, and nothing may be deleted.
package struct ReachableFiles: Sendable {
  /// What is done where a manifest list or manifest is not there.
  package enum Missing: Sendable {
    /// The call throws `notFound`.
    case refused
    /// It leads nowhere: an earlier deletion has removed what it led to before itself.
    case passedOver
  }

  /// What is noted of the files that are found.
  package enum Note: Sendable {
    /// What whoever asks for the manifests of a snapshot says, for them and for the files in them.
    case given
    /// The id of the snapshot that added the file; 0 where that is not known.
    case adder
  }

  private let metadata: TableMetadata
  private let fileIO: any FileIO
  private let concurrency: Int
  private let missing: Missing
  private let note: Note

  /// The files that `metadata` leads to.
  ///
  /// - Parameter concurrency: how many files are read at a time.
  package init(
    of metadata: TableMetadata, fileIO: any FileIO, concurrency: Int = 8,
    missing: Missing = .refused, noting note: Note = .given
  ) {
    self.metadata = metadata
    self.fileIO = fileIO
    self.concurrency = max(1, concurrency)
    self.missing = missing
    self.note = note
  }

  /// The bytes of a manifest list or manifest; nil for one that is passed over.
  private func read(_ location: String) async throws -> Bytes? {
    do {
      return try await fileIO.read(location, range: nil)
    } catch let error as IcebergError where error.code == .notFound && missing == .passedOver {
      return nil
    }
  }

  /// The files that the metadata names itself, but for manifest lists: statistics, and earlier versions
  /// of the metadata.
  package var named: [FoundFile] {
    metadata.statistics.map {
      FoundFile(
        $0.location, .statistics, sizeInBytes: $0.fileSizeInBytes,
        number: note == .adder ? $0.snapshotID : 0)
    }
      + metadata.partitionStatistics.map {
        FoundFile(
          $0.location, .statistics, sizeInBytes: $0.fileSizeInBytes,
          number: note == .adder ? $0.snapshotID : 0)
      } + metadata.metadataLog.map { FoundFile($0.location, .metadata, sizeInBytes: nil) }
  }

  /// Adds the files that snapshots need, and those that the metadata names itself.
  ///
  /// - Parameters:
  ///   - location: where the metadata lies; nil where it is in no file.
  ///   - manifests: an empty sorter for the manifests, which are read in its order.
  ///   - read: manifests whose files are known: they are not read, and those that are read join them.
  ///   - onFiles: told each time that data and delete files were added.
  package func addAll(
    of snapshots: [Snapshot], at location: String?, to files: FileSorter,
    sortingManifestsIn manifests: FileSorter, passingOver read: FileSorter? = nil,
    onFiles: @escaping @Sendable () -> Void = {}
  ) async throws {
    try await files.add(named)
    if let location { try await files.add([FoundFile(location, .metadata, sizeInBytes: nil)]) }
    try await addManifests(of: snapshots, to: manifests, lists: files)
    let sorted = try await manifests.sorted()
    try await files.add(sorted)
    try await forEachLiveFile(in: sorted, without: try await read?.sorted()) { some, _ in
      try await files.add(some)
      onFiles()
    }
    guard let read else { return }
    var new = RemainingFiles(sorted, without: try await read.sorted())
    while let manifest = try await new.next()?.file { try await read.add([manifest]) }
  }

  /// Adds the manifest lists of snapshots, and the manifests that these name. Every list is read once.
  ///
  /// - Parameters:
  ///   - lists: takes the manifest lists; nil leaves them out.
  ///   - number: what is noted of the files of a snapshot, where that is what is noted.
  package func addManifests(
    of snapshots: [Snapshot], to manifests: FileSorter, lists: FileSorter?,
    number: @escaping @Sendable (Snapshot) -> Int64 = { _ in 0 }
  ) async throws {
    _ = try await snapshots.concurrentMap(limit: concurrency) { snapshot in
      try Task.checkCancellation()
      guard snapshot.keyID == nil else {
        throw IcebergError(
          .unsupported, "the manifest list of snapshot \(snapshot.id) is encrypted")
      }
      let number = note == .adder ? snapshot.id : number(snapshot)
      switch snapshot.manifests {
      case .inline(let locations):
        // Nothing says which of the snapshots that name it added a manifest.
        let number = note == .adder ? 0 : number
        try await manifests.add(
          locations.map { FoundFile($0, .manifest, sizeInBytes: nil, number: number) })
      case .list(let location):
        guard let bytes = try await read(location) else { return }
        let found: [FoundFile]
        do throws(IcebergError) {
          found = try self.manifests(in: bytes, number)
        } catch {
          throw error.about(location)
        }
        try await manifests.add(found)
        try await lists?.add([
          FoundFile(location, .manifestList, sizeInBytes: Int64(bytes.count), number: number)
        ])
      }
    }
  }

  /// Calls `visit` with the live data and delete files in manifests, some at a time, and with the
  /// manifest they are in. Every manifest is read once; several are at a time.
  ///
  /// - Parameter known: manifests that are not read.
  package func forEachLiveFile(
    in manifests: SortedFiles, without known: SortedFiles? = nil,
    _ visit: @escaping @Sendable (_ files: [FoundFile], _ manifest: FoundFile) async throws -> Void
  ) async throws {
    var manifests = RemainingFiles(manifests, without: known ?? SortedFiles([]))
    try await withThrowingTaskGroup(of: Void.self) { group in
      var running = 0
      while let manifest = try await manifests.next()?.file {
        if running >= concurrency {
          try await group.next()
          running -= 1
        }
        running += 1
        group.addTask {
          try Task.checkCancellation()
          guard let bytes = try await read(manifest.location) else { return }
          try await visitLiveFiles(in: bytes, manifest, visit)
        }
      }
      try await group.waitForAll()
    }
  }

  private func manifests(
    in list: Bytes, _ number: Int64
  ) throws(IcebergError) -> [FoundFile] {
    try ManifestListCodec.read(list).map { manifest throws(IcebergError) in
      guard manifest.keyMetadata == nil else {
        throw IcebergError(
          .unsupported, "the manifest is encrypted", context: .init(location: manifest.location))
      }
      return FoundFile(
        manifest.location, .manifest, sizeInBytes: manifest.length,
        number: note == .adder ? manifest.addedSnapshotID : number)
    }
  }

  private func visitLiveFiles(
    in bytes: Bytes, _ manifest: FoundFile,
    _ visit: @Sendable ([FoundFile], FoundFile) async throws -> Void
  ) async throws {
    // Cut between two blocks, an Avro file looks whole.
    if let length = manifest.sizeInBytes, Int64(bytes.count) < length {
      throw IcebergError(
        .invalidFile,
        "the manifest has \(bytes.count) bytes, but its list says \(length): its end is lost",
        context: .init(location: manifest.location))
    }
    do {
      var reader = try ManifestEntryReader(bytes, metrics: .none)
      while let entries = try reader.next(lookingAt: 2048, where: \.isLive) {
        try Task.checkCancellation()
        try await visit(
          entries.map {
            FoundFile(
              $0.dataFile.location, FileKind($0.dataFile.content),
              sizeInBytes: $0.dataFile.fileSizeInBytes,
              // An entry that names no snapshot is of that of its manifest.
              number: note == .adder ? $0.snapshotID ?? manifest.number : manifest.number)
          }, manifest)
      }
    } catch let error as IcebergError {
      throw error.about(manifest.location)
    }
  }
}

extension IcebergError {
  /// The same error, about the file at `location` where it names none.
  fileprivate func about(_ location: String) -> IcebergError {
    var error = self
    error.context.location = error.context.location ?? location
    return error
  }
}
