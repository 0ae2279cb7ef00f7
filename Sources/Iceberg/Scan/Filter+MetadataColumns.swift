internal import IcebergModel

extension Schema {
  /// The schema, and behind its own columns the metadata columns that a filter names: those that tell
  /// where a row is.
  ///
  /// Throws `unsupported` for a metadata column that rows cannot be chosen by.
  func adding(
    metadataColumnsOf filter: Filter, caseSensitive: Bool
  ) throws(IcebergError) -> Schema {
    let index = index
    var result = self
    for name in filter.columnNames.sorted() {
      let known =
        caseSensitive ? index.field(named: name) : try index.field(namedAnyCase: name)
      let name = caseSensitive ? name : name.lowercased()
      guard known == nil, name.hasPrefix("_") else { continue }
      if name == "_partition" || name.hasPrefix("_partition.") {
        throw IcebergError(
          .unsupported,
          "rows cannot be chosen by \(name): name the columns that the partition is made of, "
            + "which leave out other partitions as well")
      }
      guard let field = ReservedFields.metadataColumns.first(where: { $0.name == name }) else {
        continue
      }
      if field.id == ReservedFields.isDeleted.id {
        throw IcebergError(
          .unsupported,
          "rows cannot be chosen by _deleted: select the column, and deleted rows are returned and "
            + "marked")
      }
      if !result.fields.contains(where: { $0.id == field.id }) { result.fields.append(field) }
    }
    return result
  }
}

extension Filter {
  /// The names of the columns that are looked at, as they are written.
  fileprivate var columnNames: Set<String> {
    switch self {
    case .all, .none: []
    case .test(let term, _): [term.column]
    case .and(let parts), .or(let parts): parts.reduce(into: []) { $0.formUnion($1.columnNames) }
    case .not(let inner): inner.columnNames
    }
  }
}

extension BoundFilter {
  /// The filter without its tests of metadata columns: every row that satisfies the filter satisfies
  /// this one.
  ///
  /// What files and row groups record of the columns that hold row ids is not all: where nothing is
  /// stored, rows inherit.
  var withoutMetadataColumns: BoundFilter {
    replacing { ReservedFields.isReserved($0.term.fieldID) ? .all : .predicate($0) }
  }

  /// What is left for the rows of files of a partition spec.
  func decided(forSpec specID: Int) -> BoundFilter {
    replacing { predicate in
      guard predicate.term.fieldID == ReservedFields.specID.id, let id = Int32(exactly: specID)
      else { return .predicate(predicate) }
      return predicate.decided(for: .int(id))
    }
  }

  /// What is left for the rows of a file, whose location and spec are known.
  func decided(for file: DataFile) -> BoundFilter {
    decided(forSpec: file.specID).replacing { predicate in
      predicate.term.fieldID == ReservedFields.file.id
        ? predicate.decided(for: .string(file.location)) : .predicate(predicate)
    }
  }
}

extension BoundPredicate {
  /// Whether all rows pass or none does, where they all have one value of the column; the test itself
  /// where that cannot be told.
  fileprivate func decided(for value: Literal) -> BoundFilter {
    do throws(IcebergError) {
      return try test.isPassed(by: term.transform.apply(to: value)) ? .all : .none
    } catch {
      return .predicate(self)
    }
  }
}
