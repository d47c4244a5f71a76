import OTCore

/// A frame of the kind nearly all are of, measured before it is decoded: Ethernet with at most one VLAN tag, IPv4 that
/// is no fragment, TCP or UDP that is no tunnel, headers whole and sound.
///
/// Who only wants some host pairs learns the addresses for a tenth of what decoding costs; and the decoder has nothing
/// left to check. Everything else is no plain frame and goes the long way, which reads plain ones just the same.
public struct PlainFrame: Sendable {
  /// What is the same in all plain frames of one direction of a conversation, MAC addresses and time to live aside.
  public struct Key: Sendable, Equatable {
    /// Source and destination IPv4 address.
    public var addresses: UInt64
    /// Source and destination port.
    public var ports: UInt32
    /// VLAN identifier or ``DecodedFrame/noVLAN``, IP protocol.
    public var tags: UInt32
    public init(addresses: UInt64 = 0, ports: UInt32 = 0, tags: UInt32 = 0) {
      self.addresses = addresses
      self.ports = ports
      self.tags = tags
    }

    /// That of the other direction, which may have other tags.
    @inlinable @inline(__always)
    public var reversed: Key {
      Key(addresses: addresses << 32 | addresses >> 32, ports: ports << 16 | ports >> 16, tags: tags)
    }

    /// Whether both are of one direction of one conversation, on whatever VLAN.
    @inlinable @inline(__always)
    public func isSameDirection(as other: Key) -> Bool {
      addresses == other.addresses && ports == other.ports && tags & 0xff == other.tags & 0xff
    }
  }

  /// The MAC addresses of both ends as they came: to tell whether they are the same nobody has to take them apart.
  public struct Ends: Sendable, Equatable {
    /// The first eight octets and the last four, in memory as on the wire.
    @usableFromInline let first: UInt64
    @usableFromInline let last: UInt32

    @inlinable @inline(__always)
    init(_ first: UInt64, _ last: UInt32) {
      self.first = first
      self.last = last
    }

    public static let none = Ends(0, 0)
    public var destination: MACAddress { MACAddress(value: UInt64(bigEndian: first) >> 16) }
    public var source: MACAddress {
      MACAddress(value: UInt64(bigEndian: first) << 32 | UInt64(UInt32(bigEndian: last)))
    }
  }

  public let key: Key
  public let macs: Ends
  /// Sequence and acknowledgement number of a segment, and the word of its flags and window, as they came.
  @usableFromInline let numbers: UInt64
  @usableFromInline let control: UInt32
  /// Bytes of the payload, and of what lacks behind it.
  @usableFromInline let count: UInt32
  @usableFromInline let lacking: UInt32
  /// At most 18 bytes of link, 60 of each header.
  @usableFromInline let start: UInt8
  /// Time to live.
  public let ttl: UInt8

  @inlinable public var source: UInt32 { UInt32(truncatingIfNeeded: key.addresses >> 32) }
  @inlinable public var destination: UInt32 { UInt32(truncatingIfNeeded: key.addresses) }
  /// Of a segment.
  @inlinable public var tcp: TCPHeader {
    TCPHeader(
      sequence: SequenceNumber(UInt32(truncatingIfNeeded: numbers >> 32)),
      acknowledgement: SequenceNumber(UInt32(truncatingIfNeeded: numbers)),
      flags: TCPFlags(rawValue: UInt8(truncatingIfNeeded: control >> 16)), window: UInt16(truncatingIfNeeded: control))
  }
  @inlinable public var isTCP: Bool { key.tags & 0xff == 6 }
  /// Bytes of the payload that were not captured.
  @inlinable public var missing: Int { Int(lacking) }
  @inlinable public var payloadStart: Int { Int(start) }
  @inlinable public var payloadCount: Int { Int(count) }
  @inlinable var vlan: UInt16 { UInt16(truncatingIfNeeded: key.tags >> 16) }

  /// None at all.
  public static let none = PlainFrame()

  private init() {
    key = Key()
    macs = .none
    numbers = 0
    control = 0
    count = 0
    lacking = 0
    start = 0
    ttl = 0
  }

  /// Whether it is one, and not ``none``.
  @inlinable public var isThere: Bool { key.tags & 0xff != 0 }

