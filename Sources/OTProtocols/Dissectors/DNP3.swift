import OTCore

/// DNP3 over TCP and UDP. IEEE 1815-2012: data link (clause 9), transport function (clause 8), application (clause 4).
public struct DNP3Dissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "dnp3", name: "DNP3", specification: "IEEE 1815-2012 clauses 4, 8, 9", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "application functions, objects, control relay outputs, restarts, time, files, device attributes",
      displayFilter: "dnp3")
  ]
  public static let claims: [Claim] = [.tcp(20000), .udp(20000)]
  public static let probe = ProbeStrength.strong

  private var fromMaster = Fragments()
  private var fromOutstation = Fragments()

  public init() {}

  // MARK: framing

  /// Clause 9.2: 0x0564, length, control, destination, source, CRC; then blocks of 16 octets, each with a CRC.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard bytes.byte(0) ?? 0x05 == 0x05, bytes.byte(1) ?? 0x64 == 0x64 else {
      return bytes.byte(0) == 0x64 ? nextStart(bytes, hint) : .notThisProtocol
    }
    guard let length = bytes.byte(2).map(Int.init), bytes.count >= 10 else { return .needMore }
    guard CyclicRedundancy.isRight(bytes.clamped(from: 0, count: 10)) else { return nextStart(bytes, hint) }
    guard length >= 5 else {
      // A header that is right but for its length, as testers send it.
      return hint.isClaimed || hint.isEstablished ? .pdu(byteCount: 10) : .notThisProtocol
    }
    let data = length - 5
    return .pdu(byteCount: 10 + data + (data + 15) / 16 * 2)
  }

  /// A length that leaves room for control and addresses, and a right CRC.
  private static func isHeader(_ bytes: Span<UInt8>) -> Bool {
    bytes.byte(2) ?? 0 >= 5 && CyclicRedundancy.isRight(bytes.clamped(from: 0, count: 10))
  }

  /// Clause 9.2: a station discards a header whose CRC is wrong and looks for the next start octets. On a stream that is known
  /// to be DNP3 what stands before them is cut off: the octet that was no start alone, then what follows it, so that nothing
  /// that is cut off looks like a frame.
  private static func nextStart(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, hint.isEstablished else { return .notThisProtocol }
    var place = 1
    while place < bytes.count {
      if bytes[place] == 0x05, bytes.byte(place + 1) ?? 0x64 == 0x64 {
        let rest = bytes.extracting(place..<bytes.count)
        if rest.count < 10 || isHeader(rest) { return .pdu(byteCount: bytes.be16(0) == 0x0564 ? 1 : place) }
      }
      place += 1
    }
    return .notThisProtocol
  }

  // MARK: data link

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard pdu.bytes.be16(0) == 0x0564 else {
      // Octets in front of the next start. Behind a gap they are the end of what was lost.
      fromMaster.drop()
      fromOutstation.drop()
      guard context.afterGap else { throw DecodeError("start octets", at: pdu.offset, .invalid) }
      return
    }
    let header = try pdu.take(10, "link header")
    guard header[2] >= 5 else { throw DecodeError("length", at: 2, .invalid) }
    let control = header[3]
    let destination = header.le16(4) ?? 0
    let source = header.le16(6) ?? 0
    let stations = UInt32(destination) << 16 | UInt32(source)
    // Confirmed and unconfirmed user data of a primary station carry the transport function; all else ends here.
    guard control & 0x40 != 0, control & 0x0f == 3 || control & 0x0f == 4, pdu.remaining > 0 else { return }
    if control & 0x80 != 0 {
      if context.afterGap { fromMaster.drop() }
      guard try fromMaster.append(&pdu, of: stations) else { return }
      var fragment = ByteCursor(fromMaster.octets)
      try Self.application(&fragment, fromMaster: true, station: destination, into: &out)
    } else {
      if context.afterGap { fromOutstation.drop() }
      guard try fromOutstation.append(&pdu, of: stations) else { return }
      var fragment = ByteCursor(fromOutstation.octets)
      try Self.application(&fragment, fromMaster: false, station: source, into: &out)
    }
  }

  // MARK: transport

  /// What one side sends. A fragment is of one source for one destination; behind a gateway several stations share a
  /// connection, and the fragment of one goes on behind that of another.
  struct Fragments: Sendable {
    private var current = Segments()
    private var aside = Segments()

    /// The fragment that the last segment belongs to.
    var octets: Span<UInt8> {
      @_lifetime(borrow self) get { current.octets }
    }

    mutating func drop() {
      current.drop()
      aside.drop()
    }

    /// Adds the user data of one link frame between these stations; true when their fragment is whole.
    @inline(__always)
    mutating func append(_ blocks: inout ByteCursor, of stations: UInt32) throws(DecodeError) -> Bool {
      if current.stations != stations {
        if current.isOpen || aside.isOpen && aside.stations == stations { swap(&current, &aside) }
        // Of a third pair nothing is kept.
        if current.stations != stations { current.drop() }
        current.stations = stations
      }
      return try current.append(&blocks)
    }
  }

  /// Segments of one application fragment, clause 8.2: each begins with final, first and a sequence of 6 bits.
  struct Segments: Sendable {
    /// Room for the fragment so far, without transport octets and block CRCs; as much of it as is filled.
    private var room: [UInt8] = []
    private var filled = 0
    private(set) var isOpen = false
    /// Destination above source.
    var stations: UInt32 = 0
    private var sequence: UInt8 = 0
    /// Clause 4.1.2 asks for 2048; conforming stations may agree on more.
    private static var maximum: Int { 1 << 16 }

    /// The fragment so far.
    var octets: Span<UInt8> {
      @_lifetime(borrow self) get { room.span.extracting(0..<filled) }
    }

    mutating func drop() {
      filled = 0
      isOpen = false
    }

    @inline(__always)
    private mutating func add(_ octets: Span<UInt8>) {
      if octets.count > room.count - filled {
        room.append(contentsOf: repeatElement(0, count: max(256, room.count)))
      }
      room.overwrite(at: filled, with: octets)
      filled += octets.count
    }

    /// Adds the user data of one link frame; true when the fragment is whole.
    mutating func append(_ blocks: inout ByteCursor) throws(DecodeError) -> Bool {
      guard let header = blocks.peek() else { return false }
      let isFirst = header & 0x40 != 0
      if isFirst {
        filled = 0
        isOpen = true
      } else {
        // A link that was not confirmed sends its frame again: the segment is there already.
        if isOpen, header & 0x3f == sequence { return false }
        guard isOpen, header & 0x3f == (sequence + 1) & 0x3f else {
          drop()
          throw DecodeError("transport sequence", at: blocks.offset, .inconsistent)
        }
      }
      sequence = header & 0x3f
      var isTransportOctet = true
      let check = ReflectedCRC16.dnp3
      while blocks.remaining > 2 {
        let block = try blocks.take(min(18, blocks.remaining), "data block")
        guard CyclicRedundancy.isRight(block, check) else {
          drop()
          throw DecodeError("data block CRC", at: blocks.offset, .invalid)
        }
        add(block.extracting((isTransportOctet ? 1 : 0)..<(block.count - 2)))
        isTransportOctet = false
      }
      guard filled <= Self.maximum else {
        drop()
        throw DecodeError("application fragment", at: blocks.offset, .tooDeep)
      }
      let isFinal = header & 0x80 != 0
      if isFinal { isOpen = false }
      return isFinal
    }
  }

  /// CRC-16/DNP of clause 9.2.8: polynomial 0x3D65 reflected, complemented, low octet first.
  enum CyclicRedundancy {
    /// Whether the last two octets are the CRC of those before.
    static func isRight(_ block: Span<UInt8>, _ check: ReflectedCRC16 = .dnp3) -> Bool {
      guard block.count > 2, let expected = block.le16(block.count - 2) else { return false }
      return ~check.remainder(of: block.extracting(first: block.count - 2), from: 0) == expected
    }
  }
}
