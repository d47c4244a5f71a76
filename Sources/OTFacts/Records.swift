import OTCore

/// Packets from one host to another that are counted together.
public struct Traffic: Sendable {
  public var packets: UInt64 = 0
  /// On the wire.
  public var bytes: UInt64 = 0
  /// Packets to a group MAC address, so that the address they are for names many (directed broadcast).
  public var groupPackets: UInt64 = 0
  public var first = Sighting(time: Timestamp(nanoseconds: 0), file: 0, frame: 0)
  public var last = Timestamp(nanoseconds: 0)

  public init() {}

  /// One packet.
  public init(bytes: Int, toGroup: Bool, _ sighting: Sighting) {
    packets = 1
    self.bytes = UInt64(truncatingIfNeeded: bytes)
    groupPackets = toGroup ? 1 : 0
    first = sighting
    last = sighting.time
  }
}

/// The lowest and the highest time to live of some packets; that of a packet without any is 0 and does not count.
public struct Lifetimes: Sendable, Equatable {
  /// 0 where none counted.
  public private(set) var low: UInt8 = 0
  public private(set) var high: UInt8 = 0

  public init() {}
  @inlinable @inline(__always)
  public init(_ ttl: UInt8) {
    self.init()
    add(ttl)
  }

  @inlinable @inline(__always)
  public mutating func add(_ ttl: UInt8) {
    if ttl < low || ttl > high || low == 0 { widen(ttl) }
  }

  public mutating func add(_ other: Lifetimes) {
    add(other.low)
    add(other.high)
  }

  @usableFromInline @inline(never)
  mutating func widen(_ ttl: UInt8) {
    guard ttl > 0 else { return }
    low = low == 0 ? ttl : Swift.min(low, ttl)
    high = Swift.max(high, ttl)
  }
}

/// The folder's rows: plain values without references, so that touching one costs no reference counting.
struct HostRecord: Sendable {
  var address: HostAddress
  var first: Sighting?
  var last = Timestamp(nanoseconds: .min)
  var packetsSent: UInt64 = 0
  var bytesSent: UInt64 = 0
  var packetsReceived: UInt64 = 0
  var bytesReceived: UInt64 = 0
  var unansweredAttempts: UInt64 = 0
  /// Packets to this address that went to a group MAC address.
  var groupPackets: UInt64 = 0
  var lifetimes = Lifetimes()
  /// The MAC address of the packets sent last, and how many in a row it sent; flushed to `macs` when it changes.
  var mac = MACAddress.zero
  var macPackets: UInt64 = 0
  var macs: [MACAddress: UInt64] = [:]
  /// Packets from MAC addresses beyond those that are kept.
  var strayPackets: UInt64 = 0
  var vlan: UInt16 = 0
  var vlans: [UInt16] = []

  init(address: HostAddress) { self.address = address }

  private mutating func touch(_ seen: HostAddress, _ traffic: Traffic) {
    first = first.map { Swift.min($0, traffic.first) } ?? traffic.first
    if traffic.last > last { last = traffic.last }
    if address.family == .none { address = seen }
  }

  mutating func received(_ seen: HostAddress, _ traffic: Traffic) {
    touch(seen, traffic)
    groupPackets &+= traffic.groupPackets
    packetsReceived &+= traffic.packets
    bytesReceived &+= traffic.bytes
  }

  mutating func sent(
    _ seen: HostAddress, mac sender: MACAddress, vlan tag: UInt16, ttl: Lifetimes, _ traffic: Traffic
  ) {
    touch(seen, traffic)
    packetsSent &+= traffic.packets
    bytesSent &+= traffic.bytes
    if sender == mac {
      macPackets &+= traffic.packets
    } else {
      flushMAC()
      mac = sender
      macPackets = traffic.packets
    }
    if tag != vlan, tag != 0 {
      vlan = tag
      if !vlans.contains(tag), vlans.count < 64 { vlans.append(tag) }
    }
    lifetimes.add(ttl)
  }

  mutating func flushMAC() {
    if macPackets > 0, mac != .zero {
      if macs.count < Limits.macsPerHost || macs[mac] != nil {
        macs[mac, default: 0] += macPackets
      } else {
        strayPackets &+= macPackets
      }
    }
    macPackets = 0
  }
}

