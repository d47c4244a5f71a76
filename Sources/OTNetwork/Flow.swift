import OTCore

/// Number of a conversation in its ``FlowTable``, in order of first packets.
public typealias FlowID = UInt32

/// One direction of a conversation. Forward is the direction of the first packet that was seen.
public enum Side: UInt8, Sendable, CaseIterable {
  case forward, reverse
  @inlinable public var other: Side { self == .forward ? .reverse : .forward }
}

/// Why one side is taken for the client; a later case outweighs an earlier one.
public enum ClientEvidence: UInt8, Sendable, Comparable, CaseIterable {
  /// Sent the first packet that was seen.
  case firstSender
  /// Has the higher port.
  case lowerPort
  /// Only the other side's port is claimed by a protocol.
  case servicePort
  /// The protocol marks requests and responses.
  case protocolBits
  /// Sent the SYN, or was sent the SYN-ACK.
  case handshake

  @inlinable public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// How far a TCP connection was seen.
public enum ConnectionState: UInt8, Sendable, CaseIterable {
  /// No TCP, or met in the middle.
  case unknown
  /// A SYN without answer.
  case requested
  /// SYN and SYN-ACK.
  case answered
  /// The handshake was completed.
  case established
  /// A FIN of each side.
  case closed
  /// Ended by a RST after a handshake or data.
  case reset
  /// The SYN was answered by a RST.
  case refused

  @inlinable public var isOver: Bool { self == .closed || self == .reset || self == .refused }
}

/// A conversation: both directions of one 5-tuple, of TCP one connection. VLANs are not part of it.
public struct Flow: Sendable {
  /// Host numbers and ports of the forward direction.
  public let source: UInt32
  public let destination: UInt32
  public let sourcePort: UInt16
  public let destinationPort: UInt16
  public let transport: Transport
  /// Stands for all further conversations of its host pair: ``FlowTable/Limits`` was passed. Ports are 0.
  public let isOverflow: Bool
  public internal(set) var client: Side
  public internal(set) var clientEvidence: ClientEvidence
  public internal(set) var state = ConnectionState.unknown

  @inlinable public var clientHost: UInt32 { client == .forward ? source : destination }
  @inlinable public var serverHost: UInt32 { client == .forward ? destination : source }
  @inlinable public var clientPort: UInt16 { client == .forward ? sourcePort : destinationPort }
  @inlinable public var serverPort: UInt16 { client == .forward ? destinationPort : sourcePort }
}

/// What one side of a conversation sent. Times and evidence positions are meaningless while ``packets`` is 0.
/// What every packet changes stands first and together.
public struct FlowSide: Sendable {
  public internal(set) var packets: UInt64 = 0
  /// Bytes on the wire, link headers included.
  public internal(set) var bytes: UInt64 = 0
  /// Bytes above the transport header, retransmitted ones included, those cut off by the snap length too.
  public internal(set) var payloadBytes: UInt64 = 0
  public internal(set) var lastTime = Timestamp(nanoseconds: 0)
  public internal(set) var lastEvidence: UInt64 = 0
  /// Behind the last byte seen, while `hasNext`.
  var next = SequenceNumber(0)
  var hasNext = false
  var hasInitial = false
  /// All TCP flags that were set at least once.
  public internal(set) var flags: TCPFlags = []

  public internal(set) var firstTime = Timestamp(nanoseconds: 0)
  public internal(set) var firstEvidence: UInt64 = 0
  /// Segments that announced a closed window: the receiver could not keep up.
  public internal(set) var zeroWindows: UInt32 = 0
  /// Segments all or part of whose bytes were seen before.
  public internal(set) var retransmissions: UInt32 = 0
  /// Segments that filled the last hole.
  public internal(set) var outOfOrder: UInt32 = 0
  /// Probes of an idle connection (RFC 9293 section 3.8.4).
  public internal(set) var keepAlives: UInt32 = 0
  /// Bytes that were never seen though later ones were: lost by the network or by the capture.
  public internal(set) var gapBytes: UInt64 = 0

  /// Sequence number of the SYN, while `hasInitial`.
  var initial = SequenceNumber(0)
  var holeStart = SequenceNumber(0)
  var holeEnd = SequenceNumber(0)
}

/// What a packet belongs to.
public struct FlowHit: Sendable, Equatable {
  public let id: FlowID
  /// The side that sent the packet.
  public let side: Side
  /// Whether this is the first packet of the conversation.
  public let isNew: Bool
  /// See ``Flow/isOverflow``: no stream of such a conversation can be reassembled.
  public let isOverflow: Bool

  public init(id: FlowID, side: Side, isNew: Bool, isOverflow: Bool) {
    self.id = id
    self.side = side
    self.isNew = isNew
    self.isOverflow = isOverflow
  }
}

/// Ports on which some protocol is expected.
public struct ServicePorts: Sendable {
  private var tcp: [UInt64]
  private var udp: [UInt64]

  public init() {
    tcp = Array(repeating: 0, count: 1024)
    udp = Array(repeating: 0, count: 1024)
  }

  public mutating func insert(tcp port: UInt16) { tcp[Int(port >> 6)] |= 1 << UInt64(port & 63) }
  public mutating func insert(udp port: UInt16) { udp[Int(port >> 6)] |= 1 << UInt64(port & 63) }

  /// Whether the port is claimed for this transport; never for others than TCP and UDP.
  public func contains(_ port: UInt16, _ transport: Transport) -> Bool {
    switch transport {
    case .tcp: tcp[Int(port >> 6)] >> UInt64(port & 63) & 1 == 1
    case .udp: udp[Int(port >> 6)] >> UInt64(port & 63) & 1 == 1
    default: false
    }
  }
}
