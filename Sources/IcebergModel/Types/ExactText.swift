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
    string.hashBytes(into: &hasher)
  }
}

extension String {
  /// Feeds the bytes of the text, without a length, to a hasher.
  package func hashBytes(into hasher: inout Hasher) {
    var copy = self
    copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
