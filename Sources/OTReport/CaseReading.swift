import OTAssess
import OTCase
import OTCore

/// What several sections need of a case, read once. Long tables stay in the case: sections ask for sums.
struct CaseReading: Sendable {
  /// What the long tables are asked through.
  var store: CaseStore
  let meta: [String: String]
  /// `key` → value and whether it is our assumption.
  let site: [String: SiteEntry]
  let evidence: [EvidenceRow]
  let assets: [AssetRow]
  let zones: [ZoneRow]
  /// Not approved by the site, the worst risk first.
  let findings: [FindingRow]
  let approved: [FindingRow]
  let rules: [RuleRunRow]
  let siteRisk: [String: SiteRiskRow]
  let protocols: [String: ProtocolRow]
  let totals: ConversationTotals
  private(set) var details: FindingDetails
  private let assetByID: [String: AssetRow]
  private let evidenceByID: [Int64: EvidenceRow]

  init(_ store: CaseStore) throws { try self.init(store, FindingDetails(store)) }

  /// The same by `workers` at a time.
  static func read(_ store: CaseStore, workers: Int) async throws -> CaseReading {
    guard workers > 1 else { return try CaseReading(store) }
    async let details = FindingDetails(store.another())
    var reading = try CaseReading(store, FindingDetails())
    reading.details = try await details
    return reading
  }

  private init(_ store: CaseStore, _ details: FindingDetails) throws {
    self.store = store
    self.details = details
    meta = try store.meta()
    site = Dictionary(try store.all(SiteEntry.self).map { ($0.key, $0) }) { first, _ in first }
    evidence = try store.all(EvidenceRow.self)
    evidenceByID = Dictionary(evidence.map { (Int64($0.id), $0) }) { first, _ in first }
    assets = try store.all(AssetRow.self)
    assetByID = Dictionary(assets.map { ($0.id, $0) }) { first, _ in first }
    zones = try store.all(ZoneRow.self)
    let found = FindingRow.worstFirst(try store.all(FindingRow.self, orderedBy: "id"))
    findings = found.filter { $0.approvedReason == nil }
    approved = found.filter { $0.approvedReason != nil }
    rules = try store.all(RuleRunRow.self)
    siteRisk = Dictionary(try store.all(SiteRiskRow.self).map { ($0.key, $0) }) { first, _ in first }
    protocols = Dictionary(try store.all(ProtocolRow.self).map { ($0.id, $0) }) { first, _ in first }
    totals = try store.all(ConversationTotals.self).first ?? ConversationTotals()
  }

  /// Name of the site, or nil where nobody said it.
  var siteName: String? { site["name"]?.value }
  var isAssessed: Bool { !rules.isEmpty }
  var captures: [EvidenceRow] { evidence.filter { $0.kind == "capture" } }

  func asset(_ id: String?) -> AssetRow? { id.flatMap { assetByID[$0] } }
  func evidence(_ id: Int64) -> EvidenceRow? { evidenceByID[id] }

  /// `STS01-PLC (10.20.1.10)`.
  func name(_ id: String?) -> String {
    guard let id else { return "the site" }
    guard let asset = assetByID[id], asset.name != id, !asset.name.isEmpty else { return id }
    return "\(asset.name) (\(id))"
  }

  func protocolName(_ id: String) -> String { id.isEmpty ? "not recognised" : protocols[id]?.name ?? id }

  func zoneName(_ id: String?) -> String {
    guard let id else { return "no zone given" }
    guard let zone = zones.first(where: { $0.id == id }), !zone.name.isEmpty else { return id }
    return "\(id) (\(zone.name))"
  }

  /// From the first to the last packet of all captures.
  var span: (first: Timestamp, last: Timestamp)? {
    guard let first = captures.compactMap(\.firstTime).min(), let last = captures.compactMap(\.lastTime).max() else {
      return nil
    }
    return (first, last)
  }
}

