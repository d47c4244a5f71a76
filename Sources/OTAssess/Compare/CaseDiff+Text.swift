import Foundation

extension CaseDiff {
  /// JSON with sorted keys, the same for the same comparison.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// Markdown: one table for each part that has entries.
  public func markdown() -> String {
    var text = "# What changed\n\n"
    for (name, entries) in sections {
      text += "- \(name): \(entries.isEmpty ? "no change seen" : Self.summary(entries))\n"
    }
    text += "- findings still open: \(stillOpen)\n\n"
    text += "*Not observed* is no proof of absence, and a finding *not observed again* is no proof that it is mended.\n"
    for (name, entries) in sections where !entries.isEmpty {
      text +=
        "\n## \(name.prefix(1).uppercased())\(name.dropFirst())\n\n| verdict | what | change | evidence |\n|---|---|---|---|\n"
      for entry in entries {
        let changes = entry.changes.map {
          "\(Self.escape($0.field)): \(Self.escape($0.before ?? "not known")) → \(Self.escape($0.after ?? "not known"))"
        }
        text += "| \(entry.verdict.rawValue) | \(Self.escape(entry.detail)) | \(changes.joined(separator: "; ")) |"
        text += " \(Self.escape(entry.evidence)) |\n"
      }
    }
    return text
  }

  private static func summary(_ entries: [Entry]) -> String {
    Verdict.allCases.compactMap { verdict in
      let count = entries.filter { $0.verdict == verdict }.count
      return count == 0 ? nil : "\(count) \(verdict.rawValue)"
    }.joined(separator: ", ")
  }

  /// Text from the wire in a Markdown table cell: no markup, no HTML, no line break, no control character.
  static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\\", "`", "*", "_", "{", "}", "[", "]", "(", ")", "#", "!", "|", "~":
        result += "\\"
        result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value): result += " "
      case _ where scalar.properties.isBidiControl || scalar.properties.isDefaultIgnorableCodePoint: break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
