import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// A process stops between any two steps of a write; what it leaves is looked at by another.
@Suite struct LocalWriteCrashTests {
  struct Stop: Sendable, CustomTestStringConvertible {
    let step: LocalWriteStep
    let mode: String
    let before: String?
    var testDescription: String { "\(mode), \(before == nil ? "no file" : "a file"), \(step)" }
  }

  static let stops: [Stop] = LocalWriteStep.allCases.flatMap { step in
    [
      Stop(step: step, mode: "create-new", before: nil),
      Stop(step: step, mode: "replace", before: nil),
      Stop(step: step, mode: "replace", before: "the old content, which is longer"),
    ]
  }

  @Test("after a stop at any step there is the old file or the new one", arguments: stops)
  func stop(_ stop: Stop) async throws {
    try await withTemporaryDirectory { directory in
      let fileIO = LocalFileIO()
      let location = directory.path("table/metadata/v1.metadata.json")
      if let before = stop.before {
        try await fileIO.write(Bytes(utf8: before), to: location, mode: .createNew)
      }
      let worker = try WorkerProcess(
        "write", location, stop.mode, "the new content", "\(stop.step.rawValue)")
      let result = try worker.result()
      #expect(result.exitCode == 42, "\(result.output)")

      let isPublished = stop.step.rawValue >= LocalWriteStep.published.rawValue
      let expected = isPublished ? "the new content" : stop.before
      if let expected {
        #expect(try await fileIO.read(location, range: nil) == Bytes(utf8: expected))
      } else {
        #expect(try await fileIO.exists(location) == false)
      }
      let others = try await fileIO.list(under: directory.path).filter { $0.location != location }
      #expect(others.count <= 1)
      #expect(others.allSatisfy { LocalFileIO.isTemporary($0.location) })

      // Whatever was left behind, the next writer goes its way.
      let next = Bytes(utf8: "after the crash")
      if expected != nil {
        await #expect(throws: IcebergError.self) {
          try await fileIO.write(next, to: location, mode: .createNew)
        }
        try await fileIO.write(next, to: location, mode: .replace)
      } else {
        try await fileIO.write(next, to: location, mode: .createNew)
      }
      #expect(try await fileIO.read(location, range: nil) == next)
    }
  }
}
