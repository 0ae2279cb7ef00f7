import ExampleSupport
import Iceberg

// Procedures that write files anew.
extension Procedure {
  /// `rewrite_data_files`
  static let rewriteDataFiles = Procedure(
    name: "rewrite_data_files", summary: "put small files together, sort rows, apply deletes",
    help: """
      Files below and above the sizes that the options say, or with many deletes, are read without their
      deleted rows and written anew, by partition. What others append or delete meanwhile stays appended
      or deleted; files that they remove make a group fail, and, before version 3, rows that they delete
      by position while files are sorted.

      Options: target-file-size-bytes, min-file-size-bytes, max-file-size-bytes, min-input-files (5),
      rewrite-all, max-file-group-size-bytes, max-concurrent-file-group-rewrites (5), rewrite-job-order
      (none, bytes-asc, bytes-desc, files-asc, files-desc), partial-progress.enabled,
      partial-progress.max-commits (10), partial-progress.max-failed-commits, delete-file-threshold,
      delete-ratio-threshold (0.3), output-spec-id, remove-dangling-deletes, max-files-to-rewrite,
      use-starting-sequence-number (true); of sort: compression-factor, shuffle-partitions-per-file.
      """,
    parameters: [
      .table, Parameter("strategy", .text, "binpack, the default, or sort"),
      Parameter("sort_order", .text, "'id DESC NULLS LAST, city'; the default is the table's"),
      Parameter("options", .pairs, "min-input-files=2 and so on; once for each"),
      Parameter("where", .text, "only files that may have such rows"),
      Parameter("branch", .text, "the branch; the default is main"),
      .memory("half for files to choose from, half for rows that are sorted; 2GB"),
    ]
  ) { call in
    let given = call.given
    var options = try RewriteDataFilesOptions(
      parsing: try options(given),
      strategy: try strategy(given.text("strategy"), sortOrder: given.text("sort_order")),
      where: try filter(given),
      branch: given.text("branch") ?? SnapshotReference.main)
    options.divide(memoryLimit: given.size("memory_limit"))
    return try await rewriteDataFiles(call, options)
  }

  private static func rewriteDataFiles(
    _ call: ProcedureCall, _ options: RewriteDataFilesOptions
  ) async throws -> ExitCode {
    var options = options
    options.progress = RewriteText.progress
    let report = try await call.table().rewriteDataFiles(options, dryRun: call.isDryRun)
    let added = report.groups.flatMap(\.addedFiles).reduce(0) { $0 + $1.fileSizeInBytes }
    var cells: [(ProcedureResult.Column, JSONValue)] = [
      (.number("rewritten_data_files_count"), .integer(Int64(report.rewrittenDataFilesCount))),
      (.number("added_data_files_count"), .integer(Int64(report.addedDataFilesCount))),
      (.number("rewritten_bytes_count"), .integer(report.rewrittenBytesCount)),
      (.number("failed_data_files_count"), .integer(Int64(report.failedDataFilesCount))),
      (.number("removed_delete_files_count"), .integer(Int64(report.removedDeleteFilesCount))),
    ]
    if !call.isDryRun { cells.append((.number("added_bytes_count"), .integer(added))) }
    RewriteText.write(report.groups, call)
    if report.groups.isEmpty {
      RewriteText.explainNothing(
        """
        no partition has \(options.groups.minInputFiles) (min-input-files) too small files, a file that \
        is too large, or one with many deletes
        """, call)
    }
    ProcedureResult(cells).write(
      call.invocation,
      more: RewriteText.members(report.groups, report.snapshotIDs, call.isDryRun))
    return report.failedDataFilesCount > 0 ? .failure : .success
  }

