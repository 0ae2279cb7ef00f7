internal import IcebergAvro
internal import IcebergBytes
internal import IcebergModel
internal import IcebergParquet

// Data and delete files.
extension TableCheck {
  /// Looks for two vectors of one data file in one snapshot.
  func checkVectors(_ vectors: SortedFiles, _ manifests: [CheckedManifest]) async throws {
    try await forEachGroup(vectors) { key, group in
      for (index, file) in group.enumerated() {
        for other in group[..<index]
        where (other.location, other.vector) != (file.location, file.vector)
          || other.manifest == file.manifest
        {
          let (one, two) = (manifests[other.manifest], manifests[file.manifest])
          guard other.manifest == file.manifest || one.sharesSnapshot(with: two) else { continue }
          findings.add(
            .twoVectors,
            "two deletion vectors apply to the data file, in \(other.location) and "
              + file.location, String(key), ids(one.shared(with: two)))
        }
      }
    }
  }

  /// Looks for data files of one snapshot that have rows of the same ids.
  func checkRowIDs(_ ranges: SortedFiles, _ manifests: [CheckedManifest]) async throws {
    var ranges = ranges
    var open: [(end: Int64, file: CheckedFile)] = []
    while let next = try await ranges.next() {
      guard let (key, file) = CheckedFile.unpack(next.file),
        let first = Int64(key.prefix(16), radix: 16), let end = Int64(key.dropFirst(16), radix: 16)
      else { continue }
      open.removeAll { $0.end <= first }
      for (_, other) in open where ExactText(other.location) != ExactText(file.location) {
        let (one, two) = (manifests[other.manifest], manifests[file.manifest])
        guard other.manifest == file.manifest || one.sharesSnapshot(with: two) else { continue }
        findings.add(
          .rowIDsOverlap, "rows of the file have the same ids as rows of \(other.location)",
          file.location, ids(one.shared(with: two)))
      }
      open.append((end, file))
    }
  }

  /// Checks that files are there, with the length that is recorded, and, if that is asked for, what is in
  /// them.
  func checkFiles(
    _ files: SortedFiles, _ manifests: [CheckedManifest], entryCount: Int,
    _ report: inout TableCheckReport
  ) async throws {
    var waiting: [[CheckedFile]] = []
    var (count, bytes): (Int, Int64) = (0, 0)
    try await forEachGroup(files) { _, group in
      count += 1
      bytes = bytes.addingReportingOverflow(max(0, group[0].sizeInBytes)).partialValue
      checkDuplicates(group, manifests)
      waiting.append(group)
      if waiting.count >= 256 {
        try await check(waiting, manifests)
        waiting = []
        tell(options.depth == .files ? .files : .contents, count)
      }
    }
    try await check(waiting, manifests)
    tell(options.depth == .files ? .files : .contents, count, of: count)
    report.fileCount = count
    report.sizeInBytes = bytes
  }

  /// Calls `body` with all files of one key, key by key.
  private func forEachGroup(
    _ files: SortedFiles, _ body: (_ key: Substring, _ group: [CheckedFile]) async throws -> Void
  ) async throws {
    var files = files
    var key: Substring = ""
    var group: [CheckedFile] = []
    while let next = try await files.next() {
      guard let (found, file) = CheckedFile.unpack(next.file) else { continue }
      if !group.isEmpty, !found.utf8.elementsEqual(key.utf8) {
        try Task.checkCancellation()
        try await body(key, group)
        group = []
      }
      key = found
      group.append(file)
    }
    if !group.isEmpty { try await body(key, group) }
  }

  /// A file may be named by many manifests, but once in each snapshot; of vectors there may be many in a
  /// file.
  private func checkDuplicates(_ group: [CheckedFile], _ manifests: [CheckedManifest]) {
    guard group.count > 1, group[0].format != .puffin else { return }
    for (index, file) in group.enumerated() {
      for other in group[..<index] {
        let (one, two) = (manifests[other.manifest], manifests[file.manifest])
        guard other.manifest == file.manifest || one.sharesSnapshot(with: two) else { continue }
        findings.add(
          .duplicateFile, "the file is there twice", file.location, ids(one.shared(with: two)))
      }
    }
  }

