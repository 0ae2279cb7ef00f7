/// What is wrong with the bytes of a file, and where.
///
/// Thrown, typed, by everything that decodes bytes. The layers above wrap it in an error that also
/// names the file.
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of defect. Few, and for deciding; ``FormatError/reason`` is for reading.
  public enum Code: Hashable, Sendable {
    /// The bytes end before the value does.
    case truncated
    /// The file does not begin or end with the mark of its format.
    case badMagic
    /// A value is not allowed where it stands.
    case badValue
    /// A stated size or count is beyond what the format or the given limit allows.
    case tooLarge
    /// A checksum does not match.
    case checksum
    /// Valid, as far as can be told, but not implemented here or built without its library.
    case unsupported
  }

  /// The kind of defect.
  public var code: Code
  /// The offset of the defect in bytes from the beginning of what was being decoded.
  public var offset: Int
  /// What was expected, or found, in a few words.
  public var reason: String

  /// An error of the given kind at `offset` bytes.
  public init(_ code: Code, at offset: Int = 0, _ reason: String) {
    self.code = code
    self.offset = offset
    self.reason = reason
  }

  public var description: String { "\(reason) (\(code), at byte \(offset))" }
}
