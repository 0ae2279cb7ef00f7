/// A partition spec while the steps of a change are applied to it.
struct PartitionDraft {
  private let spec: PartitionSpec
  private let schema: Schema
  private let index: SchemaIndex
  private let formatVersion: Int
  private let history: [PartitionSpec]
  private var lastPartitionID: Int

  private var removed: Set<Int> = []
  private var renamed: [Int: String] = [:]
  private var added: [PartitionField] = []

  init(
    of spec: PartitionSpec, in schema: Schema, formatVersion: Int, lastPartitionID: Int,
    history: [PartitionSpec]
  ) throws(IcebergError) {
    for field in spec.fields {
      if case .unknown(let name) = field.transform {
        throw IcebergError(
          .unsupported,
          """
          the partitioning cannot be changed: field '\(field.name)' has the transform '\(name)', \
          which is not known
          """, context: .init(fieldID: field.fieldID))
      }
    }
    self.spec = spec
    self.schema = schema
    self.formatVersion = formatVersion
    self.lastPartitionID = max(lastPartitionID, spec.highestFieldID)
    // Newest first, so that a field takes the name that it had last.
    self.history = history.sorted { $0.id > $1.id }
    index = schema.index
  }

  mutating func apply(_ step: PartitionChange.Step) throws(IcebergError) {
    switch step {
    case .add(let term): try add(term)
    case .removeNamed(let name): try remove(name)
    case .removeTerm(let term): try remove(term)
    case .rename(let name, let newName): try rename(name, to: newName)
    case .removeAll:
      guard added.isEmpty, renamed.isEmpty else {
        throw IcebergError(
          .invalidArgument, "all partition fields are replaced: nothing can be added before that")
      }
      removed = Set(spec.fields.filter { $0.transform != .void }.map(\.fieldID))
    }
  }

  /// The spec after all steps.
  ///
  /// Version 1 numbers the fields of every spec from 1000 on without gaps: what is removed stays
  /// there, and is always null.
  func finished() throws(IcebergError) -> PartitionSpec {
    var fields: [PartitionField] = []
    for old in spec.fields {
      var field = old
      if removed.contains(old.fieldID) {
        if formatVersion > 1 { continue }
        field.transform = .void
      }
      if let name = renamed[old.fieldID] { field.name = name }
      fields.append(field)
    }
    fields += added
    let new = PartitionSpec(id: spec.id, fields: fields, unknownMembers: spec.unknownMembers)
    try new.validate(against: schema)
    return new
  }

  // MARK: Steps

  private mutating func add(_ term: PartitionTerm) throws(IcebergError) {
    let (sourceID, column) = try source(of: term)
    if let field = field(sourceID, term.transform) {
      guard removed.contains(field.fieldID) else {
        throw Self.problem(
          field.name, "the table is partitioned by \(Self.text(term)) already", field.fieldID)
      }
      // What is removed and added again stays as it was.
      removed.remove(field.fieldID)
      renamed[field.fieldID] = nil
      if let name = term.name, name != field.name { try rename(field.name, to: name) }
      return
    }
    if let other = added.first(where: {
      $0.sourceIDs == [sourceID] && $0.transform == term.transform
    }) {
      throw Self.problem(other.name, "\(Self.text(term)) is added twice", other.fieldID)
    }
    if let name = term.name, added.contains(where: { $0.name == name }) {
      throw Self.problem(name, "two fields of that name are added")
    }
    let isByTime = term.transform.calendarPart != nil
    if isByTime,
      let other = added.first(where: {
        $0.sourceIDs == [sourceID] && $0.transform.calendarPart != nil
      })
    {
      throw Self.problem(
        other.name,
        """
        \(Self.text(term)) is redundant beside \(other.transform)(\(column)): the finer of two \
        divisions by time is enough
        """, other.fieldID)
    }
    var field =
      recycled(sourceID, term)
      ?? PartitionField(
        sourceIDs: [sourceID], fieldID: 0,
        name: term.name ?? term.defaultNameWhenAdded(column: column), transform: term.transform)
    try makeRoom(for: field)
    if field.fieldID == 0 {
      lastPartitionID += 1
      field.fieldID = lastPartitionID
    }
    added.append(field)
  }

