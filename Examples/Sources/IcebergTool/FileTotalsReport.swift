import ExampleSupport
import Iceberg

/// Files that a dry run or a deletion tells of.
enum FileText {
  /// ` (snapshot 7, 12 bytes)`: what is known of a file.
  static func about(snapshotID: Int64?, sizeInBytes: Int64?) -> String {
    let parts = [
      snapshotID.map { "snapshot \($0)" }, sizeInBytes.map { "\($0) bytes" },
    ].compactMap(\.self)
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }

  /// `{"snapshot_id": 7, "files": 2, "size_in_bytes": 1200000}`
  static func json(snapshotID: Int64?, _ total: FileTotals.Total) -> JSONValue {
    [
      "snapshot_id": JSONText.number(snapshotID), "files": .integer(Int64(total.count)),
      "size_in_bytes": .integer(total.sizeInBytes),
    ]
  }
}

/// Files and bytes of each kind, as text and as JSON.
extension FileTotals {
  private var kinds: [FileKind] { FileKind.allCases.filter { self[$0].count > 0 } }

  /// A table of the kinds that there are files of.
  var table: String {
    var printer = TablePrinter(["kind", .number("files"), .number("bytes")])
    for kind in kinds {
      printer.add([kind.text, "\(self[kind].count)", "\(self[kind].sizeInBytes)"])
    }
    return printer.text
  }

  /// `2 data 1.2 MB, 1 manifest 5 kB`
  var line: String {
    kinds.map { "\(self[$0].count) \($0.text) \(Sizes.text(self[$0].sizeInBytes))" }
      .joined(separator: ", ")
  }

  /// `[{"kind": "data", "files": 2, "size_in_bytes": 1200000}]`
  var json: JSONValue {
    .array(
      kinds.map { kind in
        [
          "kind": .string(kind.text), "files": .integer(Int64(self[kind].count)),
          "size_in_bytes": .integer(self[kind].sizeInBytes),
        ]
      })
  }
}
