import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite(.needsSharedFiles) struct PartitionPathConformanceTests {
  @Test("partitions lie at the paths of other implementations")
  func paths() throws {
    try ExpectedValues("partition-paths").run("cases") { item in
      var fields: [PartitionField] = []
      var values: [Literal?] = []
      for case .object(let part) in try CorpusValue.array("fields", of: item) {
        let transform = try Transform(CorpusValue.string("transform", of: part))
        let type = try CorpusValue.type(CorpusValue.member("type", of: part))
        let source = try CorpusValue.literal(CorpusValue.member("value", of: part), type)
        fields.append(
          PartitionField(
            sourceIDs: [fields.count + 1], fieldID: 1_000 + fields.count,
            name: try CorpusValue.string("name", of: part), transform: transform))
        values.append(try transform.apply(to: source))
      }
      let path = PartitionSpec(fields: fields).path(of: StructValue(values))
      try #require(path == (try CorpusValue.string("path", of: item)))
    }
  }
}
