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
    case .notAQuestion(let text): "only a single SELECT may be asked: \(text)"
    case .stopped(let steps): "the query was stopped after \(steps) steps"
    }
  }
}
