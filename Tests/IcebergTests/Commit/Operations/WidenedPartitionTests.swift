import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

/// Changes that were prepared before the column of a partition field was widened, and are committed
/// after it.
@Suite struct WidenedPartitionTests {
  /// A promotion of a partition's column, with the values of two partitions: the first is the lesser.
  struct Widening: Sendable, CustomTestStringConvertible {
    var type: FieldType
    var wider: FieldType
    var transform = Transform.identity
    var before: [Literal]
    var after: [Literal]

    var testDescription: String { "\(transform): \(type) to \(wider)" }
  }

  static let widenings = [
    Widening(type: .int, wider: .long, before: [.int(-7), .int(8)], after: [.long(-7), .long(8)]),
    Widening(
      type: .int, wider: .long, transform: .truncate(width: 10), before: [.int(-10), .int(20)],
      after: [.long(-10), .long(20)]),
    Widening(
      type: .float, wider: .double, before: [.float(-0.1), .float(2.5)],
      after: [.double(Double(Float(-0.1))), .double(2.5)]),
    Widening(
      type: .decimal(precision: 4, scale: 1), wider: .decimal(precision: 20, scale: 1),
      before: [.decimal(unscaled: -7, scale: 1), .decimal(unscaled: 8, scale: 1)],
      after: [.decimal(unscaled: -7, scale: 1), .decimal(unscaled: 8, scale: 1)]),
  ]

  private static func file(_ scene: CommitScene, _ name: String, _ value: Literal) -> DataFile {
    file(scene.file(name, rows: 100), value)
  }

  private static func file(_ file: DataFile, _ value: Literal) -> DataFile {
    var file = file
    file.partition = StructValue([value])
    return file
  }

  /// A table with the files `A` and `B` in the two partitions.
  private static func make(_ widening: Widening, version: Int) async throws -> CommitScene {
    let schema = Schema([
      Field(id: 1, name: "id", type: .int, isRequired: true),
      Field(id: 2, name: "part", type: widening.type, isRequired: false),
    ])
    let spec = PartitionSpec(fields: [
      PartitionField(sourceIDs: [2], fieldID: 1000, name: "p", transform: widening.transform)
    ])
    var scene = try await CommitScene(
      TableCreation(
        schema: schema, partitionSpec: spec, properties: ["format-version": "\(version)"]))
    let files = zip(["A", "B"], widening.before).map { file(scene, $0, $1) }
    try await scene.commit { $0.append(files) }
    return scene
  }

  /// Widens the column, and adds the file `W` to the second partition: for others the change must be
  /// carried out again.
  private static func widen(_ scene: inout CommitScene, _ widening: Widening) async throws {
    try await scene.commit { $0.schema.widen("part", to: widening.wider) }
    let added = file(scene, "W", widening.after[1])
    try await scene.commit { $0.append([added]) }
  }

  @Test("partitions are replaced whose column was widened meanwhile", arguments: widenings, 1...3)
  func replaced(widening: Widening, version: Int) async throws {
    var scene = try await Self.make(widening, version: version)
    let stale = scene.table
    try await Self.widen(&scene, widening)
    let file = Self.file(scene, "A2", widening.before[0])
    scene.table = try await stale.commit { $0.replacePartitions(with: [file]) }
    #expect(try await scene.names() == ["A2", "B", "W"])
    #expect(try scene.summary("deleted-data-files") == "1")
    let partitions = Set(try await scene.entries().filter(\.isLive).map(\.dataFile.partition))
    #expect(partitions == Set(widening.after.map { StructValue([$0]) }))
  }

  @Test("NaN of a float is that of a double")
  func replacedNaN() async throws {
    let widening = Widening(
      type: .float, wider: .double, before: [.float(.nan), .float(1)],
      after: [.double(.nan), .double(1)])
    var scene = try await Self.make(widening, version: 2)
    let stale = scene.table
    try await Self.widen(&scene, widening)
    let file = Self.file(scene, "A2", .float(.nan))
    scene.table = try await stale.commit { $0.replacePartitions(with: [file]) }
    #expect(try await scene.names() == ["A2", "B", "W"])
  }

  @Test(
    "what others added to a partition that is replaced, after they widened its column, is a conflict",
    arguments: widenings)
  func replacedConflict(widening: Widening) async throws {
    for (place, collides) in [(0, true), (1, false)] {
      var scene = try await Self.make(widening, version: 2)
      let stale = scene.table
      try await Self.widen(&scene, widening)
      let added = Self.file(scene, "X", widening.after[place])
      try await scene.commit { $0.append([added]) }
      let file = Self.file(scene, "A2", widening.before[0])
      let check = ConflictCheck(
        startingSnapshotID: stale.metadata.currentSnapshotID, isolation: .serializable)
      let replace = { @Sendable in
        try await stale.commit { $0.replacePartitions(with: [file], check: check) }
      }
      if collides {
        await expectError(.validationFailed) { _ = try await replace() }
      } else {
        scene.table = try await replace()
        #expect(try await scene.names() == ["A2", "B", "W", "X"])
      }
    }
  }

