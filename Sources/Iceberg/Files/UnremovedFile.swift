internal import IcebergModel

/// A file that could not be removed.
package struct UnremovedFile: Sendable {
  /// The file.
  package let file: FoundFile
  /// Why it is still there.
  package let error: any Error

  /// The same; what storage of others threw as its cause.
  var icebergError: IcebergError {
    error as? IcebergError
      ?? IcebergError(
        .storage, "the file cannot be deleted", context: .init(location: file.location),
        cause: error)
  }
}

extension FileIO {
  /// Removes files, many with one request; returns those that are still there.
  ///
  /// - Parameter concurrency: the number of requests at the same time.
  package func removeAll(
    _ files: [FoundFile], concurrency: Int
  ) async throws -> [UnremovedFile] {
    let length = 50
    let requests = stride(from: 0, to: files.count, by: length).map {
      Array(files[$0..<Swift.min(files.count, $0 + length)])
    }
    let left = try await requests.concurrentMap(limit: Swift.max(1, concurrency)) { request in
      try Task.checkCancellation()
      return try await remove(request)
    }
    return left.flatMap(\.self)
  }

  /// Removes files with one request; returns those that are still there.
  private func remove(_ files: [FoundFile]) async throws -> [UnremovedFile] {
    do {
      try await remove(files.map(\.location))
      return []
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      var left: [UnremovedFile] = []
      for file in files where (try? await exists(file.location)) ?? true {
        left.append(UnremovedFile(file: file, error: error))
      }
      return left
    }
  }
}
