import Iceberg
import IcebergModel
import Testing

@Suite struct RewriteDataFilesOptionsTests {
  @Test("every option is known by its name")
  func names() throws {
    let options = try RewriteDataFilesOptions(
      parsing: [
        "max-concurrent-file-group-rewrites": "3", "partial-progress.enabled": "true",
        "partial-progress.max-commits": "4", "partial-progress.max-failed-commits": "2",
        "use-starting-sequence-number": "false", "rewrite-job-order": "Bytes-Desc",
        "target-file-size-bytes": "1000", "min-file-size-bytes": "10",
        "max-file-size-bytes": "2000", "min-input-files": "7", "rewrite-all": "true",
        "max-file-group-size-bytes": "5000", "max-file-group-input-files": "9",
        "delete-file-threshold": "6", "delete-ratio-threshold": "0.5", "output-spec-id": "1",
        "remove-dangling-deletes": "true", "max-files-to-rewrite": "8",
        "compression-factor": "1.5", "shuffle-partitions-per-file": "2",
      ], strategy: .sort([.ascending("id")]))
    #expect(
      options.groups
        == FileGroupOptions(
          targetFileSize: 1000, minFileSize: 10, maxFileSize: 2000, minInputFiles: 7,
          rewritesAll: true, maxGroupSize: 5000, maxGroupFiles: 9, concurrency: 3,
          jobOrder: .bytesDescending,
          partialProgress: FileGroupOptions.PartialProgress(maxCommits: 4, maxFailedCommits: 2)))
    #expect(options.usesStartingSequenceNumber == false)
    #expect(options.deleteFileThreshold == 6)
    #expect(options.deleteRatioThreshold == 0.5)
    #expect(options.outputSpecID == 1)
    #expect(options.removesDanglingDeletes)
    #expect(options.maxFilesToRewrite == 8)
    #expect(options.compressionFactor == 1.5)
    #expect(options.shufflePartitionsPerFile == 2)
  }

  @Test("presets are those of the reference implementation")
  func presets() throws {
    let options = try RewriteDataFilesOptions(parsing: [:])
    #expect(options.groups == FileGroupOptions())
    #expect(options.groups.concurrency == 5)
    #expect(options.groups.minInputFiles == 5)
    #expect(options.groups.maxGroupSize == 107_374_182_400)
    #expect(options.groups.partialProgress == nil)
    #expect(options.deleteFileThreshold == nil)
    #expect(options.deleteRatioThreshold == 0.3)
    #expect(options.usesStartingSequenceNumber)
    #expect(!options.removesDanglingDeletes)
    let progress = try RewriteDataFilesOptions(parsing: ["partial-progress.enabled": "true"])
    #expect(progress.groups.partialProgress?.maxCommits == 10)
    #expect(progress.groups.partialProgress?.maxFailedCommits == nil)
  }

  @Test(
    "options that there are not, and values that make no sense, are named",
    arguments: [
      (["min-files": "1"], "min-files"), (["compression-factor": "1"], "compression-factor"),
      (["min-input-files": "0"], "min-input-files"), (["min-input-files": "many"], "many"),
      (["rewrite-all": "yes"], "rewrite-all"), (["delete-ratio-threshold": "0"], "ratio"),
      (["delete-ratio-threshold": "1.1"], "ratio"), (["rewrite-job-order": "size"], "files-desc"),
      (["target-file-size-bytes": "-1"], "target-file-size-bytes"),
      (["max-files-to-rewrite": "0"], "max-files-to-rewrite"),
      (["partial-progress.max-commits": "0"], "max-commits"),
      (["max-concurrent-file-group-rewrites": "0"], "max-concurrent-file-group-rewrites"),
    ])
  func refusals(options: [String: String], word: String) {
    #expect {
      try RewriteDataFilesOptions(parsing: options)
    } throws: { error in
      (error as? IcebergError)?.code == .invalidArgument && "\(error)".contains(word)
    }
  }

  @Test("position deletes have the options of groups, and no others")
  func positionDeletes() throws {
    let options = try RewritePositionDeletesOptions(parsing: ["min-input-files": "2"])
    #expect(options.groups.minInputFiles == 2)
    #expect(throws: IcebergError.self) {
      try RewritePositionDeletesOptions(parsing: ["delete-ratio-threshold": "0.5"])
    }
  }
}
