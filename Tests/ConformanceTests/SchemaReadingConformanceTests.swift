import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// The cases of schema evolution that are about data files: each is written with one schema and read with
/// another.
@Suite(.needsSharedFiles) struct SchemaReadingConformanceTests {
  /// What this library says where Iceberg Java, which looks at schemas before it reads, says this.
  private static func words(for text: String) -> String {
    text.contains("should be required") ? "is required, and the file has a null" : "not readable as"
  }

  @Test("a file is read by another schema, or refused, as the reference implementation has it")
  func compatibility() async throws {
    try await ExpectedValues("schema-evolution").run("read_compatibility") { item in
      let written = try Self.field(CorpusValue.string("write", of: item))
      let wanted = try Self.field(CorpusValue.string("read", of: item))
      let errors = try CorpusValue.array("errors", of: item).compactMap(\.text)
      let table = try MemoryTable.make([written])
      let files = try await table.write(
        RecordBatch(rows: [[Self.value(of: written)]], schema: table.metadata.currentSchema))
      do {
        let read = try await table.read(files, as: Schema([wanted]))
        #expect(errors.isEmpty)
        #expect(read.rowCount == 1)
      } catch let error as IcebergError {
        #expect(error.code == .invalidFile)
        #expect(errors.contains { error.message.contains(Self.words(for: $0)) }, "\(error)")
      }
    }
  }

  /// A field such as `0:struct<1:int optional>`.
  private static func field(_ text: some StringProtocol) throws -> Field {
    let parts = text.split(separator: ":", maxSplits: 1)
    let id = try #require(parts.first.flatMap { Int($0) })
    var rest = String(parts[1])
    let isRequired = rest.hasSuffix(" required")
    for suffix in [" required", " optional"] where rest.hasSuffix(suffix) {
      rest.removeLast(suffix.count)
    }
    let inner = rest.split(separator: "<", maxSplits: 1).last?.dropLast() ?? ""
    let type: FieldType
    if rest.hasPrefix("struct<") {
      type = .struct([try field(inner)])
    } else if rest.hasPrefix("map<") {
      let fields = try inner.split(separator: ",").map { try field($0) }
      var key = fields[0]
      key.isRequired = true
      type = .map(key: key, value: fields[1])
    } else {
      type = try FieldType(rest)
    }
    return Field(id: id, name: "f\(id)", type: type, isRequired: isRequired)
  }

  /// A value that shows what a field allows: null where it may be, but not in place of a struct.
  private static func value(of field: Field) -> Literal? {
    switch field.type {
    case .struct(let fields): .struct(StructValue(fields.map { value(of: $0) }))
    case .string: field.isRequired ? .string("x") : nil
    default: field.isRequired ? .int(1) : nil
    }
  }

  @Test("children that a struct of a file lacks take their defaults, one that is not there its own")
  func structDefaults() async throws {
    try await ExpectedValues("schema-evolution").run("struct_default_resolution") { item in
      var children: [Field] = []
      for (name, id) in [("x", 3), ("y", 4)] {
        var child = Field.optional(name, .int, id: id)
        child.initialDefault = .int(Int32(try CorpusValue.int("\(name)_default", of: item)))
        children.append(child)
      }
      var point = Field.optional("point", .struct(children), id: 2)
      // An empty struct: its children have their own defaults.
      if case .object? = item["struct_default"] {
        point.initialDefault = .struct(StructValue([nil, nil]))
      }
      let id = Field.required("id", .int, id: 1)
      var stored = [id]
      var row: [Literal?] = [.int(1)]
      if case .object(let data)? = item["data"] {
        let some = children.filter { data[$0.name] != nil }
        stored.append(.optional("point", .struct(some), id: 2))
        row.append(
          .struct(StructValue(some.map { data[$0.name]?.integer.map { .int(Int32($0)) } })))
      }
      let table = try MemoryTable.make(stored)
      let files = try await table.write(
        RecordBatch(rows: [row], schema: table.metadata.currentSchema))
      let expected = try CorpusValue.member("result", of: item).serialized().utf8String ?? ""
      #expect(
        try await table.jsonRows(files, as: Schema([id, point])) == [
          #"{"id":1,"point":\#(expected)}"#
        ])
    }
  }
}
