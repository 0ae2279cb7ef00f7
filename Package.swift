// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: upcoming language features only, never unsafe flags.
let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Settings of the modules that walk over bytes with lifetime-bound spans.
let spans: [SwiftSetting] = house + [.enableExperimentalFeature("Lifetimes")]

/// The compression libraries behind `IcebergBytes`. Only zlib and snappy are needed to build; the
/// shims of the others look for their headers.
let codecs: [Target.Dependency] = ["CZlib", "CSnappy", "CDeflate", "CZstd", "CLZ4", "CBrotli"]

func system(_ name: String, _ pkgConfig: String, apt: String, brew: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["IcebergTestSupport"], exclude: exclude,
    swiftSettings: house)
}

let package = Package(
  name: "swift-iceberg",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "Iceberg", targets: ["Iceberg"]),
    // Empty without the trait SQL.
    .library(name: "IcebergSQL", targets: ["IcebergSQL"]),
    // Tests of catalogs and storage, for those who write their own.
    .library(name: "IcebergTesting", targets: ["IcebergTesting"]),
    // For the benchmarks of this package. No promise is made: see Spec/API.md.
    .library(
      name: "_IcebergInternals",
      targets: [
        "IcebergBytes", "IcebergColumns", "IcebergAvro", "IcebergParquet", "IcebergModel",
      ]),
  ],
  traits: [
    .trait(name: "SQL", description: "Catalogs in SQLite databases: the module IcebergSQL.")
  ],
  targets: [
    system("CZlib", "zlib", apt: "zlib1g-dev", brew: "zlib"),
    system("CSnappy", "snappy", apt: "libsnappy-dev", brew: "snappy"),
    system("CDeflate", "libdeflate", apt: "libdeflate-dev", brew: "libdeflate"),
    system("CZstd", "libzstd", apt: "libzstd-dev", brew: "zstd"),
    system("CLZ4", "liblz4", apt: "liblz4-dev", brew: "lz4"),
    system("CBrotli", "libbrotlidec", apt: "libbrotli-dev", brew: "brotli"),

    system("CSQLite", "sqlite3", apt: "libsqlite3-dev", brew: "sqlite"),

    .target(name: "IcebergBytes", dependencies: codecs, swiftSettings: spans),
    .target(name: "IcebergColumns", dependencies: ["IcebergBytes"], swiftSettings: house),
    .target(name: "IcebergAvro", dependencies: ["IcebergBytes"], swiftSettings: spans),
    .target(
      name: "IcebergParquet", dependencies: ["IcebergBytes", "IcebergColumns"],
      swiftSettings: spans),
    .target(
      name: "IcebergModel", dependencies: ["IcebergBytes", "IcebergAvro"], swiftSettings: house),
    .target(
      name: "Iceberg",
      dependencies: [
        "IcebergBytes", "IcebergColumns", "IcebergAvro", "IcebergParquet", "IcebergModel",
      ],
      swiftSettings: house),
    .target(
      name: "IcebergSQL",
      dependencies: ["Iceberg", .target(name: "CSQLite", condition: .when(traits: ["SQL"]))],
      swiftSettings: house),
    .target(name: "IcebergTesting", dependencies: ["Iceberg"], swiftSettings: house),

    .target(
      name: "IcebergTestSupport",
      dependencies: ["IcebergBytes", "IcebergColumns", "IcebergModel", "Iceberg"],
      path: "Tests/Support", swiftSettings: house),
    tests("IcebergBytesTests", ["IcebergBytes"]),
    tests("IcebergColumnsTests", ["IcebergColumns"]),
    tests("IcebergAvroTests", ["IcebergAvro", "IcebergBytes"]),
    tests("IcebergParquetTests", ["IcebergParquet", "IcebergColumns", "IcebergBytes"]),
    tests("IcebergModelTests", ["IcebergModel", "IcebergAvro", "IcebergBytes"]),
    tests(
      "IcebergTests",
      ["Iceberg", "IcebergTesting", "IcebergParquet", "IcebergAvro", "IcebergBytes"]),
    tests("IcebergSQLTests", ["IcebergSQL", "IcebergTesting", "Iceberg", "IcebergBytes"]),
    tests("ConformanceTests", ["Iceberg", "IcebergParquet", "IcebergAvro", "IcebergBytes"]),
    .executableTarget(
      name: "IcebergTestWorker",
      dependencies: ["IcebergBytes", "IcebergModel", "Iceberg", "IcebergSQL"],
      path: "Tests/Worker", swiftSettings: house),
    tests("ScenarioTests", ["Iceberg", "IcebergBytes", "IcebergSQL", "IcebergTestWorker"]),
    tests("RobustnessTests", ["Iceberg", "IcebergParquet", "IcebergAvro", "IcebergBytes"]),
    tests("LayeringTests", []),
  ],
  swiftLanguageModes: [.v6]
)
