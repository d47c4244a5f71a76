import OTCore

/// What folding keeps of a set of captures: plain values, sorted, the same for any number of workers and any order of
/// input files. `OTCase` writes them as rows; `otassess facts` prints them.
///
/// Hosts are referred to by their index in ``hosts``, conversations by theirs in ``conversations``, operations by
/// theirs in ``operations``.
public struct Facts: Sendable {
  public var packets: UInt64 = 0
  public var bytes: UInt64 = 0
  public var firstTime: Timestamp?
  public var lastTime: Timestamp?
  public var hosts: [HostFact] = []
  public var identities: [IdentityFact] = []
  public var conversations: [ConversationFact] = []
  public var operations: [OperationFact] = []
  public var events: [EventFact] = []
  public var properties: [PropertyFact] = []
  public var credentials: [CredentialFact] = []
  public var files: [FileFact] = []
  public var neighbours: [NeighbourFact] = []
  public var bindings: [BindingFact] = []
  public var anomalies: [AnomalyFact] = []
  /// Shapes of what nobody recognised, by name.
  public var unknownShapes: [UnknownShapeFact] = []
  /// What was seen and not decoded: kind (`link type`, `ether type`, `ip protocol`, `tcp port`…), detail, packets.
  public var undecoded: [CountFact] = []
  /// Limits that bit: name, what was lost, how often.
  public var limits: [CountFact] = []
  public init() {}
}

/// Position of a packet in the evidence: which file, which frame of it.
public struct Sighting: Sendable, Hashable, Comparable {
  public var time: Timestamp
  /// File and frame in one number: there are many sightings.
  public var packed: UInt64

  @usableFromInline static var frameBits: UInt64 { 40 }
  @usableFromInline static var frames: UInt64 { (1 << frameBits) &- 1 }

  /// - Parameters:
  ///   - file: below 2²⁴.
  ///   - frame: below 2⁴⁰.
  @inlinable
  public init(time: Timestamp, file: UInt32, frame: UInt64) {
    self.init(packed: UInt64(file) << Self.frameBits | frame & Self.frames, time: time)
  }

  /// - Parameter packed: as ``packed`` of another one.
  @inlinable
  public init(packed: UInt64, time: Timestamp) {
    self.time = time
    self.packed = packed
  }

  /// Index into the evidence manifest.
  public var file: UInt32 {
    @inlinable get { UInt32(truncatingIfNeeded: packed >> Self.frameBits) }
    set { packed = UInt64(newValue) << Self.frameBits | frame }
  }

  /// Frame number in that file, from 1 as Wireshark counts; line number of a text file.
  @inlinable public var frame: UInt64 { packed & Self.frames }

  @inlinable
  public static func < (left: Self, right: Self) -> Bool {
    left.time != right.time ? left.time < right.time : left.packed < right.packed
  }
}

/// An address that sent or was sent packets.
public struct HostFact: Sendable {
  public var address: HostAddress
  public var first: Sighting
  public var last: Timestamp
  public var packetsSent: UInt64
  public var bytesSent: UInt64
  public var packetsReceived: UInt64
  public var bytesReceived: UInt64
  /// MAC addresses this address sent from, with packets; sorted. Behind a router it is the router's.
  public var macs: [(mac: MACAddress, packets: UInt64)]
  /// VLAN ids its packets carried, sorted; none for untagged.
  public var vlans: [UInt16]
  /// Smallest and largest IP time-to-live it sent with; 0 where not IP.
  public var ttlLow: UInt8
  public var ttlHigh: UInt8
  /// Broadcast or multicast: an address that names many, by its own form or because only group MACs carried it.
  public var isGroup: Bool
  /// Connection attempts it made that nobody answered.
  public var unansweredAttempts: UInt64

  /// Whether most of what it sent names a group as its sender, which no station may (IEEE 802.3-2022, 3.2.3): frames that
  /// were made or replayed. Their addresses mean nobody, so that no role is told of them.
  public var isMadeUp: Bool {
    let byGroup = macs.reduce(0) { $0 + ($1.mac.isGroup ? $1.packets : 0) }
    return byGroup > 0 && byGroup >= packetsSent - Swift.min(byGroup, packetsSent)
  }
}

/// A host was said to have an attribute.
public struct IdentityFact: Sendable {
  public var host: Int
  /// Protocol id: `s7comm`, `lldp`.
  public var `protocol`: String
  public var attribute: IdentityAttribute
  public var value: String
  public var count: UInt64
  public var first: Sighting
  public var last: Timestamp
}

