import Iceberg
import Testing

@Suite struct FileLocationTests {
  @Test(
    "paths and file URIs are one path, and nothing is percent-decoded",
    arguments: [
      ("/a/b", "/a/b"), ("a/b", "a/b"), ("file:/a/b", "/a/b"), ("file:///a/b", "/a/b"),
      ("file://localhost/a", "/a"), ("FILE:///a", "/a"), ("file:/a%20b/c=%2F", "/a%20b/c=%2F"),
      ("/a b#c?d", "/a b#c?d"), ("a/b:c", "a/b:c"), ("/x:/y", "/x:/y"), ("2:a", "2:a"),
    ])
  func localPaths(location: String, path: String) throws {
    #expect(try FileLocation.localPath(of: location) == path)
  }

  @Test(
    "other schemes, hosts and what is no path are refused",
    arguments: [
      ("s3://b/k", IcebergError.Code.unsupported), ("hdfs:/a", .unsupported),
      ("file://host/a", .unsupported), ("", .invalidArgument), ("file:", .invalidArgument),
      ("file:a", .invalidArgument), ("file://", .invalidArgument), ("/a\0b", .invalidArgument),
    ])
  func refused(location: String, code: IcebergError.Code) {
    #expect(throws: IcebergError.self) { try FileLocation.localPath(of: location) }
    do { _ = try FileLocation.localPath(of: location) } catch { #expect(error.code == code) }
  }

  @Test(
    "a location lies in a folder when the folder's name ends where a component does",
    arguments: [
      ("/a/b/c", "/a/b", "c"), ("/a/b//c", "/a/b", "c"), ("/a/b/c", "/a/b/", "c"),
      ("/a/b", "/a/b", ""), ("/a/bc", "/a/b", nil), ("/a", "/a/b", nil),
      ("s3://b/x", "s3://b", "x"),
    ])
  func inside(location: String, folder: String, path: String?) {
    #expect(FileLocation.path(of: location, in: folder).map(String.init) == path)
  }

  @Test("names that look the same are two")
  func normalisation() {
    #expect(FileLocation.path(of: "/e\u{301}/x", in: "/\u{e9}") == nil)
    #expect(FileLocation.name(of: "/a/\u{301}x") == "\u{301}x")
  }

  @Test(
    "slashes at the end are dropped, but not those of a root",
    arguments: [
      ("/a/", "/a"), ("/a//", "/a"), ("/", "/"), ("file:///", "file:///"), ("s3://b/", "s3://b"),
      ("a", "a"), ("", ""),
    ])
  func trailingSlash(location: String, expected: String) {
    #expect(FileLocation.withoutTrailingSlash(location) == expected)
  }
}
