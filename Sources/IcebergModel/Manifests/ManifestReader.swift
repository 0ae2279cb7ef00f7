import IcebergAvro
import IcebergBytes

/// Walks over the entries of one manifest, by a plan made once for the file.
struct ManifestReader {
  private var file: AvroFileReader
  private let plan: AvroReadPlan
  private let header: ManifestHeader
  private let manifest: ManifestFile?
  private let columns: MetricColumns
  private let rootSteps: [Step]
  private let fileSteps: [Step]
  private var partition: PartitionTupleReader
  private let partitionIndex: Int?
  private let partitionFields: [Field]
  private let hasSequenceNumbers: Bool
  private let specID: Int
  private var nextRowID: Int64?
  /// What is left of the block being read.
  private var block = Bytes()
  private var entriesLeft = 0
  private var hasStarted = false

  /// A node and the id of the field that it is, -1 when it is not wanted.
  private struct Step {
    let index: Int
    let node: AvroReadPlan.Node
    let id: Int
  }

  init(
    _ bytes: Bytes, manifest: ManifestFile?, partitionFields: [Field]?, metrics: MetricsSelection
  ) throws {
    file = try AvroFileReader(bytes)
    header = try ManifestHeader(file.header)
    self.manifest = manifest
    columns = MetricColumns(metrics)
    let written = file.schema.fields.first { $0.fieldID == ID.dataFile || $0.name == "data_file" }?
      .schema.nonNull.fields
      .first { $0.fieldID == ID.partition || $0.name == "partition" }?.schema.nonNull
    let wanted = ManifestSchemas.entry(
      formatVersion: 3, partition: written ?? .record("r102", []))
    plan = try AvroReadPlan(writer: file.schema, reader: wanted, matching: .fieldIDsOrNames)
    rootSteps = Self.steps(of: plan.root, wanted.fields, plan)
    guard let fileStep = rootSteps.first(where: { $0.id == ID.dataFile }),
      let wantedFile = wanted.fields.first(where: { $0.fieldID == ID.dataFile })
    else { throw FormatError(.badValue, "a manifest without the field 'data_file'") }
    fileSteps = Self.steps(of: fileStep.node, wantedFile.schema.fields, plan)
    hasSequenceNumbers = rootSteps.contains { $0.id == ID.sequenceNumber }
    try Self.checkRequired(rootSteps, [(ID.status, "status")])
    try Self.checkRequired(
      fileSteps,
      [
        (ID.location, "file_path"), (ID.format, "file_format"), (ID.recordCount, "record_count"),
        (ID.fileSizeInBytes, "file_size_in_bytes"),
      ])
    partitionIndex = fileSteps.first { $0.id == ID.partition }?.index
    self.partitionFields =
      try partitionFields ?? header.partitionFields() ?? Self.fields(of: written)
    partition = try PartitionTupleReader(
      at: partitionIndex, in: plan, wanted: self.partitionFields, hasLengths: false)
    specID = manifest?.partitionSpecID ?? header.partitionSpecID ?? 0
    nextRowID = manifest?.content == .data ? manifest?.firstRowID : nil
  }

  private typealias ID = ManifestSchemas.EntryField

  private static func steps(
    of node: AvroReadPlan.Node, _ wanted: [AvroField], _ plan: AvroReadPlan
  ) -> [Step] {
    plan.children(of: node).map { index in
      let place = Int(plan[index].readerIndex)
      return Step(
        index: index, node: plan[index], id: place < 0 ? -1 : wanted[place].fieldID ?? -1)
    }
  }

  private static func checkRequired(
    _ steps: [Step], _ required: [(id: Int, name: String)]
  ) throws(FormatError) {
    for (id, name) in required where !steps.contains(where: { $0.id == id }) {
      throw FormatError(.badValue, "a manifest without the field '\(name)'")
    }
  }

  /// The fields of tuples of which only the Avro schema is known.
  private static func fields(of partition: AvroSchema?) -> [Field] {
    (partition?.fields ?? []).enumerated().map { index, field in
      .optional(
        field.name, FieldType(avro: field.schema),
        id: field.fieldID ?? PartitionSpec.firstFieldID + index)
    }
  }

