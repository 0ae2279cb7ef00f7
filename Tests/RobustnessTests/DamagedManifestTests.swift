import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Manifests and lists of them with other numbers, lengths and texts than were written: whoever looks into
/// them gets an error or rows.
///
/// They are not compressed, so that what is changed is not only noticed as damage.
@Suite("A damaged manifest")
struct DamagedManifestTests {
  @Test(
    "with other values in it ends in an error or in rows, whatever looks into it", arguments: 1...3)
  func values(version: Int) async throws {
    var random = SeededRandom("DamagedManifestTests.\(version)")
    let scene = try await Self.scene(version)
    let files = scene.storage.locations.filter { $0.hasSuffix(".avro") }
    #expect(files.count > 3)
    var (shown, refused) = (0, 0)
    for _ in 0..<LongTests.rounds(quick: 15, long: 2_000) {
      let location = files[Int.random(in: 0..<files.count, using: &random)]
      let bytes = try await scene.storage.read(location, range: nil)
      let damaged = try Self.damaged(bytes.array, &random)
      let table = Table(
        identifier: scene.table.identifier, metadata: scene.table.metadata,
        metadataLocation: scene.table.metadataLocation,
        fileIO: OneFileChanged(base: scene.storage, location: location, bytes: Bytes(damaged)),
        catalog: nil)
      // What counts is that the calls return: a trap would end the whole suite.
      func check(_ look: () async throws -> Void) async throws {
        do {
          try await look()
          shown += 1
        } catch let error as IcebergError {
          refused += 1
          #expect(error.code != .invalidArgument, "\(error)")
        }
      }
      for name in MetadataTable.allCases {
        try await check { for try await _ in table.metadataTable(name).batches() {} }
      }
      for look in Look.allCases { try await check { try await look.look(into: table) } }
    }
    #expect(shown > 0 && refused > 0)
  }

  /// What looks into manifests, besides metadata tables.
  private enum Look: CaseIterable {
    case tasks, groups, explanation, count, diff

    func look(into table: Table) async throws {
      let scan = table.scan()
      switch self {
      case .tasks: _ = try await scan.tasks()
      case .groups: _ = try await scan.filter(col("id") > 5).taskGroups()
      case .explanation: _ = try await scan.filter(col("data") == "b").explain()
      case .count: _ = try await scan.count()
      case .diff:
        let first = table.metadata.snapshots[0].id
        let diff = try await table.diff(from: .snapshot(first))
        #expect(diff.addedGroups.count <= diff.addedFiles.count)
      }
    }
  }

  /// A table with files that have metrics, and with deletes where the version has them.
  private static func scene(_ version: Int) async throws -> CommitScene {
    var scene = try await CommitScene(
      version: version, properties: ["write.manifest.compression-codec": "none"])
    for letter in ["A", "B"] {
      var file = scene.file(letter, rows: 10)
      file.columnSizes = [1: 100, 2: 200]
      file.valueCounts = [1: 10, 2: 10]
      file.nullValueCounts = [1: 0, 2: 3]
      file.lowerBounds = [1: [1, 0, 0, 0], 2: Bytes(utf8: "a")]
      file.upperBounds = [1: [9, 0, 0, 0], 2: Bytes(utf8: "z")]
      file.splitOffsets = [4, 7]
      let added = file
      try await scene.commit { $0.fastAppend([added]) }
    }
    if version > 1 {
      let deletes = [
        version > 2
          ? try await scene.writeVector("A-vector", about: "A", [1, 2, 7])
          : scene.positionDeletes("A-deletes", about: "A"),
        scene.equalityDeletes("B-deletes", about: "B"),
      ]
      try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: deletes)) }
    }
    return scene
  }

  /// The bytes of an Avro file with other ones in its only block, whose length is put right.
  private static func damaged(_ file: [UInt8], _ random: inout SeededRandom) throws -> [UInt8] {
    let marker = file.suffix(16)
    let start = try #require(
      (16..<file.count).first { file[($0 - 16)..<$0].elementsEqual(marker) })
    let bytes = Bytes(file)
    var reader = ByteReader(bytes.span)
    try reader.seek(to: start)
    let count = try reader.readZigZag()
    let length = try reader.readZigZag()
    let content = reader.offset
    try #require(content + Int(length) + 16 == file.count, "there are several blocks")
    var block = Array(file[content..<file.count - 16])
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 0..<block.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: block[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: block[place] = [0, 1, 0x7f, 0x80, 0xff][Int.random(in: 0..<5, using: &random)]
      default:
        var number = ByteWriter()
        let numbers: [Int64] = [.max, .min, -1, 1 << 31, -1 << 31 - 1, 1 << 40, .max - 7]
        number.writeZigZag(numbers[Int.random(in: 0..<numbers.count, using: &random)])
        block.replaceSubrange(place...place, with: number.bytes)
      }
    }
    var head = ByteWriter()
    head.writeZigZag(count)
    head.writeZigZag(Int64(block.count))
    return file[..<start] + head.bytes + block + marker
  }
}
