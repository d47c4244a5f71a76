import OTCase
import OTCore

/// Every controller: what it is, who commands it with what, and each event that changed its mode or program.
enum ControllerSection: ReportSection {
  static let title = "Controllers, and who commands them"
  static let id = "controllers"
  private static let cardsAtMost = 40

  static func blocks(_ reading: CaseReading) throws -> [Block] {
    let commands = Dictionary(grouping: try CommandRow.all(reading.store)) { $0.server }
    let modes = Dictionary(grouping: try ModeEvent.first(of: reading.store)) { $0.server }
    let controllers = reading.assets.filter { asset in
      asset.role == "plc" || asset.role == "rtu" || commands[asset.id] != nil || modes[asset.id] != nil
    }
    guard !controllers.isEmpty else {
      return [.paragraph(plain("No controller was recognised and no command was observed."))]
    }
    let silent = controllers.filter { commands[$0.id] == nil && modes[$0.id] == nil }
    var blocks: [Block] = [
      .paragraph(
        plain(
          "\(Words.count(controllers.count, "device")) were recognised as controllers or were commanded. To "
            + "\(silent.count) of them no command was observed in these recordings."))
    ]
    // Those whose mode or program was touched first; else in the order of their addresses.
    let active =
      controllers.filter { modes[$0.id] != nil }
      + controllers.filter {
        modes[$0.id] == nil && commands[$0.id] != nil
      }
    blocks += events(active.filter { modes[$0.id] != nil }, modes, reading)
    for asset in active.prefix(cardsAtMost) {
      blocks.append(card(asset, commands[asset.id] ?? [], modes[asset.id] ?? [], reading))
    }
    if active.count > cardsAtMost {
      blocks.append(
        .paragraph([
          .text("\(active.count - cardsAtMost) more commanded devices: "),
          .code(Commands.query("SELECT * FROM v_event")),
        ]))
    }
    if !silent.isEmpty {
      blocks.append(
        .paragraph(plain("No command observed to: \(Words.few(silent.map { reading.name($0.id) }, limit: 30)).")))
    }
    return blocks
  }

  /// Every controller with such events on a lane of its own.
  private static func events(
    _ assets: [AssetRow], _ modes: [String: [ModeEvent]], _ reading: CaseReading
  ) -> [Block] {
    let recorded = reading.captures.compactMap { file in
      file.firstTime.flatMap { first in file.lastTime.map { TimeChart.Bar(file.name, first, $0) } }
    }
    guard !assets.isEmpty, !recorded.isEmpty else { return [] }
    let lanes = assets.map { asset in
      TimeChart.Lane(label: asset.name, moments: (modes[asset.id] ?? []).map { ($0.time, tone($0.kind)) })
    }
    let twin = Table(
      "The same as a table; each event stands in the card of its controller",
      ["Controller", .number("Events"), "Kinds", "First", "From"], limit: cardsAtMost,
      more: Commands.query("SELECT * FROM v_event"),
      rows: assets.map { asset in
        let own = modes[asset.id] ?? []
        return [
          plain(reading.name(asset.id)), number(own.first?.total ?? 0),
          plain(Set(own.map(\.kind)).sorted().joined(separator: ", ")), plain(Words.moment(own.first?.time)),
          plain(Words.few(Set(own.compactMap(\.client)).sorted().map { reading.name($0) })),
        ]
      })
    return [
      .drawing(
        TimeChart.draw(
          lanes, recorded: recorded, title: "When modes and programs were changed",
          caption: "Each dot is an event; orange: program or firmware, ochre: start, stop or switching, blue: "
            + "configuration. At most the first dozen of each controller.", twin: twin))
    ]
  }

  // MARK: who commands

  /// Commands of one kind from one asset to another, in industrial protocols.
  private struct CommandRow {
    var client: String?
    var server, kind, `protocol`: String
    var count: Int64 = 0, failures: Int64 = 0
    var firstTime, lastTime: Timestamp
    var objects: Set<String> = []

