import IcebergModel
import Testing

@Suite struct PartitionChangeTests {
  static func table(version: Int) throws -> TableMetadata {
    try SampleMetadata.table(version: version)
  }

  /// The table after a change.
  static func apply(
    _ metadata: TableMetadata, _ body: (inout PartitionChange) -> Void
  ) throws -> TableMetadata {
    var change = PartitionChange()
    body(&change)
    return try metadata.applying(change.updates(on: metadata), timestampMillis: 5_000_000)
  }

  @Test("an equivalent field takes its old id, and an equivalent spec is not made twice")
  func again() throws {
    var metadata = try Self.apply(Self.table(version: 2)) { change in
      change.add(.day("at"))
      change.add(.bucket(16, "id"))
    }
    #expect(metadata.defaultPartitionSpec.fields.map(\.name) == ["at_day", "id_bucket_16"])
    #expect(metadata.lastPartitionID == 1001)
    metadata = try Self.apply(metadata) { $0.replace("at_day", with: .hour("at")) }
    #expect(metadata.defaultPartitionSpec.fields.map(\.fieldID) == [1001, 1002])
    #expect(metadata.defaultSpecID == 2)
    metadata = try Self.apply(metadata) { $0.replace(.hour("at"), with: .day("at")) }
    #expect(metadata.defaultPartitionSpec.fields.map(\.fieldID) == [1001, 1000])
    metadata = try Self.apply(metadata) { $0.replaceAll(with: [.day("at"), .bucket(16, "id")]) }
    // What is removed and added again keeps its place.
    #expect(metadata.defaultPartitionSpec.fields.map(\.fieldID) == [1001, 1000])
    metadata = try Self.apply(metadata) { $0.replaceAll(with: []) }
    #expect(metadata.defaultSpecID == 0)
    metadata = try Self.apply(metadata) {
      $0.add(.day("at"))
      $0.add(.bucket(16, "id"))
    }
    #expect(metadata.defaultSpecID == 1)
    #expect(metadata.partitionSpecs.count == 4)
    #expect(metadata.lastPartitionID == 1002)
  }

  @Test("a field of version 1 that is void takes its place again in version 2")
  func fromVersion1() throws {
    var metadata = try Self.apply(Self.table(version: 1)) { change in
      change.add(.day("at"))
      change.add("level")
    }
    metadata = try Self.apply(metadata) { $0.remove("at_day") }
    #expect(metadata.defaultPartitionSpec.fields.map(\.transform) == [.void, .identity])
    metadata = try metadata.applying([.upgradeFormatVersion(2)], timestampMillis: 6_000_000)
    metadata = try Self.apply(metadata) { $0.add(.day("at")) }
    #expect(metadata.defaultPartitionSpec.fields.map(\.fieldID) == [1001, 1000])
    #expect(metadata.defaultPartitionSpec.fields.map(\.name) == ["level", "at_day"])
  }

  @Test("what makes no sense is refused, naming the field and why")
  func refusals() throws {
    let metadata = try Self.apply(Self.table(version: 2)) { change in
      change.add(.day("at"))
      change.add("level")
    }
    let cases: [(text: String, change: (inout PartitionChange) -> Void)] = [
      ("the table is partitioned by day(at) already", { $0.add(.day("at")) }),
      ("there is no column 'moon'", { $0.add("moon") }),
      ("the table has 'at_day', 'level'", { $0.remove("moon") }),
      ("no partition field 'hour(at)'", { $0.remove(.hour("at")) }),
      (
        "month(at) is redundant",
        {
          $0.add(.hour("at"))
          $0.add(.month("at"))
        }
      ),
      (
        "is added twice",
        {
          $0.add(.hour("at"))
          $0.add(.hour("at").named("h"))
        }
      ),
      (
        "two fields of that name",
        {
          $0.add(.bucket(4, "id").named("b"))
          $0.add(.bucket(8, "id").named("b"))
        }
      ),
      ("there is a partition field of that name", { $0.add(.bucket(4, "id").named("at_day")) }),
      ("the name is that of another column", { $0.add(.bucket(4, "id").named("at")) }),
      (
        "added by the same change",
        {
          $0.add(.hour("at"))
          $0.remove("at_hour")
        }
      ),
      (
        "add it under its new name",
        {
          $0.add(.hour("at"))
          $0.rename("at_hour", to: "h")
        }
      ),
      (
        "it is renamed by the same change",
        {
          $0.rename("at_day", to: "d")
          $0.remove("at_day")
        }
      ),
      (
        "it is removed by the same change",
        {
          $0.remove("at_day")
          $0.rename("at_day", to: "d")
        }
      ),
      ("hour cannot be applied to string", { $0.add(.hour("level")) }),
    ]
    for (text, body) in cases {
      let error = try #require(thrown { _ = try Self.apply(metadata, body) }, "\(text)")
      #expect([.invalidArgument, .validationFailed].contains(error.code))
      #expect(error.message.contains(text), "\(error)")
    }
  }

  @Test("a spec with a transform that is not known is left alone")
  func unknown() throws {
    let spec = PartitionSpec(fields: [
      PartitionField(sourceIDs: [1], fieldID: 1000, name: "z", transform: .unknown("zorder[2]"))
    ])
    var change = PartitionChange()
    change.add("level")
    let error = thrown {
      _ = try change.applied(
        to: spec, in: SampleMetadata.schema.assigningFreshIDs(), formatVersion: 2,
        lastPartitionID: 1000)
    }
    #expect(error?.code == .unsupported)
  }
}
