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
}
