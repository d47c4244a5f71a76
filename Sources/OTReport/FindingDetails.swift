import OTCase
import OTCore

/// Evidence and risk points of all findings, read at once.
struct FindingDetails: Sendable {
  /// A frame or line a finding rests on.
  struct Evidence: Sendable {
    /// Number of the evidence file.
    var file: Int64
    var frame: Int64
    var time: Timestamp?
    /// What is to be seen there; empty: nothing to add.
    var note: String
  }

  /// Points of likelihood or consequence.
  struct Point: Sendable {
    var factor: String
    var low, high: Int
    var reason: String
    /// What shows it; empty: an assumption, said in the reason.
    var evidence: String
  }

  /// By finding, in their order.
  let evidence: [String: [Evidence]]
  let points: [String: [Point]]

  /// Of no findings.
  init() {
    evidence = [:]
    points = [:]
  }

  init(_ store: CaseStore) throws {
    var note = RepeatedText()
    evidence = try Self.byFinding("evidence_id, frame, time, note FROM finding_evidence", store) { row in
      _ = note.changes(row, 4)
      return Evidence(
        file: row.integer(1), frame: row.integer(2),
        time: row.isNull(3) ? nil : Timestamp(nanoseconds: row.integer(3)), note: note.text)
    }
    var reason = RepeatedText()
    var shown = RepeatedText()
    points = try Self.byFinding("factor, points_low, points_high, reason, evidence FROM risk_point", store) { row in
      _ = reason.changes(row, 4)
      _ = shown.changes(row, 5)
      return Point(
        factor: row.text(1), low: row.number(2), high: row.number(3), reason: reason.text, evidence: shown.text)
    }
  }

  /// Rows of each finding, from a table whose rows have a finding and a position in it.
  private static func byFinding<Item>(
    _ columns: String, _ store: CaseStore, _ item: (RowReader) throws -> Item
  ) throws -> [String: [Item]] {
    var all: [String: [Item]] = [:]
    var items: [Item] = []
    var finding = RepeatedText()
    try store.scan("SELECT finding_id, \(columns) ORDER BY finding_id, position") { row in
      let before = finding.text
      if finding.changes(row, 0) {
        all[before] = items
        items = []
      }
      items.append(try item(row))
    }
    all[finding.text] = items
    return all
  }
}

/// The conversations that the first frames of findings belong to, for display filters.
struct FindingTalks {
  /// Frames of a finding that are looked for.
  private static let framesAtMost = 8
  private static let talksAtMost = 6

  private let talks: [String: [Talk]]
  private let details: FindingDetails
  private let captures: Set<Int64>
  private let protocols: [String: ProtocolRow]

  /// A conversation; those with a message of their own in the frame come before those that only begin there.
  private struct Talk: Hashable {
    var rank: Int
    var conversation: Int64
    var `protocol`: String
    static func precedes(_ left: Talk, _ right: Talk) -> Bool {
      if left.rank != right.rank { return left.rank < right.rank }
      if left.conversation != right.conversation { return left.conversation < right.conversation }
      return left.protocol.utf8.lexicographicallyPrecedes(right.protocol.utf8)
    }
  }

  private struct Frame: Hashable {
    var file: Int64
    var number: Int64
  }

  private struct Ends {
    var transport, client, clientFamily, server, serverFamily: String
    var serverPort: Int?
  }
  private let ends: [Int64: Ends]

  /// - Parameter findings: those that are shown; the frames of others are not looked for.
  init(_ findings: [FindingRow], _ reading: CaseReading) throws {
    details = reading.details
    captures = Set(reading.captures.map { Int64($0.id) })
    protocols = reading.protocols
    var seekers: [Frame: [Int]] = [:]
    for (index, finding) in findings.enumerated() {
      for row in (reading.details.evidence[finding.id] ?? []).prefix(Self.framesAtMost) {
        seekers[Frame(file: row.file, number: row.frame), default: []].append(index)
      }
    }
    let found = try Self.search(seekers, count: findings.count, reading.store)
    let kept = found.map { Array($0.sorted(by: Talk.precedes).prefix(Self.talksAtMost)) }
    talks = Dictionary(zip(findings.map(\.id), kept)) { first, _ in first }
    let numbers = Set(kept.joined().map(\.conversation)).sorted().map(String.init).joined(separator: ", ")
    var ends: [Int64: Ends] = [:]
    try reading.store.scan(
      """
      SELECT c.id, c.transport, h1.address, h1.family, h2.address, h2.family, c.server_port FROM conversation c
      JOIN host h1 ON h1.id = c.client_id JOIN host h2 ON h2.id = c.server_id WHERE c.id IN (\(numbers))
      """
    ) { row in
      ends[row.integer(0)] = Ends(
        transport: row.text(1), client: row.text(2), clientFamily: row.text(3), server: row.text(4),
        serverFamily: row.text(5), serverPort: row.isNull(6) ? nil : row.number(6))
    }
    self.ends = ends
  }

