/// Text on a terminal: what it may hold and how wide it is.
///
/// The one place where text is escaped for a terminal. Much of it comes from a network that somebody else may own.
enum TerminalText {
  /// Shows every character that could move the cursor, change colours, turn the direction of writing or be invisible.
  static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isUnsafe(scalar) {
        let digits = String(scalar.value, radix: 16)
        result += scalar.value < 0x100 ? (scalar.value < 0x10 ? "\\x0\(digits)" : "\\x\(digits)") : "\\u{\(digits)}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7f: false
    case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029: true
    default: scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isBidiControl
    }
  }

  /// Cells the text takes: two for the wide characters of East Asian scripts and pictures, none for combining marks
  /// (Unicode Standard Annex 11).
  static func width(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + width($1) } }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0..<0x300: 1
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
      0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
      2
    default:
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: 0
      default: 1
      }
    }
  }

  /// The text in at most `room` cells, with an ellipsis where something is cut off.
  static func cut(_ text: String, to room: Int) -> String {
    guard width(text) > room else { return text }
    var result = ""
    var used = 0
    for character in text {
      let next = width(String(character))
      guard used + next < room else { break }
      result.append(character)
      used += next
    }
    return result + "…"
  }
}
