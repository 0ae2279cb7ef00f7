import IcebergBytes
import IcebergModel
import Testing

@Suite struct PartitionSpecJSONTests {
  private func spec(_ text: String) throws -> PartitionSpec {
    try PartitionSpec(json: JSONValue(parsing: Bytes(utf8: text)))
  }

  @Test("a spec keeps transforms that are not known, and unknown members")
  func roundTrip() throws {
    let spec = try spec(
      """
      {"spec-id":2,"x":1,"fields":[
        {"name":"a","transform":"bucket[16]","source-id":1,"field-id":1000,"y":null},
        {"name":"b","transform":"Zorder[3]","source-ids":[1,2],"field-id":1003},
        {"name":"c","transform":"void","field-id":1001}]}
      """)
    #expect(spec.fields.map(\.transform) == [.bucket(count: 16), .unknown("Zorder[3]"), .void])
    #expect(spec.fields.map(\.sourceIDs) == [[1], [1, 2], []])
    #expect(spec.unknownMembers == ["x": 1])
    #expect(spec.fields[0].unknownMembers == ["y": nil])
    #expect(try PartitionSpec(json: spec.json) == spec)
  }

  @Test("fields without ids are numbered from 1000")
  func numbering() throws {
    let spec = try spec(
      """
      {"spec-id":0,"fields":[{"name":"a","transform":"day","source-id":1},
        {"name":"b","transform":"truncate[4]","source-id":2}]}
      """)
    #expect(spec.fields.map(\.fieldID) == [1_000, 1_001])
  }

  @Test(
    "a malformed spec is refused",
    arguments: [
      #"{"fields":[]}"#, #"{"spec-id":1}"#, #"{"spec-id":1,"fields":{}}"#,
      #"{"spec-id":1,"fields":[{"name":"a","transform":"bucket[0]","source-id":1}]}"#,
      #"{"spec-id":1,"fields":[{"name":"a","transform":"truncate[99999999999]","source-id":1}]}"#,
      #"{"spec-id":1,"fields":[{"name":"a","transform":"day"}]}"#,
      #"{"spec-id":1,"fields":[{"name":"a","transform":"day","source-ids":[]}]}"#,
      #"{"spec-id":1,"fields":[{"name":"a","transform":"day","source-id":1,"source-ids":[2]}]}"#,
      #"{"spec-id":1,"fields":[{"name":"a","transform":"day","source-id":1},{"name":"b","transform":"day","source-id":1,"field-id":1000}]}"#,
    ])
  func malformed(text: String) {
    #expect(throws: IcebergError.self) { try spec(text) }
  }
}
