/// An immutable, sliceable run of bytes that owns, or shares, its storage.
///
/// A slice shares storage with the whole; nothing is copied until ``array`` is asked for.
public struct Bytes: Hashable, Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
  @usableFromInline let storage: [UInt8]
  @usableFromInline let lower: Int
  @usableFromInline let upper: Int

  /// No bytes.
  @inlinable
  public init() { self.init([]) }

  /// The bytes of `array`, without a copy.
  @inlinable
  public init(_ array: [UInt8]) {
    storage = array
    lower = 0
    upper = array.count
  }

  /// A copy of a sequence of bytes.
  @inlinable
  public init(copying bytes: some Sequence<UInt8>) { self.init([UInt8](bytes)) }

  /// The UTF-8 form of a string.
  @inlinable
  public init(utf8 string: String) { self.init([UInt8](string.utf8)) }

  @inlinable
  public init(arrayLiteral elements: UInt8...) { self.init(elements) }

  @inlinable
  init(storage: [UInt8], lower: Int, upper: Int) {
    self.storage = storage
    self.lower = lower
    self.upper = upper
  }

  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { upper - lower }
  @inlinable public var count: Int { upper - lower }

  @inlinable
  public subscript(position: Int) -> UInt8 {
    precondition(position >= 0 && position < upper - lower, "index out of range")
    return storage[lower + position]
  }

  /// The bytes at `range`, sharing storage. Indices of the slice begin at zero again.
  @inlinable
  public subscript(range: Range<Int>) -> Bytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range out of bounds")
    return Bytes(
      storage: storage, lower: lower + range.lowerBound, upper: lower + range.upperBound)
  }

  /// The bytes at `range`, or nil when they are not all there.
  @inlinable
  public func slice(_ range: Range<Int>) -> Bytes? {
    range.lowerBound >= 0 && range.upperBound <= count ? self[range] : nil
  }

  /// The bytes as an array: the storage itself where this is all of it, else a copy.
  @inlinable
  public var array: [UInt8] {
    lower == 0 && upper == storage.count ? storage : Array(storage[lower..<upper])
  }

  /// The bytes as a span that lives as long as this value is borrowed.
  @inlinable
  public var span: RawSpan {
    @_lifetime(borrow self)
    get { storage.span.bytes.extracting(lower..<upper) }
  }

  /// Calls `body` with the bytes in memory; the pointer is not valid after the call.
  @inlinable
  public func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    var result: Result<R, E>?
    storage.withUnsafeBytes { all in
      do throws(E) {
        result = .success(try body(UnsafeRawBufferPointer(rebasing: all[lower..<upper])))
      } catch {
        result = .failure(error)
      }
    }
    return try result!.get()
  }

  /// Calls `body` with the bytes, which are contiguous.
  @inlinable
  public func withContiguousStorageIfAvailable<R>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> R
  ) rethrows -> R? {
    try storage[lower..<upper].withContiguousStorageIfAvailable(body)
  }

  /// The bytes as text, or nil when they are not UTF-8.
  public var utf8String: String? { withUnsafeBytes { String(checkedUTF8: $0) } }

  @inlinable
  public static func == (left: Bytes, right: Bytes) -> Bool {
    left.withUnsafeBytes { left in right.withUnsafeBytes { left.isEqual(to: $0) } }
  }

  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}
