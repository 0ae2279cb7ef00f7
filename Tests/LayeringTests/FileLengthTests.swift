import Testing

/// A file answers one question: most are short, and none is very long.
@Suite struct FileLengthTests {
  static let usual = 300
  static let limit = 900

  @Test("no source file is longer than 900 lines")
  func lengths() {
    let files = SourceTree.sources.map { (lines: $0.lines.count - 1, path: $0.path) }
      .sorted { $0.lines > $1.lines }
    let long = files.filter { $0.lines > Self.usual }
    let median = files.isEmpty ? 0 : files[files.count / 2].lines
    print("file lengths: \(files.count) files, median \(median) lines, \(long.count) over 300")
    for file in long { print("file lengths: \(file.lines) \(file.path)") }
    for file in files where file.lines > Self.limit {
      Issue.record("\(file.path) has \(file.lines) lines: look for the second idea")
    }
  }
}
