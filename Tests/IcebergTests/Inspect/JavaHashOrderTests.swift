import Iceberg
import IcebergModel
import Testing

@Suite struct JavaHashOrderTests {
  @Test("names are walked over in the order of their hashes, modulo a size that grows with them")
  func order() {
    // Java: "id" 3355, "data" 3076010, "ts" 3711, "cat" 98262, folded and modulo 16.
    let schema = Schema([
      .required("id", .long, id: 1), .optional("data", .string, id: 2),
      .optional("ts", .timestamp, id: 3), .optional("cat", .string, id: 4),
    ])
    #expect(JavaHashOrder.fields(of: schema).map(\.name) == ["data", "cat", "id", "ts"])
  }

  @Test("fields inside lists and maps enter with their full names")
  func nested() {
    let schema = Schema([
      .optional("l", .list(element: .optional("element", .int, id: 2)), id: 1),
      .optional(
        "m", .map(key: .required("key", .int, id: 4), value: .optional("value", .int, id: 5)),
        id: 3),
    ])
    #expect(Set(JavaHashOrder.fields(of: schema).map(\.id)) == [1, 2, 3, 4, 5])
  }
}
