import Iceberg

extension InteropTable {
  /// Structs, lists and maps, in each other, with and without nulls at every place.
  static let nestedTables: [InteropTable] = [1, 2, 3].flatMap { version in
    ["parquet", "avro"].map { format in
      InteropTable(
        name: "nested_v\(version)_\(format)", version: version, fields: nestedFields,
        properties: ["write.format.default": format], appends: [nestedRows])
    }
  }

  private static let point: [Field] = [
    .required("x", .double), .optional("y", .double), .optional("label", .string),
  ]

  private static let nestedFields: [Field] = [
    .required("id", .int),
    .optional("point", .struct(point)),
    .required("must", .struct([.required("inner", .struct([.optional("deep", .long)]))])),
    .optional("tags", .list(element: .required("element", .string))),
    .optional("holes", .list(element: .optional("element", .int))),
    .optional(
      "lists", .list(element: .optional("element", .list(element: .optional("element", .long))))),
    .optional("counts", .map(key: .required("key", .string), value: .optional("value", .long))),
    .optional(
      "by_number",
      .map(key: .required("key", .int), value: .required("value", .struct(point)))),
    .optional("points", .list(element: .required("element", .struct(point)))),
    .optional(
      "money",
      .struct([
        .optional("amount", .decimal(precision: 12, scale: 2)), .optional("at", .timestamptz),
        .optional("id", .uuid), .optional("raw", .fixed(length: 3)),
      ])),
  ]

  private static func row(_ values: Literal?...) -> Literal { .struct(StructValue(values)) }

  private static func must(_ deep: Int64?) -> Literal {
    row(row(deep.map { .long($0) }))
  }

  private static let nestedRows: [[Literal?]] = [
    [
      .int(1), row(.double(1), .double(-2.5), .string("eins")), must(7),
      .list([.string("a"), .string("b")]), .list([.int(1), nil, .int(3)]),
      .list([.list([.long(1), nil]), nil, .list([])]),
      .map([
        Literal.MapEntry(key: .string("k"), value: .long(1)),
        Literal.MapEntry(key: .string("null"), value: nil),
      ]),
      .map([Literal.MapEntry(key: .int(5), value: row(.double(5), nil, nil))]),
      .list([row(.double(0), nil, .string("ü")), row(.double(9), .double(9), nil)]),
      row(
        .decimal(unscaled: 12_345, scale: 2), .timestamptz(1_705_314_600_000_000),
        .uuid([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]), .fixed([1, 2, 3])),
    ],
    [.int(2), nil, must(nil), nil, nil, nil, nil, nil, nil, nil],
    [
      .int(3), row(.double(0), nil, nil), must(-1), .list([]), .list([]), .list([]), .map([]),
      .map([]), .list([]), row(nil, nil, nil, nil),
    ],
    [
      .int(4), row(.double(.nan), .double(.infinity), .string("")), must(.max),
      .list([.string("")]), .list([nil]), .list([nil, .list([nil])]),
      .map([Literal.MapEntry(key: .string(""), value: .long(.min))]),
      .map([
        Literal.MapEntry(key: .int(-1), value: row(.double(1), .double(2), .string("x"))),
        Literal.MapEntry(key: .int(0), value: row(.double(3), nil, .string("y"))),
      ]),
      .list([row(.double(1), .double(1), .string("one"))]),
      row(.decimal(unscaled: -1, scale: 2), nil, nil, .fixed([0, 0, 0])),
    ],
  ]
}
