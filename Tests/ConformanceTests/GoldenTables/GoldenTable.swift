import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// A table of other engines, with its folder and what it should hold.
struct GoldenTable {
  /// The path of the folder in the shared files.
  let path: String
  /// The table.
  let table: Table
  /// What `expected.json` says.
  let expected: JSONObject

  /// The name for messages and for the list of known gaps.
  var name: String { path }

  /// Storage in which the golden tables are where their metadata says.
  static let fileIO = MappedFileIO(
    LocalFileIO(), mappings: places.map { LocationMapping(from: $0.from, to: $0.to) })

  /// Where the tables say that they are, and where they lie; of two that fit the first counts.
  static let places: [(from: String, to: String)] = [
    ("/warehouse/java/spark/db", SharedFiles.path("golden-java/spark")),
    ("/warehouse/java", SharedFiles.path("golden-java")),
    ("/warehouse/golden", SharedFiles.path("golden")),
  ]

  /// The golden table in a folder of the shared files.
  init(_ path: String) async throws {
    self.path = path
    let json = try JSONValue(parsing: SharedFiles.bytes(path + "/expected.json"))
    guard case .object(let object) = json, let metadata = object["metadata"]?.text else {
      throw UnexpectedExpectation(place: path)
    }
    expected = object
    let location = metadata.hasPrefix("/") ? metadata : SharedFiles.path(path + "/" + metadata)
    table = Table(
      identifier: TableIdentifier(namespace: ["golden"], name: path),
      metadata: try TableMetadata(parsing: try await Self.fileIO.read(location, range: nil)),
      metadataLocation: location, fileIO: Self.fileIO, catalog: nil)
  }

  /// What is expected of the snapshots, in their order.
  var snapshots: [JSONObject] {
    guard case .array(let values)? = expected["snapshots"] else { return [] }
    return values.compactMap { if case .object(let object) = $0 { object } else { nil } }
  }
}

extension TableScan {
  /// All rows, in batches, and their columns.
  func readAll() async throws -> (schema: Schema, batches: [RecordBatch]) {
    var batches: [RecordBatch] = []
    for try await batch in self.batches() { batches.append(batch) }
    return (try schema, batches)
  }
}

extension JSONValue {
  /// The text of a string.
  var text: String? { if case .string(let text) = self { text } else { nil } }
  /// A whole number.
  var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
  /// The elements of an array.
  var elements: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
}

extension KnownGaps {
  /// Runs a case that reads rows. One that is listed must be refused, in a message that says the
  /// reason of the list; one that is not must not throw. Returns whether rows were read.
  static func read(_ name: String, _ body: () async throws -> Void) async -> Bool {
    do {
      try await body()
      if reasons[name] != nil {
        Issue.record("\(name) is a known gap, but it was read: take it off the list")
      }
      return true
    } catch let error as IcebergError where error.message.contains("built without") {
      // A codec whose library is not on this machine.
      print("\(name): \(error.message)")
    } catch let error as IcebergError where reasons[name] != nil {
      // Some tables break a rule on purpose.
      let codes: [IcebergError.Code] = [.unsupported, .invalidFile, .invalidMetadata]
      #expect(codes.contains(error.code), "\(name)")
      #expect(error.context.location != nil || error.context.fieldID != nil, "\(name)")
      #expect(error.message.contains(reasons[name] ?? ""), "\(name): \(error)")
    } catch {
      Issue.record(error, "\(name)")
    }
    return false
  }
}

/// An `expected.json` that is not of the form of the others.
struct UnexpectedExpectation: Error {
  let place: String
}