  // MARK: Entries

  /// The next entries for which `isIncluded` is true, of at least `limit` that are looked at unless
  /// the file ends; nil at its end.
  ///
  /// Of files whose partition `isPartitionIncluded` refuses, no metrics are read.
  mutating func next(
    lookingAt limit: Int, isPartitionIncluded: (StructValue) throws(IcebergError) -> Bool,
    where isIncluded: (ManifestEntry) throws(IcebergError) -> Bool
  ) throws -> [ManifestEntry]? {
    guard partition.hasFixedValues, !partition.hasLengths, !hasStarted else {
      return try readEntries(limit, isPartitionIncluded, isIncluded)
    }
    // Java puts a length in front of fixed values, against the schema it writes. Where every such
    // value has its right length in front and all blocks come out even, that is what it is.
    hasStarted = true
    var trial = self
    do {
      while try trial.readEntries(.max, { _ in false }, { _ in false }) != nil {}
    } catch let failure as FormatError {
      var other = self
      other.partition = try PartitionTupleReader(
        at: partitionIndex, in: plan, wanted: partitionFields, hasLengths: true)
      let start = other
      do {
        while try other.readEntries(.max, { _ in false }, { _ in false }) != nil {}
      } catch {
        throw failure
      }
      self = start
    }
    return try readEntries(limit, isPartitionIncluded, isIncluded)
  }

  private mutating func readEntries(
    _ limit: Int, _ isPartitionIncluded: (StructValue) throws(IcebergError) -> Bool,
    _ isIncluded: (ManifestEntry) throws(IcebergError) -> Bool
  ) throws -> [ManifestEntry]? {
    var entries: [ManifestEntry] = []
    var seen = 0
    while seen < limit {
      if entriesLeft == 0 {
        guard block.isEmpty else {
          throw FormatError(.badValue, "more bytes in a block than entries take")
        }
        guard let next = try file.nextBlock() else { return seen == 0 ? nil : entries }
        (block, entriesLeft) = (next.bytes, next.count)
        continue
      }
      let bytes = block
      var decoder = AvroDecoder(bytes)
      while entriesLeft > 0, seen < limit {
        var isExcluded = false
        var entry = try readEntry(&decoder) { partition throws(IcebergError) in
          isExcluded = !(try isPartitionIncluded(partition))
          return !isExcluded
        }
        try inherit(&entry)
        if !isExcluded, try isIncluded(entry) { entries.append(entry) }
        entriesLeft -= 1
        seen += 1
      }
      block = bytes[decoder.offset..<bytes.count]
    }
    return entries
  }

  private func readEntry(
    _ decoder: inout AvroDecoder, needsMetrics: (StructValue) throws(IcebergError) -> Bool
  ) throws -> ManifestEntry {
    var status: ManifestEntry.Status?
    var snapshotID: Int64?
    var sequenceNumber: Int64?
    var fileSequenceNumber: Int64?
    var dataFile: DataFile?
    for step in rootSteps {
      switch step.id {
      case ID.status:
        status = try decoder.readInt(step.node).flatMap { ManifestEntry.Status(rawValue: Int($0)) }
      case ID.snapshotID: snapshotID = try decoder.readLong(step.node)
      case ID.sequenceNumber: sequenceNumber = try decoder.readLong(step.node)
      case ID.fileSequenceNumber: fileSequenceNumber = try decoder.readLong(step.node)
      case ID.dataFile:
        guard try decoder.readIsPresent(step.node) else { break }
        dataFile = try readFile(&decoder, needsMetrics: needsMetrics)
      default: try decoder.skip(step.node, in: plan)
      }
    }
    guard let status, let dataFile else {
      throw FormatError(.badValue, at: decoder.offset, "an entry of unknown status or without file")
    }
    return ManifestEntry(
      status: status, snapshotID: snapshotID, sequenceNumber: sequenceNumber,
      fileSequenceNumber: fileSequenceNumber, dataFile: dataFile)
  }