extension CaseReading {
  /// Seconds between captures in which nothing was recorded anywhere, shortest first.
  var breaks: [Double] {
    var end: Timestamp?
    var breaks: [Double] = []
    let spans = captures.compactMap { file in file.firstTime.flatMap { first in file.lastTime.map { (first, $0) } } }
    for (first, last) in spans.sorted(by: <) {
      if let end, first.seconds(since: end) > 1 { breaks.append(first.seconds(since: end)) }
      end = max(end ?? last, last)
    }
    return breaks.sorted()
  }
}

/// A line of what the site says of itself.
struct SiteEntry: CaseRow {
  static let source = "SELECT * FROM site"
  static let order = "key"
  var key, value: String
  var isDefault: Bool
}

/// Sums over all conversations.
struct ConversationTotals: CaseRow {
  /// Protocols that hide what is said; who talks to whom and how much is still seen.
  static let encrypted = "'tls', 'ssh', 'dtls', 'quic', 'openvpn', 'wireguard', 'esp', 'ike'"
  static let source = """
    SELECT count(*) AS conversations,
      coalesce(sum(packets_to_server + packets_to_client), 0) AS packets,
      coalesce(sum(protocol = ''), 0) AS unknown,
      coalesce(sum(iif(protocol = '', packets_to_server + packets_to_client, 0)), 0) AS unknown_packets,
      coalesce(sum(id IN (SELECT conversation_id FROM conversation_protocol WHERE protocol IN (\(encrypted)))), 0)
        AS encrypted,
      coalesce(sum(transport = 'tcp'), 0) AS tcp,
      coalesce(sum(transport = 'tcp' AND (packets_to_client = 0 OR packets_to_server = 0)), 0) AS one_way,
      coalesce(sum(gap_bytes), 0) AS gap_bytes, coalesce(sum(gap_bytes > 0), 0) AS gapped,
      coalesce(sum(is_cyclic), 0) AS cyclic
    FROM conversation
    """
  static let order = "1"
  var conversations = 0, packets: Int64 = 0, unknown = 0, unknownPackets: Int64 = 0
  var encrypted = 0, tcp = 0, oneWay = 0, gapBytes: Int64 = 0, gapped = 0, cyclic = 0
}

extension FindingRow {
  static let severities = ["critical", "high", "medium", "low", "info"]

  /// Worst first: the upper and the lower band, the severity of the rule, the bounds of the risk, then the id.
  static func worstFirst(_ findings: [FindingRow]) -> [FindingRow] {
    func rank(_ word: String?) -> Int { word.flatMap { severities.firstIndex(of: $0) } ?? severities.count }
    let ranks = findings.map { finding in
      [
        rank(finding.riskBand), rank(finding.leastBand), rank(finding.severity), -(finding.riskLow ?? 0),
        -(finding.riskHigh ?? 0),
      ]
    }
    return findings.indices.sorted { left, right in
      ranks[left] == ranks[right]
        ? findings[left].id < findings[right].id : ranks[left].lexicographicallyPrecedes(ranks[right])
    }.map { findings[$0] }
  }

  /// The band of the lower bound; nil where it is not rated.
  var leastBand: String? {
    guard let likelihood = likelihoodLow, let consequence = consequenceLow else { return nil }
    return RiskModel.band(likelihood: likelihood, consequence: consequence).name
  }

  /// `medium to critical`; the rule's severity where the risk is not rated.
  var bandWords: String {
    guard let most = riskBand, let least = leastBand else { return "\(severity) (severity; risk not assessed)" }
    return most == least ? most : "\(least) to \(most)"
  }

  /// The risk's band, else the rule's severity: what a reader sees first.
  var tone: Tone { Tone(band: riskBand ?? severity) }

  /// Where the report tells of it.
  var anchor: String { "finding-\(id)" }

  var isRated: Bool { likelihoodLow != nil && consequenceLow != nil }
}
