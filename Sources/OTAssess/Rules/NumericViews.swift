import GRDB
import OTCase

/// Views print times and places in the evidence as text, which costs more than everything else of a rule, and the engine
/// reads it back. A rule that only passes `first_seen`, `last_seen` and `evidence` on is asked of the same views with
/// numbers in these columns, which stand before the case's own as long as rules are asked.
enum NumericViews {
  static func install(in database: Database) throws {
    for view in Schema.views { try database.execute(sql: view.numericDefinition) }
  }

  static func remove(from database: Database) throws {
    for view in Schema.views { try database.execute(sql: "DROP VIEW IF EXISTS temp.\(view.name)") }
  }

  /// Whether a query names these columns in its outermost lists of results and nowhere else, and nothing sorts, groups
  /// or compares results. In doubt it does not suit: then they are text.
  static func suit(_ query: String) -> Bool {
    guard let words = words(query) else { return false }
    var depth = 0
    for (index, word) in words.enumerated() {
      let after = index + 1 < words.count ? words[index + 1] : ""
      switch word {
      case "(": depth += 1
      case ")": depth -= 1
      case "*", "order", "group", "distinct", "intersect", "except", "window", "having":
        if depth == 0 { return false }
      case "union": if after != "all" { return false }
      case "first_seen", "last_seen", "evidence":
        guard depth == 0 else { return false }
        var start = index - 1
        if start > 0, words[start] == "." { start -= 2 }
        guard start >= 0 else { return false }
        // `… AS first_seen` names a result; the column itself stands between commas.
        if words[start] == "as" { continue }
        guard [",", "select"].contains(words[start]), [",", "from", "as"].contains(after) else { return false }
        if after == "as", index + 2 < words.count, words[index + 2] != word { return false }
      default: break
      }
    }
    return true
  }

  /// Words and marks of a query in lower case, each text in quotes as one mark; nil where it holds comments or names in
  /// quotes.
  private static func words(_ query: String) -> [String]? {
    var words: [String] = []
    var word = ""
    var isText = false
    var previous: Character = " "
    for character in query.lowercased() {
      if isText {
        isText = character != "'"
        continue
      }
      if character.isLetter || character.isNumber || character == "_" {
        word.append(character)
      } else {
        if !word.isEmpty { words.append(word) }
        word = ""
        if character == "'" {
          isText = true
          words.append("'")
        } else if ["\"", "[", "`"].contains(character) || (previous == "-" && character == "-")
          || (previous == "/" && character == "*")
        {
          return nil
        } else if !character.isWhitespace {
          words.append(String(character))
        }
      }
      previous = character
    }
    return word.isEmpty ? words : words + [word]
  }
}
