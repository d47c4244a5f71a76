import OTCore

/// The transport layer, and the tunnels that have a protocol number of their own.
extension FrameDecoder {
  @inline(__always)
  mutating func transport(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    switch walk.type {
    case 6: tcp(bytes, &walk, &out)
    case 17: udp(bytes, &walk, &out)
    default: otherTransport(bytes, &walk, &out)
    }
  }

  /// RFC 9293 section 3.1.
  @inline(__always)
  private mutating func tcp(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    let at = walk.at
    let available = walk.available
    let header = header(bytes, at, 20)
    guard available >= 20, header.count == 20 else { return fail(.truncatedTransport, &walk, &out) }
    let headerBytes = Int(header[12] >> 4) * 4
    guard headerBytes >= 20, headerBytes <= available + walk.missing else { return fail(.badTransport, &walk, &out) }
    out.transport = .tcp
    out.sourcePort = u16(header, 0)
    out.destinationPort = u16(header, 2)
    out.tcp = TCPHeader(
      sequence: SequenceNumber(u32(header, 4)), acknowledgement: SequenceNumber(u32(header, 8)),
      flags: TCPFlags(rawValue: header[13]), window: u16(header, 14))
    if headerBytes <= available {
      walk.at = at + headerBytes
    } else {
      // Cut inside the options.
      walk.at = walk.end
      walk.missing -= headerBytes - available
    }
    finish(&walk, &out)
  }

  /// RFC 768.
  @inline(__always)
  private mutating func udp(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    let at = walk.at
    let header = header(bytes, at, 8)
    guard walk.available >= 8, header.count == 8 else { return fail(.truncatedTransport, &walk, &out) }
    let length = Int(u16(header, 4))
    let available = walk.available
    // 0: a jumbogram (RFC 2675 section 4), or left to the network card.
    if length >= 8 {
      if length <= available {
        walk.end = at + length
        walk.missing = 0
      } else {
        walk.missing = length - available
      }
    } else if length > 0 {
      return fail(.badTransport, &walk, &out)
    }
    let destinationPort = u16(header, 2)
    walk.at = at + 8
    switch destinationPort {
    case 4789, 8472: if vxlan(bytes, &walk, &out) { return }
    case 6081: if geneve(bytes, &walk, &out) { return }
    case 2152: if gtp(bytes, &walk, &out) { return }
    default: break
    }
    out.transport = .udp
    out.sourcePort = u16(header, 0)
    out.destinationPort = destinationPort
    finish(&walk, &out)
  }

  private mutating func otherTransport(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    if extensionHeader(bytes, &walk, &out) { return }
    switch walk.type {
    case 1, 58:
      // RFC 792, RFC 4443 section 2.1.
      guard walk.available >= 4 else { return fail(.truncatedTransport, &walk, &out) }
      out.transport = walk.type == 1 ? .icmp : .icmp6
      out.icmpType = bytes[walk.at]
      out.icmpCode = bytes[walk.at + 1]
      finish(&walk, &out)
    case 132:
      // RFC 9260 section 3.1.
      guard walk.available >= 12 else { return fail(.truncatedTransport, &walk, &out) }
      out.transport = .sctp
      out.sourcePort = u16(bytes, walk.at)
      out.destinationPort = u16(bytes, walk.at + 2)
      walk.at += 12
      finish(&walk, &out)
    case 4, 41:
      guard enter(.ipInIP, &walk, &out) else { return }
      walk.layer = walk.type == 4 ? .ipv4 : .ipv6
    case 47: gre(bytes, &walk, &out)
    case 97:
      // RFC 3378: version 3 and 12 zero bits.
      guard walk.available >= 2 else { return fail(.badTunnel, &walk, &out) }
      guard enter(.etherIP, &walk, &out) else { return }
      walk.at += 2
      walk.layer = .ethernet
    case 137:
      guard enter(.mpls, &walk, &out) else { return }
      walk.layer = .mpls
    default:
      out.transport = .other
      finish(&walk, &out)
    }
  }
}
