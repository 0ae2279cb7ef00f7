import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Whole tables of other implementations, opened by their folder.
@Suite(.needsSharedFiles) struct OpeningCorpusTests {
  struct Entry: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let folder: String
    let current: String
    let formatVersion: Int64
    let snapshots: Int64
  }

  static let entries: [Entry] = {
    guard let bytes = try? SharedFiles.bytes("corpus/tables.json"),
      case .object(let document)? = try? JSONValue(parsing: bytes),
      case .array(let tables)? = document["tables"]
    else { return [] }
    return tables.compactMap { table in
      guard case .object(let table) = table, case .string(let folder)? = table["table"],
        case .string(let current)? = table["current_metadata"],
        case .integer(let version)? = table["format_version"],
        case .integer(let snapshots)? = table["snapshots"]
      else { return nil }
      return Entry(
        testDescription: folder, folder: folder, current: current, formatVersion: version,
        snapshots: snapshots)
    }
  }()

  @Test("the list of tables is read")
  func list() { #expect(Self.entries.count == 111) }

  @Test("the current metadata file is found in the folder of a table", arguments: entries)
  func opening(_ entry: Entry) async throws {
    let folder = SharedFiles.path("corpus/" + entry.folder)
    let table = try await Table.open(at: folder)
    #expect(table.metadataLocation == folder + "/" + entry.current)
    #expect(table.metadata.formatVersion == Int(entry.formatVersion))
    #expect(table.metadata.snapshots.count == Int(entry.snapshots))
    let reason = try #require(table.metadataResolution?.reason)
    let names = try await LocalFileIO().children(of: folder + "/metadata").map(\.name)
    #expect((reason == .noHint) == !names.contains { $0.hasPrefix("version-hint") })
  }

  @Test("the current metadata file is found in the golden tables")
  func golden() async throws {
    let folders = SharedFiles.folders(in: "golden").filter {
      SharedFiles.has($0 + "/expected.json")
    }
    #expect(folders.count > 50)
    for folder in folders {
      guard
        case .object(let expected) = try JSONValue(
          parsing: SharedFiles.bytes(folder + "/expected.json")),
        case .string(let metadata)? = expected["metadata"]
      else {
        Issue.record("\(folder)/expected.json names no metadata")
        continue
      }
      let table = try await Table.open(at: SharedFiles.path(folder))
      let chosen = try #require(table.metadataLocation)
      #expect(chosen.hasSuffix("/" + (metadata.split(separator: "/").last ?? "")), "\(folder)")
    }
  }
}
