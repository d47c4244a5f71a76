import OTCase

/// How the risk comes about, by finding, zone and site; what is not known stays a range, and what would narrow it is said.
enum RiskSection: ReportSection {
  static let title = "Risk"
  static let id = "risk"

  static func blocks(_ reading: CaseReading) throws -> [Block] {
    let rated = reading.findings.filter(\.isRated)
    guard !rated.isEmpty else {
      return [.paragraph(plain("Risk was not assessed: there is no rated finding."))] + measures(reading)
    }
    let matrix = RiskMatrix(
      rated.compactMap { finding in
        guard let low = finding.likelihoodLow, let high = finding.likelihoodHigh, let least = finding.consequenceLow,
          let most = finding.consequenceHigh
        else { return nil }
        return .init(
          finding.id, likelihood: min(low, high)...max(low, high), consequence: min(least, most)...max(least, most))
      })
    return [
      .paragraph(
        plain(
          "Likelihood is counted in points: exposure 0 to 3, weakness 0 to 3, threat 0 to 2, less controls 0 to 2. "
            + "Consequence is the worst of safety, throughput and environment. \(rated.count) of "
            + "\(Words.count(reading.findings.count, "open finding")) could be rated.")),
      .matrix(matrix),
    ] + (try zones(reading)) + measures(reading) + unknown(reading)
  }

  private static func zones(_ reading: CaseReading) throws -> [Block] {
    let zones = try reading.store.all(ZoneRiskRow.self)
    guard !zones.isEmpty else { return [.paragraph(plain("Zones were not given, so their risk was not assessed."))] }
    let rank = FindingRow.severities
    let sorted = zones.sorted { left, right in
      func key(_ row: ZoneRiskRow) -> (Int, Int, String) {
        (row.riskBand.flatMap { rank.firstIndex(of: $0) } ?? rank.count, -(row.riskHigh ?? 0), row.zoneID)
      }
      return key(left) < key(right)
    }
    return [
      .table(
        Table(
          "Risk of the zones",
          ["Zone", "Band", .number("Risk of 25"), .number("Findings"), "Set by", "How it comes about"],
          limit: 60, more: "table zone_risk of the case",
          rows: sorted.map { row in
            let worst = reading.findings.first { $0.id == row.worstFinding }
            return [
              plain(reading.zoneName(row.zoneID)), band(row.riskBand), plain(Words.range(row.riskLow, row.riskHigh)),
              number(row.findings), worst.map { [.link($0.title, id: $0.anchor)] } ?? plain("–"), plain(row.reason),
            ]
          }))
    ]
  }

  private static func measures(_ reading: CaseReading) -> [Block] {
    guard !reading.siteRisk.isEmpty else { return [] }
    let rows = reading.siteRisk.values.sorted { (place($0.key), $0.key) < (place($1.key), $1.key) }.map { row in
      [
        plain(measureName(row.key)),
        plain(Words.number(row.low)), plain(row.likely.map { Words.number($0) } ?? "–"), plain(Words.number(row.high)),
        plain(row.unit), plain(row.reason),
      ]
    }
    return [
      .table(
        Table(
          "Measures of the whole site",
          ["Measure", .number("Low"), .number("Likely"), .number("High"), "Unit", "How it is computed"], rows: rows))
    ]
  }

  /// Counts of findings stand by severity, as everywhere.
  private static func place(_ key: String) -> Int {
    FindingRow.severities.firstIndex { key.hasPrefix("findings_\($0)") } ?? (key < "findings" ? -1 : Int.max)
  }

  private static func measureName(_ key: String) -> String {
    if key.hasPrefix("findings_"), let level = key.split(separator: "_").dropFirst().first {
      return "Findings of \(level) risk" + (level == "critical" ? "" : " or worse")
    }
    return Words.capitalised(key.replacing("_", with: " ").replacing("teu lost ", with: "TEU lost: "))
  }

  // MARK: what is not known

  /// A factor whose bounds differ, over all open findings.
  private struct UnknownInput {
    var factor: String
    /// The first by its text.
    var reason: String
    var findings = 0, width = 0

    /// Those that widen most findings first.
    static func all(_ reading: CaseReading) -> [UnknownInput] {
      var inputs: [String: UnknownInput] = [:]
      for finding in reading.findings {
        var counted: Set<String> = []
        for point in reading.details.points[finding.id] ?? [] where point.high > point.low {
          var input = inputs[point.factor] ?? UnknownInput(factor: point.factor, reason: point.reason)
          if counted.insert(point.factor).inserted { input.findings += 1 }
          input.width = max(input.width, point.high - point.low)
          if point.reason.utf8.lexicographicallyPrecedes(input.reason.utf8) { input.reason = point.reason }
          inputs[point.factor] = input
        }
      }
      return inputs.values.sorted { ($1.findings, $0.factor) < ($0.findings, $1.factor) }
    }
  }

  private static func unknown(_ reading: CaseReading) -> [Block] {
    let rows = UnknownInput.all(reading)
    guard !rows.isEmpty else { return [] }
    return [
      .table(
        Table(
          "What is not known, and what would narrow the ranges",
          [
            "Input", .number("Findings it widens"), .number("Points open, at most"), "For example",
            "What would narrow it",
          ],
          rows: rows.map { row in
            [
              plain(Words.capitalised(row.factor)), plain(Words.share(row.findings, of: reading.findings.count)),
              number(row.width), plain(row.reason), plain(remedy(row.factor)),
            ]
          }))
    ]
  }

  private static func remedy(_ factor: String) -> String {
    switch factor {
    case "exposure": "Configurations of the firewalls and routers between the zones; captures at the borders."
    case "weakness": "Exact model and firmware: read from the device or its label."
    case "threat": "Ask who did it and whether it was planned: the change list of those hours."
    case "controls": "Show the control at work: a log entry, an alarm, a rule that was hit."
    case "safety", "throughput", "environment": "The site file: scales of the zone, or the role of the asset."
    default: "The site file."
    }
  }
}
