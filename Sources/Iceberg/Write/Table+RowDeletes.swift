internal import IcebergModel

extension Table {
  /// Writes files that delete rows of data files. Nothing is committed.
  ///
  /// Version 2 tables get position delete files in the format that `write.delete.format.default` says:
  /// one for each partition or one for each data file, as `write.delete.granularity` says. Those of one
  /// data file hold its earlier deletes, too, as far as they are in files of that data file alone.
  ///
  /// Version 3 tables get deletion vectors, which hold all earlier deletes by position of their data
  /// files; many vectors lie in one Puffin file.
  ///
  /// What the new files make superfluous is in ``WrittenDeletes/removed``, and has to be removed in the
  /// same commit: a data file has one deletion vector at the most.
  ///
  /// Throws `unsupported` for version 1 tables, and what reading the earlier deletes throws; then all
  /// files are removed that were written.
  ///
  /// Spec: Delete Formats.
  ///
  /// - Parameter rows: the rows by their data files; those of one data file may come in several pieces.
  public func writeDeletes(of rows: [RowDeletes]) async throws -> WrittenDeletes {
    var pieces: [ExactText: RowDeletes] = [:]
    for piece in rows where !piece.positions.isEmpty {
      let location = piece.task.file.location
      guard let last = piece.positions.last, last < piece.task.file.recordCount else {
        throw IcebergError(
          .invalidArgument,
          """
          row \(piece.positions.last.map { "\($0)" } ?? "") is to be deleted of a file that has \
          \(piece.task.file.recordCount) rows
          """, context: IcebergError.Context(location: location))
      }
      let key = ExactText(location)
      if pieces[key] == nil {
        pieces[key] = piece
      } else {
        pieces[key]?.positions.formUnion(piece.positions)
      }
    }
    let files = pieces.values.sorted { $0.task.file.precedesInPartitions($1.task.file) }
    if files.isEmpty { return WrittenDeletes() }
    switch metadata.formatVersion {
    case ...1:
      throw IcebergError(
        .unsupported,
        """
        tables of format version 1 have no delete files: write the rows that stay into new files, or \
        upgrade the table
        """, context: IcebergError.Context(table: identifier.description))
    case 2: return try await writePositionDeletes(files)
    default: return try await writeDeletionVectors(files)
    }
  }

  private func writePositionDeletes(_ files: [RowDeletes]) async throws -> WrittenDeletes {
    var writer = try PositionDeleteFiles(metadata, fileIO: fileIO)
    do {
      var result = WrittenDeletes()
      switch try metadata.property(TableProperties.deleteGranularity) {
      case .file:
        let earlier = try EarlierDeletes(of: files.map(\.task), fileIO: fileIO, only: .ofOneFile)
        for file in files {
          let merged = try await earlier.merged(with: file)
          var rows = DeletedPositions()
          rows.formUnion(merged.positions, of: file.task.file.location)
          try await writer.write(
            rows, in: file.task.file.partition, of: file.task.partitionSpec)
          result.rowCount += merged.addedCount
          result.removed += merged.replaced
        }
      case .partition:
        var start = 0
        while start < files.count {
          let task = files[start].task
          var rows = DeletedPositions()
          var end = start
          while end < files.count, files[end].task.file.specID == task.file.specID,
            files[end].task.file.partition == task.file.partition
          {
            rows.formUnion(files[end].positions, of: files[end].task.file.location)
            end += 1
          }
          result.rowCount += Int64(rows.count)
          try await writer.write(rows, in: task.file.partition, of: task.partitionSpec)
          start = end
        }
      }
      result.added = writer.finished
      return result
    } catch {
      await writer.abort()
      throw error
    }
  }

  private func writeDeletionVectors(_ files: [RowDeletes]) async throws -> WrittenDeletes {
    let earlier = try EarlierDeletes(of: files.map(\.task), fileIO: fileIO, only: .any)
    var writer = try DeletionVectorFiles(metadata, fileIO: fileIO)
    do {
      var result = WrittenDeletes()
      for file in files {
        let merged = try await earlier.merged(with: file)
        if merged.addedCount == 0 { continue }
        try await writer.append(merged.positions, of: file.task.file)
        result.rowCount += merged.addedCount
        result.removed += merged.replaced
      }
      result.added = try await writer.finish()
      return result
    } catch {
      await writer.abort()
      throw error
    }
  }
}

extension DataFile {
  /// Whether the file comes before another one in the order of partitions, and of locations in them.
  func precedesInPartitions(_ other: DataFile) -> Bool {
    if specID != other.specID { return specID < other.specID }
    if partition != other.partition {
      return "\(partition)".utf8.lexicographicallyPrecedes("\(other.partition)".utf8)
    }
    return location.utf8.lexicographicallyPrecedes(other.location.utf8)
  }
}
