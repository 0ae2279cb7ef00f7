import Iceberg

/// A file that a dry run of the maintenance of a table would delete or write anew.
struct PlannedFile: Sendable {
  /// What would become of it.
  enum Fate: String, Sendable {
    case delete, rewrite
  }

  /// The name of the table.
  var table: String
  /// The procedure.
  var step: String
  /// What would become of it.
  var fate: Fate
  /// Where it is.
  var location: String
  /// What it is for.
  var kind: FileKind
  /// Its length; nil when it is not known.
  var sizeInBytes: Int64?
  /// The snapshot that needed it last, where it expires, or else that added it; nil when that is not
  /// known, as of orphans.
  var snapshotID: Int64?

  /// Prints it: a line for people, or an object.
  func write(isJSON: Bool) {
    guard isJSON else {
      let about = FileText.about(snapshotID: snapshotID, sizeInBytes: sizeInBytes)
      return Output.write("\(table): would \(fate.rawValue) \(location)\(about)\n")
    }
    Output.write(
      JSONText.line([
        "table": .string(table), "step": .string(step), "would": .string(fate.rawValue),
        "file": .string(location), "kind": .string(kind.text),
        "size_in_bytes": JSONText.number(sizeInBytes),
        "snapshot_id": JSONText.number(snapshotID),
      ]))
  }
}
