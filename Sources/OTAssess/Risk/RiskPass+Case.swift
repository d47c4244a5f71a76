import GRDB
import OTCase

extension RiskPass {
  /// Rows of `risk_point`, in the order of its key.
  static func writePoints(_ ratings: [Rating], to row: inout some RowSink) throws {
    for rating in ratings {
      var points = rating.points.map { ($0.factor.rawValue, $0.points, $0.reason, $0.evidence) }
      let (scales, reason) = (rating.consequence, rating.consequenceReason)
      points.append(("safety", scales?.safety ?? 0...5, reason, ""))
      points.append(("throughput", scales?.throughput ?? 0...5, reason, ""))
      points.append(("environment", scales?.environment ?? 0...5, reason, ""))
      for (index, (factor, range, reason, evidence)) in points.enumerated() {
        row.add(rating.subject.id)
        row.add(index + 1)
        row.add(factor)
        row.add(range.lowerBound)
        row.add(range.upperBound)
        row.add(reason)
        row.add(evidence)
        try row.insert()
      }
    }
  }

  /// What zones and the site come to.
  func write(_ ratings: [Rating], to database: Database) throws {
    try writeZones(ratings, to: database)
    try writeSite(ratings, to: database)
  }

  /// The finding that sets a risk: the worst band, then the highest bounds, then the id. Approved findings set none.
  private func worst(_ ratings: [Rating]) -> Rating? {
    ratings.filter { !$0.subject.isApproved }.max { left, right in
      (left.band.upperBound, left.product.upperBound, left.product.lowerBound, right.subject.id) < (
        right.band.upperBound, right.product.upperBound, right.product.lowerBound, left.subject.id
      )
    }
  }

  private func writeZones(_ ratings: [Rating], to database: Database) throws {
    for zone in site.zones.sorted(by: { $0.id < $1.id }) {
      let inside = ratings.filter { $0.subject.zone == zone.id }
      let worst = worst(inside)
      let assets = try Int.fetchOne(database, sql: "SELECT count(*) FROM asset WHERE zone_id = ?", arguments: [zone.id])
      let reason =
        (assets ?? 0) == 0
        ? "not assessable: no asset of it was observed"
        : worst == nil ? "no finding in what was observed; that is no proof of none" : "its worst finding"
      try database.execute(
        sql: """
          INSERT INTO zone_risk (zone_id, findings, risk_low, risk_high, risk_band, worst_finding, reason)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          zone.id, inside.count { !$0.subject.isApproved }, worst?.product.lowerBound, worst?.product.upperBound,
          worst?.band.upperBound.name,
          worst?.subject.id, reason,
        ])
    }
  }

  // MARK: the site

  private func writeSite(_ ratings: [Rating], to database: Database) throws {
    func measure(_ key: String, _ low: Double?, _ likely: Double?, _ high: Double?, _ unit: String, _ reason: String)
      throws
    {
      try database.execute(
        sql: "INSERT INTO site_risk (key, low, likely, high, unit, reason) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [key, low, likely, high, unit, reason])
    }
    let open = ratings.filter { !$0.subject.isApproved }
    if let worst = worst(open) {
      try measure(
        "risk", Double(worst.product.lowerBound), nil, Double(worst.product.upperBound), "1 to 25",
        "\(worst.band.upperBound.name), set by \(worst.subject.id); model \(RiskModel.version)")
    } else {
      try measure("risk", nil, nil, nil, "1 to 25", "no open finding in what was observed; that is no proof of none")
    }
    for band in RiskModel.Band.allCases {
      let surely = open.filter { $0.band.lowerBound >= band }.count
      let perhaps = open.filter { $0.band.upperBound >= band }.count
      try measure(
        "findings_\(band.name)_or_worse", Double(surely), nil, Double(perhaps), "findings",
        "of \(open.count) open findings that could be rated, without \(ratings.count - open.count) approved; bounds of "
          + "their ranges")
    }
    try writeThroughput(open, measure)
  }

  /// A whole number without its fraction.
  private func plain(_ number: Double) -> String {
    Int64(exactly: number).map(String.init) ?? String(number)
  }

  private func writeThroughput(
    _ open: [Rating], _ measure: (String, Double?, Double?, Double?, String, String) throws -> Void
  ) throws {
    let stated = site.units.filter { $0.movesPerHour != nil }
    guard !stated.isEmpty else {
      try measure(
        "moves_at_risk", nil, nil, nil, "moves/hour", "not assessable: give units with moves_per_hour in the site file")
      return
    }
    func zones(_ isAtRisk: (Rating) -> Bool) -> Set<String> { Set(open.filter(isAtRisk).compactMap(\.subject.zone)) }
    let surely = zones { $0.band.lowerBound >= .high }
    let perhaps = zones { $0.band.upperBound >= .high }
    func moves(_ zones: Set<String>) -> Double {
      stated.reduce(0) { $1.zone.map(zones.contains) == true ? $0 + ($1.movesPerHour ?? 0) : $0 }
    }
    let total = stated.reduce(0) { $0 + ($1.movesPerHour ?? 0) }
    try measure(
      "moves_at_risk", moves(surely), nil, moves(perhaps), "moves/hour",
      "units in zones with an open finding of band high or worse, of \(plain(total)) moves/hour of \(stated.count) units"
    )
    let exposed = stated.filter { $0.zone.map(perhaps.contains) == true }
    for scenario in ThroughputLoss.Scenario.allCases {
      let units = scenario == .controller ? exposed : stated
      let key = "teu_lost_" + scenario.rawValue.replacing(" ", with: "_")
      let reason =
        "\(units.count) of \(stated.count) units, \(plain(scenario.hours.lowerBound)) to "
        + "\(plain(scenario.hours.upperBound)) hours of "
        + "\(scenario.rawValue), \(site.site.teuFactor.map { "\($0)" } ?? "\(ThroughputLoss.defaultFactor) (default)") "
        + "TEU a move; the kind of unit that loses most; likely is the middle"
      guard let loss = ThroughputLoss(units: units, factor: site.site.teuFactor, scenario: scenario) else {
        try measure(key, nil, nil, nil, "TEU", "no unit lies in a zone with an open finding of band high or worse")
        continue
      }
      try measure(key, loss.low, loss.likely, loss.high, "TEU", reason)
    }
  }
}
