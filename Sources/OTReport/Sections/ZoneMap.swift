import OTCase

/// Two groups (zones, or roles where no zone is given) and what passes between them.
protocol GroupPair: CaseRow {
  var client: String { get }
  var server: String { get }
  var conversations: Int { get }
  var packets: Int64 { get }
  /// Operations that change something.
  var commands: Int64 { get }
  var protocols: String { get }
}

struct ZonePair: GroupPair {
  static let source = pairSource("coalesce(a.zone_id, iif(a.kind = 'external', 'outside', 'no zone given'))")
  static let order = "client, server"
  var client, server, protocols: String
  var conversations: Int
  var packets, commands: Int64
}

struct RolePair: GroupPair {
  static let source = pairSource("iif(a.kind = 'external', 'outside', coalesce(a.role, 'unknown'))")
  static let order = "client, server"
  var client, server, protocols: String
  var conversations: Int
  var packets, commands: Int64
}

private func pairSource(_ group: String) -> String {
  """
  WITH place AS MATERIALIZED (SELECT h.id, \(group) AS name FROM host h JOIN asset a ON a.id = h.asset_id),
    \(SpokenProtocol.table),
    command AS MATERIALIZED (SELECT conversation_id AS id, sum(requests) AS count FROM operation
      WHERE kind IN ('write', 'control', 'program', 'firmware', 'configure', 'time')
        AND NOT is_published GROUP BY 1)
  SELECT p.name AS client, q.name AS server, count(*) AS conversations,
    sum(c.packets_to_server + c.packets_to_client) AS packets, coalesce(sum(k.count), 0) AS commands,
    group_concat(DISTINCT coalesce(s.protocol, '')) AS protocols
  FROM conversation c JOIN place p ON p.id = c.client_id JOIN place q ON q.id = c.server_id
  LEFT JOIN command k ON k.id = c.id LEFT JOIN spoken s ON s.id = c.id
  WHERE c.protocol <> 'arp' GROUP BY 1, 2
  """
}

/// What a conversation is about: its industrial protocol, where it has one, before the carrier it came in.
enum SpokenProtocol {
  /// A common table `spoken (id, protocol)` of conversations: of the row with the smallest place, as SQLite has it for
  /// columns beside a minimum.
  static let table = """
    spoken AS MATERIALIZED (
      SELECT q.conversation_id AS id, q.protocol, min(q.position + iif(p.is_industrial, 0, 1 << 20)) AS place
      FROM conversation_protocol q LEFT JOIN protocol p ON p.id = q.protocol GROUP BY q.conversation_id)
    """
}

/// Zones on their levels, lines for what passes between them, and the table that says the same.
enum ZoneMap {
  private static let groupsAtMost = 18
  private static let width = 960
  private static let box = (width: 148, height: 44)
  private static let step = 104

  struct Group {
    var id: String
    var name: String
    var level: Double
    var devices: Int
  }

  static func blocks(_ pairs: [any GroupPair], _ reading: CaseReading) -> [Block] {
    let crossing = pairs.filter { $0.client != $0.server }
    guard !crossing.isEmpty else {
      return [.paragraph(plain("No conversation from one zone (or role) to another was observed."))]
    }
    return [.drawing(draw(pairs, reading))]
  }

  private static func draw(_ pairs: [any GroupPair], _ reading: CaseReading) -> Drawing {
    let groups = groups(pairs, reading)
    let (centres, height) = layout(groups)
    var shapes: [Drawing.Shape] = []
    let crossing = pairs.filter { $0.client != $0.server }
    // Quiet lines first, so that commands lie on top.
    for pair in crossing.sorted(by: {
      ($0.commands > 0 ? 1 : 0, $0.client, $0.server) < ($1.commands > 0 ? 1 : 0, $1.client, $1.server)
    }) {
      guard let from = centres[pair.client], let to = centres[pair.server] else { continue }
      let isOutside = pair.client == "outside" || pair.server == "outside"
      let tone: Tone = pair.commands > 0 ? .high : isOutside ? .critical : .info
      shapes.append(.line(from: from, to: to, bow: bow(from, to, pair), tone, width: thickness(pair.conversations)))
    }
    for group in groups {
      guard let centre = centres[group.id] else { continue }
      let corner = Drawing.Point(centre.x - box.width / 2, centre.y - box.height / 2)
      shapes.append(.box(at: corner, width: box.width, height: box.height, .plain))
      shapes.append(
        .text(at: .init(centre.x, centre.y - 3), group.name.shortened(to: 20), .middle, isStrong: true))
      let words = group.id == "outside" ? "public addresses" : Words.count(group.devices, "device")
      shapes.append(.text(at: .init(centre.x, centre.y + 14), words, .middle, isStrong: false))
    }
    let unit = reading.zones.isEmpty ? "roles (no zone was given)" : "zones"
    return Drawing(
      "Map of the \(reading.zones.isEmpty ? "roles" : "zones")",
      caption: "Traffic between \(unit), higher levels above. Orange lines carry commands that change something, red "
        + "lines reach the outside without such commands, blue lines only ask or report; a thicker line is more "
        + "conversations. Who asks is in the table; ARP is left out.",
      width: width, height: height, shapes: shapes, twin: twin(pairs, reading))
  }