    /// Summed in one pass, in the order of the first command: SQLite would sort all of them by four texts.
    static func all(_ store: CaseStore) throws -> [CommandRow] {
      struct Key: Hashable { var client: String?, server, kind, `protocol`: String }
      var numbers: [Key: Int] = [:]
      var rows: [CommandRow] = []
      // Operations of one conversation follow each other.
      var (client, server, kind, spoken) = (RepeatedText(), RepeatedText(), RepeatedText(), RepeatedText())
      var current = -1
      var conversation: Int64 = 0
      var run = OperationCount()
      try store.scan(
        """
        SELECT coalesce(h1.asset_id, ''), h2.asset_id, o.kind, o.protocol, o.requests, o.failures,
          o.first_time, o.last_time, o.object, o.responses, o.conversation_id
        FROM operation o JOIN host h1 ON h1.id = o.client_id JOIN host h2 ON h2.id = o.server_id
        WHERE o.protocol IN (SELECT id FROM protocol WHERE is_industrial) AND NOT o.is_published
          AND o.kind IN ('write', 'control', 'program', 'firmware', 'configure', 'time') AND h2.asset_id IS NOT NULL
        """
      ) { row in
        let changes = [
          client.changes(row, 0), server.changes(row, 1), kind.changes(row, 2), spoken.changes(row, 3),
          row.integer(10) != conversation,
        ]
        let (first, last) = (Timestamp(nanoseconds: row.integer(6)), Timestamp(nanoseconds: row.integer(7)))
        if current < 0 || changes.contains(true) {
          if current >= 0 { rows[current].count &+= run.take() }
          conversation = row.integer(10)
          let asking = client.text.isEmpty ? nil : client.text
          let key = Key(client: asking, server: server.text, kind: kind.text, protocol: spoken.text)
          current = numbers[key] ?? rows.count
          if current == rows.count {
            numbers[key] = current
            rows.append(
              CommandRow(
                client: asking, server: key.server, kind: key.kind, protocol: key.protocol, firstTime: first,
                lastTime: last))
          }
        }
        run.add(requests: row.integer(4), responses: row.integer(9))
        rows[current].add(row, first, last)
      }
      if current >= 0 { rows[current].count &+= run.take() }
      return rows.sorted(by: precedes)
    }

    private mutating func add(_ row: RowReader, _ first: Timestamp, _ last: Timestamp) {
      failures &+= row.integer(5)
      firstTime = min(firstTime, first)
      lastTime = max(lastTime, last)
      if !row.text(8).isEmpty { objects.insert(row.text(8)) }
    }

    private static func precedes(_ left: CommandRow, _ right: CommandRow) -> Bool {
      if left.firstTime != right.firstTime { return left.firstTime < right.firstTime }
      let pairs = [
        (left.client ?? "", right.client ?? ""), (left.server, right.server), (left.kind, right.kind),
        (left.protocol, right.protocol),
      ]
      guard let (one, other) = pairs.first(where: { $0.0 != $0.1 }) else { return false }
      return one.utf8.lexicographicallyPrecedes(other.utf8)
    }
  }

  /// One event that changes mode, program, firmware or configuration.
  private struct ModeEvent: CaseRow {
    static let source = """
      SELECT h2.asset_id AS server, h1.asset_id AS client, e.time, o.protocol, o.kind, o.name, o.object, e.outcome,
        v.name || ':' || e.frame AS evidence, 0 AS total
      FROM event e JOIN operation o ON o.id = e.operation_id JOIN host h1 ON h1.id = o.client_id
      JOIN host h2 ON h2.id = o.server_id LEFT JOIN evidence v ON v.id = e.evidence_id
      """
    static let order = "e.id"
    var server, `protocol`, kind, name, object, outcome: String
    var client, evidence: String?
    var time: Timestamp
    /// Events of the same controller.
    var total: Int

    private static let atMost = 12

