import ExampleSupport
import FoundationEssentials
import Iceberg

/// Makes a table of a CSV file: finds the types of its columns, refuses what does not fit, commits once,
/// and imports no file twice.
///
/// Usage: csv-import [FILE.csv [FOLDER]]. Without a file, a small one of its own.
@main
struct CSVImport {
  static func main() async throws {
    let words = Array(CommandLine.arguments.dropFirst())
    let (name, bytes) = try file(words.first)
    let catalog = FileSystemCatalog(
      warehouse: words.count > 1
        ? words[1] : FileManager.default.temporaryDirectory.path + "/csv-import-\(UUID())")
    var story = Story()

    story.step("Find the types of the columns in \(name)")
    let columns = try CSVColumns(of: bytes)
    var types = TablePrinter(["column", "type", "may be empty"])
    for field in columns.schema.fields {
      types.add([field.name, "\(field.type)", field.isRequired ? "no" : "yes"])
    }
    story.show(types)

    story.step("Make the table, unless it is there")
    let identifier = TableIdentifier(namespace: ["imports"], name: tableName(of: name))
    var table =
      try await catalog.tableExists(identifier)
      ? try await catalog.loadTable(identifier)
      : try await catalog.createTable(identifier, schema: columns.schema)
    story.tell("\(identifier)")

    story.step("Import the file, in one commit")
    // Whoever imports says so in the summary of the snapshot: a retry of the whole job finds it there.
    let source = "\(name), \(bytes.count) bytes"
    if table.metadata.snapshots.contains(where: { $0.summary?["imported-from"] == source }) {
      return story.tell("\(name) is imported already: nothing to do")
    }
    var rows = CSVBatches(bytes, columns)
    let files = try await table.withWriter { writer in
      while let batch = try rows.next() { try await writer.write(batch) }
    }
    table = try await table.commit { $0.append(files, summary: ["imported-from": source]) }
    story.tell("\(try await table.scan().count()) rows, \(rows.refused.count) lines refused")
    for line in rows.refused { story.tell("line \(line.number): \(line.reason)") }

    story.step("Ask it something")
    for field in columns.schema.fields where field.type != .string && field.type != .boolean {
      let least = try await table.scan().minimum(of: field.name)
      let greatest = try await table.scan().maximum(of: field.name)
      story.tell("\(field.name): \(least?.text ?? "-") to \(greatest?.text ?? "-")")
    }
  }

  private static func file(_ path: String?) throws -> (name: String, bytes: [UInt8]) {
    guard let path else { return ("stations.csv", Array(sample.utf8)) }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return (name, Array(try Data(contentsOf: URL(fileURLWithPath: path))))
  }

  /// The name of the file without its ending, of letters, digits and underscores.
  private static func tableName(of file: String) -> String {
    let stem = file.split(separator: ".").first ?? "rows"
    return String(stem.map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  private static let sample = """
    station,opened,height_m,automatic,last_reading,note
    Zugspitze,1900-07-19,2956,true,2024-01-15T06:00:00Z,"on the border, at the top"
    Hohenpeißenberg,1781-01-01,977.5,true,2024-01-15T06:10:00Z,the oldest of its kind
    Helgoland,1952-03-01,4,false,,"a ""windy"" place"
    Fichtelberg,1916-01-01,1213,true,2024-01-15T05:50:00Z,
    Nowhere,at no time,0,true,2024-01-15T05:50:00Z,
    Short,1950-01-01

    """
}
