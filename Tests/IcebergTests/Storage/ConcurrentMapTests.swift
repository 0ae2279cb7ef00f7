import Iceberg
import Synchronization
import Testing

@Suite struct ConcurrentMapTests {
  @Test(
    "results stand in the order of the elements, and no more calls run than may",
    arguments: [1, 3, 40])
  func map(limit: Int) async throws {
    let counts = Mutex((running: 0, most: 0))
    let results = try await Array(0..<20).concurrentMap(limit: limit) { element in
      counts.withLock { $0 = ($0.running + 1, max($0.most, $0.running + 1)) }
      try await Task.sleep(for: .microseconds(element % 3 * 100))
      counts.withLock { $0.running -= 1 }
      return element * 2
    }
    #expect(results == (0..<20).map { $0 * 2 })
    #expect(counts.withLock { $0.most } <= limit)
  }

  @Test("elements are changed where they are", arguments: [1, 3, 40])
  func update(limit: Int) async throws {
    var arrays = (0..<20).map { [$0] }
    for index in arrays.indices { arrays[index].reserveCapacity(10) }
    let places = arrays.map { $0.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) } }
    try await arrays.concurrentUpdate(limit: limit, inOrder: arrays.indices.reversed()) {
      array, index in array.append(index * 2)
    }
    #expect(arrays == (0..<20).map { [$0, $0 * 2] })
    #expect(places == arrays.map { $0.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) } })
  }

  @Test("an error is thrown on, and no element is lost", arguments: [1, 3, 40])
  func failingUpdate(limit: Int) async throws {
    struct Failure: Error {}
    var numbers = Array(0..<20)
    await #expect(throws: Failure.self) {
      try await numbers.concurrentUpdate(limit: limit, inOrder: [Int](numbers.indices)) {
        number, index in
        number += 100
        if index == 7 { throw Failure() }
      }
    }
    #expect(numbers.map { $0 % 100 } == Array(0..<20))
    #expect(numbers[7] == 107)
  }
}