  /// Goes through everything that names a frame once; a question for each frame would go through it each time.
  private static func search(_ seekers: [Frame: [Int]], count: Int, _ store: CaseStore) throws -> [Set<Talk>] {
    var found = Array(repeating: Set<Talk>(), count: count)
    guard !seekers.isEmpty else { return found }
    let sought = FrameSieve(seekers.keys.map(\.number))
    func asking(_ row: RowReader) -> [Int]? {
      let frame = row.integer(0)
      return sought.passes(frame) ? seekers[Frame(file: row.integer(1), number: frame)] : nil
    }
    var operations: [Int64: [Int]] = [:]
    try store.scan("SELECT frame, evidence_id, operation_id FROM event") { row in
      if let asking = asking(row) { operations[row.integer(2), default: []] += asking }
    }
    let ids = operations.keys.sorted().map(String.init).joined(separator: ", ")
    try store.scan("SELECT id, conversation_id, protocol FROM operation WHERE id IN (\(ids))") { row in
      let talk = Talk(rank: 1, conversation: row.integer(1), protocol: row.text(2))
      for finding in operations[row.integer(0)] ?? [] { found[finding].insert(talk) }
    }
    func search(_ columns: String, rank: Int) throws {
      try store.scan("SELECT frame, evidence_id, \(columns)") { row in
        guard let asking = asking(row) else { return }
        let talk = Talk(rank: rank, conversation: row.integer(2), protocol: row.text(3))
        for finding in asking { found[finding].insert(talk) }
      }
    }
    try search("conversation_id, protocol FROM operation", rank: 1)
    try search("conversation_id, protocol FROM credential", rank: 1)
    try search("conversation_id, protocol FROM property", rank: 1)
    try search("id, protocol FROM conversation", rank: 2)
    return found
  }

  /// A Wireshark display filter that shows what the finding speaks of, in whichever capture is open; where no
  /// conversation is known, the frames by their number in the first capture.
  func displayFilter(_ finding: FindingRow) -> String? {
    let all = talks[finding.id] ?? []
    var terms: [String] = []
    for talk in all where talk.rank == all.first?.rank {
      guard let ends = ends[talk.conversation] else { continue }
      let term = Self.term(ends, protocols[talk.protocol]?.displayFilter ?? "")
      if !terms.contains(term) { terms.append(term) }
    }
    if !terms.isEmpty {
      let shown = terms.prefix(3)
      return shown.count == 1 ? shown[0] : shown.map { "(\($0))" }.joined(separator: " || ")
    }
    let evidence = (details.evidence[finding.id] ?? []).prefix(Self.framesAtMost)
    guard let first = evidence.first(where: { captures.contains($0.file) }) else { return nil }
    let frames = evidence.filter { $0.file == first.file }.prefix(5)
    return frames.map { "frame.number == \($0.frame)" }.joined(separator: " || ")
  }

  private static func term(_ talk: Ends, _ protocolFilter: String) -> String {
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

/// Tells of most frames that they are not among those sought, by the last bits of their number.
private struct FrameSieve {
  private var bits = Array(repeating: UInt64(0), count: 1_024)

  init(_ frames: [Int64]) {
    for frame in frames { bits[Self.word(frame)] |= Self.bit(frame) }
  }

  func passes(_ frame: Int64) -> Bool { bits[Self.word(frame)] & Self.bit(frame) != 0 }

  private static func word(_ frame: Int64) -> Int { Int(frame >> 6 & 1_023) }
  private static func bit(_ frame: Int64) -> UInt64 { 1 << UInt64(frame & 63) }
}
