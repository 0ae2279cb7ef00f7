internal import FoundationEssentials
internal import IcebergModel

/// Where the files that one writer makes go, one after the other; none is ever the same as that of
/// another writer.
struct NewFileLocations: Sendable {
  private let locations: DataLocations
  private let name: String
  private let ending: String
  private var count = 0

  /// The locations of files of a table in a format.
  ///
  /// - Parameter kind: what stands at the end of the names of files that are no data files.
  init(_ metadata: TableMetadata, format: FileFormat, kind: String? = nil) throws(IcebergError) {
    locations = try DataLocations(metadata)
    name = UUID().uuidString.lowercased()
    ending = (kind.map { "-" + $0 } ?? "") + "." + format.rawValue
  }

  /// The location of the next file, whose rows are of one partition of `spec`.
  mutating func next(in partition: StructValue, of spec: PartitionSpec) -> String {
    locations.location(of: nextName(), partition: partition, spec: spec)
  }

  /// The location of the next file, whose content is of no partition.
  mutating func next() -> String { locations.location(of: nextName()) }

  private mutating func nextName() -> String {
    count += 1
    let number = String(repeating: "0", count: max(0, 5 - "\(count)".count)) + "\(count)"
    return "00000-0-\(name)-\(number)\(ending)"
  }
}
