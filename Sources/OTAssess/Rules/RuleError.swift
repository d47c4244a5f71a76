/// Why a rule cannot be asked: its author must mend it, nobody may overlook it.
public struct RuleError: Error, Equatable, CustomStringConvertible {
  public enum Cause: Sendable, Equatable {
    /// SQLite does not accept the query.
    case invalid(String)
    /// It would change the case, or is no query.
    case notReadOnly
    case missingColumns([String])
    /// A column holds what it may not.
    case badValue(column: String, value: String)
  }
  public var rule: String
  public var file: String
  public var cause: Cause

  public var description: String {
    let text =
      switch cause {
      case .invalid(let message): "the query is not valid: \(message)"
      case .notReadOnly: "the query must only read"
      case .missingColumns(let names): "the query lacks the columns \(names.joined(separator: ", "))"
      case .badValue(let column, let value): "\(column) cannot be \"\(value)\""
      }
    return "\(file): \(rule): \(text)"
  }
}
