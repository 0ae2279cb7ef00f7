// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the examples see what a user sees: the public API of a product.

/// The settings of the library itself, so that code can be copied from one to the other.
let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func tool(_ name: String, _ more: String...) -> Target {
  .executableTarget(
    name: name,
    dependencies: ["ExampleSupport"]
      + (["Iceberg"] + more).map { .product(name: $0, package: "swift-iceberg") },
    swiftSettings: house)
}

let package = Package(
  name: "swift-iceberg-examples",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "iceberg", targets: ["IcebergTool"]),
    .executable(name: "demo", targets: ["demo"]),
    .executable(name: "interop-writer", targets: ["InteropWriter"]),
    .executable(name: "concurrent-writers", targets: ["ConcurrentWriters"]),
    .executable(name: "csv-import", targets: ["CSVImport"]),
    .executable(name: "lakehouse", targets: ["Lakehouse"]),
    .executable(name: "nightly-maintenance", targets: ["NightlyMaintenance"]),
    .executable(name: "schema-evolution", targets: ["SchemaEvolution"]),
    .executable(name: "time-travel-debugging", targets: ["TimeTravelDebugging"]),
  ],
  dependencies: [
    // Named, because a clone may have any folder name.
    .package(name: "swift-iceberg", path: "..", traits: ["SQL"])
  ],
  targets: [
    .target(name: "ExampleSupport", swiftSettings: house),
    // Not called like its product: where case does not count, that would be the library's name.
    tool("IcebergTool", "IcebergSQL"),
    tool("demo"),
    tool("InteropWriter"),
    tool("ConcurrentWriters"),
    tool("CSVImport"),
    tool("Lakehouse"),
    tool("NightlyMaintenance"),
    tool("SchemaEvolution"),
    tool("TimeTravelDebugging"),
    .testTarget(
      name: "ExampleSupportTests", dependencies: ["ExampleSupport"], swiftSettings: house),
    .testTarget(
      name: "IcebergToolTests",
      dependencies: ["IcebergTool", .product(name: "Iceberg", package: "swift-iceberg")],
      swiftSettings: house),
    .testTarget(
      name: "ExampleTests",
      dependencies: [
        "ConcurrentWriters", "CSVImport", "Lakehouse", "NightlyMaintenance", "SchemaEvolution",
        "TimeTravelDebugging",
      ], swiftSettings: house),
  ],
  swiftLanguageModes: [.v6]
)
