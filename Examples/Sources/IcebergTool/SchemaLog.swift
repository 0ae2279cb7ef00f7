import ExampleSupport
import Iceberg

/// When the columns of a table changed, and how: from its metadata files, as far as they are kept.
struct SchemaLog {
  /// One change of the columns.
  struct Entry {
    /// When it was committed, in milliseconds since 1970; nil when the metadata of then is gone.
    var millis: Int64?
    /// The schema from before.
    var from: Schema
    /// The schema after it.
    var to: Schema
  }

  let table: Table
  let entries: [Entry]

  /// The changes of a table, oldest first.
  ///
  /// Reads the metadata files of the log. One that is gone, as after an expiry, leaves out when, not
  /// what: the schemas themselves are all in the current metadata.
  init(of table: Table) async throws {
    self.table = table
    var steps: [(schemaID: Int, millis: Int64)] = []
    for entry in table.metadata.metadataLog {
      guard let metadata = try await Self.metadata(at: entry.location, table.fileIO) else {
        continue
      }
      steps.append((metadata.currentSchemaID, metadata.lastUpdatedMillis))
    }
    steps.append((table.metadata.currentSchemaID, table.metadata.lastUpdatedMillis))
    var entries: [Entry] = []
    let ids = table.metadata.schemas.map(\.id)
    // Schemas from before the oldest file are told in the order of their ids.
    var current = ids.first ?? table.metadata.currentSchemaID
    for id in ids where id > current && id < steps[0].schemaID {
      Self.add(from: current, to: id, at: nil, of: table.metadata, &entries)
      current = id
    }
    for (index, step) in steps.enumerated() where step.schemaID != current {
      Self.add(
        from: current, to: step.schemaID, at: index == 0 ? nil : step.millis, of: table.metadata,
        &entries)
      current = step.schemaID
    }
    self.entries = entries
  }

  private static func add(
    from old: Int, to new: Int, at millis: Int64?, of metadata: TableMetadata,
    _ entries: inout [Entry]
  ) {
    guard let from = metadata.schema(id: old), let to = metadata.schema(id: new) else { return }
    entries.append(Entry(millis: millis, from: from, to: to))
  }

  /// An earlier version; nil when its file is gone.
  private static func metadata(
    at location: String, _ fileIO: any FileIO
  ) async throws -> TableMetadata? {
    do {
      return try await Table.open(at: location, fileIO: fileIO).metadata
    } catch let error as IcebergError where error.code == .notFound {
      return nil
    }
  }

  /// Prints a line for each column that changed.
  func write(isJSON: Bool) {
    var printer = TablePrinter(["committed at", .number("schema"), "change"])
    for entry in entries {
      for difference in entry.to.differences(from: entry.from) {
        let line = SchemaDifferenceText.line(difference, from: entry.from, to: entry.to)
        guard isJSON else {
          printer.add([
            entry.millis.map { Timestamps.text(millis: $0) } ?? "", "\(entry.to.id)", line,
          ])
          continue
        }
        var object = JSONObject()
        object["timestamp"] = JSONText.string(entry.millis.map { Timestamps.text(millis: $0) })
        object["database"] = .string(table.identifier.namespace.joined(separator: "."))
        object["table"] = .string(table.identifier.name)
        object["schema_id"] = .integer(Int64(entry.to.id))
        object["change_type"] = .string(Self.kind(difference))
        object["details"] = SchemaDifferenceText.json(difference)
        Output.write(JSONText.line(.object(object)))
      }
    }
    if !isJSON { Output.write(printer.text) }
  }

  private static func kind(_ difference: SchemaDifference) -> String {
    switch difference.changes.first {
    case .added: "ADD_COLUMN"
    case .removed: "DROP_COLUMN"
    case .renamed: "RENAME_COLUMN"
    case .typeChanged: "CHANGE_TYPE"
    case .madeOptional, .madeRequired: "CHANGE_NULLABILITY"
    case .docChanged: "CHANGE_COMMENT"
    case .initialDefaultChanged, .writeDefaultChanged: "CHANGE_DEFAULT"
    case .moved: "MOVE_COLUMN"
    case nil: "NONE"
    }
  }
}
