import Iceberg
import IcebergAvro
import IcebergBytes
import IcebergTestSupport
import Testing

/// Manifest lists and manifests of other implementations.
@Suite(.needsSharedFiles) struct ManifestConformanceTests {
  static let tables: [String] =
    SharedFiles.folders(in: "golden-java").filter { SharedFiles.has($0 + "/expected.json") }
    + SharedFiles.folders(in: "golden-java/spark").filter { SharedFiles.has($0 + "/expected.json") }

  /// A table of the newest reference implementation, and what that says of its files.
  struct Table {
    let folder: String
    let expected: JSONValue
    let metadata: TableMetadata

    init(_ folder: String) throws {
      self.folder = folder
      expected = try JSONValue(parsing: SharedFiles.bytes(folder + "/expected.json"))
      location = try #require(expected["location"]?.text)
      let file = try #require(expected["metadata"]?.text)
      metadata = try TableMetadata(
        parsing: SharedFiles.bytes(folder + file.dropFirst(location.count)))
    }

    private let location: String

    func bytes(_ place: String) throws -> Bytes {
      let plain = place.hasPrefix("file:") ? String(place.dropFirst(5)) : place
      return try SharedFiles.bytes(folder + plain.dropFirst(location.count))
    }

    func manifests(of snapshot: Snapshot) throws -> [ManifestFile] {
      switch snapshot.manifests {
      case .list(let list): try ManifestListCodec.read(bytes(list))
      case .inline(let places):
        try places.map {
          try ManifestCodec.describe(bytes($0), location: $0, snapshotID: snapshot.id)
        }
      }
    }

    func partitionFields(of manifest: ManifestFile) throws -> [Field] {
      let spec = try #require(metadata.partitionSpec(id: manifest.partitionSpecID))
      return spec.partitionFields(in: metadata.currentSchema)
    }
  }

