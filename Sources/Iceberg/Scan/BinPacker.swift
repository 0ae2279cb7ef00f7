/// How weighted items are put together: each into the first open bin that has room for it.
package struct BinPacking: Hashable, Sendable {
  /// Which bin is given out when there are more than ``lookback`` open ones.
  package enum Closing: Hashable, Sendable {
    /// The one that was opened first.
    case oldest
    /// The one that weighs most; of several, the one that was opened first.
    case heaviest
  }

  /// What the items of a bin weigh together at most; an item that weighs more has a bin of its own.
  package var targetWeight: Int64
  /// How many bins are open at a time; at least 1.
  package var lookback: Int
  /// Which bin is given out when one more is needed.
  package var closing: Closing
  /// How many items a bin has at most.
  package var maximumCount: Int

  /// A way of packing. A lookback or count below 1 counts as 1.
  package init(
    targetWeight: Int64, lookback: Int = .max, closing: Closing = .oldest,
    maximumCount: Int = .max
  ) {
    self.targetWeight = targetWeight
    self.lookback = max(1, lookback)
    self.closing = closing
    self.maximumCount = max(1, maximumCount)
  }

  /// The bins for `items`, in the order in which they are given out.
  package func pack<Item>(
    _ items: some Sequence<Item>, weight: (Item) -> Int64
  ) -> [[Item]] {
    var packer = BinPacker<Item>(self)
    var bins: [[Item]] = []
    for item in items {
      if let bin = packer.add(item, weight: weight(item)) { bins.append(bin) }
    }
    return bins + packer.finish()
  }

  /// The bins for `items` packed from the last to the first: items and bins are in the order of
  /// `items`, and what is left over is in the first bin instead of the last.
  package func packFromEnd<Item>(
    _ items: some Sequence<Item>, weight: (Item) -> Int64
  ) -> [[Item]] {
    pack(items.reversed(), weight: weight).reversed().map { $0.reversed() }
  }
}

/// Packs items as they come, so that bins can be used before the last item is known.
package struct BinPacker<Item> {
  private let packing: BinPacking
  private var open: [Bin] = []

  private struct Bin {
    var items: [Item]
    var weight: Int64
  }

  /// A packer without any bin yet.
  package init(_ packing: BinPacking) { self.packing = packing }

  /// Takes an item in; returns the bin that had to be closed for it, if any.
  package mutating func add(_ item: Item, weight: Int64) -> [Item]? {
    for index in open.indices where open[index].items.count < packing.maximumCount {
      let (sum, overflow) = open[index].weight.addingReportingOverflow(weight)
      guard !overflow, sum <= packing.targetWeight else { continue }
      open[index].items.append(item)
      open[index].weight = sum
      return nil
    }
    open.append(Bin(items: [item], weight: weight))
    guard open.count > packing.lookback else { return nil }
    return open.remove(at: indexToClose).items
  }

  /// The bins that are still open, in the order in which they were opened; none are after that.
  package mutating func finish() -> [[Item]] {
    defer { open = [] }
    return open.map(\.items)
  }

  private var indexToClose: Int {
    guard packing.closing == .heaviest else { return 0 }
    var heaviest = 0
    for index in open.indices where open[index].weight > open[heaviest].weight {
      heaviest = index
    }
    return heaviest
  }
}
