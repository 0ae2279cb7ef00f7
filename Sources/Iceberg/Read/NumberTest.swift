internal import IcebergColumns
internal import IcebergModel

/// A comparison of numbers of one kind with a constant, or with a set of them.
///
/// Floating-point numbers compare as the language has it: NaN is different from all, and both zeros
/// are equal.
struct NumberTest<Number: HashableNumber>: Sendable {
  private let kind: Kind

  private enum Kind: Sendable {
    case comparison(Filter.Comparison, Number)
    /// Few numbers are faster looked through than looked up.
    case few([Number], isMember: Bool)
    case many(NumberSet<Number>, isMember: Bool)
  }

  /// A comparison or a membership test; `number` takes the constants apart.
  init(
    _ test: BoundPredicate.Test, of term: BoundTerm, _ number: (Literal) -> Number?
  ) throws(IcebergError) {
    switch test {
    case .comparison(let comparison, let constant):
      kind = .comparison(comparison, try Self.number(constant, term, number))
    case .isIn(let constants):
      kind = try Self.kind(constants, isMember: true, term, number)
    case .notIn(let constants):
      kind = try Self.kind(constants, isMember: false, term, number)
    default:
      throw Self.refusal(term)
    }
  }

  private static func kind(
    _ constants: Set<Literal>, isMember: Bool, _ term: BoundTerm, _ number: (Literal) -> Number?
  ) throws(IcebergError) -> Kind {
    var numbers: Set<Number> = []
    for constant in constants { numbers.insert(try Self.number(constant, term, number)) }
    return numbers.count <= 4
      ? .few(Array(numbers), isMember: isMember)
      : .many(NumberSet(numbers), isMember: isMember)
  }

  private static func number(
    _ constant: Literal, _ term: BoundTerm, _ number: (Literal) -> Number?
  ) throws(IcebergError) -> Number {
    guard let number = number(constant) else { throw refusal(term) }
    return number
  }

  private static func refusal(_ term: BoundTerm) -> IcebergError {
    IcebergError(
      .invalidArgument, "column '\(term.name)' of type \(term.resultType) cannot be tested so",
      context: .init(fieldID: term.fieldID))
  }

  /// A bit for each number: whether it passes.
  func matches(in numbers: [Number]) -> Bitmap {
    let count = numbers.count
    switch kind {
    case .comparison(.lessThan, let constant):
      return Bitmap(count: count) { numbers[$0] < constant }
    case .comparison(.lessThanOrEqual, let constant):
      return Bitmap(count: count) { numbers[$0] <= constant }
    case .comparison(.equal, let constant):
      return Bitmap(count: count) { numbers[$0] == constant }
    case .comparison(.notEqual, let constant):
      return Bitmap(count: count) { numbers[$0] != constant }
    case .comparison(.greaterThanOrEqual, let constant):
      return Bitmap(count: count) { numbers[$0] >= constant }
    case .comparison(.greaterThan, let constant):
      return Bitmap(count: count) { numbers[$0] > constant }
    case .few(let constants, let isMember):
      var found = Bitmap(repeating: false, count: count)
      for constant in constants {
        found = found | Bitmap(count: count) { numbers[$0] == constant }
      }
      return isMember ? found : ~found
    case .many(let constants, let isMember):
      return Bitmap(count: count) { constants.contains(numbers[$0]) == isMember }
    }
  }
}

extension Bitmap {
  /// `count` bits, each what `isSet` says of its index, made a word at a time.
  @inline(__always)
  init(count: Int, where isSet: (Int) -> Bool) {
    var words: [UInt64] = []
    words.reserveCapacity((count + 63) / 64)
    var start = 0
    while start < count {
      let end = Swift.min(start + 64, count)
      var word: UInt64 = 0
      for index in start..<end {
        word |= (isSet(index) ? 1 : 0) &<< UInt64(truncatingIfNeeded: index &- start)
      }
      words.append(word)
      start = end
    }
    self.init(words: words, count: count)
  }
}
