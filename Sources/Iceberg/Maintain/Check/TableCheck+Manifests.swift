internal import IcebergBytes
internal import IcebergModel
internal import Synchronization

/// A manifest, and the snapshots that have it.
struct CheckedManifest: Sendable {
  var manifest: ManifestFile
  /// The places of the snapshots among those that are checked, ascending.
  var snapshots: [Int]

  /// Whether some snapshot has both manifests.
  func sharesSnapshot(with other: CheckedManifest) -> Bool {
    var (left, right) = (snapshots[...], other.snapshots[...])
    while let one = left.first, let two = right.first {
      if one == two { return true }
      if one < two { left.removeFirst() } else { right.removeFirst() }
    }
    return false
  }
}

// Manifest lists and manifests.
extension TableCheck {
  /// The ids of the snapshots at some places.
  func ids(_ places: [Int]) -> [Int64] { places.map { snapshots[$0].id } }

  private var manifestReader: TableManifests {
    TableManifests(metadata: table.metadata, fileIO: table.fileIO)
  }

  /// Reads all manifest lists; returns the manifests, each once.
  func checkLists() async throws -> [CheckedManifest] {
    let reader = manifestReader
    var found: [CheckedManifest] = []
    var places: [ExactText: Int] = [:]
    // Some at a time: what is kept of them are the manifests.
    for start in stride(from: 0, to: snapshots.count, by: 64) {
      let part = Array(snapshots[start..<min(snapshots.count, start + 64)])
      let lists = try await part.concurrentMap(limit: options.concurrency) {
        snapshot async throws -> [ManifestFile]? in
        do {
          return try await reader.list(of: snapshot)
        } catch {
          try note(error, about: Self.listLocation(of: snapshot), [snapshot.id])
          return nil
        }
      }
      for (offset, list) in lists.enumerated() {
        guard let list else { continue }
        let place = start + offset
        checkList(list, of: snapshots[place])
        for manifest in list {
          let key = ExactText(manifest.location)
          if let known = places[key] {
            if found[known].snapshots.last == place {
              findings.add(
                .duplicateFile, "the manifest list names the manifest twice", manifest.location,
                [snapshots[place].id])
            } else {
              found[known].snapshots.append(place)
            }
          } else {
            places[key] = found.count
            found.append(CheckedManifest(manifest: manifest, snapshots: [place]))
          }
        }
      }
      tell(.metadata, start + part.count, of: snapshots.count)
    }
    return found
  }

  private static func listLocation(of snapshot: Snapshot) -> String {
    switch snapshot.manifests {
    case .list(let location): location
    case .inline(let locations): locations.first ?? ""
    }
  }

  private func checkList(_ list: [ManifestFile], of snapshot: Snapshot) {
    func add(_ code: TableCheckFinding.Code, _ message: String, _ manifest: ManifestFile) {
      findings.add(code, message, manifest.location, [snapshot.id])
    }
    for manifest in list {
      if manifest.sequenceNumber > snapshot.sequenceNumber {
        add(
          .sequenceNumber,
          """
          the manifest has sequence number \(manifest.sequenceNumber), the snapshot that lists it \
          \(snapshot.sequenceNumber)
          """, manifest)
      }
      if table.metadata.partitionSpec(id: manifest.partitionSpecID) == nil {
        add(
          .manifestDiffers,
          "the manifest is of partition spec \(manifest.partitionSpecID), which the table does not have",
          manifest)
      }
      if snapshot.firstRowID != nil, manifest.content == .data, manifest.firstRowID == nil {
        add(
          .rowIDs, "no row ids are assigned to the manifest of a snapshot that assigns them",
          manifest)
      }
    }
    checkSummary(list, of: snapshot)
  }

  /// The totals of a summary against the counts of the list.
  private func checkSummary(_ list: [ManifestFile], of snapshot: Snapshot) {
    func total(_ content: ManifestFile.Content, _ count: (ManifestFile) -> Int64?) -> Int64? {
      var sum: Int64 = 0
      for manifest in list where manifest.content == content {
        guard let count = count(manifest) else { return nil }
        let (next, overflow) = sum.addingReportingOverflow(count)
        if overflow { return nil }
        sum = next
      }
      return sum
    }
    func files(_ manifest: ManifestFile) -> Int64? {
      guard let added = manifest.addedFilesCount, let existing = manifest.existingFilesCount else {
        return nil
      }
      return Int64(added) + Int64(existing)
    }
    func rows(_ manifest: ManifestFile) -> Int64? {
      guard let added = manifest.addedRowsCount, let existing = manifest.existingRowsCount else {
        return nil
      }
      return added.addingReportingOverflow(existing).partialValue
    }
    for (key, found) in [
      ("total-data-files", total(.data, files)), ("total-records", total(.data, rows)),
      ("total-delete-files", total(.deletes, files)),
    ] {
      guard let found, let stated = snapshot.summary?[key].flatMap({ Int64($0) }), stated != found
      else { continue }
      findings.add(
        .summaryDiffers,
        "the snapshot's summary says \(key) \(stated), its manifests have \(found)",
        Self.listLocation(of: snapshot), [snapshot.id])
    }
  }

  /// Reads all manifests, each once, and hands their live files on.
  func checkManifests(
    _ manifests: [CheckedManifest], files: FileSorter, vectors: FileSorter, rowIDs: FileSorter
  ) async throws {
    let done = Mutex(0)
    let reader = manifestReader
    _ = try await Array(manifests.indices).concurrentMap(limit: options.concurrency) { index in
      try Task.checkCancellation()
      let manifest = manifests[index]
      do {
        let bytes = try await reader.bytes(of: manifest.manifest)
        if Int64(bytes.count) != manifest.manifest.length {
          findings.add(
            .lengthDiffers,
            "the manifest has \(bytes.count) bytes, its list says \(manifest.manifest.length)",
            manifest.manifest.location, ids(manifest.snapshots))
        }
        var entries = try reader.entryReader(
          of: manifest.manifest, bytes: bytes, metrics: .none)
        var check = ManifestCheck(manifest, index, of: self)
        while let some = try entries.next(lookingAt: 2048) {
          try await check.add(some, files: files, vectors: vectors, rowIDs: rowIDs)
        }
        check.finish()
      } catch {
        try note(error, about: manifest.manifest.location, ids(manifest.snapshots))
      }
      let count = done.withLock { count in
        count += 1
        return count
      }
      tell(.manifests, count, of: manifests.count)
    }
  }
}
