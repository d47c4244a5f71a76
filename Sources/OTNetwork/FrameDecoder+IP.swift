import OTCore

/// The network layer.
extension FrameDecoder {
  /// RFC 791 section 3.1.
  @inline(__always)
  mutating func ipv4(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    let at = walk.at
    let available = walk.available
    let header = header(bytes, at, 20)
    guard available >= 20, header.count == 20 else { return fail(.truncatedNetwork, &walk, &out) }
    let first = header[0]
    let headerBytes = Int(first & 15) * 4
    guard first >> 4 == 4, headerBytes >= 20 else { return fail(.badNetwork, &walk, &out) }
    var total = Int(u16(header, 2))
    // The capturing host lets its network card cut large sends: the length is filled in behind the capture.
    if total == 0 { total = available + walk.missing }
    guard total >= headerBytes else { return fail(.badNetwork, &walk, &out) }
    counters.ipv4 += 1
    out.content = .ip
    out.source = .ipv4(u32(header, 12))
    out.destination = .ipv4(u32(header, 16))
    out.ttl = header[8]
    out.ipProtocol = header[9]
    guard headerBytes <= available else { return fail(.truncatedNetwork, &walk, &out) }
    bound(total, &walk)
    walk.at = at + headerBytes
    walk.type = UInt16(out.ipProtocol)
    walk.isIPv6 = false
    walk.layer = .transport
    let fragment = u16(header, 6)
    if fragment & 0x3fff != 0 {
      let identification = UInt32(u16(header, 4))
      self.fragment(
        bytes, &walk, &out, identification, offset: Int(fragment & 0x1fff) * 8, isLast: fragment & 0x2000 == 0)
    }
  }

  /// RFC 8200 section 3. Extension headers are read where the transport is.
  mutating func ipv6(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    let at = walk.at
    let available = walk.available
    let header = header(bytes, at, 40)
    guard available >= 40, header.count == 40 else { return fail(.truncatedNetwork, &walk, &out) }
    guard header[0] >> 4 == 6 else { return fail(.badNetwork, &walk, &out) }
    let length = Int(u16(header, 4))
    counters.ipv6 += 1
    out.content = .ip
    out.source = .ipv6(u64(header, 8), u64(header, 16))
    out.destination = .ipv6(u64(header, 24), u64(header, 32))
    out.ipProtocol = header[6]
    out.ttl = header[7]
    // 0: a jumbogram (RFC 2675), or left to the network card.
    if length > 0 { bound(40 + length, &walk) }
    walk.at = at + 40
    walk.type = UInt16(out.ipProtocol)
    walk.isIPv6 = true
    walk.layer = .transport
  }

  /// Ends the layer `total` bytes behind its start: what follows is Ethernet padding, what lacks was cut off.
  @inline(__always)
  private func bound(_ total: Int, _ walk: inout Walk) {
    let available = walk.available
    if total <= available {
      walk.end = walk.at + total
      walk.missing = 0
    } else {
      walk.missing = total - available
    }
  }

  /// Reads an extension header of IPv6 or IPsec, and says whether `walk.type` was one.
  mutating func extensionHeader(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) -> Bool {
    let at = walk.at
    switch walk.type {
    case 51: break  // authentication header, RFC 4302
    case 0, 43, 44, 60, 135, 139, 140: guard walk.isIPv6 else { return false }
    default: return false
    }
    guard walk.available >= 8 else {
      fail(.truncatedNetwork, &walk, &out)
      return true
    }
    guard descend(&walk, &out) else { return true }
    let next = bytes[at]
    let length =
      switch walk.type {
      case 51: (Int(bytes[at + 1]) + 2) * 4
      case 44: 8
      default: (Int(bytes[at + 1]) + 1) * 8
      }
    guard length <= walk.available else {
      fail(.truncatedNetwork, &walk, &out)
      return true
    }
    if walk.type == 51 { out.tunnels.insert(.authenticated) }
    let isFragment = walk.type == 44
    out.ipProtocol = next
    walk.type = UInt16(next)
    walk.at = at + length
    if isFragment {
      let field = u16(bytes, at + 2)
      let isLast = field & 1 == 0
      // The only fragment of its datagram goes on like any other (RFC 6946).
      if field & 0xfff8 != 0 || !isLast {
        fragment(bytes, &walk, &out, u32(bytes, at + 4), offset: Int(field & 0xfff8), isLast: isLast)
      }
    }
    return true
  }

  /// Keeps one fragment, and goes on in the datagram when it was the last one to come.
  private mutating func fragment(
    _ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame, _ identification: UInt32, offset: Int,
    isLast: Bool
  ) {
    counters.fragments += 1
    guard descend(&walk, &out) else { return }
    let key = FragmentTable.Key(
      identification: identification, ipProtocol: out.ipProtocol, family: out.source.family)
    let piece = FragmentTable.Piece(offset: offset, missing: walk.missing, isLast: isLast)
    let outcome = fragments.add(
      piece, of: key, out.source, out.destination, bytes.clamped(from: walk.at, count: walk.available), walk.time,
      &counters)
    switch outcome {
    case .held:
      out.fragment = .held
      walk.at = walk.end
      walk.missing = 0
      finish(&walk, &out)
    case .refused:
      out.fragment = .held
      fail(.badFragment, &walk, &out)
    case .completed(let missing):
      counters.reassembledDatagrams += 1
      reassembled = fragments.takeCompleted()
      out.fragment = .completed
      walk.at = 0
      walk.end = reassembled.count
      walk.missing = missing
      walk.isInReassembled = true
    }
  }
}
