import OTAssess
import OTCase

/// What a reader needs to check this report, and where its method ends.
enum MethodSection: ReportSection {
  static let title = "Evidence, verification and limits"
  static let id = "method"

  static func blocks(_ reading: CaseReading) throws -> [Block] {
    [evidence(reading)] + [
      .paragraph([
        .text("To check that the files are still those that were examined: "), .code(Commands.verify),
        .text(". Every place in this report is a file of this list and a frame (as Wireshark counts) or a line."),
      ]), .heading(level: 3, text: "Limits of the method", id: "limits"), .list(limits.map { plain($0) }),
      .heading(level: 3, text: "Words", id: "words"), glossary, .heading(level: 3, text: "Made with", id: "made-with"),
      .list(madeWith(reading).map { plain($0) }), .paragraph(plain(Techniques.notice)),
    ]
  }

  private static func evidence(_ reading: CaseReading) -> Block {
    .table(
      Table(
        "Evidence", ["File", .number("Bytes"), "SHA-256"],
        rows: reading.evidence.map { file in
          [code(file.name), number(file.size), file.sha256.isEmpty ? plain("not computed") : code(file.sha256)]
        }))
  }

  private static let limits = [
    "This is a passive assessment: it read what was recorded and sent nothing. It can refute (a command that was not to "
      + "come from the office came from there); it can hardly confirm, for what did not happen while recording may happen "
      + "tomorrow.",
    "A recording point sees what passes it. Traffic inside a switch, on a serial line or over a modem of its own is not "
      + "seen unless it was recorded there.",
    "What devices say of themselves (vendor, firmware, serial number) is their claim; it was not compared with the label.",
    "Who asks and who answers is told from handshakes and from the protocols; where only single packets were recorded, "
      + "from port numbers, which may mislead.",
    "Whether an action was planned is not on the wire. Compare with the change list before drawing conclusions about people.",
    "Likelihood and consequence are points on a printed scale, not measurements; ranges say what is not known.",
  ]

  private static let glossary = Block.table(
    Table(
      "", ["Word", "What it means here"],
      rows: [
        ("observed", "Seen in a recording, with file and frame."),
        ("configured", "Written in a configuration file; whether it is used was not seen."),
        ("attested", "Said by the site (site file); not seen."),
        ("not observed", "Not in these recordings. It may still be there."),
        ("not assessed", "Could not be judged from what was handed over."),
        ("asset", "A device: all addresses that were recognised as one."),
        ("zone", "A part of the terminal with one need for protection, as a crane (IEC 62443-3-2)."),
        ("conversation", "All traffic between a client and one service of a server."),
        (
          "command",
          "An operation that changes something: write, control, program, firmware, configure, "
            + "time (a clock that is set)."
        ),
        ("TEU", "Twenty-foot equivalent unit, the measure of boxes."),
      ].map { [[.strong($0.0)], plain($0.1)] }))

  private static func madeWith(_ reading: CaseReading) -> [String] {
    let rules = reading.isAssessed ? Words.count(reading.rules.count, "rule") : "no rule"
    return [
      "otassess \(reading.meta["program_version"] ?? "(version not recorded)"), schema of the case "
        + "\(reading.meta["schema_version"] ?? "not recorded"), risk model \(RiskModel.version), \(rules)"
        + (reading.meta["knowledge_version"].map { ", knowledge \($0)" } ?? "") + ".",
      "\(Words.count(reading.protocols.count, "protocol")) can be read by this version; docs/protocols.md lists them "
        + "with their specifications.",
    ]
  }
}
