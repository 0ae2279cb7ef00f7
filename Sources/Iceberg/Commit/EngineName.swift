/// How this library names itself in what it writes.
package enum EngineName {
  /// The name of the library.
  package static let name = "swift-iceberg"
  /// The version of the library.
  package static let version = "0.1.0"
}
