internal import IcebergParquet

extension FileColumn {
  /// The column that a field of a Parquet schema is.
  ///
  /// Spec: Appendix A, "Parquet".
  init(_ field: ParquetField) {
    self.init(
      id: field.fieldID.map(Int.init), name: field.name, isOptional: field.isOptional,
      kind: Self.kind(of: field))
  }

  private static func kind(of field: ParquetField) -> Kind {
    switch field.shape {
    case .leaf(let leaf): return kind(of: leaf)
    case .group(let fields):
      switch field.logicalType {
      case nil: return .struct(fields.map { FileColumn($0) })
      case .variant: return variant(fields.map(\.name))
      case .some(let type): return .unsupported("a group with the logical type \(type)")
      }
    case .list(let element): return .list(element: FileColumn(element))
    case .map(let key, let value):
      let values = value.map { FileColumn($0) } ?? FileColumn(name: "value", kind: .null)
      return .map(key: FileColumn(key), value: values)
    }
  }

  /// A variant of fields with the given names.
  static func variant(_ names: [String]) -> Kind {
    switch names {
    case ["metadata", "value"]: .variant(isValueFirst: false)
    case ["value", "metadata"]: .variant(isValueFirst: true)
    case _ where names.contains("typed_value"): .unsupported("a shredded variant")
    default: .unsupported("a variant of the fields \(names.joined(separator: ", "))")
    }
  }

  private static func kind(of leaf: ParquetLeaf) -> Kind {
    switch leaf.logicalType {
    case nil: break
    case .decimal(let precision, let scale):
      return .decimal(precision: Int(precision), scale: Int(scale))
    case .string, .enumeration, .json: return .text
    case .bson: return .bytes
    case .date: return .date
    case .time(_, let unit): return .time(TimeUnit(unit))
    case .timestamp(_, let unit): return .timestamp(TimeUnit(unit))
    case .integer(let bits, let isSigned): return .integer(bits: Int(bits), isSigned: isSigned)
    case .uuid: return .uuid
    case .unknown: return .null
    case .float16: return .float
    case .interval: return .unsupported("an interval")
    case .geometry: return .unsupported("a geometry")
    case .geography: return .unsupported("a geography")
    case .unrecognized(let number): return .unsupported("Parquet's logical type \(number)")
    case .map, .list, .mapKeyValue, .variant: return .unsupported("a group without fields")
    }
    switch leaf.physicalType {
    case .boolean: return .boolean
    case .int32: return .integer(bits: 32, isSigned: true)
    case .int64: return .integer(bits: 64, isSigned: true)
    // The decoder gives the old timestamps of 96 bits in microseconds.
    case .int96: return .timestamp(.micros)
    case .float: return .float
    case .double: return .double
    case .byteArray: return .bytes
    case .fixedLengthByteArray: return .fixed(length: leaf.typeLength)
    }
  }
}

extension FileColumn.TimeUnit {
  fileprivate init(_ unit: LogicalType.TimeUnit) {
    switch unit {
    case .milliseconds: self = .millis
    case .microseconds: self = .micros
    case .nanoseconds: self = .nanos
    }
  }
}

extension ParquetField {
  /// The field with only those parts below it that are chosen.
  func selecting(_ part: FileSelection) -> ParquetField {
    var result = self
    switch (part, shape) {
    case (.fields(let chosen), .group(let fields)):
      result.shape = .group(fields.selecting(chosen))
    case (.list(let inner), .list(let element)):
      result.shape = .list(element: element.selecting(inner))
    case (.map(let keyPart, let valuePart), .map(let key, let value)):
      result.shape = .map(key: key.selecting(keyPart), value: value?.selecting(valuePart))
    default: break
    }
    return result
  }
}

extension [ParquetField] {
  /// The chosen fields, each with its chosen parts.
  func selecting(_ chosen: [FileSelection.Child]) -> [ParquetField] {
    chosen.map { self[$0.index].selecting($0.part) }
  }
}
