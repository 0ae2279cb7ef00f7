public import Iceberg
public import Testing

/// What every catalog must do, as tests that can be run on any implementation.
///
/// ```swift
/// @Suite struct MyCatalogTests {
///   static let conformance = CatalogConformance { try await MyCatalog(emptyPlace()) }
///
///   @Test("keeps the rules of catalogs", arguments: conformance.rules)
///   func rule(_ rule: CatalogConformance.Rule) async throws {
///     try await Self.conformance.check(rule)
///   }
/// }
/// ```
///
/// Each rule is put to a new, empty catalog of its own. What a catalog cannot do is said by its
/// ``Capabilities``; then it has to refuse it with `unsupported` and change nothing, which is a rule too.
public struct CatalogConformance: Sendable {
  /// A new, empty catalog for one rule.
  public struct Subject: Sendable {
    /// The catalog.
    public var catalog: any Catalog
    /// Opens the same catalog once more, as another process would; nil where nobody else can.
    public var reopen: (@Sendable () async throws -> any Catalog)?
    /// Removes what the catalog leaves behind, when the rule has been checked.
    public var release: @Sendable () async -> Void

    /// A catalog, and what is done with it.
    public init(
      _ catalog: any Catalog, reopen: (@Sendable () async throws -> any Catalog)? = nil,
      release: @escaping @Sendable () async -> Void = {}
    ) {
      self.catalog = catalog
      self.reopen = reopen
      self.release = release
    }
  }

  /// What a catalog can do beyond what all can.
  public struct Capabilities: OptionSet, Hashable, Sendable {
    /// The members, as bits.
    public let rawValue: Int
    /// The capabilities of the given bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Namespaces exist before there is a table in them.
    public static let emptyNamespaces = Capabilities(rawValue: 1 << 0)
    /// Namespaces have properties, which can be set.
    public static let namespaceProperties = Capabilities(rawValue: 1 << 1)
    /// Namespaces have namespaces in them.
    public static let nestedNamespaces = Capabilities(rawValue: 1 << 2)
    /// There are tables outside of every namespace.
    public static let tablesWithoutNamespace = Capabilities(rawValue: 1 << 3)
    /// Tables can be given other names.
    public static let renaming = Capabilities(rawValue: 1 << 4)
    /// Tables can be made in any place, and their place changed.
    public static let chosenLocations = Capabilities(rawValue: 1 << 5)
    /// Any metadata file can be registered, wherever it lies.
    public static let registration = Capabilities(rawValue: 1 << 6)
    /// A registered file can take the place of the current version.
    public static let overwritingRegistration = Capabilities(rawValue: 1 << 7)
    /// Several tables can be committed to at once.
    public static let severalTables = Capabilities(rawValue: 1 << 8)

    /// Everything.
    public static let all = Capabilities(rawValue: (1 << 9) - 1)
  }

  /// Something that every catalog must do.
  public struct Rule: Sendable, CustomStringConvertible, CustomTestStringConvertible {
    /// The rule, as a sentence.
    public let description: String
    /// What a catalog must be able to do for the rule to apply.
    public let needs: Capabilities
    /// What a catalog must not be able to do for the rule to apply.
    public let lacks: Capabilities
    let body: @Sendable (Subject) async throws -> Void

    init(
      _ description: String, needs: Capabilities = [], lacks: Capabilities = [],
      _ body: @escaping @Sendable (Subject) async throws -> Void
    ) {
      self.description = description
      self.needs = needs
      self.lacks = lacks
      self.body = body
    }

    /// The rule, as a sentence.
    public var testDescription: String { description }
  }

  /// What the catalog can do.
  public let capabilities: Capabilities
  private let make: @Sendable () async throws -> Subject

  /// The tests of the catalogs that `subject` makes: every call has to make an empty one.
  public init(
    capabilities: Capabilities = .all, subject: @escaping @Sendable () async throws -> Subject
  ) {
    self.capabilities = capabilities
    make = subject
  }

  /// The tests of the catalogs that `make` makes: every call has to make an empty one.
  public init(
    capabilities: Capabilities = .all,
    make: @escaping @Sendable () async throws -> any Catalog
  ) {
    self.init(capabilities: capabilities) { Subject(try await make()) }
  }

  /// The rules that apply to a catalog of these capabilities.
  public var rules: [Rule] {
    let all =
      CatalogRules.tables + CatalogRules.layouts + CatalogRules.namespaces + CatalogRules.names
      + CatalogRules.commits + CatalogRules.contents + CatalogRules.drops + CatalogRules.renames
      + CatalogRules.registrations + CatalogRules.severalTables + CatalogRules.races
    return all.filter {
      capabilities.isSuperset(of: $0.needs) && capabilities.isDisjoint(with: $0.lacks)
    }
  }

  /// Puts the catalog to one rule. What is broken is recorded as an issue of the running test.
  public func check(_ rule: Rule) async throws {
    let subject = try await make()
    do {
      try await rule.body(subject)
    } catch {
      await subject.release()
      throw error
    }
    await subject.release()
  }

  /// Puts the catalog to all rules, one after the other. What is broken is recorded as issues of the
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

/// The rules of catalogs, by what they are about.
enum CatalogRules {
  typealias Rule = CatalogConformance.Rule
}