/// A set of protocol numbers.
struct ProtocolSet: Sendable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  mutating func insert(_ number: UInt8) {
    let bit = UInt64(1) << UInt64(number & 63)
    switch number >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    case 2: words.2 |= bit
    default: words.3 |= bit
    }
  }

  func contains(_ number: UInt8) -> Bool {
    let bit = UInt64(1) << UInt64(number & 63)
    let word =
      switch number >> 6 {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    return word & bit != 0
  }
}

/// What is touched for every packet stands first and together: a conversation is a cache miss, and should be one only.
struct ConversationRecord: Sendable {
  var timing = TimingRecord()
  /// The row counted last: an answer mostly follows its question.
  var lastOperation: UInt32 = .max
  /// Distinct operation rows, for the cap on objects.
  var operationRows: UInt32 = 0
  var client: UInt32
  var server: UInt32
  /// Transport, server port, network protocol, packed.
  var place: UInt64
  var first: Sighting
  var last = Timestamp(nanoseconds: .min)
  var clientEvidence = ConversationFact.ClientEvidence.firstSender
  var protocols = ProtocolSet()
  var connections: UInt64 = 0
  var handshakes: UInt64 = 0
  var resets: UInt64 = 0
  var refused: UInt64 = 0
  var retransmissions: UInt64 = 0
  var gapBytes: UInt64 = 0
  var packetsToServer: UInt64 = 0
  var bytesToServer: UInt64 = 0
  var packetsToClient: UInt64 = 0
  var bytesToClient: UInt64 = 0

  var transport: ConversationFact.Transport {
    ConversationFact.Transport(rawValue: UInt8(truncatingIfNeeded: place >> 32)) ?? .other
  }
  var port: UInt16 { UInt16(truncatingIfNeeded: place >> 16) }
  var networkProtocol: UInt16 { UInt16(truncatingIfNeeded: place) }

  init(client: UInt32, server: UInt32, place: UInt64, first: Sighting) {
    self.client = client
    self.server = server
    self.place = place
    self.first = first
  }

  func isBetween(_ client: UInt32, _ server: UInt32, _ place: UInt64) -> Bool {
    self.client == client && self.server == server && self.place == place
  }

  mutating func add(_ flow: FlowTotals) {
    if connections == 0 || flow.clientEvidence.rawValue < clientEvidence.rawValue {
      clientEvidence = flow.clientEvidence
    }
    first = connections == 0 ? flow.first : Swift.min(first, flow.first)
    last = Swift.max(last, flow.last)
    connections &+= 1
    if flow.handshake { handshakes &+= 1 }
    if flow.reset { resets &+= 1 }
    if flow.refused { refused &+= 1 }
    retransmissions &+= flow.retransmissions
    gapBytes &+= flow.gapBytes
    packetsToServer &+= flow.packetsToServer
    bytesToServer &+= flow.bytesToServer
    packetsToClient &+= flow.packetsToClient
    bytesToClient &+= flow.bytesToClient
  }
}

/// An operation's object with its text interned. Numbers go in pairs: a key is compared for every message.
struct ObjectKey: Sendable, Equatable {
  enum Tag: UInt8, Sendable { case none, numbers, text }

  /// The first two numbers, or the number of the text.
  var high: UInt64 = 0
  /// The last two.
  var low: UInt64 = 0
  var tag = Tag.none

  init() {}

  @inline(__always)
  init(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) {
    high = UInt64(a) | UInt64(b) << 32
    low = UInt64(c) | UInt64(d) << 32
    tag = .numbers
  }

  init(text number: UInt32) {
    high = UInt64(number)
    tag = .text
  }

  @inline(__always)
  static func == (left: Self, right: Self) -> Bool {
    left.high == right.high && left.low == right.low && left.tag == right.tag
  }

  /// What was put in.
  var a: UInt32 { UInt32(truncatingIfNeeded: high) }
  var b: UInt32 { UInt32(truncatingIfNeeded: high >> 32) }
  var c: UInt32 { UInt32(truncatingIfNeeded: low) }
  var d: UInt32 { UInt32(truncatingIfNeeded: low >> 32) }
}

