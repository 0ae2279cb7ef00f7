/// The portable format that all implementations of roaring bitmaps share.
///
/// Spec: Roaring Format, "General layout".
extension RoaringBitmap {
  /// The mark of a bitmap without runs.
  private static let plainCookie: UInt32 = 12346
  /// The mark, in the low half, of a bitmap with runs.
  private static let runCookie: UInt16 = 12347
  /// With at least so many containers a bitmap with runs has offsets.
  private static let offsetThreshold = 4
  /// The fewest bytes that a bitmap can take.
  static let minimumSize = 8

  /// Reads a bitmap and nothing after it.
  ///
  /// Offsets of containers are not looked at: the containers lie one after the other.
  /// - Throws: `badMagic`, `badValue` for anything that the format does not allow, `truncated`.
  public init(parsing reader: inout ByteReader) throws(FormatError) {
    let start = reader.offset
    let cookie = try reader.readLittleEndian(UInt32.self)
    let containerCount: Int
    var flags: [UInt8] = []
    if cookie == Self.plainCookie {
      let stated = try reader.readLittleEndian(UInt32.self)
      guard stated <= 1 << 16 else {
        throw FormatError(.badValue, at: start &+ 4, "more containers than a bitmap can have")
      }
      containerCount = Int(stated)
    } else if UInt16(truncatingIfNeeded: cookie) == Self.runCookie {
      containerCount = Int(cookie &>> 16) &+ 1
      flags = try reader.readArray((containerCount &+ 7) &>> 3)
    } else {
      throw FormatError(.badMagic, at: start, "not a roaring bitmap")
    }
    let headerStart = reader.offset
    // A container takes two bytes at the least beside its header.
    guard containerCount <= reader.remaining / 6 else {
      throw FormatError(.truncated, at: headerStart, "bitmap with more containers than bytes")
    }
    var counts: [Int] = []
    counts.reserveCapacity(containerCount)
    self.init()
    keys.reserveCapacity(containerCount)
    for _ in 0..<containerCount {
      let key = try reader.readLittleEndian(UInt16.self)
      if let last = keys.last, last >= key {
        throw FormatError(.badValue, at: headerStart, "keys of a bitmap do not ascend")
      }
      keys.append(key)
      counts.append(Int(try reader.readLittleEndian(UInt16.self)) &+ 1)
    }
    if flags.isEmpty || containerCount >= Self.offsetThreshold {
      try reader.skip(4 &* containerCount)
    }
    containers.reserveCapacity(containerCount)
    for (index, count) in counts.enumerated() {
      let hasRuns = !flags.isEmpty && flags[index &>> 3] &>> UInt8(index & 7) & 1 != 0
      let form: RoaringContainer.Form =
        hasRuns ? .runs : count <= RoaringContainer.arrayLimit ? .array : .bitset
      containers.append(try RoaringContainer(parsing: &reader, as: form, count: count))
    }
  }

  /// Appends the bitmap, each container in the form that takes fewest bytes.
  public func write(to writer: inout ByteWriter) {
    let forms = containers.map(\.smallestForm)
    let hasRuns = forms.contains(.runs)
    var offset: Int
    if hasRuns {
      writer.writeLittleEndian(Self.runCookie)
      writer.writeLittleEndian(UInt16(truncatingIfNeeded: containers.count &- 1))
      var flags = [UInt8](repeating: 0, count: (containers.count &+ 7) &>> 3)
      for (index, form) in forms.enumerated() where form == .runs {
        flags[index &>> 3] |= 1 &<< UInt8(index & 7)
      }
      writer.write(flags)
      offset = 4 &+ flags.count
    } else {
      writer.writeLittleEndian(Self.plainCookie)
      writer.writeLittleEndian(UInt32(truncatingIfNeeded: containers.count))
      offset = 8
    }
    for (key, container) in zip(keys, containers) {
      writer.writeLittleEndian(key)
      writer.writeLittleEndian(UInt16(truncatingIfNeeded: container.count &- 1))
    }
    if !hasRuns || containers.count >= Self.offsetThreshold {
      offset &+= 8 &* containers.count
      for (form, container) in zip(forms, containers) {
        writer.writeLittleEndian(UInt32(truncatingIfNeeded: offset))
        offset &+= container.size(as: form)
      }
    }
    for (form, container) in zip(forms, containers) { container.write(as: form, to: &writer) }
  }
}
