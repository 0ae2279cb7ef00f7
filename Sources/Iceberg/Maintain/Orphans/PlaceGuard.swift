internal import IcebergModel

/// Makes sure that a folder is one table's alone: that it holds no other table, lies in none, and is
/// shared with none.
///
/// When in doubt it refuses. What another table has in the folder would look as if nothing needed it.
struct PlaceGuard: Sendable {
  let table: Table
  /// The folder.
  let location: String
  let comparison: LocationComparison
  let goneTableUUIDs: Set<String>
  let concurrency: Int

  private var place: LocationComparison.Parts { comparison.parts(ofFolder: location) }

  /// Throws `invalidArgument` where the folder is more than the table's: a folder above its own.
  func checkIsNotAboveTable() throws {
    let own = comparison.parts(ofFolder: table.metadata.location)
    guard LocationComparison.mayBeSame(own.root, place.root), own.path != place.path,
      LocationComparison.contains(place.path, own.path)
    else { return }
    throw refusal(
      """
      the table lies in a folder below this one, '\(table.metadata.location)'; what else is here need not \
      be the table's. Name the table's folder, or one in it
      """)
  }

  /// Throws `invalidArgument` where the metadata of the table lies elsewhere than it says itself: then the
  /// table is a copy, and the files that it names are the original's.
  func checkIsNoCopy() throws {
    guard let stated = try table.otherMetadataFolder() else { return }
    throw refusal(
      """
      the metadata is in '\(FileLocation.parent(of: table.metadataLocation ?? "") ?? "")', and says that \
      it is in '\(stated)'. The table was copied or moved: the files there are the original's
      """)
  }

  /// Throws `invalidArgument` where the folder lies in that of another table.
  func checkFoldersAbove() async throws {
    var folder: String? = FileLocation.withoutTrailingSlash(location)
    while let here = folder {
      let metadata = MetadataFolder(
        location: FileLocation.child("metadata", of: here), fileIO: table.fileIO)
      for name in try await metadata.names().prefix(1) {
        let file = metadata.location(of: name)
        let size = try await table.fileIO.status(of: file).sizeInBytes
        try await check(file, size: size)
      }
      folder = parent(of: here)
    }
  }

  /// The folder above; nil for the topmost of its storage.
  private func parent(of folder: String) -> String? {
    let path = LocationPath(folder)
    guard Substring(path.path).contains(where: { $0 != "/" }),
      let parent = FileLocation.parent(of: folder), !parent.isEmpty
    else { return nil }
    let shorter = FileLocation.withoutTrailingSlash(parent)
    return shorter.hasSuffix(":") || shorter.hasSuffix("/") ? nil : shorter
  }

  /// Throws `invalidArgument` when a metadata file is not the table's.
  func check(_ file: String, size: Int64) async throws {
    let owner: MetadataOwner
    do {
      owner = try await MetadataOwner.read(file, size: size, fileIO: table.fileIO)
    } catch let error as IcebergError where error.code == .notFound {
      return
    }
    switch owner {
    case .table(let uuid):
      if uuid.lowercased() == table.metadata.tableUUID?.lowercased() { return }
      if goneTableUUIDs.contains(where: { $0.lowercased() == uuid.lowercased() }) { return }
      throw refusal(
        """
        another table lives here or did so: '\(file)' is the metadata of a table of id \(uuid), this one's \
        is \(table.metadata.tableUUID ?? "not recorded"). Its files would look like orphans. If it is gone \
        for good, remove its metadata files, or name its id as that of a gone table (gone_table_uuids)
        """)
    case .tableWithoutID(let owner):
      // An old version of the table itself, from before it had an id.
      if let owner,
        comparison.parts(ofFolder: owner) == comparison.parts(ofFolder: table.metadata.location)
      {
        return
      }
      throw refusal(
        """
        another table lives here or did so: '\(file)' is the metadata of a table without an id at \
        '\(owner ?? "an unknown place")'. Its files would look like orphans
        """)
    case .other:
      throw refusal(
        "'\(file)' is metadata, but not of a table, a view's perhaps: what it needs is not known")
    }
  }

  private func refusal(_ reason: String) -> IcebergError {
    IcebergError(
      .invalidArgument, "nothing was removed: " + reason,
      context: .init(table: table.identifier.description, location: location))
  }
}

// What the catalog knows.
extension PlaceGuard {
  /// Throws `invalidArgument` where the catalog has another table whose folders overlap with this one;
  /// returns the other tables, if they are to be kept.
  ///
  /// A table that the catalog has but cannot load may be anywhere: then that error is thrown.
  func checkCatalog(_ catalog: any Catalog, keepsTables: Bool) async throws -> [Table] {
    let names = try await catalog.allTables().filter { $0 != table.identifier }
    let place = place
    return try await names.concurrentMap(limit: concurrency) { name in
      let other: Table
      do {
        other = try await catalog.loadTable(name)
      } catch let error as IcebergError where error.code == .notFound {
        return nil
      } catch let error as IcebergError {
        var error = error
        error.message =
          "nothing was removed: it is not known where table \(name) lies: " + error.message
        throw error
      }
      let places = TablePlaces(other.metadata, metadataLocation: other.metadataLocation)
      for folder in places.folders
      where comparison.overlap(comparison.parts(ofFolder: folder.location), place) {
        throw refusal(
          """
          table \(name) uses '\(folder.location)' (\(folder.source)), which this folder is, holds or lies \
          in. Its files would look like orphans. Tables need folders of their own before orphans can be \
          told from files that are needed
          """)
      }
      return keepsTables ? other : nil
    }.compactMap { $0 }
  }
}
