internal import IcebergModel

extension FileScanTask {
  /// The columns of the task's file, with ids for those that the file gives none.
  ///
  /// Throws `invalidFile` when no column has an id and the table has no name mapping: which column is
  /// which cannot be told then.
  ///
  /// Spec: Column Projection, second rule.
  func withFieldIDs(_ columns: [FileColumn]) throws(IcebergError) -> [FileColumn] {
    guard let nameMapping else {
      let constants = partitionConstants
      if !columns.contains(where: \.hasIDs), !columns.isEmpty,
        schema.fields.contains(where: { constants[$0.id] == nil })
      {
        throw IcebergError(
          .invalidFile,
          "no column of the file has a field id, and the table has no "
            + "\(TableProperties.nameMapping.key) that tells which column is which",
          context: IcebergError.Context(location: file.location))
      }
      return columns
    }
    var taken: Set<Int> = []
    FileColumn.collectIDs(columns, into: &taken)
    return FileColumn.mapped(columns, nameMapping.fields, nameMapping, except: taken)
  }
}

extension FileColumn {
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
