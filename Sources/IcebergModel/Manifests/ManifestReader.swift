import IcebergAvro
import IcebergBytes

/// Walks over the entries of one manifest, by a plan made once for the file.
struct ManifestReader {
  private var file: AvroFileReader
  let plan: AvroReadPlan
  private let header: ManifestHeader
  private let manifest: ManifestFile?
  let columns: MetricColumns
  private let rootSteps: [Step]
  private let fileSteps: [Step]
  private var partition: PartitionTupleReader
  private let partitionIndex: Int?
  private let partitionFields: [Field]
  private let hasSequenceNumbers: Bool
  private let specID: Int
  private let blockLimit: Int
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
    _ bytes: Bytes, manifest: ManifestFile?, partitionFields: [Field]?, metrics: MetricsSelection,
    blockLimit: Int
  ) throws {
    file = try AvroFileReader(bytes)
    self.blockLimit = blockLimit
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

  typealias PartitionTest = (StructValue) throws(IcebergError) -> Bool
  typealias MetricsTest = (EntryMetrics) -> Bool
  typealias EntryTest = (ManifestEntry) throws(IcebergError) -> Bool

  /// The next entries for which all tests are true, of at least `limit` that are looked at unless the
  /// file ends; nil at its end.
  ///
  /// The tests are made in their order. Of files whose partition is refused, no metrics are read; of
  /// those whose metrics are, nothing else is made.
  mutating func next(
    lookingAt limit: Int, isPartitionIncluded: PartitionTest, areMetricsIncluded: MetricsTest,
    where isIncluded: EntryTest
  ) throws -> [ManifestEntry]? {
    guard partition.hasFixedValues, !partition.hasLengths, !hasStarted else {
      return try readEntries(limit, isPartitionIncluded, areMetricsIncluded, isIncluded)
    }
    // Java puts a length in front of fixed values, against the schema it writes. Where every such
    // value has its right length in front and all blocks come out even, that is what it is.
    hasStarted = true
    var trial = self
    do {
      while try trial.skipEntries() != nil {}
    } catch let failure as FormatError {
      var other = self
      other.partition = try PartitionTupleReader(
        at: partitionIndex, in: plan, wanted: partitionFields, hasLengths: true)
      let start = other
      do {
        while try other.skipEntries() != nil {}
      } catch {
        throw failure
      }
      self = start
    }
    return try readEntries(limit, isPartitionIncluded, areMetricsIncluded, isIncluded)
  }

  /// Readers of parts of the file, at most `count`, in the order of the entries: one where entries take
  /// something from those before them.
  func split(into count: Int) throws(FormatError) -> [ManifestReader] {
    guard nextRowID == nil, !partition.hasFixedValues, entriesLeft == 0 else { return [self] }
    return try file.split(into: count).map { file in
      var part = self
      part.file = file
      return part
    }
  }

  private mutating func skipEntries() throws -> [ManifestEntry]? {
    try readEntries(.max, { _ in false }, { _ in false }, { _ in false })
  }

  private mutating func readEntries(
    _ limit: Int, _ isPartitionIncluded: PartitionTest, _ areMetricsIncluded: MetricsTest,
    _ isIncluded: EntryTest
  ) throws -> [ManifestEntry]? {
    var entries: [ManifestEntry] = []
    var scratch = Scratch()
    var seen = 0
    while seen < limit {
      if entriesLeft == 0 {
        guard block.isEmpty else {
          throw FormatError(.badValue, "more bytes in a block than entries take")
        }
        guard let next = try file.nextBlock(limit: blockLimit) else {
          return seen == 0 ? nil : entries
        }
        (block, entriesLeft) = (next.bytes, next.count)
        continue
      }
      let bytes = block
      var decoder = AvroDecoder(bytes)
      while entriesLeft > 0, seen < limit {
        var entry = try readEntry(&decoder, bytes, &scratch, isPartitionIncluded)
        try inherit(&entry)
        if !entry.isExcluded, areMetricsIncluded(scratch.metrics) {
          let made = try make(entry, &decoder, scratch.partition, scratch.metrics)
          if try isIncluded(made) { entries.append(made) }
        }
        entriesLeft -= 1
        seen += 1
      }
      block = bytes[decoder.offset..<bytes.count]
    }
    return entries
  }

  /// What is used again for the next entry.
  private struct Scratch {
    var metrics = EntryMetrics()
    /// The partition tuple of the entry before, which is often that of this one, and its bytes.
    var partition = StructValue()
    var partitionBytes: Bytes?
  }

  /// An entry as it was walked over: numbers alone. What takes memory of its own has still to be read.
  private struct WalkedEntry: BitwiseCopyable {
    var status: ManifestEntry.Status
    var snapshotID: Int64?
    var sequenceNumber: Int64?
    var fileSequenceNumber: Int64?
    var file: WalkedFile

    var isExcluded: Bool { file.isExcluded }
  }

  private struct WalkedFile: BitwiseCopyable {
    var content = DataFile.Content.data
    var format = FileFormat.parquet
    /// Whether the partition was refused.
    var isExcluded = false
    var recordCount: Int64 = 0
    var fileSizeInBytes: Int64 = 0
    var sortOrderID: Int32?
    var firstRowID: Int64?
    var contentOffset: Int64?
    var contentSizeInBytes: Int64?
    // Where the fields begin that are left for later, -1 without them.
    var location = -1
    var keyMetadata = -1
    var splitOffsets = -1
    var equalityIDs = -1
    var referencedDataFile = -1
  }

  private func readEntry(
    _ decoder: inout AvroDecoder, _ block: Bytes, _ scratch: inout Scratch,
    _ isPartitionIncluded: PartitionTest
  ) throws -> WalkedEntry {
    var status: ManifestEntry.Status?
    var snapshotID: Int64?
    var sequenceNumber: Int64?
    var fileSequenceNumber: Int64?
    var file: WalkedFile?
    for step in rootSteps {
      switch step.id {
      case ID.status:
        status = try decoder.readInt(step.node).flatMap { ManifestEntry.Status(rawValue: Int($0)) }
      case ID.snapshotID: snapshotID = try decoder.readLong(step.node)
      case ID.sequenceNumber: sequenceNumber = try decoder.readLong(step.node)
      case ID.fileSequenceNumber: fileSequenceNumber = try decoder.readLong(step.node)
      case ID.dataFile:
        guard try decoder.readIsPresent(step.node) else { break }
        file = try readFile(&decoder, block, &scratch, isPartitionIncluded)
      default: try decoder.skip(step.node, in: plan)
      }
    }
    guard let status, let file else {
      throw FormatError(.badValue, at: decoder.offset, "an entry of unknown status or without file")
    }
    return WalkedEntry(
      status: status, snapshotID: snapshotID, sequenceNumber: sequenceNumber,
      fileSequenceNumber: fileSequenceNumber, file: file)
  }

  private func readFile(
    _ decoder: inout AvroDecoder, _ block: Bytes, _ scratch: inout Scratch,
    _ isPartitionIncluded: PartitionTest
  ) throws -> WalkedFile {
    var hasMetrics = !columns.isEmpty
    var file = WalkedFile()
    scratch.metrics.clear()
    if partitionIndex == nil { scratch.partition = StructValue() }
    for step in fileSteps {
      let node = step.node
      switch step.id {
      case ID.content:
        let number = try decoder.readInt(node) ?? 0
        guard let content = DataFile.Content(rawValue: Int(number)) else {
          throw FormatError(.badValue, at: decoder.offset, "a file of unknown content \(number)")
        }
        file.content = content
      case ID.location: file.location = try skip(node, &decoder)
      case ID.format:
        file.format = try Self.format(decoder.readString(node), at: decoder.offset)
      case ID.partition:
        try readPartition(node, &decoder, block, &scratch)
        if try !isPartitionIncluded(scratch.partition) {
          file.isExcluded = true
          hasMetrics = false
        }
      case ID.recordCount:
        file.recordCount = try Self.required(decoder.readLong(node), "record_count")
      case ID.fileSizeInBytes:
        file.fileSizeInBytes = try Self.required(decoder.readLong(node), "file_size_in_bytes")
      case ID.columnSizes where hasMetrics:
        try readCounts(node, &decoder, into: &scratch.metrics.columnSizes)
      case ID.valueCounts where hasMetrics:
        try readCounts(node, &decoder, into: &scratch.metrics.valueCounts)
      case ID.nullValueCounts where hasMetrics:
        try readCounts(node, &decoder, into: &scratch.metrics.nullValueCounts)
      case ID.nanValueCounts where hasMetrics:
        try readCounts(node, &decoder, into: &scratch.metrics.nanValueCounts)
      case ID.lowerBounds where hasMetrics:
        try readBounds(node, &decoder, into: &scratch.metrics.lowerBounds)
      case ID.upperBounds where hasMetrics:
        try readBounds(node, &decoder, into: &scratch.metrics.upperBounds)
      case ID.keyMetadata: file.keyMetadata = try skip(node, &decoder)
      case ID.splitOffsets:
        file.splitOffsets = decoder.offset
        if file.isExcluded {
          try decoder.skip(node, in: plan)
        } else {
          _ = try readNumbers(node, &decoder, into: &scratch.metrics.splitOffsets)
        }
      case ID.equalityIDs: file.equalityIDs = try skip(node, &decoder)
      case ID.sortOrderID: file.sortOrderID = try decoder.readInt(node)
      case ID.firstRowID: file.firstRowID = try decoder.readLong(node)
      case ID.referencedDataFile: file.referencedDataFile = try skip(node, &decoder)
      case ID.contentOffset: file.contentOffset = try decoder.readLong(node)
      case ID.contentSizeInBytes: file.contentSizeInBytes = try decoder.readLong(node)
      default: try decoder.skip(node, in: plan)
      }
    }
    guard file.recordCount >= 0, file.fileSizeInBytes >= 0 else {
      throw FormatError(.badValue, at: decoder.offset, "a file of negative size")
    }
    scratch.metrics.recordCount = file.recordCount
    scratch.metrics.format = file.format
    return file
  }

  /// Passes a field and returns where it begins.
  private func skip(
    _ node: AvroReadPlan.Node, _ decoder: inout AvroDecoder
  ) throws(FormatError) -> Int {
    let start = decoder.offset
    try decoder.skip(node, in: plan)
    return start
  }

  /// Reads the partition tuple; one of the same bytes as the last is not made again.
  private func readPartition(
    _ node: AvroReadPlan.Node, _ decoder: inout AvroDecoder, _ block: Bytes,
    _ scratch: inout Scratch
  ) throws(FormatError) {
    // Lengths that the schema does not know of cannot be skipped by it.
    let start = decoder.offset
    if !partition.hasLengths {
      try decoder.skip(node, in: plan)
      if scratch.partitionBytes == block[start..<decoder.offset] { return }
      try decoder.seek(to: start)
    }
    if try decoder.readIsPresent(node) {
      scratch.partition = try partition.read(&decoder, in: plan)
    } else if partitionFields.isEmpty {
      scratch.partition = StructValue()
    } else {
      throw FormatError(.badValue, at: start, "an entry without 'partition'")
    }
    // A copy: the block is not to be kept for it.
    scratch.partitionBytes = Bytes(copying: block[start..<decoder.offset])
  }

  /// The whole entry. Moves the decoder and brings it back.
  private func make(
    _ entry: WalkedEntry, _ decoder: inout AvroDecoder, _ partition: StructValue,
    _ metrics: EntryMetrics
  ) throws(FormatError) -> ManifestEntry {
    let end = decoder.offset
    let walked = entry.file
    var fields = DataFile.Fields(
      content: walked.content, location: "", format: walked.format, specID: specID,
      partition: partition, recordCount: walked.recordCount,
      fileSizeInBytes: walked.fileSizeInBytes, sortOrderID: walked.sortOrderID.map { Int($0) },
      firstRowID: walked.firstRowID, contentOffset: walked.contentOffset,
      contentSizeInBytes: walked.contentSizeInBytes)
    for step in fileSteps {
      let node = step.node
      switch step.id {
      case ID.location:
        try decoder.seek(to: walked.location)
        fields.location = try Self.required(decoder.readString(node), "file_path")
      case ID.keyMetadata:
        try decoder.seek(to: walked.keyMetadata)
        fields.keyMetadata = try decoder.readBytes(node).map { Bytes(copying: $0) }
      case ID.splitOffsets:
        try decoder.seek(to: walked.splitOffsets)
        // A copy of this size: the memory that is used again may be that of a longer list.
        if try decoder.readIsPresent(node) {
          fields.splitOffsets = Array(metrics.splitOffsets[...])
        }
      case ID.equalityIDs:
        try decoder.seek(to: walked.equalityIDs)
        var ids: [Int64] = []
        if try readNumbers(node, &decoder, into: &ids) { fields.equalityIDs = ids.map { Int($0) } }
      case ID.referencedDataFile:
        try decoder.seek(to: walked.referencedDataFile)
        fields.referencedDataFile = try decoder.readString(node)
      default: break
      }
    }
    try decoder.seek(to: end)
    if !columns.isEmpty {
      fields.columnSizes = metrics.columnSizes.dictionary { $0 }
      fields.valueCounts = metrics.valueCounts.dictionary { $0 }
      fields.nullValueCounts = metrics.nullValueCounts.dictionary { $0 }
      fields.nanValueCounts = metrics.nanValueCounts.dictionary { $0 }
      // A few bounds must not keep whole blocks in memory.
      let areAll = columns.areAll
      fields.lowerBounds = metrics.lowerBounds.dictionary { areAll ? $0 : Bytes(copying: $0) }
      fields.upperBounds = metrics.upperBounds.dictionary { areAll ? $0 : Bytes(copying: $0) }
    }
    return ManifestEntry(
      status: entry.status, snapshotID: entry.snapshotID, sequenceNumber: entry.sequenceNumber,
      fileSequenceNumber: entry.fileSequenceNumber, dataFile: DataFile(fields))
  }

  static func required<T>(_ value: T?, _ name: String) throws(FormatError) -> T {
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

  // MARK: Inheritance

  /// Fills in what the entry leaves to the manifest list.
  private mutating func inherit(_ entry: inout WalkedEntry) throws(FormatError) {
    guard let manifest else { return }
    guard (manifest.content == .data) == (entry.file.content == .data) else {
      throw FormatError(
        .badValue, "a \(entry.file.content) file in a manifest of \(manifest.content)")
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

  private mutating func assignRowIDs(_ entry: inout WalkedEntry) throws(FormatError) {
    guard manifest?.firstRowID != nil, entry.file.content == .data else {
      // Without an id for the manifest, rows have none: what is written there is not to be trusted.
      entry.file.firstRowID = nil
      return
    }
    guard entry.status != .deleted, entry.file.firstRowID == nil, let next = nextRowID else {
      return
    }
    entry.file.firstRowID = next
    let (sum, overflow) = next.addingReportingOverflow(entry.file.recordCount)
    if overflow { throw FormatError(.badValue, "row ids of more than 64 bits") }
    nextRowID = sum
  }
}