  @Test("summaries of manifests are those of the reference implementation", arguments: tables)
  func summaries(folder: String) throws {
    let table = try Table(folder)
    for expected in try #require(table.expected["snapshots"]?.elements) {
      let id = try #require(expected["snapshot-id"]?.int64)
      guard let snapshot = table.metadata.snapshot(id: id),
        let manifests = expected["manifests"]?.elements
      else { continue }
      let found = try table.manifests(of: snapshot)
      #expect(found.count == manifests.count)
      for (manifest, expected) in zip(found, manifests) {
        let differences = JSONDifference.between(expected, Self.json(manifest))
          .filter { !Self.isUnknown($0, snapshot) }
        #expect(differences.isEmpty, "\(manifest.location): \(differences)")
      }
    }
  }

  /// A manifest that a snapshot names itself has no description: not all of it can be told from its
  /// entries as the reference implementation would have told it.
  private static func isUnknown(_ difference: JSONDifference, _ snapshot: Snapshot) -> Bool {
    if case .inline = snapshot.manifests, difference.old == nil || difference.old == .null {
      return true
    }
    return false
  }

  private static func json(_ manifest: ManifestFile) -> JSONValue {
    var object: JSONObject = [
      "path": .string(manifest.location), "length": .integer(manifest.length),
      "spec-id": .integer(Int64(manifest.partitionSpecID)),
      "content": manifest.content == .data ? "DATA" : "DELETES",
      "sequence-number": .integer(manifest.sequenceNumber),
      "min-sequence-number": .integer(manifest.minSequenceNumber),
      "snapshot-id": .integer(manifest.addedSnapshotID),
    ]
    object["added-files"] = manifest.addedFilesCount.map { .integer(Int64($0)) }
    object["existing-files"] = manifest.existingFilesCount.map { .integer(Int64($0)) }
    object["deleted-files"] = manifest.deletedFilesCount.map { .integer(Int64($0)) }
    object["added-rows"] = manifest.addedRowsCount.map { .integer($0) }
    object["existing-rows"] = manifest.existingRowsCount.map { .integer($0) }
    object["deleted-rows"] = manifest.deletedRowsCount.map { .integer($0) }
    object["first-row-id"] = manifest.firstRowID.map { .integer($0) }
    object["partitions"] = manifest.partitions.map { partitions in
      .array(
        partitions.map { field in
          var object: JSONObject = ["contains-null": .bool(field.containsNull)]
          object["contains-nan"] = field.containsNaN.map { .bool($0) }
          object["lower"] = field.lowerBound.map { .string(hex($0)) }
          object["upper"] = field.upperBound.map { .string(hex($0)) }
          return .object(object)
        })
    }
    return .object(object)
  }

  @Test("live files and their metrics are those of the reference implementation", arguments: tables)
  func files(folder: String) throws {
    let table = try Table(folder)
    for expected in try #require(table.expected["snapshots"]?.elements) {
      let id = try #require(expected["snapshot-id"]?.int64)
      guard let snapshot = table.metadata.snapshot(id: id),
        let files = expected["files"]?.elements
      else { continue }
      var found: [String: JSONValue] = [:]
      for manifest in try table.manifests(of: snapshot) {
        let fields = try table.partitionFields(of: manifest)
        let entries = try ManifestCodec.read(
          table.bytes(manifest.location), as: manifest, partitionFields: fields
        ) { $0.isLive }
        for entry in entries { found[Self.key(entry)] = try Self.json(entry, fields) }
      }
      #expect(found.count == files.count)
      for expected in files {
        let key = "\(expected["path"]?.text ?? "")#\(expected["content-offset"]?.int64 ?? -1)"
        let entry = try #require(found[key], "\(key) is missing")
        // Values of partitions have forms of their own there; the scans compare them.
        let differences = JSONDifference.between(expected, entry)
          .filter { !$0.place.hasPrefix("$.partition") }
        #expect(differences.isEmpty, "\(key): \(differences)")
      }
    }
  }

  private static func key(_ entry: ManifestEntry) -> String {
    "\(entry.dataFile.location)#\(entry.dataFile.contentOffset ?? -1)"
  }

  private static func json(_ entry: ManifestEntry, _ fields: [Field]) throws -> JSONValue {
    let file = entry.dataFile
    let contents = ["DATA", "POSITION_DELETES", "EQUALITY_DELETES"]
    var object: JSONObject = [
      "content": .string(contents[file.content.rawValue]), "path": .string(file.location),
      "format": .string(file.format.rawValue.uppercased()),
      "spec-id": .integer(Int64(file.specID)), "partition": [:],
      "record-count": .integer(file.recordCount), "file-size": .integer(file.fileSizeInBytes),
      "status": .string("\(entry.status)".uppercased()),
    ]
    object["snapshot-id"] = entry.snapshotID.map { .integer($0) }
    object["data-sequence-number"] = entry.sequenceNumber.map { .integer($0) }
    object["file-sequence-number"] = entry.fileSequenceNumber.map { .integer($0) }
    object["sort-order-id"] = file.sortOrderID.map { .integer(Int64($0)) }
    object["first-row-id"] = file.firstRowID.map { .integer($0) }
    object["referenced-data-file"] = file.referencedDataFile.map { .string($0) }
    object["content-offset"] = file.contentOffset.map { .integer($0) }
    object["content-size"] = file.contentSizeInBytes.map { .integer($0) }
    object["split-offsets"] = file.splitOffsets.map { .array($0.map { .integer($0) }) }
    object["equality-ids"] = file.equalityIDs.map { .array($0.map { .integer(Int64($0)) }) }
    object["column-sizes"] = counts(file.columnSizes)
    object["value-counts"] = counts(file.valueCounts)
    object["null-value-counts"] = counts(file.nullValueCounts)
    object["nan-value-counts"] = counts(file.nanValueCounts)
    object["lower-bounds"] = bounds(file.lowerBounds)
    object["upper-bounds"] = bounds(file.upperBounds)
    return .object(object)
  }

  private static func counts(_ map: [Int: Int64]?) -> JSONValue? {
    map.map { map in
      .object(JSONObject(map.map { JSONObject.Member(String($0.key), .integer($0.value)) }))
    }
  }

  private static func bounds(_ map: [Int: Bytes]?) -> JSONValue? {
    map.map { map in
      .object(JSONObject(map.map { JSONObject.Member(String($0.key), .string(hex($0.value))) }))
    }
  }

  private static func hex(_ bytes: Bytes) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test("manifests written anew say the same, and are described as they were", arguments: tables)
  func rewrite(folder: String) throws {
    let table = try Table(folder)
    for snapshot in table.metadata.snapshots {
      guard case .list(let place) = snapshot.manifests, let list = try? table.bytes(place) else {
        continue
      }
      for manifest in try ManifestListCodec.read(list) {
        let bytes = try table.bytes(manifest.location)
        let header = try ManifestHeader(parsing: bytes)
        let schema = try #require(try header.schema())
        let spec = try #require(try header.partitionSpec())
        var writer = try ManifestWriter(
          formatVersion: header.formatVersion, content: header.content, schema: schema, spec: spec,
          snapshotID: manifest.addedSnapshotID,
          syncMarker: AvroSyncMarker(derivedFrom: Bytes(utf8: place)))
        let entries = try ManifestCodec.read(bytes)
        for entry in entries { try writer.append(entry) }
        var (rewritten, description) = try writer.finish(location: manifest.location)
        #expect(try ManifestCodec.read(rewritten) == entries)
        // What only the list knows.
        description.length = manifest.length
        description.firstRowID = manifest.firstRowID
        description.sequenceNumber = manifest.sequenceNumber
        if description.minSequenceNumber == ManifestFile.unassignedSequenceNumber {
          description.minSequenceNumber = manifest.sequenceNumber
        }
        #expect(description == manifest)
      }
    }
  }

  // MARK: Every manifest there is

  @Test("every manifest and manifest list of other implementations is read")
  func readAll() throws {
    var manifests = 0
    var entries = 0
    var lists = 0
    for folder in ["corpus", "golden", "golden-java"] {
      for file in SharedFiles.files(under: folder, suffix: ".avro") {
        let bytes = try SharedFiles.bytes(file)
        guard let header = try? ManifestHeader(parsing: bytes) else { continue }
        if let list = try? ManifestListCodec.read(bytes) {
          lists += list.isEmpty ? 0 : 1
          continue
        }
        guard (try? header.schema()) != nil || file.contains("-m0") else { continue }
        do {
          entries += try ManifestCodec.read(bytes).count
          manifests += 1
        } catch  where file.contains("/data/") {
          continue
        } catch {
          Issue.record("\(file): \(error)")
        }
      }
    }
    print("manifests of others: \(manifests) with \(entries) entries, \(lists) lists")
    #expect(manifests > 700 && entries > 19_000 && lists > 600)
  }

  @Test("fixed partition values with a length in front, as Java writes them, are read")
  func fixedPartitions() throws {
    let folder = "golden/java_v2_part_identity_fx/metadata"
    let file = try #require(SharedFiles.files(under: folder, suffix: "-m0.avro").first)
    let values = try ManifestCodec.read(SharedFiles.bytes(file)).map {
      $0.dataFile.partition.values
    }
    #expect(
      values == [
        [nil], [.fixed([0, 0, 0, 0, 0])], [.fixed([0xff, 0xfe, 0, 1, 2])],
        [.fixed([0x61, 0x62, 0x63, 0x64, 0x65])], [.fixed([0, 0, 0, 0, 1])],
      ])
  }
}
