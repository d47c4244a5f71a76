import OTCore

/// Link layers, by LINKTYPE_ number (www.tcpdump.org/linktypes.html), and what stands between them and IP.
extension FrameDecoder {
  mutating func link(_ type: UInt16, _ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    switch type {
    case 1: walk.layer = .ethernet
    case 113: cooked(bytes, &walk, &out)
    case 276: cooked2(bytes, &walk, &out)
    case 12, 14, 101: ipByVersion(bytes, &walk, &out)
    case 228: walk.layer = .ipv4
    case 229: walk.layer = .ipv6
    case 0, 108: loopback(bytes, &walk, &out)
    case 9, 50: pppOrHDLC(bytes, &walk, &out)
    case 104: hdlc(bytes, &walk, &out)
    case 107: frameRelay(bytes, &walk, &out)
    case 7, 129, 165:
      // BACnet MS/TP has no layer below, and of ARCNET (with Linux's header, 129) only BACnet is read.
      out.content = .linkType(type)
      finish(&walk, &out)
    default:
      out.content = .linkType(type)
      fail(.linkType, &walk, &out)
    }
  }

  /// IEEE 802.3 section 3.1.1 without preamble.
  @inline(__always)
  mutating func ethernet(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    let at = walk.at
    let header = header(bytes, at, 14)
    guard walk.available >= 14, header.count == 14 else { return fail(.truncatedLink, &walk, &out) }
    out.destinationMAC = MACAddress(value: UInt64(u32(header, 0)) << 16 | UInt64(u16(header, 4)))
    out.sourceMAC = MACAddress(value: UInt64(u16(header, 6)) << 32 | UInt64(u32(header, 8)))
    walk.type = u16(header, 12)
    walk.at = at + 14
    walk.layer = .etherType
  }

  /// Tags, and what an EtherType leads to (IEEE 802.1Q, 802.1ad; IEC 62439-3 5.7; IEEE 802.1CB 7.8).
  @inline(__always)
  mutating func etherType(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    switch walk.type {
    case 0x0800: walk.layer = .ipv4
    case 0x86dd: walk.layer = .ipv6
    default: otherEtherType(bytes, &walk, &out)
    }
  }

  private mutating func otherEtherType(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    switch walk.type {
    case 0x8100, 0x88a8, 0x9100, 0x9200:
      guard walk.available >= 4 else { return fail(.truncatedLink, &walk, &out) }
      guard descend(&walk, &out) else { return }
      tag(u16(bytes, walk.at) & 0xfff, &out)
      walk.type = u16(bytes, walk.at + 2)
      walk.at += 4
    case 0x892f, 0xf1c1:
      guard walk.available >= 6 else { return fail(.truncatedLink, &walk, &out) }
      guard descend(&walk, &out) else { return }
      out.tunnels.insert(.redundancyTag)
      walk.type = u16(bytes, walk.at + 4)
      walk.at += 6
    case 0x0806, 0x8035:
      counters.arp += 1
      out.content = .arp
      linkAddresses(&out)
      finish(&walk, &out)
    case 0x8847, 0x8848: walk.layer = .mpls
    case 0x8864: pppoe(bytes, &walk, &out)
    case 0x8870: walk.layer = .llc
    case 0...1500:
      // A length; what follows it is padding.
      let length = Int(walk.type)
      if length <= walk.available {
        walk.end = walk.at + length
        walk.missing = 0
      } else {
        walk.missing = length - walk.available
      }
      walk.layer = .llc
    case 1501...1535: fail(.badLink, &walk, &out)
    default:
      counters.etherTypes.add(walk.type)
      out.content = .etherType(walk.type)
      linkAddresses(&out)
      finish(&walk, &out)
    }
  }

  private func tag(_ identifier: UInt16, _ out: inout DecodedFrame) {
    guard identifier != 0, identifier != out.vlan || !out.tunnels.contains(.erspan) else { return }
    if out.vlan == DecodedFrame.noVLAN {
      out.vlan = identifier
    } else if out.innerVLAN == DecodedFrame.noVLAN {
      out.innerVLAN = identifier
    }
  }

  /// IEEE 802.2 LLC (section 3.2) and SNAP (IEEE 802 section 9.5).
  mutating func llc(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    let at = walk.at
    guard walk.available >= 3 else { return fail(.truncatedLink, &walk, &out) }
    let (dsap, ssap, control) = (bytes[at], bytes[at + 1], bytes[at + 2])
    if dsap == 0xaa, ssap == 0xaa, control == 3 {
      guard walk.available >= 8 else { return fail(.truncatedLink, &walk, &out) }
      let organization = u32(bytes, at + 2) & 0xff_ffff
      let type = u16(bytes, at + 6)
      walk.at = at + 8
      // RFC 1042, and the bridge tunnel of IEEE 802.1H: an EtherType follows.
      if organization == 0 || organization == 0xf8, type > 1535 {
        guard descend(&walk, &out) else { return }
        walk.type = type
        walk.layer = .etherType
        return
      }
      return snap(organization: organization, type, &walk, &out)
    } else if control & 3 == 3 {
      out.content = .llc(dsap: dsap, ssap: ssap, control: UInt16(control))
      walk.at = at + 3
    } else {
      guard walk.available >= 4 else { return fail(.truncatedLink, &walk, &out) }
      out.content = .llc(dsap: dsap, ssap: ssap, control: u16(bytes, at + 2))
      walk.at = at + 4
    }
    linkAddresses(&out)
    finish(&walk, &out)
  }

