import IcebergModel

/// Which metadata file of a table was chosen, and why.
///
/// A table's folder may hold many versions, a note of the current one that is late or wrong, and files
/// of commits that failed. What was decided is told here, for people to check.
public struct MetadataResolution: Hashable, Sendable, CustomStringConvertible {
  /// Why a file was chosen.
  public enum Reason: Hashable, Sendable {
    /// The caller named the file.
    case named
    /// The hint names it, and no newer version follows.
    case hint
    /// The hint names an earlier version; this is the newest that follows.
    case newerThanHint
    /// The hint does not name a version that is there; this is the newest.
    case uselessHint
    /// There is no hint; this is the newest.
    case noHint
  }

  /// The location of the chosen file.
  public var location: String
  /// Why it was chosen.
  public var reason: Reason
  /// The location of the hint; nil when there is none or the caller named the file.
  public var hintLocation: String?
  /// What the hint says; nil when there is none or the caller named the file.
  public var hint: String?
  /// The locations of all metadata files in the folder, the newest version first; empty when the
  /// caller named the file.
  public var candidates: [String]
  /// Other files that might be the newest version, but were changed earlier than the chosen one.
  public var rivals: [String]

  public var description: String {
    let name = FileLocation.name(of: location)
    let hint = hint.map { "'\($0)'" } ?? ""
    var text =
      switch reason {
      case .named: "\(name), as asked for"
      case .hint: "\(name), the version of the hint \(hint)"
      case .newerThanHint: "\(name), the newest version; the hint \(hint) is late"
      case .uselessHint: "\(name), the newest version; the hint \(hint) names none that is there"
      case .noHint: "\(name), the newest version; there is no hint"
      }
    if candidates.count > 1 { text += " (of \(candidates.count) files)" }
    if !rivals.isEmpty {
      let names = rivals.map { FileLocation.name(of: $0) }.joined(separator: ", ")
      text += "; changed later than \(names)"
    }
    return text
  }
}

extension MetadataResolution {
  /// Finds the metadata file of a table and reads it.
  ///
  /// `location` is that of a metadata file, of the table's folder, or of its metadata folder. Throws
  /// `notFound` when there is no metadata file, and what reading the chosen one throws.
  package static func resolve(
    _ location: String, fileIO: any FileIO
  ) async throws -> (resolution: MetadataResolution, metadata: TableMetadata) {
    if isFileName(location) {
      return (
        MetadataResolution(location: location, reason: .named, candidates: [], rivals: []),
        try await TableMetadata(at: location, fileIO: fileIO)
      )
    }
    let inside = FileLocation.child("metadata", of: FileLocation.withoutTrailingSlash(location))
    for place in [inside, location] {
      let folder = MetadataFolder(location: place, fileIO: fileIO)
      let names = try await folder.names()
      if names.isEmpty { continue }
      return try await resolve(names, in: folder)
    }
    throw IcebergError(
      .notFound,
      """
      there is no table: neither the folder nor a folder 'metadata' in it has a file such as \
      'v1.metadata.json' or '00000-….metadata.json'
      """, context: .init(location: location))
  }

  private static func isFileName(_ location: String) -> Bool {
    location.hasSuffix(".json") || location.hasSuffix(".json.gz")
  }

  private static func resolve(
    _ names: [MetadataFileName], in folder: MetadataFolder
  ) async throws -> (MetadataResolution, TableMetadata) {
    let hint = try await folder.hint()
    func answer(
      _ name: MetadataFileName, _ metadata: TableMetadata, _ reason: Reason,
      rivals: [MetadataFileName] = []
    ) -> (MetadataResolution, TableMetadata) {
      (
        MetadataResolution(
          location: folder.location(of: name), reason: reason, hintLocation: hint?.location,
          hint: hint?.text, candidates: names.map(folder.location),
          rivals: rivals.map(folder.location)),
        metadata
      )
    }
    let hinted = hint.flatMap { named(by: $0, among: names) }
    if let hinted {
      let name = hinted.kind == .version ? newest(from: hinted, among: names) : hinted
      let reason: Reason = name == hinted ? .hint : .newerThanHint
      let top = names.first { $0.kind == hinted.kind } ?? name
      if top.version == name.version {
        return answer(name, try await folder.metadata(in: name), reason)
      }
      if hinted.kind == .version {
        // Versions follow one another. What lies behind a gap is of another life of the table, unless
        // the table deletes earlier versions.
        let metadata = try await folder.metadata(in: name)
        if !metadata.deletesEarlierVersions { return answer(name, metadata, reason) }
      }
    }
    let (choice, rivals) = try await newest(of: names, in: folder)
    let reason: Reason = hint == nil ? .noHint : hinted == nil ? .uselessHint : .newerThanHint
    return answer(choice.name, choice.metadata, reason, rivals: rivals)
  }

  /// The file that a hint names: by its version, by the part of its name that differs, or in full.
  private static func named(
    by hint: MetadataFolder.Hint, among names: [MetadataFileName]
  ) -> MetadataFileName? {
    let text = hint.text
    if text.isEmpty { return nil }
    if let version = hint.version {
      if let name = names.first(where: { $0.kind == .version && $0.version == version }) {
        return name
      }
    }
    return names.first { name in
      name.text == text
        || MetadataFileName.Compression.allCases.contains { name.text == text + $0.suffix }
    }
  }

  private static func newest(
    from first: MetadataFileName, among names: [MetadataFileName]
  ) -> MetadataFileName {
    var newest = first
    for name in names.reversed()
    where name.kind == .version && name.version == newest.version &+ 1 {
      newest = names.first { $0.kind == .version && $0.version == name.version } ?? name
    }
    return newest
  }

  /// The newest version. Of several that have its number, or of a version by name and one by catalog,
  /// the one that was changed last counts; those that cannot be read do not, as long as one can.
  private static func newest(
    of names: [MetadataFileName], in folder: MetadataFolder
  ) async throws -> ((name: MetadataFileName, metadata: TableMetadata), [MetadataFileName]) {
    var tops: [MetadataFileName] = []
    if let top = names.first(where: { $0.kind == .version }) { tops.append(top) }
    if let top = names.first(where: { $0.kind == .random }) {
      tops += names.filter { $0.kind == .random && $0.version == top.version }
    }
    var best: (name: MetadataFileName, metadata: TableMetadata)?
    var failure: (any Error)?
    for name in tops {
      do {
        let metadata = try await folder.metadata(in: name)
        if best.map({ $0.metadata.lastUpdatedMillis < metadata.lastUpdatedMillis }) ?? true {
          best = (name, metadata)
        }
      } catch let error as IcebergError {
        failure = failure ?? error
      }
    }
    if let best { return (best, tops.filter { $0 != best.name }) }
    throw failure
      ?? IcebergError(.notFound, "no metadata file", context: .init(location: folder.location))
  }
}
