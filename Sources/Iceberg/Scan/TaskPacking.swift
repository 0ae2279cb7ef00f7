package import IcebergModel

/// How files are split, and the splits put together into groups that one worker reads.
///
/// Spec: none; the sizes are the table properties `read.split.*`.
package struct TaskPacking: Hashable, Sendable {
  /// The size that splits and groups should have, in bytes.
  package var targetSize: Int64
  /// How many groups are open at a time.
  package var lookback: Int
  /// What opening a file costs, as bytes that could be read instead.
  package var openFileCost: Int64

  /// Sizes as given.
  package init(targetSize: Int64, lookback: Int, openFileCost: Int64) {
    self.targetSize = max(1, targetSize)
    self.lookback = max(1, lookback)
    self.openFileCost = max(0, openFileCost)
  }

  /// The sizes that the properties of a table ask for. Throws where one cannot be read.
  package init(properties: [String: String]) throws(IcebergError) {
    self.init(
      targetSize: try TableProperties.splitTargetSizeInBytes.value(in: properties),
      lookback: try TableProperties.splitPlanningLookback.value(in: properties),
      openFileCost: try TableProperties.splitOpenFileCostInBytes.value(in: properties))
  }

  /// How groups are made: the heaviest of those that are open is given out first.
  package var binPacking: BinPacking {
    BinPacking(targetWeight: targetSize, lookback: lookback, closing: .heaviest)
  }

  /// What a split weighs: its bytes with those of its deletes, or the cost of opening all the files,
  /// whichever is more.
  package func weight(
    length: Int64, deletes sizes: some Collection<Int64>
  ) -> Int64 {
    let bytes = sizes.reduce(length) { Self.sum($0, $1) }
    let files = Int64(clamping: sizes.count).addingReportingOverflow(1).partialValue
    let (cost, overflow) = files.multipliedReportingOverflow(by: openFileCost)
    return max(bytes, overflow ? .max : cost)
  }

  /// The parts of a file that can be read each for itself: together they are the whole file, and a
  /// row group belongs to the part that its first byte is in.
  ///
  /// There is one part for every split offset where the file has them, else parts of the target size.
  /// Offsets that do not ascend, or lie outside the file, do not count.
  package func splits(of file: DataFile) -> [Range<Int64>] {
    let end = max(0, file.fileSizeInBytes)
    guard end > 0, file.format.isSplittable else { return [0..<end] }
    if let offsets = file.splitOffsets, Self.areSound(offsets, end) {
      // Whatever lies before the first offset goes to the first part: no row group gets lost.
      let bounds = [0] + offsets.dropFirst() + [end]
      return zip(bounds, bounds.dropFirst()).map { $0..<$1 }
    }
    let (pieces, rest) = end.quotientAndRemainder(dividingBy: targetSize)
    // A file of a size that no disk has, or a target of a few bytes, does not give billions of parts.
    guard pieces < 1_000_000 else { return [0..<end] }
    var splits = (0..<pieces).map { $0 * targetSize..<($0 + 1) * targetSize }
    if rest > 0 { splits.append(pieces * targetSize..<end) }
    return splits
  }

  /// The items of a group, with neighbours joined where `join` gives one item for two: parts of one
  /// file that follow each other are read in one go.
  package static func joining<Item>(
    _ group: [Item], _ join: (Item, Item) -> Item?
  ) -> [Item] {
    group.reduce(into: []) { joined, item in
      if let last = joined.last, let both = join(last, item) {
        joined[joined.count - 1] = both
      } else {
        joined.append(item)
      }
    }
  }

  private static func areSound(_ offsets: [Int64], _ end: Int64) -> Bool {
    guard let first = offsets.first, let last = offsets.last, first >= 0, last < end else {
      return false
    }
    return zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 }
  }

  private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }
}

extension FileFormat {
  /// Whether parts of a file can be read without the rest.
  package var isSplittable: Bool {
    switch self {
    case .parquet, .avro, .orc: true
    case .puffin: false
    }
  }
}
