import Iceberg
import IcebergBytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `write PATH MODE TEXT STEP`: writes a file and stops without any clean-up after a step.
struct CrashingWrite {
  /// What a stopped process exits with.
  static let exitCode: Int32 = 42

  private let path: String
  private let mode: WriteMode
  private let text: String
  private let step: LocalWriteStep

  init(_ arguments: inout ArraySlice<String>) throws {
    path = try arguments.next("PATH")
    switch try arguments.next("MODE") {
    case "create-new": mode = .createNew
    case "replace": mode = .replace
    case let other: throw WorkerError("unknown mode \(other)")
    }
    text = try arguments.next("TEXT")
    guard let step = LocalWriteStep(rawValue: try arguments.nextNumber("STEP")) else {
      throw WorkerError("there is no such step")
    }
    self.step = step
  }

  func run() async throws {
    let step = step
    let steps = LocalWriteSteps { reached in
      if reached == step { _exit(Self.exitCode) }
    }
    try await LocalFileIO(steps: steps).write(Bytes(utf8: text), to: path, mode: mode)
  }
}
