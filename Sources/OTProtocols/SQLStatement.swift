import OTCore

/// What a statement of SQL does, by its first word (ISO/IEC 9075-2:2023 section 13.4 and the dialects' own): the text
/// itself may hold secrets and is not kept.
struct SQLStatement: Sendable {
  /// Index into ``verbs``; 0 for a statement that none of them starts.
  let verb: UInt64

  /// - Parameter isWide: in UTF-16, least significant byte first.
  init(_ text: Span<UInt8>, isWide: Bool = false) {
    let step = isWide ? 2 : 1
    var index = 0
    // Blanks, and comments before the first word (what drivers add).
    while let byte = text.byte(index) {
      if byte == UInt8(ascii: "/"), text.byte(index + step) == UInt8(ascii: "*") {
        index += 2 * step
        while let inside = text.byte(index), inside != UInt8(ascii: "/") || text.byte(index - step) != UInt8(ascii: "*")
        {
          index += step
        }
      } else if byte > 32, byte != UInt8(ascii: "("), byte != UInt8(ascii: ";") {
        break
      }
      index += step
    }
    var found: UInt64 = 0
    for place in 1..<Self.verbs.count where Self.starts(text, with: Self.verbs[place].word, at: index, step) {
      found = UInt64(place)
      break
    }
    // What a database runs outside of itself.
    for place in Self.verbs.indices where Self.verbs[place].isInside && Self.holds(text, Self.verbs[place].word, step) {
      found = UInt64(place)
    }
    verb = found
  }

  private static func starts(_ text: Span<UInt8>, with word: StaticString, at index: Int, _ step: Int) -> Bool {
    let length = word.utf8CodeUnitCount
    guard matches(text, word, at: index, step) else { return false }
    guard let next = text.byte(index + length * step) else { return true }
    return !(lowercased(next) >= 97 && lowercased(next) <= 122) && next != UInt8(ascii: "_")
  }

  private static func matches(_ text: Span<UInt8>, _ word: StaticString, at index: Int, _ step: Int) -> Bool {
    let length = word.utf8CodeUnitCount
    guard index >= 0, length * step <= text.count - index else { return false }
    return word.withUTF8Buffer { expected in
      for position in 0..<length where unsafe lowercased(text[index + position * step]) != expected[position] {
        return false
      }
      return true
    }
  }

  private static func holds(_ text: Span<UInt8>, _ word: StaticString, _ step: Int) -> Bool {
    let first = word.withUTF8Buffer { unsafe $0[0] }
    var index = 0
    while index < min(text.count, 2048) {
      if lowercased(text[index]) == first, matches(text, word, at: index, step) { return true }
      index += step
    }
    return false
  }

  /// Lower case; `isInside` ones are looked for anywhere in the statement.
  static let verbs: [(word: StaticString, kind: OperationKind, isInside: Bool)] = [
    ("statement", .other, false), ("select", .read, false), ("insert", .write, false), ("update", .write, false),
    ("delete", .write, false), ("merge", .write, false), ("replace", .write, false), ("create", .configure, false),
    ("alter", .configure, false), ("drop", .configure, false), ("truncate", .write, false),
    ("grant", .configure, false), ("revoke", .configure, false), ("exec", .other, false),
    ("execute", .other, false), ("call", .other, false), ("set", .session, false), ("show", .read, false),
    ("use", .session, false), ("begin", .session, false), ("commit", .session, false), ("rollback", .session, false),
    ("backup", .read, false), ("restore", .write, false), ("copy", .write, false), ("load", .write, false),
    ("declare", .other, false), ("with", .read, false), ("explain", .read, false), ("describe", .read, false),
    ("shutdown", .control, false), ("kill", .control, false), ("reconfigure", .configure, false),
    ("start", .session, false), ("if", .other, false), ("waitfor", .other, false), ("lock", .session, false),
    ("unlock", .session, false), ("flush", .configure, false), ("vacuum", .other, false), ("print", .other, false),
    ("xp_cmdshell", .program, true), ("sp_oacreate", .program, true), ("into outfile", .program, true),
    ("into dumpfile", .program, true), ("from program", .program, true),
  ]

  /// ``verbs`` by a code's part.
  static func verb(_ code: UInt64) -> (word: String, kind: OperationKind) {
    let verb = verbs[code < UInt64(verbs.count) ? Int(code) : 0]
    return ("\(verb.word)", verb.kind)
  }
}
