import Iceberg
import IcebergBytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A process that scenario tests start: to be stopped in the middle of something, or to race others.
@main enum Worker {
  static func main() async {
    do {
      var arguments = CommandLine.arguments.dropFirst()
      switch arguments.popFirst() {
      case "write": try await CrashingWrite(&arguments).run()
      case "append": try await RacingAppends(&arguments).run()
      case "change":
        var changes = try TableChanges(&arguments)
        try await changes.run()
      case "hold-lock": try await LockHolding(&arguments).run()
      case "maintain": try await KilledMaintenance(&arguments).run()
      case "hold-scratch": try await ScratchHolding(&arguments).run()
      case "crash-append": try await CrashingCommit(&arguments).run()
      #if SQL
      case "sql-rounds": try await SQLRounds(&arguments).run()
      #endif
      case let other: throw WorkerError("unknown task \(other ?? "")")
      }
    } catch {
      print("worker: \(error)")
      exit(1)
    }
  }
}

/// What is wrong with the arguments of a worker.
struct WorkerError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension ArraySlice<String> {
  /// The next argument.
  mutating func next(_ name: String) throws -> String {
    guard let value = popFirst() else { throw WorkerError("\(name) is missing") }
    return value
  }

  /// The next argument, a number.
  mutating func nextNumber(_ name: String) throws -> Int {
    let text = try next(name)
    guard let value = Int(text) else { throw WorkerError("\(name) is no number: \(text)") }
    return value
  }
}
