import IcebergBytes
import IcebergModel
import Testing

@Suite struct TableSortOrderJSONTests {
  private func order(_ text: String) throws -> TableSortOrder {
    try TableSortOrder(json: JSONValue(parsing: Bytes(utf8: text)))
  }

  @Test("an order keeps transforms that are not known, and unknown members")
  func roundTrip() throws {
    let order = try order(
      """
      {"order-id":22,"fields":[
        {"transform":"foobar","source-id":19,"direction":"ASC","null-order":"nulls-first","z":0},
        {"transform":"bucket[4]","source-ids":[25,26],"direction":"desc",
         "null-order":"nulls-last"}],"w":{}}
      """)
    #expect(order.fields.map(\.transform) == [.unknown("foobar"), .bucket(count: 4)])
    #expect(order.fields.map(\.direction) == [.ascending, .descending])
    #expect(order.fields[0].unknownMembers == ["z": 0])
    #expect(order.unknownMembers == ["w": [:]])
    #expect(try TableSortOrder(json: order.json) == order)
  }

  @Test(
    "a malformed order is refused",
    arguments: [
      #"{"fields":[]}"#, #"{"order-id":1}"#,
      #"{"order-id":1,"fields":[{"transform":"day","source-id":1,"direction":"up","null-order":"nulls-first"}]}"#,
      #"{"order-id":1,"fields":[{"transform":"day","source-id":1,"direction":"asc","null-order":"last"}]}"#,
      #"{"order-id":1,"fields":[{"transform":"day","direction":"asc","null-order":"nulls-last"}]}"#,
      #"{"order-id":1,"fields":[{"transform":"bucket[0]","source-id":1,"direction":"asc","null-order":"nulls-last"}]}"#,
    ])
  func malformed(text: String) {
    #expect(throws: IcebergError.self) { try order(text) }
  }
}
