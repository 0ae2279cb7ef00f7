import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct DataLocationsTests {
  private static func locations(
    _ properties: [String: String], at location: String = "s3://bucket/warehouse/db/events"
  ) throws -> (locations: DataLocations, spec: PartitionSpec) {
    let schema = Schema([.required("data#1", .string, id: 1)])
    let spec = try PartitionSpec([.identity("data#1")], schema: schema)
    let metadata = TableMetadata(
      formatVersion: 2, tableUUID: nil, location: location, lastUpdatedMillis: 0, lastColumnID: 1,
      schemas: [schema], currentSchemaID: 0, partitionSpecs: [spec], defaultSpecID: 0,
      lastPartitionID: spec.highestFieldID, sortOrders: [.unsorted], defaultSortOrderID: 0,
      properties: properties)
    return (try DataLocations(metadata), spec)
  }

  @Test("files lie in data below the table, or where the property says, old names of it included")
  func folders() throws {
    let cases: [([String: String], String)] = [
      ([:], "s3://bucket/warehouse/db/events/data/f"),
      (["write.data.path": "s3://other/place/"], "s3://other/place/f"),
      (["write.folder-storage.path": "s3://old/place"], "s3://old/place/f"),
      (
        ["write.data.path": "s3://other/place", "write.folder-storage.path": "s3://old/place"],
        "s3://other/place/f"
      ),
      // Of files that are not spread out.
      (
        ["write.object-storage.path": "s3://objects/place"],
        "s3://bucket/warehouse/db/events/data/f"
      ),
    ]
    for (properties, expected) in cases {
      #expect(try Self.locations(properties).locations.location(of: "f") == expected)
    }
  }

  @Test("the folders of partitions have names in which every character is kept")
  func partitions() throws {
    let (locations, spec) = try Self.locations([:])
    #expect(
      locations.location(of: "f", partition: StructValue([.string("val#1")]), spec: spec)
        == "s3://bucket/warehouse/db/events/data/data%231=val%231/f")
  }

  @Test(
    "for object stores the hash of a name spreads files over folders, as Iceberg Java does it",
    arguments: [
      ("a", "0101/0110/1001/10110010/a"), ("b", "1110/0111/1110/00000011/b"),
      ("c", "0010/1101/0110/01011111/c"), ("d", "1001/0001/0100/01110011/d"),
    ])
  func hashes(name: String, expected: String) throws {
    let spread = ["write.object-storage.enabled": "true"]
    let base = "s3://bucket/warehouse/db/events/data/"
    #expect(try Self.locations(spread).locations.location(of: name) == base + expected)
    // Outside of the table's own folder, database and table tell it apart.
    for key in ["write.data.path", "write.object-storage.path", "write.folder-storage.path"] {
      let properties = spread.merging([key: "s3://objects/all/"]) { $1 }
      let folders = expected.dropLast(2)
      #expect(
        try Self.locations(properties).locations.location(of: name)
          == "s3://objects/all/\(folders)/db/events/\(name)")
    }
  }

  @Test("for object stores the oldest of two old names counts last")
  func oldNames() throws {
    let properties = [
      "write.object-storage.enabled": "true", "write.object-storage.path": "s3://objects",
      "write.folder-storage.path": "s3://folders",
    ]
    let location = try Self.locations(properties).locations.location(of: "a")
    #expect(location.hasPrefix("s3://objects/0101/"))
  }

  @Test("partitions are left out of the paths of object stores when the table wants it so")
  func withoutPartitions() throws {
    var properties = ["write.object-storage.enabled": "true"]
    let partition = StructValue([.string("val#1")])
    var (locations, spec) = try Self.locations(properties)
    let with = locations.location(of: "test.parquet", partition: partition, spec: spec)
    #expect(with.hasSuffix("/data%231=val%231/test.parquet"))
    properties["write.object-storage.partitioned-paths"] = "false"
    (locations, spec) = try Self.locations(properties)
    #expect(
      locations.location(of: "test.parquet", partition: partition, spec: spec)
        == "s3://bucket/warehouse/db/events/data/0110/1010/0011/11101000-test.parquet")
  }
}
