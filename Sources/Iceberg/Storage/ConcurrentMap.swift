extension Array where Element: Sendable {
  /// The results of `transform` in the order of the elements; at most `limit` calls run at a time.
  ///
  /// The first error cancels the calls that still run, and is thrown.
  package func concurrentMap<Result: Sendable>(
    limit: Int, _ transform: @escaping @Sendable (Element) async throws -> Result
  ) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      var results = [Result?](repeating: nil, count: count)
      var next = 0
      while next < count || !group.isEmpty {
        if next < count, next < limit {
          let (index, element) = (next, self[next])
          group.addTask { (index, try await transform(element)) }
          next += 1
          continue
        }
        guard let (done, result) = try await group.next() else { break }
        results[done] = result
        if next < count {
          let (index, element) = (next, self[next])
          group.addTask { (index, try await transform(element)) }
          next += 1
        }
      }
      return results.compactMap { $0 }
    }
  }

  /// Changes every element, at most `limit` at the same time and each where it is: what is large is
  /// not copied. `change` also gets the index of its element.
  ///
  /// After an error some elements are changed, and others are not.
  ///
  /// - Parameter order: the indices in the order in which elements are begun; those that take longest
  ///   should come first.
  package mutating func concurrentUpdate(
    limit: Int, inOrder order: [Int],
    _ change: @escaping @Sendable (inout Element, Int) throws -> Void
  ) async throws {
    guard limit > 1, count > 1 else {
      for index in order { try change(&self[index], index) }
      return
    }
    let lent = map { Handover($0) }
    self = []
    defer { self = lent.compactMap { $0.take() } }
    let next = Handover(order[...])
    try await withThrowingTaskGroup(of: Void.self) { group in
      // Few tasks that go on: to begin one takes as long as to change a small element.
      for _ in 0..<Swift.min(limit, lent.count) {
        group.addTask {
          while let index = next.popFirst() {
            guard var element = lent[index].take() else { continue }
            defer { lent[index].give(element) }
            try change(&element, index)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
