import IcebergAvro
import IcebergBytes

// The maps and lists of an entry.
extension ManifestReader {
  func readCounts(
    _ node: AvroReadPlan.Node, _ decoder: inout AvroDecoder,
    into counts: inout EntryMetrics.Map<Int64>
  ) throws(FormatError) {
    guard try decoder.readIsPresent(node) else { return }
    counts.begin()
    let key = plan[Int(node.firstChild)]
    let value = plan[Int(node.firstChild) + 1]
    let arePlain = key.isPlain(.int) && value.isPlain(.long)
    while case let count = try decoder.readItemCount(node, in: plan), count > 0 {
      for _ in 0..<count {
        let id = Int(
          arePlain ? try decoder.readInt() : try Self.required(decoder.readInt(key), "key"))
        let number =
          arePlain ? try decoder.readLong() : try Self.required(decoder.readLong(value), "value")
        if columns.contains(id) { counts.append(id, number) }
      }
    }
  }

  func readBounds(
    _ node: AvroReadPlan.Node, _ decoder: inout AvroDecoder,
    into bounds: inout EntryMetrics.Map<Bytes>
  ) throws(FormatError) {
    guard try decoder.readIsPresent(node) else { return }
    bounds.begin()
    let key = plan[Int(node.firstChild)]
    let value = plan[Int(node.firstChild) + 1]
    let arePlain = key.isPlain(.int) && value.isPlain(.bytes)
    while case let count = try decoder.readItemCount(node, in: plan), count > 0 {
      for _ in 0..<count {
        let id = Int(
          arePlain ? try decoder.readInt() : try Self.required(decoder.readInt(key), "key"))
        if columns.contains(id) {
          bounds.append(
            id,
            arePlain
              ? try decoder.readBytes() : try Self.required(decoder.readBytes(value), "value"))
        } else if arePlain {
          try decoder.skipBytes()
        } else {
          try decoder.skip(value, in: plan)
        }
      }
    }
  }

  /// Reads a list of numbers; false when it is null.
  func readNumbers(
    _ node: AvroReadPlan.Node, _ decoder: inout AvroDecoder, into numbers: inout [Int64]
  ) throws(FormatError) -> Bool {
    guard try decoder.readIsPresent(node) else { return false }
    let element = plan[Int(node.firstChild)]
    while case let count = try decoder.readItemCount(node, in: plan), count > 0 {
      for _ in 0..<count {
        numbers.append(try Self.required(decoder.readLong(element), "element"))
      }
    }
    return true
  }
}

extension AvroReadPlan.Node {
  /// Whether values are of a kind and never null.
  fileprivate func isPlain(_ kind: AvroReadPlan.Kind) -> Bool {
    self.kind == kind && nullBranch < 0
  }
}
