internal import IcebergColumns
internal import IcebergModel

/// The rows of a scan as values of a `Decodable` type, in the order of the batches.
public struct RowSequence<Row: Decodable>: AsyncSequence {
  /// A row.
  public typealias Element = Row
  /// ``IcebergError`` or `CancellationError`.
  public typealias Failure = any Error

  private let schema: @Sendable () throws -> Schema
  private let open: @Sendable () -> () async throws -> RecordBatch?

  /// The rows of `batches`, whose columns are those of `schema`.
  init<Batches: AsyncSequence<RecordBatch, any Error> & Sendable>(
    of batches: Batches, schema: @escaping @Sendable () throws -> Schema
  ) {
    self.schema = schema
    open = {
      var iterator = batches.makeAsyncIterator()
      return { try await iterator.next(isolation: #isolation) }
    }
  }

  /// A reader at the first row.
  public func makeAsyncIterator() -> Iterator { Iterator(schema, open()) }

  /// Where a reader of the rows stands.
  public struct Iterator: AsyncIteratorProtocol {
    private let makeSchema: @Sendable () throws -> Schema
    private let nextBatch: () async throws -> RecordBatch?
    private var rows: DecodableRows?
    private var index = 0
    private var schema: Schema?
    private var rowNumber = 0

    init(
      _ schema: @escaping @Sendable () throws -> Schema,
      _ nextBatch: @escaping () async throws -> RecordBatch?
    ) {
      makeSchema = schema
      self.nextBatch = nextBatch
    }

    /// The next row; nil after the last one.
    ///
    /// Throws `invalidArgument`, naming row and column, when a value does not fit the type; and what
    /// ``BatchSequence`` throws.
    public mutating func next() async throws -> Row? {
      while true {
        if let rows, index < rows.count {
          defer {
            index += 1
            rowNumber += 1
          }
          return try rows.decode(Row.self, at: index, rowNumber: rowNumber)
        }
        let schema = try self.schema ?? makeSchema()
        self.schema = schema
        guard let batch = try await nextBatch() else { return nil }
        rows = DecodableRows(of: batch, schema: schema)
        index = 0
      }
    }
  }
}

extension RowSequence: Sendable {}

extension TableScan {
  /// The rows as values of a `Decodable` type, whose coding keys are the names of columns.
  ///
  /// Integers and floating-point numbers are decoded where the value is exactly one of the type;
  /// text and uuids as `String`, decimals as `Decimal` or `String`, dates and timestamps as `Date`,
  /// times as `Duration`, uuids as `UUID`, binary as `Data` or `[UInt8]`, structs as nested types,
  /// lists as arrays, maps as dictionaries, and variants as `String`, which is their JSON. A column that may be null is decoded as an optional.
  /// Columns that the type does not ask for are read all the same: ``select(_:)-(String...)`` them
  /// away.
  ///
  /// ```swift
  /// struct Event: Decodable { var id: Int64; var level: String? }
  /// for try await event in table.scan().select("id", "level").rows(as: Event.self) { ... }
  /// ```
  public func rows<Row: Decodable>(as type: Row.Type) -> RowSequence<Row> {
    RowSequence(of: batches(), schema: { try schema })
  }
}
