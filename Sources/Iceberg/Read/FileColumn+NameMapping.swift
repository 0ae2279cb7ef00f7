internal import IcebergModel

extension FileScanTask {
  /// The columns of the task's file, with ids for those that the file gives none.
  ///
  /// Where the file has no ids and the table no name mapping, the columns are those of the table's
  /// beginning, in their order: a file that was imported as it was. That is believed only where names
  /// agree with it; else this throws `invalidFile`, because which column is which cannot be told.
  ///
  /// Spec: Column Projection, second rule.
  func withFieldIDs(_ columns: [FileColumn]) throws(IcebergError) -> [FileColumn] {
    var columns = ignoresFieldIDs ? columns.map(\.withoutIDs) : columns
    if let nameMapping {
      var taken: Set<Int> = []
      FileColumn.collectIDs(columns, into: &taken)
      return FileColumn.mapped(columns, nameMapping.fields, nameMapping, except: taken)
    }
    if columns.isEmpty || columns.contains(where: \.hasIDs) { return columns }
    let constants = partitionConstants
    for field in schema.fields where constants[field.id] == nil {
      let place = columns.firstIndex { $0.isCalled(field.name) }
      // A column that was added later is behind those of the file, and none of them has its name.
      if place == nil, field.id > columns.count { continue }
      guard let place, place == field.id - 1, columns[place].takeIDs(from: field) else {
        throw IcebergError(
          .invalidFile,
          "no column of the file has a field id, the table has no "
            + "\(TableProperties.nameMapping.key), and column \(field.name) is not in its place: "
            + "which column is which cannot be told",
          context: IcebergError.Context(location: file.location, fieldID: field.id))
      }
    }
    return columns
  }
}

extension FileColumn {
  /// The column with no id, nor any below it.
  fileprivate var withoutIDs: FileColumn {
    var result = self
    result.id = nil
    switch kind {
    case .struct(let children): result.kind = .struct(children.map(\.withoutIDs))
    case .list(let element): result.kind = .list(element: element.withoutIDs)
    case .map(let key, let value):
      result.kind = .map(key: key.withoutIDs, value: value.withoutIDs)
    default: break
    }
    return result
  }

  /// Whether the name is the given one; case does not count, as in the catalogs that such files come
  /// from.
  fileprivate func isCalled(_ name: String) -> Bool {
    self.name == name || self.name.lowercased() == name.lowercased()
  }

  /// Takes the ids of a field and of all inside it by their names. Returns false when something
  /// inside it is not there.
  fileprivate mutating func takeIDs(from field: Field) -> Bool {
    id = field.id
    switch (kind, field.type) {
    case (.struct(var children), .struct(let fields)):
      for field in fields {
        guard let place = children.firstIndex(where: { $0.isCalled(field.name) }),
          children[place].takeIDs(from: field)
        else { return false }
      }
      kind = .struct(children)
    case (.list(var element), .list(let field)):
      guard element.takeIDs(from: field) else { return false }
      kind = .list(element: element)
    case (.map(var key, var value), .map(let keyField, let valueField)):
      guard key.takeIDs(from: keyField), value.takeIDs(from: valueField) else { return false }
      kind = .map(key: key, value: value)
    default: break
    }
    return true
  }

  fileprivate static func collectIDs(_ columns: [FileColumn], into ids: inout Set<Int>) {
    for column in columns {
      if let id = column.id { ids.insert(id) }
      collectIDs(column.children, into: &ids)
    }
  }

  /// The columns with the ids that `fields` give to their names. Ids in `taken` are those of other
  /// columns of the file, which do not need a name.
  fileprivate static func mapped(
    _ columns: [FileColumn], _ fields: [NameMapping.MappedField], _ mapping: NameMapping,
    except taken: Set<Int>
  ) -> [FileColumn] {
    columns.map { column in
      var result = column
      let field: NameMapping.MappedField?
      if let id = column.id {
        field = mapping.field(id: id)
      } else {
        field = fields.first { $0.names.contains { $0.utf8.elementsEqual(column.name.utf8) } }
        if let id = field?.id, !taken.contains(id) { result.id = id }
      }
      let inner = field?.fields ?? []
      switch column.kind {
      case .struct(let children):
        result.kind = .struct(mapped(children, inner, mapping, except: taken))
      case .list(var element):
        // What the format calls it, whatever the file does.
        element.name = "element"
        result.kind = .list(element: mapped([element], inner, mapping, except: taken)[0])
      case .map(var key, var value):
        (key.name, value.name) = ("key", "value")
        let parts = mapped([key, value], inner, mapping, except: taken)
        result.kind = .map(key: parts[0], value: parts[1])
      default: break
      }
      return result
    }
  }
}
