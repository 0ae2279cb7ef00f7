import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct EqualityDeletesTests {
  static let id = Field.required("id", .long, id: 1)
  static let name = Field.optional("name", .string, id: 2)

  /// A table of one file: ids from 0, names `a`, `b`, null, `a`, ...
  static func table(
    rows: Int, format: String = "parquet", fileIO: any FileIO = MemoryFileIO()
  ) async throws -> (Table, DataFile) {
    let table = try MemoryTable.make(
      [id, name], properties: ["write.format.default": format], fileIO: fileIO)
    let names: [Literal?] = (0..<rows).map { [.string("a"), .string("b"), nil][$0 % 3] }
    let files = try await table.write(
      RecordBatch(
        names: ["id", "name"],
        columns: [
          Column(.long((0..<Int64(rows)).map(\.self)), count: rows), Column(names, as: .string),
        ],
        rowCount: rows))
    return (table, files[0])
  }

  /// The ids that are left of a table whose first column is `id`.
  static func ids(_ table: Table, _ tasks: [FileScanTask]) async throws -> [Int64] {
    let tasks = tasks.map { task in
      var task = task
      task.schema = Schema([id])
      return task
    }
    return PositionDeletesTests.ids(try await table.lines(tasks))
  }

  /// The rows of `values` that are left when those equal to `keys` are deleted.
  static func left(
    of values: [Literal?], as type: FieldType, deleting keys: [Literal?],
    keyType: FieldType? = nil, formats: (String, String) = ("parquet", "parquet")
  ) async throws -> [Int64] {
    let field = Field.optional("v", type, id: 7)
    let table = try MemoryTable.make(
      [id, field], properties: ["write.format.default": formats.0])
    let files = try await table.write(
      RecordBatch(
        names: ["id", "v"],
        columns: [
          Column(.long((0..<Int64(values.count)).map(\.self)), count: values.count),
          Column(values, as: type),
        ], rowCount: values.count))
    let deletes = try await DeleteFiles.equality(
      .optional("v", keyType ?? type, id: 7), keys, format: formats.1, fileIO: table.fileIO)
    return try await ids(table, [table.task(files[0], [deletes])])
  }

  @Test(
    "values of every type are compared, nulls with nulls; columns that are not selected, too",
    arguments: [
      (FieldType.boolean, [Literal.boolean(true), .boolean(false)]), (.int, [.int(-1), .int(1)]),
      (.long, [.long(.min), .long(.max)]), (.date, [.date(0), .date(-1)]),
      (.time, [.time(0), .time(1)]), (.timestamp, [.timestamp(-1), .timestamp(1)]),
      (.timestamptz, [.timestamptz(-1), .timestamptz(1)]),
      (.timestampNanos, [.timestampNanos(-1), .timestampNanos(1)]),
      (.string, [.string(""), .string("é")]), (.binary, [.binary([]), .binary([0])]),
      (.uuid, [.uuid(Bytes([UInt8](0..<16))), .uuid(Bytes([UInt8](1..<17)))]),
      (.fixed(length: 2), [.fixed([0, 1]), .fixed([0, 2])]),
      (
        .decimal(precision: 30, scale: 2),
        [.decimal(unscaled: 1, scale: 2), .decimal(unscaled: -(1 << 80), scale: 2)]
      ), (.float, [.float(0.5), .float(1.5)]), (.double, [.double(0.5), .double(1.5)]),
    ], [("parquet", "avro"), ("avro", "parquet")])
  func types(column: (FieldType, [Literal]), formats: (String, String)) async throws {
    let (type, values) = column
    let rows = [values[0], nil, values[1], values[0], nil]
    for (keys, expected) in [
      ([values[0]], [1, 2, 4]), ([nil], [0, 2, 3]), ([values[1], nil, values[1]], [0, 3]),
      ([], [0, 1, 2, 3, 4]),
    ] as [([Literal?], [Int64])] where !keys.isEmpty {
      let left = try await Self.left(of: rows, as: type, deleting: keys, formats: formats)
      #expect(left == expected, "\(type) \(keys)")
    }
  }

  @Test("NaN equals every NaN; zeros of different sign differ")
  func floatingPoint() async throws {
    let nan = Double(bitPattern: 0x7ff8_0000_0000_0001)
    let values: [Literal?] = [
      .double(.nan), .double(nan), .double(0), .double(-0.0), .double(-.nan), nil,
    ]
    #expect(try await Self.left(of: values, as: .double, deleting: [.double(.nan)]) == [2, 3, 5])
    #expect(
      try await Self.left(of: values, as: .double, deleting: [.double(-0.0)]) == [0, 1, 2, 4, 5])
    let floats: [Literal?] = [.float(.nan), .float(0), .float(-0.0)]
    #expect(try await Self.left(of: floats, as: .float, deleting: [.float(0)]) == [0, 2])
    #expect(try await Self.left(of: floats, as: .float, deleting: [.float(.nan)]) == [1, 2])
  }

  @Test("deletes from before a promotion apply to rows from after it, and the other way round")
  func promoted() async throws {
    #expect(
      try await Self.left(
        of: [.long(5), .long(6), .long(1 << 40)], as: .long, deleting: [.int(5)], keyType: .int)
        == [1, 2])
    #expect(
      try await Self.left(
        of: [.double(0.5), .double(0.1)], as: .double, deleting: [.float(0.5), .float(0.1)],
        keyType: .float) == [1])
  }

  @Test("several columns must all be equal")
  func severalColumns() async throws {
    let (table, file) = try await Self.table(rows: 9)
    // Nothing of one value runs into the next.
    let deletes = try await DeleteFiles.write(
      .equalityDeletes, [Self.id, Self.name],
      [
        Column(.long([0, 1, 2, 4, 5]), count: 5),
        Column([.string("a"), .string("a"), nil, .string("b"), .string("")], as: .string),
      ], fileIO: table.fileIO)
    #expect(try await Self.ids(table, [table.task(file, [deletes])]) == [1, 3, 5, 6, 7, 8])
  }

  @Test("deletes by different sets of columns apply at once, and beside deletes by position")
  func severalSets() async throws {
    let (table, file) = try await Self.table(rows: 12)
    let fileIO = table.fileIO
    let deletes = [
      try await DeleteFiles.equality(Self.id, [.long(0), .long(1)], fileIO: fileIO),
      try await DeleteFiles.equality(Self.name, [nil], fileIO: fileIO),
      try await DeleteFiles.equality(Self.id, [.long(3)], sequenceNumber: 3, fileIO: fileIO),
      try await DeleteFiles.vector([10], of: file, fileIO: fileIO),
    ]
    #expect(try await Self.ids(table, [table.task(file, deletes)]) == [4, 6, 7, 9])
  }

  @Test("each task is judged by its own deletes, though all share one table of keys")
  func ownDeletes() async throws {
    let (table, file) = try await Self.table(rows: 4)
    let fileIO = table.fileIO
    var deletes: [DeleteFile] = []
    for number in 2..<6 {
      deletes.append(
        try await DeleteFiles.equality(
          Self.id, [.long(Int64(number - 2)), .long(0)], sequenceNumber: Int64(number),
          fileIO: fileIO))
    }
    // Newer data has fewer deletes; the last list leaves one out in the middle.
    for (chosen, expected) in [
      ([0, 1, 2, 3], []), ([1, 2, 3], []), ([2, 3], [1]), ([3], [1, 2]), ([], [0, 1, 2, 3]),
      ([1, 3], [2]), ([1], [2, 3]),
    ] as [([Int], [Int64])] {
      let all = [table.task(file, deletes), table.task(file, chosen.map { deletes[$0] })]
      #expect(try await Self.ids(table, all) == expected, "\(chosen)")
    }
  }

  @Test("deletes of one partition leave equal rows of another alone")
  func partitions() async throws {
    let (table, file) = try await Self.table(rows: 3)
    let spec = PartitionSpec(
      id: 1,
      fields: [PartitionField(sourceIDs: [2], fieldID: 1000, name: "name", transform: .identity)])
    var tasks: [FileScanTask] = []
    for value in ["a", "b"] {
      let partition = StructValue([.string(value)])
      let deletes = try await DeleteFiles.write(
        .equalityDeletes, [Self.id], [Column(.long([value == "a" ? 0 : 2]), count: 1)],
        fileIO: table.fileIO, partition: partition, spec: spec)
      tasks.append(table.task(file, [deletes]))
    }
    #expect(try await Self.ids(table, tasks) == [1, 2, 0, 1])
  }

  @Test("a column that was dropped is still compared; one that a file lacks has its default")
  func droppedAndAdded() async throws {
    let (table, file) = try await Self.table(rows: 6)
    let byName = try await DeleteFiles.equality(Self.name, [.string("a")], fileIO: table.fileIO)
    var task = table.task(file, [byName], selecting: [Self.id])
    task.tableSchemas = [Schema([Self.id]), table.metadata.currentSchema]
    #expect(try await Self.ids(table, [task]) == [1, 2, 4, 5])

    for (value, expected) in [(nil, []), (Literal.int(7), [0, 1, 2, 3, 4, 5])]
      as [(Literal?, [Int64])]
    {
      let added = Field.optional("added", .int, id: 9)
      let deletes = try await DeleteFiles.equality(added, [value], fileIO: table.fileIO)
      var task = table.task(file, [deletes])
      task.tableSchemas = [Schema([Self.id, Self.name, added])]
      #expect(try await Self.ids(table, [task]) == expected)
    }
    var withDefault = Field.optional("added", .int, id: 9)
    withDefault.initialDefault = .int(7)
    let deletes = try await DeleteFiles.equality(
      .optional("added", .int, id: 9), [.int(7)], fileIO: table.fileIO)
    var later = table.task(file, [deletes])
    later.tableSchemas = [Schema([Self.id, Self.name, withDefault])]
    #expect(try await Self.ids(table, [later]).isEmpty)
  }

  @Test("a field in a struct is null where the struct is; the struct may be selected in part")
  func nested() async throws {
    let x = Field.optional("x", .int, id: 4)
    let point = Field.optional("p", .struct([x, .optional("y", .int, id: 5)]), id: 3)
    let table = try MemoryTable.make([Self.id, point])
    let points: [Literal?] = [
      .struct(StructValue([.int(1), .int(10)])), nil, .struct(StructValue([nil, .int(11)])),
      .struct(StructValue([.int(2), .int(12)])),
    ]
    let files = try await table.write(
      RecordBatch(
        names: ["id", "p"],
        columns: [Column(.long([0, 1, 2, 3]), count: 4), Column(points, as: point.type)],
        rowCount: 4))
    func lines(deleting value: Literal?, selecting fields: [Field]) async throws -> [String] {
      let keys = Field.optional("p", .struct([x]), id: 3)
      var deletes = try await DeleteFiles.equality(
        keys, [.struct(StructValue([value]))], fileIO: table.fileIO)
      deletes.file.equalityIDs = [4]
      return try await table.lines([table.task(files[0], [deletes], selecting: fields)])
    }
    #expect(
      try await lines(deleting: nil, selecting: [Self.id]) == [#"{"id":0}"#, #"{"id":3}"#])
    let part = Field.optional("p", .struct([.optional("y", .int, id: 5)]), id: 3)
    #expect(
      try await lines(deleting: .int(1), selecting: [part])
        == [#"{"p":null}"#, #"{"p":{"y":11}}"#, #"{"p":{"y":12}}"#])
  }

  @Test("with _deleted selected, deleted rows come, too, and say so")
  func flagged() async throws {
    let (table, file) = try await Self.table(rows: 3)
    let deletes = try await DeleteFiles.equality(Self.id, [.long(1)], fileIO: table.fileIO)
    let lines = try await table.lines([
      table.task(file, [deletes], selecting: [ReservedFields.isDeleted, Self.name])
    ])
    #expect(
      lines == [
        #"{"_deleted":false,"name":"a"}"#, #"{"_deleted":true,"name":"b"}"#,
        #"{"_deleted":false,"name":null}"#,
      ])
  }

  @Test("random rows and deletes leave what comparing each row with each delete leaves")
  func random() async throws {
    var random = SeededRandom("EqualityDeletesTests.random")
    for format in ["parquet", "avro"] {
      let (table, file) = try await Self.table(rows: 3000, format: format)
      var deletes: [DeleteFile] = []
      var gone: Set<Int64> = []
      for number in 0..<20 {
        let ids = (0..<50).map { _ in Int64.random(in: -100..<3100, using: &random) }
        if number.isMultiple(of: 2) {
          deletes.append(
            try await DeleteFiles.equality(
              Self.id, ids.map { .long($0) }, sequenceNumber: Int64(number + 2),
              fileIO: table.fileIO))
          gone.formUnion(ids)
        } else {
          let names = ids.map { _ in
            [Literal.string("a"), .string("b"), nil].randomElement(using: &random) ?? nil
          }
          deletes.append(
            try await DeleteFiles.write(
              .equalityDeletes, [Self.id, Self.name],
              [Column(.long(ids), count: 50), Column(names, as: .string)], fileIO: table.fileIO))
          for (id, name) in zip(ids, names) where id >= 0 {
            if name == [Literal.string("a"), .string("b"), nil][Int(id % 3)] { gone.insert(id) }
          }
        }
      }
      let left = try await Self.ids(table, [table.task(file, deletes)])
      #expect(left == (0..<3000).filter { !gone.contains($0) })
    }
  }

  @Test("many files, of which any may have a key, leave what a set of keys for each file leaves")
  func manyFiles() async throws {
    var random = SeededRandom("EqualityDeletesTests.manyFiles")
    let text: (Int64) -> Literal? = { id in
      switch id {
      case 0: nil
      case 1: .string("")
      default: .string(String(repeating: "k", count: Int(id % 21)) + "\(id)")
      }
    }
    let field = Field.optional("v", .string, id: 7)
    let table = try MemoryTable.make([Self.id, field])
    let rows = 2_000
    let ids = (0..<Int64(rows)).map(\.self)
    let files = try await table.write(
      RecordBatch(
        names: ["id", "v"],
        columns: [Column(.long(ids), count: rows), Column(ids.map(text), as: .string)],
        rowCount: rows))
    for isText in [false, true] {
      var deletes: [DeleteFile] = []
      var keys: [Set<Int64>] = []
      // The first has few keys, so that room is made for those of the others later.
      for number in 0..<LongTests.rounds(quick: 10, long: 200) {
        let chosen = (0..<(number == 0 ? 5 : 700)).map { _ in
          Int64.random(in: Bool.random(using: &random) ? 0..<2_000 : 0..<100_000, using: &random)
        }
        keys.append(Set(chosen))
        deletes.append(
          try await DeleteFiles.equality(
            isText ? field : Self.id, chosen.map { isText ? text($0) : .long($0) },
            sequenceNumber: Int64(number + 2), fileIO: table.fileIO))
      }
      for _ in 0..<3 {
        let first = Int.random(in: deletes.indices, using: &random)
        let some = deletes.indices.filter { $0 >= first && Bool.random(using: &random) }
        let all = [table.task(files[0], deletes), table.task(files[0], some.map { deletes[$0] })]
        let gone = [Set(keys.joined()), Set(some.map { keys[$0] }.joined())]
        #expect(
          try await Self.ids(table, all)
            == gone.flatMap { gone in ids.filter { !gone.contains($0) } })
      }
    }
  }

  @Test(
    "numbers of one file, close together or far apart, at the ends of their range or not, leave what a set leaves",
    arguments: [
      (Int64(0), Int64(1)), (-7_000, 3), (.max - 1_000, 1), (.min, 1), (-100_000, 63),
      (-100_000, 65), (.min / 2, .max / 500),
    ])
  func numbersOfOneFile(first: Int64, distance: Int64) async throws {
    var random = SeededRandom("EqualityDeletesTests.numbersOfOneFile.\(first).\(distance)")
    var values: [Literal?] = [nil, .long(.min), .long(.max), .long(-1), .long(0)]
    for step in 0..<1_000 as Range<Int64> {
      let (steps, isTooMuch) = step.multipliedReportingOverflow(by: distance)
      let (value, isTooFar) = first.addingReportingOverflow(steps)
      if isTooMuch || isTooFar { break }
      values.append(.long(value))
      if Bool.random(using: &random), value < .max { values.append(.long(value + 1)) }
    }
    for hasNull in [false, true] {
      var keys = values.dropFirst(5).filter { _ in Bool.random(using: &random) }
      if hasNull { keys.append(nil) }
      let gone = Set(keys)
      let left = try await Self.left(of: values, as: .long, deleting: keys)
      #expect(left == values.indices.filter { !gone.contains(values[$0]) }.map { Int64($0) })
    }
  }

  @Test("keys of several columns of every kind, nulls among them, leave what comparing rows leaves")
  func manyColumns() async throws {
    var random = SeededRandom("EqualityDeletesTests.manyColumns")
    let kinds: [(FieldType, [Literal?])] = [
      (.int, [.int(1), .int(-1), nil]), (.string, [.string(""), .string("a"), .string("aa"), nil]),
      (.binary, [.binary([0]), .binary([1]), nil]), (.boolean, [.boolean(true), nil]),
      (.decimal(precision: 20, scale: 2), [.decimal(unscaled: 1, scale: 2), nil]),
      (.fixed(length: 2), [.fixed([0, 0]), .fixed([0, 1]), nil]),
      (.double, [.double(0), .double(-0.0), .double(.nan), nil]),
    ]
    let rows = 300
    for _ in 0..<LongTests.rounds(quick: 6, long: 60) {
      let chosen = kinds.shuffled(using: &random).prefix(.random(in: 2...4, using: &random))
      let fields = chosen.enumerated().map { Field.optional("v\($0)", $1.0, id: 10 + $0) }
      func columns(_ rows: [[Literal?]]) -> [Column] {
        fields.indices.map { index in
          Column(rows.map { $0[index] }, as: fields[index].type)
        }
      }
      let values = (0..<rows).map { _ in chosen.map { $0.1.randomElement(using: &random) ?? nil } }
      let keys = (0..<12).map { _ in chosen.map { $0.1.randomElement(using: &random) ?? nil } }
      let table = try MemoryTable.make([Self.id] + fields)
      let files = try await table.write(
        RecordBatch(
          names: ["id"] + fields.map(\.name),
          columns: [Column(.long((0..<Int64(rows)).map(\.self)), count: rows)] + columns(values),
          rowCount: rows))
      let deletes = try await DeleteFiles.write(
        .equalityDeletes, fields, columns(keys), fileIO: table.fileIO)
      let left = try await Self.ids(table, [table.task(files[0], [deletes])])
      // As text: NaN is itself, and zeros of different sign are not the same.
      let gone = Set(keys.map { "\($0)" })
      #expect(left == (0..<rows).filter { !gone.contains("\(values[$0])") }.map { Int64($0) })
    }
  }

  @Test("each delete file is read once, however many data files it applies to")
  func readOnce() async throws {
    let counting = CountingFileIO()
    let (table, file) = try await Self.table(rows: 3, fileIO: counting)
    let deletes = try await DeleteFiles.equality(Self.id, [.long(1)], fileIO: counting)
    counting.reset()
    let ids = try await Self.ids(
      table, [FileScanTask](repeating: table.task(file, [deletes]), count: 20))
    #expect(ids.count == 40)
    #expect(counting.readCount(of: deletes.file.location) == 1)
  }

  @Test("what cannot be compared is refused before the first row")
  func refused() async throws {
    let (table, file) = try await Self.table(rows: 3)
    let good = try await DeleteFiles.equality(Self.id, [.long(1)], fileIO: table.fileIO)
    let list = Field.optional("l", .list(element: .optional("element", .int, id: 11)), id: 10)
    for ids in [nil, [], [99], [10], [11]] as [[Int]?] {
      var bad = good
      bad.file.equalityIDs = ids
      var second = table.task(file, [bad])
      second.tableSchemas[0].fields.append(list)
      var iterator = BatchSequence(of: [table.task(file), second], fileIO: table.fileIO)
        .makeAsyncIterator()
      await #expect(throws: IcebergError.self, "\(ids ?? [])") { _ = try await iterator.next() }
    }
    // A column that the delete file must have, but lacks.
    var lacking = good
    lacking.file.equalityIDs = [1, 2]
    await #expect(throws: IcebergError.self) {
      _ = try await Self.ids(table, [table.task(file, [lacking])])
    }
  }
}
