import OTCore
import Testing

@testable import OTNetwork

/// A frame and what has to be read from it.
struct FrameCase: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  var linkType: UInt16 = 1
  var originalLength: Int?
  var content = DecodedFrame.Content.ip
  var source = "10.0.0.1"
  var transport = Transport.tcp
  var payload: [UInt8] = [1, 2, 3]
  var vlan = DecodedFrame.noVLAN
  var innerVLAN = DecodedFrame.noVLAN
  var tunnels: DecodedFrame.Tunnels = []
  var outer = ""
  var missing = 0
  var problem = DecodeProblem.none
  var testDescription: String { name }
}

private let data: [UInt8] = [1, 2, 3]
private let datagram = Make.ipv4(6, Make.tcp(data))
private let datagram6 = Make.ipv6(6, Make.tcp(data))
private let whole = Make.ethernet(0x0800, datagram)
private func tunnel(_ ipProtocol: UInt8, _ payload: [UInt8]) -> [UInt8] {
  Make.ethernet(0x0800, Make.ipv4(ipProtocol, payload, from: 8, to: 9))
}
private let discovery = DecodedFrame.Content.snap(organization: 0x00000c, protocolID: 0x2000)
private func cooked(_ type: Int, _ payload: [UInt8]) -> [UInt8] {
  [0, 0] + [0, 1] + [0, 6] + [0, 0x0e, 0x8c, 0, 0, 1, 0, 0] + Make.u16(type) + payload
}