/// What is looked at for every message stands first and together.
///
/// In an order that leaves no gaps, what every message needs first: 128 bytes.
struct OperationRecord: Sendable {
  var conversation: UInt32
  var client: UInt32
  var code: UInt64
  var object: ObjectKey
  var layer: UInt8
  var kind: OperationKind
  var isPublished: Bool
  /// The rows that followed this one lately in its conversation, the latest first: polling goes in circles, and some of
  /// them meet in one row.
  var followers: (UInt32, UInt32) = (.max, .max)
  var server: UInt32
  var requests: UInt64 = 0
  var responses: UInt64 = 0
  var last: Timestamp
  var values: Operation.Values?
  var failureCode: UInt32?
  var events: UInt32 = 0
  var first: Sighting
  var failures: UInt64 = 0

  init(
    conversation: UInt32, client: UInt32, server: UInt32, layer: UInt8, kind: OperationKind, isPublished: Bool,
    code: UInt64, object: ObjectKey, first: Sighting
  ) {
    self.conversation = conversation
    self.client = client
    self.server = server
    self.layer = layer
    self.kind = kind
    self.isPublished = isPublished
    self.code = code
    self.object = object
    self.first = first
    last = first.time
  }

  @inline(__always)
  func isRow(
    _ conversation: UInt32, _ client: UInt32, _ code: UInt64, _ layer: UInt8, _ object: ObjectKey
  ) -> Bool {
    // What tells rows of one conversation apart first.
    self.code == code && self.object == object && self.client == client && self.conversation == conversation
      && self.layer == layer
  }

  /// Counts one message, and says whether it is to be kept as an event of its own.
  @inline(__always)
  mutating func count(_ operation: Operation, _ sighting: Sighting, eventsKept: Int) -> Keeping {
    if sighting.time > last {
      last = sighting.time
    } else if sighting < first {
      first = sighting
    }
    if operation.role == .response {
      responses &+= UInt64(operation.count)
    } else {
      requests &+= UInt64(operation.count)
    }
    if case .failure(let code) = operation.outcome {
      failures &+= UInt64(operation.count)
      if failureCode == nil { failureCode = code }
    }
    if let values = operation.values {
      let known = self.values ?? values
      self.values = Operation.Values(low: Swift.min(known.low, values.low), high: Swift.max(known.high, values.high))
    }
    guard kind.isNotable else { return .counted }
    guard Int(events) < eventsKept else { return .full }
    events += 1
    return .event
  }

  enum Keeping { case counted, event, full }

  mutating func isFollowed(by row: UInt32) {
    followers.1 = followers.0
    followers.0 = row
  }
}

struct EventRecord: Sendable {
  var operation: UInt32
  var sighting: Sighting
  var role: Operation.Role
  var outcome: Operation.Outcome
  var values: Operation.Values?
}

struct IdentityRecord: Sendable {
  var host: UInt32
  var layer: UInt8
  var attribute: IdentityAttribute
  var value: UInt32
  var count: UInt64 = 0
  var first: Sighting
  var last: Timestamp
}

struct PropertyRecord: Sendable {
  var conversation: UInt32
  var host: UInt32
  var layer: UInt8
  var attribute: SessionAttribute
  var value: UInt32
  var count: UInt64 = 0
  var first: Sighting
  var last: Timestamp
}

struct CredentialRecord: Sendable {
  var conversation: UInt32
  var client: UInt32
  var server: UInt32
  var layer: UInt8
  var scheme: CredentialExposure.Scheme
  var account: UInt32
  var strength: CredentialExposure.Strength
  var accepted: Bool?
  var count: UInt64 = 0
  var first: Sighting
  var last: Timestamp
}

struct FileRecord: Sendable {
  var conversation: UInt32
  var layer: UInt8
  var name: UInt32
  var direction: FileSeen.Direction
  var size: UInt64?
  var count: UInt64 = 0
  var first: Sighting
}

struct NeighbourRecord: Sendable {
  var host: UInt32
  var layer: UInt8
  var chassis: UInt32
  var port: UInt32
  var systemName: UInt32
  var managementAddress: HostAddress
  var count: UInt64 = 0
  var first: Sighting
  var last: Timestamp
}

struct BindingRecord: Sendable {
  var address: HostAddress
  var mac: MACAddress
  var source: AddressBinding.Source
  var count: UInt64 = 0
  var first: Sighting
  var last: Timestamp
}

struct AnomalyRecord: Sendable {
  var conversation: UInt32
  var layer: UInt8
  var field: UInt32
  var reason: DecodeError.Reason
  var count: UInt64 = 0
  var first: Sighting
}
