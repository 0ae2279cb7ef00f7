internal import IcebergAvro
internal import IcebergBytes
internal import IcebergColumns

/// How the records of an Avro file become columns: what to do at each node of its schema.
struct AvroColumnPlan: Sendable {
  /// What is done with the value at a node.
  indirect enum Step: Sendable {
    case skip(AvroReadPlan.Node)
    case null(AvroReadPlan.Node)
    case boolean(AvroReadPlan.Node)
    case int(AvroReadPlan.Node)
    case long(AvroReadPlan.Node)
    case float(AvroReadPlan.Node)
    case double(AvroReadPlan.Node)
    /// Text, bytes and fixed bytes.
    case bytes(AvroReadPlan.Node)
    /// Big-endian integers in bytes or fixed bytes.
    case decimal(AvroReadPlan.Node)
    /// A step for each field in the file, and where its values go; nil: nowhere.
    case record(AvroReadPlan.Node, [(step: Step, child: Int?)])
    case list(AvroReadPlan.Node, Step)
    case map(AvroReadPlan.Node, key: Step, value: Step)
  }

  let nodes: AvroReadPlan
  /// A step for each field of a record, and the column that it fills.
  let fields: [(step: Step, child: Int?)]
  /// The kinds of the columns.
  let kinds: [Column.Kind]

  /// A plan that fills a column for each chosen one of `columns`, which are those of `schema`.
  init(
    _ schema: AvroSchema, columns: [FileColumn], selection: [FileSelection.Child]
  ) throws(FormatError) {
    nodes = try AvroReadPlan(reading: schema)
    guard case .record = nodes.root.kind, nodes.root.nullBranch < 0 else {
      throw FormatError(.badValue, "an Avro data file of something else than records")
    }
    var planner = Planner(nodes: nodes)
    (fields, kinds) = try planner.fields(of: nodes.root, columns, selection)
  }

  private struct Planner {
    let nodes: AvroReadPlan

    mutating func fields(
      of node: AvroReadPlan.Node, _ columns: [FileColumn], _ selection: [FileSelection.Child]
    ) throws(FormatError) -> ([(step: Step, child: Int?)], [Column.Kind]) {
      var steps: [(step: Step, child: Int?)] = []
      var kinds: [Column.Kind] = []
      for (index, child) in nodes.children(of: node).enumerated() {
        guard let place = selection.firstIndex(where: { $0.index == index }) else {
          steps.append((.skip(nodes[child]), nil))
          continue
        }
        let (step, kind) = try self.step(nodes[child], columns[index], selection[place].part)
        steps.append((step, kinds.count))
        kinds.append(kind)
      }
      return (steps, kinds)
    }

    private mutating func step(
      _ node: AvroReadPlan.Node, _ column: FileColumn, _ part: FileSelection
    ) throws(FormatError) -> (Step, Column.Kind) {
      switch column.kind {
      case .null: return (.null(node), .null)
      case .boolean: return (.boolean(node), .boolean)
      case .integer, .date, .time, .timestamp:
        return node.kind == .int ? (.int(node), .int) : (.long(node), .long)
      case .float: return (.float(node), .float)
      case .double: return (.double(node), .double)
      case .decimal: return (.decimal(node), .decimal)
      case .text, .bytes: return (.bytes(node), .bytes)
      case .uuid: return (.bytes(node), .fixed(width: 16))
      case .fixed(let length): return (.bytes(node), .fixed(width: length))
      case .variant:
        let children = nodes.children(of: node)
        guard children.count == 2, children.allSatisfy({ nodes[$0].kind == .bytes }) else { break }
        let steps = children.enumerated().map { (step: Step.bytes(nodes[$1]), child: Optional($0)) }
        return (.record(node, steps), .struct([.bytes, .bytes]))
      case .struct(let columns):
        guard case .fields(let chosen) = part else { break }
        let (steps, kinds) = try fields(of: node, columns, chosen)
        return (.record(node, steps), .struct(kinds))
      case .list(let element):
        guard case .list(let inner) = part else { break }
        let (step, kind) = try step(nodes[Int(node.firstChild)], element, inner)
        return (.list(node, step), .list(kind))
      case .map(let key, let value):
        guard case .map(let keyPart, let valuePart) = part else { break }
        let (keys, keyKind) = try step(nodes[Int(node.firstChild)], key, keyPart)
        let (values, valueKind) = try step(nodes[Int(node.firstChild) + 1], value, valuePart)
        return (.map(node, key: keys, value: values), .map(key: keyKind, value: valueKind))
      case .unsupported(let what): throw FormatError(.unsupported, what)
      }
      throw FormatError(.badValue, "Avro field '\(column.name)' is not of one form")
    }
  }
}
