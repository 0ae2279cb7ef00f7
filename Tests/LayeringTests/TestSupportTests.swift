import IcebergTestSupport
import Testing

@Suite struct TestSupportTests {
  @Test("the package root is the folder of Package.swift")
  func root() {
    #expect(FileListing(root: PackageRoot.path).has("Package.swift"))
  }

  @Test("the same seed gives the same numbers, another seed others")
  func seeds() {
    var one = SeededRandom(seed: 7)
    var same = SeededRandom(seed: 7)
    var other = SeededRandom(seed: 8)
    let bytes = one.bytes(64)
    #expect(bytes == same.bytes(64))
    #expect(bytes != other.bytes(64))
  }

  @Test("a temporary folder is empty at first and gone afterwards")
  func temporary() throws {
    let path = try withTemporaryDirectory { directory in
      #expect(directory.listing.exists)
      #expect(directory.listing.files().isEmpty)
      return directory.path
    }
    #expect(!FileListing(root: path).exists)
  }

  @Test("shared tables are listed with their files", .needsSharedFiles)
  func shared() {
    #expect(!SharedFiles.folders(in: "golden").isEmpty)
    #expect(SharedFiles.files(under: "golden", suffix: "/expected.json").count > 10)
  }
}
