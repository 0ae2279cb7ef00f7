internal import IcebergBytes
internal import IcebergModel
internal import Synchronization

/// How files are divided among manifests that are written anew.
enum ManifestOrder: Sendable {
  /// Neighbouring partitions together, by some of the partition fields in an order; nil is all fields in
  /// that of the spec.
  case partitions([String]?)
  /// Files for which the closure returns the same.
  case clustered(@Sendable (DataFile) -> String)

  /// The places of partition fields in specs.
  ///
  /// Throws `invalidArgument` for a field that one of the specs does not have.
  static func positions(
    of names: [String], _ specIDs: [Int], in base: TableMetadata
  ) throws(IcebergError) -> [Int: [Int]] {
    if names.isEmpty {
      throw IcebergError(.invalidArgument, "no partition field is named to sort manifests by")
    }
    var positions: [Int: [Int]] = [:]
    for id in specIDs {
      let fields = base.partitionSpec(id: id)?.fields.map(\.name) ?? []
      var places: [Int] = []
      for name in names {
        guard let place = fields.firstIndex(of: name) else {
          let known = fields.isEmpty ? "it has none" : "it has \(fields.joined(separator: ", "))"
          throw IcebergError(
            .invalidArgument,
            """
            manifests cannot be sorted by '\(name)': partition spec \(id) has no field of this name; \
            \(known). Name fields of the spec, not columns of the table
            """)
        }
        if !places.contains(place) { places.append(place) }
      }
      positions[id] = places
    }
    return positions
  }
}

/// Divides the partitions of some manifests, in their order, into groups each of which makes about one
/// manifest.
///
/// In memory is a number for each partition, or for each combination of the fields that are sorted by.
struct PartitionNeighbours: Sendable {
  private var groups: [PartitionKey: Int] = [:]
  private let positions: [Int: [Int]]?
  /// The number of groups; the first one is 0.
  private(set) var groupCount = 1

  /// - Parameters:
  ///   - positions: the fields to sort by, in this order, for each spec; nil are all.
  ///   - targetSize: the bytes that a manifest should have.
  ///   - onRead: is told of each manifest that was read, from any task.
  init(
    of manifests: [ManifestFile], from source: TableManifests, by positions: [Int: [Int]]?,
    targetSize: Int64, onRead: (@Sendable () -> Void)? = nil
  ) async throws {
    self.positions = positions
    let shared = Mutex<[PartitionKey: Int]>([:])
    _ = try await manifests.concurrentMap(limit: CommitWork.manifestConcurrency) { manifest in
      try Task.checkCancellation()
      var entries = try await source.entryReader(of: manifest)
      while let step = try entries.next(lookingAt: 2048, where: \.isLive) {
        shared.withLock { total in
          for entry in step { total[Self.key(of: entry.dataFile, positions), default: 0] += 1 }
        }
      }
      onRead?()
    }
    let total = shared.withLock { $0 }
    let entryCount = max(1, total.values.reduce(0, +))
    let byteCount = manifests.reduce(Int64(0)) { $0.addingClamped(max(0, $1.length)) }
    let entrySize = Double(byteCount) / Double(entryCount)
    var group = 0
    var size = 0.0
    var specID: Int?
    for key in total.keys.sorted(by: Self.isBefore) {
      let added = Double(total[key] ?? 0) * entrySize
      // A manifest has files of one spec.
      let isOther = specID.map { $0 != key.specID } ?? false
      if isOther || size > 0 && size + added > Double(targetSize) { (group, size) = (group + 1, 0) }
      specID = key.specID
      groups[key] = group
      size += added
    }
    groupCount = group + 1
  }

  /// The group of a file. Throws `invalidFile` for one that the manifests did not have.
  func group(of file: DataFile) throws(IcebergError) -> Int {
    if let group = groups[Self.key(of: file, positions)] { return group }
    throw IcebergError(
      .invalidFile, "a manifest has another file than when it was read before",
      context: IcebergError.Context(location: file.location))
  }

  private static func key(of file: DataFile, _ positions: [Int: [Int]]?) -> PartitionKey {
    positions?[file.specID].map { PartitionKey(file, fields: $0) } ?? PartitionKey(file)
  }

  /// Specs, and in each the values from the first field on; null comes first.
  private static func isBefore(_ left: PartitionKey, _ right: PartitionKey) -> Bool {
    if left.specID != right.specID { return left.specID < right.specID }
    for (first, second) in zip(left.values.values, right.values.values) {
      switch (first, second) {
      case (nil, nil): continue
      case (nil, _): return true
      case (_, nil): return false
      case (let first?, let second?):
        switch first.ordering(to: second) {
        case .less: return true
        case .greater: return false
        default: continue
        }
      }
    }
    return false
  }
}
