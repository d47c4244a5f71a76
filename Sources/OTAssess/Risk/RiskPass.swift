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
    var addresses: Set<String> = []
    var peer: Peer?
    var evidence: String
  }

  /// The other side of a finding.
  struct Peer {
    var asset: String
    var role: AssetRole
    /// Whether the site says what it is, or approved it; else its role was told from traffic.
    var isStated: Bool
    /// Approved for engineering or as a vendor's channel.
    var approval: String?
  }

  struct Rating {
    let subject: Subject
    let points: [RiskModel.Point]
    let consequence: Consequence?
    let consequenceReason: String
    let likelihood: ClosedRange<Int>
    let consequenceRange: ClosedRange<Int>
    /// Likelihood times consequence, 1...25.
    let product: ClosedRange<Int>
    let band: ClosedRange<RiskModel.Band>

    init(subject: Subject, points: [RiskModel.Point], consequence: Consequence?, consequenceReason: String) {
      self.subject = subject
      self.points = points
      self.consequence = consequence
      self.consequenceReason = consequenceReason
      let (often, bad) = (RiskModel.likelihood(points), RiskModel.consequence(consequence))
      likelihood = often
      consequenceRange = bad
      product = often.lowerBound * bad.lowerBound...often.upperBound * bad.upperBound
      band = RiskModel.band(likelihood: often, consequence: bad)
    }
  }

  func run(weakness: [String: Int], _ traffic: TrafficTable, in database: Database) throws {
    for table in ["risk_point", "zone_risk", "site_risk"] { try database.execute(sql: "DELETE FROM \(table)") }
    let exposure = try Exposure(traffic, database, knowsZones: !site.zones.isEmpty)
    let ratings = try subjects(database).map { subject in
      let (consequence, reason) = consequence(of: subject)
      return Rating(
        subject: subject, points: points(of: subject, exposure, weakness[subject.rule]), consequence: consequence,
        consequenceReason: reason)
    }
    try write(ratings, to: database)
    try writeZones(ratings, to: database)
    try writeSite(ratings, to: database)
  }

  /// What is told for information only is no risk and is not rated.
  private func subjects(_ database: Database) throws -> [Subject] {
    var approvals: [String: String] = [:]
    let approved = try Row.fetchAll(
      database,
      sql: """
        SELECT h.asset_id, p.reason FROM approved p JOIN host h ON h.address = p.value
        WHERE p.kind IN ('engineering', 'vendor_channel') AND h.asset_id IS NOT NULL ORDER BY p.kind, p.value
        """)
    for row in approved where approvals[row[0]] == nil { approvals[row[0]] = row[1] }
    var addresses: [String: Set<String>] = [:]
    for row in try Row.fetchAll(database, sql: "SELECT asset_id, address FROM host WHERE asset_id IS NOT NULL") {
      addresses[row[0], default: []].insert(row[1])
    }
    let stated = try String.fetchSet(
      database, sql: "SELECT asset_id FROM asset_reason WHERE field = 'role' AND chosen AND source = 'site file'")
    return try Row.fetchAll(
      database,
      sql: """
        SELECT f.id, f.rule_id, f.type, f.techniques <> '', f.approved_reason IS NOT NULL, f.subject_asset, a.role,
          a.zone_id, coalesce((SELECT v.name || ':' || e.frame FROM finding_evidence e
            JOIN evidence v ON v.id = e.evidence_id WHERE e.finding_id = f.id AND e.position = 1), ''),
          f.peer_asset, b.role
        FROM finding f LEFT JOIN asset a ON a.id = f.subject_asset LEFT JOIN asset b ON b.id = f.peer_asset
        WHERE f.severity <> 'info' ORDER BY f.id
        """
    ).map { row in
      let peer = (row[9] as String?).map { id in
        let role = (row[10] as String?).flatMap(AssetRole.init(rawValue:)) ?? .unknown
        return Peer(asset: id, role: role, isStated: stated.contains(id), approval: approvals[id])
      }
      return Subject(
        id: row[0], rule: row[1], type: row[2], hasTechnique: row[3], isApproved: row[4], asset: row[5],
        role: (row[6] as String?).flatMap(AssetRole.init(rawValue:)), zone: row[7],
        addresses: (row[5] as String?).flatMap { addresses[$0] } ?? [], peer: peer, evidence: row[8])
    }
  }

  // MARK: likelihood

  private func points(of subject: Subject, _ exposure: Exposure, _ weakness: Int?) -> [RiskModel.Point] {
    var points = [exposure.point(of: subject.asset, peer: subject.peer?.asset)]
    if let weakness {
      points.append(.init(.weakness, weakness...weakness, Self.weaknessText[weakness], evidence: subject.evidence))
    }
    return points + [threat(to: subject), controls(of: subject)]
  }

  /// An action counts by who did it. A weakness counts as one that is used elsewhere: nobody was seen using it.
  private func threat(to subject: Subject) -> RiskModel.Point {
    func point(_ range: ClosedRange<Int>, _ reason: String) -> RiskModel.Point {
      .init(.threat, range, reason, evidence: subject.evidence)
    }
    switch subject.type {
    case "indicator": return point(2...2, "an indicator was seen")
    case "behaviour" where subject.hasTechnique:
      if subject.isApproved { return point(0...1, "the action was seen, and the site approved who did it") }
      guard let peer = subject.peer else {
        return point(1...2, "the action was seen; whether it was meant is not known")
      }
      if peer.isStated, peer.role.isControl {
        return point(1...1, "the action was seen, by a \(peer.role.words) the site file names")
      }
      if !peer.role.isControl, peer.role != .external {
        return point(2...2, "the action was seen, by a host that is no part of the control (\(peer.role.words))")
      }
      return point(1...2, "the action was seen; whether it was meant is not known")
    default:
      return subject.hasTechnique
        ? .init(.threat, 1...1, "a technique used against this kind of system; nobody was seen using it")
        : .init(.threat, 0...0, "no technique is known to need it")
    }
  }

  private func controls(of subject: Subject) -> RiskModel.Point {
    if subject.isApproved { return .init(.controls, 1...1, "approved in the site file; no control was shown") }
    if let approval = subject.peer?.approval { return .init(.controls, 1...1, "used by an \(approval)") }
    if subject.type == "model" { return .init(.controls, 0...2, "controls were not assessed") }
    return .init(.controls, 0...1, "nothing stopped it; whether anything watches is not known")
  }

  private static let weaknessText = [
    "no weakness known", "a hardening gap", "control or credentials without protection",
    "default credentials, or a weakness known to be exploited",
  ]

  // MARK: consequence

  /// How far below the loss of the asset the use of a weakness may stay: reading a switch is not stopping a crane.
  private static let stepsOfAWeakness = 2

  private func consequence(of subject: Subject) -> (Consequence?, reason: String) {
    let (whole, reason) = consequenceOfLoss(subject)
    guard let whole else { return (nil, reason) }
    if subject.type == "model", let zone = zone(of: subject), let most = zone.worst, most > whole.worst.upperBound {
      // A boundary that does not hold stands open for all that is behind it.
      let wider = Consequence(
        criticality: whole.criticality, safety: whole.safety, throughput: whole.throughput.lowerBound...most,
        environment: whole.environment)
      return (wider, "\(reason); others stand in \(zone.id)")
    }
    guard subject.type == "configuration" else { return (whole, reason) }
    func lowered(_ scale: ClosedRange<Int>) -> ClosedRange<Int> {
      min(scale.lowerBound, max(1, scale.lowerBound - Self.stepsOfAWeakness))...scale.upperBound
    }
    let consequence = Consequence(
      criticality: whole.criticality, safety: lowered(whole.safety), throughput: lowered(whole.throughput),
      environment: lowered(whole.environment))
    return (consequence, "\(reason); a weakness that is not yet used may cost less")
  }

  private func zone(of subject: Subject) -> SiteFile.Zone? { site.zones.first { $0.id == subject.zone } }

  /// What it costs if the asset is lost or misused: what the site says of the zone, but no more than a device of its role
  /// can do; else what the site says of the asset; else the usual of the role.
  private func consequenceOfLoss(_ subject: Subject) -> (Consequence?, reason: String) {
    let byRole = subject.role?.consequence
    let stated = site.assets.first { subject.addresses.contains($0.address.description) }?.criticality
    if let zone = zone(of: subject), zone.worst != nil {
      let whole = byRole ?? Consequence(criticality: 1...5, safety: 0...5, throughput: 0...5, environment: 0...5)
      func scale(_ value: Int?, _ role: ClosedRange<Int>) -> ClosedRange<Int> {
        value.map { min($0, role.upperBound)...min($0, role.upperBound) } ?? role
      }
      let consequence = Consequence(
        criticality: scale(zone.criticality, whole.criticality), safety: scale(zone.safety, whole.safety),
        throughput: scale(zone.throughput, whole.throughput), environment: scale(zone.environment, whole.environment))
      let limit = byRole == nil ? "" : subject.role.map { ", as far as a \($0.words) reaches (HANDBOOK 1.2)" } ?? ""
      return (consequence, "scales of \(zone.id) in the site file\(limit)")
    }
    if let stated {
      // The site rated the asset as a whole: its criticality bounds the worst scale.
      let scale = 0...stated
      return (
        Consequence(criticality: stated...stated, safety: scale, throughput: stated...stated, environment: scale),
        "criticality \(stated) in the site file"
      )
    }
    if let byRole, let role = subject.role { return (byRole, "default of a \(role.words) (HANDBOOK 1.2)") }
    return (nil, "neither the site file nor the role tells what is at stake")
  }
}

extension SiteFile.Zone {
  /// The worst of its scales; nil: the site states none.
  fileprivate var worst: Int? { [safety, throughput, environment].compactMap { $0 }.max() }
}

extension Consequence {
  fileprivate var worst: ClosedRange<Int> {
    let scales = [safety, throughput, environment]
    return (scales.map(\.lowerBound).max() ?? 0)...(scales.map(\.upperBound).max() ?? 0)
  }
}

extension AssetRole {
  /// As one says it: `engineering workstation`.
  var words: String { rawValue.replacing("_", with: " ") }
}