  // MARK: captures without Ethernet

  /// LINKTYPE_LINUX_SLL: packet type, ARPHRD_ type, address length, address (8), protocol.
  private mutating func cooked(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    guard walk.available >= 16 else { return fail(.truncatedLink, &walk, &out) }
    if u16(bytes, 4) == 6 { out.sourceMAC = MACAddress(value: u64(bytes, 6) >> 16) }
    cookedProtocol(u16(bytes, 14), device: u16(bytes, 2), behind: 16, &walk, &out)
  }

  /// LINKTYPE_LINUX_SLL2: protocol, reserved, interface (4), ARPHRD_ type, packet type, address length, address (8).
  private mutating func cooked2(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    guard walk.available >= 20 else { return fail(.truncatedLink, &walk, &out) }
    if bytes[11] == 6 { out.sourceMAC = MACAddress(value: u64(bytes, 12) >> 16) }
    cookedProtocol(u16(bytes, 0), device: u16(bytes, 8), behind: 20, &walk, &out)
  }

  private mutating func cookedProtocol(
    _ type: UInt16, device: UInt16, behind: Int, _ walk: inout Walk, _ out: inout DecodedFrame
  ) {
    walk.at = behind
    walk.type = type
    // ARPHRD_NETLINK and the radio devices have no EtherType there.
    if device == 824 || (801...803).contains(device) { return fail(.linkProtocol, &walk, &out) }
    switch type {
    case 4: walk.layer = .llc
    case 0...1535: fail(.linkProtocol, &walk, &out)
    default: walk.layer = .etherType
    }
  }

  /// LINKTYPE_NULL and LINKTYPE_LOOP: an address family in 4 bytes, in the order of the capturing host or of the network.
  private mutating func loopback(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    guard walk.available >= 4 else { return fail(.truncatedLink, &walk, &out) }
    let value = u32(bytes, 0)
    walk.at = 4
    switch value > 0xffff ? value.byteSwapped : value {
    case 2: walk.layer = .ipv4
    case 10, 24, 28, 30: walk.layer = .ipv6
    default: fail(.linkProtocol, &walk, &out)
    }
  }

  /// LINKTYPE_PPP and LINKTYPE_PPP_HDLC: RFC 1662 section 3.1 with or without its address, or Cisco HDLC.
  private mutating func pppOrHDLC(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    guard walk.available >= 2 else { return fail(.truncatedLink, &walk, &out) }
    switch bytes[0] {
    case 0x0f, 0x8f: return hdlc(bytes, &walk, &out)
    case 0xff where bytes[1] == 3: walk.at = 2
    default: break
    }
    walk.layer = .ppp
  }

  /// LINKTYPE_C_HDLC: address, control, EtherType.
  private mutating func hdlc(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    guard walk.available >= 4 else { return fail(.truncatedLink, &walk, &out) }
    walk.type = u16(bytes, 2)
    walk.at = 4
    ciscoType(&walk, &out)
  }

  /// Behind a type in the header of Cisco's HDLC, which its frame relay shares. Most are EtherTypes. Others number what
  /// elsewhere stands behind SNAP (CDP, UDLD) or are two service access points (spanning tree, OSI, of which only the
  /// second has a control octet); what is RARP on Ethernet is the line's own keepalive here.
  private mutating func ciscoType(_ walk: inout Walk, _ out: inout DecodedFrame) {
    switch walk.type {
    case 0x0111, 0x2000: snap(organization: Self.cisco, walk.type, &walk, &out)
    case 0x4242:
      out.content = .llc(dsap: 0x42, ssap: 0x42, control: 3)
      linkAddresses(&out)
      finish(&walk, &out)
    case 0xfefe:
      walk.at -= 2
      walk.layer = .llc
    case 0x6558: walk.layer = .ethernet
    case 0x8035:
      counters.etherTypes.add(walk.type)
      out.content = .etherType(walk.type)
      linkAddresses(&out)
      finish(&walk, &out)
    case 0..<0x600: fail(.linkProtocol, &walk, &out)
    default: walk.layer = .etherType
    }
  }

  static let cisco: UInt32 = 0x00000c

  /// What another link carries without the SNAP header it has on Ethernet.
  private func snap(organization: UInt32, _ type: UInt16, _ walk: inout Walk, _ out: inout DecodedFrame) {
    out.content = .snap(organization: organization, protocolID: type)
    linkAddresses(&out)
    finish(&walk, &out)
  }

