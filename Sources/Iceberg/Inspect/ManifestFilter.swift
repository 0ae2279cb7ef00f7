internal import IcebergModel

/// Tells by what manifest lists say which manifests have rows of a metadata table that satisfy its
/// filter, and by partition tuples which entries may.
struct ManifestFilter: Sendable {
  private let filter: BoundFilter
  /// By spec: what the filter asks of its partition tuples.
  private let evaluators: [Int: (manifest: ManifestEvaluator, tuple: PartitionFilter)]

  /// The id of the column that tells what a file holds; nil where there is none.
  private let contentID: Int?
  /// The id of the column that tells the partition spec of a file; nil where there is none.
  private let specID: Int?

  /// A filter of the manifests that a scan looks at, whose filter is bound as `filter`.
  init(_ scan: MetadataTableScan, _ filter: BoundFilter) throws(IcebergError) {
    self.filter = filter
    let metadata = scan.table.metadata
    // The fields are those of the partition type of the table, under their own ids or others.
    let partition =
      try scan.fullSchema.index.field(id: scan.metadataTable.partitionID)?.type
      .children ?? []
    (contentID, specID) =
      switch scan.metadataTable {
      case .positionDeletes: (nil, ReservedFields.specID.id)
      // Files of other specs count in its rows, too.
      case .partitions: (nil, nil)
      default: (FileColumns.contentID, FileColumns.specID)
      }
    if filter == .all || partition.isEmpty {
      evaluators = [:]
      return
    }
    let type = try metadata.partitionType
    var evaluators: [Int: (manifest: ManifestEvaluator, tuple: PartitionFilter)] = [:]
    for spec in metadata.partitionSpecs {
      var terms: [Int: BoundTerm?] = [:]
      for (field, position) in zip(type.fields, type.positions(in: spec)) {
        guard let column = partition.first(where: { ExactText($0.name) == ExactText(field.name) })
        else { continue }
        terms[column.id] = .some(
          position.map {
            BoundTerm(
              fieldID: field.id, name: field.name, sourceType: field.type, path: [$0],
              isOptional: true)
          })
      }
      let projected = filter.replacing { predicate in
        guard let term = terms[predicate.term.fieldID] else { return .all }
        // What the spec does not have is null.
        guard let term else { return predicate.passes(nil) ? .all : .none }
        guard predicate.term.transform == .identity else { return .all }
        return .predicate(BoundPredicate(term, predicate.test))
      }
      evaluators[spec.id] = (ManifestEvaluator(partitionFilter: projected), .init(projected))
    }
    self.evaluators = evaluators
  }

  /// Whether a manifest may have rows that satisfy the filter.
  func mayMatch(_ manifest: ManifestFile) -> Bool {
    if let evaluator = evaluators[manifest.partitionSpecID],
      !evaluator.manifest.mayMatch(manifest)
    {
      return false
    }
    let contents: [DataFile.Content] =
      manifest.content == .data ? [.data] : [.positionDeletes, .equalityDeletes]
    return filter.replacing { predicate in
      guard predicate.term.transform == .identity else { return .all }
      switch predicate.term.fieldID {
      case contentID:
        return contents.contains { predicate.passes(.int(Int32($0.rawValue))) } ? .all : .none
      case specID:
        guard let id = Int32(exactly: manifest.partitionSpecID) else { return .all }
        return predicate.passes(.int(id)) ? .all : .none
      default: return .all
      }
    } != .none
  }

  /// Whether a file of a manifest with this partition tuple may be in a row that satisfies the filter.
  func mayMatch(_ tuple: StructValue, in manifest: ManifestFile) -> Bool {
    evaluators[manifest.partitionSpecID]?.tuple.matches(tuple) ?? true
  }

  /// Whether rows of `position_deletes` that satisfy the filter may come of a delete file, by what is
  /// the same in all of them.
  func mayMatch(positionsIn file: DataFile) -> Bool {
    filter.decided(for: file).replacing { predicate in
      guard predicate.term.fieldID == ReservedFields.deleteFilePath.id,
        predicate.term.transform == .identity, let dataFile = file.referencedDataFile
      else { return .all }
      return predicate.passes(.string(dataFile)) ? .all : .none
    } != .none
  }
}

extension MetadataTable {
  /// The id of the column `partition`.
  fileprivate var partitionID: Int {
    switch self {
    case .partitions: 1
    case .positionDeletes: ReservedFields.partitionID
    default: FileColumns.partitionID
    }
  }
}

extension BoundPredicate {
  /// Whether a value of the term passes the test, as far as can be told; nil is null.
  func passes(_ value: Literal?) -> Bool { (try? test.isPassed(by: value)) ?? true }
}
