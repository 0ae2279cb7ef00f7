import Foundation
import Iceberg
import IcebergTestSupport
import Testing

@Suite struct LocationComparisonTests {
  @Test(
    "locations that mean the same path have the same parts",
    arguments: [
      ("file:/a/b", "/a/b"), ("file:///a/b", "/a/b"), ("file://localhost/a/b", "/a/b"),
      ("/a//b/", "/a/b"), ("/a/./b", "/a/b"), ("/a/c/../b", "/a/b"), ("/../a", "/a"),
      ("S3A://Bucket/a//b", "s3://bucket/a/b"), ("s3n://b/k", "s3://b/k"), ("a/./b", "a/b"),
      ("hdfs://Host:8020/a", "hdfs://host:8020/a"), ("/", "//"),
    ])
  func same(one: String, other: String) {
    let comparison = LocationComparison()
    #expect(comparison.parts(of: one) == comparison.parts(of: other))
  }

  @Test(
    "locations that do not mean the same path have other parts",
    arguments: [
      ("/a/b", "/a/B"), ("/a/b%20c", "/a/b c"), ("/a/b", "/a/b.c"), ("s3://x/a", "s3://y/a"),
      ("s3://x/a", "gs://x/a"), ("/a/.b", "/a/b"), ("/a/..b", "/a/b"), ("/a/é", "/a/e\u{301}"),
    ])
  func different(one: String, other: String) {
    let comparison = LocationComparison()
    let (left, right) = (comparison.parts(of: one), comparison.parts(of: other))
    #expect(left.root != right.root || !left.path.utf8.elementsEqual(right.path.utf8))
  }

  @Test("equal schemes and authorities may be given, several in one key")
  func equal() {
    let comparison = LocationComparison(
      equalSchemes: ["oss, cos": "s3"], equalAuthorities: ["nn1:8020,nn2": "nn"])
    #expect(comparison.parts(of: "cos://b/a") == comparison.parts(of: "s3a://b/a"))
    #expect(comparison.parts(of: "hdfs://nn1:8020/a") == comparison.parts(of: "hdfs://NN2/a"))
  }

  @Test("folders overlap when one lies in the other, and not when names begin alike")
  func overlap() {
    let comparison = LocationComparison()
    func overlap(_ one: String, _ other: String) -> Bool {
      comparison.overlap(comparison.parts(of: one), comparison.parts(of: other))
    }
    #expect(overlap("/a/b", "/a/b/c"))
    #expect(overlap("s3://x/a/b/c", "s3a://x/a/b"))
    #expect(overlap("/a", "file:/a"))
    #expect(overlap("s3://x", "s3://x/t"))
    #expect(overlap("hdfs://nn/a", "/a"))
    #expect(!overlap("/a/b", "/a/bc"))
    #expect(!overlap("s3://x/a", "s3://y/a"))
  }

  @Test("folders of the local disk are what links lead to")
  func links() throws {
    try withTemporaryDirectory { directory in
      let manager = FileManager.default
      try manager.createDirectory(
        atPath: directory.path("real/data"), withIntermediateDirectories: true)
      try manager.createSymbolicLink(
        atPath: directory.path("link"), withDestinationPath: directory.path("real"))
      var folders = RealFolders()
      for _ in 0..<2 {
        #expect(
          folders.resolved(directory.path("link/data/x.parquet"))
            == directory.path("real/data/x.parquet"))
      }
      #expect(folders.resolved("/no/such/folder/x") == "/no/such/folder/x")
    }
  }
}
