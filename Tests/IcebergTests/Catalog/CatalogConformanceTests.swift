import Iceberg
import IcebergTestSupport
import IcebergTesting
import Testing

/// The rules of catalogs, put to each implementation of the library.
@Suite struct CatalogConformanceTests {
  static let folders = CatalogConformance.Capabilities([
    .emptyNamespaces, .nestedNamespaces, .tablesWithoutNamespace,
  ])

  static let memory = CatalogConformance { MemoryCatalog() }

  static let onDisk = CatalogConformance(capabilities: folders) {
    let directory = try TemporaryDirectory()
    return .init(
      FileSystemCatalog(warehouse: directory.path + "/wh"),
      reopen: { FileSystemCatalog(warehouse: directory.path + "/wh") },
      release: { withExtendedLifetime(directory) {} })
  }

  static let onDiskByURI = CatalogConformance(capabilities: folders) {
    let directory = try TemporaryDirectory()
    return .init(
      FileSystemCatalog(warehouse: "file://" + directory.path),
      reopen: { FileSystemCatalog(warehouse: "file://" + directory.path) },
      release: { withExtendedLifetime(directory) {} })
  }

  // A store without folders has no empty namespaces.
  static let inMemory = CatalogConformance(
    capabilities: folders.subtracting(.emptyNamespaces)
  ) {
    let fileIO = MemoryFileIO()
    return .init(
      FileSystemCatalog(warehouse: "memory:/wh", fileIO: fileIO),
      reopen: { FileSystemCatalog(warehouse: "memory:/wh", fileIO: fileIO) })
  }

  @Test("the catalog in memory keeps every rule", arguments: memory.rules)
  func inMemoryCatalog(_ rule: CatalogConformance.Rule) async throws {
    try await Self.memory.check(rule)
  }

  @Test("the catalog of folders keeps every rule, on disk", arguments: onDisk.rules)
  func folderCatalog(_ rule: CatalogConformance.Rule) async throws {
    try await Self.onDisk.check(rule)
  }

  @Test("the catalog of folders keeps every rule, by URI", arguments: onDiskByURI.rules)
  func folderCatalogByURI(_ rule: CatalogConformance.Rule) async throws {
    try await Self.onDiskByURI.check(rule)
  }

  @Test("the catalog of folders keeps every rule, in memory", arguments: inMemory.rules)
  func folderCatalogInMemory(_ rule: CatalogConformance.Rule) async throws {
    try await Self.inMemory.check(rule)
  }

  @Test("there are many rules, no two alike, and capabilities choose among them")
  func rules() {
    #expect(Self.memory.rules.count > 75)
    #expect(Set(Self.memory.rules.map(\.description)).count == Self.memory.rules.count)
    let names = Set(Self.onDisk.rules.map(\.description))
    #expect(names.contains("who cannot rename says so, and changes nothing"))
    #expect(!names.contains("a name that is taken is not given"))
  }

  @Test("a catalog that claims more than it can is found out")
  func finding() async {
    let claims = CatalogConformance(capabilities: Self.folders.union(.renaming)) {
      FileSystemCatalog(warehouse: "memory:/wh", fileIO: MemoryFileIO())
    }
    let rules = claims.rules.filter { !$0.needs.isDisjoint(with: .renaming) }
    #expect(rules.count > 5)
    for rule in rules { await withKnownIssue { try await claims.check(rule) } }
  }
}