  /// `rewrite_position_delete_files`
  static let rewritePositionDeleteFiles = Procedure(
    name: "rewrite_position_delete_files",
    summary: "put position deletes together, as deletion vectors in version 3",
    help: """
      Options are those of rewrite_data_files about sizes, groups and partial progress; the target size is
      the table's write.delete.target-file-size-bytes.
      """,
    parameters: [
      .table, Parameter("options", .pairs, "min-input-files=2 and so on; once for each"),
      Parameter("where", .text, "only deletes of partitions that may have such rows"),
      .memory("for files to choose from; 1GB"),
    ]
  ) { call in
    var options = try RewritePositionDeletesOptions(
      parsing: try options(call.given), where: try filter(call.given))
    options.planningMemoryLimit = call.given.size("memory_limit") ?? options.planningMemoryLimit
    options.progress = RewriteText.progress
    let report = try await call.table().rewritePositionDeleteFiles(options, dryRun: call.isDryRun)
    RewriteText.write(report.groups, call)
    if report.groups.isEmpty {
      RewriteText.explainNothing(
        """
        no partition has \(options.groups.minInputFiles) (min-input-files) too small files of position \
        deletes, or one that is too large
        """, call)
    }
    ProcedureResult([
      (.number("rewritten_delete_files_count"), .integer(Int64(report.rewrittenDeleteFilesCount))),
      (.number("added_delete_files_count"), .integer(Int64(report.addedDeleteFilesCount))),
      (.number("rewritten_bytes_count"), .integer(report.rewrittenBytesCount)),
      (.number("added_bytes_count"), .integer(report.addedBytesCount)),
    ]).write(
      call.invocation,
      more: RewriteText.members(report.groups, report.snapshotIDs, call.isDryRun))
    return report.failedDeleteFilesCount > 0 ? .failure : .success
  }

  /// `remove_dangling_deletes`
  static let removeDanglingDeletes = Procedure(
    name: "remove_dangling_deletes", summary: "remove delete files that apply to nothing any more",
    help: "Older snapshots keep them; they are deleted when those expire.",
    parameters: [
      .table, Parameter("branch", .text, "the branch; the default is main"),
      .memory("for names of data files, beyond which they go to TMPDIR; 64MB"),
    ]
  ) { call in
    let report = try await call.table().removeDanglingDeletes(
      fromBranch: call.given.text("branch") ?? SnapshotReference.main, dryRun: call.isDryRun,
      memoryLimit: call.given.size("memory_limit") ?? 64 << 20, progress: ManifestText.progress)
    let bytes = report.removedDeletes.reduce(0) { $0 + $1.fileSizeInBytes }
    if !call.isJSON, call.isDryRun {
      for file in report.removedDeletes { Output.write("would be removed: \(file.location)\n") }
    }
    ProcedureResult([
      (.number("removed_delete_files_count"), .integer(Int64(report.removedDeleteFilesCount))),
      (.number("removed_bytes_count"), .integer(bytes)),
    ]).write(
      call.invocation,
      more: [
        "dry_run": .bool(call.isDryRun), "snapshot_id": JSONText.number(report.snapshotID),
        "files": .array(report.removedDeletes.map { .string($0.location) }),
      ])
    return .success
  }

  private static func options(_ given: ProcedureArguments) throws -> [String: String] {
    var options: [String: String] = [:]
    for (key, value) in given.pairs("options") ?? [] {
      if options.updateValue(value, forKey: key) != nil {
        throw TextError("the option '\(key)' is given twice")
      }
    }
    return options
  }

  private static func filter(_ given: ProcedureArguments) throws -> Filter {
    try given.text("where").map(condition) ?? .all
  }

  /// The condition that a text holds. Texts in it may stand in double quotes, as in Spark, where a
  /// condition stands in single ones.
  static func condition(_ text: String) throws -> Filter {
    do {
      return try Filter(parsing: text)
    } catch {
      let quoted = text.replacing("'", with: "''").replacing("\"", with: "'")
      guard text.contains("\""), let filter = try? Filter(parsing: quoted) else { throw error }
      return filter
    }
  }

