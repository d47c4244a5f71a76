import OTCore

/// What stands in one frame: addresses, and where its payload is. A plain value without references.
///
/// Of a decapsulated frame the innermost addresses win and the outermost IP addresses are kept beside them.
public struct DecodedFrame: Sendable {
  /// MAC addresses of the link ``source`` and ``destination`` were seen on; zero where the link has none, does not tell,
  /// or lies on the other side of an IP tunnel.
  public var sourceMAC = MACAddress(value: 0)
  public var destinationMAC = MACAddress(value: 0)
  /// Outermost VLAN identifier, or ``noVLAN``. Identifier 0 is a priority tag and no VLAN (IEEE 802.1Q 9.6).
  public var vlan = DecodedFrame.noVLAN
  /// VLAN identifier of the second tag, or ``noVLAN``.
  public var innerVLAN = DecodedFrame.noVLAN
  public var content = Content.undecoded
  /// Why not all of the frame could be read; ``content`` says how far it was.
  public var problem = DecodeProblem.none

  /// IP addresses, else MAC addresses, else of family `.none`.
  public var source = HostAddress(family: .none, high: 0, low: 0)
  public var destination = HostAddress(family: .none, high: 0, low: 0)
  /// Addresses of the outermost IP header of a tunnel; of family `.none` without a tunnel.
  public var outerSource = HostAddress(family: .none, high: 0, low: 0)
  public var outerDestination = HostAddress(family: .none, high: 0, low: 0)
  /// The ways this frame was wrapped in another one.
  public var tunnels: Tunnels = []

  /// Time to live or hop limit of the innermost IP header.
  public var ttl: UInt8 = 0
  /// IANA protocol number behind the innermost IP header and its extensions.
  public var ipProtocol: UInt8 = 0
  /// `.none` where there is no IP, or its transport header could not be read.
  public var transport = Transport.none
  public var fragment = Fragment.none
  public var sourcePort: UInt16 = 0
  public var destinationPort: UInt16 = 0
  public var tcp = TCPHeader()
  public var icmpType: UInt8 = 0
  public var icmpCode: UInt8 = 0

  /// Where the payload stands: in ``FrameDecoder/reassembled`` or in the frame. Behind the header that ``content`` and
  /// ``transport`` name; for ICMP the whole message; with a ``problem`` whatever could not be read.
  public var payloadStart = 0
  public var payloadCount = 0
  public var payloadIsReassembled = false
  /// Bytes of the payload that are announced but not there: cut off by the snap length, or never on the wire.
  public var missing = 0
  /// Length of the frame on the wire, in bytes.
  public var wireBytes = 0

  /// Marks the absence of a VLAN tag; the value is reserved in IEEE 802.1Q.
  @inlinable public static var noVLAN: UInt16 { 0xffff }

  public init() {}

  /// What the payload is.
  public enum Content: Sendable, Equatable {
    /// Nothing known; see ``DecodedFrame/problem``.
    case undecoded
    /// IPv4 or IPv6; ``DecodedFrame/transport`` says more.
    case ip
    /// ARP or RARP (EtherTypes 0x0806, 0x8035).
    case arp
    /// Behind this EtherType.
    case etherType(UInt16)
    /// Behind an IEEE 802.2 LLC header.
    case llc(dsap: UInt8, ssap: UInt8, control: UInt16)
    /// Behind a SNAP header whose organisation is not 0.
    case snap(organization: UInt32, protocolID: UInt16)
    /// The whole frame of a link type (LINKTYPE_ number) that has no layers below its only protocol.
    case linkType(UInt16)
  }

  public struct Tunnels: OptionSet, Sendable, Hashable {
    public let rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    public static let gre = Tunnels(rawValue: 1 << 0)
    public static let erspan = Tunnels(rawValue: 1 << 1)
    public static let vxlan = Tunnels(rawValue: 1 << 2)
    /// IP directly in IP: RFC 2003, RFC 2473, RFC 4213 (6in4).
    public static let ipInIP = Tunnels(rawValue: 1 << 3)
    public static let gtp = Tunnels(rawValue: 1 << 4)
    public static let geneve = Tunnels(rawValue: 1 << 5)
    public static let pppoe = Tunnels(rawValue: 1 << 6)
    public static let mpls = Tunnels(rawValue: 1 << 7)
    public static let etherIP = Tunnels(rawValue: 1 << 8)
    /// HSR tag (IEC 62439-3) or redundancy tag (IEEE 802.1CB).
    public static let redundancyTag = Tunnels(rawValue: 1 << 9)
    /// IP authentication header (RFC 4302).
    public static let authenticated = Tunnels(rawValue: 1 << 10)
  }

  public enum Fragment: UInt8, Sendable {
    case none
    /// A part of a datagram that is not complete yet: no ports, no payload.
    case held
    /// The part that completed its datagram: the payload is that of the whole datagram.
    case completed
  }
}

/// Protocols above IP that conversations are made of.
public enum Transport: UInt8, Sendable, CaseIterable {
  case none, tcp, udp, icmp, icmp6, sctp, other
}

/// The fields of a TCP header that conversations and streams need (RFC 9293 section 3.1).
public struct TCPHeader: Sendable, Equatable {
  public var sequence: SequenceNumber
  public var acknowledgement: SequenceNumber
  public var flags: TCPFlags
  /// Unscaled.
  public var window: UInt16

  @inlinable
  public init(
    sequence: SequenceNumber = SequenceNumber(0), acknowledgement: SequenceNumber = SequenceNumber(0),
    flags: TCPFlags = [], window: UInt16 = 0
  ) {
    self.sequence = sequence
    self.acknowledgement = acknowledgement
    self.flags = flags
    self.window = window
  }
}

public struct TCPFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
  @inlinable public static var fin: TCPFlags { TCPFlags(rawValue: 1) }
  @inlinable public static var syn: TCPFlags { TCPFlags(rawValue: 2) }
  @inlinable public static var rst: TCPFlags { TCPFlags(rawValue: 4) }
  @inlinable public static var psh: TCPFlags { TCPFlags(rawValue: 8) }
  @inlinable public static var ack: TCPFlags { TCPFlags(rawValue: 16) }
  @inlinable public static var urg: TCPFlags { TCPFlags(rawValue: 32) }
}

/// Why a frame, or the rest of it, was not read.
public enum DecodeProblem: UInt8, Sendable, CaseIterable {
  case none
  /// A link type that is not decoded.
  case linkType
  /// The frame ends inside the header of its link, tag or LLC.
  case truncatedLink
  /// The link header contradicts itself or its specification.
  case badLink
  /// A protocol of PPP, frame relay, HDLC or a loopback header that is not decoded and has no EtherType.
  case linkProtocol
  /// The frame ends inside an IP header.
  case truncatedNetwork
  /// Version, header length or total length of IP are impossible.
  case badNetwork
  /// The datagram ends inside its transport header.
  case truncatedTransport
  /// Lengths of a transport header are impossible.
  case badTransport
  /// A tunnel header is cut, impossible or of an unknown kind.
  case badTunnel
  /// More tags, tunnels and extension headers than ``Limits/nesting``.
  case nesting
  /// A fragment that contradicts its datagram or passes a limit.
  case badFragment
}
