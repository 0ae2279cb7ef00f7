public import Iceberg
public import Testing

/// What every storage must do, as tests that can be run on any implementation.
///
/// ```swift
/// @Suite struct MyFileIOTests {
///   static let conformance = FileIOConformance { (MyFileIO(), root: "my://bucket/\(UUID())") }
///
///   @Test("keeps the rules of storage", arguments: conformance.rules)
///   func rule(_ rule: FileIOConformance.Rule) async throws {
///     try await Self.conformance.check(rule)
///   }
/// }
/// ```
///
/// Commits of ``Iceberg/FileSystemCatalog`` rest on one of the rules: of many who create one file, one
/// succeeds.
public struct FileIOConformance: Sendable {
  /// A storage, and an empty folder in it for one rule.
  public struct Subject: Sendable {
    /// The storage.
    public var fileIO: any FileIO
    /// The location of an empty folder, or of one that is not there yet, without a slash at its end.
    public var root: String
    /// Removes what is left behind, when the rule has been checked.
    public var release: @Sendable () async -> Void

    /// A storage, and an empty folder in it.
    public init(
      _ fileIO: any FileIO, root: String,
      release: @escaping @Sendable () async -> Void = {}
    ) {
      self.fileIO = fileIO
      self.root = root
      self.release = release
    }
  }

  /// Something that every storage must do.
  public struct Rule: Sendable, CustomStringConvertible, CustomTestStringConvertible {
    /// The rule, as a sentence.
    public let description: String
    let body: @Sendable (_ fileIO: any FileIO, _ root: String) async throws -> Void

    init(
      _ description: String,
      _ body: @escaping @Sendable (_ fileIO: any FileIO, _ root: String) async throws -> Void
    ) {
      self.description = description
      self.body = body
    }

    /// The rule, as a sentence.
    public var testDescription: String { description }
  }

  private let make: @Sendable () async throws -> Subject

  /// The tests of a storage, of which `subject` gives a new, empty folder at every call.
  public init(subject: @escaping @Sendable () async throws -> Subject) { make = subject }

  /// The tests of a storage, of which `make` gives a new, empty folder at every call.
  public init(make: @escaping @Sendable () async throws -> (any FileIO, root: String)) {
    self.make = {
      let (fileIO, root) = try await make()
      return Subject(fileIO, root: root)
    }
  }

  /// The rules.
  public var rules: [Rule] { FileIORules.files + FileIORules.folders }

  /// Puts the storage to one rule. What is broken is recorded as an issue of the running test.
  public func check(_ rule: Rule) async throws {
    let subject = try await make()
    do {
      try await rule.body(subject.fileIO, subject.root)
    } catch {
      await subject.release()
      throw error
    }
    await subject.release()
  }

  /// Puts the storage to all rules, one after the other. What is broken is recorded as issues of the
  /// running test, which name the rule.
  public func run() async {
    for rule in rules {
      do {
        try await check(rule)
      } catch {
        Issue.record("\(rule): \(error)")
      }
    }
  }
}

/// The rules of storage, by what they are about.
enum FileIORules {
  typealias Rule = FileIOConformance.Rule
}
