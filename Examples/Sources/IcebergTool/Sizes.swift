/// Sizes as people read them.
enum Sizes {
  /// `1.5 MB` of a number of bytes: three digits at least, powers of 1024.
  static func text(_ bytes: Int64) -> String {
    var size = Double(bytes)
    var unit = 0
    let units = ["B", "KB", "MB", "GB", "TB", "PB"]
    while size >= 1024, unit < units.count - 1 {
      size /= 1024
      unit += 1
    }
    if unit == 0 { return "\(bytes) B" }
    let tenths = Int64((size * 10).rounded())
    return size < 100
      ? "\(tenths / 10).\(tenths % 10) \(units[unit])" : "\(tenths / 10) \(units[unit])"
  }
}
