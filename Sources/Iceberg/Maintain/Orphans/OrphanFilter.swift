internal import IcebergModel

/// Which of the files in a folder may be orphans, by their names and their age.
struct OrphanFilter: Sendable {
  /// What is said of a file.
  enum Verdict: Hashable, Sendable {
    /// It is an orphan if no metadata names it.
    case candidate
    /// It stays, whatever metadata says.
    case left(RemoveOrphanFilesReport.LeftReason)
    /// It does not lie in the folder.
    case elsewhere
  }

  private let comparison: LocationComparison
  private let path: String
  private let olderThanMillis: Int64
  /// What the names of partition folders begin with that only look hidden.
  private let partitionPrefixes: [String]

  init(
    folder: String, olderThanMillis: Int64, specs: [PartitionSpec], comparison: LocationComparison
  ) {
    self.comparison = comparison
    path = comparison.parts(of: folder).path
    self.olderThanMillis = olderThanMillis
    partitionPrefixes = specs.flatMap(\.fields).map { $0.name + "=" }.filter(Self.looksHidden)
  }

  /// What is said of a file.
  func verdict(of file: FileStatus) -> Verdict {
    let whole = comparison.parts(of: file.location).path
    guard let inside = FileLocation.path(of: whole, in: path), !inside.isEmpty else {
      return .elsewhere
    }
    let parts = inside.split(separator: "/")
    let name = String(parts.last ?? "")
    let folders = parts.dropLast()
    if folders.contains(where: isHidden) { return .left(.hidden) }
    // What an interrupted write has left is hidden from readers, not from here.
    if isHidden(name[...]), !TemporaryFile.isTemporaryName(name) { return .left(.hidden) }
    if MetadataFolder.isHintName(name) || name.hasSuffix(".lock") { return .left(.reserved) }
    if file.modifiedMillis >= olderThanMillis { return .left(.young) }
    return .candidate
  }

  private func isHidden(_ name: Substring) -> Bool {
    Self.looksHidden(name) && !partitionPrefixes.contains(where: name.hasPrefix)
  }

  private static func looksHidden(_ name: some StringProtocol) -> Bool {
    name.utf8.first == UInt8(ascii: "_") || name.utf8.first == UInt8(ascii: ".")
  }
}
