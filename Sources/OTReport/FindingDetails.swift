import OTCase
import OTCore

/// Evidence, risk points and conversations of all findings, read at once.
struct FindingDetails {
  let evidence: [String: [EvidencePlace]]
  let points: [String: [RiskPointRow]]
  private let talks: [String: [Talk]]
  private let protocols: [String: ProtocolRow]

  init(_ reading: CaseReading) throws {
    evidence = Dictionary(grouping: try reading.store.all(EvidencePlace.self), by: \.findingID)
    points = Dictionary(grouping: try reading.store.all(RiskPointRow.self), by: \.findingID)
    talks = Dictionary(grouping: try reading.store.all(Talk.self), by: \.findingID)
    protocols = reading.protocols
  }

  /// The first places of a finding.
  struct EvidencePlace: CaseRow {
    static let source = """
      SELECT f.finding_id, f.position, f.frame, f.time, f.note, v.name, v.kind,
        (SELECT count(*) FROM finding_evidence t WHERE t.finding_id = f.finding_id) AS total
      FROM finding_evidence f JOIN evidence v ON v.id = f.evidence_id WHERE f.position <= 8
      """
    static let order = "finding_id, position"
    var findingID, note, name, kind: String
    var frame: Int64
    var time: Timestamp?
    var total: Int
  }

  /// The conversations the first frames of a finding belong to; those with a message of their own there come first.
  struct Talk: CaseRow {
    static let source = """
      WITH place AS MATERIALIZED (SELECT DISTINCT finding_id, evidence_id, frame FROM finding_evidence WHERE position <= 8),
        message AS (
          SELECT p.finding_id, o.conversation_id, o.protocol, 1 AS rank FROM event e JOIN place p
            ON p.evidence_id = e.evidence_id AND p.frame = e.frame JOIN operation o ON o.id = e.operation_id
          UNION SELECT p.finding_id, o.conversation_id, o.protocol, 1 FROM operation o JOIN place p
            ON p.evidence_id = o.evidence_id AND p.frame = o.frame
          UNION SELECT p.finding_id, k.conversation_id, k.protocol, 1 FROM credential k JOIN place p
            ON p.evidence_id = k.evidence_id AND p.frame = k.frame
          UNION SELECT p.finding_id, q.conversation_id, q.protocol, 1 FROM property q JOIN place p
            ON p.evidence_id = q.evidence_id AND p.frame = q.frame
          UNION SELECT p.finding_id, c.id, c.protocol, 2 FROM conversation c JOIN place p
            ON p.evidence_id = c.evidence_id AND p.frame = c.frame)
      SELECT * FROM (
        SELECT m.finding_id, m.protocol, m.rank, c.transport, c.server_port, h1.address AS client,
          h1.family AS client_family, h2.address AS server, h2.family AS server_family,
          row_number() OVER (PARTITION BY m.finding_id ORDER BY m.rank, c.id, m.protocol) AS number
        FROM message m JOIN conversation c ON c.id = m.conversation_id
        JOIN host h1 ON h1.id = c.client_id JOIN host h2 ON h2.id = c.server_id) WHERE number <= 6
      """
    static let order = "finding_id, number"
    var findingID, `protocol`, transport, client, clientFamily, server, serverFamily: String
    var rank: Int
    var serverPort: Int?
  }

  /// A Wireshark display filter that shows what the finding speaks of, in whichever capture is open; where no
  /// conversation is known, the frames by their number in the first capture.
  func displayFilter(_ finding: FindingRow) -> String? {
    let all = talks[finding.id] ?? []
    let best = all.filter { $0.rank == all.first?.rank }
    var terms: [String] = []
    for talk in best {
      let term = Self.term(talk, protocols[talk.protocol]?.displayFilter ?? "")
      if !terms.contains(term) { terms.append(term) }
    }
    if !terms.isEmpty {
      let shown = terms.prefix(3)
      return shown.count == 1 ? shown[0] : shown.map { "(\($0))" }.joined(separator: " || ")
    }
    guard let first = evidence[finding.id]?.first(where: { $0.kind == "capture" }) else { return nil }
    let frames = (evidence[finding.id] ?? []).filter { $0.name == first.name }.prefix(5)
    return frames.map { "frame.number == \($0.frame)" }.joined(separator: " || ")
  }

  private static func term(_ talk: Talk, _ protocolFilter: String) -> String {
    var parts = [address(talk.client, talk.clientFamily), address(talk.server, talk.serverFamily)]
    if let port = talk.serverPort, talk.transport == "tcp" || talk.transport == "udp" {
      parts.append("\(talk.transport).port == \(port)")
    }
    if !protocolFilter.isEmpty { parts.append(protocolFilter.contains(" ") ? "(\(protocolFilter))" : protocolFilter) }
    return parts.joined(separator: " && ")
  }

  private static func address(_ address: String, _ family: String) -> String {
    switch family {
    case "ipv4": "ip.addr == \(address)"
    case "ipv6": "ipv6.addr == \(address)"
    default: "eth.addr == \(address)"
    }
  }
}
