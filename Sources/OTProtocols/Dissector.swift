import OTCore

/// One application protocol (or a family that shares one framing). A value holds the state of one conversation.
///
/// The engine does segmentation, pipelining, loss, resynchronisation and protocol identification; a dissector only ever
/// sees one whole protocol data unit. It must accept any bytes: malformed ones end in a ``DecodeError``, and what was
/// recorded before the throw is kept.
public protocol Dissector: Sendable {
  /// The protocols this dissector reports, the main one first; `layer` of an observation is an index into this list.
  static var protocols: [ProtocolInfo] { get }

  /// Where this protocol is expected. A claim is a hint: traffic there must still pass ``frame(_:_:)``.
  static var claims: [Claim] { get }

  /// Whether the first bytes of an unclaimed conversation may be offered to ``frame(_:_:)``.
  /// `.strong`: a magic number or several tied fields; `.weak`: only on a claimed port.
  static var probe: ProbeStrength { get }

  /// How long the protocol data unit at the start of `bytes` is.
  /// For a datagram or a frame the answer must be `.pdu` for the engine to go on, and may cover less than all bytes when
  /// several data units share one datagram.
  static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing

  init()

  /// The state of a conversation that was announced, for whom it matters what was said of it.
  init(_ expected: Expectation)

  /// Reads one protocol data unit.
  mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError)

  /// Text code, name and kind of a code this dissector put into an ``Operation``.
  static func describe(operation code: UInt64, layer: Int) -> OperationDescription

  /// Text of the numbers this dissector put into an ``Operation/Object``; nil where there is nothing to say.
  static func describe(object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int)
    -> String?

  /// Reads one data unit with one of many states; nil or why it stopped. Nobody writes this nor what follows: they stand
  /// here so that the compiler makes them once for each dissector. What holds the states of any dissector would have to
  /// ask at run time how large one is, for every data unit. (In the order in which a ``Slab`` is given these, so that it
  /// need not put them into another one.)
  static func dissect(
    _ pdu: Span<UInt8>, _ context: PDUContext, at place: UInt32, into out: inout ObservationBuffer,
    of states: inout [Self]
  ) -> DecodeError?

  /// What ``frame(_:_:)`` says of the bytes; where they are one data unit, neither more nor less, that has been read.
  static func dissectWhole(
    _ bytes: Span<UInt8>, _ hint: FramingHint, _ context: PDUContext, at place: UInt32,
    into out: inout ObservationBuffer, of states: inout [Self]
  ) -> Framing
}

extension Dissector {
  public static var probe: ProbeStrength { .weak }
  public init(_ expected: Expectation) { self.init() }
  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { nil }

  @inline(__always)
  public static func dissect(
    _ pdu: Span<UInt8>, _ context: PDUContext, at place: UInt32, into out: inout ObservationBuffer,
    of states: inout [Self]
  ) -> DecodeError? {
    var cursor = ByteCursor(pdu)
    do throws(DecodeError) {
      try states[Int(place)].dissect(&cursor, context, into: &out)
      return nil
    } catch {
      return error
    }
  }

  @inline(__always)
  public static func dissectWhole(
    _ bytes: Span<UInt8>, _ hint: FramingHint, _ context: PDUContext, at place: UInt32,
    into out: inout ObservationBuffer, of states: inout [Self]
  ) -> Framing {
    let framing = frame(bytes, hint)
    guard framing.isWhole(bytes) else { return framing }
    var cursor = ByteCursor(bytes)
    do throws(DecodeError) {
      try states[Int(place)].dissect(&cursor, context, into: &out)
    } catch {
      out.stopped(error, context)
    }
    return framing
  }
}

extension ObservationBuffer {
  /// Records why a data unit could not be read further. ``layerBase`` is that of its dissector.
  mutating func stopped(_ error: DecodeError, _ context: PDUContext) {
    // What the snap length or a gap cut off is the capture's fault, not the sender's.
    if context.missingBytes > 0, error.reason == .truncated { return }
    anomaly(error.field, error.reason, at: error.offset)
  }
}

/// What is said of a protocol in `otassess protocols` and `docs/protocols.md`.
public struct ProtocolInfo: Sendable, Equatable {
  /// Depth of decoding: recognised, identity of the device, operations.
  public struct Depth: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let identity = Depth(rawValue: 1)
    public static let operations = Depth(rawValue: 2)
  }
  /// Short lower-case identifier: `modbus`, `s7comm`.
  public let id: String
  public let name: String
  /// Document, version, section.
  public let specification: String
  /// Whether it commands or reports a physical process.
  public let isIndustrial: Bool
  public let depth: Depth
  /// What is read and what is ignored, one line.
  public let reads: String
  /// Name of Wireshark's display filter for it, or "".
  public let displayFilter: String

  public init(
    id: String, name: String, specification: String, isIndustrial: Bool, depth: Depth, reads: String,
    displayFilter: String
  ) {
    self.id = id
    self.name = name
    self.specification = specification
    self.isIndustrial = isIndustrial
    self.depth = depth
    self.reads = reads
    self.displayFilter = displayFilter
  }
}

