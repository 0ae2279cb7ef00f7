import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct RewriteDataFilesPlanTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var rule: String
    var sizes: [Int64]
    var options: [String: String] = [:]
    /// The sizes of the files of each group.
    var groups: [[Int64]]
    /// How many files each group becomes.
    var counts: [Int]
    var testDescription: String { rule }
  }

  /// The target is 100 bytes: files from 75 to 180 bytes are well.
  static let cases = [
    Case(rule: "four small files stay", sizes: [10, 10, 10, 10], groups: [], counts: []),
    Case(
      rule: "five small files are one group", sizes: [10, 10, 10, 10, 10],
      groups: [[10, 10, 10, 10, 10]], counts: [1]),
    Case(
      rule: "files of the bounds and between stay", sizes: [75, 100, 180, 80, 120, 99], groups: [],
      counts: []),
    Case(
      rule: "files between the bounds stay beside small ones", sizes: [10, 100, 10, 10, 10, 10],
      groups: [[10, 10, 10, 10, 10]], counts: [1]),
    Case(
      rule: "two files of more than the target are enough", sizes: [60, 60], groups: [[60, 60]],
      counts: [2]),
    Case(
      rule: "the target itself is not more", sizes: [50, 50], groups: [], counts: []),
    Case(
      rule: "what is a little more than the target is one file", sizes: [70, 35],
      groups: [[70, 35]], counts: [1]),
    Case(rule: "a large file is a group", sizes: [181], groups: [[181]], counts: [2]),
    Case(
      rule: "a rest that is a file is one", sizes: [400, 40, 40],
      groups: [[400, 40, 40]], counts: [5]),
    Case(
      rule: "a small rest is spread", sizes: [400, 50], groups: [[400, 50]], counts: [5]),
    Case(
      rule: "a tiny rest is spread", sizes: [400, 20], groups: [[400, 20]], counts: [4]),
    Case(
      rule: "all files, where all are wanted", sizes: [100, 90], options: ["rewrite-all": "true"],
      groups: [[100, 90]], counts: [2]),
    Case(
      rule: "the number of files that is enough", sizes: [10, 10],
      options: ["min-input-files": "2"], groups: [[10, 10]], counts: [1]),
    Case(
      rule: "one file is never enough by number", sizes: [10], options: ["min-input-files": "1"],
      groups: [], counts: []),
    Case(
      rule: "the least size", sizes: [10, 10, 10, 10, 10], options: ["min-file-size-bytes": "10"],
      groups: [], counts: []),
    Case(
      rule: "the greatest size", sizes: [150], options: ["max-file-size-bytes": "149"],
      groups: [[150]], counts: [2]),
    Case(
      rule: "the target size", sizes: [100, 100, 100, 100, 100],
      options: ["target-file-size-bytes": "1000"], groups: [[100, 100, 100, 100, 100]],
      counts: [1]),
    Case(
      rule: "the size of groups", sizes: [10, 20, 10, 10, 10, 10, 10],
      options: ["max-file-group-size-bytes": "30", "min-input-files": "2"],
      groups: [[10, 20], [10, 10, 10], [10, 10]], counts: [1, 1, 1]),
    Case(
      rule: "the number of files of groups", sizes: [10, 10, 10, 10, 10],
      options: ["max-file-group-input-files": "2", "min-input-files": "2"],
      groups: [[10, 10], [10, 10]], counts: [1, 1]),
    Case(
      rule: "the number of files altogether", sizes: [10, 10, 10, 10, 10, 10],
      options: [
        "max-files-to-rewrite": "3", "max-file-group-input-files": "2", "min-input-files": "2",
      ],
      groups: [[10, 10], [10]], counts: [1, 1]),
  ]

  @Test("groups are those of the reference implementation", arguments: cases)
  func groups(of item: Case) async throws {
    var scene = try await CommitScene(isPartitioned: false)
    let files = item.sizes.enumerated().map { index, size in
      scene.file("A\(index)", rows: 10, sizeInBytes: size)
    }
    try await scene.commit { $0.append(files) }
    let preset = ["target-file-size-bytes": "100"]
    let options = try RewriteDataFilesOptions(parsing: preset.merging(item.options) { $1 })
    let report = try await scene.table.rewriteDataFiles(options, dryRun: true)
    #expect(report.isDryRun)
    #expect(report.groups.map { $0.files.map(\.fileSizeInBytes) } == item.groups)
    #expect(report.groups.map(\.expectedFileCount) == item.counts)
    #expect(report.rewrittenDataFilesCount == item.groups.joined().count)
    #expect(report.rewrittenBytesCount == item.groups.joined().reduce(0, +))
    #expect(report.addedDataFilesCount == item.counts.reduce(0, +))
    #expect(report.table.metadata == scene.table.metadata)
  }

  @Test("more files than a plan may hold are refused, unless so many are to be rewritten at most")
  func memory() async throws {
    var scene = try await CommitScene(isPartitioned: false)
    for part in 0..<8 {
      let files = (0..<50).map { scene.file("A\(part)-\($0)", sizeInBytes: 10) }
      try await scene.commit { $0.fastAppend(files) }
    }
    let table = scene.table
    func plan(_ options: [String: String], memoryLimit: Int) async throws -> Int {
      var options = try RewriteDataFilesOptions(parsing: options)
      options.planningMemoryLimit = memoryLimit
      // One manifest at a time.
      options.scan.planningMemoryLimit = 1
      return try await table.rewriteDataFiles(options, dryRun: true).rewrittenDataFilesCount
    }
    #expect(try await plan([:], memoryLimit: 400 * 2000) == 400)
    for options in [[:], ["max-files-to-rewrite": "399"]] {
      await #expect {
        _ = try await plan(options, memoryLimit: 100 * 1000)
      } throws: {
        guard let error = $0 as? IcebergError else { return false }
        return error.code == .invalidArgument && error.message.contains("max-files-to-rewrite")
          && error.message.contains("where")
      }
    }
    #expect(try await plan(["max-files-to-rewrite": "60"], memoryLimit: 100 * 1000) == 60)
  }

  @Test("files with many deletes are rewritten, whatever their size", arguments: [2, 3])
  func deletes(version: Int) async throws {
    for (rows, options, isRewritten) in [
      (3, [:], true), (2, [:], false), (2, ["delete-ratio-threshold": "0.2"], true),
      (3, ["delete-ratio-threshold": "0.31"], false), (1, ["delete-file-threshold": "1"], true),
      (1, ["delete-file-threshold": "2"], false),
    ] as [(Int64, [String: String], Bool)] {
      var scene = try await CommitScene(version: version)
      let files = [scene.file("A", rows: 10, sizeInBytes: 100), scene.file("B", sizeInBytes: 100)]
      try await scene.commit { $0.append(files) }
      var delete = scene.deletes("d", about: "A", rows: rows)
      delete.referencedDataFile = files[0].location
      let delta = RowDelta(addedDeletes: [delete])
      try await scene.commit { $0.rowDelta(delta) }
      let preset = ["target-file-size-bytes": "100"]
      let report = try await scene.table.rewriteDataFiles(
        RewriteDataFilesOptions(parsing: preset.merging(options) { $1 }), dryRun: true)
      #expect(
        report.groups.flatMap(\.files).map(\.location) == (isRewritten ? [files[0].location] : []))
      #expect(report.groups.map(\.deleteFileCount) == (isRewritten ? [1] : []))
      #expect(report.removedDeleteFilesCount == (isRewritten && version == 3 ? 1 : 0))
    }
  }

  @Test("deletes of several data files do not count as a share of one")
  func sharedDeletes() async throws {
    var scene = try await CommitScene()
    let file = scene.file("A", rows: 10, sizeInBytes: 100)
    try await scene.commit { $0.append([file]) }
    let delta = RowDelta(addedDeletes: [
      scene.equalityDeletes("e", about: "A", rows: 9),
      scene.positionDeletes("p", about: "A", rows: 9),
    ])
    try await scene.commit { $0.rowDelta(delta) }
    for (options, count) in [([:], 0), (["delete-file-threshold": "2"], 1)] {
      let preset = ["target-file-size-bytes": "100"]
      let report = try await scene.table.rewriteDataFiles(
        RewriteDataFilesOptions(parsing: preset.merging(options) { $1 }), dryRun: true)
      #expect(report.groups.count == count)
    }
  }

  @Test(
    "groups come in the order of bytes or of files",
    arguments: [
      ("none", ["A", "B", "C"]), ("bytes-asc", ["B", "C", "A"]), ("bytes-desc", ["A", "C", "B"]),
      ("files-asc", ["C", "A", "B"]), ("files-desc", ["B", "A", "C"]),
    ])
  func order(name: String, expected: [String]) async throws {
    var scene = try await CommitScene()
    let files =
      (0..<6).map { scene.file("A\($0)", sizeInBytes: 20) }
      + (0..<7).map { scene.file("B\($0)", sizeInBytes: 10) }
      + (0..<5).map { scene.file("C\($0)", sizeInBytes: 16) }
    try await scene.commit { $0.append(files) }
    let options = try RewriteDataFilesOptions(parsing: ["rewrite-job-order": name])
    let report = try await scene.table.rewriteDataFiles(options, dryRun: true)
    let letters = report.groups.map { group in
      group.files[0].location.split(separator: "/").last.map { String($0.prefix(1)) } ?? ""
    }
    #expect(letters == expected)
    #expect(Set(report.groups.map(\.partition)).count == 3)
  }

  @Test("options that make no sense together are refused before anything is done")
  func refusals() async throws {
    var scene = try await CommitScene(isPartitioned: false)
    try await scene.append("A")
    for (options, word) in [
      (["target-file-size-bytes": "10", "min-file-size-bytes": "10"], "least size"),
      (["target-file-size-bytes": "10", "max-file-size-bytes": "10"], "greatest size"),
      (["output-spec-id": "7"], "partition spec 7"),
    ] {
      await #expect {
        try await scene.table.rewriteDataFiles(RewriteDataFilesOptions(parsing: options))
      } throws: { error in
        (error as? IcebergError)?.code == .invalidArgument && "\(error)".contains(word)
      }
    }
    await #expect { try await scene.table.rewriteDataFiles(.init(strategy: .sort(nil))) } throws: {
      "\($0)".contains("no sort order")
    }
    await #expect { try await scene.table.rewriteDataFiles(.init(branch: "b")) } throws: {
      ($0 as? IcebergError)?.code == .notFound
    }
    try await scene.commit { $0.createTag("v1") }
    await #expect { try await scene.table.rewriteDataFiles(.init(branch: "v1")) } throws: {
      "\($0)".contains("is a tag")
    }
  }

  @Test("an empty table has nothing to rewrite")
  func emptyTable() async throws {
    let scene = try await CommitScene()
    #expect(try await scene.table.rewriteDataFiles().groups.isEmpty)
    #expect(try await scene.table.rewritePositionDeleteFiles().groups.isEmpty)
    #expect(try await scene.table.removeDanglingDeletes().removedDeletes.isEmpty)
  }
}