  /// LINKTYPE_FRELAY: RFC 2427 sections 3 and 4 with a two-byte address, or Cisco's EtherType behind the address.
  private mutating func frameRelay(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    guard walk.available >= 4 else { return fail(.truncatedLink, &walk, &out) }
    guard bytes[0] & 1 == 0, bytes[1] & 1 == 1 else { return fail(.linkProtocol, &walk, &out) }
    guard bytes[2] == 3 else {
      walk.type = u16(bytes, 2)
      walk.at = 4
      return ciscoType(&walk, &out)
    }
    walk.at = bytes[3] == 0 ? 5 : 4
    switch bytes.byte(walk.at - 1) {
    case 0xcc: walk.layer = .ipv4
    case 0x8e: walk.layer = .ipv6
    case 0x80:
      guard walk.available >= 5 else { return fail(.truncatedLink, &walk, &out) }
      let (organization, type) = (u32(bytes, walk.at) >> 8, u16(bytes, walk.at + 3))
      walk.at += 5
      if organization == 0, type > 1535 {
        walk.type = type
        walk.layer = .etherType
      } else if organization == 0x80c2, type == 7 {
        walk.layer = .ethernet
      } else {
        fail(.linkProtocol, &walk, &out)
      }
    default: fail(.linkProtocol, &walk, &out)
    }
  }

  /// At a PPP protocol number, which is one byte long where its lowest bit is set (RFC 1661 section 2 and 6.5).
  mutating func ppp(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    guard walk.available >= 2 else { return fail(.truncatedLink, &walk, &out) }
    let isShort = bytes[walk.at] & 1 == 1
    walk.type = isShort ? UInt16(bytes[walk.at]) : u16(bytes, walk.at)
    walk.at += isShort ? 1 : 2
    switch walk.type {
    case 0x0021: walk.layer = .ipv4
    case 0x0057: walk.layer = .ipv6
    case 0x0281, 0x0283: walk.layer = .mpls
    case 0x0031: bridged(bytes, &walk, &out)
    case 0x0207: snap(organization: Self.cisco, 0x2000, &walk, &out)
    default: fail(.linkProtocol, &walk, &out)
    }
  }

  /// RFC 3518 section 4.2: flags (a checksum behind the frame; in RFC 1638 the line's number before it, too) with octets of
  /// filling behind, kind of the bridged network.
  private mutating func bridged(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    guard walk.available >= 2 else { return fail(.truncatedLink, &walk, &out) }
    guard descend(&walk, &out) else { return }
    let (flags, network) = (bytes[walk.at], bytes[walk.at + 1])
    let header = flags & 0x40 == 0 ? 2 : 6
    let trailer = (flags & 0x80 == 0 ? 0 : 4) + Int(flags & 15)
    guard network == 1 else { return fail(.linkProtocol, &walk, &out) }
    guard walk.available >= header else { return fail(.truncatedLink, &walk, &out) }
    walk.at += header
    if walk.missing > 0 {
      walk.missing = Swift.max(0, walk.missing - trailer)
    } else {
      walk.end -= Swift.min(trailer, walk.available)
    }
    walk.layer = .ethernet
  }

  /// RFC 2516 section 4: version and type, code, session, length; behind it PPP.
  private mutating func pppoe(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    let at = walk.at
    guard walk.available >= 6 else { return fail(.truncatedLink, &walk, &out) }
    guard bytes[at] == 0x11, bytes[at + 1] == 0 else { return fail(.badTunnel, &walk, &out) }
    guard descend(&walk, &out) else { return }
    let length = Int(u16(bytes, at + 4))
    walk.at = at + 6
    if length <= walk.available {
      walk.end = walk.at + length
      walk.missing = 0
    }
    out.tunnels.insert(.pppoe)
    walk.layer = .ppp
  }

  /// RFC 3032 section 2.1; behind the last label IP, or a pseudowire with Ethernet (RFC 4448, RFC 4385).
  mutating func mpls(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    out.tunnels.insert(.mpls)
    while true {
      guard walk.available >= 4 else { return fail(.truncatedLink, &walk, &out) }
      guard descend(&walk, &out) else { return }
      let isLast = bytes[walk.at + 2] & 1 == 1
      walk.at += 4
      if isLast { break }
    }
    guard walk.available >= 1 else { return fail(.truncatedLink, &walk, &out) }
    switch bytes[walk.at] >> 4 {
    case 4: walk.layer = .ipv4
    case 6: walk.layer = .ipv6
    case 0:
      guard walk.available >= 4 else { return fail(.truncatedLink, &walk, &out) }
      walk.at += 4
      walk.layer = .ethernet
    default: walk.layer = .ethernet
    }
  }

  /// IP whose version only its first byte tells.
  mutating func ipByVersion(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    guard walk.available >= 1 else { return fail(.truncatedNetwork, &walk, &out) }
    switch bytes[walk.at] >> 4 {
    case 4: walk.layer = .ipv4
    case 6: walk.layer = .ipv6
    default: fail(.badNetwork, &walk, &out)
    }
  }
}
