internal import IcebergModel

/// A live file of a manifest as it is sorted: with what a check wants to know of it in its name, so that
/// entries of one file stand beside each other and none takes the place of another.
struct CheckedFile: Hashable, Sendable {
  var location: String
  /// The place of the manifest among those that are checked.
  var manifest: Int
  var kind: FileKind
  var format: FileFormat
  var recordCount: Int64
  var sizeInBytes: Int64
  /// Where the deletion vector is in the file.
  var vector: Range<Int64>?
  /// The data file that the vector is about.
  var about: String

  init(_ file: DataFile, manifest: Int) {
    location = file.location
    self.manifest = manifest
    kind = FileKind(file.content)
    format = file.format
    recordCount = file.recordCount
    sizeInBytes = file.fileSizeInBytes
    about = file.referencedDataFile ?? ""
    if file.format == .puffin, let offset = file.contentOffset, offset >= 0,
      let size = file.contentSizeInBytes, size >= 0
    {
      let (end, overflow) = offset.addingReportingOverflow(size)
      vector = overflow ? nil : offset..<end
    }
  }

  private static let separator = "\u{0}"

  /// Sorted by the location of the file.
  var packed: FoundFile { packed(by: location) }

  /// Sorted by the location of the data file that a vector is about.
  func packed(about data: String) -> FoundFile { packed(by: data) }

  /// Sorted by the first row id.
  func packed(firstRowID: Int64, end: Int64) -> FoundFile {
    packed(by: Self.hex(firstRowID) + Self.hex(end))
  }

  private func packed(by key: String) -> FoundFile {
    let parts = [
      key, Self.hex(Int64(manifest)), vector.map { Self.hex($0.lowerBound) } ?? "",
      vector.map { Self.hex($0.upperBound) } ?? "", format.rawValue, "\(recordCount)", location,
      about.utf8.contains(0) ? "" : about,
    ]
    return FoundFile(
      parts.joined(separator: Self.separator), kind, sizeInBytes: sizeInBytes,
      number: Int64(manifest))
  }

  /// Sixteen digits, so that the order of texts is that of numbers.
  private static func hex(_ number: Int64) -> String {
    let digits = String(UInt64(bitPattern: max(0, number)), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The file, and what it was sorted by; nil for what was not packed here.
  static func unpack(_ found: FoundFile) -> (key: Substring, file: CheckedFile)? {
    let parts = found.location.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count == 8, let format = FileFormat(rawValue: String(parts[4])),
      let records = Int64(parts[5]), let manifest = Int(parts[1], radix: 16)
    else { return nil }
    var file = CheckedFile(
      DataFile(
        location: String(parts[6]), format: format, recordCount: records,
        fileSizeInBytes: found.sizeInBytes ?? -1), manifest: manifest)
    file.kind = found.kind
    file.about = String(parts[7])
    if let start = Int64(parts[2], radix: 16), let end = Int64(parts[3], radix: 16), start <= end {
      file.vector = start..<end
    }
    return (parts[0], file)
  }
}
