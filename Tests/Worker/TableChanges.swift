import Iceberg

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `change WAREHOUSE TABLE WRITER FIRST-ID STOP`: changes rows and columns of a table step by step, while
/// other processes do the same, until there is a file at the path STOP.
///
/// Prints `begin STEP` in front of each step, and `done STEP`, `none STEP` (nothing was committed) or
/// `unknown STEP` behind it, at once. The texts of steps are unique:
///
/// - `NAME append FIRST END` adds the rows of these ids, END not included, from FIRST-ID on;
/// - `NAME delete FIRST END` deletes them;
/// - `NAME replace FIRST END NEW-FIRST NEW-END` deletes rows and adds others;
/// - `NAME add COLUMN` and `NAME drop COLUMN`.
///
/// A step that changes rows is in the summary of its snapshot, one that changes columns is a property of the
/// table that is set by the same commit.
struct TableChanges {
  private let warehouse: String
  private let table: TableIdentifier
  private let writer: String
  private var nextID: Int64
  private let stop: String

  private enum Step {
    case append(Range<Int64>)
    case delete(Range<Int64>)
    case replace(Range<Int64>, with: Range<Int64>)
    case add(String)
    case drop(String)
  }

  init(_ arguments: inout ArraySlice<String>) throws {
    warehouse = try arguments.next("WAREHOUSE")
    table = try TableIdentifier(parsing: arguments.next("TABLE"))
    writer = try arguments.next("WRITER")
    nextID = Int64(try arguments.nextNumber("FIRST-ID"))
    stop = try arguments.next("STOP")
  }

  mutating func run() async throws {
    let catalog = FileSystemCatalog(warehouse: warehouse)
    var table = try await catalog.loadTable(table)
    for number in 0... {
      if try await table.fileIO.exists(stop) { return }
      // Half of the steps begin with a version that is old by now.
      if Bool.random() { table = try await table.refreshed() }
      let step = nextStep(number, on: table.metadata)
      let text = "\(writer)-\(number) \(Self.text(of: step))"
      tell("begin \(text)")
      do {
        if let changed = try await carryOut(step, text, on: table) {
          table = changed
          tell("done \(text)")
        } else {
          tell("none \(text)")
        }
      } catch let error as IcebergError where Self.isLostRace(error, step) {
        tell("none \(text)")
        table = try await table.refreshed()
      } catch let error as IcebergError where error.code == .commitStateUnknown {
        tell("unknown \(text)")
        table = try await table.refreshed()
      }
    }
  }

  /// Whether a step was refused because of what others did meanwhile.
  private static func isLostRace(_ error: IcebergError, _ step: Step) -> Bool {
    switch (error.code, step) {
    case (.commitConflict, _), (.validationFailed, .delete), (.validationFailed, .replace): true
    // Somebody else has dropped the column.
    case (.invalidArgument, .drop): true
    default: false
    }
  }

  private func tell(_ line: String) {
    print(line)
    fflush(nil)
  }
}

// The steps.
extension TableChanges {
  private static func text(of step: Step) -> String {
    switch step {
    case .append(let ids): "append \(ids.lowerBound) \(ids.upperBound)"
    case .delete(let ids): "delete \(ids.lowerBound) \(ids.upperBound)"
    case .replace(let ids, let new):
      "replace \(ids.lowerBound) \(ids.upperBound) \(new.lowerBound) \(new.upperBound)"
    case .add(let column): "add \(column)"
    case .drop(let column): "drop \(column)"
    }
  }

  private mutating func nextStep(_ number: Int, on metadata: TableMetadata) -> Step {
    switch Int.random(in: 0..<10) {
    case 0:
      return .add("\(writer)_\(number)")
    case 1:
      let columns = metadata.currentSchema.fields.map(\.name).filter { $0.contains("_") }
      if let column = columns.randomElement() { return .drop(column) }
    case 2..<5:
      if let rows = someRows(of: metadata) { return .delete(rows) }
    case 5..<7:
      if let rows = someRows(of: metadata) { return .replace(rows, with: newRows()) }
    default: break
    }
    return .append(newRows())
  }

  private mutating func newRows() -> Range<Int64> {
    let first = nextID
    nextID += Int64.random(in: 1...6)
    return first..<nextID
  }

  /// Some rows that a writer, this one or another, has added not long ago; others may have deleted them.
  private func someRows(of metadata: TableMetadata) -> Range<Int64>? {
    let added = metadata.snapshots.suffix(15).compactMap { snapshot -> Range<Int64>? in
      let words = snapshot.summary?["step"]?.split(separator: " ") ?? []
      guard words.count > 3, words[1] != "delete" else { return nil }
      let ids = words.suffix(2).compactMap { Int64($0) }
      return ids.count == 2 ? ids[0]..<ids[1] : nil
    }
    guard let rows = added.randomElement() else { return nil }
    if Bool.random() { return rows }
    let first = Int64.random(in: rows)
    return first..<Int64.random(in: (first + 1)...rows.upperBound)
  }

  /// The table after the step; nil where there was nothing to do.
  private func carryOut(_ step: Step, _ text: String, on table: Table) async throws -> Table? {
    let summary = ["step": text]
    let options = RowChangeOptions(mode: Bool.random() ? .copyOnWrite : .mergeOnRead)
    switch step {
    case .append(let ids):
      let files = try await table.withWriter { try await $0.write(Self.batch(ids, of: table)) }
      return try await table.commit { $0.append(files, summary: summary) }
    case .delete(let ids):
      let report = try await table.delete(
        where: Self.filter(ids), options: options, summary: summary)
      return report.isEmpty ? nil : report.table
    case .replace(let ids, let new):
      let report = try await table.overwrite(
        where: Self.filter(ids), with: [Self.batch(new, of: table)], options: options,
        summary: summary)
      return report.table
    case .add(let column):
      return try await table.commit { tx in
        tx.schema.addColumn(column, .int)
        tx.setProperty("step \(text)", "x")
      }
    case .drop(let column):
      return try await table.commit { tx in
        tx.schema.delete(column)
        tx.setProperty("step \(text)", "x")
      }
    }
  }

  private static func filter(_ ids: Range<Int64>) -> Filter {
    col("id") >= ids.lowerBound && col("id") < ids.upperBound
  }

  private static func batch(_ ids: Range<Int64>, of table: Table) throws -> RecordBatch {
    try RecordBatch(
      rows: ids.map { [.long($0), .string($0 % 2 == 0 ? "a" : "b"), .double(Double($0))] },
      schema: table.metadata.currentSchema.selecting(["id", "city", "amount"]))
  }
}
