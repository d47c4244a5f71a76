import OTCore

/// Tunnels: frames and datagrams inside datagrams.
extension FrameDecoder {
  /// Notes that what follows has addresses of its own, and keeps the outermost ones.
  mutating func enter(_ tunnel: DecodedFrame.Tunnels, _ walk: inout Walk, _ out: inout DecodedFrame) -> Bool {
    guard descend(&walk, &out) else { return false }
    out.tunnels.insert(tunnel)
    if out.outerSource.family == .none {
      out.outerSource = out.source
      out.outerDestination = out.destination
    }
    out.sourceMAC = MACAddress(value: 0)
    out.destinationMAC = MACAddress(value: 0)
    out.vlan = DecodedFrame.noVLAN
    out.innerVLAN = DecodedFrame.noVLAN
    return true
  }

  /// RFC 2784, RFC 2890, RFC 2637 (version 1, PPTP).
  mutating func gre(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    let at = walk.at
    guard walk.available >= 4 else { return fail(.badTunnel, &walk, &out) }
    let flags = u16(bytes, at)
    let version = flags & 7
    let type = u16(bytes, at + 2)
    var length = 4
    if flags & 0xc000 != 0 { length += 4 }
    if flags & 0x2000 != 0 { length += 4 }
    if flags & 0x1000 != 0 { length += 4 }
    if version == 1, flags & 0x0080 != 0 { length += 4 }
    // Source routing (RFC 1701) is of variable length and extinct.
    guard version <= 1, flags & 0x4000 == 0, length <= walk.available else { return fail(.badTunnel, &walk, &out) }
    guard type > 1535 else {
      // A keep-alive or a private protocol.
      out.transport = .other
      return finish(&walk, &out)
    }
    guard enter(.gre, &walk, &out) else { return }
    walk.at = at + length
    switch type {
    case 0x6558: walk.layer = .ethernet
    case 0x88be where flags & 0x1000 == 0:
      // ERSPAN type I has no header.
      out.tunnels.insert(.erspan)
      walk.layer = .ethernet
    case 0x88be, 0x22eb: erspan(bytes, &walk, &out)
    case 0x880b: walk.layer = .ppp
    case 0x2000:
      // CDP of the tunnel's two ends, which have no other addresses.
      out.content = .snap(organization: Self.cisco, protocolID: type)
      finish(&walk, &out)
    default:
      walk.type = type
      walk.layer = .etherType
    }
  }

  /// ERSPAN types II and III (draft-foschiano-erspan-03 sections 4.2 and 4.3).
  private mutating func erspan(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    let at = walk.at
    guard walk.available >= 8 else { return fail(.badTunnel, &walk, &out) }
    let version = bytes[at] >> 4
    var length = 8
    var holdsIP = false
    switch version {
    case 1: break
    case 2:
      guard walk.available >= 12 else { return fail(.badTunnel, &walk, &out) }
      holdsIP = bytes[at + 10] >> 2 & 0x1f == 2
      length = bytes[at + 11] & 1 == 1 ? 20 : 12
    default: return fail(.badTunnel, &walk, &out)
    }
    guard walk.available >= length else { return fail(.badTunnel, &walk, &out) }
    out.tunnels.insert(.erspan)
    let vlan = u16(bytes, at) & 0xfff
    if vlan != 0 { out.vlan = vlan }
    walk.at = at + length
    if holdsIP { ipByVersion(bytes, &walk, &out) } else { walk.layer = .ethernet }
  }

  /// RFC 7348 section 5. Says whether it is one: its port may be anybody's.
  mutating func vxlan(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) -> Bool {
    let at = walk.at
    guard walk.available >= 8 + 14, u32(bytes, at) == 0x0800_0000, bytes[at + 7] == 0 else { return false }
    guard enter(.vxlan, &walk, &out) else { return true }
    walk.at = at + 8
    walk.layer = .ethernet
    return true
  }

  /// RFC 8926 section 3.4.
  mutating func geneve(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) -> Bool {
    let at = walk.at
    guard walk.available >= 8, bytes[at] >> 6 == 0, bytes[at + 1] & 0x3f == 0, bytes[at + 7] == 0 else { return false }
    let length = 8 + Int(bytes[at] & 0x3f) * 4
    let type = u16(bytes, at + 2)
    guard type > 1535, length <= walk.available else { return false }
    guard enter(.geneve, &walk, &out) else { return true }
    walk.at = at + length
    walk.type = type
    walk.layer = type == 0x6558 ? .ethernet : .etherType
    return true
  }

  /// GTP-U version 1, message G-PDU (3GPP TS 29.281 section 5.1).
  mutating func gtp(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) -> Bool {
    guard walk.available >= 8, bytes[walk.at] & 0xf0 == 0x30, bytes[walk.at + 1] == 255 else { return false }
    let flags = bytes[walk.at]
    var at = walk.at + 8
    if flags & 7 != 0 {
      guard walk.available >= 12 else { return false }
      var next = flags & 4 != 0 ? bytes[at + 3] : 0
      at += 4
      var headers = 0
      while next != 0 {
        guard let units = bytes.byte(at), units > 0, headers < Limits.nesting else { return false }
        let behind = at + Int(units) * 4
        guard behind < walk.end, let following = bytes.byte(behind - 1) else { return false }
        next = following
        at = behind
        headers += 1
      }
    }
    guard at < walk.end, let first = bytes.byte(at), first >> 4 == 4 || first >> 4 == 6 else { return false }
    guard enter(.gtp, &walk, &out) else { return true }
    walk.at = at
    walk.layer = first >> 4 == 4 ? .ipv4 : .ipv6
    return true
  }
}
