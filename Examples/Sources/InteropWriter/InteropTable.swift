import Iceberg

/// A table of the interop suite: what it looks like, and what is appended to it.
struct InteropTable {
  /// The name of the table and of its folder.
  var name: String
  /// The format version.
  var version: Int
  /// The columns.
  var fields: [Field]
  /// How rows are divided.
  var partitioning: [PartitionTerm] = []
  /// How rows are ordered.
  var ordering: [SortTerm] = []
  /// Settings beside the version.
  var properties: [String: String] = [:]
  /// The rows of each append.
  var appends: [[[Literal?]]]
  /// What is changed after the appends, one after the other.
  var changes: [InteropChange] = []
}

extension InteropTable {
  /// Every table of the suite.
  static func all() throws -> [InteropTable] {
    primitiveTables + nestedTables + partitionedTables + versionThreeTables + settingTables
      + deleteTables + operationTables + historyTables + (try variantTables())
  }

  /// Columns for samples, all optional.
  static func columns(_ samples: [Samples]) -> [Field] {
    samples.map { Field.optional($0.name, $0.type) }
  }

  /// As many rows as it takes for every sample to appear.
  static func rows(_ samples: [Samples]) -> [[Literal?]] {
    let count = samples.map(\.values.count).max() ?? 0
    return (0..<count).map { Samples.row($0, samples) }
  }

  private static let primitiveTables: [InteropTable] = [1, 2, 3].flatMap { version in
    ["parquet", "avro"].map { format in
      InteropTable(
        name: "types_v\(version)_\(format)", version: version, fields: columns(Samples.primitives),
        properties: ["write.format.default": format],
        appends: [rows(Samples.primitives), [Samples.primitives.map { _ in nil }]])
    }
  }

  private static let versionThreeTables: [InteropTable] = [
    InteropTable(
      name: "nanoseconds_v3", version: 3,
      fields: [.required("id", .long)] + columns(Samples.nanoseconds),
      appends: [withIDs(rows(Samples.nanoseconds))]),
    InteropTable(
      name: "unknown_v3", version: 3,
      fields: [.required("id", .long), .optional("nothing", .unknown), .optional("text", .string)],
      appends: [[[.long(1), nil, .string("a")], [.long(2), nil, nil]]]),
  ]

  private static func variantTables() throws -> [InteropTable] {
    let variants: [Literal?] = try VariantSamples.literals() + [nil]
    return ["parquet", "avro"].map { format in
      InteropTable(
        name: "variant_v3_\(format)", version: 3,
        fields: [.required("id", .long), .optional("value", .variant)],
        properties: ["write.format.default": format], appends: [withIDs(variants.map { [$0] })])
    }
  }

  private static let settingTables: [InteropTable] = {
    let fields: [Field] = [
      .required("id", .long), .optional("text", .string), .optional("x", .double),
    ]
    let rows: [[Literal?]] = (0..<500).map { (number: Int) -> [Literal?] in
      let text: Literal? = number % 7 == 0 ? nil : .string("text number \(number % 13)")
      let x: Literal? = number % 5 == 0 ? nil : .double(Double(number) / 8)
      return [.long(Int64(number)), text, x]
    }
    var tables = ["uncompressed", "snappy", "gzip", "zstd"].map { codec in
      InteropTable(
        name: "codec_parquet_\(codec)", version: 2, fields: fields,
        properties: ["write.parquet.compression-codec": codec], appends: [rows])
    }
    tables += ["uncompressed", "snappy", "gzip", "zstd"].map { codec in
      InteropTable(
        name: "codec_avro_\(codec)", version: 2, fields: fields,
        properties: ["write.format.default": "avro", "write.avro.compression-codec": codec],
        appends: [rows])
    }
    tables += ["none", "counts", "truncate(4)", "full"].enumerated().map { index, mode in
      InteropTable(
        name: "metrics_mode_\(index)", version: 2, fields: fields,
        properties: ["write.metadata.metrics.default": mode], appends: [rows])
    }
    tables.append(
      InteropTable(
        name: "metadata_gzip", version: 2, fields: fields,
        properties: ["write.metadata.compression-codec": "gzip"],
        appends: [Array(rows[..<10]), Array(rows[10..<20])]))
    tables.append(
      InteropTable(
        name: "pages_and_groups", version: 2, fields: fields,
        properties: [
          "write.parquet.row-group-size-bytes": "2000", "write.parquet.page-row-limit": "50",
        ], appends: [rows]))
    tables.append(
      InteropTable(
        name: "page_version_2", version: 2, fields: fields,
        properties: ["write.parquet.page-version": "v2"], appends: [rows]))
    tables.append(
      InteropTable(
        name: "many_files", version: 2, fields: fields,
        properties: ["write.target-file-size-bytes": "1"], appends: [rows, rows]))
    tables.append(InteropTable(name: "empty", version: 2, fields: fields, appends: []))
    tables.append(InteropTable(name: "no_rows", version: 2, fields: fields, appends: [[]]))
    tables.append(
      InteropTable(
        name: "sort_order", version: 2, fields: fields,
        ordering: [.ascending("id"), .descending("text")], appends: [Array(rows[..<50])]))
    return tables
  }()

  /// Rows with a running number in front.
  static func withIDs(_ rows: [[Literal?]]) -> [[Literal?]] {
    rows.enumerated().map { [Literal.long(Int64($0.offset))] + $0.element }
  }
}
