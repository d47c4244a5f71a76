import OTCase

/// What passes between a device inside and a public address in one service, in one direction.
///
/// There may be as many conversations with the outside as there are at all, of which the report shows a few: they are
/// summed in one pass, and names are looked up of those alone that are shown.
struct OutsideTalk {
  /// The sums of one row of the report.
  struct Key: Hashable {
    var pair: Int
    var `protocol`, transport: String
    var serverPort: Int64?
    var isOutward: Bool
  }

  /// A device (of an asset or none) and a host outside.
  struct Pair: Hashable {
    var inside: String?
    var host: Int64
    var address: String
  }

  var pair: Pair
  var key: Key
  var bytes: Int64
  var isAnswered: Bool
  var firstTime: Int64
  /// Names of the host, as the device called it; the first three.
  var names: [String] = []

  /// All of them in order, of which the first `limit` have their names.
  static func all(_ store: CaseStore, named limit: Int) throws -> [OutsideTalk] {
    var talks: [OutsideTalk] = []
    var places: [Key: Int] = [:]
    var pairs: [Pair: Int] = [:]
    /// Which pair a conversation is of.
    var conversations: [(id: Int64, pair: Int)] = []
    try store.scan(question) { row in
      let pair = Pair(inside: row.optionalText(1), host: row.integer(2), address: row.text(3))
      let number = pairs[pair] ?? pairs.count
      if number == pairs.count { pairs[pair] = number }
      conversations.append((row.integer(0), number))
      let key = Key(
        pair: number, protocol: row.text(4), transport: row.text(5), serverPort: row.whole(6), isOutward: row.flag(7))
      if let place = places[key] {
        talks[place].bytes &+= row.integer(8)
        talks[place].isAnswered = talks[place].isAnswered || row.flag(9)
        talks[place].firstTime = min(talks[place].firstTime, row.integer(10))
      } else {
        places[key] = talks.count
        talks.append(
          OutsideTalk(
            pair: pair, key: key, bytes: row.integer(8), isAnswered: row.flag(9), firstTime: row.integer(10)))
      }
    }
    talks.sort { $0.precedes($1) }
    try name(&talks, limit, conversations, store)
    return talks
  }

  private static let question = """
    WITH \(SpokenProtocol.table), ends (id, outside_id, inside_id) AS (
        SELECT c.id, c.client_id, c.server_id FROM conversation c JOIN host h ON h.id = c.client_id
        WHERE h.scope = 'public'
        UNION ALL
        SELECT c.id, c.server_id, c.client_id FROM conversation c JOIN host h ON h.id = c.server_id
        JOIN host o ON o.id = c.client_id WHERE h.scope = 'public' AND o.scope <> 'public')
    SELECT c.id, s.asset_id, h.id, h.address, coalesce(k.protocol, ''), c.transport, c.server_port, c.client_id = s.id,
      c.bytes_to_server + c.bytes_to_client, \(Schema.isAnswered("c")), c.first_time
    FROM ends e JOIN conversation c ON c.id = e.id JOIN host h ON h.id = e.outside_id
    JOIN host s ON s.id = e.inside_id LEFT JOIN spoken k ON k.id = c.id
    """

  /// By device, those of none first, then address and service.
  private func precedes(_ other: OutsideTalk) -> Bool {
    let (own, others) = (pair.inside ?? "", other.pair.inside ?? "")
    if own != others { return own < others }
    if pair.address != other.pair.address { return pair.address < other.pair.address }
    if key.transport != other.key.transport { return key.transport < other.key.transport }
    let (port, otherPort) = (key.serverPort ?? -1, other.key.serverPort ?? -1)
    if port != otherPort { return port < otherPort }
    if key.protocol != other.key.protocol { return key.protocol < other.key.protocol }
    return !key.isOutward && other.key.isOutward
  }

  private static func name(
    _ talks: inout [OutsideTalk], _ limit: Int, _ conversations: [(id: Int64, pair: Int)], _ store: CaseStore
  ) throws {
    let shown = Set(talks.prefix(limit).map(\.key.pair))
    var names: [Int: Set<String>] = [:]
    var pairs: [Int64: [Int]] = [:]
    for (id, pair) in conversations where shown.contains(pair) { pairs[id, default: []].append(pair) }
    try store.scan("SELECT conversation_id, value FROM property WHERE attribute = 'server_name'") { row in
      for pair in pairs[row.integer(0)] ?? [] { names[pair, default: []].insert(row.text(1)) }
    }
    for index in talks.indices.prefix(limit) {
      talks[index].names = Array((names[talks[index].key.pair] ?? []).sorted().prefix(3))
    }
  }
}
