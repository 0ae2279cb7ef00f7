/// The deleted rows of several data files: what a commit deletes, together with what was deleted
/// before.
///
/// A new deletion vector contains all earlier deletes of its data file: those of the vector that it
/// replaces, and those of position delete files.
///
/// Spec: Delete Formats.
public struct DeletedPositions: Sendable {
  private var vectors: [ExactText: DeletionVector] = [:]

  /// No deleted rows.
  public init() {}

  /// Whether there are no deleted rows.
  public var isEmpty: Bool { vectors.isEmpty }

  /// The number of deleted rows.
  public var count: Int { vectors.values.reduce(0) { $0 + $1.count } }

  /// The locations of the data files, in the order of their bytes.
  public var locations: [String] {
    vectors.keys.map(\.string).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The deleted rows of the data file at `location`; nil when there are none.
  public subscript(location: String) -> DeletionVector? { vectors[ExactText(location)] }

  /// Adds one row of the data file at `location`; returns whether it was not there.
  ///
  /// - Throws: `invalidFile` for a negative position.
  @discardableResult
  public mutating func insert(_ position: Int64, of location: String) throws(IcebergError) -> Bool {
    guard position >= 0 else {
      var vector = DeletionVector()
      return try vector.insert(position)
    }
    return try vectors[ExactText(location), default: DeletionVector()].insert(position)
  }

  /// Adds rows of the data file at `location`, in any order; fastest when they ascend.
  ///
  /// - Throws: `invalidFile` for a negative position; then nothing was added.
  public mutating func insert(
    contentsOf positions: ArraySlice<Int64>, of location: String
  ) throws(IcebergError) {
    var vector = vectors.removeValue(forKey: ExactText(location)) ?? DeletionVector()
    defer { if !vector.isEmpty { vectors[ExactText(location)] = vector } }
    try vector.insert(contentsOf: positions)
  }

  /// Adds the rows of a vector of the data file at `location`.
  public mutating func formUnion(_ vector: DeletionVector, of location: String) {
    if vector.isEmpty { return }
    vectors[ExactText(location), default: DeletionVector()].formUnion(vector)
  }

  /// Adds the rows of other data files, and other rows of the same ones.
  public mutating func formUnion(_ other: DeletedPositions) {
    for (location, vector) in other.vectors { formUnion(vector, of: location.string) }
  }

  /// Forgets the rows of the data file at `location`, and returns them.
  @discardableResult
  public mutating func remove(_ location: String) -> DeletionVector? {
    vectors.removeValue(forKey: ExactText(location))
  }

  /// Calls `body` with the rows in the order of a position delete file: by location, then by position.
  ///
  /// Spec: Delete Formats, "Position Delete Files".
  public func forEachRow<E: Error>(
    _ body: (_ location: String, _ position: Int64) throws(E) -> Void
  ) throws(E) {
    for location in locations {
      try self[location]?.forEachRun { run throws(E) in
        var position = run.lowerBound
        while true {
          try body(location, position)
          if position == run.upperBound { break }
          position &+= 1
        }
      }
    }
  }
}