  private func check(_ groups: [[CheckedFile]], _ manifests: [CheckedManifest]) async throws {
    _ = try await groups.concurrentMap(limit: options.concurrency) { group in
      try Task.checkCancellation()
      let places = Set(group.flatMap { manifests[$0.manifest].snapshots }).sorted()
      let location = group[0].location
      do {
        let size = try await table.fileIO.status(of: location).sizeInBytes
        for stated in Set(group.map(\.sizeInBytes)) where stated != size {
          findings.add(
            .lengthDiffers, "the file has \(size) bytes, its manifest says \(stated)", location,
            ids(places))
        }
        if options.depth == .contents { try await checkContents(of: group, size, ids(places)) }
      } catch {
        try note(error, about: location, ids(places))
      }
    }
  }

  /// Opens a file, and compares its number of rows, or its vectors, with what is recorded.
  private func checkContents(
    of group: [CheckedFile], _ size: Int64, _ snapshotIDs: [Int64]
  ) async throws {
    let location = group[0].location
    let rows: Int64
    switch group[0].format {
    case .parquet:
      var file = RemoteFile(location: location, size: size, fileIO: table.fileIO)
      rows = try FileMetadata(parsing: try await file.parquetFooter()).rowCount
    case .avro:
      rows = try await rowCount(ofAvro: location, size)
    case .puffin: return try await checkVectors(in: group, size, snapshotIDs)
    case .orc:
      return findings.add(
        .unsupportedFile, "ORC files are not looked into", location, snapshotIDs)
    }
    for stated in Set(group.map(\.recordCount)) where stated != rows {
      findings.add(
        .recordCountDiffers, "the file has \(rows) rows, its manifest says \(stated)", location,
        snapshotIDs)
    }
  }

  /// How many rows the blocks of an Avro file state.
  ///
  /// Read from one end to the other, a part at a time: what is held is a part, or a block that is larger.
  private func rowCount(ofAvro location: String, _ size: Int64) async throws -> Int64 {
    var (header, rest) = (Bytes(), Bytes())
    var (count, position): (Int64, Int64) = (0, 0)
    repeat {
      let end = min(size, position + max(Self.avroPartLength, Int64(rest.count)))
      let part = try await table.fileIO.read(location, range: position..<end)
      position = end
      rest = Bytes(rest.array + part.array)
      do throws(FormatError) {
        var file = try AvroFileReader(Bytes(header.array + rest.array))
        if header.isEmpty {
          header = rest[0..<file.header.byteCount]
          rest = rest[file.header.byteCount..<rest.count]
        }
        defer { rest = rest[(file.offset - header.count)..<rest.count] }
        while let more = try file.skipBlock() { count += Int64(more) }
      } catch {
        // Cut by the end of the part: the rest is in the next one.
        guard error.code == .truncated, position < size else { throw error }
      }
    } while position < size
    return count
  }

  private static let avroPartLength: Int64 = 1 << 20

  private func checkVectors(
    in group: [CheckedFile], _ size: Int64, _ snapshotIDs: [Int64]
  ) async throws {
    let location = group[0].location
    func add(_ message: String) {
      findings.add(.invalidVector, message, location, snapshotIDs)
    }
    let puffin = try await PuffinFooter.read(location, size: size, fileIO: table.fileIO)
    for file in Set(group.map(\.withoutManifest)) {
      guard let range = file.vector else { continue }
      guard let blob = puffin.blobs.first(where: { $0.range == range }) else {
        add("the file has no blob at \(range), where a manifest has the vector of \(file.about)")
        continue
      }
      do {
        let bytes = try await table.fileIO.read(location, range: range)
        let vector = try blob.deletionVector(from: bytes)
        if Int64(vector.count) != file.recordCount {
          add(
            "the vector of \(file.about) deletes \(vector.count) rows, a manifest says "
              + "\(file.recordCount)")
        }
        if let named = blob.properties[PuffinBlob.referencedDataFile], named != file.about {
          add("the vector of \(named) stands in a manifest as that of \(file.about)")
        }
      } catch let error as IcebergError where error.code == .invalidFile {
        add(error.message)
      }
    }
  }
}

extension CheckedFile {
  /// The same file, whatever manifest names it.
  fileprivate var withoutManifest: CheckedFile {
    var file = self
    file.manifest = 0
    return file
  }
}

extension CheckedManifest {
  /// The places of the snapshots that have both manifests.
  fileprivate func shared(with other: CheckedManifest) -> [Int] {
    let others = Set(other.snapshots)
    return snapshots.filter(others.contains)
  }
}
