/// Memory for output of unknown size, which grows up to a limit.
struct GrowingOutput {
  /// What has been written, and memory that was never written after it.
  private var memory: [UInt8]
  private(set) var count = 0
  private let limit: Int
  private let overflow: FormatError

  /// Room for `capacity` bytes; `overflow` is thrown rather than taking more than `limit` bytes.
  init(capacity: Int, limit: Int, overflow: FormatError) {
    memory = Self.uninitialized(min(capacity, limit))
    self.limit = limit
    self.overflow = overflow
  }

  /// Bytes of any value: nothing is cleared that will be written anyway.
  private static func uninitialized(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { $1 = count }
  }

  /// Calls `body` with the memory not written yet, which may be empty; ``advance(_:)`` then says how
  /// much of it has been.
  mutating func withSpace<R>(_ body: (UnsafeMutableRawBufferPointer) -> R) -> R {
    let count = count
    return memory.withUnsafeMutableBytes { all in
      body(UnsafeMutableRawBufferPointer(rebasing: all[count...]))
    }
  }

  /// States that `written` bytes of the space have been written.
  mutating func advance(_ written: Int) {
    precondition(written >= 0 && written <= memory.count - count)
    count += written
  }

  /// Adds one byte, for which there must be space.
  mutating func append(_ byte: UInt8) {
    memory[count] = byte
    count += 1
  }

  /// Makes the memory `factor` times as large.
  mutating func grow(by factor: Int) throws(FormatError) {
    guard memory.count < limit else { throw overflow }
    let wanted = max(memory.count, 64).multipliedReportingOverflow(by: factor)
    var larger = Self.uninitialized(wanted.overflow ? limit : min(wanted.partialValue, limit))
    larger.withUnsafeMutableBytes { larger in
      memory.withUnsafeBytes {
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count]))
      }
    }
    memory = larger
  }

  /// What has been written. Memory of more than twice the size is given back.
  consuming func bytes() -> Bytes {
    if count < memory.count / 2 { return Bytes([UInt8](memory[..<count])) }
    let written = count
    var array = memory
    memory = []
    array.removeLast(array.count - written)
    return Bytes(array)
  }
}
