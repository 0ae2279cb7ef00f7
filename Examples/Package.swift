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

let package = Package(
  name: "swift-iceberg-examples",
  platforms: [.macOS(.v26)],
  products: [],
  dependencies: [
    // Named, because a clone may have any folder name.
    .package(name: "swift-iceberg", path: "..")
  ],
  targets: [
    .target(name: "ExampleSupport", swiftSettings: house),
    .testTarget(
      name: "ExampleSupportTests", dependencies: ["ExampleSupport"], swiftSettings: house),
  ],
  swiftLanguageModes: [.v6]
)
