package import IcebergBytes
public import IcebergModel
internal import Synchronization

/// Keeps manifests that were read, so that the next scan need not fetch them again.
///
/// Manifests never change, so that what is kept is never stale. One cache may serve many tables and
/// tasks at the same time. When it is full, what was not asked for the longest is let go.
///
/// The limits are those that the properties `io.manifest.cache.*` of a catalog state.
public final class ManifestCache: Sendable {
  /// The most bytes that are kept in all.
  public let maxTotalBytes: Int
  /// The longest manifest that is kept, in bytes.
  public let maxContentLength: Int
  /// How long a manifest is kept that nobody asks for; nil is for ever.
  public let expirationInterval: Duration?

  private let state = Mutex(State())
  private let now: @Sendable () -> ContinuousClock.Instant

  private struct State {
    var files: [ExactText: Kept] = [:]
    var totalBytes = 0
    var hits = 0
    var misses = 0

    mutating func remove(_ location: ExactText) {
      guard let file = files.removeValue(forKey: location) else { return }
      totalBytes -= file.bytes.count
    }
  }

  private struct Kept {
    var bytes: Bytes
    var lastUse: ContinuousClock.Instant
  }

  /// A cache with the given limits.
  public convenience init(
    maxTotalBytes: Int = 100 << 20, maxContentLength: Int = 8 << 20,
    expirationInterval: Duration? = .seconds(60)
  ) {
    self.init(
      maxTotalBytes: maxTotalBytes, maxContentLength: maxContentLength,
      expirationInterval: expirationInterval, now: { ContinuousClock.now })
  }

  package init(
    maxTotalBytes: Int, maxContentLength: Int, expirationInterval: Duration?,
    now: @escaping @Sendable () -> ContinuousClock.Instant
  ) {
    self.maxTotalBytes = max(0, maxTotalBytes)
    self.maxContentLength = max(0, maxContentLength)
    self.expirationInterval = expirationInterval
    self.now = now
  }

  /// The cache that the properties `io.manifest.cache-enabled`,
  /// `io.manifest.cache.expiration-interval-ms`, `io.manifest.cache.max-total-bytes` and
  /// `io.manifest.cache.max-content-length` of a catalog ask for; nil unless it is enabled.
  ///
  /// An interval of 0 is for ever. Throws `invalidArgument` where a value cannot be read.
  public convenience init?(properties: [String: String]) throws(IcebergError) {
    guard properties["io.manifest.cache-enabled"]?.lowercased() == "true" else { return nil }
    func number(_ key: String, _ preset: Int) throws(IcebergError) -> Int {
      guard let text = properties[key] else { return preset }
      guard let value = Int(text), value >= 0 else {
        throw IcebergError(
          .invalidArgument, "property \(key) is '\(text)', not a number of at least 0")
      }
      return value
    }
    let millis = try number("io.manifest.cache.expiration-interval-ms", 60_000)
    self.init(
      maxTotalBytes: try number("io.manifest.cache.max-total-bytes", 100 << 20),
      maxContentLength: try number("io.manifest.cache.max-content-length", 8 << 20),
      expirationInterval: millis == 0 ? nil : .milliseconds(millis))
  }

  /// How often a manifest was asked for and was there, and how often it was not.
  public var uses: (hits: Int, misses: Int) { state.withLock { ($0.hits, $0.misses) } }

  /// The bytes that are kept now.
  public var totalBytes: Int { state.withLock { $0.totalBytes } }

  /// Lets everything go.
  public func removeAll() {
    state.withLock { state in
      state.files = [:]
      state.totalBytes = 0
    }
  }

  /// The bytes of a file: those kept, or those that `fetch` gets.
  package func bytes(
    of location: String, fetch: () async throws -> Bytes
  ) async throws -> Bytes {
    let time = now()
    let key = ExactText(location)
    let kept = state.withLock { state -> Bytes? in
      expire(&state, at: time)
      guard let kept = state.files[key] else {
        state.misses += 1
        return nil
      }
      state.hits += 1
      state.files[key]?.lastUse = time
      return kept.bytes
    }
    if let kept { return kept }
    let bytes = try await fetch()
    guard bytes.count <= min(maxContentLength, maxTotalBytes) else { return bytes }
    state.withLock { state in
      guard state.files[key] == nil else { return }
      while state.totalBytes + bytes.count > maxTotalBytes,
        let oldest = state.files.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        state.remove(oldest.key)
      }
      state.files[key] = Kept(bytes: bytes, lastUse: time)
      state.totalBytes += bytes.count
    }
    return bytes
  }

  private func expire(_ state: inout State, at time: ContinuousClock.Instant) {
    guard let expirationInterval else { return }
    for (location, file) in state.files where time - file.lastUse >= expirationInterval {
      state.remove(location)
    }
  }
}

extension ManifestCache: Hashable {
  /// Whether two are the same cache.
  public static func == (left: ManifestCache, right: ManifestCache) -> Bool { left === right }

  /// Hashes which cache it is.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
