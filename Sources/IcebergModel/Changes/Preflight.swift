/// Finds out what follows from changes of a table's metadata.
struct Preflight {
  let before: TableMetadata
  let after: TableMetadata
  private(set) var findings: [PreflightReport.Finding] = []

  init(before: TableMetadata, after: TableMetadata) {
    self.before = before
    self.after = after
  }

  private var hasRows: Bool { !before.snapshots.isEmpty }

  private mutating func add(
    _ severity: PreflightReport.Severity, _ subject: String, _ message: String
  ) {
    findings.append(PreflightReport.Finding(severity, subject, message))
  }

  // MARK: Columns

  mutating func inspect(_ differences: [SchemaDifference]) {
    let inside = Set(
      differences.filter { $0.changes == [.added] || $0.changes == [.removed] }.map(\.fieldID))
    for difference in differences {
      for change in difference.changes {
        switch change {
        case .added:
          // What is inside a new column is told with it.
          let parents = after.currentSchema.index.parents(of: difference.fieldID)
          inspectType(of: difference)
          if !parents.contains(where: { inside.contains($0.id) }) { inspectAdded(difference) }
        case .removed:
          let parents = before.currentSchema.index.parents(of: difference.fieldID)
          if !parents.contains(where: { inside.contains($0.id) }) { inspectRemoved(difference) }
        case .renamed(let old, let new): inspectRenamed(old, new)
        case .typeChanged(let old, let new):
          inspectTypeChange(difference.name, old, new)
          inspectType(of: difference)
        case .madeRequired:
          add(
            hasRows ? .breaking : .note, difference.name,
            hasRows
              ? "it becomes required: rows that are there and null cannot be read any more"
              : "it becomes required")
        case .madeOptional:
          add(.warning, difference.name, "it may be null from now on: readers have to expect that")
        case .initialDefaultChanged:
          add(.breaking, difference.name, "rows from before it was added will show another value")
        case .writeDefaultChanged:
          add(
            .note, difference.name,
            "writers supply another default from now on; rows that are there keep theirs")
        case .moved:
          add(.note, difference.name, "SELECT * and writes by position have another order")
        case .docChanged: break
        }
      }
    }
  }

  private mutating func inspectAdded(_ difference: SchemaDifference) {
    guard let field = after.currentSchema.field(id: difference.fieldID) else { return }
    let name = difference.name
    if field.isRequired, field.initialDefault == nil, hasRows {
      add(
        .breaking, name,
        "it is required and has no default: rows that are there have no value for it and cannot be read"
      )
    } else {
      add(
        .note, name,
        field.initialDefault.map { "rows that are there will show \($0.text)" }
          ?? "rows that are there will show null")
    }
    if field.initialDefault != nil { inspectEngines(.defaults, name) }
    let isNameReused = before.schemas.contains { schema in
      schema.index.field(named: name).map { $0.id != field.id } ?? false
    }
    if isNameReused {
      add(
        .warning, name,
        "there was another column of that name: its values do not come back, and older snapshots show them"
      )
    }
  }

  private mutating func inspectRemoved(_ difference: SchemaDifference) {
    let (name, id) = (difference.name, difference.fieldID)
    add(
      .breaking, name,
      """
      queries and writers that name it will fail; \
      \(hasRows ? "snapshots and tags of today still show it, and files keep its values until they are rewritten" : "there are no rows yet")
      """)
    for spec in after.partitionSpecs where spec.id != after.defaultSpecID {
      for field in spec.fields where field.sourceIDs.contains(id) && field.transform != .void {
        add(
          .warning, name,
          """
          partition field '\(field.name)' of the older spec \(spec.id) is made from it: engines that \
          ask for its type may not read files of that spec; rewrite them first
          """)
      }
    }
    for order in after.sortOrders where order.id != after.defaultSortOrderID {
      if order.fields.contains(where: { $0.sourceIDs.contains(id) }) {
        add(.note, name, "the older sort order \(order.id) has it as a key")
      }
    }
    let deletes = before.currentSnapshot?.summary?["total-equality-deletes"].flatMap { Int64($0) }
    if let deletes, deletes > 0 {
      add(
        .warning, name,
        "there are \(deletes) equality deletes: those that compare it still apply, and need its values"
      )
    }
  }