  @Test("a partition that must be empty is not when it has files of the wider type")
  func emptyPartition() async throws {
    let widening = Self.widenings[0]
    var scene = try await Self.make(widening, version: 2)
    let stale = scene.table
    try await Self.widen(&scene, widening)
    let theirs = Self.file(scene, "X", .long(9))
    try await scene.commit { $0.append([theirs]) }
    var check = ConflictCheck(startingSnapshotID: stale.metadata.currentSnapshotID)
    check.validatesEmptyPartitions = true
    let asked = check
    let (file, other) = (Self.file(scene, "X2", .int(9)), Self.file(scene, "C", .int(10)))
    await expectError(.validationFailed) {
      try await stale.commit { $0.replacePartitions(with: [file], check: asked) }
    }
    scene.table = try await stale.commit { $0.replacePartitions(with: [other], check: asked) }
    #expect(try await scene.names() == ["A", "B", "C", "W", "X"])
  }

  @Test(
    """
    rows that others deleted from files which are rewritten do not come back, though they widened the \
    column of the partition before
    """, arguments: widenings, 2...3)
  func rewritten(widening: Widening, version: Int) async throws {
    for (place, about) in ["A", "B"].enumerated() {
      for byKey in [true, false] {
        var scene = try await Self.make(widening, version: version)
        let stale = scene.table
        try await Self.widen(&scene, widening)
        let deletes =
          byKey ? scene.equalityDeletes("e", about: about) : scene.deletes("d", about: about)
        let added = Self.file(deletes, widening.after[place])
        try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [added])) }
        let rewrite = RewriteFiles(
          removed: [Self.file(scene, "A", widening.before[0])],
          added: [Self.file(scene, "A2", widening.before[0])])
        if about == "A" {
          await expectError(.validationFailed) {
            try await stale.commit { $0.rewriteFiles(rewrite) }
          }
        } else {
          scene.table = try await stale.commit { $0.rewriteFiles(rewrite) }
          #expect(try await scene.names() == ["A2", "B", "W"])
        }
      }
    }
  }

  @Test("manifests of files from before and after tell the range of both", arguments: widenings)
  func appended(widening: Widening) async throws {
    for isFast in [true, false] {
      var scene = try await Self.make(widening, version: 2)
      try await Self.widen(&scene, widening)
      // Written before and after, in this order.
      let files = [
        Self.file(scene, "C", widening.before[1]), Self.file(scene, "D", widening.after[0]),
      ]
      try await scene.commit { isFast ? $0.fastAppend(files) : $0.append(files) }
      let range = try await scene.manifests()[0].partitions?.first
      let bounds = try widening.after.map { try $0.singleValueBytes() }
      #expect([range?.lowerBound, range?.upperBound] == bounds)
      #expect(
        try await scene.entries().prefix(2).map(\.dataFile.partition.values)
          == [[widening.after[1]], [widening.after[0]]])
      let file = Self.file(scene, "D2", widening.before[0])
      try await scene.commit { $0.replacePartitions(with: [file]) }
      #expect(try await scene.names() == ["B", "C", "D2", "W"])
    }
  }

  @Test("files of the partition that an overwrite replaces are known to be of it")
  func overwritten() async throws {
    let widening = Self.widenings[0]
    var scene = try await Self.make(widening, version: 2)
    let stale = scene.table
    try await Self.widen(&scene, widening)
    let (file, other) = (Self.file(scene, "A2", .int(-7)), Self.file(scene, "B2", .int(8)))
    var check = ConflictCheck(startingSnapshotID: stale.metadata.currentSnapshotID)
    check.validatesAddedFiles = true
    let asked = check
    await expectError(.validationFailed) {
      try await stale.commit { $0.overwrite(where: col("part") == -7, with: [other], check: asked) }
    }
    scene.table = try await stale.commit {
      $0.overwrite(where: col("part") == -7, with: [file], check: asked)
    }
    #expect(try await scene.names() == ["A2", "B", "W"])
  }

  @Test("vectors of one data file from before and after are merged")
  func vectors() async throws {
    let widening = Self.widenings[0]
    var scene = try await Self.make(widening, version: 3)
    try await Self.widen(&scene, widening)
    let vectors = [
      Self.file(try await scene.writeVector("v1", about: "A", [0, 1]), .int(-7)),
      Self.file(try await scene.writeVector("v2", about: "A", [3]), .long(-7)),
    ]
    try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: vectors)) }
    #expect(try await scene.vectors(about: "A") == [[0, 1, 3]])
    #expect(
      try await scene.entries(.deletes).map(\.dataFile.partition.values) == [[.long(-7)]])
  }

  @Test("a day that is told as a number is a date")
  func days() async throws {
    let widening = Widening(
      type: .date, wider: .timestamp, transform: .day, before: [.int(3), .int(4)],
      after: [.date(3), .date(4)])
    var scene = try await Self.make(widening, version: 3)
    let stale = scene.table
    try await Self.widen(&scene, widening)
    let file = Self.file(scene, "A2", .int(3))
    scene.table = try await stale.commit { $0.replacePartitions(with: [file]) }
    #expect(try await scene.names() == ["A2", "B", "W"])
  }
}