/// All traffic between a client and one service of a server: transport and server port, whatever the client's port.
public struct ConversationFact: Sendable {
  public enum Transport: UInt8, Sendable, CaseIterable {
    case tcp, udp, ethernet, other
    public var name: String {
      switch self {
      case .tcp: "tcp"
      case .udp: "udp"
      case .ethernet: "ethernet"
      case .other: "ip"
      }
    }
  }
  /// Why one side is taken for the client; the first that applies.
  public enum ClientEvidence: UInt8, Sendable, CaseIterable {
    case handshake, requestBits, knownService, lowerPort, firstSender
    public var name: String {
      switch self {
      case .handshake: "handshake"
      case .requestBits: "request bits"
      case .knownService: "known service port"
      case .lowerPort: "lower port"
      case .firstSender: "first sender"
      }
    }
  }
  public var transport: Transport
  public var client: Int
  public var server: Int
  /// nil where the transport has no ports.
  public var serverPort: UInt16?
  /// EtherType of an Ethernet conversation without IP, or IP protocol number of `.other`, else 0.
  public var networkProtocol: UInt16
  /// Ids of the application protocols recognised in it, main one first; empty: not recognised.
  public var protocols: [String]
  public var clientEvidence: ClientEvidence
  public var first: Sighting
  public var last: Timestamp
  public var packetsToServer: UInt64
  public var bytesToServer: UInt64
  public var packetsToClient: UInt64
  public var bytesToClient: UInt64
  /// TCP connections (or UDP port pairs) it is made of, completed handshakes, resets, refused attempts.
  public var connections: UInt64
  public var handshakes: UInt64
  public var resets: UInt64
  public var refused: UInt64
  public var retransmissions: UInt64
  /// Bytes of the streams that the capture does not hold.
  public var gapBytes: UInt64
  /// Timing of the messages from client to server.
  public var timing: TimingFact
  /// Name of the shape of what nobody recognised, in ``Facts/unknownShapes``; nil where something was recognised or nothing
  /// was said.
  public var unknownShape: String?
}

/// Rhythm of the client's messages (gaps between their first packets).
public struct TimingFact: Sendable, Equatable {
  /// Number of intervals measured.
  public var intervals: UInt64 = 0
  /// Seconds.
  public var mean: Double = 0
  public var standardDeviation: Double = 0
  public var shortest: Double = 0
  public var longest: Double = 0
  /// Median by logarithmic histogram, seconds (within 10 %).
  public var median: Double = 0
  /// Share of intervals within 20 % of the median, 0...1.
  public var regularity: Double = 0
  public init() {}
  /// At least 8 intervals, of which nine tenths lie within 20 % of the median.
  public var isCyclic: Bool { intervals >= 8 && regularity >= 0.9 }
}

/// Operations of one code on one object in one conversation of one protocol.
public struct OperationFact: Sendable {
  public var conversation: Int
  public var `protocol`: String
  public var client: Int
  public var server: Int
  public var code: String
  public var name: String
  public var kind: OperationKind
  /// What was touched; empty: the protocol does not say.
  public var object: String
  public var isPublished: Bool
  public var requests: UInt64
  public var responses: UInt64
  public var failures: UInt64
  /// Status code of the first failure.
  public var failureCode: UInt32?
  public var values: Operation.Values?
  public var first: Sighting
  public var last: Timestamp
}

/// One occurrence of an operation of a notable kind.
public struct EventFact: Sendable {
  public var operation: Int
  public var sighting: Sighting
  public var role: Operation.Role
  public var outcome: Operation.Outcome
  public var values: Operation.Values?
}

public struct PropertyFact: Sendable {
  public var conversation: Int
  public var host: Int
  public var `protocol`: String
  public var attribute: SessionAttribute
  public var value: String
  public var count: UInt64
  public var first: Sighting
  public var last: Timestamp
}

public struct CredentialFact: Sendable {
  public var conversation: Int
  /// Who authenticates, and to whom.
  public var client: Int
  public var server: Int
  public var `protocol`: String
  public var scheme: CredentialExposure.Scheme
  public var account: String
  public var strength: CredentialExposure.Strength
  /// nil: the reply was not seen or does not tell.
  public var accepted: Bool?
  public var count: UInt64
  public var first: Sighting
  public var last: Timestamp
}

public struct FileFact: Sendable {
  public var conversation: Int
  public var `protocol`: String
  public var name: String
  public var direction: FileSeen.Direction
  public var size: UInt64?
  public var count: UInt64
  public var first: Sighting
}

public struct NeighbourFact: Sendable {
  /// The host that announced itself.
  public var host: Int
  public var `protocol`: String
  public var chassis: String
  public var port: String
  public var systemName: String
  public var managementAddress: HostAddress
  public var count: UInt64
  public var first: Sighting
  public var last: Timestamp
}

public struct BindingFact: Sendable {
  public var address: HostAddress
  public var mac: MACAddress
  public var source: AddressBinding.Source
  public var count: UInt64
  public var first: Sighting
  public var last: Timestamp
}

public struct AnomalyFact: Sendable {
  public var conversation: Int
  public var `protocol`: String
  public var field: String
  public var reason: DecodeError.Reason
  public var count: UInt64
  public var first: Sighting
}

public struct CountFact: Sendable, Equatable {
  public var kind: String
  public var detail: String
  public var count: UInt64
  public init(kind: String, detail: String, count: UInt64) {
    self.kind = kind
    self.detail = detail
    self.count = count
  }
}
