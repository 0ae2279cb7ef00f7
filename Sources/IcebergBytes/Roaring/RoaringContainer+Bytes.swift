extension RoaringContainer {
  /// How a container is laid out in the portable format.
  enum Form: Hashable, Sendable {
    case array, bitset, runs
  }

  /// The form that takes fewest bytes; one without runs when it is no larger, as the reference
  /// implementations choose.
  var smallestForm: Form {
    let count = count
    let plain: Form = count <= Self.arrayLimit ? .array : .bitset
    let plainSize = plain == .array ? 2 &* count : 8 &* Self.wordCount
    return 2 &+ 4 &* runCount < plainSize ? .runs : plain
  }

  /// The number of bytes in the given form.
  func size(as form: Form) -> Int {
    switch form {
    case .array: 2 &* count
    case .bitset: 8 &* Self.wordCount
    case .runs: 2 &+ 4 &* runCount
    }
  }

  /// Appends the values in the given form.
  func write(as form: Form, to writer: inout ByteWriter) {
    switch form {
    case .array: values.writeLittleEndian(to: &writer)
    case .bitset: words.writeLittleEndian(to: &writer)
    case .runs:
      var pairs: [UInt16] = [UInt16(truncatingIfNeeded: runCount)]
      forEachRun { run in
        pairs.append(run.first)
        pairs.append(run.last &- run.first)
      }
      pairs.writeLittleEndian(to: &writer)
    }
  }

  /// Reads `count` values of the given form.
  ///
  /// - Throws: `badValue` for values that do not ascend, runs that overlap or leave the container,
  ///   or another number of values; `truncated`.
  init(
    parsing reader: inout ByteReader, as form: Form, count: Int
  ) throws(FormatError) {
    let start = reader.offset
    switch form {
    case .array:
      let values = try [UInt16](parsing: &reader, count: count)
      var isAscending = true
      for index in values.indices.dropFirst() {
        isAscending = isAscending && values[index &- 1] < values[index]
      }
      guard isAscending else {
        throw FormatError(.badValue, at: start, "values of a bitmap do not ascend")
      }
      self = .array(values)
    case .bitset:
      let words = try [UInt64](parsing: &reader, count: Self.wordCount)
      guard words.reduce(0, { $0 &+ $1.nonzeroBitCount }) == count else {
        throw FormatError(.badValue, at: start, "another number of values than stated")
      }
      self = .bitset(words, count: count)
    case .runs:
      let runCount = Int(try reader.readLittleEndian(UInt16.self))
      let pairs = try [UInt16](parsing: &reader, count: 2 &* runCount)
      var runs: [RoaringRun] = []
      runs.reserveCapacity(runCount)
      var found = 0
      var previous = -1
      for index in 0..<runCount {
        let first = Int(pairs[2 &* index])
        let last = first &+ Int(pairs[2 &* index &+ 1])
        guard first > previous, last <= Int(UInt16.max) else {
          throw FormatError(
            .badValue, at: start, "runs of a bitmap overlap, do not ascend or are too long")
        }
        // Runs that touch are allowed in a file.
        runs.join(
          RoaringRun(
            first: UInt16(truncatingIfNeeded: first), last: UInt16(truncatingIfNeeded: last)))
        found &+= last &- first &+ 1
        previous = last
      }
      guard found == count else {
        throw FormatError(.badValue, at: start, "another number of values than stated")
      }
      self = .runs(runs)
    }
  }
}

extension Array where Element: FixedWidthInteger & BitwiseCopyable {
  /// Reads `count` elements in little-endian order; `count` is not negative.
  fileprivate init(parsing reader: inout ByteReader, count: Int) throws(FormatError) {
    let span = try reader.readSpan(count &* MemoryLayout<Element>.size)
    self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
      span.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      initialized = count
    }
    if Element(littleEndian: 1) != 1 {
      for index in indices { self[index] = Element(littleEndian: self[index]) }
    }
  }

  fileprivate func writeLittleEndian(to writer: inout ByteWriter) {
    if Element(littleEndian: 1) == 1 {
      withUnsafeBytes { writer.write($0) }
    } else {
      for element in self { writer.writeLittleEndian(element) }
    }
  }
}
