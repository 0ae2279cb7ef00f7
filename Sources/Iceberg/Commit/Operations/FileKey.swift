internal import IcebergModel

/// What tells a file of a table from all others: its location and, of a deletion vector, where in the
/// file it lies.
struct FileKey: Hashable, Sendable {
  private let location: ExactText
  private let contentOffset: Int64?
  private let contentSizeInBytes: Int64?

  /// The key of a file.
  init(_ file: DataFile) {
    location = ExactText(file.location)
    contentOffset = file.contentOffset
    contentSizeInBytes = file.contentSizeInBytes
  }
}

/// A partition of one of the specs of a table.
struct PartitionKey: Hashable, Sendable {
  let specID: Int
  let values: StructValue

  /// The partition that a file belongs to.
  init(_ file: DataFile) {
    specID = file.specID
    values = file.partition
  }

  /// The values of some fields of the partition that a file belongs to.
  init(_ file: DataFile, fields places: [Int]) {
    specID = file.specID
    let all = file.partition.values
    values = StructValue(places.map { $0 < all.count ? all[$0] : nil })
  }

  /// The same partition with its values in the types of a version of the table.
  init(_ key: PartitionKey, in types: PartitionTypes) {
    specID = key.specID
    values = types.promoted(key.values, specID: key.specID) ?? key.values
  }
}

/// The types that partition values have in a version of a table: those in which its manifests are read.
///
/// Files that were written before their partition's column was widened have values of the old type.
///
/// Spec: Schema Evolution, "Type promotion".
struct PartitionTypes: Sendable {
  private let types: [Int: [FieldType]]

  /// The types of all specs of a version.
  init(in metadata: TableMetadata) {
    types = Dictionary(
      metadata.partitionSpecs.compactMap { spec in
        metadata.partitionFields(of: spec).map { (spec.id, $0.map(\.type)) }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The values of a partition in the types of its spec; nil when they have them already, or cannot be
  /// of them.
  func promoted(_ values: StructValue, specID: Int) -> StructValue? {
    guard let types = types[specID], types.count == values.values.count else { return nil }
    guard zip(values.values, types).contains(where: { Self.promoted($0, to: $1) != nil }) else {
      return nil
    }
    return StructValue(zip(values.values, types).map { Self.promoted($0, to: $1) ?? $0 })
  }

  /// The value in another type; nil when that is none of its own promotions.
  private static func promoted(_ value: Literal?, to type: FieldType) -> Literal? {
    switch (value, type) {
    case (.int?, .long), (.float?, .double): value?.promoted(to: type)
    // A day is a date to some and a number to others.
    case (.int(let days)?, .date): .date(days)
    default: nil
    }
  }
}

/// Tells by the partition summaries of manifests which of them may have files of some partitions.
struct PartitionLookup: Sendable {
  private let evaluators: [Int: ManifestEvaluator]

  /// A lookup of the given partitions, of specs of the table.
  init(_ partitions: some Sequence<PartitionKey>, in metadata: TableMetadata) {
    var tuples: [Int: Set<StructValue>] = [:]
    for partition in partitions {
      tuples[partition.specID, default: []].insert(partition.values)
    }
    var evaluators: [Int: ManifestEvaluator] = [:]
    for (id, tuples) in tuples {
      guard let spec = metadata.partitionSpec(id: id) else { continue }
      evaluators[id] = ManifestEvaluator(
        partitionFilter: Self.filter(tuples, spec.partitionFields(in: metadata.currentSchema)))
    }
    self.evaluators = evaluators
  }

  /// Whether a manifest may have files of one of the partitions.
  func mayContain(_ manifest: ManifestFile) -> Bool {
    evaluators[manifest.partitionSpecID]?.mayMatch(manifest) ?? false
  }

  /// A filter that the given tuples satisfy.
  private static func filter(_ tuples: Set<StructValue>, _ fields: [Field]) -> BoundFilter {
    if tuples.contains(where: { $0.values.count != fields.count }) { return .all }
    // One field: all values at once, where they are values that can be looked up.
    if fields.count == 1, tuples.count > 1 {
      let values = Set(tuples.compactMap(\.values[0]).filter { !$0.isNaN })
      if values.count == tuples.count, fields[0].type != .unknown {
        return .predicate(BoundPredicate(term(fields[0], 0), .isIn(values)))
      }
    }
    return .any(
      of: tuples.map { tuple in
        .all(
          of: zip(fields, tuple.values).enumerated().compactMap { position, pair in
            let (field, value) = pair
            // The type of a field whose column was dropped is not known here.
            guard field.type != .unknown else { return nil }
            let test: BoundPredicate.Test =
              switch value {
              case nil: .isNull
              case let value? where value.isNaN: .isNaN
              case let value?: .comparison(.equal, value)
              }
            return .predicate(BoundPredicate(term(field, position), test))
          })
      })
  }

  private static func term(_ field: Field, _ position: Int) -> BoundTerm {
    BoundTerm(
      fieldID: field.id, name: field.name, sourceType: field.type, path: [position],
      isOptional: true)
  }
}

extension Literal {
  fileprivate var isNaN: Bool {
    switch self {
    case .float(let value): value.isNaN
    case .double(let value): value.isNaN
    default: false
    }
  }
}
