internal import Glibc

/// Why a file is no evidence: it cannot be opened, or it is something else than a capture. Names the file.
///
/// Damage inside a capture is not an error: it is read as far as it goes, see ``Damage``.
public struct CaptureError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// The operating system refused to open, read or write.
    case system
    /// No byte in it.
    case empty
    /// Some other kind of file.
    case foreign
    /// A capture of a version or kind that is not read.
    case unsupported
    /// libpcap does not understand the filter.
    case filter
    /// The caller asked for what cannot be (standard input twice, nothing to read).
    case usage
  }

  public let kind: Kind
  /// The file as the caller named it; empty where there is none.
  public let path: String
  /// What is wrong, in words.
  public let message: String

  init(_ kind: Kind, _ path: String, _ message: String) {
    self.kind = kind
    self.path = path
    self.message = message
  }

  /// The message of the last failed system call.
  static func system(_ path: String, _ doing: String) -> CaptureError {
    CaptureError(.system, path, "\(doing): \(systemMessage(errno))")
  }

  public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

/// The operating system's words for an error number.
func systemMessage(_ number: CInt) -> String {
  guard let text = unsafe strerror(number) else { return "error \(number)" }
  return unsafe String(cString: text)
}
