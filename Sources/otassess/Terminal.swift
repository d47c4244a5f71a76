#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Standard output and standard error. The only place that writes to them.
enum Terminal {
  static func write(_ bytes: [UInt8]) {
    output(bytes, to: STDOUT_FILENO)
  }

  static func write(_ text: String) { write(Array(text.utf8)) }

  /// A line on standard error: something went wrong or was left out.
  static func complain(_ line: String) {
    output(Array("otassess: \(line)\n".utf8), to: STDERR_FILENO)
  }

  static func note(_ text: String) { output(Array(text.utf8), to: STDERR_FILENO) }

  static let outputIsTerminal = isatty(STDOUT_FILENO) == 1
  static let errorIsTerminal = isatty(STDERR_FILENO) == 1

  private static func output(_ bytes: [UInt8], to file: CInt) {
    var start = 0
    while start < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(file, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      start += count
    }
  }
}

/// Says how far a long run is, on standard error and only on a terminal.
final class Progress: Sendable {
  private let word: String
  private init(_ word: String) { self.word = word }

  static func forTerminal(_ word: String) -> Progress? { Terminal.errorIsTerminal ? Progress(word) : nil }

  func report(_ packets: UInt64) { Terminal.note("\r\u{1b}[K\(word): \(packets) packets") }
  func clear() { Terminal.note("\r\u{1b}[K") }
}