  @inlinable @inline(__always)
  public init?(_ frame: Span<UInt8>, linkType: UInt16) {
    let link = header(frame, 0, 18)
    guard linkType == 1, link.count == 18 else { return nil }
    // Numbers of the wire, several fields each: version to fragment, lifetime and protocol, both addresses, and so on.
    var type = u16(link, 12)
    var network = 14
    var vlan = DecodedFrame.noVLAN
    if type == 0x8100 {
      let tag = u16(link, 14) & 0xfff
      if tag != 0 { vlan = tag }
      type = u16(link, 16)
      network = 18
    }
    let ip = header(frame, network, 20)
    guard type == 0x0800, ip.count == 20 else { return nil }
    let lengths = u64(ip, 0)
    guard lengths & 0xf000_0000_0000_3fff == 0x4000_0000_0000_0000 else { return nil }
    let headerBytes = Int(lengths >> 56 & 15) * 4
    let total = Int(lengths >> 32 & 0xffff)
    guard headerBytes >= 20, total >= headerBytes else { return nil }
    let packet = frame.extracting(droppingFirst: network)
    var missing = Swift.max(0, total - packet.count)
    let transport = packet.extracting(first: total).extracting(droppingFirst: headerBytes)
    guard transport.count >= 8 else { return nil }
    let lifetimeAndProtocol = u16(ip, 8)
    let length: Int
    var end = transport.count
    if lifetimeAndProtocol & 0xff == 6 {
      guard transport.count >= 20 else { return nil }
      control = u32(transport, 12)
      length = Int(control >> 28) * 4
      guard length >= 20, length <= end else { return nil }
      numbers = u64(transport, 4)
    } else {
      guard lifetimeAndProtocol & 0xff == 17 else { return nil }
      let whole = Int(u16(transport, 4))
      guard whole >= 8, !FrameDecoder.isTunnelPort(u16(transport, 2)) else { return nil }
      missing = Swift.max(0, whole - end)
      end = Swift.min(whole, end)
      length = 8
      numbers = 0
      control = 0
    }
    key = Key(
      addresses: u64(ip, 12), ports: u32(transport, 0), tags: UInt32(vlan) << 16 | UInt32(lifetimeAndProtocol & 0xff))
    macs = Ends(u64(link, 0).bigEndian, u32(link, 8).bigEndian)
    count = UInt32(truncatingIfNeeded: end - length)
    lacking = UInt32(truncatingIfNeeded: missing)
    start = UInt8(truncatingIfNeeded: network + headerBytes + length)
    ttl = UInt8(truncatingIfNeeded: lifetimeAndProtocol >> 8)
  }
}

extension FrameDecoder {
  /// UDP ports behind which a tunnel may stand: VXLAN, Geneve, GTP-U.
  @inlinable @inline(__always)
  static func isTunnelPort(_ port: UInt16) -> Bool { port == 4789 || port == 8472 || port == 6081 || port == 2152 }

  /// Decodes a frame that was found to be a plain one.
  ///
  /// - Parameter payloadStart: where its payload is kept.
  public static func decode(
    _ plain: PlainFrame, payloadStart: Int, wireBytes: Int, into out: inout DecodedFrame
  ) {
    out.destinationMAC = plain.macs.destination
    out.sourceMAC = plain.macs.source
    out.vlan = plain.vlan
    out.innerVLAN = DecodedFrame.noVLAN
    out.content = .ip
    out.problem = .none
    out.source = .ipv4(plain.source)
    out.destination = .ipv4(plain.destination)
    if !out.tunnels.isEmpty {
      out.tunnels = []
      out.outerSource = .none
      out.outerDestination = .none
    }
    out.ttl = plain.ttl
    out.ipProtocol = plain.isTCP ? 6 : 17
    out.fragment = .none
    out.icmpType = 0
    out.icmpCode = 0
    out.transport = plain.isTCP ? .tcp : .udp
    out.tcp = plain.tcp
    out.sourcePort = UInt16(truncatingIfNeeded: plain.key.ports >> 16)
    out.destinationPort = UInt16(truncatingIfNeeded: plain.key.ports)
    out.payloadStart = payloadStart
    out.payloadCount = plain.payloadCount
    out.payloadIsReassembled = false
    out.missing = plain.missing
    out.wireBytes = wireBytes
  }

  /// Counts plain frames, of which some have a VLAN tag and some were cut off.
  public mutating func count(_ plain: PlainCount) {
    counters.frames += plain.frames
    counters.linkTypes.add(1, plain.frames)
    counters.ipv4 += plain.frames
    counters.vlanTagged += plain.tagged
    counters.cut += plain.cut
  }
}

/// How many plain frames there were, and how many of them had a VLAN tag or were cut off.
public struct PlainCount: Sendable {
  @usableFromInline var frames: UInt64 = 0
  @usableFromInline var tagged: UInt64 = 0
  @usableFromInline var cut: UInt64 = 0

  public init() {}

  @inlinable @inline(__always)
  public mutating func add(_ plain: PlainFrame) {
    frames &+= 1
    if plain.vlan != DecodedFrame.noVLAN { tagged &+= 1 }
    if plain.missing > 0 { cut &+= 1 }
  }
}
