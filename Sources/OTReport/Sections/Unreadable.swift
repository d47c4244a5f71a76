import OTCase

/// Traffic nobody could read, by shape: what it looks like, who speaks it, and a description to start from.
enum Unreadable {
  private static let rowsAtMost = 25
  private static let draftsAtMost = 3

  static func blocks(_ reading: CaseReading) throws -> [Block] {
    let shapes = try reading.store.all(UnknownShapeRow.self)
    guard !shapes.isEmpty else { return [] }
    let hosts = try talkers(reading)
    let rows: [[[Inline]]] = shapes.map { shape in
      [
        code(shape.name), plain(place(shape)), plain(hosts[shape.name] ?? ""),
        plain(Words.bytes(shape.bytesToServer + shape.bytesToClient)), plain(look(shape)), plain(detail(shape)),
        code(shape.evidence ?? ""),
      ]
    }
    var blocks: [Block] = [
      .heading(level: 3, text: "Traffic nobody could read", id: "unreadable"),
      .paragraph(
        plain(
          "What no decoder recognised is described by its shape. Equal shapes have one name, here and on another visit, so "
            + "that a new one stands out; “looks like” is a hint and no recognition. A protocol whose format is known can be "
            + "described in a small file, and is then read like any other: docs/protocol-descriptions.md.")),
      .table(
        Table(
          "Shapes of unrecognised traffic, most bytes first",
          [
            "Shape", "Where", "Between", .number("Payload"), "Looks like", "What its messages have in common",
            "First seen",
          ],
          limit: rowsAtMost, more: "the table unknown_shape of the case", rows: rows)),
    ]
    let drafts = shapes.filter { $0.isComparable && !$0.draft.isEmpty }.prefix(draftsAtMost)
    guard !drafts.isEmpty else { return blocks }
    let others = shapes.count { !$0.draft.isEmpty } - drafts.count
    blocks.append(
      .paragraph(
        others == 0
          ? plain("Drafts of descriptions to start from:")
          : [
            .text("Drafts of descriptions to start from; \(others) more by "), .code(Commands.draft), ":",
          ]))
    return blocks + drafts.map { .code($0.draft) }
  }

  private static func place(_ shape: UnknownShapeRow) -> String {
    switch shape.transport {
    case "ethernet": return "EtherType 0x" + hexadecimal(shape.networkProtocol)
    case "ip": return "IP protocol \(shape.networkProtocol)"
    default:
      let ports = shape.ports.split(separator: ",").map(String.init)
      return "\(shape.transport) " + Words.few(ports, limit: 4)
    }
  }

  private static func hexadecimal(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func look(_ shape: UnknownShapeRow) -> String {
    shape.looksLike + (shape.isComparable ? "" : " (too little of it for a comparison)")
  }

  private static func detail(_ shape: UnknownShapeRow) -> String {
    var parts = [shape.pattern]
    if let period = shape.period { parts.append("every \(Words.duration(period))") }
    for (word, begins, sizes) in [
      ("to the server", shape.beginsToServer, shape.sizesToServer),
      ("to the client", shape.beginsToClient, shape.sizesToClient),
    ] where !sizes.isEmpty {
      parts.append("\(word) \(sizes)" + (begins.isEmpty ? "" : ", beginning \(begins)"))
    }
    if !shape.fields.isEmpty { parts.append(shape.fields) }
    return parts.joined(separator: "; ")
  }

  /// Per shape who speaks it, as far as a line holds.
  private static func talkers(_ reading: CaseReading) throws -> [String: String] {
    var pairs: [String: [String]] = [:]
    for talk in try reading.store.all(Talk.self) {
      let text = "\(talk.clientName ?? talk.clientAddress) → \(talk.serverName ?? talk.serverAddress)"
      if pairs[talk.unknownShape]?.contains(text) != true { pairs[talk.unknownShape, default: []].append(text) }
    }
    return pairs.mapValues { Words.few($0, limit: 3) }
  }

  struct Talk: CaseRow {
    static let source = """
      SELECT id, unknown_shape, client_name, client_address, server_name, server_address FROM v_conversation
      WHERE unknown_shape IS NOT NULL
      """
    static let order = "id"
    var id: Int
    var unknownShape, clientAddress, serverAddress: String
    var clientName, serverName: String?
  }
}
