import GRDB

/// Why a case could not be written or read.
public enum CaseError: Error, CustomStringConvertible, Equatable {
  /// The facts contradict themselves: a defect of this program.
  case inconsistent(String)
  /// SQLite refused a row.
  case refused(table: String, message: String)
  /// The file is there and was not to be replaced.
  case exists(path: String)
  case missing(path: String)
  /// The file is no case, or none of this version.
  case noCase(path: String, reason: String)
  /// The disk, its permissions or SQLite stand in the way.
  case failed(path: String, reason: String)
  /// A query that SQLite does not understand.
  case notUnderstood(String)
  /// A query that is no single SELECT.
  case notAQuestion(String)
  /// A query ran longer than its budget.
  case stopped(steps: Int)

  public var description: String {
    switch self {
    case .inconsistent(let text): "facts contradict themselves: \(text)"
    case .refused(let table, let message): "row refused by table \(table): \(message)"
    case .exists(let path): "\(path) exists already"
    case .missing(let path): "\(path) does not exist"
    case .noCase(let path, let reason): "\(path) is no case: \(reason)"
    case .failed(let path, let reason): "\(path): \(reason)"
    case .notUnderstood(let message): "the query is not understood: \(message)"
    case .notAQuestion(let text): "only a single SELECT may be asked" + (text.isEmpty ? "" : ": \(text)")
    case .stopped(let steps): "the query was stopped after \(steps) steps"
    }
  }
}

extension CaseError {
  /// What SQLite complained of while a case was written or opened, in a reader's words; nil where it was something else.
  public static func telling(_ error: any Error, of path: String) -> CaseError? {
    guard let error = error as? DatabaseError else { return nil }
    let reason =
      switch error.resultCode {
      case .SQLITE_FULL: "the disk is full; what was begun is removed"
      case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY:
        "cannot be opened; look at the owner of the folder and file"
      case .SQLITE_IOERR: "the disk cannot be read or written (\(error.message ?? "no reason given"))"
      default: error.message ?? "SQLite's error \(error.resultCode.rawValue)"
      }
    return .failed(path: path, reason: reason)
  }
}
