import Iceberg

extension InteropTable {
  /// Every transform on every type that it takes, and several fields at once.
  static let partitionedTables: [InteropTable] =
    single + [
      InteropTable(
        name: "part_mixed_v1", version: 1, fields: mixedFields, partitioning: mixedTerms,
        appends: mixedAppends),
      InteropTable(
        name: "part_mixed_v2", version: 2, fields: mixedFields, partitioning: mixedTerms,
        appends: mixedAppends),
      InteropTable(
        name: "part_mixed_v3_avro", version: 3, fields: mixedFields, partitioning: mixedTerms,
        properties: ["write.format.default": "avro"], appends: mixedAppends),
    ]

  private static let single: [InteropTable] = {
    var tables: [InteropTable] = []
    for samples in Samples.primitives + Samples.nanoseconds {
      for (name, term) in terms(samples.type) {
        let isNanos = samples.name.hasSuffix("_ns")
        // The value truncated downwards may have one digit more than the type, which Java cannot write.
        let values = partitionable(samples).filter { value in
          guard name == "truncate", case .decimal(let unscaled, _)? = value else { return true }
          return unscaled.magnitude < 100_000_000
        }
        tables.append(
          InteropTable(
            name: "part_\(name)_\(samples.name)", version: isNanos ? 3 : 2,
            fields: [.required("id", .long), .optional("value", samples.type)],
            partitioning: [term],
            appends: [withIDs(values.map { [$0] })]))
      }
    }
    return tables
  }()

  /// Values that a partition can be made of in every engine: no NaN, and no zero but one.
  private static func partitionable(_ samples: Samples) -> [Literal?] {
    samples.values.filter { value in
      switch value {
      case .float(let number)?: !number.isNaN && number.bitPattern != Float(-0.0).bitPattern
      case .double(let number)?: !number.isNaN && number.bitPattern != (-0.0).bitPattern
      default: true
      }
    }
  }

  private static func terms(_ type: FieldType) -> [(String, PartitionTerm)] {
    var terms: [(String, PartitionTerm)] = [("identity", .identity("value"))]
    switch type {
    case .boolean, .float, .double, .fixed: break
    default: terms.append(("bucket", .bucket(7, "value")))
    }
    switch type {
    case .int, .long, .decimal: terms.append(("truncate", .truncate(10, "value")))
    case .string, .binary: terms.append(("truncate", .truncate(3, "value")))
    case .date:
      terms += [("year", .year("value")), ("month", .month("value")), ("day", .day("value"))]
    case .timestamp, .timestamptz, .timestampNanos, .timestamptzNanos:
      terms += [
        ("year", .year("value")), ("month", .month("value")), ("day", .day("value")),
        ("hour", .hour("value")),
      ]
    default: break
    }
    return terms
  }

  private static let mixedFields: [Field] = [
    .required("id", .long), .required("event_time", .timestamptz), .optional("level", .string),
    .optional("amount", .decimal(precision: 10, scale: 2)),
  ]

  private static let mixedTerms: [PartitionTerm] = [
    .day("event_time"), .bucket(4, "id"), .identity("level"), .truncate(100, "amount"),
  ]

  private static let mixedAppends: [[[Literal?]]] = (0..<3).map { append in
    (0..<40).map { number in
      let id = Int64(append * 40 + number)
      let levels: [Literal?] = [.string("INFO"), .string("WARN/ERROR=1 ü"), nil]
      return [
        .long(id), .timestamptz(1_705_314_600_000_000 + id * 7_200_000_000), levels[number % 3],
        number % 4 == 0 ? nil : .decimal(unscaled: Int128(id * 37), scale: 2),
      ]
    }
  }
}
