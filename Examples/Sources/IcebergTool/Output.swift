import ExampleSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The output of the tool: results on one stream, messages on the other.
enum Output {
  /// Writes a result.
  static func write(_ text: String) { write(Array(text.utf8)) }

  /// Writes a result that is UTF-8 already.
  static func write(_ bytes: [UInt8]) {
    // Where rows run over the screen, they show themselves that the work goes on.
    if isatty(STDOUT_FILENO) == 1 { progress.end() }
    writeAll(bytes, to: STDOUT_FILENO)
  }

  /// Writes a message for people.
  static func error(_ text: String) {
    progress.end()
    writeAll(Array(text.utf8), to: STDERR_FILENO)
  }

  /// Whether people watch the messages: then long work shows how far it is.
  static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

  /// The line that shows how far the work is.
  static let progress = ProgressLine { writeAll(Array($0.utf8), to: STDERR_FILENO) }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let written = unistdWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
        if written < 0, errno == EINTR { continue }
        // The reader is gone (`iceberg scan | head`): there is nobody left to tell.
        if written <= 0 { exit(errno == EPIPE ? 0 : 1) }
        rest = rest.dropFirst(written)
      }
    }
  }

  private static func unistdWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
    Glibc.write(descriptor, buffer.baseAddress, buffer.count)
    #elseif canImport(Musl)
    Musl.write(descriptor, buffer.baseAddress, buffer.count)
    #else
    Darwin.write(descriptor, buffer.baseAddress, buffer.count)
    #endif
  }
}
