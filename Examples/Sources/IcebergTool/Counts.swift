/// Numbers of things as people read them.
enum Counts {
  /// `1 row`, `2 rows`.
  static func text(_ count: some BinaryInteger, _ word: String) -> String {
    "\(count) \(word)\(count == 1 ? "" : "s")"
  }
}
