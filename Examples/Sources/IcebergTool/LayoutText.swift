import Iceberg

/// Partition specs, sort orders and partition tuples as people read them.
enum LayoutText {
  /// `day(event_time), bucket[16](id)`, or `nothing`.
  static func spec(_ spec: PartitionSpec, _ metadata: TableMetadata) -> String {
    if spec.fields.isEmpty { return "nothing" }
    return spec.fields.map { field in
      term(field.transform, field.sourceIDs, metadata)
    }.joined(separator: ", ")
  }

  /// `id asc nulls-first`, or `nothing`.
  static func order(_ order: TableSortOrder, _ metadata: TableMetadata) -> String {
    if order.fields.isEmpty { return "nothing" }
    return order.fields.map { field in
      "\(term(field.transform, field.sourceIDs, metadata)) \(field.direction.rawValue) "
        + field.nullOrder.rawValue
    }.joined(separator: ", ")
  }

  /// `event_time_day=2024-01-15/id_bucket=3`; empty where nothing is partitioned.
  static func partition(_ file: DataFile, _ metadata: TableMetadata) -> String {
    guard let spec = metadata.partitionSpec(id: file.specID) else { return "spec \(file.specID)?" }
    return zip(spec.fields, file.partition.values).map { field, value in
      "\(field.name)=\(text(of: value, field.transform))"
    }.joined(separator: "/")
  }

  /// A partition value as people read it.
  static func text(of value: Literal?, _ transform: Transform) -> String {
    transform.text(of: value)
  }

  private static func term(
    _ transform: Transform, _ sourceIDs: [Int], _ metadata: TableMetadata
  ) -> String {
    let names = sourceIDs.map { id in
      // A column may be gone from the current schema while an old layout still names it.
      for schema in [metadata.currentSchema] + metadata.schemas.reversed() {
        if let name = schema.index.name(of: id) { return name }
      }
      return "column \(id)"
    }
    if transform == .identity { return names.joined(separator: ", ") }
    return "\(transform)(\(names.joined(separator: ", ")))"
  }
}
