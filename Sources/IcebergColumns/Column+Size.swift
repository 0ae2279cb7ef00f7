extension Column {
  /// About how many bytes the column takes in memory.
  package var approximateSize: Int {
    switch values {
    case .boolean: count / 8
    case .int, .float: count * 4
    case .long, .double: count * 8
    case .decimal: count * 16
    case .bytes(_, let data), .fixed(_, let data): data.count + count * 4
    case .null: 0
    case .list(_, let element): element.approximateSize + count * 4
    case .map(_, let key, let value): key.approximateSize + value.approximateSize + count * 4
    case .struct(let fields): fields.reduce(0) { $0 + $1.approximateSize }
    }
  }
}
