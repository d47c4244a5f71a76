import GRDB

/// Writes the risk of every finding, zone and the site: `risk_point`, `zone_risk`, `site_risk` and the ranges in
/// `finding`. Every point stands beside its reason; what was not collected widens the range.
struct RiskPass {
  let site: SiteFile

  init(_ site: SiteFile) { self.site = site }

  /// What is rated: a finding with what its subject is.
  struct Subject {
    var id: String
    var rule: String
    var type: String
    var hasTechnique: Bool
    var isApproved: Bool
    var asset: String?
    var role: AssetRole?
    var zone: String?
    var evidence: String
  }

  struct Rating {
    var subject: Subject
    var points: [RiskModel.Point]
    var consequence: Consequence?
    var consequenceReason: String

    var likelihood: ClosedRange<Int> { RiskModel.likelihood(points) }
    var consequenceRange: ClosedRange<Int> { RiskModel.consequence(consequence) }
    /// Likelihood times consequence, 1...25.
    var product: ClosedRange<Int> {
      likelihood.lowerBound * consequenceRange.lowerBound...likelihood.upperBound * consequenceRange.upperBound
    }
    var band: ClosedRange<RiskModel.Band> { RiskModel.band(likelihood: likelihood, consequence: consequenceRange) }
  }

  func run(weakness: [String: Int], in database: Database) throws {
    for table in ["risk_point", "zone_risk", "site_risk"] { try database.execute(sql: "DELETE FROM \(table)") }
    let exposure = try Exposure(database, knowsZones: !site.zones.isEmpty)
    let ratings = try subjects(database).map { subject in
      let (consequence, reason) = consequence(of: subject)
      return Rating(
        subject: subject, points: points(of: subject, exposure, weakness[subject.rule]), consequence: consequence,
        consequenceReason: reason)
    }
    for rating in ratings { try write(rating, to: database) }
    try writeZones(ratings, to: database)
    try writeSite(ratings, to: database)
  }

  private func subjects(_ database: Database) throws -> [Subject] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT f.id, f.rule_id, f.type, f.techniques <> '', f.approved_reason IS NOT NULL, f.subject_asset, a.role,
          a.zone_id, coalesce((SELECT v.name || ':' || e.frame FROM finding_evidence e
            JOIN evidence v ON v.id = e.evidence_id WHERE e.finding_id = f.id AND e.position = 1), '')
        FROM finding f LEFT JOIN asset a ON a.id = f.subject_asset ORDER BY f.id
        """
    ).map { row in
      Subject(
        id: row[0], rule: row[1], type: row[2], hasTechnique: row[3], isApproved: row[4], asset: row[5],
        role: (row[6] as String?).flatMap(AssetRole.init(rawValue:)), zone: row[7], evidence: row[8])
    }
  }

  // MARK: likelihood

  private func points(of subject: Subject, _ exposure: Exposure, _ weakness: Int?) -> [RiskModel.Point] {
    var points = [exposure.point(of: subject.asset)]
    if let weakness {
      points.append(.init(.weakness, weakness...weakness, Self.weaknessText[weakness], evidence: subject.evidence))
    }
    let isAction = subject.type == "behaviour" || subject.type == "indicator"
    switch (subject.type, subject.hasTechnique) {
    case ("indicator", _): points.append(.init(.threat, 2...2, "an indicator was seen", evidence: subject.evidence))
    case ("behaviour", true) where !subject.isApproved:
      points.append(
        .init(.threat, 1...2, "the action was seen; whether it was meant is not known", evidence: subject.evidence))
    case (_, true): points.append(.init(.threat, 1...1, "a technique used against this kind of system"))
    case (_, false): points.append(.init(.threat, 0...0, "no technique is known to need it"))
    }
    if subject.isApproved {
      points.append(.init(.controls, 1...1, "approved in the site file; no control was shown"))
    } else if isAction || subject.type == "configuration" {
      points.append(.init(.controls, 0...1, "nothing stopped it; whether anything watches is not known"))
    } else {
      points.append(.init(.controls, 0...2, "controls were not assessed"))
    }
    return points
  }

  private static let weaknessText = [
    "no weakness known", "a hardening gap", "control or credentials without protection",
    "default credentials, or a weakness known to be exploited",
  ]

  // MARK: consequence

  private func consequence(of subject: Subject) -> (Consequence?, reason: String) {
    let byRole = subject.role?.consequence
    let stated = site.assets.first { $0.address.description == subject.asset }?.criticality
    if let zone = site.zones.first(where: { $0.id == subject.zone }),
      zone.safety != nil || zone.throughput != nil || zone.environment != nil
    {
      let whole = byRole ?? Consequence(criticality: 1...5, safety: 0...5, throughput: 0...5, environment: 0...5)
      let consequence = Consequence(
        criticality: zone.criticality.map { $0...$0 } ?? whole.criticality,
        safety: zone.safety.map { $0...$0 } ?? whole.safety,
        throughput: zone.throughput.map { $0...$0 } ?? whole.throughput,
        environment: zone.environment.map { $0...$0 } ?? whole.environment)
      return (consequence, "scales of \(zone.id) in the site file")
    }
    if let stated {
      // The site rated the asset as a whole: its criticality bounds the worst scale.
      let scale = 0...stated
      return (
        Consequence(criticality: stated...stated, safety: scale, throughput: stated...stated, environment: scale),
        "criticality \(stated) in the site file"
      )
    }
    if let byRole, let role = subject.role { return (byRole, "default of a \(role.rawValue) (HANDBOOK 1.2)") }
    return (nil, "neither the site file nor the role tells what is at stake")
  }
}