/// A place where a protocol is expected.
public enum Claim: Sendable, Hashable {
  case tcp(UInt16)
  case udp(UInt16)
  case etherType(UInt16)
  /// Destination and source service access point of IEEE 802.2 LLC (BACnet 0x82, STP 0x42).
  case llc(UInt8)
  /// Organisation and protocol id of SNAP (CDP 0x00000c, 0x2000).
  case snap(UInt32, UInt16)
  /// Protocol above IP that is neither TCP nor UDP (OSPF 89, VRRP 112), IANA protocol number.
  case ipProtocol(UInt8)
  case inner(InnerLayer)
  /// A conversation that another one announced. What is `.isClaimed` there has been announced, too.
  case announced(Announcement.Service)
  /// Link types of captures that hold this protocol alone (MS/TP 165), LINKTYPE_ number.
  case linkType(UInt16)
}

public enum ProbeStrength: UInt8, Sendable {
  /// Only tried where claimed.
  case weak
  /// Tried on every conversation that no claim explains.
  case strong
}

public struct FramingHint: Sendable {
  /// Transport of the bytes: a stream may hold a part of a data unit, a datagram never does.
  public var isStream: Bool
  /// Whether a port (or EtherType…) of this conversation is claimed by the asked dissector.
  public var isClaimed: Bool
  /// Whether the sender is the client, as far as known.
  public var senderIsClient: Bool
  /// Whether earlier data units of this conversation already passed: a resynchronising stream may be asked more strictly.
  public var isEstablished: Bool
  /// Whether the bytes came over UDP, and not in a frame of the link or in another protocol: some are framed otherwise there.
  public var isUDP = false
  public init(isStream: Bool, isClaimed: Bool, senderIsClient: Bool, isEstablished: Bool = false) {
    self.isStream = isStream
    self.isClaimed = isClaimed
    self.senderIsClient = senderIsClient
    self.isEstablished = isEstablished
  }
}

public enum Framing: Sendable, Equatable {
  /// A data unit of this many bytes, at least 1. On a stream it may be longer than what is there: the engine waits,
  /// up to ``Limits/pduBytes``.
  case pdu(byteCount: Int)
  /// Too few bytes to tell. On a datagram this is a refusal.
  case needMore
  case notThisProtocol

  /// Whether the bytes are one data unit, neither more nor less, that is short enough to be read.
  @inline(__always)
  func isWhole(_ bytes: Span<UInt8>) -> Bool {
    guard case .pdu(let count) = self else { return false }
    return count == bytes.count && count > 0 && count <= Limits.pduBytes
  }
}

/// What the engine knows about the data unit a dissector is given.
public struct PDUContext: Sendable {
  /// Who sent it and to whom; IP addresses, or MAC addresses where there is no IP.
  public var sender: HostAddress
  public var receiver: HostAddress
  public var senderMAC: MACAddress
  public var receiverMAC: MACAddress
  /// 0 where the transport has no ports.
  public var senderPort: UInt16
  public var receiverPort: UInt16
  /// Whether the sender is the client of the conversation, by the written order of evidence: handshake, request bits
  /// of the protocol, claimed port, lower port.
  public var senderIsClient: Bool
  /// Whether ``senderIsClient`` rests on a handshake or a claimed port and not on a guess.
  public var directionIsCertain: Bool
  public var isStream: Bool
  /// Whether bytes were lost on this stream right before the data unit.
  public var afterGap: Bool
  /// Number of the frame that completed the data unit, from 1.
  public var frame: UInt64
  public var time: Timestamp
  /// Bytes of the data unit that were cut off by the capture's snap length (0: whole).
  public var missingBytes: Int

  public init(
    sender: HostAddress, receiver: HostAddress, senderMAC: MACAddress = .zero, receiverMAC: MACAddress = .zero,
    senderPort: UInt16 = 0, receiverPort: UInt16 = 0, senderIsClient: Bool = true, directionIsCertain: Bool = false,
    isStream: Bool = false, frame: UInt64 = 1, time: Timestamp = Timestamp(nanoseconds: 0), afterGap: Bool = false,
    missingBytes: Int = 0
  ) {
    self.sender = sender
    self.receiver = receiver
    self.senderMAC = senderMAC
    self.receiverMAC = receiverMAC
    self.senderPort = senderPort
    self.receiverPort = receiverPort
    self.senderIsClient = senderIsClient
    self.directionIsCertain = directionIsCertain
    self.isStream = isStream
    self.frame = frame
    self.time = time
    self.afterGap = afterGap
    self.missingBytes = missingBytes
  }
}

/// What a wire code is called.
public struct OperationDescription: Sendable, Equatable {
  /// The code as printed in facts: `3`, `0x4c/0x6b`, `ud.4.1`.
  public let code: String
  /// The specification's name, lower case: `read holding registers`.
  public let name: String
  public let kind: OperationKind
  public init(code: String, name: String, kind: OperationKind) {
    self.code = code
    self.name = name
    self.kind = kind
  }
}