  /// Lines that would run through a row or along one go around it; the two directions of one pair go apart.
  private static func bow(_ from: Drawing.Point, _ to: Drawing.Point, _ pair: any GroupPair) -> Drawing.Point {
    let side = pair.client < pair.server ? 1 : -1
    let rows = abs(from.y - to.y) / step
    if rows == 0 { return Drawing.Point(0, abs(from.x - to.x) > 220 ? -70 - 10 * side : 12 * side) }
    let isSteep = abs(from.x - to.x) < 120
    return Drawing.Point(rows > 1 && isSteep ? 110 * side : 12 * side, 0)
  }

  private static func thickness(_ conversations: Int) -> Int {
    switch conversations {
    case ..<3: 1
    case ..<10: 2
    case ..<50: 3
    default: 5
    }
  }

  /// The groups that take part, the busiest where there are too many.
  private static func groups(_ pairs: [any GroupPair], _ reading: CaseReading) -> [Group] {
    var weight: [String: Int] = [:]
    for pair in pairs {
      weight[pair.client, default: 0] += pair.conversations
      weight[pair.server, default: 0] += pair.conversations
    }
    let busiest = weight.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(groupsAtMost).map(\.key)
    return busiest.sorted().map { id in
      let zone = reading.zones.first { $0.id == id }
      let members = reading.assets.filter {
        id == "outside"
          ? $0.kind == "external"
          : reading.zones.isEmpty
            ? $0.role ?? "unknown" == id && $0.kind == "internal"
            : ($0.zoneID ?? "no zone given") == id
              && $0.kind == "internal"
      }
      let level = id == "outside" ? 6 : zone?.level ?? members.compactMap(\.purdueLevel).max() ?? 2
      return Group(
        id: id, name: zone == nil ? AssetSection.readable(id) : id, level: level, devices: members.count)
    }
  }

  /// Rows by level, the highest above; a full row is broken.
  private static func layout(_ groups: [Group]) -> (centres: [String: Drawing.Point], height: Int) {
    let perRow = 5
    var centres: [String: Drawing.Point] = [:]
    var y = 34
    for level in Set(groups.map(\.level)).sorted(by: >) {
      let members = groups.filter { $0.level == level }
      for start in stride(from: 0, to: members.count, by: perRow) {
        let row = Array(members[start..<min(members.count, start + perRow)])
        for (index, group) in row.enumerated() {
          // Rows are set off against each other, so that fewer lines run through boxes.
          let room = width / row.count - box.width
          let offset = min(60, max(0, room / 2 - 8)) * ((y / step) % 2 == 0 ? -1 : 1)
          centres[group.id] = Drawing.Point(width * (2 * index + 1) / (2 * row.count) + offset, y)
        }
        y += step
      }
    }
    return (centres, y - step + 40)
  }

  private static func twin(_ pairs: [any GroupPair], _ reading: CaseReading) -> Table {
    func name(_ id: String) -> String {
      reading.zones.contains { $0.id == id } ? reading.zoneName(id) : AssetSection.readable(id)
    }
    let sorted = pairs.sorted {
      ($0.client == $0.server ? 1 : 0, -$0.commands, $0.client, $0.server) < (
        $1.client == $1.server ? 1 : 0, -$1.commands, $1.client, $1.server
      )
    }
    return Table(
      "The same as a table: from whom to whom, those with commands first, talk inside one group last",
      ["From", "To", .number("Conversations"), .number("Packets"), .number("Commands"), "Protocols"], limit: 60,
      more: Commands.query("SELECT * FROM v_conversation"),
      rows: sorted.lazy.map { pair in
        let spoken = pair.protocols.split(separator: ",", omittingEmptySubsequences: false).map {
          reading.protocolName(String($0))
        }.sorted()
        return [
          plain(name(pair.client)), plain(pair.client == pair.server ? "itself" : name(pair.server)),
          number(pair.conversations), number(pair.packets),
          pair.commands > 0 ? [.strong(Words.grouped(pair.commands))] : plain("–"), plain(Words.few(spoken, limit: 7)),
        ]
      })
  }
}
