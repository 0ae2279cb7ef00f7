import Iceberg

/// A table of the interop suite whose columns and partitions change between its appends.
struct EvolvedTable {
  /// The name of the table and of its folder.
  var name: String
  /// The format version that it begins with.
  var version: Int
  /// The columns that it begins with.
  var fields: [Field]
  /// How it is partitioned at first.
  var partitioning: [PartitionTerm]
  /// What happens to it, in this order.
  var stages: [Stage]

  /// A change, and rows that are appended after it.
  struct Stage {
    /// What changes; nil is nothing.
    var change: ((inout Transaction) -> Void)?
    /// A row of before as it is after the change.
    var carried: ([Literal?]) -> [Literal?] = { $0 }
    /// The new rows; none append nothing.
    var rows: [[Literal?]] = []
  }
}

extension EvolvedTable {
  /// Every table of the kind.
  static func all() -> [EvolvedTable] {
    [1, 2, 3].map { evolved(version: $0) } + [upgraded(), defaults()]
  }

  private static let fields: [Field] = [
    .required("id", .int), .optional("level", .string), .required("size", .float),
    .optional("note", .string), .optional("place", .struct([.optional("city", .string)])),
  ]

  private static let oldRows: [[Literal?]] = (0..<12).map { number in
    let levels: [Literal?] = [.string("INFO"), .string("ERROR"), nil]
    let place: Literal? =
      number % 4 == 0 ? nil : .struct(StructValue([.string("city \(number)")]))
    return [
      .int(Int32(number)), levels[number % 3], .float(Float(number) / 4),
      number % 2 == 0 ? .string("note \(number)") : nil, place,
    ]
  }

  /// Renamed, widened, moved, deleted and added again; partition fields added and removed.
  private static func evolved(version: Int) -> EvolvedTable {
    EvolvedTable(
      name: "evolved_v\(version)", version: version, fields: fields, partitioning: ["level"],
      stages: [
        Stage(rows: oldRows),
        Stage(
          change: { tx in
            tx.schema.rename("level", to: "severity")
            tx.schema.widen("id", to: .long)
            tx.schema.widen("size", to: .double)
            tx.schema.delete("note")
            tx.schema.addColumn("note", .int)
            tx.schema.rename("place.city", to: "town")
            tx.schema.addColumn("zip", .int, in: "place")
            tx.schema.move("severity", .first)
            tx.partitioning.add(.bucket(4, "id"))
          },
          carried: { row in
            var place: Literal?
            if case .struct(let old)? = row[4] { place = .struct(StructValue(old.values + [nil])) }
            return [row[1], long(row[0]), double(row[2]), place, nil]
          },
          rows: [
            [.string("WARN"), .long(1 << 40), .double(0.1), nil, .int(7)],
            [
              nil, .long(3), .double(2), .struct(StructValue([.string("Lille"), .int(59000)])), nil,
            ],
          ]),
        Stage(
          change: { tx in
            tx.partitioning.replace("level", with: .truncate(2, "severity"))
            tx.sortOrder.replace(with: .ascending("id"))
            tx.schema.addColumn("tags", .list(element: .required("element", .string)))
          },
          carried: { $0 + [nil] },
          rows: [
            [
              .string("INFO"), .long(4), .double(2), nil, .int(1),
              .list([.string("a"), .string("b")]),
            ]
          ]),
        Stage(
          change: { tx in
            tx.partitioning.replaceAll(with: [])
            tx.schema.delete("size")
          },
          carried: { row in Array(row[..<2] + row[3...]) },
          rows: [[.string("INFO"), .long(5), nil, .int(1), .list([])]]),
      ])
  }

  /// From version 1 to 3, with rows of every version.
  private static func upgraded() -> EvolvedTable {
    EvolvedTable(
      name: "upgraded_v1_to_v3", version: 1, fields: fields, partitioning: ["level"],
      stages: [
        Stage(rows: oldRows),
        Stage(
          change: { tx in
            tx.partitioning.replace("level", with: .bucket(3, "id"))
            tx.upgradeFormat(to: 2)
          }, rows: [[.int(20), .string("WARN"), .float(1), nil, nil]]),
        Stage(
          change: { $0.upgradeFormat(to: 3) },
          rows: [[.int(21), .string("INFO"), .float(1), .string("x"), nil]]),
        Stage(
          change: { $0.partitioning.add("level") },
          rows: [[.int(22), .string("INFO"), .float(1), .string("x"), nil]]),
      ])
  }

  /// Columns with defaults, for rows from before them.
  private static func defaults() -> EvolvedTable {
    EvolvedTable(
      name: "defaults_v3", version: 3, fields: Array(fields[..<4]), partitioning: [],
      stages: [
        Stage(rows: oldRows.map { Array($0[..<4]) }),
        Stage(
          change: { tx in
            tx.schema.addColumn("country", .string, default: "??")
            tx.schema.addRequiredColumn("weight", .long, default: 5)
            tx.schema.addColumn(
              "at", .timestamptz, default: Literal.timestamptz(1_705_314_600_000_000))
          },
          carried: { $0 + [.string("??"), .long(5), .timestamptz(1_705_314_600_000_000)] },
          rows: [[.int(20), nil, .float(1), nil, nil, .long(6), nil]]),
        Stage(change: { $0.schema.setDefault("country", "DE") }),
      ])
  }

  private static func long(_ literal: Literal?) -> Literal? { literal?.promoted(to: .long) }
  private static func double(_ literal: Literal?) -> Literal? { literal?.promoted(to: .double) }
}
