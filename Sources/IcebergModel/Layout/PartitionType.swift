/// The partition tuples of all specs of a table in one shape: that of `_partition`, and of the
/// column `partition` of metadata tables.
///
/// It has every field that some spec has, but for fields of dropped columns, ordered by id, each
/// under its latest name. A tuple has null where its spec lacks a field.
///
/// Spec: Partition Evolution.
package struct PartitionType: Hashable, Sendable {
  /// The fields, all optional.
  package let fields: [Field]

  /// The shape of the tuples of `specs`, where `schema` is the current one of the table.
  ///
  /// Throws `unsupported` when a transform is not known, for then the type of what it makes is not
  /// either, and `invalidMetadata` when fields of one id are made in different ways.
  package init(of specs: [PartitionSpec], in schema: Schema) throws(IcebergError) {
    let index = schema.index
    let newestFirst = specs.sorted { $0.id > $1.id }
    var active: Set<Int> = []
    for spec in specs {
      for field in spec.fields {
        if case .unknown(let name) = field.transform {
          throw IcebergError(
            .unsupported,
            "the partition field '\(field.name)' has the transform '\(name)', which is not known",
            context: .init(fieldID: field.fieldID))
        }
        if field.sourceIDs.contains(where: { index.field(id: $0) != nil }) {
          active.insert(field.fieldID)
        }
      }
    }
    var found: [Int: (field: PartitionField, result: Field)] = [:]
    for spec in newestFirst {
      for (field, result) in zip(spec.fields, spec.partitionFields(in: schema))
      where active.contains(field.fieldID) {
        guard let known = found[field.fieldID] else {
          found[field.fieldID] = (field, result)
          continue
        }
        guard field.isCompatible(with: known.field) else {
          throw IcebergError(
            .invalidMetadata,
            """
            the partition fields '\(known.field.name)' and '\(field.name)' have one id, but their \
            values are made in different ways
            """, context: .init(fieldID: field.fieldID))
        }
        // A field that was dropped in v1 is void from then on; its values are those of before.
        if known.field.transform == .void, field.transform != .void {
          found[field.fieldID] = (
            field, .optional(known.result.name, result.type, id: field.fieldID)
          )
        }
      }
    }
    fields = found.keys.sorted().compactMap { found[$0]?.result }
  }

  /// For each field, its place in the tuples of `spec`; nil where they do not have it.
  package func positions(in spec: PartitionSpec) -> [Int?] {
    fields.map { field in spec.fields.firstIndex { $0.fieldID == field.id } }
  }

  /// A tuple of `spec` in this shape.
  package func tuple(_ partition: StructValue, of spec: PartitionSpec) -> StructValue {
    StructValue(
      positions(in: spec).map { position in
        guard let position, position < partition.values.count else { return nil }
        return partition.values[position]
      })
  }
}

extension PartitionField {
  /// Whether values of both fields can stand in one column.
  fileprivate func isCompatible(with other: PartitionField) -> Bool {
    // A void field may have lost its column.
    let isVoid = transform == .void || other.transform == .void
    return isVoid && (sourceIDs.isEmpty || other.sourceIDs.isEmpty || sourceIDs == other.sourceIDs)
      || sourceIDs == other.sourceIDs && transform == other.transform
  }
}
