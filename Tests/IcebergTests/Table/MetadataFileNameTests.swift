import Iceberg
import Testing

@Suite struct MetadataFileNameTests {
  @Test(
    "names of metadata files are read",
    arguments: [
      ("v1.metadata.json", MetadataFileName.Kind.version, 1, MetadataFileName.Compression.none),
      ("v12.gz.metadata.json", .version, 12, .gzip),
      ("v3.metadata.json.gz", .version, 3, .oldGzip),
      ("00000-c0ffee.metadata.json", .random, 0, .none),
      ("00012-5bdaa9dc-9f2e.gz.metadata.json", .random, 12, .gzip),
      ("123456-x.metadata.json.gz", .random, 123_456, .oldGzip),
    ])
  func names(
    text: String, kind: MetadataFileName.Kind, version: Int64,
    compression: MetadataFileName.Compression
  ) throws {
    let name = try #require(MetadataFileName(text))
    #expect(name.kind == kind)
    #expect(name.version == version)
    #expect(name.compression == compression)
    #expect(name.text == text)
  }

  @Test(
    "other names are not",
    arguments: [
      "", "v.metadata.json", "v01.metadata.json", "v-1.metadata.json", "v1x.metadata.json",
      "v1.json", "v1.metadata.json.crc", ".v1.metadata.json.crc", "1.metadata.json",
      "-a.metadata.json", "1-.metadata.json", "x-1.metadata.json", "empty.metadata.json",
      "v99999999999999999999.metadata.json", "snap-1-1-a.avro", "version-hint.text",
      "v1.metadata.json.gz.gz", "v١.metadata.json",
    ])
  func otherNames(text: String) { #expect(MetadataFileName(text) == nil) }

  @Test("names are written as they are read")
  func writing() {
    #expect(MetadataFileName(version: 7).text == "v7.metadata.json")
    #expect(MetadataFileName(version: 7, compression: .gzip).text == "v7.gz.metadata.json")
    #expect(MetadataFileName(version: 7, uuid: "u-u").text == "00007-u-u.metadata.json")
    #expect(MetadataFileName(version: 123_456, uuid: "u").text == "123456-u.metadata.json")
    for name in MetadataFileName.names(ofVersion: 5) {
      #expect(MetadataFileName(name.text) == name)
    }
  }
}