  private func readFile(
    _ decoder: inout AvroDecoder, needsMetrics: (StructValue) throws(IcebergError) -> Bool
  ) throws -> DataFile {
    var hasMetrics = !columns.isEmpty
    var file = DataFile(
      location: "", format: .parquet, specID: specID, recordCount: 0, fileSizeInBytes: 0)
    for step in fileSteps {
      let node = step.node
      switch step.id {
      case ID.content:
        let number = try decoder.readInt(node) ?? 0
        guard let content = DataFile.Content(rawValue: Int(number)) else {
          throw FormatError(.badValue, at: decoder.offset, "a file of unknown content \(number)")
        }
        file.content = content
      case ID.location: file.location = try Self.required(decoder.readString(node), "file_path")
      case ID.format: file.format = try Self.format(decoder.readString(node), at: decoder.offset)
      case ID.partition:
        if try decoder.readIsPresent(node) {
          file.partition = try partition.read(&decoder, in: plan)
          if try !needsMetrics(file.partition) { hasMetrics = false }
        }
      case ID.recordCount:
        file.recordCount = try Self.required(decoder.readLong(node), "record_count")
      case ID.fileSizeInBytes:
        file.fileSizeInBytes = try Self.required(decoder.readLong(node), "file_size_in_bytes")
      case ID.columnSizes: file.columnSizes = try readCounts(node, &decoder, hasMetrics)
      case ID.valueCounts: file.valueCounts = try readCounts(node, &decoder, hasMetrics)
      case ID.nullValueCounts: file.nullValueCounts = try readCounts(node, &decoder, hasMetrics)
      case ID.nanValueCounts: file.nanValueCounts = try readCounts(node, &decoder, hasMetrics)
      case ID.lowerBounds: file.lowerBounds = try readBounds(node, &decoder, hasMetrics)
      case ID.upperBounds: file.upperBounds = try readBounds(node, &decoder, hasMetrics)
      case ID.keyMetadata:
        file.keyMetadata = try decoder.readBytes(node).map { Bytes(copying: $0) }
      case ID.splitOffsets: file.splitOffsets = try readOffsets(node, &decoder)
      case ID.equalityIDs: file.equalityIDs = try readOffsets(node, &decoder)?.map { Int($0) }
      case ID.sortOrderID: file.sortOrderID = try decoder.readInt(node).map { Int($0) }
      case ID.firstRowID: file.firstRowID = try decoder.readLong(node)
      case ID.referencedDataFile: file.referencedDataFile = try decoder.readString(node)
      case ID.contentOffset: file.contentOffset = try decoder.readLong(node)
      case ID.contentSizeInBytes: file.contentSizeInBytes = try decoder.readLong(node)
      default: try decoder.skip(node, in: plan)
      }
    }
    guard file.recordCount >= 0, file.fileSizeInBytes >= 0 else {
      throw FormatError(.badValue, at: decoder.offset, "a file of negative size")
    }
    return file
  }

  private static func required<T>(_ value: T?, _ name: String) throws(FormatError) -> T {
    guard let value else { throw FormatError(.badValue, "an entry without '\(name)'") }
    return value
  }

  private static func format(_ name: String?, at offset: Int) throws(FormatError) -> FileFormat {
    switch name {
    case "PARQUET", "parquet": return .parquet
    case let name?:
      guard let format = FileFormat(rawValue: name.lowercased()) else {
        throw FormatError(.unsupported, at: offset, "a file of format '\(name)'")
      }
      return format
    case nil: throw FormatError(.badValue, "an entry without 'file_format'")
    }
  }

  // MARK: Maps and lists

