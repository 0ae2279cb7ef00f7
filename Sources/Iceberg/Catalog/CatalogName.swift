package import IcebergModel

/// Rules for the names of tables and namespaces that become the names of folders.
package enum CatalogName {
  /// Throws `invalidArgument` for a name that would not lead to a folder of its own.
  package static func check(_ name: String) throws(IcebergError) {
    let defect: String? =
      if name.isEmpty {
        "is empty"
      } else if name == "." || name == ".." {
        "would lead out of its folder"
      } else if name.utf8.contains(UInt8(ascii: "/")) || name.utf8.contains(UInt8(ascii: "\\")) {
        "contains a slash or backslash"
      } else if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
        "contains a control character"
      } else {
        nil
      }
    if let defect { throw IcebergError(.invalidArgument, "the name '\(name)' \(defect)") }
  }

  /// Throws `invalidArgument` for names that nothing new should have. What exists is read, whatever it
  /// is called, as long as ``check(_:)`` lets it pass.
  package static func checkNew(_ names: [String]) throws(IcebergError) {
    for name in names {
      try check(name)
      let defect: String? =
        if name.utf8.contains(UInt8(ascii: ".")) {
          "contains a dot, which separates the parts of a name"
        } else if name.utf8.contains(UInt8(ascii: "%")) || name.utf8.contains(UInt8(ascii: ":")) {
          "contains '%' or ':', which mean something in locations"
        } else if name.hasPrefix("_") {
          "begins with an underscore: other engines take such folders for hidden"
        } else if ["metadata", "data"].contains(name) {
          "is that of a folder in every table"
        } else if name.first?.isWhitespace == true || name.last?.isWhitespace == true {
          "begins or ends with white space"
        } else if name.utf8.count > 255 {
          "is longer than file systems allow"
        } else {
          nil
        }
      if let defect { throw IcebergError(.invalidArgument, "the name '\(name)' \(defect)") }
    }
  }
}
