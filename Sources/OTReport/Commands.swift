/// The commands of otassess a report tells its reader to type.
enum Commands {
  /// The name the case has in them; the report does not know its own place.
  static let caseFile = "case.otcase"

  /// nil where the id holds what a shell would read otherwise: a case may come from anybody.
  static func carve(_ finding: String) -> String? {
    let isSafe = finding.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "_")
    }
    guard isSafe, finding.first != "-", !finding.isEmpty else { return nil }
    return "otassess carve \(finding) \(caseFile) --out \(finding).pcap"
  }

  static let verify = "otassess verify \(caseFile)"
  static let draft = "otassess protocols draft SHAPE \(caseFile)"
  static let why = "otassess assets \(caseFile) --why"

  /// `sql` is always ours.
  static func query(_ sql: String) -> String { "otassess query \"\(sql)\" \(caseFile)" }
}
