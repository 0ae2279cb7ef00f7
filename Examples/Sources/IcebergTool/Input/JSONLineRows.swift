import Iceberg

/// The rows of a file with one JSON object a line.
struct JSONLineRows {
  private let bytes: Bytes
  private let schema: Schema
  private var position = 0
  private var line = 0

  /// The rows of `bytes`, with the columns of `schema`.
  init(_ bytes: Bytes, _ schema: Schema) {
    self.bytes = bytes
    self.schema = schema
  }

  /// The next row, one value for each column of the table, or nil at the end. Empty lines are passed
  /// over.
  mutating func next() throws(TextError) -> [Literal?]? {
    while position < bytes.count {
      let end =
        bytes[position..<bytes.count].firstIndex(of: 0x0A).map { position + $0 } ?? bytes.count
      let content = bytes[position..<end]
      position = end + 1
      line += 1
      if content.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      do {
        guard case .object(let object) = try JSONValue(parsing: content) else {
          throw TextError("no JSON object")
        }
        return try JSONValues.row(object, schema)
      } catch let error as TextError {
        throw TextError("line \(line): \(error)")
      } catch {
        throw TextError("line \(line): \(error)")
      }
    }
    return nil
  }
}