  private mutating func inspectRenamed(_ old: String, _ new: String) {
    // A field inside a renamed one is told with it.
    let (oldParts, newParts) = (old.split(separator: "."), new.split(separator: "."))
    if oldParts.last == newParts.last, oldParts.count == newParts.count, oldParts.count > 1 {
      return
    }
    add(
      .breaking, new,
      """
      queries and writers that name '\(old)' will fail; branches are read with the new name, snapshots \
      and tags of today with the old one
      """)
  }

  private mutating func inspectTypeChange(_ name: String, _ old: FieldType, _ new: FieldType) {
    add(
      .warning, name,
      """
      \(old) becomes \(new): readers with fixed types have to expect the wider one; snapshots and tags \
      of today are read as \(old)
      """)
    if old == .date { inspectEngines(.dateToTimestamp, name) }
  }

  private mutating func inspectType(of difference: SchemaDifference) {
    guard let type = after.currentSchema.field(id: difference.fieldID)?.type,
      let feature = EngineLimit.feature(of: type)
    else { return }
    inspectEngines(feature, difference.name)
  }

  private mutating func inspectEngines(_ feature: EngineLimit.Feature, _ subject: String) {
    for limit in EngineLimit.limits(of: feature) {
      add(.warning, subject, "\(limit.engine) \(limit.consequence)")
    }
  }

  mutating func inspectIdentifiers() {
    let (old, new) = (before.currentSchema, after.currentSchema)
    guard Set(old.identifierFieldIDs) != Set(new.identifierFieldIDs) else { return }
    let (oldNames, newNames) = (Self.identifiers(old), Self.identifiers(new))
    add(
      .warning, "identifier fields",
      """
      rows are identified by \(newNames) instead of \(oldNames): upserts that are running compare the \
      old ones
      """)
  }

  private static func identifiers(_ schema: Schema) -> String {
    let index = schema.index
    let names = schema.identifierFieldIDs.compactMap { index.name(of: $0) }
    return names.isEmpty ? "nothing" : "'\(names.joined(separator: "', '"))'"
  }

  // MARK: Layout and version

  mutating func inspectLayout() {
    if before.defaultSpecID != after.defaultSpecID {
      let subject = "partition spec \(after.defaultSpecID)"
      if hasRows {
        add(
          .warning, subject,
          """
          new files are written with it; those that are there stay in the partitions of spec \
          \(before.defaultSpecID) until they are rewritten, and filters leave them out by that one
          """)
      } else {
        add(.note, subject, "new files are written with it")
      }
      if before.partitionSpecs.count < after.partitionSpecs.count {
        for limit in EngineLimit.limits(of: .partitionEvolution) {
          add(.note, subject, "\(limit.engine) \(limit.consequence) itself")
        }
      }
      let voids = after.defaultPartitionSpec.fields.filter { $0.transform == .void }
      if !voids.isEmpty {
        add(
          .note, subject,
          "\(voids.map { "'\($0.name)'" }.joined(separator: ", ")) stays as always null: version 1 cannot remove a field"
        )
      }
    }
    if before.defaultSortOrderID != after.defaultSortOrderID {
      add(
        .note, "sort order \(after.defaultSortOrderID)",
        "new files are sorted by it; those that are there stay as they are until they are rewritten"
      )
    }
  }

  mutating func inspectVersion() {
    guard before.formatVersion != after.formatVersion else { return }
    let subject = "format version \(after.formatVersion)"
    add(.warning, subject, "there is no way back to version \(before.formatVersion)")
    for limit in EngineLimit.limits(of: .formatVersion(after.formatVersion)) {
      add(.breaking, subject, "\(limit.engine) \(limit.consequence)")
    }
    if after.formatVersion >= 3 {
      add(
        .note, subject,
        "rows get ids: those that are there with the next commit that adds rows; new deletes of positions are deletion vectors"
      )
    }
  }
}
