import IcebergModel
import Testing

@Suite struct DeletedPositionsTests {
  @Test("gathers rows by data file, and gives them by location and position")
  func gathers() throws {
    var deleted = DeletedPositions()
    #expect(deleted.isEmpty)
    try deleted.insert(contentsOf: [9, 3, 3], of: "s3://b/z")
    #expect(try deleted.insert(1, of: "s3://b/a"))
    #expect(try !deleted.insert(3, of: "s3://b/z"))
    deleted.formUnion(try DeletionVector([4, 3]), of: "s3://b/z")
    deleted.formUnion(DeletionVector(), of: "s3://b/none")
    var other = DeletedPositions()
    try other.insert(2, of: "s3://b/a")
    deleted.formUnion(other)
    #expect(deleted.count == 5)
    #expect(deleted.locations == ["s3://b/a", "s3://b/z"])
    #expect(deleted["s3://b/z"]?.positions == [3, 4, 9])
    #expect(deleted["s3://b/none"] == nil)
    var rows: [String] = []
    deleted.forEachRow { location, position in rows.append("\(location):\(position)") }
    #expect(rows == ["s3://b/a:1", "s3://b/a:2", "s3://b/z:3", "s3://b/z:4", "s3://b/z:9"])
    #expect(deleted.remove("s3://b/a")?.count == 2)
    #expect(deleted.locations == ["s3://b/z"])
  }

  @Test("positions begin at 0; what is refused leaves no trace")
  func negative() throws {
    var deleted = DeletedPositions()
    #expect(throws: IcebergError.self) { try deleted.insert(-1, of: "a") }
    #expect(throws: IcebergError.self) { try deleted.insert(contentsOf: [1, -1], of: "a") }
    #expect(deleted.isEmpty)
    try deleted.insert(contentsOf: [], of: "a")
    #expect(deleted.isEmpty)
  }
}
