import IcebergTestSupport
import Testing

/// The files speak of the project, not of a machine that they were written on.
@Suite struct MachinePathTests {
  static let places = ["root", "work", "home/runner"]

  @Test("no file names a path of one machine")
  func paths() throws {
    let package = FileListing(root: PackageRoot.path)
    for path in package.files(skipping: [".build", ".git", ".swiftpm", "__pycache__"]) {
      // Vectors are what other programs wrote.
      if path.hasPrefix("Spec/Vectors/") && !path.hasSuffix(".md") { continue }
      guard let text = try? package.text(path) else { continue }
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        if Self.namesMachinePath(line) {
          Issue.record("\(path):\(number + 1) names a machine's path")
        }
      }
    }
  }

  /// Whether an absolute path begins with one of the places.
  static func namesMachinePath(_ line: some StringProtocol) -> Bool {
    for place in places {
      var rest = Substring(line)
      while let found = rest.firstRange(of: "/\(place)/") {
        let before = rest[..<found.lowerBound].last
        if !(before.map { $0.isLetter || $0.isNumber || "_-.}~".contains($0) } ?? false) {
          return true
        }
        rest = rest[found.upperBound...]
      }
    }
    return false
  }

  @Test("a path inside a bucket or folder is no path of a machine")
  func telling() {
    #expect(Self.namesMachinePath("see /" + "root/x"))
    #expect(Self.namesMachinePath("file:///" + "work/x"))
    #expect(!Self.namesMachinePath("s3://bucket/" + "work/x"))
    #expect(!Self.namesMachinePath("$HOME/" + "work/x and ../" + "root/x"))
  }
}
