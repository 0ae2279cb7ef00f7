import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg partition`
  static let partition = Command.concluding(
    name: "partition", summary: "how a table is partitioned, and changes of it",
    help: """
      iceberg partition TABLE: every partition spec, the one for new files marked with *.

      iceberg partition TABLE ACTION ...: change how new files are partitioned. Files that are there stay
      in their partitions until they are rewritten.

        add TERM ...          add fields: "day(event_time)", "bucket(16, id)", "truncate(4, name) as t",
                              level
        remove FIELD ...      remove fields, by their names or as terms
        rename FIELD NAME     give a field another name
        replace FIELD TERM    put a field in the place of another
        set [TERMS]           put fields in the place of all; none leaves the table without partitions

      \(TableEvolution.help)

      iceberg partition /data/warehouse/logs/events replace event_time_day "hour(event_time)" --dry-run
      """,
    declaration: Arguments.Declaration(flags: TableEvolution.flags)
  ) { invocation in
    let actions = ["add", "remove", "rename", "replace", "set"]
    guard let words = try ActionWords(invocation, actions: actions) else {
      printSpecs(try await TableSource.open(invocation).table.metadata, invocation)
      return .success
    }
    return try await TableEvolution.run(invocation, table: words.table) { transaction in
      switch words.action {
      case "add":
        for text in try words.someWords("term") {
          for term in try LayoutTerms.partitioning(text) { transaction.partitioning.add(term) }
        }
      case "remove":
        for text in try words.someWords("field") {
          remove(try field(text, in: transaction.base), from: &transaction)
        }
      case "rename":
        let names = try words.words("field", "name")
        transaction.partitioning.rename(names[0], to: names[1])
      case "replace":
        let names = try words.words("field", "term")
        let terms = try LayoutTerms.partitioning(names[1])
        remove(try field(names[0], in: transaction.base), from: &transaction)
        for term in terms { transaction.partitioning.add(term) }
      default:
        transaction.partitioning.replaceAll(
          with: try words.rest.flatMap { try LayoutTerms.partitioning($0) })
      }
    }
  }

  /// A partition field as it is given: by its name, or as a term.
  enum GivenField {
    case name(String)
    case term(PartitionTerm)
  }

  /// The partition field that a text means: a name that there is, or a term.
  static func field(_ text: String, in metadata: TableMetadata) throws -> GivenField {
    if metadata.defaultPartitionSpec.fields.contains(where: { $0.name == text }) {
      return .name(text)
    }
    let terms = try LayoutTerms.partitioning(text)
    guard terms.count == 1, let term = terms.first else {
      throw ArgumentError("'\(text)' is more than one field")
    }
    // A plain word is the name of a field or of a column.
    if term.transform == .identity, metadata.currentSchema.field(named: text) == nil {
      return .name(text)
    }
    return .term(term)
  }

  /// Removes a partition field.
  static func remove(_ field: GivenField, from transaction: inout Transaction) {
    switch field {
    case .name(let name): transaction.partitioning.remove(name)
    case .term(let term): transaction.partitioning.remove(term)
    }
  }

  private static func printSpecs(_ metadata: TableMetadata, _ invocation: Invocation) {
    if invocation.isJSON {
      for spec in metadata.partitionSpecs {
        var object = JSONObject()
        object["is_default"] = .bool(spec.id == metadata.defaultSpecID)
        object["spec"] = spec.json
        object["text"] = .string(LayoutText.spec(spec, metadata))
        Output.write(JSONText.line(.object(object)))
      }
      return
    }
    var printer = TablePrinter(["", .number("spec"), .number("field id"), "name", "made from"])
    for spec in metadata.partitionSpecs {
      let mark = spec.id == metadata.defaultSpecID ? "*" : ""
      if spec.fields.isEmpty { printer.add([mark, "\(spec.id)", "", "", "not partitioned"]) }
      for field in spec.fields {
        printer.add([
          mark, "\(spec.id)", "\(field.fieldID)", field.name,
          LayoutText.spec(PartitionSpec(fields: [field]), metadata),
        ])
      }
    }
    Output.write(printer.text)
  }

  /// `iceberg sort-order`
  static let sortOrder = Command.concluding(
    name: "sort-order", summary: "how rows are sorted within files, and changes of it",
    help: """
      iceberg sort-order TABLE: every sort order, the one for new files marked with *.

      iceberg sort-order TABLE "KEYS": sort new files by these keys. Files that are there stay as they are.

        --none                sort new files no more
      \(TableEvolution.help)

      iceberg sort-order /data/warehouse/logs/events "event_time desc nulls last, bucket(16, id)"
      """,
    declaration: Arguments.Declaration(flags: TableEvolution.flags + ["--none"])
  ) { invocation in
    let words = invocation.arguments.positional
    guard let name = words.first else { throw ArgumentError("missing <table>") }
    let isNone = invocation.arguments.has("--none")
    guard words.count > 1 || isNone else {
      printOrders(try await TableSource.open(invocation).table.metadata, invocation)
      return .success
    }
    if isNone, words.count > 1 { throw ArgumentError("give either keys or --none") }
    let terms = try words.dropFirst().flatMap { try LayoutTerms.ordering($0) }
    return try await TableEvolution.run(invocation, table: name) { transaction in
      if isNone {
        transaction.sortOrder.remove()
      } else {
        transaction.sortOrder.replace(with: terms)
      }
    }
  }

  private static func printOrders(_ metadata: TableMetadata, _ invocation: Invocation) {
    var printer = TablePrinter(["", .number("order"), "sorted by"])
    for order in metadata.sortOrders {
      let text = LayoutText.order(order, metadata)
      let isDefault = order.id == metadata.defaultSortOrderID
      if invocation.isJSON {
        var object = JSONObject()
        object["is_default"] = .bool(isDefault)
        object["order"] = order.json
        object["text"] = .string(text)
        Output.write(JSONText.line(.object(object)))
      } else {
        printer.add([isDefault ? "*" : "", "\(order.id)", text])
      }
    }
    if !invocation.isJSON { Output.write(printer.text) }
  }
}
