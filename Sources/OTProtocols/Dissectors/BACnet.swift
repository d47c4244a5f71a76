import OTCore

/// Building Automation and Control Networks: ANSI/ASHRAE 135-2016. Over UDP (BVLC, annexes J and U), over IEEE 802.2 LLC
/// (clause 7), over ARCNET (clause 8) and over MS/TP (clause 9), each with the network layer of clause 6 and the
/// application layer of clause 20.
public struct BACnet: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "bacnet", name: "BACnet", specification: "ANSI/ASHRAE 135-2016", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "all services; device and object names, vendor, model, versions; objects, properties, written values",
      displayFilter: "bacapp")
  ]
  public static let claims: [Claim] =
    [.llc(0x82), .snap(0x001090, 0x0001), .linkType(165), .linkType(7), .linkType(129)]
    + (0xbabf...0xbacf).map { Claim.udp($0) }
  public static let probe = ProbeStrength.strong

  /// What an operation code counts, in its bits above the number.
  enum CodeSpace {
    static let confirmed: UInt64 = 0
    static let unconfirmed: UInt64 = 1 << 8
    static let virtualLink: UInt64 = 2 << 8
    static let apduType: UInt64 = 3 << 8
    static let network: UInt64 = 4 << 8
    static let virtualLink6: UInt64 = 5 << 8
    static let mask: UInt64 = 7 << 8
    /// A network message inside a virtual link function: the message's type stands above.
    static let messageShift: UInt64 = 16
  }

  var told = RecentValues()
  /// Which of the two hosts the present data unit is of: devices that read each other may tell the same of themselves.
  var side: UInt64 = 0
  private var time = Timestamp(nanoseconds: 0)
  /// Answers whose last segment was not seen yet.
  private var segments = Segments()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    if hint.isClaimed, arcnetHeader(bytes) != nil { return .pdu(byteCount: bytes.count) }
    switch first {
    case 0x81:
      // BVLC: a function up to secure BVLL, and the length of the whole.
      guard let function = bytes.byte(1), function <= 0x0c, let length = bytes.be16(2), length >= 4 else {
        return .notThisProtocol
      }
      if !hint.isClaimed, Int(length) != bytes.count || !isLength(Int(length), of: function) { return .notThisProtocol }
      if function == 4 || function >= 9, function != 0x0c {
        guard bytes.byte(function == 4 ? 10 : 4) == 1 else { return .notThisProtocol }
      }
      return .pdu(byteCount: Swift.min(Int(length), bytes.count))
    case 0x82:
      // BVLC of IPv6: the functions that hold an NPDU, and on a port of BACnet those of a fixed length.
      guard let function = bytes.byte(1), let length = bytes.be16(2).map(Int.init) else { return .notThisProtocol }
      if let start = ipv6Header(function) {
        guard bytes.byte(start) == 1, length > start, hint.isClaimed || length == bytes.count else {
          return .notThisProtocol
        }
      } else {
        guard hint.isClaimed, length == bytes.count, length == ipv6Length(function) else { return .notThisProtocol }
      }
      return .pdu(byteCount: Swift.min(length, bytes.count))
    case 0x01:
      // A port may be anybody's; a service access point, or a link that carries nothing else, is not.
      guard hint.isClaimed, !hint.isUDP || hint.isEstablished || isNetworkUnit(bytes) else { return .notThisProtocol }
      return .pdu(byteCount: bytes.count)
    case 0x55:
      guard hint.isClaimed, bytes.byte(1) == 0xff, bytes.count >= 8 else { return .notThisProtocol }
      return .pdu(byteCount: bytes.count)
    case 0x00:
      // MS/TP over Ethernet as Cimetrics wraps it: two octets of time, 0x80, then the frame without preamble.
      guard hint.isClaimed, bytes.byte(2) == 0x80, bytes.count >= 9 else { return .notThisProtocol }
      return .pdu(byteCount: bytes.count)
    default: return .notThisProtocol
    }
  }

  /// Octets before the NPDU in a frame of ARCNET, as it is captured (two addresses) or as Linux hands it out (and an
  /// offset): clause 8.1, system code 0xcd and an LLC header in front.
  private static func arcnetHeader(_ bytes: Span<UInt8>) -> Int? {
    for start in [2, 4] where bytes.be32(start) == 0xcd82_8203 && bytes.byte(start + 4) == 1 { return start + 4 }
    return nil
  }

  /// Lengths of the functions of annex J.2 that hold no NPDU: a result, tables and their entries of ten octets.
  private static func isLength(_ length: Int, of function: UInt8) -> Bool {
    switch function {
    case 0, 5: length == 6
    case 2, 6: length == 4
    case 8: length == 10
    case 1, 3, 7: (length - 4) % 10 == 0
    default: true
    }
  }

  /// Clause 6.2: version, control octet with its reserved bits 0, addresses that fit; then a message of the network layer
  /// or one of the eight APDUs, of which some have a service that is known.
  private static func isNetworkUnit(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.byte(0) == 1, let control = bytes.byte(1), control & 0x50 == 0 else { return false }
    var index = 2
    for bit: UInt8 in [0x20, 0x08] where control & bit != 0 {
      guard let length = bytes.byte(index + 2), length <= 18, bit == 0x20 || length > 0 else { return false }
      index += 3 + Int(length)
    }
    if control & 0x20 != 0 { index += 1 }
    guard let type = bytes.byte(index) else { return false }
    if control & 0x80 != 0 { return type <= 0x14 || type >= 0x80 }
    switch type >> 4 {
    case 0: return type & 1 == 0 && (bytes.byte(index + (type & 8 == 0 ? 3 : 5)) ?? 0xff) <= 40
    case 1: return type & 15 == 0 && (bytes.byte(index + 1) ?? 0xff) <= 20
    case 2, 3, 5: return (bytes.byte(index + (type & 8 == 0 ? 2 : 4)) ?? 0xff) <= 40
    case 4, 6, 7: return true
    default: return false
    }
  }

  /// Annex U.2: octets before the NPDU of an original unicast, an original broadcast, a forwarded NPDU and one to be
  /// distributed.
  private static func ipv6Header(_ function: UInt8) -> Int? {
    switch function {
    case 1: 10
    case 2, 12: 7
    case 8: 25
    default: nil
    }
  }

  /// Annex U.2: length of a result, of the questions and answers for virtual addresses, of the registration of a foreign
  /// device and of its end.
  private static func ipv6Length(_ function: UInt8) -> Int? {
    switch function {
    case 0, 9: 9
    case 3, 5, 7: 10
    case 4: 28
    case 6: 7
    case 10: 25
    default: nil
    }
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    side = context.sender < context.receiver ? 1 << 63 : 0
    time = context.time
    if let start = Self.arcnetHeader(pdu.bytes) {
      try pdu.skip(start, "ARCNET and LLC header")
      return try network(&pdu, function: nil, subject: .sender, into: &out)
    }
    switch pdu.peek() {
    case 0x81: try virtualLink(&pdu, into: &out)
    case 0x82: try virtualLink6(&pdu, into: &out)
    case 0x55:
      try pdu.skip(2, "preamble")
      try tokenPassing(&pdu, into: &out)
    case 0x00:
      try pdu.skip(3, "capture header")
      try tokenPassing(&pdu, into: &out)
    default: try network(&pdu, function: nil, subject: .sender, into: &out)
    }
  }

  // MARK: what carries the network layer

  /// Annex J.2: type, function, length; a forwarded NPDU names the station it came from.
  private mutating func virtualLink(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    let function = try pdu.take(4, "BVLC header")[1]
    switch function {
    case 4:
      let origin = try pdu.u32("originating address")
      try pdu.skip(2, "originating port")
      try network(&pdu, function: function, subject: .address(.ipv4(origin)), into: &out)
    case 9, 10, 11: try network(&pdu, function: function, subject: .sender, into: &out)
    default:
      let isResponse = function == 0 || function == 3 || function == 7
      var operation = Operation(CodeSpace.virtualLink | UInt64(function), isResponse ? .response : .request)
      if function == 0 {
        let result = try pdu.u16("result code")
        operation.outcome = result == 0 ? .success : .failure(UInt32(result))
      }
      // The first peer of a distribution table, the device that is deleted, seconds of a registration.
      if function == 1 || function == 8, let address = pdu.bytes.be32(4) {
        operation.object = .text(out.text(ipv4: address))
      }
      if function == 5 { operation.values = .init(Double(try pdu.u16("time to live"))) }
      out.operation(operation)
    }
  }

  /// Annex U.2, over IPv6: as annex J.2, but with virtual addresses of the two ends, which are asked for.
  private mutating func virtualLink6(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    guard let function = pdu.peek(1) else { throw DecodeError("BVLC function", at: 1, .truncated) }
    if let start = Self.ipv6Header(function) {
      try pdu.skip(start, "BVLC header")
      return try network(&pdu, function: nil, subject: .sender, into: &out)
    }
    try pdu.skip(7, "BVLC header")
    let isResponse = function == 0 || function == 5 || function == 7
    var operation = Operation(CodeSpace.virtualLink6 | UInt64(function), isResponse ? .response : .request)
    switch function {
    case 0:
      let result = try pdu.u16("result code")
      operation.outcome = result == 0 ? .success : .failure(UInt32(result))
    case 9: operation.values = .init(Double(try pdu.u16("time to live")))
    default: break
    }
    out.operation(operation)
  }

  /// Clause 9.3: type, destination, source, length, header CRC, data, data CRC. Only types 5 and 6 hold an NPDU.
  private mutating func tokenPassing(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    let type = try pdu.u8("MS/TP frame type")
    try pdu.skip(2, "MS/TP addresses")
    let length = Int(try pdu.u16("MS/TP length"))
    try pdu.skip(1, "header CRC")
    guard type == 5 || type == 6 else { return }
    var inner = try pdu.slice(Swift.min(length, pdu.remaining), "MS/TP data")
    try network(&inner, function: nil, subject: .sender, into: &out)
  }

  /// Clause 6.2: version, control, destination and source specifiers, hop count; then a message or an APDU.
  private mutating func network(
    _ pdu: inout ByteCursor, function: UInt8?, subject: Subject, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard try pdu.u8("NPDU version") == 1 else { throw DecodeError("NPDU version", at: pdu.offset - 1, .invalid) }
    let control = try pdu.u8("NPDU control")
    if control & 0x20 != 0 {
      try pdu.skip(2, "destination network")
      try pdu.skip(Int(try pdu.u8("destination length")), "destination address")
    }
    var route = Route()
    if control & 0x08 != 0 {
      route.network = try pdu.u16("source network")
      let length = Int(try pdu.u8("source length"))
      let station = try pdu.take(length, "source address")
      route.station = length == 1 ? station.byte(0).map { UInt64($0) } : nil
    }
    if control & 0x20 != 0 { try pdu.skip(1, "hop count") }
    guard control & 0x80 == 0 else {
      let message = try pdu.u8("network message type")
      let code = function.map { CodeSpace.virtualLink | UInt64($0) } ?? CodeSpace.network
      let type = function == nil ? UInt64(message) : (UInt64(message) + 1) << CodeSpace.messageShift
      out.operation(Operation(code | type, .request))
      return
    }
    if let function, !Self.holdsChoice(pdu.peekRest()) {
      // The network layer carries nothing, or nothing that says what is asked: the virtual link's function is all there is.
      out.operation(Operation(CodeSpace.virtualLink | UInt64(function), .request))
      throw DecodeError("APDU type", at: pdu.offset, .truncated)
    }
    try application(&pdu, subject, route, into: &out)
  }

  /// Clause 20.1: whether an APDU is of one of the eight kinds and long enough to hold its service choice or its reason.
  private static func holdsChoice(_ bytes: Span<UInt8>) -> Bool {
    guard let first = bytes.byte(0) else { return false }
    let isSegmented = first & 8 != 0
    let place =
      switch first >> 4 {
      case 0: isSegmented ? 5 : 3
      case 1: 1
      case 2, 5, 6, 7: 2
      case 3: isSegmented ? 4 : 2
      case 4: 0
      default: bytes.count
      }
    return place < bytes.count
  }

  /// Where a message came from behind a router: the network and, on MS/TP, the station.
  struct Route {
    var network: UInt16 = 0
    var station: UInt64?
  }

  /// Clause 20.1: the fixed part of the eight kinds of APDU.
  private mutating func application(
    _ pdu: inout ByteCursor, _ subject: Subject, _ route: Route, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let first = try pdu.u8("APDU type")
    let isSegmented = first & 8 != 0
    switch first >> 4 {
    case 0:
      try pdu.skip(2, "maximum response and invoke id")
      let sequence = isSegmented ? try pdu.u16("segment") >> 8 : 0
      let service = try pdu.u8("service choice")
      var operation = Operation(CodeSpace.confirmed | UInt64(service), .request)
      defer { out.operation(operation) }
      guard sequence == 0 else { return }
      do throws(DecodeError) {
        try request(service, &pdu, &operation, into: &out)
      } catch {
        // The value may go on in the next segment, which names no object any more.
        if !isSegmented || error.reason != .truncated { throw error }
      }
    case 1:
      let service = try pdu.u8("service choice")
      var operation = Operation(CodeSpace.unconfirmed | UInt64(service), .request)
      // I-Am and I-Have tell who is there, mostly to one who asked before.
      operation.isAnnouncement = service < 2
      defer { out.operation(operation) }
      try unconfirmed(service, &pdu, subject, route, &operation, into: &out)
    case 2:
      try pdu.skip(1, "invoke id")
      out.operation(Operation(UInt64(try pdu.u8("service choice")), .response, outcome: .success))
    case 3:
      let invocation = try pdu.u8("invoke id")
      let sequence = isSegmented ? try pdu.u16("segment") >> 8 : 0
      let service = try pdu.u8("service choice")
      out.operation(Operation(CodeSpace.confirmed | UInt64(service), .response, outcome: .success))
      guard isSegmented else { return try acknowledgement(service, &pdu, subject, into: &out) }
      let part = pdu.rest()
      if sequence == 0 {
        // The others may be lost: what stands before the value this one ends in is read.
        var start = ByteCursor(part)
        do throws(DecodeError) { try acknowledgement(service, &start, subject, into: &out) } catch {}
      }
      let key = UInt16(service) << 8 | UInt16(invocation)
      guard
        let whole = segments.join(
          part, key, UInt8(truncatingIfNeeded: sequence), isLast: first & 4 == 0, at: time, into: &out)
      else { return }
      var joined = ByteCursor(whole.span)
      try acknowledgement(service, &joined, subject, into: &out)
    case 4:
      out.operation(Operation(CodeSpace.apduType | 4, first & 1 == 0 ? .request : .response))
    case 5:
      try pdu.skip(1, "invoke id")
      var operation = Operation(UInt64(try pdu.u8("service choice")), .response, outcome: .failure(0))
      defer { out.operation(operation) }
      try Self.error(&pdu, &operation)
    case 6, 7:
      try pdu.skip(1, "invoke id")
      let reason = try pdu.u8("reason")
      let isFromServer = first >> 4 == 6 || first & 1 == 1
      out.operation(
        Operation(
          CodeSpace.apduType | UInt64(first >> 4), isFromServer ? .response : .request,
          outcome: .failure(UInt32(reason))))
    default: throw DecodeError("APDU type", at: pdu.offset - 1, .invalid)
    }
  }

  /// Clause 18: error class and error code, packed as class × 65 536 + code; some services wrap them in tag 0.
  private static func error(_ pdu: inout ByteCursor, _ operation: inout Operation) throws(DecodeError) {
    var tag = try BACnetTag.read(&pdu)
    if tag.form == .opening { tag = try BACnetTag.read(&pdu) }
    let errorClass = try tag.unsigned(&pdu)
    tag = try BACnetTag.read(&pdu)
    let code = try tag.unsigned(&pdu)
    operation.outcome = .failure(UInt32(truncatingIfNeeded: (errorClass & 0xffff) << 16 | code & 0xffff))
  }
}
