import OTCase

/// Who talks to whom: between zones, in which protocols and with which kinds of operations, with the outside, and in what
/// rhythm.
enum TalkSection: ReportSection {
  static let title = "Who talks to whom"
  static let id = "talk"

  static func blocks(_ reading: CaseReading) throws -> [Block] {
    guard reading.totals.conversations > 0 else { return [.paragraph(plain("No conversation was observed."))] }
    let pairs: [any GroupPair] =
      reading.zones.isEmpty ? try reading.store.all(RolePair.self) : try reading.store.all(ZonePair.self)
    return [
      .paragraph(
        plain(
          "\(Words.count(reading.totals.conversations, "conversation")) were observed: all traffic between a client and "
            + "one service of a server counts as one. Group addresses are left out of the map."))
    ] + ZoneMap.blocks(pairs, reading) + (try operations(reading)) + (try outside(reading))
      + (try CloudServices.blocks(reading)) + (try rhythm(reading))
  }

  // MARK: protocols and what they do

  private static let kinds = [
    "read", "report", "write", "control", "program", "firmware", "configure", "time", "diagnose", "discover",
    "authenticate", "session", "other",
  ]

  /// What is done in a protocol.
  private struct ProtocolKind: Hashable {
    var `protocol`: String
    var kind: String
  }

  /// Operations by protocol and kind, summed in one pass: SQLite would sort them all for it.
  private static func sums(_ store: CaseStore) throws -> [ProtocolKind: Int64] {
    var sums: [ProtocolKind: Int64] = [:]
    // Operations of one conversation follow each other, and of one code in it.
    var (spoken, kind) = (RepeatedText(), RepeatedText())
    var conversation: Int64 = 0
    var run = OperationCount()
    try store.scan("SELECT protocol, kind, requests, responses, conversation_id FROM operation") { row in
      let before = ProtocolKind(protocol: spoken.text, kind: kind.text)
      let changes = [spoken.changes(row, 0), kind.changes(row, 1), row.integer(4) != conversation]
      if changes.contains(true) {
        sums[before, default: 0] &+= run.take()
        conversation = row.integer(4)
      }
      run.add(requests: row.integer(2), responses: row.integer(3))
    }
    sums[ProtocolKind(protocol: spoken.text, kind: kind.text), default: 0] &+= run.take()
    return sums
  }

  private static func operations(_ reading: CaseReading) throws -> [Block] {
    let sums = try sums(reading.store)
    let spoken = reading.protocols.values.filter { $0.conversations > 0 }.sorted {
      ($0.isIndustrial ? 0 : 1, $0.name, $0.id) < ($1.isIndustrial ? 0 : 1, $1.name, $1.id)
    }
    let present = kinds.filter { kind in sums.keys.contains { $0.kind == kind } }
    var columns: [Table.Column] = ["Protocol", .number("Conversations")]
    columns += present.map { .number(Words.capitalised($0)) }
    let rows: [[[Inline]]] = spoken.map { entry in
      let counts = present.map { kind -> [Inline] in
        guard let count = sums[ProtocolKind(protocol: entry.id, kind: kind)] else { return plain("–") }
        return notable.contains(kind) ? [.strong(Words.grouped(count))] : number(count)
      }
      return [[entry.isIndustrial ? .strong(entry.name) : .text(entry.name)], number(entry.conversations)] + counts
    }
    return [
      .heading(level: 3, text: "Protocols and what is done with them", id: "protocols"),
      .table(
        Table(
          "Operations by protocol and kind; bold names are industrial protocols, bold numbers change something. A dash: "
            + "none observed", columns, limit: 60, more: Commands.query("SELECT * FROM v_operation"), rows: rows)),
    ]
  }

  static let notable: Set = ["write", "control", "program", "firmware", "configure", "time"]

  // MARK: outside

  private static let outsideAtMost = 40

  private static func outside(_ reading: CaseReading) throws -> [Block] {
    let rows = try OutsideTalk.all(reading.store, named: outsideAtMost)
    var blocks: [Block] = [.heading(level: 3, text: "With the outside", id: "outside")]
    guard !rows.isEmpty else {
      return blocks + [
        .paragraph(
          plain(
            "No conversation with a public address was observed at these recording points; that is no proof of none."))
      ]
    }
    blocks.append(
      .table(
        Table(
          "Conversations with public addresses",
          ["Inside", "Direction", "Outside", "Service", .number("Data"), "Answered", "First seen"],
          limit: outsideAtMost,
          more: Commands.query("SELECT * FROM v_conversation WHERE 'public' IN (client_scope, server_scope)"),
          rows: rows.lazy.map { row in
            [
              plain(reading.name(row.pair.inside)), plain(row.key.isOutward ? "calls" : "is called by"),
              [.code(row.pair.address), .text(row.names.isEmpty ? "" : " " + row.names.joined(separator: ", "))],
              plain(service(row.key.transport, row.key.serverPort.map(Int.init), row.key.protocol, reading)),
              plain(Words.bytes(row.bytes)),
              plain(row.isAnswered ? "yes" : "no answer observed"),
              plain(Words.moment(.init(nanoseconds: row.firstTime))),
            ]
          })))
    return blocks
  }

  static func service(_ transport: String, _ port: Int?, _ name: String, _ reading: CaseReading) -> String {
    "\(reading.protocolName(name)) (\(transport)\(port.map { "/\($0)" } ?? ""))"
  }

  // MARK: rhythm

  private struct Cycle: CaseRow {
    static let source = """
      WITH \(SpokenProtocol.table)
      SELECT h1.asset_id AS client, h1.address AS client_address, h2.asset_id AS server, h2.address AS server_address,
        k.protocol, c.transport, c.server_port, c.interval_median AS median, c.regularity, c.interval_longest AS longest
      FROM conversation c JOIN host h1 ON h1.id = c.client_id JOIN host h2 ON h2.id = c.server_id
      JOIN spoken k ON k.id = c.id WHERE c.is_cyclic AND k.protocol IN (SELECT id FROM protocol WHERE is_industrial)
      """
    static let order = "c.id LIMIT 500"
    var client, server: String?
    var clientAddress, serverAddress, `protocol`, transport: String
    var serverPort: Int?
    var median, regularity, longest: Double
  }

  private static func rhythm(_ reading: CaseReading) throws -> [Block] {
    let cycles = try reading.store.all(Cycle.self)
    guard !cycles.isEmpty else { return [] }
    let breaks = reading.breaks
    return [
      .heading(level: 3, text: "Steady rhythms", id: "rhythm"),
      .table(
        Table(
          "Industrial conversations asked in a steady rhythm: a longest pause far above the period deserves a look",
          [
            "Client", "Server", "Service", .number("Period"), .number("Within 20 % of it"), .number("Longest pause"),
          ], limit: 40, more: Commands.query("SELECT * FROM v_conversation WHERE is_cyclic"),
          rows: cycles.lazy.map { row in
            [
              plain(row.client.map { reading.name($0) } ?? row.clientAddress),
              plain(row.server.map { reading.name($0) } ?? row.serverAddress),
              plain(service(row.transport, row.serverPort, row.protocol, reading)), plain(Words.duration(row.median)),
              plain("\(Words.number((row.regularity * 100).rounded())) %"), plain(pause(row.longest, breaks)),
            ]
          })),
    ]
  }

  /// A pause as long as one between two recordings is none.
  private static func pause(_ seconds: Double, _ breaks: [Double]) -> String {
    breaks.contains { seconds >= $0 } ? "spans a break between recordings" : Words.duration(seconds)
  }
}
