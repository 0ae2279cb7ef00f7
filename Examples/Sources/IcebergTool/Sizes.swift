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

  /// The bytes of a size as people write it, `512MB` or `1.5 GB` or a number of bytes; nil for anything
  /// else.
  static func bytes(_ text: String) -> Int? {
    let text = text.lowercased().filter { $0 != " " && $0 != "_" }
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let units = ["": 0, "b": 0, "k": 10, "kb": 10, "m": 20, "mb": 20, "g": 30, "gb": 30, "t": 40]
    guard let shift = units[String(text.dropFirst(digits.count))], let number = Double(digits),
      number > 0
    else { return nil }
    return Int(exactly: (number * Double(1 << shift)).rounded())
  }
}
