public import IcebergBytes

extension TableMetadata {
  /// The newest format version that this library reads and writes.
  public static let newestFormatVersion = 3

  /// Reads table metadata of version 1, 2 or 3 from a parsed document.
  ///
  /// Throws as ``init(parsing:)`` does.
  public init(json: JSONValue) throws(IcebergError) { try self.init(json: JSONNode(json)) }

  /// Reads table metadata of version 1, 2 or 3.
  ///
  /// Throws `unsupported` for a newer version, and `invalidMetadata` naming the place in the document
  /// for everything that breaks a rule of the format.
  ///
  /// Spec: Table Metadata Fields; Appendix C; Appendix E for what older versions leave out.
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let versionNode = try reader.required("format-version")
    let version = try versionNode.int()
    guard version >= 1 else {
      throw versionNode.invalid("format version \(version) does not exist")
    }
    guard version <= Self.newestFormatVersion else {
      throw versionNode.unsupported(
        """
        format version \(version) is not supported; this library reads versions 1 to \
        \(Self.newestFormatVersion)
        """)
    }
    let uuid = try Self.readUUID(&reader, version)
    let location = try reader.required("location").string()
    // Version 1 has no sequence numbers, whatever is written there.
    let lastSequenceNumber =
      version == 1 ? nil : try reader.required("last-sequence-number").int64()
    let lastUpdatedMillis = try reader.required("last-updated-ms").int64()
    let lastColumnID = try reader.required("last-column-id").int()
    let (schemas, currentSchemaID) = try Self.readSchemas(&reader, version)
    let (specs, defaultSpecID) = try Self.readPartitionSpecs(&reader, version)
    let lastPartitionID = try Self.readLastPartitionID(&reader, version, specs)
    let (sortOrders, defaultSortOrderID) = try Self.readSortOrders(&reader, version)
    self.init(
      formatVersion: version, tableUUID: uuid, location: Self.withoutTrailingSlash(location),
      lastUpdatedMillis: lastUpdatedMillis, lastColumnID: lastColumnID, schemas: schemas,
      currentSchemaID: currentSchemaID, partitionSpecs: specs, defaultSpecID: defaultSpecID,
      lastPartitionID: lastPartitionID, sortOrders: sortOrders,
      defaultSortOrderID: defaultSortOrderID,
      properties: try reader.optional("properties")?.stringMap() ?? [:])
    self.lastSequenceNumber = lastSequenceNumber ?? 0
    try readHistory(&reader)
    if version >= 3 { try readNextRowID(&reader) }
    try readFiles(&reader)
    unknownMembers = reader.unreadMembers
    try validate()
  }

  private static func readUUID(
    _ reader: inout JSONObjectReader, _ version: Int
  ) throws(IcebergError) -> String? {
    guard
      let node = version == 1 ? reader.optional("table-uuid") : try reader.required("table-uuid")
    else { return nil }
    let text = try node.string()
    guard isUUID(text) else { throw node.invalid("'table-uuid' must be a UUID, found '\(text)'") }
    return text
  }

  /// Version 1 may have one schema in `schema`; where there is a list too, the list counts, unless it
  /// does not say which of them is the current one.
  private static func readSchemas(
    _ reader: inout JSONObjectReader, _ version: Int
  ) throws(IcebergError) -> ([Schema], current: Int) {
    if version > 1 || (reader.has("schemas") && reader.has("current-schema-id")) {
      let schemas = try reader.required("schemas").array { node throws(IcebergError) in
        try Schema(json: node)
      }
      let current = try reader.required("current-schema-id")
      let currentID = try current.int()
      guard schemas.contains(where: { $0.id == currentID }) else {
        throw current.invalid("no schema has the id \(currentID) of the current schema")
      }
      if version == 1 { _ = reader.member("schema") }
      return (schemas, currentID)
    }
    let current = try Schema(json: try reader.required("schema"))
    var schemas =
      try reader.optional("schemas")?.array { node throws(IcebergError) in
        try Schema(json: node)
      } ?? []
    if !schemas.contains(where: { $0.id == current.id }) { schemas.append(current) }
    return (schemas, current.id)
  }

  /// Version 1 may have the fields of one spec in `partition-spec`. Where a list does not say which
  /// spec is the default, it is the latest.
  private static func readPartitionSpecs(
    _ reader: inout JSONObjectReader, _ version: Int
  ) throws(IcebergError) -> ([PartitionSpec], default: Int) {
    if version == 1, !reader.has("partition-specs") {
      let fields = try PartitionSpec.fields(json: try reader.required("partition-spec"))
      return ([PartitionSpec(id: 0, fields: fields)], 0)
    }
    let specs = try reader.required("partition-specs").array { node throws(IcebergError) in
      try PartitionSpec(json: node)
    }
    if version == 1 {
      _ = reader.member("partition-spec")
      if !reader.has("default-spec-id") { return (specs, specs.map(\.id).max() ?? 0) }
    }
    return (specs, try reader.required("default-spec-id").int())
  }

  private static func readLastPartitionID(
    _ reader: inout JSONObjectReader, _ version: Int, _ specs: [PartitionSpec]
  ) throws(IcebergError) -> Int {
    if version > 1 { return try reader.required("last-partition-id").int() }
    if let node = reader.optional("last-partition-id") { return try node.int() }
    return specs.flatMap(\.fields).map(\.fieldID).max() ?? PartitionSpec.firstFieldID - 1
  }

  private static func readSortOrders(
    _ reader: inout JSONObjectReader, _ version: Int
  ) throws(IcebergError) -> ([TableSortOrder], default: Int) {
    guard version > 1 || reader.has("sort-orders") else {
      return ([.unsorted], TableSortOrder.unsorted.id)
    }
    let orders = try reader.required("sort-orders").array { node throws(IcebergError) in
      try TableSortOrder(json: node)
    }
    if version == 1, !reader.has("default-sort-order-id") {
      return (orders, TableSortOrder.unsorted.id)
    }
    return (orders, try reader.required("default-sort-order-id").int())
  }

  private mutating func readHistory(_ reader: inout JSONObjectReader) throws(IcebergError) {
    if let id = try reader.optional("current-snapshot-id")?.int64(), id != -1 {
      currentSnapshotID = id
    }
    if let node = reader.optional("refs") {
      for (name, node) in try node.members() {
        let reference = try SnapshotReference(json: node)
        // ClickHouse gives empty tables a main branch that stands for no snapshot.
        if reference.snapshotID == -1, currentSnapshotID == nil { continue }
        references[name] = reference
      }
    } else if let id = currentSnapshotID {
      references[SnapshotReference.main] = SnapshotReference(snapshotID: id, kind: .branch)
    }
    snapshots =
      try reader.optional("snapshots")?.array { node throws(IcebergError) in
        try Snapshot(json: node)
      } ?? []
    snapshotLog =
      try reader.optional("snapshot-log")?.array { node throws(IcebergError) in
        try SnapshotLogEntry(json: node)
      } ?? []
    metadataLog =
      try reader.optional("metadata-log")?.array { node throws(IcebergError) in
        try MetadataLogEntry(json: node)
      } ?? []
  }

  private mutating func readNextRowID(_ reader: inout JSONObjectReader) throws(IcebergError) {
    // Early writers of version 3 left it out; as long as no row exists, it can only be zero.
    if snapshots.isEmpty, !reader.has("next-row-id") { return }
    let node = try reader.required("next-row-id")
    let id = try node.int64()
    guard id >= 0 else { throw node.invalid("'next-row-id' must not be negative, found \(id)") }
    nextRowID = id
  }

  private mutating func readFiles(_ reader: inout JSONObjectReader) throws(IcebergError) {
    statistics =
      try reader.optional("statistics")?.array { node throws(IcebergError) in
        try StatisticsFile(json: node)
      } ?? []
    partitionStatistics =
      try reader.optional("partition-statistics")?.array { node throws(IcebergError) in
        try PartitionStatisticsFile(json: node)
      } ?? []
    encryptionKeys =
      try reader.optional("encryption-keys")?.array { node throws(IcebergError) in
        try EncryptedKey(json: node)
      } ?? []
  }
}

