import GRDB
import OTCase
import OTFacts

/// Who talked with whom, and what the operations of each asset come to: read once, in one pass over each table, and asked
/// by the passes that judge hosts. The same as grouping queries over the views, without a sort for each of them.
///
/// Assets and protocols are numbers here, in the order of their ids.
struct TrafficTable {
  /// Where something was seen first; of one moment, what comes first in the case.
  struct Place {
    var time: Int64
    var file: Int64
    var frame: Int64
    mutating func keepEarlier(_ other: Place) { if other.time < time { self = other } }
  }

  struct Host {
    /// nil: a group address.
    var asset: Int?
    var address: String
    var isPublic: Bool
  }

  struct Conversation {
    /// Indices into ``hosts``.
    var client: Int
    var server: Int
    /// Main protocol; nil: none recognised, or none that is known.
    var `protocol`: Int?
    var port: Int64?
    var isAnswered: Bool
    var first: Place
    /// First by name of the industrial protocols recognised in it.
    var industrial: Int?
  }

  /// An asset and a protocol.
  struct Pair: Hashable, Comparable {
    var asset: Int
    var `protocol`: Int
    static func < (left: Self, right: Self) -> Bool {
      (left.asset, left.protocol) < (right.asset, right.protocol)
    }
  }

  private(set) var assets: [String] = []
  private(set) var protocols: [(id: String, isIndustrial: Bool, isTelecontrol: Bool)] = []
  private(set) var hosts: [Host] = []
  private(set) var conversations: [Conversation] = []
  /// What was asked of assets and by them.
  private(set) var work = OperationSums(assets: 0)

  private var assetNumbers: [String: Int] = [:]
  private(set) var protocolNumbers: [String: Int] = [:]
  private(set) var hostNumbers: [Int64: Int] = [:]
  /// Conversations in a steady rhythm, by their ids.
  private(set) var cyclic: Set<Int64> = []

  /// - Parameter facts: what the case was made of, where it is at hand: then operations are not read back.
  init(_ database: Database, _ facts: Facts? = nil) throws {
    try readNames(database)
    try readConversations(database)
    if let facts { work = sums(of: facts.operations) } else { work = try sums(database) }
  }

  func number(of asset: String) -> Int? { assetNumbers[asset] }

  private mutating func readNames(_ database: Database) throws {
    var rows = try RowReader("SELECT id FROM asset ORDER BY id", in: database)
    while try rows.next() {
      assetNumbers[rows.text(0)] = assets.count
      assets.append(rows.text(0))
    }
    // A case of another program's making may speak protocols it does not list.
    rows = try RowReader(
      """
      SELECT id, is_industrial FROM protocol UNION ALL SELECT DISTINCT protocol, 0 FROM conversation
      WHERE protocol <> '' AND protocol NOT IN (SELECT id FROM protocol) ORDER BY 1
      """, in: database)
    while try rows.next() {
      protocolNumbers[rows.text(0)] = protocols.count
      protocols.append((rows.text(0), rows.flag(1), ["iec104", "dnp3"].contains(rows.text(0))))
    }
    rows = try RowReader("SELECT id, asset_id, address, scope FROM host ORDER BY id", in: database)
    while try rows.next() {
      hostNumbers[rows.integer(0)] = hosts.count
      hosts.append(
        Host(
          asset: rows.optionalText(1).flatMap { assetNumbers[$0] }, address: rows.text(2),
          isPublic: rows.text(3) == "public"))
    }
  }

  private mutating func readConversations(_ database: Database) throws {
    // The protocols of a conversation stand in its table and beside it.
    var industrial: [Int64: Int] = [:]
    var rows = try RowReader("SELECT conversation_id, protocol FROM conversation_protocol", in: database)
    while try rows.next() {
      guard let name = protocolNumbers[rows.text(1)], protocols[name].isIndustrial else { continue }
      industrial[rows.integer(0)] = min(name, industrial[rows.integer(0)] ?? name)
    }
    rows = try RowReader(
      """
      SELECT id, client_id, server_id, protocol, server_port, \(Schema.isAnswered("c")), is_cyclic,
        first_time, evidence_id, frame FROM conversation c ORDER BY id
      """, in: database)
    while try rows.next() {
      guard let client = hostNumbers[rows.integer(1)], let server = hostNumbers[rows.integer(2)] else { continue }
      let id = rows.integer(0)
      let name = protocolNumbers[rows.text(3)]
      let main = name.flatMap { protocols[$0].isIndustrial ? $0 : nil }
      if rows.flag(6) { cyclic.insert(id) }
      conversations.append(
        Conversation(
          client: client, server: server, protocol: name, port: rows.isNull(4) ? nil : rows.integer(4),
          isAnswered: rows.flag(5),
          first: Place(time: rows.integer(7), file: rows.integer(8), frame: rows.integer(9)),
          industrial: [main, industrial[id]].compactMap { $0 }.min()))
    }
  }
}
