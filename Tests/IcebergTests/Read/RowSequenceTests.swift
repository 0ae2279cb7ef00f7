import Foundation
import Iceberg
import IcebergTestSupport
import Testing

@Suite struct RowSequenceTests {
  struct Point: Codable, Hashable {
    var x: Double
    var label: String?
  }

  enum Level: String, Codable { case low, high }

  struct Event: Codable, Hashable {
    var id: Int64
    var small: Int8
    var count: UInt
    var ratio: Float
    var exact: Decimal
    var text: String
    var level: Level
    var flag: Bool
    var day: Date
    var at: Date
    var clock: Duration
    var uuid: UUID
    var bytes: [UInt8]
    var data: Data
    var point: Point?
    var tags: [String?]
    var points: [Point]
    var scores: [String: Double]
    var names: [Int: String]
    var days: [Int64: Bool]
    var note: String?
  }

  static let fields: [Field] = [
    .required("id", .long, id: 1), .required("small", .int, id: 2),
    .required("count", .long, id: 3), .required("ratio", .float, id: 4),
    .required("exact", .decimal(precision: 38, scale: 3), id: 5), .required("text", .string, id: 6),
    .required("level", .string, id: 7), .required("flag", .boolean, id: 8),
    .required("day", .date, id: 9), .required("at", .timestamptz, id: 10),
    .required("clock", .time, id: 11), .required("uuid", .uuid, id: 12),
    .required("bytes", .fixed(length: 3), id: 13), .required("data", .binary, id: 14),
    .optional(
      "point",
      .struct([.required("x", .double, id: 16), .optional("label", .string, id: 17)]), id: 15),
    .required("tags", .list(element: .optional("element", .string, id: 19)), id: 18),
    .required(
      "points",
      .list(
        element: .required(
          "element",
          .struct([.required("x", .double, id: 22), .optional("label", .string, id: 23)]), id: 21)),
      id: 20),
    .required(
      "scores",
      .map(key: .required("key", .string, id: 25), value: .required("value", .double, id: 26)),
      id: 24),
    .required(
      "names",
      .map(key: .required("key", .int, id: 28), value: .required("value", .string, id: 29)), id: 27),
    .required(
      "days",
      .map(key: .required("key", .long, id: 31), value: .required("value", .boolean, id: 32)),
      id: 30),
    .optional("note", .string, id: 33),
  ]

  static func event(_ id: Int64) throws -> Event {
    Event(
      id: id, small: -5, count: 7, ratio: 0.25,
      exact: try #require(Decimal(string: "-12345678901234567890123456789012345.678")),
      text: "Grüße", level: .high, flag: true, day: Date(timeIntervalSince1970: 86_400 * 19_782),
      at: Date(timeIntervalSince1970: 1_700_000_000.123456), clock: .milliseconds(1_500),
      uuid: try #require(UUID(uuidString: "F79C3E09-677C-4BBD-A479-3F349CB785E7")),
      bytes: [1, 2, 3], data: Data([0, 255]), point: id % 2 == 0 ? nil : Point(x: 1.5, label: "p"),
      tags: ["a", nil, ""], points: [Point(x: 1, label: nil), Point(x: 2, label: "z")],
      scores: ["one": 1, "two": 2], names: [1: "x", -2: "y"], days: [5: true], note: nil)
  }

  @Test("rows of Codable types come back as they were written", arguments: ["parquet", "avro"])
  func roundTrip(format: String) async throws {
    let table = try MemoryTable.make(Self.fields, properties: ["write.format.default": format])
    let events = try (0..<10).map { try Self.event($0) }
    let files = try await table.withWriter { try await $0.write(rows: events) }
    let batch = try await table.read(files)
    let rows = DecodedRows(batch, Schema(Self.fields))
    for (index, event) in events.enumerated() {
      let found: Event = try rows.decode(index)
      #expect(found.at.timeIntervalSince(event.at).magnitude < 0.000_001)
      var same = found
      same.at = event.at
      #expect(same == event)
    }
  }

