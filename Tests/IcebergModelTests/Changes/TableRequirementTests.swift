import IcebergBytes
import IcebergModel
import Testing

@Suite struct TableRequirementTests {
  static let holding: [TableRequirement] = [
    .assertTableUUID(SampleMetadata.uuid), .assertTableUUID(SampleMetadata.uuid.uppercased()),
    .assertReferenceSnapshotID(reference: "main", snapshotID: 2),
    .assertReferenceSnapshotID(reference: "new", snapshotID: nil), .assertLastAssignedFieldID(3),
    .assertCurrentSchemaID(0), .assertLastAssignedPartitionID(999), .assertDefaultSpecID(0),
    .assertDefaultSortOrderID(0),
  ]

  @Test("what holds is let through", arguments: holding)
  func holds(requirement: TableRequirement) throws {
    let table = try SampleMetadata.history(2)
    #expect(thrown { try requirement.check(against: table) } == nil)
    #expect(thrown { try requirement.check(against: nil) }?.code == .commitConflict)
    #expect(try TableRequirement(json: requirement.json) == requirement)
  }

  static let failing: [(requirement: TableRequirement, message: String)] = [
    (.assertCreate, "the table exists already"),
    (.assertTableUUID("0"), "UUID"),
    (.assertReferenceSnapshotID(reference: "main", snapshotID: 1), "branch 'main' has moved"),
    (.assertReferenceSnapshotID(reference: "main", snapshotID: nil), "created by another commit"),
    (.assertReferenceSnapshotID(reference: "gone", snapshotID: 1), "not there any more"),
    (.assertLastAssignedFieldID(2), "is 3, not 2"), (.assertCurrentSchemaID(3), "is 0, not 3"),
    (.assertLastAssignedPartitionID(1000), "is 999, not 1000"),
    (.assertDefaultSpecID(1), "is 0, not 1"), (.assertDefaultSortOrderID(1), "is 0, not 1"),
  ]

  @Test("what does not hold is a conflict that says why", arguments: failing)
  func fails(requirement: TableRequirement, message: String) throws {
    let table = try SampleMetadata.history(2)
    let error = thrown { try requirement.check(against: table) }
    #expect(error?.code == .commitConflict)
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test("a table that does not exist can be created")
  func create() {
    #expect(thrown { try TableRequirement.assertCreate.check(against: nil) } == nil)
    #expect(
      TableRequirement.requirements(for: [.setLocation("l")], changing: nil) == [.assertCreate])
  }

  @Test("each update demands that what it starts from is unchanged, once")
  func derivation() throws {
    let table = try SampleMetadata.history(2).applying(
      [.setSnapshotReference(name: "b", SampleMetadata.branch(1))], timestampMillis: 1_000_009)
    let branch = SampleMetadata.branch(2)
    let updates: [TableUpdate] = [
      .addSchema(table.currentSchema), .addSchema(table.currentSchema), .setCurrentSchema(id: -1),
      .addPartitionSpec(.unpartitioned), .setDefaultPartitionSpec(id: 0),
      .addSortOrder(.unsorted), .setDefaultSortOrder(id: 0),
      .setSnapshotReference(name: "main", branch), .setSnapshotReference(name: "main", branch),
      .setSnapshotReference(name: "new", branch), .setProperties(["a": "b"]),
    ]
    #expect(
      TableRequirement.requirements(for: updates, changing: table) == [
        .assertTableUUID(SampleMetadata.uuid), .assertLastAssignedFieldID(3),
        .assertCurrentSchemaID(0), .assertLastAssignedPartitionID(999), .assertDefaultSpecID(0),
        .assertDefaultSortOrderID(0),
        .assertReferenceSnapshotID(reference: "main", snapshotID: 2),
        .assertReferenceSnapshotID(reference: "new", snapshotID: nil),
      ])
    #expect(
      TableRequirement.requirements(for: [.removeSchemas(ids: [7])], changing: table) == [
        .assertTableUUID(SampleMetadata.uuid), .assertCurrentSchemaID(0),
        .assertReferenceSnapshotID(reference: "b", snapshotID: 1),
      ])
    #expect(
      TableRequirement.requirements(for: updates, replacing: table) == [
        .assertTableUUID(SampleMetadata.uuid), .assertLastAssignedFieldID(3),
        .assertLastAssignedPartitionID(999),
      ])
  }
}
