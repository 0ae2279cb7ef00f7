import Foundation
package import IcebergBytes

/// A folder of the disk, read by relative paths: the shared half of ``SharedFiles`` and ``Vectors``.
package struct FileListing: Sendable {
  /// The absolute path of the folder.
  package let root: String

  /// The folder at `root`, which need not exist.
  package init(root: String) { self.root = root }

  /// Whether the folder is there.
  package var exists: Bool { Self.isFolder(root) }

  /// The absolute path of `relative`.
  package func path(_ relative: String) -> String {
    relative.isEmpty ? root : root + "/" + relative
  }

  /// Whether there is a file or folder at `relative`.
  package func has(_ relative: String) -> Bool {
    FileManager.default.fileExists(atPath: path(relative))
  }

  /// All of a file.
  package func bytes(_ relative: String) throws -> Bytes {
    Bytes(copying: try Data(contentsOf: URL(fileURLWithPath: path(relative))))
  }

  /// All of a file as text; an error when it is not UTF-8.
  package func text(_ relative: String) throws -> String {
    try String(contentsOfFile: path(relative), encoding: .utf8)
  }

  /// The relative paths of all files at any depth under `folder` whose names end with `suffix`,
  /// sorted; empty when the folder is not there. Folders named in `skipped` are not entered.
  package func files(
    under folder: String = "", suffix: String = "", skipping skipped: Set<String> = []
  ) -> [String] {
    let start = path(folder)
    guard let walk = FileManager.default.enumerator(atPath: start) else { return [] }
    var found: [String] = []
    for case let entry as String in walk {
      if let name = entry.split(separator: "/").last, skipped.contains(String(name)) {
        walk.skipDescendants()
      } else if entry.hasSuffix(suffix), !Self.isFolder(start + "/" + entry) {
        found.append(folder.isEmpty ? entry : folder + "/" + entry)
      }
    }
    return found.sorted()
  }

  /// The relative paths of the folders directly in `folder`, sorted.
  package func folders(in folder: String = "") -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []
    return names.map { folder.isEmpty ? $0 : folder + "/" + $0 }
      .filter { Self.isFolder(path($0)) }
      .sorted()
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
