import Foundation
import Glibc
import Synchronization

/// Standard output and standard error. The only place that writes to them.
enum Terminal {
  static func write(_ bytes: [UInt8]) {
    output(bytes, to: STDOUT_FILENO)
  }

  static func write(_ text: String) { write(Array(text.utf8)) }

  /// A line on standard error: something went wrong or was left out.
  static func complain(_ line: String) {
    output(Array("otassess: \(TerminalText.escaped(line))\n".utf8), to: STDERR_FILENO)
  }

  /// What a reader has to know before trusting a result.
  static func warn(_ lines: [String]) {
    for line in lines { complain(line) }
  }

  static func note(_ text: String) { output(Array(text.utf8), to: STDERR_FILENO) }

  static let outputIsTerminal = isatty(STDOUT_FILENO) == 1
  static let errorIsTerminal = isatty(STDERR_FILENO) == 1

  /// Cut and coloured on a terminal only, and never coloured where NO_COLOR says so (https://no-color.org).
  static let tableStyle: TablePrinter.Style = {
    guard outputIsTerminal else { return TablePrinter.Style() }
    let environment = ProcessInfo.processInfo.environment
    let isPlain = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
    return TablePrinter.Style(width: columns, hasColours: !isPlain)
  }()

  private static var columns: Int? {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// A reader that has seen enough (`| head`) is no error: what follows is written nowhere.
  static func outliveReaders() { signal(SIGPIPE, SIG_IGN) }

  /// Number of the error that kept standard output from being written whole; 0: none.
  private static let failure = Atomic<Int>(0)

  /// Why standard output is not whole.
  static var whatFailed: String? {
    let number = CInt(truncatingIfNeeded: failure.load(ordering: .relaxed))
    return number == 0 ? nil : PlainError.words(number)
  }

  private static func output(_ bytes: [UInt8], to file: CInt) {
    var start = 0
    while start < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(file, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        // A reader that has seen enough is no error; a full disk is.
        if file == STDOUT_FILENO, errno != EPIPE { failure.store(Int(errno), ordering: .relaxed) }
        return
      }
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

extension Terminal {
  /// Why a command ended: one line for what went wrong, the usage after it where the command was wrong.
  static func complain(_ error: any Error) {
    let text = PlainError.text(error) ?? OTAssess.fullMessage(for: error)
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if index == 0 {
        complain(line.hasPrefix("Error: ") ? String(line.dropFirst(7)) : String(line))
      } else {
        note(TerminalText.escaped(String(line)) + "\n")
      }
    }
  }
}