  private func readCounts(
    _ node: AvroReadPlan.Node, _ decoder: inout AvroDecoder, _ isWanted: Bool
  ) throws(FormatError) -> [Int: Int64]? {
    guard isWanted else {
      try decoder.skip(node, in: plan)
      return nil
    }
    guard try decoder.readIsPresent(node) else { return nil }
    let key = plan[Int(node.firstChild)]
    let value = plan[Int(node.firstChild) + 1]
    var counts: [Int: Int64] = [:]
    while case let count = try decoder.readItemCount(node, in: plan), count > 0 {
      if columns.areAll { counts.reserveCapacity(counts.count + count) }
      for _ in 0..<count {
        let id = Int(try Self.required(decoder.readInt(key), "key"))
        let number = try Self.required(decoder.readLong(value), "value")
        if columns.contains(id) { counts[id] = number }
      }
    }
    return counts
  }

  private func readBounds(
    _ node: AvroReadPlan.Node, _ decoder: inout AvroDecoder, _ isWanted: Bool
  ) throws(FormatError) -> [Int: Bytes]? {
    guard isWanted else {
      try decoder.skip(node, in: plan)
      return nil
    }
    guard try decoder.readIsPresent(node) else { return nil }
    let key = plan[Int(node.firstChild)]
    let value = plan[Int(node.firstChild) + 1]
    var bounds: [Int: Bytes] = [:]
    while case let count = try decoder.readItemCount(node, in: plan), count > 0 {
      if columns.areAll { bounds.reserveCapacity(bounds.count + count) }
      for _ in 0..<count {
        let id = Int(try Self.required(decoder.readInt(key), "key"))
        if columns.contains(id) {
          // A few bounds must not keep whole blocks in memory.
          let bound = try Self.required(decoder.readBytes(value), "value")
          bounds[id] = columns.areAll ? bound : Bytes(copying: bound)
        } else {
          try decoder.skip(value, in: plan)
        }
      }
    }
    return bounds
  }

  private func readOffsets(
    _ node: AvroReadPlan.Node, _ decoder: inout AvroDecoder
  ) throws(FormatError) -> [Int64]? {
    guard try decoder.readIsPresent(node) else { return nil }
    let element = plan[Int(node.firstChild)]
    var offsets: [Int64] = []
    while case let count = try decoder.readItemCount(node, in: plan), count > 0 {
      offsets.reserveCapacity(offsets.count + count)
      for _ in 0..<count {
        offsets.append(try Self.required(decoder.readLong(element), "element"))
      }
    }
    return offsets
  }

  // MARK: Inheritance

  /// Fills in what the entry leaves to the manifest list.
  private mutating func inherit(_ entry: inout ManifestEntry) throws(FormatError) {
    guard let manifest else { return }
    guard (manifest.content == .data) == (entry.dataFile.content == .data) else {
      throw FormatError(
        .badValue, "a \(entry.dataFile.content) file in a manifest of \(manifest.content)")
    }
    entry.snapshotID = entry.snapshotID ?? manifest.addedSnapshotID
    if !hasSequenceNumbers {
      entry.sequenceNumber = 0
      entry.fileSequenceNumber = 0
    } else if entry.status == .added || manifest.sequenceNumber == 0 {
      entry.sequenceNumber = entry.sequenceNumber ?? manifest.sequenceNumber
      entry.fileSequenceNumber = entry.fileSequenceNumber ?? manifest.sequenceNumber
    }
    if entry.status == .existing, entry.sequenceNumber == nil {
      throw FormatError(.badValue, "an existing entry without sequence number")
    }
    try assignRowIDs(&entry)
  }

  private mutating func assignRowIDs(_ entry: inout ManifestEntry) throws(FormatError) {
    guard manifest?.firstRowID != nil, entry.dataFile.content == .data else {
      // Without an id for the manifest, rows have none: what is written there is not to be trusted.
      entry.dataFile.firstRowID = nil
      return
    }
    guard entry.status != .deleted, entry.dataFile.firstRowID == nil, let next = nextRowID else {
      return
    }
    entry.dataFile.firstRowID = next
    let (sum, overflow) = next.addingReportingOverflow(entry.dataFile.recordCount)
    if overflow { throw FormatError(.badValue, "row ids of more than 64 bits") }
    nextRowID = sum
  }
}
