import IcebergBytes
import IcebergModel
import Testing

@Suite struct JSONNodeTests {
  let document: JSONValue = [
    "name": "t", "id": 7, "big": 5_000_000_000, "on": true, "none": nil,
    "list": [1, ["deep": "x"]], "map": ["a": "1", "b": "2"], "wrong": ["a": 1],
  ]

  @Test("typed access gives the value")
  func access() throws {
    var reader = try JSONNode(document).object()
    #expect(try reader.required("name").string() == "t")
    #expect(try reader.required("id").int() == 7)
    #expect(try reader.required("big").int64() == 5_000_000_000)
    #expect(try reader.required("on").bool())
    #expect(reader.optional("none")?.value == nil)
    #expect(reader.optional("absent")?.value == nil)
    #expect(reader.member("none")?.isNull == true)
    #expect(try reader.required("map").stringMap() == ["a": "1", "b": "2"])
    #expect(try reader.required("list").array().count == 2)
    #expect(reader.unreadMembers == ["wrong": ["a": 1]])
  }

  @Test(
    "an error names the place and the defect",
    arguments: [
      ("name", "$.name", "'name' must be a whole number of 32 bits, found the string \"t\""),
      ("big", "$.big", "'big' must be a whole number of 32 bits, found 5000000000"),
      ("none", "$.none", "'none' must not be null"),
      ("absent", "$", "missing 'absent'"),
    ])
  func errors(member: String, path: String, message: String) throws {
    var reader = try JSONNode(document).object()
    let error = #expect(throws: IcebergError.self) { try reader.required(member).int() }
    #expect(error?.code == .invalidMetadata)
    #expect(error?.context.jsonPath == path)
    #expect(error?.message == message)
  }

  @Test("a path goes through members and elements; odd names are quoted")
  func paths() throws {
    var reader = try JSONNode(document).object()
    let list = try reader.required("list").array()
    var inner = try list[1].object()
    let error = #expect(throws: IcebergError.self) { try inner.required("deep").bool() }
    #expect(error?.context.jsonPath == "$.list[1].deep")
    let odd = JSONPath.member(of: .root, name: "a b")
    #expect(odd.description == "$['a b']")
  }

  @Test("members beyond the sixty-fourth are remembered too")
  func manyMembers() throws {
    let members = (0..<100).map { JSONObject.Member("m\($0)", .integer(Int64($0))) }
    var reader = JSONObjectReader(JSONObject(members))
    for index in stride(from: 99, through: 0, by: -1) where index != 70 {
      #expect(try reader.required("m\(index)").int() == index)
    }
    #expect(reader.unreadMembers == ["m70": 70])
  }
}
