// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that users of the library do not build it. Besides the public product it uses
// one that promises nothing: see ../Spec/Decisions/0003-internals-product.md.

/// The settings of the library itself.
let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let library = Target.Dependency.product(name: "Iceberg", package: "swift-iceberg")
let internals = Target.Dependency.product(name: "_IcebergInternals", package: "swift-iceberg")

func benchmark(_ name: String, _ dependencies: [Target.Dependency] = [internals]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies + ["BenchmarkSupport"], swiftSettings: house)
}

let package = Package(
  name: "swift-iceberg-benchmarks",
  platforms: [.macOS(.v26)],
  products: [],
  dependencies: [
    // Named, because a clone may have any folder name.
    .package(name: "swift-iceberg", path: "..")
  ],
  targets: [
    .target(name: "BenchmarkSupport", dependencies: [internals, library], swiftSettings: house),
    benchmark("append-rows", [internals, library]),
    benchmark("delete-rows", [library]),
    benchmark("commit-files", [library]),
    benchmark("compact-files", [library]),
    benchmark("deletion-vectors"),
    benchmark("expire-snapshots", [library]),
    benchmark("manifest-decode"),
    benchmark("manifest-encode"),
    benchmark("merge-on-read", [internals, library]),
    benchmark("metadata-parse"),
    benchmark("orphan-scan", [library]),
    benchmark("parquet-decode"),
    benchmark("parquet-encode"),
    benchmark("plan-scan", [library]),
    benchmark("tool-startup", []),
  ],
  swiftLanguageModes: [.v6]
)
