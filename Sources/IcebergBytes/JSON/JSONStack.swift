/// A stack whose top part becomes an array without counting references.
struct JSONStack<Element> {
  private(set) var count = 0
  private var capacity = 64
  private var memory = UnsafeMutablePointer<Element>.allocate(capacity: 64)

  subscript(index: Int) -> Element { memory[index] }

  mutating func push(_ element: Element) {
    if count == capacity { grow() }
    (memory + count).initialize(to: element)
    count &+= 1
  }

  /// The elements from `first` on, which leave the stack.
  mutating func pop(from first: Int) -> [Element] {
    let number = count - first
    count = first
    return [Element](unsafeUninitializedCapacity: number) { buffer, initialized in
      buffer.baseAddress?.moveInitialize(from: memory + first, count: number)
      initialized = number
    }
  }

  /// Removes the elements from `first` on.
  mutating func drop(from first: Int) {
    (memory + first).deinitialize(count: count - first)
    count = first
  }

  @inline(never)
  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: memory, count: count)
    memory.deallocate()
    memory = larger
    capacity *= 2
  }

  mutating func free() {
    drop(from: 0)
    memory.deallocate()
  }
}
