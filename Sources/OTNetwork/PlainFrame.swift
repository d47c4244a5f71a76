import OTCore

/// A frame of the kind nearly all are of, measured before it is decoded: Ethernet with at most one VLAN tag, IPv4 that
/// is no fragment, TCP or UDP that is no tunnel, headers whole and sound.
///
/// Who only wants some host pairs learns the addresses for a tenth of what decoding costs; and the decoder has nothing
/// left to check. Everything else is no plain frame and goes the long way, which reads plain ones just the same.
public struct PlainFrame: Sendable {
  public let source: UInt32
  public let destination: UInt32
  let vlan: UInt16
  let isTCP: Bool
  /// Starts of the IPv4 header, the transport header and the payload.
  let network: Int
  let transport: Int
  let payload: Int
  /// Behind the last captured byte of the payload, and what lacks behind it.
  let end: Int
  let missing: Int

  public init?(_ frame: Span<UInt8>, linkType: UInt16) {
    let link = header(frame, 0, 18)
    guard linkType == 1, link.count == 18 else { return nil }
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
    guard type == 0x0800, ip.count == 20, ip[0] >> 4 == 4 else { return nil }
    let headerBytes = Int(ip[0] & 15) * 4
    let total = Int(u16(ip, 2))
    guard headerBytes >= 20, total >= headerBytes, u16(ip, 6) & 0x3fff == 0 else { return nil }
    let captured = frame.count - network
    var end = network + Swift.min(total, captured)
    var missing = Swift.max(0, total - captured)
    let transport = network + headerBytes
    let available = end - transport
    let isTCP = ip[9] == 6
    if isTCP {
      let tcp = header(frame, transport, 20)
      guard available >= 20, tcp.count == 20 else { return nil }
      let length = Int(tcp[12] >> 4) * 4
      guard length >= 20, length <= available else { return nil }
      payload = transport + length
    } else {
      let udp = header(frame, transport, 8)
      guard ip[9] == 17, available >= 8, udp.count == 8 else { return nil }
      let length = Int(u16(udp, 4))
      let port = u16(udp, 2)
      guard length >= 8, !FrameDecoder.isTunnelPort(port) else { return nil }
      end = transport + Swift.min(length, available)
      missing = Swift.max(0, length - available)
      payload = transport + 8
    }
    source = u32(ip, 12)
    destination = u32(ip, 16)
    self.vlan = vlan
    self.isTCP = isTCP
    self.network = network
    self.transport = transport
    self.end = end
    self.missing = missing
  }
}

extension FrameDecoder {
  /// UDP ports behind which a tunnel may stand: VXLAN, Geneve, GTP-U.
  @inline(__always)
  static func isTunnelPort(_ port: UInt16) -> Bool { port == 4789 || port == 8472 || port == 6081 || port == 2152 }

  /// Decodes a frame that was found to be a plain one.
  public mutating func decode(
    _ plain: PlainFrame, _ frame: Span<UInt8>, originalLength: Int, into out: inout DecodedFrame
  ) {
    counters.frames += 1
    counters.linkTypes.add(1)
    counters.ipv4 += 1
    if plain.vlan != DecodedFrame.noVLAN { counters.vlanTagged += 1 }
    if plain.missing > 0 { counters.cut += 1 }
    let link = header(frame, 0, 14)
    let ip = header(frame, plain.network, 20)
    guard link.count == 14, ip.count == 20 else { return }
    out.destinationMAC = MACAddress(value: UInt64(u32(link, 0)) << 16 | UInt64(u16(link, 4)))
    out.sourceMAC = MACAddress(value: UInt64(u16(link, 6)) << 32 | UInt64(u32(link, 8)))
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
    out.ttl = ip[8]
    out.ipProtocol = ip[9]
    out.fragment = .none
    out.icmpType = 0
    out.icmpCode = 0
    if plain.isTCP {
      let tcp = header(frame, plain.transport, 20)
      guard tcp.count == 20 else { return }
      out.transport = .tcp
      out.sourcePort = u16(tcp, 0)
      out.destinationPort = u16(tcp, 2)
      out.tcp = TCPHeader(
        sequence: SequenceNumber(u32(tcp, 4)), acknowledgement: SequenceNumber(u32(tcp, 8)),
        flags: TCPFlags(rawValue: tcp[13]), window: u16(tcp, 14))
    } else {
      let udp = header(frame, plain.transport, 8)
      guard udp.count == 8 else { return }
      out.transport = .udp
      out.sourcePort = u16(udp, 0)
      out.destinationPort = u16(udp, 2)
      out.tcp = TCPHeader()
    }
    out.payloadStart = plain.payload
    out.payloadCount = plain.end - plain.payload
    out.payloadIsReassembled = false
    out.missing = plain.missing
    out.wireBytes = Swift.max(frame.count, originalLength)
  }
}
