internal import FoundationEssentials
internal import IcebergModel
internal import Synchronization

/// Keeps two processes from maintaining a table at the same time.
///
/// The lock is a file beside the table. It is advisory: whoever does not ask for it is not kept out, and
/// nothing that changes a table relies on it to be right. It saves the work that one of two would lose.
///
/// ```swift
/// let outcome = try await MaintenanceLock.hold(table) { lock in
///   table = try await table.expireSnapshots().table
///   try await lock.check()
///   return table
/// }
/// ```
///
/// It has an end, which is moved on while it is held, so that one whose process died is taken over by
/// the next: of several that try, one succeeds.
public final class MaintenanceLock: Sendable {
  /// Who holds a lock, and until when.
  public struct Holder: Hashable, Sendable {
    /// What tells this lock from every other.
    public var id: String
    /// Who maintains the table, for people.
    public var owner: String
    /// The name of the computer.
    public var host: String
    /// The number of the process on it.
    public var processID: Int32
    /// When the lock was taken, in milliseconds since 1970-01-01 UTC.
    public var acquiredMillis: Int64
    /// From when on others may take it over, in milliseconds since 1970-01-01 UTC.
    public var expiresMillis: Int64
  }

  /// What came of work that needs the lock.
  public enum Outcome<Result: Sendable>: Sendable {
    /// The work was done.
    case done(Result)
    /// Nothing was done: somebody else holds the lock.
    case locked(by: Holder)
  }

  private let folder: String
  private let number: Int64
  private let fileIO: any FileIO
  private let environment: CommitEnvironment
  private let lasting: Duration
  private let state: Mutex<Holder>

  private init(
    _ file: MaintenanceLockFile, in folder: String, fileIO: any FileIO,
    environment: CommitEnvironment, lasting: Duration
  ) {
    self.folder = folder
    number = file.number
    self.fileIO = fileIO
    self.environment = environment
    self.lasting = lasting
    state = Mutex(file.holder)
  }

  /// Who this lock belongs to, and until when.
  public var holder: Holder { state.withLock { $0 } }

  /// Does work under the lock of a table, or says who holds it.
  ///
  /// While the work lasts, the end of the lock is moved on; afterwards it is released, whatever comes of
  /// the work. Throws what the work throws, and what storage throws when the lock cannot be written.
  ///
  /// - Parameters:
  ///   - table: the table to be maintained.
  ///   - owner: who maintains it, for people; nil is the user of the process.
  ///   - lasting: how long after the last sign of life the lock may be taken over.
  ///   - environment: the clock and the random numbers.
  ///   - work: the work, which asks ``check()`` between its steps whether the lock is still held.
  public static func hold<Result: Sendable>(
    _ table: Table, owner: String? = nil, lasting: Duration = .seconds(600),
    environment: CommitEnvironment = .system,
    _ work: (MaintenanceLock) async throws -> Result
  ) async throws -> Outcome<Result> {
    let lock: MaintenanceLock
    switch try await acquire(table, owner: owner, lasting: lasting, environment: environment) {
    case .done(let taken): lock = taken
    case .locked(let holder): return .locked(by: holder)
    }
    let renewal = Task { await lock.renewUntilCancelled() }
    do {
      let result = try await work(lock)
      await lock.end(renewal)
      return .done(result)
    } catch {
      await lock.end(renewal)
      throw error
    }
  }

  /// Who holds the lock of a table now; nil when nobody does.
  ///
  /// - Parameters:
  ///   - table: the table.
  ///   - environment: the clock.
  public static func holder(
    of table: Table, environment: CommitEnvironment = .system
  ) async throws -> Holder? {
    let now = environment.now()
    return try await MaintenanceLockFile.all(
      in: MaintenanceLockFile.folder(of: table.metadata), fileIO: table.fileIO
    ).last { $0.holder.expiresMillis > now }?.holder
  }

  /// Throws `commitConflict` when the lock is not held any more: it ran out while the process slept, and
  /// somebody took it over.
  public func check() async throws {
    try Task.checkCancellation()
    let holder = holder
    let others = try await MaintenanceLockFile.all(in: folder, fileIO: fileIO)
    let isThere = others.contains { $0.number == number && $0.holder.id == holder.id }
    let now = environment.now()
    let successor = others.last { $0.number > number && $0.holder.expiresMillis > now }
    guard isThere, successor == nil else {
      let whose = successor.map { ": \($0.holder) maintains the table" } ?? ""
      throw IcebergError(
        .commitConflict, "the lock of the maintenance was lost\(whose). Run it again later",
        context: .init(location: folder))
    }
  }
}

// How a lock is taken, kept and given back.
extension MaintenanceLock {
  /// How often a lock is tried for when others that try make way, too.
  private static let attempts = 5

