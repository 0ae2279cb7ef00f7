public import IcebergBytes

/// Shortens the least and greatest values of a column so that they stay bounds.
///
/// Spec: Manifests, "Data File Fields" (bounds need not be values of the column).
public enum BoundTruncation {
  /// The first `width` code points of `text`, a lower bound of everything that begins with them.
  public static func lowerBound(of text: String, width: Int) -> String {
    String(text.unicodeScalars.prefix(width))
  }

  /// The first `width` bytes of `bytes`, a lower bound of everything that begins with them.
  public static func lowerBound(of bytes: Bytes, width: Int) -> Bytes {
    bytes.count <= width ? bytes : bytes[0..<width]
  }

  /// An upper bound of `text` of at most `width` code points, or nil when there is none.
  ///
  /// A longer text is cut, and the last code point that has a successor is replaced by it; what
  /// follows it is dropped.
  public static func upperBound(of text: String, width: Int) -> String? {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: width, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    var kept = String.UnicodeScalarView(scalars[..<end])
    while let last = kept.popLast() {
      guard let next = successor(of: last) else { continue }
      kept.append(next)
      return String(kept)
    }
    return nil
  }

  /// An upper bound of `bytes` of at most `width` bytes, or nil when there is none.
  ///
  /// Longer bytes are cut, and the last one that is not 0xFF is increased; what follows it is dropped.
  public static func upperBound(of bytes: Bytes, width: Int) -> Bytes? {
    guard bytes.count > width else { return bytes }
    var kept = Array(bytes.prefix(width))
    while let last = kept.popLast() {
      if last == .max { continue }
      kept.append(last + 1)
      return Bytes(kept)
    }
    return nil
  }

  /// The next code point that is no surrogate, or nil after the last one.
  private static func successor(of scalar: Unicode.Scalar) -> Unicode.Scalar? {
    scalar.value == 0xD7FF ? Unicode.Scalar(0xE000 as UInt32) : Unicode.Scalar(scalar.value + 1)
  }
}
