import GRDB
import OTKnowledge

/// Rates every finding, zone and the site. Every point stands beside its reason; what was not collected widens the range.
struct RiskPass {
  let site: SiteFile

  init(_ site: SiteFile) { self.site = site }

  /// What is rated: a finding with what its subject is.
  struct Subject {
    var id: String
    var type: Rule.Kind
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

  /// Rates every finding but those that are told for information only, which are no risk; in the order of their ids.
  func ratings(of findings: Findings, _ traffic: TrafficTable, _ evidence: EvidenceNames, in database: Database) throws
    -> [Rating]
  {
    let exposure = try Exposure(traffic, database, knowsZones: !site.zones.isEmpty)
    let assets = try Assets(database)
    return findings.items.compactMap { item in
      let rule = findings.answers[item.answer].rule
      guard rule.severity != .info else { return nil }
      let subject = subject(of: item, rule, assets, evidence)
      let (consequence, reason) = consequence(of: subject)
      return Rating(
        subject: subject, points: points(of: subject, exposure, rule.weakness), consequence: consequence,
        consequenceReason: reason)
    }
  }

  private func subject(of item: Findings.Item, _ rule: Rule, _ assets: Assets, _ evidence: EvidenceNames) -> Subject {
    let cause = item.finding.cause
    let asset = cause.subject.isEmpty ? nil : assets.all[cause.subject]
    let peer =
      cause.peer.isEmpty
      ? nil
      : Peer(
        asset: cause.peer, role: assets.all[cause.peer]?.role ?? .unknown, isStated: assets.stated.contains(cause.peer),
        approval: assets.approvals[cause.peer])
    return Subject(
      id: item.id, type: rule.type, hasTechnique: !rule.techniques.isEmpty,
      isApproved: item.finding.approvedReason != nil, asset: cause.subject.isEmpty ? nil : cause.subject,
      role: asset?.role, zone: asset?.zone, addresses: asset?.addresses ?? [], peer: peer,
      evidence: item.finding.sightings.first.flatMap { evidence.text($0.file, $0.frame) } ?? "")
  }

  // MARK: likelihood

  private func points(of subject: Subject, _ exposure: Exposure, _ weakness: Int) -> [RiskModel.Point] {
    [
      exposure.point(of: subject.asset, peer: subject.peer?.asset),
      .init(.weakness, weakness...weakness, Self.weaknessText[weakness], evidence: subject.evidence),
      threat(to: subject), controls(of: subject),
    ]
  }

  /// An action counts by who did it. A weakness counts as one that is used elsewhere: nobody was seen using it.
  private func threat(to subject: Subject) -> RiskModel.Point {
    func point(_ range: ClosedRange<Int>, _ reason: String) -> RiskModel.Point {
      .init(.threat, range, reason, evidence: subject.evidence)
    }
    switch subject.type {
    case .indicator: return point(2...2, "an indicator was seen")
    case .behaviour where subject.hasTechnique:
      if subject.isApproved { return point(0...1, "the action was seen, and the site approved who did it") }
      guard let peer = subject.peer else {
        return point(1...2, "the action was seen; whether it was meant is not known")
      }
      if peer.isStated, peer.role.isControl {
        return point(1...1, "the action was seen, by \(peer.role.withArticle) the site file names")
      }
      if !peer.role.isControl, peer.role != .external {
        let who =
          peer.role == .unknown
          ? "not known as part of the control" : "that is no part of the control (\(peer.role.words))"
        return point(2...2, "the action was seen, by a host \(who)")
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
    if subject.type == .model { return .init(.controls, 0...2, "controls were not assessed") }
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
    if subject.type == .model, let zone = zone(of: subject), let most = zone.worst, most > whole.worst.upperBound {
      // A boundary that does not hold stands open for all that is behind it.
      let wider = Consequence(
        criticality: whole.criticality, safety: whole.safety, throughput: whole.throughput.lowerBound...most,
        environment: whole.environment)
      return (wider, "\(reason); others stand in \(zone.id)")
    }
    guard subject.type == .configuration else { return (whole, reason) }
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
      let limit = byRole == nil ? "" : subject.role.map { ", as far as \($0.withArticle) reaches (HANDBOOK 1.2)" } ?? ""
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
    if let byRole, let role = subject.role { return (byRole, "default of \(role.withArticle) (HANDBOOK 1.2)") }
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
