import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct DeleteIndexTests {
  static let spec = PartitionSpec(
    id: 1, fields: [PartitionField(sourceIDs: [1], fieldID: 1000, name: "p", transform: .identity)])

  static let schema = Schema([
    .required("id", .long, id: 1), .optional("name", .string, id: 2),
    .optional("price", .double, id: 3),
    .optional("place", .struct([.required("code", .int, id: 5)]), id: 4),
    .optional("uuid", .uuid, id: 6),
  ])

  static func data(
    _ location: String = "s3://b/t/a.parquet", partition: Int64? = nil,
    _ change: (inout DataFile) -> Void = { _ in }
  ) -> DataFile {
    var file = DataFile(
      location: location, format: .parquet, recordCount: 10, fileSizeInBytes: 100)
    if let partition {
      file.specID = 1
      file.partition = StructValue([.long(partition)])
    }
    change(&file)
    return file
  }

  static func delete(
    _ name: String, _ kind: DeleteFile.Kind, at sequenceNumber: Int64, partition: Int64? = nil,
    _ change: (inout DataFile) -> Void = { _ in }
  ) -> DeleteFile {
    var file = data(name, partition: partition)
    file.content = kind == .equalityDeletes ? .equalityDeletes : .positionDeletes
    if kind == .equalityDeletes { file.equalityIDs = [1] }
    if kind == .deletionVector { file.format = .puffin }
    change(&file)
    return DeleteFile(
      file: file, sequenceNumber: sequenceNumber,
      partitionSpec: partition == nil ? .unpartitioned : spec)
  }

  static func applied(
    _ deletes: [DeleteFile], to file: DataFile, at sequenceNumber: Int64 = 1
  ) throws -> [String] {
    let index = try DeleteIndex(deletes, schemas: [schema])
    let found = try index.deletes(for: file, sequenceNumber: sequenceNumber)
    // What is applied is what is said to be applied.
    let verdicts = try index.verdicts(for: file, sequenceNumber: sequenceNumber)
    #expect(verdicts.filter { $0.verdict == .applied }.map(\.delete) == found)
    return found.map(\.file.location)
  }

  static func bounds(_ lower: Literal, _ upper: Literal, id: Int) throws -> (DataFile) -> DataFile {
    let (lower, upper) = (try lower.singleValueBytes(), try upper.singleValueBytes())
    return { file in
      var file = file
      file.lowerBounds = (file.lowerBounds ?? [:]).merging([id: lower]) { $1 }
      file.upperBounds = (file.upperBounds ?? [:]).merging([id: upper]) { $1 }
      return file
    }
  }

  // MARK: Scope

  @Test("equality deletes apply to older files, position deletes to those of the same commit too")
  func sequenceNumbers() throws {
    let deletes = [
      Self.delete("e6", .equalityDeletes, at: 6), Self.delete("p5", .positionDeletes, at: 5),
      Self.delete("e4", .equalityDeletes, at: 4), Self.delete("p6", .positionDeletes, at: 6),
    ]
    #expect(try Self.applied(deletes, to: Self.data(), at: 0) == ["e4", "e6", "p5", "p6"])
    #expect(try Self.applied(deletes, to: Self.data(), at: 4) == ["e6", "p5", "p6"])
    #expect(try Self.applied(deletes, to: Self.data(), at: 5) == ["e6", "p5", "p6"])
    #expect(try Self.applied(deletes, to: Self.data(), at: 6) == ["p6"])
    #expect(try Self.applied(deletes, to: Self.data(), at: 7) == [])
    #expect(try Self.applied(deletes, to: Self.data(), at: .max) == [])
  }

  @Test("only equality deletes without partition apply beyond their own partition")
  func partitions() throws {
    let deletes = [
      Self.delete("global", .equalityDeletes, at: 5), Self.delete("p", .positionDeletes, at: 5),
      Self.delete("e1", .equalityDeletes, at: 5, partition: 1),
      Self.delete("p1", .positionDeletes, at: 5, partition: 1),
      Self.delete("e2", .equalityDeletes, at: 5, partition: 2),
    ]
    #expect(try Self.applied(deletes, to: Self.data(partition: 1)) == ["global", "e1", "p1"])
    #expect(try Self.applied(deletes, to: Self.data(partition: 3)) == ["global"])
    #expect(try Self.applied(deletes, to: Self.data()) == ["global", "p"])
    // The same values in another spec are another partition.
    let other = Self.data(partition: 1) { $0.specID = 2 }
    #expect(try Self.applied(deletes, to: other) == ["global"])
  }

  @Test("a spec whose fields are all void has no partitions: its equality deletes are global")
  func voidSpec() throws {
    var delete = Self.delete("e", .equalityDeletes, at: 5)
    delete.partitionSpec = PartitionSpec(
      id: 1, fields: [PartitionField(sourceIDs: [1], fieldID: 1000, name: "p", transform: .void)])
    delete.file.specID = 1
    delete.file.partition = StructValue([nil])
    #expect(try Self.applied([delete], to: Self.data(partition: 4)) == ["e"])
  }

  @Test("NaN partitions are equal, and zeros of different signs are not")
  func floatPartitions() throws {
    func partition(_ value: Double) -> (inout DataFile) -> Void {
      { $0.partition = StructValue([.double(value)]) }
    }
    let deletes = [
      Self.delete("nan", .positionDeletes, at: 5, partition: 0, partition(.nan)),
      Self.delete("zero", .positionDeletes, at: 5, partition: 0, partition(0.0)),
    ]
    let nan = Double(nan: 5, signaling: false)
    #expect(try Self.applied(deletes, to: Self.data(partition: 0, partition(nan))) == ["nan"])
    #expect(try Self.applied(deletes, to: Self.data(partition: 0, partition(-0.0))) == [])
  }

  // MARK: Paths

  @Test("deletes of one file apply to that file, whether the manifest names it or the bounds do")
  func paths() throws {
    let bounded = try Self.bounds(
      .string("s3://b/t/a.parquet"), .string("s3://b/t/a.parquet"),
      id: ReservedFields.deleteFilePath.id)
    let deletes = [
      Self.delete("named", .positionDeletes, at: 5) {
        $0.referencedDataFile = "s3://b/t/a.parquet"
      },
      Self.delete("bounded", .positionDeletes, at: 6) { $0 = bounded($0) },
      Self.delete("other", .positionDeletes, at: 6) {
        $0.referencedDataFile = "s3://b/t/b.parquet"
      },
    ]
    #expect(try Self.applied(deletes, to: Self.data()) == ["named", "bounded"])
    #expect(try Self.applied(deletes, to: Self.data(), at: 6) == ["bounded"])
    #expect(try Self.applied(deletes, to: Self.data("s3://b/t/c.parquet")) == [])
    #expect(throws: IcebergError.self) {
      try Self.applied(deletes, to: Self.data(partition: 1))
    }
  }

  @Test("position deletes of files that lie outside their bounds are left out")
  func pathBounds() throws {
    let bounded = try Self.bounds(
      .string("s3://b/t/c"), .string("s3://b/t/f"), id: ReservedFields.deleteFilePath.id)
    let deletes = [Self.delete("p", .positionDeletes, at: 5) { $0 = bounded($0) }]
    for (name, isApplied) in [("b", false), ("c", true), ("e", true), ("f", true), ("f1", false)] {
      let expected = isApplied ? ["p"] : []
      #expect(try Self.applied(deletes, to: Self.data("s3://b/t/\(name)")) == expected)
      // A location without scheme is of the file system that the others are of.
      #expect(try Self.applied(deletes, to: Self.data("/t/\(name)")) == expected)
    }
  }

  @Test("a location without scheme is that of any file system; others are compared as they are")
  func schemes() throws {
    func deletes(_ location: String) -> [DeleteFile] {
      [Self.delete("p", .positionDeletes, at: 5) { $0.referencedDataFile = location }]
    }
    let short = deletes("/t/a.parquet")
    let long = deletes("hdfs://host:8020/t/a.parquet")
    #expect(try Self.applied(short, to: Self.data("/t/a.parquet")) == ["p"])
    #expect(try Self.applied(short, to: Self.data("hdfs://host:8020/t/a.parquet")) == ["p"])
    #expect(try Self.applied(long, to: Self.data("/t/a.parquet")) == ["p"])
    #expect(try Self.applied(long, to: Self.data("hdfs://other/t/a.parquet")) == [])
    #expect(try Self.applied(long, to: Self.data("s3://host:8020/t/a.parquet")) == [])
    // Two spellings of a letter are two names.
    let accent = deletes("/t/\u{e9}")
    #expect(try Self.applied(accent, to: Self.data("/t/e\u{301}")) == [])
  }

  // MARK: Vectors

  static func vector(_ name: String, at sequenceNumber: Int64, partition: Int64? = nil)
    -> DeleteFile
  {
    delete(name, .deletionVector, at: sequenceNumber, partition: partition) {
      $0.referencedDataFile = "s3://b/t/a.parquet"
      $0.contentOffset = 4
    }
  }

  @Test("where a vector applies, position deletes do not; equality deletes do")
  func vectors() throws {
    let deletes = [
      Self.delete("p", .positionDeletes, at: 9), Self.vector("dv", at: 5),
      Self.delete("own", .positionDeletes, at: 9) {
        $0.referencedDataFile = "s3://b/t/a.parquet"
      },
      Self.delete("e", .equalityDeletes, at: 9),
    ]
    #expect(try Self.applied(deletes, to: Self.data()) == ["e", "dv"])
    #expect(try Self.applied(deletes, to: Self.data("s3://b/t/b.parquet")) == ["e", "p"])
    let verdicts = try DeleteIndex(deletes, schemas: []).verdicts(
      for: Self.data(), sequenceNumber: 5)
    #expect(verdicts.map(\.verdict) == [.applied, .applied, .replacedByVector, .replacedByVector])
  }

  @Test("two vectors for one file make the table invalid")
  func twoVectors() throws {
    #expect {
      try DeleteIndex([Self.vector("dv1", at: 1), Self.vector("dv2", at: 2)], schemas: [])
    } throws: { error in
      guard let error = error as? IcebergError else { return false }
      return error.code == .invalidMetadata && error.message.contains("dv1")
        && error.message.contains("dv2") && error.message.contains("s3://b/t/a.parquet")
    }
  }

  @Test("a vector that is older than its file, of another partition or of no file is refused")
  func wrongVectors() throws {
    #expect(throws: IcebergError.self) {
      try Self.applied([Self.vector("dv", at: 1)], to: Self.data(), at: 2)
    }
    #expect(throws: IcebergError.self) {
      try Self.applied([Self.vector("dv", at: 1)], to: Self.data(partition: 1))
    }
    #expect(throws: IcebergError.self) {
      try DeleteIndex([Self.delete("dv", .deletionVector, at: 1)], schemas: [])
    }
  }

  // MARK: Values

  @Test("equality deletes are left out when a column's values do not overlap the file's")
  func valueBounds() throws {
    let deleted = try Self.bounds(.long(5), .long(9), id: 1)
    let deletes = [Self.delete("e", .equalityDeletes, at: 5) { $0 = deleted($0) }]
    for (lower, upper, isApplied) in [
      (0, 4, false), (0, 5, true), (6, 7, true), (9, 20, true), (10, 20, false),
    ] as [(Int64, Int64, Bool)] {
      let file = try Self.bounds(.long(lower), .long(upper), id: 1)(Self.data())
      #expect(try Self.applied(deletes, to: file) == (isApplied ? ["e"] : []))
    }
    // Bounds from before the column became a long.
    #expect(
      try Self.applied(deletes, to: Self.bounds(.int(1), .int(2), id: 1)(Self.data())) == [])
    #expect(
      try Self.applied(deletes, to: Self.bounds(.int(1), .int(7), id: 1)(Self.data())) == ["e"])
    // Nothing is known of a file without bounds, or with damaged ones.
    #expect(try Self.applied(deletes, to: Self.data()) == ["e"])
    let damaged = Self.data {
      $0.lowerBounds = [1: [1]]
      $0.upperBounds = [1: [2]]
    }
    #expect(try Self.applied(deletes, to: damaged) == ["e"])

    let index = try DeleteIndex(deletes, schemas: [Self.schema])
    #expect(index.comparesBounds)
    #expect(index.comparedColumns == [1])
    let verdicts = try index.verdicts(
      for: Self.bounds(.long(0), .long(1), id: 1)(Self.data()), sequenceNumber: 1)
    #expect(verdicts.map(\.verdict) == [.otherValues(fieldID: 1)])
  }

  static func counted(_ id: Int, values: Int64, nulls: Int64) -> (inout DataFile) -> Void {
    {
      $0.valueCounts = [id: values]
      $0.nullValueCounts = [id: nulls]
    }
  }

  @Test("null is equal to null: counts of nulls decide where there are no values to compare")
  func nulls() throws {
    let name = try Self.bounds(.string("a"), .string("b"), id: 2)
    let other = try Self.bounds(.string("x"), .string("y"), id: 2)
    func applied(_ nulls: Int64, _ dataNulls: Int64) throws -> Bool {
      let delete = Self.delete("e", .equalityDeletes, at: 5) {
        $0.equalityIDs = [2]
        Self.counted(2, values: 4, nulls: nulls)(&$0)
        if nulls < 4 { $0 = name($0) }
      }
      let file = Self.data {
        Self.counted(2, values: 10, nulls: dataNulls)(&$0)
        if dataNulls < 10 { $0 = other($0) }
      }
      return try Self.applied([delete], to: file) == ["e"]
    }
    // Bounds never overlap here.
    #expect(try applied(1, 1))
    #expect(try applied(4, 1))
    #expect(try applied(1, 10))
    #expect(try !applied(0, 1))
    #expect(try !applied(1, 0))
    #expect(try !applied(4, 0))
    #expect(try !applied(0, 10))
    #expect(try !applied(0, 0))
  }

  @Test("a required field of a struct that may be null may be null")
  func nestedNulls() throws {
    let deleted = try Self.bounds(.int(1), .int(2), id: 5)
    let kept = try Self.bounds(.int(8), .int(9), id: 5)
    let delete = Self.delete("e", .equalityDeletes, at: 5) {
      $0.equalityIDs = [5]
      $0 = deleted($0)
    }
    #expect(try Self.applied([delete], to: kept(Self.data())) == ["e"])
    var counted = delete
    counted.file.nullValueCounts = [5: 0]
    #expect(try Self.applied([counted], to: kept(Self.data())) == [])
  }

  @Test("NaN is equal to NaN and in no bounds")
  func nans() throws {
    let deleted = try Self.bounds(.double(1), .double(2), id: 3)
    let kept = try Self.bounds(.double(8), .double(9), id: 3)
    for (deletedNaNs, keptNaNs, isApplied) in [
      (nil, nil, true), (0, nil, false), (nil, 0, false), (1, 1, true), (1, 0, false),
    ] as [(Int64?, Int64?, Bool)] {
      let delete = Self.delete("e", .equalityDeletes, at: 5) {
        $0.equalityIDs = [3]
        $0.nullValueCounts = [3: 0]
        $0.nanValueCounts = deletedNaNs.map { [3: $0] }
        $0 = deleted($0)
      }
      let file = kept(Self.data { $0.nanValueCounts = keptNaNs.map { [3: $0] } })
      #expect(try Self.applied([delete], to: file) == (isApplied ? ["e"] : []))
    }
  }

  @Test("columns whose order is in doubt, or that no schema has, rule nothing out")
  func incomparable() throws {
    let low = Literal.uuid(Bytes([UInt8](repeating: 0, count: 16)))
    let high = Literal.uuid(Bytes([UInt8](repeating: 0xff, count: 16)))
    for id in [6, 77] {
      let deleted = try Self.bounds(low, low, id: id)
      let delete = Self.delete("e", .equalityDeletes, at: 5) {
        $0.equalityIDs = [id]
        $0 = deleted($0)
      }
      #expect(try Self.applied([delete], to: Self.bounds(high, high, id: id)(Self.data())) == ["e"])
      #expect(try !DeleteIndex([delete], schemas: [Self.schema]).comparesBounds)
    }
  }

  @Test("of several delete columns, one without overlap is enough")
  func severalColumns() throws {
    let id = try Self.bounds(.long(5), .long(9), id: 1)
    let name = try Self.bounds(.string("a"), .string("b"), id: 2)
    let delete = Self.delete("e", .equalityDeletes, at: 5) {
      $0.equalityIDs = [1, 2]
      $0.nullValueCounts = [2: 0]
      $0 = name(id($0))
    }
    let far = try Self.bounds(.string("x"), .string("y"), id: 2)
    #expect(try Self.applied([delete], to: far(id(Self.data()))) == [])
    #expect(try Self.applied([delete], to: name(id(Self.data()))) == ["e"])
  }

  // MARK: All together

  /// The rules of the specification, word for word, on every delete.
  private static func expected(
    _ deletes: [DeleteFile], for file: DataFile, at sequenceNumber: Int64
  ) -> Set<String> {
    func isOfPartition(_ delete: DeleteFile) -> Bool {
      delete.file.specID == file.specID && delete.file.partition == file.partition
    }
    let vector = deletes.first {
      $0.kind == .deletionVector && $0.file.referencedDataFile == file.location
    }
    let applied = deletes.filter { delete in
      switch delete.kind {
      case .deletionVector: delete == vector
      case .positionDeletes:
        vector == nil && delete.sequenceNumber >= sequenceNumber && isOfPartition(delete)
          && (delete.file.referencedDataFile.map { $0 == file.location } ?? true)
      case .equalityDeletes:
        delete.sequenceNumber > sequenceNumber
          && (isOfPartition(delete) || !delete.partitionSpec.isPartitioned)
      }
    }
    return Set(applied.map(\.file.location))
  }

  @Test("finds what the rules find on every delete of random tables")
  func random() throws {
    var random = SeededRandom("DeleteIndexTests.random")
    for _ in 0..<40 {
      // Data files of one location are always of one partition.
      let files = (0..<12).map { number -> DataFile in
        let partition = Int64(number % 3)
        return Self.data("s3://b/t/\(number)", partition: number % 4 == 0 ? nil : partition)
      }
      var deletes: [DeleteFile] = []
      var withVector: Set<Int> = []
      for number in 0..<Int.random(in: 0...60, using: &random) {
        let target = Int.random(in: 0..<files.count, using: &random)
        var kind = [DeleteFile.Kind.positionDeletes, .equalityDeletes, .deletionVector][
          Int.random(in: 0...2, using: &random)]
        if kind == .deletionVector, !withVector.insert(target).inserted { kind = .positionDeletes }
        let isOfFile =
          kind == .deletionVector || (kind == .positionDeletes && Bool.random(using: &random))
        // Vectors are never older than their files.
        let lowest: Int64 = kind == .deletionVector ? 6 : 0
        let sequenceNumber = Int64.random(in: lowest...9, using: &random)
        var delete = Self.delete("d\(number)", kind, at: sequenceNumber)
        delete.file.specID = files[target].specID
        delete.file.partition = files[target].partition
        delete.partitionSpec = files[target].specID == 0 ? .unpartitioned : Self.spec
        if isOfFile { delete.file.referencedDataFile = files[target].location }
        deletes.append(delete)
      }
      for file in files {
        let sequenceNumber = Int64.random(in: 0...6, using: &random)
        let applied = try Self.applied(deletes, to: file, at: sequenceNumber)
        #expect(Set(applied) == Self.expected(deletes, for: file, at: sequenceNumber))
        #expect(Set(applied).count == applied.count)
      }
    }
  }

  // MARK: Entries

  @Test("is made of live entries; data files and entries of unknown specs are refused")
  func entries() throws {
    func entry(
      _ status: ManifestEntry.Status, _ file: DataFile, sequenceNumber: Int64? = 3
    ) -> ManifestEntry {
      ManifestEntry(
        status: status, snapshotID: 1, sequenceNumber: sequenceNumber, fileSequenceNumber: 3,
        dataFile: file)
    }
    let delete = Self.delete("p", .positionDeletes, at: 3, partition: 1).file
    let specs = [PartitionSpec.unpartitioned, Self.spec]
    let index = try DeleteIndex(
      [entry(.added, delete), entry(.deleted, delete)], specs: specs, schemas: [])
    #expect(index.count == 1)
    let found = try index.deletes(for: Self.data(partition: 1), sequenceNumber: 3)
    #expect(found.map(\.partitionSpec) == [Self.spec])
    for wrong in [
      entry(.added, Self.data()), entry(.added, delete, sequenceNumber: nil),
    ] {
      #expect(throws: IcebergError.self) {
        try DeleteIndex([wrong], specs: specs, schemas: [])
      }
    }
    #expect(throws: IcebergError.self) {
      try DeleteIndex([entry(.added, delete)], specs: [.unpartitioned], schemas: [])
    }
    #expect(try DeleteIndex([] as [ManifestEntry], specs: [], schemas: []).isEmpty)
  }

  @Test("metrics that are needed no more are forgotten")
  func metrics() throws {
    let delete = Self.delete("e", .equalityDeletes, at: 5) {
      $0.columnSizes = [1: 4, 2: 4]
      $0.valueCounts = [1: 4, 2: 4]
      $0.lowerBounds = [1: [], 2: []]
    }
    let found = try DeleteIndex([delete], schemas: [Self.schema]).deletes(
      for: Self.data(), sequenceNumber: 1)
    #expect(found.map(\.file.valueCounts) == [[1: 4]])
    #expect(found.map(\.file.lowerBounds) == [[1: []]])
    #expect(found.map(\.file.columnSizes) == [nil])
  }
}