  /// Takes the lock of a table.
  package static func acquire(
    _ table: Table, owner: String? = nil, lasting: Duration = .seconds(600),
    environment: CommitEnvironment = .system
  ) async throws -> Outcome<MaintenanceLock> {
    let folder = MaintenanceLockFile.folder(of: table.metadata)
    let fileIO = table.fileIO
    var competitor: Holder?
    for _ in 0..<attempts {
      let before = try await MaintenanceLockFile.all(in: folder, fileIO: fileIO)
      let now = environment.now()
      if let live = before.last(where: { $0.holder.expiresMillis > now }) {
        return .locked(by: live.holder)
      }
      let (number, overflow) = (before.last?.number ?? 0).addingReportingOverflow(1)
      guard !overflow else {
        throw IcebergError(
          .invalidFile, "the number of the last lock cannot be counted on: remove its file",
          context: .init(location: folder))
      }
      let mine = MaintenanceLockFile(
        number: number,
        holder: Holder(
          id: environment.uuid(), owner: owner ?? ProcessInfo.processInfo.userName,
          host: ProcessInfo.processInfo.hostName,
          processID: ProcessInfo.processInfo.processIdentifier, acquiredMillis: now,
          expiresMillis: end(from: now, lasting)))
      guard try await make(mine, in: folder, fileIO: fileIO) else { continue }
      let location = MaintenanceLockFile.location(number, in: folder)
      do {
        // Whoever looked before somebody else released a lock may have made one of another number: each
        // of two sees that of the other at the latest now, after making its own.
        let others = try await MaintenanceLockFile.all(in: folder, fileIO: fileIO)
          .filter { $0.number != number }
        let time = environment.now()
        competitor = others.last { $0.number > number || $0.holder.expiresMillis > time }?.holder
        if competitor == nil {
          try await fileIO.remove(
            others.map { MaintenanceLockFile.location($0.number, in: folder) })
          return .done(
            MaintenanceLock(
              mine, in: folder, fileIO: fileIO, environment: environment, lasting: lasting))
        }
        try await fileIO.remove([location])
        try await environment.sleep(.milliseconds(environment.random(in: 10...100)))
      } catch {
        await undisturbed { try? await fileIO.remove([location]) }
        throw error
      }
    }
    if let competitor { return .locked(by: competitor) }
    throw IcebergError(
      .unavailable, "the lock of the maintenance was taken by others again and again: try later",
      context: .init(location: folder))
  }

  /// Moves the end of the lock on. Throws as ``check()`` does.
  package func renew() async throws {
    try await check()
    var next = holder
    next.expiresMillis = Self.end(from: environment.now(), lasting)
    try await fileIO.write(
      next.bytes, to: MaintenanceLockFile.location(number, in: folder), mode: .replace)
    state.withLock { $0 = next }
    // Somebody may have taken it over, and removed the old file, just before the new one was written.
    do {
      try await check()
    } catch let error as IcebergError where error.code == .commitConflict {
      try? await fileIO.remove([MaintenanceLockFile.location(number, in: folder)])
      throw error
    }
  }

  /// Gives the lock back, unless somebody else has it by now.
  package func release() async throws {
    let location = MaintenanceLockFile.location(number, in: folder)
    guard let bytes = try? await fileIO.read(location, range: nil),
      try Holder(parsing: bytes, location).id == holder.id
    else { return }
    try await fileIO.remove([location])
  }

  private static func end(from now: Int64, _ lasting: Duration) -> Int64 {
    let (seconds, attoseconds) = lasting.components
    let (millis, isTooLong) = seconds.multipliedReportingOverflow(by: 1000)
    let length = isTooLong ? .max : max(1, millis &+ attoseconds / 1_000_000_000_000_000)
    let (end, overflow) = now.addingReportingOverflow(length)
    return overflow ? .max : end
  }

  /// Writes a new lock. Returns false when another one was first.
  private static func make(
    _ file: MaintenanceLockFile, in folder: String, fileIO: any FileIO
  ) async throws -> Bool {
    let location = MaintenanceLockFile.location(file.number, in: folder)
    do {
      try await fileIO.write(file.holder.bytes, to: location, mode: .createNew)
      return true
    } catch let error as IcebergError where error.code == .alreadyExists {
      return false
    } catch {
      // The file may have appeared all the same; a lock that nobody knows to have is none.
      await undisturbed {
        if let bytes = try? await fileIO.read(location, range: nil),
          let found = try? Holder(parsing: bytes, location), found.id == file.holder.id
        {
          try? await fileIO.remove([location])
        }
      }
      throw error
    }
  }

  /// Renews the lock in time, until the task is cancelled or the lock is lost.
  private func renewUntilCancelled() async {
    while !Task.isCancelled {
      do {
        try await environment.sleep(lasting / 3)
        try await renew()
      } catch let error as IcebergError where error.code != .commitConflict {
        // Storage that does not answer now may do so before the lock runs out.
        continue
      } catch {
        return
      }
    }
  }

  private func end(_ renewal: Task<Void, Never>) async {
    renewal.cancel()
    // A write that is under way would bring the file back.
    await renewal.value
    await Self.undisturbed { try? await self.release() }
  }

  /// Tidies up even where the task is cancelled.
  private static func undisturbed(_ work: @escaping @Sendable () async -> Void) async {
    await Task { await work() }.value
  }
}

extension MaintenanceLock.Holder: CustomStringConvertible {
  /// Who it is, for people: `ops (process 4711 on host etl-1, until 2024-01-15T10:30:00+00:00)`.
  public var description: String {
    "\(owner) (process \(processID) on host \(host), until \(TableMetadata.timeText(expiresMillis)))"
  }
}
