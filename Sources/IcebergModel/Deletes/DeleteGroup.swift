/// Delete files of one partition or path, by sequence number.
struct DeleteGroup: Sendable {
  /// A delete file and what is known of the rows that it deletes.
  struct Candidate: Sendable {
    let delete: DeleteFile
    /// Nil when nothing is known.
    let limits: Limits?

    init(_ delete: DeleteFile, limits: Limits?) {
      self.delete = delete
      self.limits = limits
    }

    /// Whether rows of a data file may be deleted, by what is known of both.
    func verdict(path: LocationPath, _ values: inout DataFileValues) -> DeleteVerdict {
      switch limits {
      case nil: .applied
      case .file(let location): location.isSameFile(as: path) ? .applied : .otherFiles
      case .paths(let bounds): bounds.mayContain(path) ? .applied : .otherFiles
      case .values(let range):
        if let id = range.columnWithoutOverlap(&values) {
          .otherValues(fieldID: id)
        } else {
          .applied
        }
      }
    }
  }

  /// What is known of the rows that a file deletes.
  enum Limits: Sendable {
    case file(LocationPath)
    case paths(PathBounds)
    case values(EqualityRange)
  }

  /// Which candidates a walk over a group comes to.
  enum Extent: Sendable {
    case all
    /// Those whose sequence number is high enough.
    case newer
  }

  private var candidates: [Candidate] = []
  /// The sequence numbers of the candidates; ascending once the group is sorted.
  private var sequenceNumbers: [Int64] = []

  mutating func add(_ candidate: Candidate) { candidates.append(candidate) }

  /// The group in ascending order of sequence numbers, ready to be walked over.
  func sorted() -> DeleteGroup {
    var result = DeleteGroup()
    // Equal numbers stay in the order of the manifests, so that plans are the same every time.
    result.candidates = candidates.enumerated().sorted { left, right in
      let numbers = (left.element.delete.sequenceNumber, right.element.delete.sequenceNumber)
      return numbers.0 == numbers.1 ? left.offset < right.offset : numbers.0 < numbers.1
    }.map(\.element)
    result.sequenceNumbers = result.candidates.map(\.delete.sequenceNumber)
    return result
  }

  /// Calls `body` with candidates in ascending order of sequence numbers, and whether theirs is at
  /// least `minimum`.
  func forEach(_ extent: Extent, atLeast minimum: Int64, _ body: (Candidate, Bool) -> Void) {
    var low = 0
    var high = sequenceNumbers.count
    while low < high {
      let middle = (low &+ high) &>> 1
      if sequenceNumbers[middle] < minimum { low = middle &+ 1 } else { high = middle }
    }
    for index in (extent == .all ? 0 : low)..<candidates.count {
      body(candidates[index], index >= low)
    }
  }
}
