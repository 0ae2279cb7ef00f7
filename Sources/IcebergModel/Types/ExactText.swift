/// A text that equals another when their bytes do. `String` finds composed and decomposed letters
/// equal, which to the format are different names.
package struct ExactText: Hashable, Sendable {
  /// The text.
  package let string: String

  /// The text as a key.
  package init(_ string: String) { self.string = string }

  package static func == (left: ExactText, right: ExactText) -> Bool {
    left.string.utf8.elementsEqual(right.string.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for byte in string.utf8 { hasher.combine(byte) }
  }
}