  /// The strategy of a name; nil is the one that the order says.
  static func strategy(
    _ name: String?, sortOrder: String?
  ) throws -> RewriteDataFilesOptions.Strategy {
    if sortOrder?.lowercased().drop(while: { $0 == " " }).hasPrefix("zorder(") == true {
      throw IcebergError(
        .unsupported, "rows are not sorted along a Z curve here: name columns, 'a ASC, b DESC'")
    }
    switch name?.lowercased() {
    case nil where sortOrder == nil, "binpack" where sortOrder == nil,
      "bin-pack" where sortOrder == nil:
      return .binPack
    case nil, "sort": return .sort(try sortOrder.map(LayoutTerms.ordering))
    case "binpack"?, "bin-pack"?:
      throw TextError("sort_order goes with the strategy 'sort', not with 'binpack'")
    case let other?:
      throw TextError("strategy is 'binpack' or 'sort', not '\(other)'")
    }
  }
}

extension RewriteDataFilesOptions {
  /// Gives half of a limit to what chooses files, and half to what sorts rows; nil leaves both as they are.
  mutating func divide(memoryLimit: Int?) {
    guard let limit = memoryLimit else { return }
    (planningMemoryLimit, sortMemoryLimit) = (limit / 2, limit / 4)
    (writeMemoryLimit, scan.deleteMemoryLimit) = (limit / 8, max(1, limit / 8))
  }
}

/// What rewrites of files tell beside their results.
enum RewriteText {
  /// Shows how far a rewrite is, when somebody watches.
  static var progress: (@Sendable (RewriteProgress) -> Void)? {
    guard Output.isWatched else { return nil }
    return { progress in
      Output.progress.update {
        let step = progress.step == .committing ? ", committing" : ""
        return "\(progress.groupsDone) of \(progress.groupsTotal) groups, "
          + "\(Sizes.text(progress.bytesDone)) of \(Sizes.text(progress.bytesTotal))\(step)"
      }
    }
  }

  /// Prints the groups that failed, what came between, and in a dry run all groups.
  static func write(_ groups: [FileGroupReport], _ call: ProcedureCall) {
    for group in groups {
      if let error = group.error {
        Output.error("iceberg \(call.given.procedure.name): \(place(group)): \(error)\n")
      }
    }
    if call.isJSON { return }
    let carried = groups.reduce(0) { $0 + $1.carriedDeleteCount }
    if carried > 0 {
      Output.write(
        "\(Counts.text(carried, "row")) deleted meanwhile by others: deleted in the new files\n")
    }
    guard call.isDryRun, !groups.isEmpty else { return }
    var printer = TablePrinter([
      "partition", .number("files"), .number("bytes"), .number("delete files"),
      .number("new files"),
    ])
    for group in groups {
      printer.add([
        place(group), "\(group.fileCount)", "\(group.byteCount)", "\(group.deleteFileCount)",
        "\(group.expectedFileCount)",
      ])
    }
    Output.write("would be rewritten:\n" + printer.text + "\n")
  }

  /// Says why there is nothing to rewrite.
  static func explainNothing(_ why: String, _ call: ProcedureCall) {
    if call.isJSON { return }
    Output.write("nothing to rewrite: \(why); rewrite-all=true takes all files\n")
  }

  /// What JSON tells beside the result.
  static func members(
    _ groups: [FileGroupReport], _ snapshotIDs: [Int64], _ isDryRun: Bool
  ) -> JSONObject {
    [
      "dry_run": .bool(isDryRun),
      "snapshot_ids": .array(snapshotIDs.map { .integer($0) }),
      "groups": .array(
        groups.map { group in
          var object: JSONObject = [
            "partition": .string(group.partition), "bytes": .integer(group.byteCount),
            "files": .array(group.files.map { .string($0.location) }),
          ]
          if group.carriedDeleteCount > 0 {
            object["carried_deletes"] = .integer(group.carriedDeleteCount)
          }
          if let error = group.error { object["error"] = .string("\(error)") }
          return .object(object)
        }),
    ]
  }

  private static func place(_ group: FileGroupReport) -> String {
    group.partition.isEmpty ? "(all)" : group.partition
  }
}
