import Foundation
import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct ManifestCacheTests {
  /// Files of which every one has as many bytes as its name says.
  private static func bytes(_ count: Int) -> Bytes { Bytes([UInt8](repeating: 7, count: count)) }

  @Test("what is kept is not fetched again")
  func hit() async throws {
    let cache = ManifestCache()
    for _ in 0..<3 {
      let bytes = try await cache.bytes(of: "a") { Self.bytes(10) }
      #expect(bytes.count == 10)
    }
    #expect(cache.uses == (hits: 2, misses: 1))
    #expect(cache.totalBytes == 10)
    cache.removeAll()
    #expect(cache.totalBytes == 0)
  }

  @Test("names that are alike but for how their letters are written are of different files")
  func exactNames() async throws {
    let cache = ManifestCache()
    _ = try await cache.bytes(of: "\u{e9}") { Self.bytes(10) }
    #expect(try await cache.bytes(of: "e\u{301}") { Self.bytes(20) }.count == 20)
  }

  @Test("what was not asked for the longest goes first, and the limit is kept")
  func eviction() async throws {
    let clock = ManualInstants()
    let cache = ManifestCache(
      maxTotalBytes: 100, maxContentLength: 60, expirationInterval: nil, now: { clock.next() })
    for name in ["a", "b"] { _ = try await cache.bytes(of: name) { Self.bytes(40) } }
    _ = try await cache.bytes(of: "a") { Self.bytes(40) }
    _ = try await cache.bytes(of: "c") { Self.bytes(40) }
    #expect(cache.totalBytes == 80)
    _ = try await cache.bytes(of: "a") { Self.bytes(40) }
    #expect(cache.uses.hits == 2)
    _ = try await cache.bytes(of: "b") { Self.bytes(40) }
    #expect(cache.uses.hits == 2)
    _ = try await cache.bytes(of: "long") { Self.bytes(61) }
    #expect(cache.totalBytes == 80)
  }

  @Test("what nobody asks for expires")
  func expiry() async throws {
    let clock = ManualInstants()
    let cache = ManifestCache(
      maxTotalBytes: 100, maxContentLength: 60, expirationInterval: .seconds(10),
      now: { clock.next() })
    _ = try await cache.bytes(of: "a") { Self.bytes(40) }
    clock.advance(by: .seconds(20))
    _ = try await cache.bytes(of: "a") { Self.bytes(40) }
    #expect(cache.uses == (hits: 0, misses: 2))
  }

  @Test("a fetch that fails is not kept")
  func failure() async throws {
    let cache = ManifestCache()
    await #expect(throws: CancellationError.self) {
      try await cache.bytes(of: "a") { throw CancellationError() }
    }
    let bytes = try await cache.bytes(of: "a") { Self.bytes(1) }
    #expect(bytes.count == 1)
  }

  @Test("the properties of a catalog enable it and set its limits")
  func properties() throws {
    #expect(try ManifestCache(properties: [:]) == nil)
    #expect(try ManifestCache(properties: ["io.manifest.cache-enabled": "false"]) == nil)
    let cache = try #require(
      try ManifestCache(properties: [
        "io.manifest.cache-enabled": "TRUE", "io.manifest.cache.max-total-bytes": "1000",
        "io.manifest.cache.max-content-length": "100",
        "io.manifest.cache.expiration-interval-ms": "0",
      ]))
    #expect(cache.maxTotalBytes == 1_000 && cache.maxContentLength == 100)
    #expect(cache.expirationInterval == nil)
    #expect(throws: IcebergError.self) {
      _ = try ManifestCache(properties: [
        "io.manifest.cache-enabled": "true", "io.manifest.cache.max-total-bytes": "many",
      ])
    }
  }

  @Test("a second scan with the cache reads no manifest")
  func scans() async throws {
    struct Row: Encodable { var id: Int64 }
    let catalog = MemoryCatalog()
    var table = try await catalog.createTable("a.b", schema: Schema([.required("id", .long)]))
    table = try await table.append(rows: [Row(id: 1), Row(id: 2)])
    var options = ScanOptions()
    let cache = ManifestCache(expirationInterval: nil)
    options.manifestCache = cache
    for round in 0..<3 {
      #expect(try await table.scan().with(options).tasks().count == 1)
      // The manifest list and the manifest.
      #expect(cache.uses == (hits: 2 * round, misses: 2))
    }
  }
}

/// Instants of which each is a second later than the one before.
private final class ManualInstants: Sendable {
  private let state = Locked((ContinuousClock.now, Duration.zero))

  func next() -> ContinuousClock.Instant {
    state.withLock { state in
      state.1 += .seconds(1)
      return state.0 + state.1
    }
  }

  func advance(by duration: Duration) { state.withLock { $0.1 += duration } }
}
