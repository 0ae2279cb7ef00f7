import IcebergModel
import Testing

@Suite struct ReservedFieldsTests {
  static let ids: [(field: Field, id: Int)] = [
    (ReservedFields.file, 2_147_483_646), (ReservedFields.position, 2_147_483_645),
    (ReservedFields.isDeleted, 2_147_483_644), (ReservedFields.specID, 2_147_483_643),
    (ReservedFields.partition([]), 2_147_483_642), (ReservedFields.deleteFilePath, 2_147_483_546),
    (ReservedFields.deletePosition, 2_147_483_545), (ReservedFields.changeType, 2_147_483_543),
    (ReservedFields.rowID, 2_147_483_540),
    (ReservedFields.lastUpdatedSequenceNumber, 2_147_483_539),
  ]

  @Test("reserved fields have the ids of the spec, which tables may not use", arguments: ids)
  func reserved(field: Field, id: Int) {
    #expect(field.id == id)
    #expect(ReservedFields.isReserved(id))
    #expect(!ReservedFields.isReserved(ReservedFields.highestTableFieldID))
  }
}
