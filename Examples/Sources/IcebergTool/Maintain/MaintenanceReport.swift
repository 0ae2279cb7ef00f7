import ExampleSupport
import Iceberg

/// What came of the maintenance of one table.
struct MaintenanceReport: Sendable {
  /// How it ended.
  enum Status: String, Sendable {
    /// Something was changed, or would be.
    case done
    /// Nothing had to be done.
    case nothingToDo = "nothing-to-do"
    /// A step failed; those behind it were not taken.
    case failed
    /// Somebody else maintains the table.
    case locked
  }

  /// What came of one step.
  struct Step: Sendable {
    /// The procedure.
    var name: String
    /// Why it was carried out; nil when it was not.
    var reason: String?
    /// What it did, for people.
    var text: String
    /// What belongs to each snapshot, in lines, for people who ask for a dry run.
    var totals: [String] = []
    /// What it did, for programs.
    var result = JSONObject()
    /// Whether anything was changed, or would be.
    var isChange = false
    /// Why it failed.
    var error: String?

    /// A step that was not needed.
    static func skipped(_ name: String, _ why: String) -> Step { Step(name: name, text: why) }
  }

  /// The name of the table.
  var table: String
  /// The steps that were looked at, in their order.
  var steps: [Step] = []
  /// Why nothing could be done at all.
  var error: String?
  /// Who maintains the table, when it is somebody else.
  var holder: MaintenanceLock.Holder?
  /// How long it took.
  var time = Duration.zero

  /// How it ended.
  var status: Status {
    if holder != nil { return .locked }
    if error != nil || steps.contains(where: { $0.error != nil }) { return .failed }
    return steps.contains(where: \.isChange) ? .done : .nothingToDo
  }

  /// Prints it.
  func write(_ invocation: Invocation) {
    if invocation.isJSON {
      Output.write(JSONText.line(.object(json(isDryRun: invocation.arguments.has("--dry-run")))))
      return
    }
    var head = "\(table): \(status == .nothingToDo ? "nothing to do" : status.rawValue)"
    if let holder { head += ": \(holder) maintains it" }
    if let error { head += ": \(error)" }
    Output.write(head + "\n")
    guard !steps.isEmpty else { return }
    var printer = TablePrinter(["step", "why", "what"], maximumCellWidth: 120)
    for step in steps { printer.add([step.name, step.reason ?? "", step.error ?? step.text]) }
    let totals = steps.flatMap { $0.totals.isEmpty ? [] : [""] + $0.totals }
    Output.write((printer.lines + totals).map { $0.isEmpty ? "\n" : "  \($0)\n" }.joined())
  }

  private func json(isDryRun: Bool) -> JSONObject {
    var object: JSONObject = [
      "table": .string(table), "status": .string(status.rawValue), "dry_run": .bool(isDryRun),
      "seconds": .integer(time.components.seconds),
      "steps": .array(
        steps.map { step in
          .object([
            "name": .string(step.name), "reason": JSONText.string(step.reason),
            "changed": .bool(step.isChange), "text": .string(step.text),
            "error": JSONText.string(step.error), "result": .object(step.result),
          ])
        }),
    ]
    if let error { object["error"] = .string(error) }
    if let holder { object["locked_by"] = .string("\(holder)") }
    return object
  }
}
