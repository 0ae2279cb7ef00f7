package import IcebergBytes

/// A file that metadata names, or that lies in a folder.
package struct FoundFile: Hashable, Sendable {
  /// Where it is, as it was found.
  package var location: String
  /// What it is for.
  package var kind: FileKind
  /// Its length; nil when that is not known.
  package var sizeInBytes: Int64?
  /// What whoever collects files wants to know of them, such as when a file was changed.
  package var number: Int64

  package init(_ location: String, _ kind: FileKind, sizeInBytes: Int64?, number: Int64 = 0) {
    self.location = location
    self.kind = kind
    self.sizeInBytes = sizeInBytes
    self.number = number
  }
}

/// Found files, packed one after the other, with the keys that they are ordered by.
///
/// A file is: the lengths of its key and of its location (4 bytes each, little-endian; the location is
/// left out, and its length 0xFFFFFFFF, where it is the key), its kind (1 byte), its length (8 bytes, -1
/// for nil), its number (8 bytes), the key, the location.
struct PackedFiles: Sendable {
  private(set) var bytes = ByteWriter()
  /// Where each file begins, in the order of iteration.
  private(set) var starts: [Int] = []

  /// The memory that the files take.
  var byteCount: Int { bytes.count + starts.count * MemoryLayout<Int>.stride }

  static let headerLength = 25
  private static let sameAsKey = UInt32.max

  mutating func append(_ file: FoundFile, key: String) {
    starts.append(bytes.count)
    let isSame = key == file.location && key.utf8.elementsEqual(file.location.utf8)
    bytes.writeLittleEndian(UInt32(clamping: key.utf8.count))
    bytes.writeLittleEndian(isSame ? Self.sameAsKey : UInt32(clamping: file.location.utf8.count))
    bytes.write(file.kind.rawValue)
    bytes.writeLittleEndian(file.sizeInBytes ?? -1)
    bytes.writeLittleEndian(file.number)
    bytes.write(utf8: key)
    if !isSame { bytes.write(utf8: file.location) }
  }

  /// Puts the files into the order of their keys; of files with the same key the one with the largest
  /// number comes first.
  mutating func sort() {
    bytes.bytes.withUnsafeBytes { all in
      starts.sort { left, right in
        let order = Self.key(all, left).order(to: Self.key(all, right))
        return order == 0 ? Self.number(all, left) > Self.number(all, right) : order < 0
      }
    }
  }

  /// Where the bytes of the file that comes `index`-th are.
  func range(at index: Int) -> Range<Int> {
    let start = starts[index]
    return start..<start + bytes.bytes.withUnsafeBytes { Self.length($0, start) }
  }

  private static func key(_ all: UnsafeRawBufferPointer, _ start: Int) -> UnsafeRawBufferPointer {
    let count = Int(all.loadUnaligned(fromByteOffset: start, as: UInt32.self).littleEndian)
    return UnsafeRawBufferPointer(
      rebasing: all[start + headerLength..<start + headerLength + count])
  }

  private static func number(_ all: UnsafeRawBufferPointer, _ start: Int) -> Int64 {
    Int64(littleEndian: all.loadUnaligned(fromByteOffset: start + 17, as: Int64.self))
  }

  private static func length(_ all: UnsafeRawBufferPointer, _ start: Int) -> Int {
    let key = all.loadUnaligned(fromByteOffset: start, as: UInt32.self).littleEndian
    let location = all.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self).littleEndian
    return headerLength + Int(key) + (location == sameAsKey ? 0 : Int(location))
  }
}

/// One packed file.
package struct SortedFile: Sendable {
  /// What the file is ordered by.
  package let key: Bytes
  /// The file.
  package let file: FoundFile

  /// Reads the next file. Throws where the bytes end before it does.
  init(parsing reader: inout ByteReader) throws(FormatError) {
    let keyLength = try reader.readLittleEndian(UInt32.self)
    let locationLength = try reader.readLittleEndian(UInt32.self)
    let kind = try reader.readByte()
    let size = try reader.readLittleEndian(Int64.self)
    let number = try reader.readLittleEndian(Int64.self)
    let key = try reader.readString(Int(keyLength))
    let location =
      locationLength == UInt32.max ? key : try reader.readString(Int(locationLength))
    guard let kind = FileKind(rawValue: kind) else {
      throw FormatError(.badValue, at: reader.offset, "a packed file is of no known kind")
    }
    self.key = Bytes(utf8: key)
    file = FoundFile(location, kind, sizeInBytes: size < 0 ? nil : size, number: number)
  }
}
