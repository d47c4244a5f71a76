import OTCore

/// Reads a frame from its link layer to its transport header, through tags and tunnels.
///
/// Holds only what must outlive a frame: fragments and counters. Never traps and never throws: what cannot be read is
/// told by ``DecodedFrame/problem`` and counted.
public struct FrameDecoder: Sendable {
  /// Payload of the IP datagram whose last missing fragment came in the frame decoded last.
  public internal(set) var reassembled: [UInt8] = []
  public internal(set) var counters = DecodeCounters()
  var fragments: FragmentTable

  public init(fragmentLimits: FragmentLimits = FragmentLimits()) {
    fragments = FragmentTable(limits: fragmentLimits)
  }

  /// The layer to read next, and the bytes it has.
  struct Walk {
    enum Layer: UInt8 {
      case ethernet, etherType, llc, ipv4, ipv6, transport, mpls, ppp, done
    }
    var layer = Layer.done
    /// EtherType, PPP protocol or IP protocol of what stands at `at`.
    var type: UInt16 = 0
    var at = 0
    /// Behind the last byte of the layer that was captured.
    var end: Int
    /// Bytes of the layer behind `end` that were not captured.
    var missing: Int
    /// Tags, tunnels and extension headers passed so far.
    var depth = 0
    /// Whether `type` numbers the extension headers of IPv6, too.
    var isIPv6 = false
    /// A datagram was completed: `at` and `end` are places in `reassembled`.
    var isInReassembled = false
    let time: Timestamp

    var available: Int { end - at }
  }

  /// Decodes one frame.
  /// - Parameters:
  ///   - linkType: LINKTYPE_ number of the capture (www.tcpdump.org/linktypes.html).
  ///   - originalLength: bytes of the frame on the wire; may exceed what was captured.
  public mutating func decode(
    _ frame: Span<UInt8>, linkType: UInt16, originalLength: Int, time: Timestamp
  ) -> DecodedFrame {
    var out = DecodedFrame()
    if let plain = PlainFrame(frame, linkType: linkType) {
      var one = PlainCount()
      one.add(plain)
      count(one)
      Self.decode(
        plain, payloadStart: plain.payloadStart, wireBytes: Swift.max(frame.count, originalLength), into: &out)
    } else {
      walk(frame, linkType: linkType, originalLength: originalLength, time: time, into: &out)
    }
    return out
  }

  /// Decodes a frame of any kind, header by header, and overwrites all of `out`.
  public mutating func walk(
    _ frame: Span<UInt8>, linkType: UInt16, originalLength: Int, time: Timestamp, into out: inout DecodedFrame
  ) {
    out = DecodedFrame()
    let wireBytes = Swift.max(frame.count, originalLength)
    out.wireBytes = wireBytes
    out.payloadCount = frame.count
    counters.frames += 1
    counters.linkTypes.add(linkType)
    var walk = Walk(end: frame.count, missing: wireBytes - frame.count, time: time)
    link(linkType, frame, &walk, &out)
    run(frame, &walk, &out)
    while walk.isInReassembled {
      walk.isInReassembled = false
      out.payloadIsReassembled = true
      let datagram = reassembled
      run(datagram.span, &walk, &out)
    }
    count(out)
  }

  private mutating func run(_ bytes: Span<UInt8>, _ walk: inout Walk, _ out: inout DecodedFrame) {
    while walk.layer != .done, !walk.isInReassembled {
      // The way most frames go, without a jump for each layer.
      if walk.layer == .ethernet { ethernet(bytes, &walk, &out) }
      if walk.layer == .etherType { etherType(bytes, &walk, &out) }
      if walk.layer == .ipv4 { ipv4(bytes, &walk, &out) }
      if walk.layer == .transport, !walk.isInReassembled { transport(bytes, &walk, &out) }
      switch walk.layer {
      case .ethernet, .etherType, .ipv4, .transport, .done: break
      case .ipv6: ipv6(bytes, &walk, &out)
      case .llc: llc(bytes, &walk, &out)
      case .mpls: mpls(bytes, &walk, &out)
      case .ppp: ppp(bytes, &walk, &out)
      }
    }
  }

  // MARK: ends of a walk

  /// What stands from here on is the payload.
  @inline(__always)
  func finish(_ walk: inout Walk, _ out: inout DecodedFrame) {
    out.payloadStart = walk.at
    out.payloadCount = Swift.max(0, walk.end - walk.at)
    out.missing = walk.missing
    walk.layer = .done
  }

  /// What stands from here on cannot be read. What was read before is kept.
  func fail(_ problem: DecodeProblem, _ walk: inout Walk, _ out: inout DecodedFrame) {
    out.problem = problem
    out.transport = .none
    if out.source.family == .none { linkAddresses(&out) }
    finish(&walk, &out)
  }

  /// Names the hosts by their MAC addresses, where the link has some.
  func linkAddresses(_ out: inout DecodedFrame) {
    let none = HostAddress(family: .none, high: 0, low: 0)
    out.source = out.sourceMAC.value == 0 ? none : .mac(out.sourceMAC)
    out.destination = out.destinationMAC.value == 0 ? none : .mac(out.destinationMAC)
  }

  /// Counts one more tag, tunnel or extension header, or ends the walk where there are too many.
  func descend(_ walk: inout Walk, _ out: inout DecodedFrame) -> Bool {
    walk.depth += 1
    if walk.depth <= Limits.nesting { return true }
    fail(.nesting, &walk, &out)
    return false
  }

  @inline(__always)
  private mutating func count(_ out: borrowing DecodedFrame) {
    if out.problem != .none { counters.problems[Int(out.problem.rawValue)] += 1 }
    if out.vlan != DecodedFrame.noVLAN { counters.vlanTagged += 1 }
    if !out.tunnels.isEmpty { counters.tunnelled += 1 }
    if out.missing > 0 { counters.cut += 1 }
  }
}

/// The `count` bytes at a place, or fewer where there are fewer. Behind a guard that `count` are there, with a literal
/// count, the compiler drops the bounds checks of what is read from it and joins the loads of a number's bytes.
@inlinable @inline(__always) @_lifetime(copy bytes)
func header(_ bytes: Span<UInt8>, _ at: Int, _ count: Int) -> Span<UInt8> {
  bytes.extracting(droppingFirst: at).extracting(first: count)
}

/// 16 bits at a place that was checked to exist, most significant byte first.
@inlinable @inline(__always)
func u16(_ bytes: Span<UInt8>, _ at: Int) -> UInt16 { bytes.number(at: at) }

/// 32 bits at a place that was checked to exist, most significant byte first.
@inlinable @inline(__always)
func u32(_ bytes: Span<UInt8>, _ at: Int) -> UInt32 { bytes.number(at: at) }

/// 64 bits at a place that was checked to exist, most significant byte first.
@inlinable @inline(__always)
func u64(_ bytes: Span<UInt8>, _ at: Int) -> UInt64 { bytes.number(at: at) }
