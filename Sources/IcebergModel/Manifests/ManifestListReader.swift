import IcebergAvro
import IcebergBytes

/// Walks over the manifests of a manifest list, by a plan made once for the file.
struct ManifestListReader {
  private var file: AvroFileReader
  private let plan: AvroReadPlan
  private let steps: [Step]
  private let summarySteps: [Step]

  private struct Step {
    let node: AvroReadPlan.Node
    let id: Int
  }

  private typealias ID = ManifestSchemas.ListField

  init(_ bytes: Bytes) throws(FormatError) {
    file = try AvroFileReader(bytes)
    let wanted = ManifestSchemas.readableList()
    plan = try AvroReadPlan(writer: file.schema, reader: wanted, matching: .fieldIDsOrNames)
    steps = Self.steps(of: plan.root, wanted.fields, plan)
    let required = [
      (ID.location, "manifest_path"), (ID.length, "manifest_length"),
      (ID.addedSnapshotID, "added_snapshot_id"),
    ]
    for (id, name) in required where !steps.contains(where: { $0.id == id }) {
      throw FormatError(.badValue, "a manifest list without the field '\(name)'")
    }
    guard let partitions = steps.first(where: { $0.id == ID.partitions }) else {
      summarySteps = []
      return
    }
    let element = plan[Int(partitions.node.firstChild)]
    let summary = wanted.fields.first { $0.fieldID == ID.partitions }?.schema.nonNull
    guard case .array(let wantedElement)? = summary?.kind else {
      summarySteps = []
      return
    }
    summarySteps = Self.steps(of: element, wantedElement.fields, plan)
  }

  private static func steps(
    of node: AvroReadPlan.Node, _ wanted: [AvroField], _ plan: AvroReadPlan
  ) -> [Step] {
    plan.children(of: node).map { index in
      let place = Int(plan[index].readerIndex)
      return Step(node: plan[index], id: place < 0 ? -1 : wanted[place].fieldID ?? -1)
    }
  }

  mutating func readAll() throws(FormatError) -> [ManifestFile] {
    var manifests: [ManifestFile] = []
    while let block = try file.nextBlock() {
      var decoder = AvroDecoder(block.bytes)
      for _ in 0..<block.count { manifests.append(try read(&decoder)) }
      guard decoder.isAtEnd else {
        throw FormatError(
          .badValue, at: decoder.offset, "more bytes in a block than manifests take")
      }
    }
    return manifests
  }

  private func read(_ decoder: inout AvroDecoder) throws(FormatError) -> ManifestFile {
    var manifest = ManifestFile(location: "", length: 0, partitionSpecID: 0, addedSnapshotID: 0)
    for step in steps {
      let node = step.node
      switch step.id {
      case ID.location: manifest.location = try Self.required(decoder.readString(node))
      case ID.length: manifest.length = try Self.required(decoder.readLong(node))
      case ID.partitionSpecID: manifest.partitionSpecID = Int(try decoder.readInt(node) ?? 0)
      case ID.content:
        let number = try decoder.readInt(node) ?? 0
        guard let content = ManifestFile.Content(rawValue: Int(number)) else {
          throw FormatError(
            .badValue, at: decoder.offset, "a manifest of unknown content \(number)")
        }
        manifest.content = content
      case ID.sequenceNumber: manifest.sequenceNumber = try decoder.readLong(node) ?? 0
      case ID.minSequenceNumber: manifest.minSequenceNumber = try decoder.readLong(node) ?? 0
      case ID.addedSnapshotID: manifest.addedSnapshotID = try Self.required(decoder.readLong(node))
      case ID.addedFilesCount: manifest.addedFilesCount = try decoder.readInt(node).map { Int($0) }
      case ID.existingFilesCount:
        manifest.existingFilesCount = try decoder.readInt(node).map { Int($0) }
      case ID.deletedFilesCount:
        manifest.deletedFilesCount = try decoder.readInt(node).map { Int($0) }
      case ID.addedRowsCount: manifest.addedRowsCount = try decoder.readLong(node)
      case ID.existingRowsCount: manifest.existingRowsCount = try decoder.readLong(node)
      case ID.deletedRowsCount: manifest.deletedRowsCount = try decoder.readLong(node)
      case ID.partitions: manifest.partitions = try readPartitions(node, &decoder)
      case ID.keyMetadata: manifest.keyMetadata = try decoder.readBytes(node)
      case ID.firstRowID: manifest.firstRowID = try decoder.readLong(node)
      default: try decoder.skip(node, in: plan)
      }
    }
    guard manifest.length >= 0 else {
      throw FormatError(.badValue, at: decoder.offset, "a manifest of negative length")
    }
    // Row ids are for data only.
    if manifest.content == .deletes { manifest.firstRowID = nil }
    return manifest
  }

  private func readPartitions(
    _ node: AvroReadPlan.Node, _ decoder: inout AvroDecoder
  ) throws(FormatError) -> [ManifestFile.FieldSummary]? {
    guard try decoder.readIsPresent(node) else { return nil }
    var summaries: [ManifestFile.FieldSummary] = []
    while case let count = try decoder.readItemCount(node, in: plan), count > 0 {
      for _ in 0..<count {
        var summary = ManifestFile.FieldSummary(containsNull: true)
        for step in summarySteps {
          switch step.id {
          case ID.containsNull: summary.containsNull = try decoder.readBoolean(step.node) ?? true
          case ID.containsNaN: summary.containsNaN = try decoder.readBoolean(step.node)
          case ID.lowerBound: summary.lowerBound = try decoder.readBytes(step.node)
          case ID.upperBound: summary.upperBound = try decoder.readBytes(step.node)
          default: try decoder.skip(step.node, in: plan)
          }
        }
        summaries.append(summary)
      }
    }
    return summaries
  }

  private static func required<T>(_ value: T?) throws(FormatError) -> T {
    guard let value else {
      throw FormatError(.badValue, "a manifest without location, length or snapshot")
    }
    return value
  }
}
