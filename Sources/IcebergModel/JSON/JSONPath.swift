/// Where a value stands in a JSON document: `$.snapshots[3].summary.operation`.
package indirect enum JSONPath: Sendable {
  /// The document itself.
  case root
  /// A member of the object at a path.
  case member(of: JSONPath, name: String)
  /// An element of the array at a path, counted from zero.
  case element(of: JSONPath, index: Int)
}

extension JSONPath: CustomStringConvertible {
  package var description: String {
    // Collected from the leaf to the root: a path is as deep as its document.
    var steps: [String] = []
    var place = self
    while true {
      switch place {
      case .root:
        return "$" + steps.reversed().joined()
      case .member(let parent, let name):
        steps.append(Self.step(to: name))
        place = parent
      case .element(let parent, let index):
        steps.append("[\(index)]")
        place = parent
      }
    }
  }

  private static func step(to name: String) -> String {
    let isPlain =
      !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
    return isPlain ? ".\(name)" : "['\(name)']"
  }
}
