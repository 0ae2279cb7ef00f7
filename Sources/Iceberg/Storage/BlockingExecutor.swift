import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Threads for calls that block, such as reading from a disk.
///
/// Swift runs tasks on about as many threads as there are cores; one blocking call there holds up
/// every task of the process. Here such calls wait on threads of their own: they start when they are
/// needed, are never more than ``threadLimit``, and end when they have had nothing to do for a while.
public final class BlockingExecutor: Sendable {
  /// The number of threads where none is given.
  public static let defaultThreadLimit = 8

  /// The greatest number of calls that run at the same time.
  public let threadLimit: Int

  private let queue: BlockingQueue

  /// An executor of up to `threadLimit` threads, none of which runs yet.
  public init(threadLimit: Int = BlockingExecutor.defaultThreadLimit) {
    self.threadLimit = max(1, threadLimit)
    queue = BlockingQueue(threadLimit: max(1, threadLimit))
  }

  deinit { queue.close() }

  /// Runs `body` on a thread of the executor and returns what it returns.
  ///
  /// A task that is cancelled while `body` waits for a thread throws `CancellationError`, and `body`
  /// does not run. Once `body` has begun it runs to its end and its result is returned.
  public func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try Task.checkCancellation()
    let ticket = BlockingTicket()
    defer { withExtendedLifetime(self) {} }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        ticket.onCancel { continuation.resume(throwing: CancellationError()) }
        queue.add {
          guard ticket.begin() else { return }
          continuation.resume(with: Result(catching: body))
        }
      }
    } onCancel: {
      ticket.cancel()
    }
  }
}

/// Decides, once, whether a waiting call begins or is cancelled.
private final class BlockingTicket: Sendable {
  private enum Phase {
    case new
    case waiting(@Sendable () -> Void)
    case begun
    case cancelled
  }

  private let phase = Mutex(Phase.new)

  /// Says what is to happen when the call is cancelled before it begins; at once if it was already.
  func onCancel(_ handler: @escaping @Sendable () -> Void) {
    let isCancelled = phase.withLock { phase in
      if case .cancelled = phase { return true }
      phase = .waiting(handler)
      return false
    }
    if isCancelled { handler() }
  }

  func begin() -> Bool {
    phase.withLock { phase in
      guard case .waiting = phase else { return false }
      phase = .begun
      return true
    }
  }

  func cancel() {
    let handler: (@Sendable () -> Void)? = phase.withLock { phase in
      switch phase {
      case .new:
        phase = .cancelled
        return nil
      case .waiting(let handler):
        phase = .cancelled
        return handler
      case .begun, .cancelled:
        return nil
      }
    }
    handler?()
  }
}

/// Jobs in their order, and the threads that work them off.
///
/// The threads hold the queue, not the executor, so that letting go of the executor ends them.
private final class BlockingQueue: @unchecked Sendable {
  private static let idleSeconds = 10

  private let threadLimit: Int
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  // Everything below is read and changed only while `mutex` is held.
  private var jobs: [@Sendable () -> Void] = []
  private var next = 0
  private var threads = 0
  private var idle = 0
  private var isClosed = false

  init(threadLimit: Int) {
    self.threadLimit = threadLimit
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    condition = .allocate(capacity: 1)
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func add(_ job: @escaping @Sendable () -> Void) {
    pthread_mutex_lock(mutex)
    jobs.append(job)
    let waiting = jobs.count - next
    if waiting > idle, threads < threadLimit, startThread() { threads += 1 }
    let isAlone = threads == 0
    if isAlone { takeBack() }
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
    // The system refuses even a first thread: slow is better than never.
    if isAlone { job() }
  }

  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  private func takeBack() {
    jobs.removeLast()
  }

  private func startThread() -> Bool {
    let unmanaged = Unmanaged.passRetained(self)
    #if canImport(Darwin)
    var thread: pthread_t?
    let code = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<BlockingQueue>.fromOpaque(argument).takeRetainedValue().work()
        return nil
      }, unmanaged.toOpaque())
    if code == 0, let thread { pthread_detach(thread) }
    #else
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument {
          Unmanaged<BlockingQueue>.fromOpaque(argument).takeRetainedValue().work()
        }
        return nil
      }, unmanaged.toOpaque())
    if code == 0 { pthread_detach(thread) }
    #endif
    if code != 0 { unmanaged.release() }
    return code == 0
  }

  private func work() {
    pthread_mutex_lock(mutex)
    while let job = takeNext() {
      pthread_mutex_unlock(mutex)
      job()
      pthread_mutex_lock(mutex)
    }
    threads -= 1
    pthread_mutex_unlock(mutex)
  }

  /// The next job, waited for; nil when the thread should end.
  private func takeNext() -> (@Sendable () -> Void)? {
    while next == jobs.count {
      if isClosed { return nil }
      idle += 1
      var deadline = timespec()
      clock_gettime(CLOCK_REALTIME, &deadline)
      deadline.tv_sec += Self.idleSeconds
      let code = pthread_cond_timedwait(condition, mutex, &deadline)
      idle -= 1
      if code == ETIMEDOUT, next == jobs.count { return nil }
    }
    let job = jobs[next]
    next += 1
    // Jobs that were taken are let go of in one go, not one by one.
    if next == jobs.count || next > 1024 {
      jobs.removeFirst(next)
      next = 0
    }
    return job
  }
}