let frameCases: [FrameCase] = [
  FrameCase(name: "Ethernet", bytes: whole),
  FrameCase(name: "Ethernet padding is no payload", bytes: whole + Array(repeating: 0, count: 6)),
  FrameCase(
    name: "snap length cuts the payload", bytes: Array(whole.dropLast(2)), originalLength: whole.count,
    payload: [1], missing: 2),
  FrameCase(
    name: "snap length cuts the TCP options",
    bytes: Make.ethernet(
      0x0800, Make.ipv4(6, Array(Make.tcp([]).prefix(12)) + [0x80] + Make.tcp([]).dropFirst(13), total: 55)),
    originalLength: 69, payload: [], missing: 3),
  FrameCase(
    name: "snap length cuts the TCP header", bytes: Array(whole.prefix(44)), originalLength: whole.count,
    transport: .none, payload: Array(Make.tcp([]).prefix(10)), missing: 13, problem: .truncatedTransport),
  FrameCase(
    name: "total length 0 of a large send", bytes: Make.ethernet(0x0800, Make.ipv4(6, Make.tcp(data), total: 0))),
  FrameCase(name: "UDP", bytes: Make.ethernet(0x0800, Make.ipv4(17, Make.udp(data))), transport: .udp),
  FrameCase(
    name: "UDP length shorter than IP",
    bytes: Make.ethernet(0x0800, Make.ipv4(17, Make.udp(data + [9, 9], length: 11))), transport: .udp),
  FrameCase(
    name: "UDP length below its header",
    bytes: Make.ethernet(0x0800, Make.ipv4(17, Make.udp(data, length: 7))), transport: .none,
    payload: Make.udp(data, length: 7), problem: .badTransport),
  FrameCase(
    name: "ICMP keeps its whole message", bytes: Make.ethernet(0x0800, Make.ipv4(1, [8, 0, 0, 0, 1])),
    transport: .icmp, payload: [8, 0, 0, 0, 1]),
  FrameCase(name: "802.1Q", bytes: Make.ethernet(0x8100, Make.tag(30, 0x0800, datagram)), vlan: 30),
  FrameCase(name: "priority tag is no VLAN", bytes: Make.ethernet(0x8100, Make.tag(0xc000, 0x0800, datagram))),
  FrameCase(
    name: "QinQ 802.1ad", bytes: Make.ethernet(0x88a8, Make.tag(100, 0x8100, Make.tag(30, 0x0800, datagram))),
    vlan: 100, innerVLAN: 30),
  FrameCase(
    name: "QinQ 0x9100", bytes: Make.ethernet(0x9100, Make.tag(100, 0x8100, Make.tag(30, 0x0800, datagram))),
    vlan: 100, innerVLAN: 30),
  FrameCase(
    name: "more tags than any network has",
    bytes: Make.macs + Array(repeating: [0x81, 0, 0, 1], count: 17).flatMap { $0 } + [8, 0], content: .undecoded,
    source: "00:0e:8c:00:00:01", transport: .none, payload: [0, 1, 8, 0], vlan: 1, innerVLAN: 1, problem: .nesting),
  FrameCase(
    name: "HSR", bytes: Make.ethernet(0x892f, [0, 52, 0, 9] + Make.u16(0x88ba) + data), content: .etherType(0x88ba),
    source: "00:0e:8c:00:00:01", transport: .none, tunnels: .redundancyTag),
  FrameCase(
    name: "GOOSE", bytes: Make.ethernet(0x88b8, data), content: .etherType(0x88b8), source: "00:0e:8c:00:00:01",
    transport: .none),
  FrameCase(
    name: "ARP", bytes: Make.ethernet(0x0806, data), content: .arp, source: "00:0e:8c:00:00:01", transport: .none),
  FrameCase(
    name: "LLC with padding", bytes: Make.ethernet(6, [0x42, 0x42, 3] + data + [0, 0]),
    content: .llc(dsap: 0x42, ssap: 0x42, control: 3), source: "00:0e:8c:00:00:01", transport: .none),
  FrameCase(
    name: "SNAP of Cisco", bytes: Make.ethernet(11, [0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0] + data),
    content: .snap(organization: 0x0c, protocolID: 0x2000), source: "00:0e:8c:00:00:01", transport: .none),
  FrameCase(
    name: "SNAP of RFC 1042", bytes: Make.ethernet(8 + datagram.count, [0xaa, 0xaa, 3, 0, 0, 0, 8, 0] + datagram)),
  FrameCase(
    name: "type between length and EtherType", bytes: Make.ethernet(1501, data), content: .undecoded,
    source: "00:0e:8c:00:00:01", transport: .none, problem: .badLink),
  FrameCase(name: "IPv6", bytes: Make.ethernet(0x86dd, datagram6), source: "fd00::1"),
  FrameCase(
    name: "IPv6 hop-by-hop, routing, destination options (RFC 8200 4)",
    bytes: Make.ethernet(
      0x86dd,
      Make.ipv6(0, [43, 0, 1, 4, 0, 0, 0, 0] + [60, 0, 0, 0, 0, 0, 0, 0] + [6, 0, 1, 4, 0, 0, 0, 0] + Make.tcp(data))),
    source: "fd00::1"),
  FrameCase(
    name: "IPv6 atomic fragment (RFC 6946)",
    bytes: Make.ethernet(0x86dd, Make.ipv6(44, [6, 0, 0, 0, 0, 0, 0, 9] + Make.tcp(data))), source: "fd00::1"),
  FrameCase(
    name: "authentication header (RFC 4302)",
    bytes: tunnel(51, [6, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1] + Make.tcp(data)), source: "10.0.0.8",
    tunnels: .authenticated),
  FrameCase(
    name: "IPv4 header of 4 words", bytes: Make.ethernet(0x0800, [0x44] + datagram.dropFirst()), content: .undecoded,
    source: "00:0e:8c:00:00:01", transport: .none, payload: [0x44] + datagram.dropFirst(), problem: .badNetwork),
  FrameCase(name: "IP in IP (RFC 2003)", bytes: tunnel(4, datagram), tunnels: .ipInIP, outer: "10.0.0.8"),
  FrameCase(
    name: "6in4 (RFC 4213)", bytes: tunnel(41, datagram6), source: "fd00::1", tunnels: .ipInIP, outer: "10.0.0.8"),
  FrameCase(
    name: "GRE with key", bytes: tunnel(47, [0x20, 0, 8, 0, 0, 0, 0, 5] + datagram), tunnels: .gre, outer: "10.0.0.8"),
  FrameCase(
    name: "GRE with Ethernet", bytes: tunnel(47, [0, 0, 0x65, 0x58] + whole), tunnels: .gre, outer: "10.0.0.8"),
  FrameCase(
    name: "GRE with source routing", bytes: tunnel(47, [0x40, 0, 8, 0, 0, 0, 0, 0]), source: "10.0.0.8",
    transport: .none, payload: [0x40, 0, 8, 0, 0, 0, 0, 0], problem: .badTunnel),
  FrameCase(
    name: "ERSPAN II",  // sequence; version 1, VLAN 30; session 1; index
    bytes: tunnel(47, [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1] + [0x10, 30, 0, 1, 0, 0, 0, 0] + whole), vlan: 30,
    tunnels: [.gre, .erspan], outer: "10.0.0.8"),
  FrameCase(
    name: "ERSPAN III with subheader",  // version 2; timestamp; group, type 0; O bit; 8 bytes more
    bytes: tunnel(
      47,
      [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1] + [0x20, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1] + [0, 0, 0, 0, 0, 0, 0, 0] + whole),
    tunnels: [.gre, .erspan], outer: "10.0.0.8"),
  FrameCase(
    name: "VXLAN", bytes: tunnel(17, Make.udp([8, 0, 0, 0, 0, 0, 42, 0] + whole, to: 4789)), tunnels: .vxlan,
    outer: "10.0.0.8"),
  FrameCase(
    name: "VXLAN in GRE with a tagged frame",
    bytes: tunnel(
      47,
      [0, 0, 8, 0]
        + Make.ipv4(
          17,
          Make.udp(
            [8, 0, 0, 0, 0, 0, 42, 0]
              + Make.ethernet(0x8100, Make.tag(30, 0x0800, datagram)), to: 8472), from: 5)),
    vlan: 30, tunnels: [.gre, .vxlan], outer: "10.0.0.8"),
  FrameCase(
    name: "other traffic on the port of VXLAN", bytes: Make.ethernet(0x0800, Make.ipv4(17, Make.udp(data, to: 4789))),
    transport: .udp),
  FrameCase(
    name: "Geneve with an option",
    bytes: tunnel(17, Make.udp([1, 0, 0x65, 0x58, 0, 0, 1, 0, 9, 9, 9, 0] + whole, to: 6081)),
    tunnels: .geneve, outer: "10.0.0.8"),
  FrameCase(
    name: "GTP-U with sequence number",
    bytes: tunnel(17, Make.udp([0x32, 255, 0, 47, 0, 0, 0, 1, 0, 1, 0, 0] + datagram, to: 2152)), tunnels: .gtp,
    outer: "10.0.0.8"),
  FrameCase(
    name: "PPPoE",
    bytes: Make.ethernet(0x8864, [0x11, 0, 0, 1] + Make.u16(2 + datagram.count) + [0, 0x21] + datagram),
    tunnels: .pppoe),
  FrameCase(
    name: "MPLS, two labels", bytes: Make.ethernet(0x8847, [0, 1, 0, 64, 0, 2, 1, 64] + datagram), tunnels: .mpls),
  FrameCase(
    name: "MPLS pseudowire with control word", bytes: Make.ethernet(0x8847, [0, 2, 1, 64, 0, 0, 0, 0] + whole),
    tunnels: .mpls),
  FrameCase(name: "Linux cooked", bytes: cooked(0x0800, datagram), linkType: 113),
  FrameCase(
    name: "Linux cooked with tag", bytes: cooked(0x8100, Make.tag(30, 0x0800, datagram)), linkType: 113, vlan: 30),
  FrameCase(
    name: "Linux cooked v2",
    bytes: [8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 0, 0x0e, 0x8c, 0, 0, 1, 0, 0] + datagram, linkType: 276),
  FrameCase(name: "raw IPv4", bytes: datagram, linkType: 101),
  FrameCase(name: "raw IPv6", bytes: datagram6, linkType: 12, source: "fd00::1"),
  FrameCase(name: "loopback, little-endian host", bytes: [2, 0, 0, 0] + datagram, linkType: 0),
  FrameCase(name: "loopback, network order", bytes: [0, 0, 0, 30] + datagram6, linkType: 108, source: "fd00::1"),
  FrameCase(name: "PPP", bytes: [0xff, 3, 0, 0x21] + datagram, linkType: 9),
  FrameCase(name: "PPP, compressed", bytes: [0x21] + datagram, linkType: 9),
  FrameCase(name: "Cisco HDLC", bytes: [0x0f, 0, 8, 0] + datagram, linkType: 104),
  FrameCase(name: "Frame Relay (RFC 2427)", bytes: [0x18, 0x41, 3, 0xcc] + datagram, linkType: 107),
  FrameCase(name: "Frame Relay of Cisco", bytes: [0x18, 0x41, 8, 0] + datagram, linkType: 107),
  // What stands behind SNAP on Ethernet: protocol 0x0207 of PPP, type 0x2000 of Cisco's links and of its tunnels.
  FrameCase(
    name: "CDP over PPP", bytes: [0xff, 3, 2, 7] + data, linkType: 50, content: discovery, source: "",
    transport: .none),
  FrameCase(
    name: "CDP over PPP without its address", bytes: [2, 7] + data, linkType: 9, content: discovery, source: "",
    transport: .none),
  FrameCase(
    name: "CDP over Cisco HDLC", bytes: [0x8f, 0, 0x20, 0] + data, linkType: 104, content: discovery, source: "",
    transport: .none),
  FrameCase(
    name: "CDP over Frame Relay of Cisco", bytes: [0x18, 0x41, 0x20, 0] + data, linkType: 107, content: discovery,
    source: "", transport: .none),
  FrameCase(
    name: "CDP in GRE is the tunnel's ends'", bytes: tunnel(47, [0, 0, 0x20, 0] + data), content: discovery,
    source: "10.0.0.8", transport: .none, tunnels: .gre, outer: "10.0.0.8"),
  FrameCase(
    name: "UDLD over Cisco HDLC", bytes: [0x0f, 0, 1, 0x11] + data, linkType: 104,
    content: .snap(organization: 0x00000c, protocolID: 0x0111), source: "", transport: .none),
  FrameCase(
    name: "spanning tree over Cisco HDLC", bytes: [0x8f, 0, 0x42, 0x42] + data, linkType: 104,
    content: .llc(dsap: 0x42, ssap: 0x42, control: 3), source: "", transport: .none),
  FrameCase(
    name: "OSI over Cisco HDLC", bytes: [0x8f, 0, 0xfe, 0xfe, 3] + data, linkType: 104,
    content: .llc(dsap: 0xfe, ssap: 0xfe, control: 3), source: "", transport: .none),
  FrameCase(
    name: "keepalive of Cisco HDLC is no ARP", bytes: [0x8f, 0, 0x80, 0x35] + data, linkType: 104,
    content: .etherType(0x8035), source: "", transport: .none),
  FrameCase(
    name: "a length over Cisco HDLC", bytes: [0x0f, 0, 0, 3] + data, linkType: 104, content: .undecoded, source: "",
    transport: .none, problem: .linkProtocol),
  // RFC 3518 section 4.2: a checksum and two octets of filling behind the frame; RFC 1638: the line's number in front.
  FrameCase(
    name: "bridged Ethernet over PPP", bytes: [0, 0x31, 0x82, 1] + whole + [9, 9, 9, 9, 0, 0], linkType: 9),
  FrameCase(
    name: "bridged Ethernet over PPP, number of the line", bytes: [0, 0x31, 0x40, 1, 0, 0, 0, 7] + whole, linkType: 9),
  FrameCase(
    name: "bridged token ring over PPP", bytes: [0, 0x31, 0, 4] + data, linkType: 9, content: .undecoded, source: "",
    transport: .none, payload: [0, 4] + data, problem: .linkProtocol),
  FrameCase(name: "MS/TP", bytes: data, linkType: 165, content: .linkType(165), source: "", transport: .none),
  FrameCase(
    name: "unknown link type", bytes: data, linkType: 147, content: .linkType(147), source: "", transport: .none,
    problem: .linkType),
]

