import IcebergModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension IcebergError {
  /// What a system call left in `errno`, as an error that names the file.
  static func systemCall(_ action: String, _ location: String, errno code: Int32) -> IcebergError {
    let kind: Code =
      switch code {
      case ENOENT: .notFound
      case EEXIST: .alreadyExists
      case EACCES, EPERM, EROFS: .permissionDenied
      case EINVAL, ENAMETOOLONG, ELOOP, EISDIR, ENOTDIR: .invalidArgument
      case EAGAIN, ETIMEDOUT: .unavailable
      default: .storage
      }
    let reason = String(cString: strerror(code))
    return IcebergError(
      kind, "cannot \(action): \(reason)", context: Context(location: location))
  }
}

/// Calls `body` again as long as a signal interrupts it. A negative result is an error; `errno` says
/// which.
func retryingInterrupts<R: SignedInteger>(_ body: () -> R) -> R {
  while true {
    let result = body()
    if result >= 0 || errno != EINTR { return result }
  }
}
