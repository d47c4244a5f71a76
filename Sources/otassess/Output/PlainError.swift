import Foundation
import Glibc

/// Errors of Foundation in the words of a reader: which file, and what the operating system said.
enum PlainError {
  /// nil: the error speaks for itself.
  static func text(_ error: any Error) -> String? {
    guard let cocoa = error as? CocoaError else { return nil }
    let reason = cocoa.underlying.map { words(CInt(truncatingIfNeeded: ($0 as NSError).code)) }
    return "\(cocoa.filePath ?? "a file"): cannot be written" + (reason.map { ": \($0)" } ?? "")
  }

  /// The operating system's words for an error number.
  static func words(_ number: CInt) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
  }
}
