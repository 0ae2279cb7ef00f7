internal import Synchronization

/// A value that goes from one task to another. There is only ever one of it: what is large is not copied
/// when it changes, and is gone when the one who took it is done with it.
final class Handover<Value: Sendable>: Sendable {
  private let value: Mutex<Value?>

  init(_ value: consuming Value) { self.value = Mutex(value) }

  /// Takes the value; nil when somebody has taken it already.
  func take() -> Value? {
    value.withLock { value in
      defer { value = nil }
      return value
    }
  }

  /// Gives the value for the next one to take.
  func give(_ value: consuming Value) {
    let given = value
    self.value.withLock { $0 = given }
  }
}

extension Handover {
  /// Takes the first of several elements; nil when there is none left.
  func popFirst<Element>() -> Element? where Value == ArraySlice<Element> {
    value.withLock { $0?.popFirst() }
  }
}