    /// The first dozen of each controller, in the order of time. Which they are is counted in one pass over the events.
    static func first(of store: CaseStore) throws -> [ModeEvent] {
      // Controllers by number, and that of each operation.
      var numbers: [String: Int] = [:]
      var servers: [Int64: Int] = [:]
      var (asset, number) = (RepeatedText(), 0)
      try store.scan(
        """
        SELECT o.id, h.asset_id FROM operation o JOIN host h ON h.id = o.server_id
        WHERE o.kind IN ('control', 'program', 'firmware', 'configure') AND h.asset_id IS NOT NULL
          AND o.protocol IN (SELECT id FROM protocol WHERE is_industrial)
        """
      ) { row in
        if asset.changes(row, 1) {
          number = numbers[asset.text] ?? numbers.count
          numbers[asset.text] = number
        }
        servers[row.integer(0)] = number
      }
      var totals = Array(repeating: 0, count: numbers.count)
      var chosen: [Int64] = []
      try store.scan("SELECT id, operation_id FROM event WHERE role <> 'response' ORDER BY id") { row in
        guard let server = servers[row.integer(1)] else { return }
        totals[server] += 1
        if totals[server] <= atMost { chosen.append(row.integer(0)) }
      }
      let ids = chosen.map(String.init).joined(separator: ", ")
      return try store.all(ModeEvent.self, where: "e.id IN (\(ids))").map { event in
        var event = event
        event.total = numbers[event.server].map { totals[$0] } ?? 0
        return event
      }
    }
  }

  private static func card(
    _ asset: AssetRow, _ commands: [CommandRow], _ events: [ModeEvent], _ reading: CaseReading
  ) -> Block {
    var blocks: [Block] = [
      .heading(level: 3, text: reading.name(asset.id), id: "controller-\(asset.id)"),
      .paragraph(identity(asset, reading)),
    ]
    if !commands.isEmpty { blocks.append(writers(commands, asset, reading)) }
    if !events.isEmpty { blocks.append(timeline(events, reading)) }
    let isChanged = commands.contains { ["program", "firmware"].contains($0.kind) }
    return .card(isChanged ? .high : commands.isEmpty ? .plain : .info, blocks)
  }

  private static func identity(_ asset: AssetRow, _ reading: CaseReading) -> [Inline] {
    let parts = [asset.make, asset.orderNumber ?? ""].filter { !$0.isEmpty }
    var text = parts.isEmpty ? "Vendor and model not observed" : parts.joined(separator: " ")
    text += asset.firmware.map { ", firmware \($0)" } ?? ", firmware not observed"
    if let serial = asset.serialNumber { text += ", serial number \(serial)" }
    return plain(text + "; \(reading.zoneName(asset.zoneID)).")
  }

  private static func writers(_ commands: [CommandRow], _ asset: AssetRow, _ reading: CaseReading) -> Block {
    // The rows come in the order of their first command.
    let first = commands.first?.client
    let rows: [[[Inline]]] = commands.map { row in
      let zone = reading.asset(row.client)?.zoneID
      let isForeign = zone != nil && asset.zoneID != nil && zone != asset.zoneID
      return [
        [row.client == first ? .strong(reading.name(row.client)) : .text(reading.name(row.client))],
        isForeign ? [.tag(.medium, zone ?? "")] : plain(zone == nil ? "no zone given" : "same zone"),
        plain(row.kind), plain(reading.protocolName(row.protocol)), number(row.count), number(row.objects.count),
        plain(row.failures > 0 ? "\(Words.grouped(row.failures)) refused" : "–"), plain(Words.moment(row.firstTime)),
        plain(Words.moment(row.lastTime)),
      ]
    }
    let masters = Set(commands.map(\.client)).count
    return .table(
      Table(
        "Who commands it: \(Words.count(masters, "sender")); bold: the first one observed",
        [
          "From", "Zone of the sender", "Kind", "Protocol", .number("Commands"), .number("Objects"), "Answers", "First",
          "Last",
        ], limit: 20, more: Commands.query("SELECT * FROM v_operation"), rows: rows))
  }

  private static func timeline(_ events: [ModeEvent], _ reading: CaseReading) -> Block {
    let total = events.first?.total ?? events.count
    return .table(
      Table(
        "Events that change mode, program, firmware or configuration: \(Words.grouped(total)) observed",
        ["Time", "From", "Kind", "What", "Object", "Evidence"], omitted: max(0, total - events.count),
        more: Commands.query("SELECT * FROM v_event"),
        rows: events.map { event in
          [
            plain(Words.moment(event.time)), plain(event.client.map { reading.name($0) } ?? "–"),
            [.tag(tone(event.kind), event.kind)], plain("\(event.name) (\(reading.protocolName(event.protocol)))"),
            plain(event.object.ifEmpty("–")), code(event.evidence ?? ""),
          ]
        }))
  }

  private static func tone(_ kind: String) -> Tone {
    switch kind {
    case "program", "firmware": .high
    case "control": .medium
    default: .info
    }
  }
}
