public import IcebergColumns
public import IcebergModel

/// Writes values whose rows are deleted into new equality delete files of a table.
///
/// A row of an older data file is deleted when it has the same values in all columns of a row that is
/// written here; null is equal to null.
///
/// A writer is lent by ``Table/withEqualityDeleteWriter(_:in:options:_:)``. The files that it writes belong
/// to no snapshot until they are committed.
///
/// Spec: Delete Formats, "Equality Delete Files".
public struct EqualityDeleteWriter: ~Copyable, Sendable {
  private let validator: BatchValidator
  private let router: PartitionRouter
  private let keys: Schema
  /// Where the written columns are among those of a batch.
  private let places: [Int]
  private let ids: [Int]
  private var files: PartitionFiles

  init(
    _ table: Table, _ names: [String], of spec: PartitionSpec?, options: WriteOptions
  ) throws(IcebergError) {
    let metadata = table.metadata
    let spec = spec ?? metadata.defaultPartitionSpec
    guard metadata.partitionSpec(id: spec.id) == spec else {
      throw IcebergError(.invalidArgument, "partition spec \(spec.id) is none of the table")
    }
    guard metadata.formatVersion >= 2 else {
      throw IcebergError(
        .unsupported, "tables of format version 1 have no delete files: upgrade the table",
        context: IcebergError.Context(table: table.identifier.description))
    }
    let schema = metadata.currentSchema
    let index = schema.index
    var ids: [Int] = []
    for name in names {
      guard let id = index.id(named: name) else {
        throw IcebergError(
          .notFound,
          """
          there is no column '\(name)'; the table has \
          \(schema.fields.map(\.name).joined(separator: ", "))
          """)
      }
      if !ids.contains(id) { ids.append(id) }
    }
    guard !ids.isEmpty else {
      throw IcebergError(.invalidArgument, "equality deletes need a column to compare")
    }
    _ = try EqualityKeyColumns(ids: Set(ids), in: [schema])
    let sources = spec.fields.filter { $0.transform != .void }.flatMap(\.sourceIDs)
    let given = schema.selecting(ids: Set(ids + sources))
    let keys = schema.selecting(ids: Set(ids))
    let settings = try WriteSettings(deletesOf: metadata)
    let form = try FileForm(
      keys, settings: settings,
      properties: [
        ("delete-type", "equality"),
        ("delete-field-ids", ids.map { "\($0)" }.joined(separator: ", ")),
      ])
    let router = try PartitionRouter(spec, schema: given)
    let locations = try NewFileLocations(metadata, format: settings.format, kind: "deletes")
    files = PartitionFiles(
      form, spec: spec, locations: locations, fileIO: table.fileIO, options: options,
      sorter: options.sorting == .tableOrder ? RowSorter(byAllOf: keys, ids: ids) : nil)
    self.router = router
    self.keys = keys
    self.ids = ids
    places = keys.fields.compactMap { key in given.fields.firstIndex { $0.id == key.id } }
    validator = BatchValidator(schema: given)
  }

  /// Writes values to delete.
  ///
  /// A batch has the columns that are compared and those that the partition spec is made of: deletes
  /// apply to the data files of their own spec and partition alone.
  ///
  /// Throws `invalidArgument`, naming the column, for other columns, values of another type and nulls
  /// in required columns; then nothing of the batch was written.
  public mutating func write(_ batch: RecordBatch) async throws {
    let columns = try validator.columns(of: batch)
    for group in try router.route(columns, rowCount: batch.rowCount) {
      let written = keys.fields.indices.map { index in
        keys.fields[index].part(
          of: columns[places[index]], as: validator.schema.fields[places[index]].type)
      }
      let rows = group.rows.map { rows in written.map { $0.take(rows) } } ?? written
      try await files.write(rows, count: group.rows?.count ?? batch.rowCount, to: group.partition)
    }
  }

  /// Closes all files and returns them; when that fails, removes them and throws.
  consuming func finish() async throws -> [DataFile] {
    do {
      return try await files.finish().map { file in
        var file = file
        file.content = .equalityDeletes
        file.equalityIDs = ids
        file.sortOrderID = 0
        return file
      }
    } catch {
      await files.abort()
      throw error
    }
  }

  /// Removes everything that was written.
  consuming func abort() async { await files.abort() }
}

extension Field {
  /// The fields of this one out of a column that may have more of them.
  fileprivate func part(of column: Column, as wider: FieldType) -> Column {
    guard type != wider, case .struct(let fields) = type, case .struct(let all) = wider,
      case .struct(let children) = column.values
    else { return column }
    var result = column
    result.values = .struct(
      fields.compactMap { field in
        all.firstIndex { $0.id == field.id }.map { place in
          field.part(of: children[place], as: all[place].type)
        }
      })
    return result
  }
}

extension Table {
  /// Lends a writer of equality deletes to `body`, and returns the delete files that it wrote. Nothing
  /// is committed.
  ///
  /// When `body` throws, the files are removed.
  ///
  /// ```swift
  /// let deletes = try await table.withEqualityDeleteWriter(["id"]) { writer in
  ///   try await writer.write(ids)
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - columns: the names of the columns that are compared, with dots into structs.
  ///   - spec: one of the table's partition specs: only its data files lose rows. One without fields makes
  ///     deletes that apply to all data files. Nil is the default spec.
  ///   - options: how values are divided and held in memory. They are sorted within each file unless
  ///     the options say that they stay as given.
  ///   - body: writes the values.
  public func withEqualityDeleteWriter(
    _ columns: [String], in spec: PartitionSpec? = nil, options: WriteOptions = WriteOptions(),
    _ body: (inout EqualityDeleteWriter) async throws -> Void
  ) async throws -> [DataFile] {
    var writer = try EqualityDeleteWriter(self, columns, of: spec, options: options)
    do {
      try await body(&writer)
    } catch {
      await writer.abort()
      throw error
    }
    return try await writer.finish().sorted { $0.location < $1.location }
  }
}
