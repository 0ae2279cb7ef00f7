/// How the values of a column are stored. Spec: Parquet, "Types".
public enum PhysicalType: Int32, Hashable, Sendable {
  case boolean = 0
  case int32, int64, int96, float, double, byteArray, fixedLengthByteArray
}

/// How often a field occurs in its parent.
public enum Repetition: Int32, Hashable, Sendable {
  case required = 0
  case optional, repeated
}

/// How the values or levels of a page are encoded. Spec: Parquet, "Encodings".
public enum Encoding: Hashable, Sendable, RawRepresentable {
  case plain
  /// The deprecated name of ``rleDictionary`` in data pages, and of ``plain`` in dictionary pages.
  case plainDictionary
  case rle
  /// Levels of old files, packed from the highest bit on.
  case bitPacked
  case deltaBinaryPacked
  case deltaLengthByteArray
  case deltaByteArray
  case rleDictionary
  case byteStreamSplit
  /// A number that this version does not know.
  case unrecognized(Int32)

  public init(rawValue: Int32) {
    switch rawValue {
    case 0: self = .plain
    case 2: self = .plainDictionary
    case 3: self = .rle
    case 4: self = .bitPacked
    case 5: self = .deltaBinaryPacked
    case 6: self = .deltaLengthByteArray
    case 7: self = .deltaByteArray
    case 8: self = .rleDictionary
    case 9: self = .byteStreamSplit
    default: self = .unrecognized(rawValue)
    }
  }

  public var rawValue: Int32 {
    switch self {
    case .plain: 0
    case .plainDictionary: 2
    case .rle: 3
    case .bitPacked: 4
    case .deltaBinaryPacked: 5
    case .deltaLengthByteArray: 6
    case .deltaByteArray: 7
    case .rleDictionary: 8
    case .byteStreamSplit: 9
    case .unrecognized(let number): number
    }
  }

  /// Whether values are indices into the dictionary page.
  public var isDictionary: Bool { self == .rleDictionary || self == .plainDictionary }
}
