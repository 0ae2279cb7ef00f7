internal import IcebergColumns
internal import IcebergModel

/// Keys of several columns, or of one whose values are neither numbers nor byte strings.
///
/// As bytes, a key is its values one after the other, each behind a byte that says whether there is one.
/// Only keys that are kept are written out; those that are looked up are hashed and compared where they are.
struct JoinedKeys: Sendable {
  private let parts: [Part]
  /// The number of rows.
  let count: Int

  init(_ columns: [Column], rowCount: Int) {
    parts = columns.map { Part($0) }
    count = rowCount
  }

  /// Puts a hash of the key of each of some rows into `hashes`.
  func hash(_ rows: Range<Int>, into hashes: UnsafeMutableBufferPointer<UInt64>, _ hash: KeyHash) {
    for index in 0..<rows.count { hashes.initializeElement(at: index, to: 0) }
    for part in parts { part.add(rows, to: hashes, hash) }
  }

  /// The keys as byte strings. Throws `unsupported` for more than 2 GiB of them.
  func bytes() throws(IcebergError) -> (offsets: [Int32], data: [UInt8]) {
    var lengths = [Int](repeating: parts.count, count: count)
    for part in parts { part.addLengths(to: &lengths) }
    var offsets: [Int32] = [0]
    offsets.reserveCapacity(count + 1)
    var total = 0
    for length in lengths {
      total += length
      guard total <= Int(Int32.max) else {
        throw IcebergError(.unsupported, "equality deletes by values of more than 2 GiB at once")
      }
      offsets.append(Int32(truncatingIfNeeded: total))
    }
    var ends = offsets.map { Int($0) }
    var data = [UInt8](repeating: 0, count: total)
    for part in parts { part.write(to: &data, at: &ends) }
    return (offsets, data)
  }

  /// Whether the key of a row is the one that was written as `bytes`.
  func isEqual(_ row: Int, to bytes: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    for part in parts {
      guard part.isEqual(row, to: bytes, at: &offset) else { return false }
    }
    return offset == bytes.count
  }
}

/// One column of the keys.
private struct Part {
  enum Values {
    case nothing
    case integers([Int64])
    case fixed(width: Int, [UInt8])
    case bytes([Int32], [UInt8])
  }

  let values: Values
  let validity: Bitmap?

  init(_ column: Column) {
    if let integers = column.integerKeys {
      values = .integers(integers)
    } else {
      switch column.values {
      case .decimal(let array):
        var bytes: [UInt8] = []
        bytes.reserveCapacity(array.count * 16)
        for value in array {
          withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        values = .fixed(width: 16, bytes)
      case .fixed(let width, let data): values = .fixed(width: width, data)
      case .bytes(let offsets, let data): values = .bytes(offsets, data)
      default: values = .nothing
      }
    }
    if case .nothing = values {
      validity = Bitmap(repeating: false, count: column.count)
    } else {
      validity = column.validity
    }
  }
}

// MARK: - Looking up

extension Part {
  /// Makes the hashes of the parts before this one those of the parts up to it.
  func add(_ rows: Range<Int>, to hashes: UnsafeMutableBufferPointer<UInt64>, _ hash: KeyHash) {
    let first = rows.lowerBound
    func add(_ value: (_ row: Int) -> UInt64) {
      if let validity {
        for row in rows {
          let bits = validity[row] ? value(row) : .max
          hashes[row &- first] = hash.joined(hashes[row &- first], bits)
        }
      } else {
        for row in rows { hashes[row &- first] = hash.joined(hashes[row &- first], value(row)) }
      }
    }
    switch values {
    case .nothing: add { _ in .max }
    case .integers(let numbers): add { UInt64(bitPattern: numbers[$0]) }
    case .fixed(let width, let data):
      data.withUnsafeBytes { data in add { hash(data.value($0, ofWidth: width)) } }
    case .bytes(let offsets, let data):
      data.withUnsafeBytes { data in add { hash(data.string($0, offsets)) } }
    }
  }

  /// Whether written bytes have the value of a row at `offset`, which moves behind it.
  @inline(__always)
  func isEqual(_ row: Int, to bytes: UnsafeRawBufferPointer, at offset: inout Int) -> Bool {
    let isValid = validity?[row] ?? true
    guard offset < bytes.count, bytes[offset] == (isValid ? 1 : 0) else { return false }
    offset &+= 1
    if !isValid { return true }
    switch values {
    case .nothing: return true
    case .integers(let numbers):
      guard bytes.count &- offset >= 8 else { return false }
      let number = bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self)
      offset &+= 8
      return number == numbers[row]
    case .fixed(let width, let data):
      return data.withUnsafeBytes { data in
        Self.isEqual(data.value(row, ofWidth: width), to: bytes, at: &offset)
      }
    case .bytes(let offsets, let data):
      let length = offsets[row + 1] &- offsets[row]
      guard bytes.count &- offset >= 4,
        bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self) == length
      else { return false }
      offset &+= 4
      return data.withUnsafeBytes { data in
        Self.isEqual(data.string(row, offsets), to: bytes, at: &offset)
      }
    }
  }

  @inline(__always)
  private static func isEqual(
    _ value: UnsafeRawBufferPointer, to bytes: UnsafeRawBufferPointer, at offset: inout Int
  ) -> Bool {
    guard bytes.count &- offset >= value.count else { return false }
    let start = offset
    offset &+= value.count
    return UnsafeRawBufferPointer(rebasing: bytes[start..<offset]).isEqual(to: value)
  }
}

// MARK: - Writing

extension Part {
  /// Adds the length of each value, without the byte in front of it.
  func addLengths(to lengths: inout [Int]) {
    for row in lengths.indices where validity?[row] ?? true {
      switch values {
      case .nothing: break
      case .integers: lengths[row] += 8
      case .fixed(let width, _): lengths[row] += width
      case .bytes(let offsets, _): lengths[row] += 4 + Int(offsets[row + 1] - offsets[row])
      }
    }
  }

  /// Writes each value at its end, which moves behind it.
  func write(to data: inout [UInt8], at ends: inout [Int]) {
    data.withUnsafeMutableBytes { data in
      func append(_ write: (_ row: Int, _ end: inout Int) -> Void) {
        for row in 0..<ends.count - 1 {
          let isValid = validity?[row] ?? true
          data[ends[row]] = isValid ? 1 : 0
          ends[row] += 1
          if isValid { write(row, &ends[row]) }
        }
      }
      func copy(_ bytes: ArraySlice<UInt8>, to end: inout Int) {
        let place = data[end..<end + bytes.count]
        UnsafeMutableRawBufferPointer(rebasing: place).copyBytes(from: bytes)
        end = place.endIndex
      }
      switch values {
      case .nothing: append { _, _ in }
      case .integers(let array):
        append { row, end in
          data.storeBytes(of: array[row], toByteOffset: end, as: Int64.self)
          end += 8
        }
      case .fixed(let width, let bytes):
        append { row, end in copy(bytes[row * width..<(row + 1) * width], to: &end) }
      case .bytes(let offsets, let bytes):
        append { row, end in
          let range = Int(offsets[row])..<Int(offsets[row + 1])
          data.storeBytes(
            of: UInt32(truncatingIfNeeded: range.count), toByteOffset: end, as: UInt32.self)
          end += 4
          copy(bytes[range], to: &end)
        }
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Value `index` of those that are all of one width.
  @inline(__always)
  fileprivate func value(_ index: Int, ofWidth width: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[index * width..<(index + 1) * width])
  }
}