extension TableMetadata {
  /// Whether `text` is a UUID: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
  static func isUUID(_ text: String) -> Bool {
    let bytes = text.utf8
    guard bytes.count == 36 else { return false }
    for (position, byte) in bytes.enumerated() {
      switch (position, byte) {
      case (8, UInt8(ascii: "-")), (13, UInt8(ascii: "-")), (18, UInt8(ascii: "-")),
        (23, UInt8(ascii: "-")):
        continue
      case (8, _), (13, _), (18, _), (23, _): return false
      case (_, UInt8(ascii: "0")...UInt8(ascii: "9")), (_, UInt8(ascii: "a")...UInt8(ascii: "f")),
        (_, UInt8(ascii: "A")...UInt8(ascii: "F")):
        continue
      default: return false
      }
    }
    return true
  }

  /// `location` without slashes at its end, but for those of `scheme://`.
  static func withoutTrailingSlash(_ location: String) -> String {
    var location = location[...]
    while location.hasSuffix("/"), !location.hasSuffix("://"), location.utf8.count > 1 {
      location.removeLast()
    }
    return String(location)
  }
}

extension TableMetadata.SnapshotLogEntry {
  /// Reads an entry of the snapshot log.
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let timestampMillis = try reader.requiredInt64("timestamp-ms")
    let snapshotID = try reader.requiredInt64("snapshot-id")
    self.init(
      timestampMillis: timestampMillis, snapshotID: snapshotID,
      unknownMembers: reader.unreadMembers)
  }

  /// The entry as table metadata writes it.
  package var json: JSONValue {
    var object = JSONObject()
    object.append("timestamp-ms", .integer(timestampMillis))
    object.append("snapshot-id", .integer(snapshotID))
    object.append(unknown: unknownMembers)
    return .object(object)
  }
}

extension TableMetadata.MetadataLogEntry {
  /// Reads an entry of the metadata log.
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let timestampMillis = try reader.required("timestamp-ms").int64()
    let location = try reader.required("metadata-file").string()
    self.init(
      timestampMillis: timestampMillis, location: location, unknownMembers: reader.unreadMembers)
  }

  /// The entry as table metadata writes it.
  package var json: JSONValue {
    var object = JSONObject()
    object.append("timestamp-ms", .integer(timestampMillis))
    object.append("metadata-file", .string(location))
    object.append(unknown: unknownMembers)
    return .object(object)
  }
}
