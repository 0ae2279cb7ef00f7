import BenchmarkSupport
import Iceberg
import IcebergBytes
import IcebergColumns
import IcebergParquet

// Two million rows of ten columns in four files, of which deletes of each kind take a tenth away:
// what a scan costs with them, and without. Arguments name the kinds to measure.

let rowsPerFile = 500_000
let rows = TripRows(count: rowsPerFile)
let storage = MemoryFileIO()
let files = try await writeFiles()
let deleted = (0..<rowsPerFile).filter { isDeleted($0) }
let million = Double(rowsPerFile * files.count) / 1e6

let positions = try await positionDeletes()
let vectors = try await deletionVectors()
let numbers = try await equalityDeletes(
  [(.required("id", .long, id: 1), Column(.long(keys(apart: 7)), count: 1_000_000))], "id")
let scattered = try await equalityDeletes(
  [(.required("id", .long, id: 1), Column(.long(keys(apart: 1 << 40)), count: 1_000_000))],
  "scattered")
let references = try await equalityDeletes(
  [(.required("reference", .string, id: 8), rows.columns[7].take(deleted))], "reference")
let pairs = try await equalityDeletes(
  [
    (.required("id", .long, id: 1), rows.columns[0].take(deleted)),
    (.required("town", .string, id: 7), rows.columns[6].take(deleted)),
  ], "pair")

for (name, deletes) in [
  ("no deletes", []), ("deletion vectors", vectors), ("position deletes", [positions]),
  ("a million equality keys", [numbers]), ("a million scattered keys", [scattered]),
  ("equality by text", [references]),
  ("equality by two columns", [pairs]), ("no deletes", []),
] as [(String, [DeleteFile])]
where CommandLine.argc == 1 || CommandLine.arguments.dropFirst().contains(name) {
  let tasks = files.map { file in
    var task = FileScanTask(
      file: file, partitionSpec: .unpartitioned, sequenceNumber: 1, schema: schema)
    task.deletes = deletes.filter { ($0.file.referencedDataFile ?? file.location) == file.location }
    return task
  }
  var benchmark = Benchmark("merge-on-read \(name)")
  benchmark.rounds = 5
  try await benchmark.measure(million, "M rows") {
    var count = 0
    for try await batch in BatchSequence(of: tasks, fileIO: storage) { count += batch.rowCount }
    let expected = (rowsPerFile - (deletes.isEmpty ? 0 : deleted.count)) * files.count
    precondition(count == expected, "\(count) rows instead of \(expected)")
    return count
  }
}

/// A tenth of the rows, without any order.
func isDeleted(_ row: Int) -> Bool {
  (UInt64(row) &* 0x9E37_79B9_7F4A_7C15) >> 32 % 10 == 0
}

/// A million ids, those of the deleted rows among them, and the others so far apart.
func keys(apart distance: Int) -> [Int64] {
  let others = (0..<(1_000_000 - deleted.count)).map { Int64(rowsPerFile + $0 * distance) }
  return deleted.map { Int64($0) } + others
}

var schema: Schema {
  Schema([
    .required("id", .long, id: 1), .required("at", .timestamptz, id: 2),
    .required("vendor", .int, id: 3), .required("distance", .double, id: 4),
    .required("fare", .decimal(precision: 9, scale: 2), id: 5), .optional("tip", .double, id: 6),
    .required("town", .string, id: 7), .required("reference", .string, id: 8),
    .required("shared", .boolean, id: 9),
    .required("stops", .list(element: .required("element", .int, id: 11)), id: 10),
  ])
}

func writeFiles() async throws -> [DataFile] {
  let bytes = Bytes(try rows.encoded(ParquetWriteOptions()))
  var files: [DataFile] = []
  for index in 0..<4 {
    let location = "memory/table/data/file-\(index).parquet"
    try await storage.write(bytes, to: location, mode: .createNew)
    files.append(
      DataFile(
        location: location, format: .parquet, recordCount: Int64(rowsPerFile),
        fileSizeInBytes: Int64(bytes.count)))
  }
  return files
}

/// One position delete file for all data files.
func positionDeletes() async throws -> DeleteFile {
  var paths: [UInt8] = []
  var offsets: [Int32] = [0]
  for file in files {
    for _ in deleted {
      paths += Array(file.location.utf8)
      offsets.append(Int32(paths.count))
    }
  }
  let count = deleted.count * files.count
  let places = files.flatMap { _ in deleted.map { Int64($0) } }
  return try await deleteFile(
    .positionDeletes,
    [
      SchemaElement(
        name: "file_path", repetition: .required, physicalType: .byteArray, logicalType: .string,
        fieldID: Int32(ReservedFields.deleteFilePath.id)),
      SchemaElement(
        name: "pos", repetition: .required, physicalType: .int64,
        fieldID: Int32(ReservedFields.deletePosition.id)),
    ],
    [
      Column(.bytes(offsets: offsets, data: paths), count: count),
      Column(.long(places), count: count),
    ], "positions")
}

func deletionVectors() async throws -> [DeleteFile] {
  let blob = try DeletionVector(deleted.map { Int64($0) }).serialized()
  var result: [DeleteFile] = []
  for file in files {
    let location = file.location + ".puffin"
    try await storage.write(blob, to: location, mode: .createNew)
    var vector = DataFile(
      content: .positionDeletes, location: location, format: .puffin,
      recordCount: Int64(deleted.count), fileSizeInBytes: Int64(blob.count))
    vector.referencedDataFile = file.location
    vector.contentOffset = 0
    vector.contentSizeInBytes = Int64(blob.count)
    result.append(DeleteFile(file: vector, sequenceNumber: 2, partitionSpec: .unpartitioned))
  }
  return result
}

func equalityDeletes(_ keys: [(Field, Column)], _ name: String) async throws -> DeleteFile {
  let elements = keys.map { field, _ in
    let isText = field.type == .string
    return SchemaElement(
      name: field.name, repetition: .required, physicalType: isText ? .byteArray : .int64,
      logicalType: isText ? .string : nil, fieldID: Int32(field.id))
  }
  var deletes = try await deleteFile(.equalityDeletes, elements, keys.map(\.1), name)
  deletes.file.equalityIDs = keys.map(\.0.id)
  return deletes
}

func deleteFile(
  _ content: DataFile.Content, _ fields: [SchemaElement], _ columns: [Column], _ name: String
) async throws -> DeleteFile {
  let root = SchemaElement(name: "table", repetition: nil, childCount: Int32(fields.count))
  var encoder = try ParquetFileEncoder(
    schema: try ParquetSchema(elements: [root] + fields), options: ParquetWriteOptions())
  var bytes: [UInt8] = []
  for chunk in try encoder.write(columns, rowCount: columns[0].count) { bytes += chunk }
  for chunk in try encoder.finish().bytes { bytes += chunk }
  let location = "memory/table/data/\(name)-deletes.parquet"
  try await storage.write(Bytes(bytes), to: location, mode: .createNew)
  let file = DataFile(
    content: content, location: location, format: .parquet,
    recordCount: Int64(columns[0].count), fileSizeInBytes: Int64(bytes.count))
  return DeleteFile(file: file, sequenceNumber: 2, partitionSpec: .unpartitioned)
}
