// The bytes of a column of strings.
extension UnsafeRawBufferPointer {
  /// String `index` of those that begin and end at `offsets`.
  @inline(__always)
  func string(_ index: Int, _ offsets: [Int32]) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[Int(offsets[index])..<Int(offsets[index + 1])])
  }
}
