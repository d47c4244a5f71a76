import OTCase
import OTCore

/// One finding: how bad and why, what was seen and where, how to look at it oneself.
enum FindingCard {
  private static let evidenceAtMost = 6

  static func block(_ finding: FindingRow, _ talks: FindingTalks, _ reading: CaseReading) -> Block {
    let details = reading.details
    var blocks: [Block] = [
      .heading(level: 4, text: heading(finding, reading), id: finding.anchor), .paragraph(risk(finding)),
      .paragraph(seen(finding)),
    ]
    if let points = details.points[finding.id], !points.isEmpty { blocks.append(pointTable(points)) }
    blocks.append(evidence(finding, reading))
    blocks += commands(finding, talks, reading)
    return .card(finding.tone, blocks)
  }

  private static func heading(_ finding: FindingRow, _ reading: CaseReading) -> String {
    var text = reading.name(finding.subjectAsset)
    if let peer = finding.peerAsset { text += ", by or with \(reading.name(peer))" }
    return finding.key.isEmpty ? text : text + ": \(finding.key)"
  }

  private static func risk(_ finding: FindingRow) -> [Inline] {
    guard finding.isRated else {
      return [.text("Risk: not assessed. Severity of the rule: "), .tag(finding.tone, finding.severity)]
    }
    return [
      .tag(finding.tone, finding.bandWords),
      .text(
        " likelihood \(Words.range(finding.likelihoodLow, finding.likelihoodHigh)) of 5, consequence "
          + "\(Words.range(finding.consequenceLow, finding.consequenceHigh)) of 5, risk "
          + "\(Words.range(finding.riskLow, finding.riskHigh)) of 25"),
      .text(finding.riskLow == finding.riskHigh ? "" : " (a range, since inputs are not known)"),
    ]
  }

  private static func seen(_ finding: FindingRow) -> [Inline] {
    guard let first = finding.firstTime else {
      return plain("Configured: \(Words.count(finding.count, "place")).")
    }
    var text = "Observed "
    text +=
      finding.lastTime == finding.firstTime
      ? "at \(Words.moment(first))" : "first at \(Words.moment(first)), last at \(Words.moment(finding.lastTime))"
    text += "; \(Words.count(finding.count, "message or packet", "messages or packets")) counted."
    return plain(text)
  }

  /// A row for each factor of likelihood, one for the scales of consequence.
  private static func pointTable(_ points: [FindingDetails.Point]) -> Block {
    let scales = points.filter { ["safety", "throughput", "environment"].contains($0.factor) }
    var rows: [[[Inline]]] = points.filter { point in !scales.contains { $0.factor == point.factor } }.map { point in
      [
        plain(point.factor), plain(Words.range(point.low, point.high)), plain(point.reason),
        point.evidence.isEmpty ? plain("–") : code(point.evidence),
      ]
    }
    if !scales.isEmpty {
      let words = scales.map { "\($0.factor) \(Words.range($0.low, $0.high))" }.joined(separator: ", ")
      let reasons = scales.map(\.reason)
      let distinct = reasons.enumerated().filter { !reasons.prefix($0.offset).contains($0.element) }.map(\.element)
      rows.append([
        plain("consequence"),
        plain(Words.range(scales.map(\.low).max(), scales.map(\.high).max())),
        plain("\(words): \(distinct.joined(separator: "; "))"), plain("–"),
      ])
    }
    return .table(
      Table("What the risk is made of", ["Factor", .number("Points"), "Why", "Evidence"], rows: rows))
  }

  private static func evidence(_ finding: FindingRow, _ reading: CaseReading) -> Block {
    let rows = reading.details.evidence[finding.id] ?? []
    return .table(
      Table(
        "Evidence: file and frame (or line)", ["Where", "Time", "What is to be seen"],
        omitted: max(0, rows.count - evidenceAtMost), more: "findings.json",
        rows: rows.prefix(evidenceAtMost).map { row in
          [
            code("\(reading.evidence(row.file)?.name ?? ""):\(row.frame)"),
            plain(row.time.map { Words.moment($0) } ?? "–"), plain(row.note.ifEmpty("–")),
          ]
        }))
  }

  private static func commands(
    _ finding: FindingRow, _ talks: FindingTalks, _ reading: CaseReading
  ) -> [Block] {
    let rows = reading.details.evidence[finding.id] ?? []
    guard rows.contains(where: { reading.evidence($0.file)?.kind == "capture" }) else { return [] }
    var blocks: [Block] = []
    if let filter = talks.displayFilter(finding) {
      blocks.append(.paragraph([.text("In Wireshark: "), .code(filter)]))
    }
    if let carve = Commands.carve(finding.id) {
      blocks.append(.paragraph([.text("As a small capture: "), .code(carve)]))
    }
    return blocks
  }
}
