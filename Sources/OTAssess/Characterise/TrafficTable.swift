import GRDB
import OTCase

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

  /// Operations that were counted together.
  struct Sum {
    var count: Int64 = 0
    var first: Place
    mutating func add(_ count: Int64, _ place: Place) {
      self.count = self.count.addingReportingOverflow(count).overflow ? .max : self.count + count
      first.keepEarlier(place)
    }
  }

  /// What an asset asks of others in industrial protocols.
  struct Asking {
    var servers: Set<Int> = []
    var reads = 0.0
    /// Writing and controlling.
    var writes = 0.0
    /// Loading programs and firmware.
    var programs = 0.0
    var last: Int64
    var isCyclic = false
    var first: Place
    var seconds: Double { Double(last.subtractingReportingOverflow(first.time).partialValue) / 1e9 }
  }

  private(set) var assets: [String] = []
  private(set) var protocols: [(id: String, isIndustrial: Bool)] = []
  private(set) var hosts: [Host] = []
  private(set) var conversations: [Conversation] = []
  /// Answered requests by server and industrial protocol.
  private(set) var answered: [Pair: Sum] = [:]
  /// Unasked messages by sender and industrial protocol.
  private(set) var published: [Pair: Sum] = [:]
  /// Programs loaded or read by server, with the first protocol by name.
  private(set) var programmed: [Int: (sum: Sum, protocol: Int)] = [:]
  private(set) var asking: [Int: Asking] = [:]

  private var assetNumbers: [String: Int] = [:]
  private var protocolNumbers: [String: Int] = [:]
  private var hostNumbers: [Int64: Int] = [:]
  private var cyclic: Set<Int64> = []

  init(_ database: Database) throws {
    try readNames(database)
    try readConversations(database)
    try readOperations(database)
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
      protocols.append((rows.text(0), rows.flag(1)))
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
      SELECT id, client_id, server_id, protocol, server_port, packets_to_client > refused OR handshakes > 0, is_cyclic,
        first_time, evidence_id, frame FROM conversation ORDER BY id
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

  private mutating func readOperations(_ database: Database) throws {
    var rows = try RowReader(
      """
      SELECT conversation_id, protocol, client_id, server_id, kind, is_published, requests, responses, failures,
        first_time, evidence_id, frame, last_time FROM operation ORDER BY id
      """, in: database)
    // Rows of one conversation follow each other: what it is between and in which protocol is looked up once.
    var (spoken, kind) = (RepeatedText(), RepeatedText())
    var number: Int?
    var work = Work.other
    var ends: (client: Int64, server: Int64) = (-1, -1)
    var (client, server): (Int?, Int?)
    while try rows.next() {
      if spoken.changes(rows, 1) { number = protocolNumbers[spoken.text] }
      if kind.changes(rows, 4) { work = Work(kind: kind.text) }
      guard let name = number else { continue }
      if ends != (rows.integer(2), rows.integer(3)) {
        ends = (rows.integer(2), rows.integer(3))
        client = hostNumbers[ends.client].flatMap { hosts[$0].asset }
        server = hostNumbers[ends.server].flatMap { hosts[$0].asset }
      }
      let responses = rows.integer(7)
      let count = max(rows.integer(6), responses)
      let place = Place(time: rows.integer(9), file: rows.integer(10), frame: rows.integer(11))
      if let server, work == .program || work == .firmware, responses > rows.integer(8) {
        var known = programmed[server] ?? (Sum(first: place), name)
        known.sum.add(count, place)
        known.protocol = min(known.protocol, name)
        programmed[server] = known
      }
      guard protocols[name].isIndustrial else { continue }
      if rows.flag(5) {
        if let client {
          published[Pair(asset: client, protocol: name), default: Sum(first: place)].add(count, place)
        }
        continue
      }
      if let server, responses > 0, work.isAskedOfDevices {
        answered[Pair(asset: server, protocol: name), default: Sum(first: place)].add(count, place)
      }
      guard let client else { continue }
      let last = rows.integer(12)
      let isCyclic = cyclic.contains(rows.integer(0))
      Self.note(&asking[client, default: Asking(last: last, first: place)]) { asker in
        if let server { asker.servers.insert(server) }
        switch work {
        case .read: asker.reads += Double(count)
        case .write: asker.writes += Double(count)
        case .program, .firmware: asker.programs += Double(count)
        case .diagnose, .other: break
        }
        asker.last = max(asker.last, last)
        asker.isCyclic = asker.isCyclic || isCyclic
        asker.first.keepEarlier(place)
      }
    }
  }

  /// Kinds of operations as far as they tell who is what.
  private enum Work {
    case read
    /// Writing and controlling.
    case write
    case program, firmware, diagnose, other

    init(kind: String) {
      switch kind {
      case "read": self = .read
      case "write", "control": self = .write
      case "program": self = .program
      case "firmware": self = .firmware
      case "diagnose": self = .diagnose
      default: self = .other
      }
    }

    /// What only a device is asked to do.
    var isAskedOfDevices: Bool {
      switch self {
      case .read, .write, .program, .diagnose: true
      case .firmware, .other: false
      }
    }
  }

  private static func note(_ asker: inout Asking, _ change: (inout Asking) -> Void) { change(&asker) }
}
