import IcebergModel
import Testing

@Suite struct PartitionSpecSchemaTests {
  let schema = PartitionTermTests.schema

  private func field(
    _ source: Int, _ transform: Transform, _ name: String = "p", id: Int = 1_000
  ) -> PartitionField {
    PartitionField(sourceIDs: [source], fieldID: id, name: name, transform: transform)
  }

  @Test("a spec of files before a column was dropped is allowed, a new one is not")
  func dropped() throws {
    let spec = PartitionSpec(fields: [field(99, .identity)])
    try spec.validate(against: schema, missingSources: .allowed)
    #expect(throws: IcebergError.self) { try spec.validate(against: schema) }
    #expect(spec.partitionFields(in: schema)[0].type == .unknown)
    let void = PartitionSpec(fields: [field(99, .void)])
    try void.validate(against: schema)
    #expect(!void.isPartitioned)
  }

  @Test("a name may be that of its own column, or of one that took it after the own was dropped")
  func names() throws {
    try PartitionSpec(fields: [field(1, .bucket(count: 4), "id")]).validate(against: schema)
    #expect(throws: IcebergError.self) {
      try PartitionSpec(fields: [field(1, .identity, "place")]).validate(against: schema)
    }
    try PartitionSpec(fields: [field(99, .identity, "place")])
      .validate(against: schema, missingSources: .allowed)
  }

  @Test("names and ids are unique, columns are values in structs")
  func rules() {
    for fields in [
      [field(1, .identity, "a"), field(1, .bucket(count: 2), "a", id: 1_001)],
      [field(1, .identity, "a"), field(1, .bucket(count: 2), "b")],
      [field(6, .identity)], [field(3, .identity)], [field(1, .hour)], [field(1, .identity, "")],
    ] {
      #expect(throws: IcebergError.self) {
        try PartitionSpec(fields: fields).validate(against: schema)
      }
    }
  }

  @Test("specs are equivalent when they divide alike, whatever their ids")
  func equivalence() {
    let left = PartitionSpec(id: 1, fields: [field(1, .identity)])
    let right = PartitionSpec(id: 2, fields: [field(1, .identity, id: 1_005)])
    #expect(left.isEquivalent(to: right))
    #expect(!left.isEquivalent(to: PartitionSpec(fields: [field(1, .identity, "q")])))
    #expect(!left.isEquivalent(to: .unpartitioned))
    #expect(right.highestFieldID == 1_005)
    #expect(PartitionSpec.unpartitioned.highestFieldID == 999)
  }
}
