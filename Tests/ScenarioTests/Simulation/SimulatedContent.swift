import Iceberg
import IcebergModel

/// The files of a snapshot of a simulation, as the library tells them.
struct SimulatedContent: Sendable {
  /// The data files by name.
  private(set) var files: [String: DataFile] = [:]
  /// The names of the delete files that apply to each data file.
  private(set) var applied: [String: Set<String>] = [:]
  /// The delete files by name, those that apply to nothing as well.
  private(set) var deletes: [String: DataFile] = [:]
  /// The names of files that are listed more than once.
  private(set) var doubles: [String] = []

  /// The content of no snapshot.
  init() {}

  /// The content that live entries tell.
  init(_ entries: some Sequence<ManifestEntry>, of metadata: TableMetadata) throws {
    var data: [ManifestEntry] = []
    var deletes: [ManifestEntry] = []
    for entry in entries {
      let name = Self.name(entry.dataFile)
      if entry.dataFile.content == .data {
        data.append(entry)
        if files.updateValue(entry.dataFile, forKey: name) != nil { doubles.append(name) }
      } else {
        deletes.append(entry)
        if self.deletes.updateValue(entry.dataFile, forKey: name) != nil { doubles.append(name) }
      }
    }
    let index = try DeleteIndex(
      deletes, specs: metadata.partitionSpecs, schemas: metadata.schemas)
    for entry in data {
      let found = try index.deletes(
        for: entry.dataFile, sequenceNumber: entry.sequenceNumber ?? 0)
      applied[Self.name(entry.dataFile)] = Set(found.map { Self.name($0.file) })
    }
  }

  /// The deletion vectors of a data file.
  func vectors(of name: String) -> [DataFile] {
    (applied[name] ?? []).sorted().compactMap { deletes[$0] }.filter { $0.format == .puffin }
  }

  /// The content as the model tells it.
  var model: [String: SimulatedModel.File] {
    Dictionary(
      uniqueKeysWithValues: files.map { name, file in
        (
          name,
          SimulatedModel.File(
            partition: Self.partition(file) ?? -1, deletes: applied[name] ?? [])
        )
      })
  }

  /// The partition of a file; nil when it has none.
  static func partition(_ file: DataFile) -> Int32? {
    switch file.partition.values.first {
    case .int(let value)?: value
    case .long(let value)?: Int32(exactly: value)
    default: nil
    }
  }

  private static func name(_ file: DataFile) -> String {
    String(file.location.split(separator: "/").last ?? "")
  }
}
