public import IcebergBytes

/// The positions of the deleted rows of one data file.
///
/// A position is the ordinal of a row in its file, from 0.
///
/// Spec: Delete Formats, "Deletion Vectors"; Puffin, "deletion-vector-v1 blob type".
public struct DeletionVector: Hashable, Sendable {
  /// The type of the Puffin blobs that hold vectors.
  public static let blobType = "deletion-vector-v1"

  /// The positions, as the bit patterns of non-negative 64-bit integers.
  private(set) var bitmap: RoaringBitmap64

  /// A vector that deletes nothing.
  public init() { bitmap = RoaringBitmap64() }

  /// The number of deleted rows.
  public var count: Int { bitmap.count }

  /// Whether no row is deleted.
  public var isEmpty: Bool { bitmap.isEmpty }

  /// The largest position, or nil when no row is deleted.
  public var last: Int64? { bitmap.max.map { Int64(bitPattern: $0) } }

  /// Whether the row at `position` is deleted.
  public func contains(_ position: Int64) -> Bool { bitmap.contains(UInt64(bitPattern: position)) }

  /// The number of deleted rows at `range`, whose bounds are not negative.
  public func count(in range: Range<Int64>) -> Int { bitmap.count(in: Self.bitPatterns(range)) }

  /// Which rows at `range` are deleted: 64 to a word, the row at the lower bound in the lowest bit
  /// of the first; bits beyond the range are zero. The bounds are not negative.
  public func words(in range: Range<Int64>) -> [UInt64] {
    bitmap.words(in: Self.bitPatterns(range))
  }

  /// Clears the bits of deleted rows in `words`, whose lowest bit stands for the row at `start`.
  ///
  /// Returns false, without a change, when no deleted row lies near.
  @discardableResult
  public func subtract(from words: inout [UInt64], startingAt start: Int64) -> Bool {
    precondition(start >= 0, "positions are not negative")
    return bitmap.subtract(from: &words, startingAt: UInt64(bitPattern: start))
  }

  /// Calls `body` with each run of deleted rows, in ascending order.
  ///
  /// A run that crosses a multiple of 65,536 comes in several pieces.
  public func forEachRun<E: Error>(_ body: (ClosedRange<Int64>) throws(E) -> Void) throws(E) {
    try bitmap.forEachRun { run throws(E) in
      try body(Int64(bitPattern: run.lowerBound)...Int64(bitPattern: run.upperBound))
    }
  }

  /// The positions in ascending order.
  public var positions: [Int64] { bitmap.values.map { Int64(bitPattern: $0) } }

  private static func bitPatterns(_ range: Range<Int64>) -> Range<UInt64> {
    precondition(range.lowerBound >= 0, "positions are not negative")
    return UInt64(bitPattern: range.lowerBound)..<UInt64(bitPattern: range.upperBound)
  }
}

// MARK: - Adding

extension DeletionVector {
  /// A vector of the given positions, in any order.
  ///
  /// - Throws: `invalidFile` for a negative position.
  public init(_ positions: [Int64]) throws(IcebergError) {
    self.init()
    try insert(contentsOf: positions[...])
  }

  /// Adds a position; returns whether it was not there.
  ///
  /// - Throws: `invalidFile` for a negative position.
  @discardableResult
  public mutating func insert(_ position: Int64) throws(IcebergError) -> Bool {
    guard position >= 0 else { throw Self.negative(position) }
    return bitmap.insert(UInt64(bitPattern: position))
  }

  /// Adds positions in any order; fastest when they ascend.
  ///
  /// - Throws: `invalidFile` for a negative position; then nothing was added.
  public mutating func insert(contentsOf positions: ArraySlice<Int64>) throws(IcebergError) {
    if let least = positions.min(), least < 0 { throw Self.negative(least) }
    bitmap.insert(bitPatterns: positions)
  }

  /// Adds all positions of a range.
  ///
  /// - Throws: `invalidFile` for a negative position.
  public mutating func insert(contentsOf range: Range<Int64>) throws(IcebergError) {
    guard range.lowerBound >= 0 else { throw Self.negative(range.lowerBound) }
    bitmap.insert(contentsOf: Self.bitPatterns(range))
  }

  /// Adds the positions of another vector.
  public mutating func formUnion(_ other: DeletionVector) { bitmap.formUnion(other.bitmap) }

  /// The positions of both vectors.
  public func union(_ other: DeletionVector) -> DeletionVector {
    var result = self
    result.formUnion(other)
    return result
  }

  private static func negative(_ position: Int64) -> IcebergError {
    IcebergError(.invalidFile, "\(position) is no position of a row: positions begin at 0")
  }
}

// MARK: - Bytes

extension DeletionVector {
  /// What a blob begins with after its length.
  private static let magic: [UInt8] = [0xd1, 0xd3, 0x39, 0x64]

  /// The vector in a blob of type ``blobType``.
  ///
  /// - Throws: `badMagic`; `checksum`; `truncated`; `badValue` for another length than the blob
  ///   states, positions that are not below 2^63, or a damaged bitmap.
  public init(parsing blob: Bytes) throws(FormatError) {
    var reader = ByteReader(blob.span)
    let stated = Int(try reader.readBigEndian(UInt32.self))
    guard stated <= reader.remaining else {
      throw FormatError(.truncated, "deletion vector of \(stated) bytes in a shorter blob")
    }
    guard stated == reader.remaining - 4, stated >= Self.magic.count else {
      throw FormatError(
        .badValue, "deletion vector of \(stated) bytes in a blob of \(blob.count) bytes")
    }
    guard try reader.readArray(Self.magic.count) == Self.magic else {
      throw FormatError(.badMagic, at: 4, "not a deletion vector")
    }
    let end = 4 + stated
    // Before the bitmap is looked at: damage is reported as what it is.
    try reader.seek(to: end)
    guard try reader.readBigEndian(UInt32.self) == CRC32.checksum(blob[4..<end]) else {
      throw FormatError(.checksum, at: end, "checksum of a deletion vector does not match")
    }
    try reader.seek(to: 8)
    bitmap = try RoaringBitmap64(parsing: &reader)
    guard reader.offset == end else {
      throw FormatError(.badValue, at: reader.offset, "deletion vector ends before its blob")
    }
    if let last = bitmap.max, last > UInt64(Int64.max) {
      throw FormatError(.badValue, at: 8, "deletion vector with a position beyond 2^63")
    }
  }

  /// The vector as a blob of type ``blobType``, run-length encoded where that is smaller.
  ///
  /// - Throws: `tooLarge` beyond 2 GiB.
  public func serialized() throws(FormatError) -> Bytes {
    var writer = ByteWriter()
    writer.writeBigEndian(0 as UInt32)
    writer.write(Self.magic)
    bitmap.write(to: &writer)
    guard let size = Int32(exactly: writer.count + 4) else {
      throw FormatError(.tooLarge, "deletion vector of more than 2 GiB")
    }
    var bytes = writer.bytes
    let length = UInt32(size - 8)
    for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
    let checksum = CRC32.checksum(Bytes(bytes)[4...])
    for index in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: checksum >> (24 - 8 * index))) }
    return Bytes(bytes)
  }
}