@Test(arguments: frameCases)
func aFrameIsReadThroughItsLayers(_ expected: FrameCase) {
  var decoder = FrameDecoder()
  let (frame, payload) = decoder.read(
    expected.bytes, linkType: expected.linkType, originalLength: expected.originalLength)
  #expect(frame.content == expected.content)
  #expect(frame.problem == expected.problem)
  #expect(frame.source.description == expected.source)
  #expect(frame.transport == expected.transport)
  #expect(payload == expected.payload)
  #expect(frame.vlan == expected.vlan)
  #expect(frame.innerVLAN == expected.innerVLAN)
  #expect(frame.tunnels == expected.tunnels)
  #expect(frame.outerSource.description == expected.outer)
  #expect(frame.missing == expected.missing)
  #expect(decoder.counters.count(of: expected.problem) == (expected.problem == .none ? 0 : 1))
  if frame.transport == .tcp {
    #expect(frame.sourcePort == 49152 && frame.destinationPort == 502)
    #expect(frame.tcp.sequence == SequenceNumber(1000) && frame.tcp.acknowledgement == SequenceNumber(2000))
  }
}

@Test func noPrefixAndNoChangedByteOfAnyFrameTraps() {
  var decoder = FrameDecoder()
  var hosts = HostTable()
  var flows = FlowTable()
  var streams = StreamReassembler()
  var packets = 0
  func feed(_ bytes: [UInt8], _ linkType: UInt16) {
    let (frame, payload) = decoder.read(bytes, linkType: linkType, originalLength: bytes.count + packets % 3)
    #expect(frame.missing >= 0)
    packets += 1
    let time = Timestamp(nanoseconds: Int64(packets) * 1_000_000)
    let (source, destination) = (hosts.intern(frame.source), hosts.intern(frame.destination))
    let hit = flows.observe(frame, source: source, destination: destination, time: time, evidence: UInt64(packets))
    guard frame.transport == .tcp else { return }
    let delivery = streams.accept(
      flow: hit.id, side: hit.side, tcp: frame.tcp, payload: payload.span, missing: frame.missing, time: time,
      evidence: UInt64(packets))
    #expect(delivery.offset + delivery.count <= payload.count)
    for side in Side.allCases { while streams.popReady(hit.id, side) != nil {} }
  }
  let linkTypes: [UInt16] = [0, 1, 9, 12, 50, 101, 104, 107, 113, 228, 229, 276]
  for sample in frameCases {
    for count in 0...sample.bytes.count { feed(Array(sample.bytes.prefix(count)), sample.linkType) }
    for index in sample.bytes.indices {
      for value: UInt8 in [0x00, 0x7f, 0x80, 0xff] {
        var bytes = sample.bytes
        bytes[index] = value
        feed(bytes, sample.linkType)
      }
    }
    for linkType in linkTypes { feed(sample.bytes, linkType) }
  }
  #expect(decoder.counters.frames == UInt64(packets))
}