  /// Takes a name, and the id of a field that is always null, from those that have no use for them.
  private mutating func makeRoom(for field: PartitionField) throws(IcebergError) {
    if let void = spec.fields.first(where: { $0.fieldID == field.fieldID }) {
      // The table came from version 1: the field takes its own place again.
      removed.insert(void.fieldID)
    }
    guard let holder = spec.fields.first(where: { $0.name == field.name }) else {
      guard !added.contains(where: { $0.name == field.name }) else {
        throw Self.problem(field.name, "two fields of that name are added")
      }
      return
    }
    guard removed.contains(holder.fieldID) || holder.transform == .void else {
      throw Self.problem(
        field.name, "there is a partition field of that name already; give the new one another",
        holder.fieldID)
    }
    renamed[holder.fieldID] = "\(holder.name)_\(holder.fieldID)"
  }

  /// The field that an earlier spec had for the same division: from version 2 on, its id stands for
  /// it for good.
  private func recycled(_ sourceID: Int, _ term: PartitionTerm) -> PartitionField? {
    guard formatVersion > 1 else { return nil }
    for spec in history {
      for field in spec.fields
      where field.sourceIDs == [sourceID] && field.transform == term.transform {
        if term.name == nil || term.name == field.name { return field }
      }
    }
    return nil
  }

  private mutating func remove(_ name: String) throws(IcebergError) {
    if let field = added.first(where: { $0.name == name }) {
      throw Self.problem(
        name, "it is added by the same change and cannot be removed by it", field.fieldID)
    }
    guard let field = spec.fields.first(where: { $0.name == name }) else { throw missing(name) }
    try remove(field)
  }

  private mutating func remove(_ term: PartitionTerm) throws(IcebergError) {
    let (sourceID, _) = try source(of: term)
    if let field = added.first(where: {
      $0.sourceIDs == [sourceID] && $0.transform == term.transform
    }) {
      throw Self.problem(
        field.name, "it is added by the same change and cannot be removed by it", field.fieldID)
    }
    guard let field = field(sourceID, term.transform) else {
      throw missing(Self.text(term))
    }
    try remove(field)
  }

  private mutating func remove(_ field: PartitionField) throws(IcebergError) {
    guard renamed[field.fieldID] == nil else {
      throw Self.problem(field.name, "it is renamed by the same change", field.fieldID)
    }
    removed.insert(field.fieldID)
  }

  private mutating func rename(_ name: String, to newName: String) throws(IcebergError) {
    if let field = added.first(where: { $0.name == name }) {
      throw Self.problem(
        name, "it is added by the same change: add it under its new name", field.fieldID)
    }
    guard let field = spec.fields.first(where: { $0.name == name }) else { throw missing(name) }
    guard !removed.contains(field.fieldID) else {
      throw Self.problem(name, "it is removed by the same change", field.fieldID)
    }
    if let holder = spec.fields.first(where: { $0.name == newName }), holder.transform == .void {
      renamed[holder.fieldID] = "\(holder.name)_\(holder.fieldID)"
    }
    renamed[field.fieldID] = newName
  }

  // MARK: Finding

  private func source(of term: PartitionTerm) throws(IcebergError) -> (id: Int, name: String) {
    guard let field = index.field(named: term.column) else {
      throw IcebergError(
        .invalidArgument, "there is no column '\(term.column)' to partition by")
    }
    return (field.id, index.name(of: field.id) ?? field.name)
  }

  private func field(_ sourceID: Int, _ transform: Transform) -> PartitionField? {
    spec.fields.first { $0.sourceIDs == [sourceID] && $0.transform == transform }
  }

  private func missing(_ name: String) -> IcebergError {
    let names = spec.fields.filter { $0.transform != .void }.map { "'\($0.name)'" }
    return IcebergError(
      .invalidArgument,
      "there is no partition field '\(name)': "
        + (names.isEmpty
          ? "the table has none" : "the table has \(names.joined(separator: ", "))"))
  }

  private static func text(_ term: PartitionTerm) -> String {
    term.transform == .identity ? term.column : "\(term.transform)(\(term.column))"
  }

  private static func problem(_ name: String, _ text: String, _ id: Int? = nil) -> IcebergError {
    IcebergError(
      .invalidArgument, "partition field '\(name)': \(text)", context: .init(fieldID: id))
  }
}
