internal import IcebergModel

/// Which sizes files should have, and what follows for groups of them.
///
/// The rules are those of the reference implementation.
struct FileGroupSizes: Hashable, Sendable {
  /// The size that new files should have, in bytes.
  let target: Int64
  /// Files below this size are rewritten.
  let least: Int64
  /// Files above this size are rewritten.
  let most: Int64
  private let options: FileGroupOptions

  /// The sizes that options ask for.
  ///
  /// Throws `invalidArgument` for options that make no sense, or not together.
  ///
  /// - Parameter preset: the target size where the options have none.
  init(_ options: FileGroupOptions, preset: Int64) throws(IcebergError) {
    self.options = options
    target = options.targetFileSize ?? preset
    least = options.minFileSize ?? Self.share(0.75, of: target)
    most = options.maxFileSize ?? Self.share(1.8, of: target)
    let problem: String? =
      if target <= 0 {
        "the target size of files is \(target) bytes: it must be above 0"
      } else if least < 0 {
        "the least size of files is \(least) bytes: it must not be below 0"
      } else if target <= least {
        """
        the target size of \(target) bytes must be above the least size of \(least): all new files \
        would be rewritten again
        """
      } else if target >= most {
        """
        the target size of \(target) bytes must be below the greatest size of \(most): all new files \
        would be rewritten again
        """
      } else if options.minInputFiles < 1 {
        "the least number of files of a group is \(options.minInputFiles): it must be above 0"
      } else if options.maxGroupSize < 1 || (options.maxGroupFiles ?? 1) < 1 {
        "groups of no bytes or no files cannot be made"
      } else if options.concurrency < 1 {
        "\(options.concurrency) groups cannot be rewritten at a time: it must be 1 or more"
      } else if let progress = options.partialProgress, progress.maxCommits < 1 {
        "partial progress needs at least 1 commit, not \(progress.maxCommits)"
      } else {
        nil
      }
    if let problem { throw IcebergError(.invalidArgument, problem) }
  }

  private static func share(_ factor: Double, of size: Int64) -> Int64 {
    Int64(exactly: (Double(size) * factor).rounded(.towardZero)) ?? .max
  }

  /// Whether a file of a size is rewritten for that.
  func isOutside(_ size: Int64) -> Bool { size < least || size > most }

  /// The size at which a new file is closed: halfway between target and greatest size, so that a little
  /// more than the target does not make a tiny file.
  var outputLimit: Int64 { Self.share(0.5, of: most - target) + target }

  /// How many files are to be made of so many bytes: what is left over is a file of its own, unless it
  /// would be too small and the others can take it in.
  func fileCount(of bytes: Int64) -> Int {
    if bytes < target { return 1 }
    let (whole, rest) = bytes.quotientAndRemainder(dividingBy: target)
    if rest == 0 { return Int(clamping: whole) }
    let average = Double(bytes / whole)
    let takesRestIn =
      rest <= least && average < min(1.1 * Double(target), Double(outputLimit))
    return Int(clamping: takesRestIn ? whole : whole + 1)
  }

  /// How many bytes are read for each new file, of a group of so many that becomes so many files.
  func splitSize(of bytes: Int64, fileCount: Int) -> Int64 {
    // Cutting at row groups is never exact.
    let (size, overflow) = (bytes / Int64(max(1, fileCount))).addingReportingOverflow(5 * 1024)
    if overflow { return outputLimit }
    return size < target ? target : min(size, outputLimit)
  }

  /// The groups of files that are worth it, of files of one partition.
  ///
  /// - Parameters:
  ///   - isWanted: whether a file is rewritten for something else than its size; its group is, too.
  func groups<File>(
    of files: [File], size: (File) -> Int64, isWanted: (File) -> Bool = { _ in false }
  ) -> [[File]] {
    let chosen =
      options.rewritesAll ? files : files.filter { isOutside(size($0)) || isWanted($0) }
    let packing = BinPacking(
      targetWeight: options.maxGroupSize, lookback: 1,
      maximumCount: options.maxGroupFiles ?? .max)
    let groups = packing.pack(chosen, weight: size)
    if options.rewritesAll { return groups }
    return groups.filter { group in
      let bytes = Self.sum(group.lazy.map(size))
      return group.count > 1 && (group.count >= options.minInputFiles || bytes > target)
        || bytes > most || group.contains(where: isWanted)
    }
  }

  /// The sum of sizes; the greatest number there is where it is beyond that.
  static func sum(_ sizes: some Sequence<Int64>) -> Int64 {
    sizes.reduce(0) { sum, size in
      let (next, overflow) = sum.addingReportingOverflow(size)
      return overflow ? .max : next
    }
  }
}

extension FileGroupOptions.JobOrder {
  /// Groups in this order; those that do not differ stay as they are.
  func sorted<Group>(
    _ groups: [Group], bytes: (Group) -> Int64, files: (Group) -> Int
  ) -> [Group] {
    func by<Key: Comparable>(_ key: (Group) -> Key, ascending: Bool) -> [Group] {
      groups.enumerated().sorted { left, right in
        let (first, second) = (key(left.element), key(right.element))
        if first == second { return left.offset < right.offset }
        return ascending ? first < second : first > second
      }.map(\.element)
    }
    return switch self {
    case .none: groups
    case .bytesAscending: by(bytes, ascending: true)
    case .bytesDescending: by(bytes, ascending: false)
    case .filesAscending: by(files, ascending: true)
    case .filesDescending: by(files, ascending: false)
    }
  }
}
