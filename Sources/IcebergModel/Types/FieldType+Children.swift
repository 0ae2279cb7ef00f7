extension FieldType {
  /// The fields that the type is directly made of: those of a struct, the element of a list, key and
  /// value of a map; none of other types.
  public var children: [Field] {
    switch self {
    case .struct(let fields): fields
    case .list(let element): [element]
    case .map(let key, let value): [key, value]
    default: []
    }
  }

  /// The type with other fields in the places of ``children``; the type itself when it has none.
  package func replacingChildren(with fields: [Field]) -> FieldType {
    switch self {
    case .struct:
      .struct(fields)
    case .list where fields.count == 1:
      .list(element: fields[0])
    case .map where fields.count == 2:
      .map(key: fields[0], value: fields[1])
    default:
      self
    }
  }
}
