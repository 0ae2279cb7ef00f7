import IcebergTestSupport

/// The Swift files of the package, read once.
enum SourceTree {
  /// The files of each module under `Sources`, by the name of the module.
  static let modules: [String: [SwiftSource]] = {
    Dictionary(grouping: read("Sources")) { part(1, of: $0.path) }
  }()

  /// All files under `Sources`.
  static let sources: [SwiftSource] = modules.values.flatMap(\.self).sorted { $0.path < $1.path }

  /// All files under `Tests`.
  static let tests: [SwiftSource] = read("Tests")

  /// The files of a module; empty when there is none of that name.
  static func module(_ name: String) -> [SwiftSource] { modules[name] ?? [] }

  /// The folder of a file inside its module; empty for a file that lies in none.
  static func folder(of file: SwiftSource) -> String {
    let parts = file.path.split(separator: "/")
    return parts.count > 3 ? String(parts[2]) : ""
  }

  private static func part(_ index: Int, of path: String) -> String {
    let parts = path.split(separator: "/")
    return index < parts.count ? String(parts[index]) : ""
  }

  private static func read(_ folder: String) -> [SwiftSource] {
    let package = FileListing(root: PackageRoot.path)
    return package.files(under: folder, suffix: ".swift").compactMap { path in
      (try? package.text(path)).map { SwiftSource(path: path, text: $0) }
    }
  }
}
