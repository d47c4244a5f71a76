import OTCase

/// One page for whoever decides: how bad, what it could cost in boxes, what to do first.
enum SummarySection: ReportSection {
  static let title = "Summary"
  static let id = "summary"
  private static let topFindings = 10
  private static let firstSteps = 5

  static func blocks(_ reading: CaseReading) throws -> [Block] {
    var blocks: [Block] = [.figures(figures(reading))]
    blocks += stakes(reading)
    guard reading.isAssessed else { return blocks }
    guard !reading.findings.isEmpty else {
      blocks.append(
        .paragraph(plain("No open finding was made in what was recorded. That is no proof that there is none.")))
      return blocks
    }
    return blocks + [top(reading)] + approved(reading) + [steps(reading)]
  }

  private static func figures(_ reading: CaseReading) -> [Figure] {
    let seen = reading.assets.filter { $0.kind == "internal" && $0.presence == "sent" }
    let controllers = seen.filter { $0.role == "plc" || $0.role == "rtu" }.count
    let identified = seen.filter(\.isIdentified).count
    let worst = reading.findings.first
    let severe: Set = ["high", "critical"]
    let surely = reading.findings.filter { severe.contains($0.leastBand ?? $0.severity) }.count
    let perhaps = reading.findings.filter { severe.contains($0.riskBand ?? $0.severity) }.count
    var figures = [
      Figure(worst?.bandWords ?? "not assessed", "worst risk found", worst?.tone ?? .plain),
      Figure(
        reading.isAssessed ? Words.range(surely, perhaps) : "not assessed",
        "of \(Words.count(reading.findings.count, "open finding")) are of high or critical risk",
        perhaps > 0 ? .high : .plain),
      Figure(Words.grouped(seen.count), "devices observed, \(controllers) of them controllers"),
      Figure("\(identified) of \(seen.count)", "with vendor, model and version known"),
      Figure(Words.grouped(reading.totals.conversations), "conversations between them"),
    ]
    if let moves = reading.siteRisk["moves_at_risk"], moves.high != nil {
      figures.append(
        Figure(Words.range(moves.low, moves.high), "moves/hour behind findings of high risk or worse", .high))
    }
    return figures
  }

  /// What it could cost, in the terminal's own measure.
  private static func stakes(_ reading: CaseReading) -> [Block] {
    let losses = reading.siteRisk.values.filter { $0.key.hasPrefix("teu_lost_") }.sorted { $0.key < $1.key }
    let assessed = losses.filter { $0.high != nil }
    guard !assessed.isEmpty else {
      return [
        .notice(
          .info,
          plain(
            "What it could cost in crane moves was not assessed: a site file with zones and with units and their moves "
              + "an hour is needed."))
      ]
    }
    let rows = assessed.map { loss in
      [
        plain(Words.capitalised(scenario(loss.key))), plain(Words.number(loss.low)), plain(Words.number(loss.likely)),
        plain(Words.number(loss.high)), plain(loss.reason),
      ]
    }
    return [
      .table(
        Table(
          "What an event of each kind could cost, in TEU not handled",
          ["Event", .number("Low"), .number("Likely"), .number("High"), "How it is computed"], rows: rows))
    ]
  }

  private static func scenario(_ key: String) -> String {
    String(key.dropFirst("teu_lost_".count)).replacing("_", with: " ")
  }

  private static func top(_ reading: CaseReading) -> Block {
    // One line a rule, so that one cause in ten places does not hide nine other causes.
    var rules: Set<String> = []
    let causes = reading.findings.filter { rules.insert($0.ruleID).inserted }
    let rows: [[[Inline]]] = causes.prefix(topFindings).map { finding in
      let same = reading.findings.filter { $0.ruleID == finding.ruleID }.count
      return [
        [.tag(finding.tone, finding.bandWords)], [.link(finding.title, id: finding.anchor)],
        plain(reading.name(finding.subjectAsset) + (same > 1 ? " and \(same - 1) more" : "")), plain(finding.why),
      ]
    }
    return .table(
      Table(
        "The worst findings, one line for each kind of \(Words.count(reading.findings.count, "open finding"))",
        ["Risk", "Finding", "Where", "Why it matters"], omitted: max(0, causes.count - topFindings),
        more: "chapter Findings", rows: rows))
  }

  /// Grave events the site's own approval covers: still worth the question whether they were planned.
  private static func approved(_ reading: CaseReading) -> [Block] {
    let grave = reading.approved.filter { $0.severity == "critical" || $0.severity == "high" }
    guard !grave.isEmpty else { return [] }
    let shown = grave.prefix(3).map { finding in
      let place = finding.peerAsset.map { " by \(reading.name($0))" } ?? ""
      return "\(finding.title): \(reading.name(finding.subjectAsset))\(place), \(Words.moment(finding.firstTime))"
    }
    return [
      .notice(
        .medium,
        [
          .text("Observed and covered by an approval of the site file, so not counted above: "),
          .text(shown.joined(separator: "; ") + (grave.count > 3 ? "; and \(grave.count - 3) more" : "") + ". "),
          .text("Compare with the change list whether it was planned ("), .link("approved findings", id: "approved"),
          .text(")."),
        ])
    ]
  }

  private static func steps(_ reading: CaseReading) -> Block {
    var rules: Set<String> = []
    let causes = reading.findings.filter { rules.insert($0.ruleID).inserted }.prefix(firstSteps)
    return .card(
      .good,
      [.heading(level: 3, text: "What to do first", id: "first")]
        + [
          .table(
            Table(
              "In this order; each step can be checked by the next recording",
              [.number("Step"), "Do", "Then check that", "Finding"],
              rows: causes.enumerated().map { index, finding in
                [
                  number(index + 1), plain(finding.fix), plain(finding.verify),
                  [.link(finding.ruleID, id: finding.anchor)],
                ]
              }))
        ])
  }
}

extension AssetRow {
  /// Vendor, model and firmware are known: measure 1 of the handbook.
  var isIdentified: Bool { vendor != nil && (product != nil || orderNumber != nil) && firmware != nil }
}
