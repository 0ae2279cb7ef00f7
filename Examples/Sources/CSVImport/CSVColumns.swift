import ExampleSupport
import Iceberg

/// The columns of a CSV file, with types that most of its first lines fit.
struct CSVColumns {
  /// One column for each name of the first line.
  var schema: Schema

  /// How many lines are looked at.
  private static let sampleSize = 1000
  /// The share of lines that have to fit a type.
  private static let share = 0.8

  /// Looks at the first lines of a file.
  init(of bytes: [UInt8]) throws {
    var reader = CSVReader(bytes)
    guard let header = try reader.next() else {
      throw IcebergError(.invalidArgument, "the file is empty: its first line names the columns")
    }
    var values = [[String]](repeating: [], count: header.count)
    var hasEmpty = [Bool](repeating: false, count: header.count)
    for _ in 0..<Self.sampleSize {
      guard let record = try reader.next() else { break }
      guard record.count == header.count else { continue }
      for (column, cell) in record.enumerated() {
        if cell.isNull { hasEmpty[column] = true } else { values[column].append(cell.text) }
      }
    }
    schema = Schema(
      header.indices.map { column in
        let type = Self.type(of: values[column])
        return hasEmpty[column] || type == .string
          ? .optional(header[column].text, type) : .required(header[column].text, type)
      }
    ).assigningFreshIDs()
  }

  /// The type that most of the values fit; of several, the narrowest.
  private static func type(of values: [String]) -> FieldType {
    let candidates: [FieldType] = [.boolean, .long, .double, .date, .timestamptz]
    var best: (type: FieldType, fitting: Int) = (.string, 0)
    for type in candidates {
      let fitting = values.count { (try? Literal(parsing: $0, type: type)) != nil }
      if fitting > best.fitting { best = (type, fitting) }
    }
    return Double(best.fitting) >= share * Double(values.count) ? best.type : .string
  }
}

/// The rows of a CSV file, some thousands at a time; lines that do not fit are set aside.
struct CSVBatches {
  /// A line that is not imported.
  struct Refused {
    var number: Int
    var reason: String
  }

  private var reader: CSVReader
  private let schema: Schema
  /// The lines that were set aside so far.
  private(set) var refused: [Refused] = []

  /// The rows behind the first line.
  init(_ bytes: [UInt8], _ columns: CSVColumns) {
    reader = CSVReader(bytes)
    schema = columns.schema
    _ = try? reader.next()
  }

  /// The next rows; nil after the last ones.
  mutating func next() throws -> RecordBatch? {
    var rows: [[Literal?]] = []
    while rows.count < 10_000, let record = try reader.next() {
      do {
        rows.append(try values(of: record))
      } catch let error as IcebergError {
        refused.append(Refused(number: reader.line, reason: error.message))
      }
    }
    return rows.isEmpty ? nil : try RecordBatch(rows: rows, schema: schema)
  }

  private func values(of record: [CSVReader.Cell]) throws -> [Literal?] {
    guard record.count == schema.fields.count else {
      throw IcebergError(
        .invalidFile, "\(record.count) fields, but there are \(schema.fields.count) columns")
    }
    return try zip(record, schema.fields).map { cell, field in
      if !cell.isNull { return try Literal(parsing: cell.text, type: field.type) }
      guard field.isRequired else { return nil }
      throw IcebergError(.invalidFile, "'\(field.name)' must not be empty")
    }
  }
}

extension CSVReader.Cell {
  /// An empty field is null, one in quotes is an empty text.
  var isNull: Bool { text.isEmpty && !isQuoted }
}
