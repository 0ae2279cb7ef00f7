/// Memory for output of unknown size, which grows up to a limit.
///
/// It is plain memory, not an array, so that growing never clears what will be written anyway.
struct GrowingOutput {
  private var memory: UnsafeMutableRawBufferPointer
  private(set) var count = 0
  private let limit: Int
  private let overflow: FormatError

  /// Room for `capacity` bytes; `overflow` is thrown rather than taking more than `limit` bytes.
  init(capacity: Int, limit: Int, overflow: FormatError) {
    memory = .allocate(byteCount: max(1, min(capacity, limit)), alignment: 16)
    self.limit = limit
    self.overflow = overflow
  }

  /// The memory not written yet. It may be empty.
  var space: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: memory[count..<max(count, min(memory.count, limit))])
  }

  /// States that `written` bytes of ``space`` have been written.
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
    let wanted = memory.count.multipliedReportingOverflow(by: factor)
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: wanted.overflow ? limit : min(wanted.partialValue, limit), alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
    memory.deallocate()
    memory = larger
  }

  /// A copy of what has been written.
  func bytes() -> Bytes { Bytes([UInt8](memory[..<count])) }

  /// Gives the memory back.
  func free() { memory.deallocate() }
}
