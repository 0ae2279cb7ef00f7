import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Random filters, planned by Iceberg Java and by this library.
@Suite(.needsSharedFiles, .needsJava, .serialized) struct JavaPlanningTests {
  @Test("for random filters, the files that Java reads are read, but for some without such rows")
  func randomFilters() async throws {
    try await withTemporaryDirectory { directory in
      let java = try await JavaProcess(
        "PlanFiles", in: directory.path("classes"),
        arguments: GoldenTable.places.map { "\($0.from)=\($0.to)" })
      var random = SeededRandom()
      var (plans, same, more, refused) = (0, 0, 0, 0)
      for path in GoldenTablesTests.engines + GoldenTablesTests.java {
        let golden = try await GoldenTable(path)
        guard let snapshot = golden.table.metadata.currentSnapshot,
          let location = golden.table.metadataLocation,
          let pool = try? await ValuePool(golden.table.scan().at(.snapshot(snapshot.id)))
        else { continue }
        for _ in 0..<LongTests.rounds(quick: 4, long: 60) {
          let filter = pool.filter(&random, depth: 2)
          let text = String(decoding: try filter.json().serialized(), as: UTF8.self)
          let answer = try await java.ask(location, "\(snapshot.id)", text)
          guard answer.first == "ok" else {
            refused += 1
            continue
          }
          let scan = golden.table.scan().at(.snapshot(snapshot.id)).filter(filter)
          let ours = try await scan.explain().keptFiles.map(\.file.location).sorted()
          let theirs = Array(answer.dropFirst())
          plans += 1
          if ours == theirs { same += 1 }
          // Java leaves out partitions that a truncate which wraps around puts at the other end.
          if !Set(ours).isSubset(of: theirs) { more += 1 }
          // What is left out must have no row that is wanted: the rows of all files are counted.
          if ours != theirs, !theirs.contains(where: { $0.hasSuffix(".orc") }) {
            let rows = try await golden.table.scan().at(.snapshot(snapshot.id)).count(of: filter)
            #expect(try await scan.count() == rows, "\(path): \(filter)")
          }
        }
      }
      print(
        "planning: \(plans) plans, \(same) the same as Java's, \(more) with a file that "
          + "Java leaves out, \(refused) refused by Java")
      #expect(same > plans * 4 / 5 && more <= plans / 50)
    }
  }
}

extension TableScan {
  /// The number of rows that satisfy a filter, found in all files.
  fileprivate func count(of filter: Filter) async throws -> Int64 {
    var tasks = try await tasks()
    let bound = try filter.bound(to: try schema)
    for index in tasks.indices {
      tasks[index].residual = bound
    }
    var count: Int64 = 0
    for try await batch in BatchSequence(of: tasks, fileIO: table.fileIO) {
      count += Int64(batch.rowCount)
    }
    return count
  }
}

/// Values of the columns of a table, to make filters of that some rows satisfy.
struct ValuePool {
  private var columns: [(name: String, type: FieldType, values: [Literal])] = []

  /// The values of the primitive columns at the top in the rows of a scan. Throws where the rows
  /// cannot be read.
  init(_ scan: TableScan) async throws {
    let (schema, batches) = try await scan.readAll()
    for (place, field) in schema.fields.enumerated() {
      var values: [Literal] = []
      for batch in batches {
        for row in stride(from: 0, to: batch.rowCount, by: max(1, batch.rowCount / 20)) {
          if let value = Self.literal(batch.columns[place].value(at: row), field.type) {
            values.append(value)
          }
        }
      }
      if !values.isEmpty { columns.append((field.name, field.type, values)) }
    }
    if columns.isEmpty { throw UnexpectedExpectation(place: "no columns") }
  }

  /// A random filter.
  func filter(_ random: inout SeededRandom, depth: Int) -> Filter {
    if depth > 0, Int.random(in: 0..<3, using: &random) > 0 {
      let left = filter(&random, depth: depth - 1)
      // No `not`: Java makes NOT x < 5 into x >= 5, which is another thing where x is null.
      return Bool.random(using: &random)
        ? left && filter(&random, depth: depth - 1) : left || filter(&random, depth: depth - 1)
    }
    let column = columns[Int.random(in: 0..<columns.count, using: &random)]
    func value() -> Literal {
      column.values[Int.random(in: 0..<column.values.count, using: &random)]
    }
    let term = Filter.Term(column.name)
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return .test(term, .isNull)
    case 1: return .test(term, .notNull)
    case 2: return .test(term, .isIn([value(), value(), value()]))
    case 3: return .test(term, .notIn([value(), value()]))
    case 4:
      guard case .string(let text) = value() else { return .test(term, .notNull) }
      return .test(term, .startsWith(String(text.prefix(2))))
    case 5:
      guard case .string(let text) = value() else { return .test(term, .isNull) }
      return .test(term, .notStartsWith(String(text.prefix(2))))
    default:
      let comparisons = Filter.Comparison.allCases
      let comparison = comparisons[Int.random(in: 0..<comparisons.count, using: &random)]
      return .test(term, .comparison(comparison, value()))
    }
  }

  private static func literal(_ value: Column.Value, _ type: FieldType) -> Literal? {
    switch (value, type) {
    case (.boolean(let value), .boolean): .boolean(value)
    case (.int(let value), .int): .int(value)
    case (.int(let value), .date): .date(value)
    case (.long(let value), .long): .long(value)
    case (.long(let value), .timestamp): .timestamp(value)
    case (.long(let value), .timestamptz): .timestamptz(value)
    case (.double(let value), .double): value.isNaN ? nil : .double(value)
    case (.decimal(let unscaled), .decimal(_, let scale)):
      .decimal(unscaled: unscaled, scale: scale)
    case (.bytes(let bytes), .string): .string(String(decoding: bytes, as: UTF8.self))
    default: nil
    }
  }
}
