import OTCase
import OTCore

/// Every finding: what each rule means is said once, then a card for each place it was found.
enum FindingSection: ReportSection {
  static let title = "Findings"
  static let id = "findings"
  private static let cardsPerRule = 8
  private static let cardsAtMost = 120
  private static let rowsAtMost = 60

  static func blocks(_ reading: CaseReading) throws -> [Block] {
    guard reading.isAssessed else { return [.paragraph(plain("Not assessed: no rule was asked of this case."))] }
    guard !reading.findings.isEmpty || !reading.approved.isEmpty else {
      return [.paragraph(plain("Nothing was found in what was recorded; that is no proof that there is nothing."))]
    }
    let groups = groups(reading)
    let talks = try FindingTalks(groups.flatMap { $0.findings.prefix($0.shown) }, reading)
    var blocks: [Block] = [overview(reading)]
    for (findings, shown) in groups {
      blocks += explanation(findings[0], count: findings.count)
      for finding in findings.prefix(shown) { blocks.append(FindingCard.block(finding, talks, reading)) }
      if shown < findings.count { blocks.append(rest(Array(findings.dropFirst(shown)), reading)) }
    }
    return blocks + approved(reading)
  }

  /// Findings by rule, the rule of the worst first, each with how many of them have a card.
  private static func groups(_ reading: CaseReading) -> [(findings: [FindingRow], shown: Int)] {
    var numbers: [String: Int] = [:]
    var groups: [(findings: [FindingRow], shown: Int)] = []
    for finding in reading.findings {
      if let number = numbers[finding.ruleID] {
        groups[number].findings.append(finding)
      } else {
        numbers[finding.ruleID] = groups.count
        groups.append(([finding], 0))
      }
    }
    var left = cardsAtMost
    for index in groups.indices {
      groups[index].shown = min(groups[index].findings.count, cardsPerRule, left)
      left -= groups[index].shown
    }
    return groups
  }

  private static func overview(_ reading: CaseReading) -> Block {
    var bands = FindingRow.severities.dropLast().map { name in
      "\(reading.findings.count { $0.riskBand == name }) \(name)"
    }
    let unrated = reading.findings.count { !$0.isRated }
    if unrated > 0 { bands.append("\(unrated) not rated") }
    return .paragraph(
      plain(
        "\(Words.count(reading.findings.count, "open finding")), by the upper bound of their risk: \(Words.list(bands)). "
          + "\(reading.approved.count) more rest on something the site approved. The frames behind a finding can be "
          + "cut out with the command in its card, and looked at with its display filter in Wireshark."))
  }

  /// What all findings of a rule share.
  private static func explanation(_ finding: FindingRow, count: Int) -> [Block] {
    let techniques = finding.techniques.split(separator: ",").map { Techniques.title(String($0)) }
    let rows: [[[Inline]]] = [
      [[.strong("Why it matters")], plain(finding.why)], [[.strong("What to do")], plain(finding.fix)],
      [[.strong("How to check it was done")], plain(finding.verify)],
      [[.strong("When it is harmless")], plain(finding.falsePositives)],
      [[.strong("Bears on")], plain(finding.controls.replacing(",", with: ", ").ifEmpty("no requirement named"))],
      [[.strong("ATT&CK for ICS")], plain(techniques.joined(separator: ", ").ifEmpty("no technique named"))],
    ]
    return [
      .heading(level: 3, text: "\(finding.title) – \(finding.ruleID)", id: "rule-\(finding.ruleID)"),
      .table(
        Table(
          "\(Words.count(count, "finding")); severity of the rule: \(finding.severity), confidence \(finding.confidence)",
          ["", ""], rows: rows)),
    ]
  }

  private static func rest(_ findings: [FindingRow], _ reading: CaseReading) -> Block {
    .table(
      Table(
        "Further findings of this rule", ["Risk", "Where", "By or with", "What", .number("Times"), "First seen"],
        limit: rowsAtMost, more: "findings.json",
        rows: findings.lazy.map { finding in
          [
            band(finding.riskBand ?? finding.severity), plain(reading.name(finding.subjectAsset)),
            plain(finding.peerAsset.map { reading.name($0) } ?? "–"), plain(finding.key.ifEmpty("–")),
            number(finding.count), plain(Words.moment(finding.firstTime)),
          ]
        }))
  }

  private static func approved(_ reading: CaseReading) -> [Block] {
    guard !reading.approved.isEmpty else { return [] }
    return [
      .heading(level: 3, text: "Approved by the site", id: "approved"),
      .table(
        Table(
          "Observed, and attested by the site file as wanted; whether it is wise was not assessed",
          ["Finding", "Where", "By or with", "Why approved", .number("Times")], limit: rowsAtMost,
          more: "findings.json",
          rows: reading.approved.lazy.map { finding in
            [
              plain("\(finding.title) (\(finding.ruleID))"), plain(reading.name(finding.subjectAsset)),
              plain(finding.peerAsset.map { reading.name($0) } ?? "–"), plain(finding.approvedReason ?? ""),
              number(finding.count),
            ]
          })),
    ]
  }
}
