import Foundation
package import Testing

/// Spark with Iceberg, where it is at hand: what runs `Interop/interop/spark_procedures.py`.
package final class SparkProcess: Sendable {
  /// The Python that has Spark; nil where there is none. `ICEBERG_SPARK_PYTHON` names it, or it is where
  /// `oracles/setup.sh` of the shared files puts it.
  package static let python: String? = {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["ORACLES_HOME"] ?? NSHomeDirectory() + "/.cache/iceberg-oracles"
    let path = environment["ICEBERG_SPARK_PYTHON"] ?? home + "/venv-spark/bin/python"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  private let peer: PeerProcess

  /// Starts Spark on the tables of a warehouse.
  package init(warehouse: String) throws {
    peer = try PeerProcess(
      Self.python ?? "",
      arguments: ["-m", "interop.spark_procedures", SharedFiles.root, warehouse], in: "Interop")
  }

  /// The columns of the row that a procedure returns.
  package func call(_ statement: String) async throws -> [String: Int64] {
    let answer = try await peer.ask("call", statement)
    guard answer.first == "ok", answer.count > 1 else { throw Refusal(text: "\(answer)") }
    return try JSONDecoder().decode([String: Int64].self, from: Data(answer[1].utf8))
  }

  /// The first column of all rows that a procedure returns.
  package func column(_ statement: String) async throws -> [String] {
    let answer = try await peer.ask("column", statement)
    guard answer.first == "ok" else { throw Refusal(text: "\(answer)") }
    return Array(answer.dropFirst())
  }

  /// The ids of the rows of a table, sorted.
  package func ids(_ table: String) async throws -> [Int64] {
    let answer = try await peer.ask("ids", table)
    guard answer.first == "ok", answer.count > 1 else { throw Refusal(text: "\(answer)") }
    return answer[1].split(separator: ",").compactMap { Int64($0) }
  }

  /// What Spark did not do.
  package struct Refusal: Error {
    package var text: String
  }
}

extension Trait where Self == ConditionTrait {
  /// Runs the test or suite only where Spark is at hand.
  package static var needsSpark: Self {
    .enabled(
      if: SparkProcess.python != nil && SharedFiles.isAvailable,
      "needs Spark with Iceberg, as oracles/setup.sh of the shared files installs it")
  }
}