  @Test("a column that the rows do not have takes its write default; one that is nil is null")
  func writeDefaults() async throws {
    var level = Field.optional("level", .int, id: 2)
    level.writeDefault = .int(7)
    var note = Field.optional("note", .string, id: 3)
    note.writeDefault = .string("none")
    let table = try MemoryTable.make([.required("id", .int, id: 1), level, note])
    struct Row: Encodable {
      var id: Int
      var note: String?
    }
    let files = try await table.withWriter { try await $0.write(rows: [Row(id: 1), Row(id: 2)]) }
    #expect(
      try await table.jsonRows(files) == [
        #"{"id":1,"level":7,"note":null}"#, #"{"id":2,"level":7,"note":null}"#,
      ])
  }

  @Test("what cannot be encoded is refused with row and column")
  func encodingErrors() async throws {
    let table = try MemoryTable.make([
      .required("id", .int, id: 1), .optional("p", .struct([.optional("x", .int, id: 3)]), id: 2),
    ])
    struct Wide: Encodable { var id: Int }
    struct Unknown: Encodable { var id: Int, other: Int }
    struct Deep: Encodable {
      struct Inner: Encodable { var x: String }
      var id: Int
      var p: Inner
    }
    await expectRefusal("row 1, column id: 4294967296 is no value of the column's type int") {
      _ = try await table.withWriter {
        try await $0.write(rows: [Wide(id: 1), Wide(id: 1 << 32)])
      }
    }
    await expectRefusal("no column 'other'") {
      _ = try await table.withWriter { try await $0.write(rows: [Unknown(id: 1, other: 2)]) }
    }
    await expectRefusal("row 0, column p.x") {
      _ = try await table.withWriter {
        try await $0.write(rows: [Deep(id: 1, p: .init(x: "a"))])
      }
    }
  }

  @Test("what cannot be decoded is refused with row and column")
  func decodingErrors() throws {
    let schema = Schema([
      .required("id", .long, id: 1),
      .optional("l", .list(element: .optional("element", .int, id: 3)), id: 2),
    ])
    let batch = RecordBatch(
      names: ["id", "l"],
      columns: [
        Column([.long(300), .long(1)], as: .long),
        Column([.list([.int(1), nil]), nil], as: schema.fields[1].type),
      ], rowCount: 2)
    struct Small: Decodable { var id: Int8 }
    struct Text: Decodable { var id: String }
    struct Missing: Decodable { var other: Int }
    struct Items: Decodable { var l: [Int] }
    let rows = DecodedRows(batch, schema)
    func message<T: Decodable>(_ type: T.Type, _ row: Int) -> String {
      do {
        let _: T = try rows.decode(row)
        return ""
      } catch {
        return (error as? IcebergError)?.message ?? "\(error)"
      }
    }
    #expect(message(Small.self, 0).hasPrefix("row 0, column id cannot be decoded into Small"))
    #expect(message(Small.self, 1) == "")
    #expect(message(Text.self, 0).contains("the column is long, not String"))
    #expect(message(Missing.self, 0).hasPrefix("row 0, column other"))
    #expect(message(Items.self, 0).hasPrefix("row 0, column l.1"))
    #expect(message(Items.self, 1).contains("the value is null"))
  }

  private func expectRefusal(_ text: String, _ body: () async throws -> Void) async {
    await #expect {
      try await body()
    } throws: { error in
      let error = error as? IcebergError
      return error?.code == .invalidArgument && error?.message.contains(text) == true
    }
  }
}

/// The rows of one batch, decoded one by one.
struct DecodedRows {
  private let batch: RecordBatch
  private let schema: Schema

  init(_ batch: RecordBatch, _ schema: Schema) {
    self.batch = batch
    self.schema = schema
  }

  func decode<Row: Decodable>(_ index: Int) throws -> Row {
    try DecodableRows(of: batch, schema: schema).decode(Row.self, at: index, rowNumber: index)
  }
}
