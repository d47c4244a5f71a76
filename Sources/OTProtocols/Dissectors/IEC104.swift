import OTCore

/// Telecontrol over TCP. IEC 60870-5-104:2006 (APCI, section 5) with the ASDUs of IEC 60870-5-101 section 7.
///
/// Fixed by 5-104: two octets cause of transmission, two octets common address, three octets object address.
public struct IEC104Dissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "iec104", name: "IEC 60870-5-104", specification: "IEC 60870-5-104:2006; IEC 60870-5-101:2003 section 7",
      isIndustrial: true, depth: [.operations],
      reads:
        "ASDU type, cause, station and object addresses, values reported and commanded, files, start and stop of transfer",
      displayFilter: "iec60870_104")
  ]
  public static let claims: [Claim] = [.tcp(2404)]
  public static let probe = ProbeStrength.strong

  /// Whether an APDU was met.
  private var hasBegun = false

  public init() {}

  // MARK: framing

  /// Section 5.1: start 0x68, length 4 to 253 of what follows, four control octets whose low bits tell the format.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let start = bytes.byte(0) else { return .needMore }
    guard hint.isStream, start == 0x68 || hint.isEstablished || hint.isClaimed else { return .notThisProtocol }
    let strict = wellFormed(bytes, hint.isClaimed || hint.isEstablished)
    guard case .notThisProtocol = strict else { return strict }
    let lenient = malformed(bytes, hint)
    guard case .notThisProtocol = lenient else { return lenient }
    // Section 5.1, too: the start character is what a receiver looks for among octets it cannot place.
    guard hint.isClaimed || hint.isEstablished, let next = nextStart(bytes, isFirst: !hint.isEstablished) else {
      return .notThisProtocol
    }
    return .pdu(byteCount: next)
  }

  /// An APDU all of whose fields have values that exist.
  private static func wellFormed(_ bytes: Span<UInt8>, _ isExpected: Bool) -> Framing {
    guard bytes.byte(0) == 0x68 else { return .notThisProtocol }
    guard let length = bytes.byte(1).map(Int.init) else { return .needMore }
    guard length >= 4, length <= 253 else { return .notThisProtocol }
    guard let a = bytes.byte(2), let b = bytes.byte(3), let c = bytes.byte(4), let d = bytes.byte(5) else {
      return .needMore
    }
    switch a & 3 {
    case 3:
      // One of six functions, and nothing behind it.
      guard length == 4, a.nonzeroBitCount == 3, b == 0, c == 0, d == 0 else { return .notThisProtocol }
    case 1:
      guard length == 4, a == 1, b == 0, c & 1 == 0 else { return .notThisProtocol }
    default:
      guard c & 1 == 0, length >= 12 else { return .notThisProtocol }
      guard let type = bytes.byte(6), let qualifier = bytes.byte(7), let cause = bytes.byte(8) else { return .needMore }
      guard isConsistent(type, qualifier, cause, length - 4, isExpected) else { return .notThisProtocol }
    }
    return .pdu(byteCount: 2 + length)
  }

  /// An APDU with a reserved bit set, a cause that does not exist or another number of objects than it has room for. What
  /// cannot be right is believed on the protocol's own port or behind what was, where its end is the end of the bytes or
  /// the beginning of the next one.
  private static func malformed(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed || hint.isEstablished, bytes.byte(0) == 0x68, let length = bytes.byte(1).map({ Int($0) }),
      length >= 4, length <= 253, let control = bytes.byte(2)
    else { return .notThisProtocol }
    let count = 2 + length
    guard bytes.count < count else {
      return bytes.count == count || bytes[count] == 0x68 ? .pdu(byteCount: count) : .notThisProtocol
    }
    // Where the end is not seen yet, more has to be right.
    if control & 1 == 1 {
      guard length == 4 else { return .notThisProtocol }
    } else {
      guard length > 4, let type = bytes.byte(6) else { return .notThisProtocol }
      guard hint.isEstablished || TypeIdentification(type).elementSize != nil else { return .notThisProtocol }
    }
    return hint.isEstablished ? .pdu(byteCount: count) : .needMore
  }

  /// Where the next well-formed APDU begins, or may begin at the end. The first of a conversation must be whole, end with the
  /// bytes or before the next start, and stand behind few others: those are asked for at every place of what nobody knows.
  private static func nextStart(_ bytes: Span<UInt8>, isFirst: Bool) -> Int? {
    let end = isFirst ? Swift.min(bytes.count, 64) : bytes.count
    var place = 1
    while place < end {
      if bytes[place] == 0x68 {
        let rest = bytes.extracting(place..<bytes.count)
        switch wellFormed(rest, false) {
        case .pdu(let count): if !isFirst || (count <= rest.count && rest.byte(count) ?? 0x68 == 0x68) { return place }
        case .needMore: if !isFirst { return place }
        case .notThisProtocol: break
        }
      }
      place += 1
    }
    return nil
  }

  /// Whether the ASDU is long enough for the objects it announces and its cause is one that exists. Where nothing speaks for
  /// the protocol the objects must fill it, for a cause that their type has.
  private static func isConsistent(
    _ type: UInt8, _ qualifier: UInt8, _ cause: UInt8, _ length: Int, _ isExpected: Bool
  ) -> Bool {
    let reason = cause & 0x3f
    guard type != 0, reason != 0, reason <= 47 else { return false }
    let identification = TypeIdentification(type)
    guard let needed = identification.octets(qualifier) else { return isExpected }
    guard 6 + needed <= length else { return false }
    return isExpected || (qualifier & 0x7f > 0 && 6 + needed == length && identification.hasCause(reason))
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard pdu.peek() == 0x68 else {
      // Octets in front of the next start. Behind a gap, and where the conversation was met, they are the end of what is
      // not there.
      guard context.afterGap || !hasBegun else { throw DecodeError("start", at: pdu.offset, .invalid) }
      return
    }
    hasBegun = true
    guard let length = pdu.bytes.byte(1).map({ 2 + Int($0) }), length < pdu.remaining else {
      return try Self.unit(&pdu, context, into: &out)
    }
    // An APDU, and octets in front of the next start.
    guard !context.afterGap else { return }
    var unit = try pdu.slice(length, "APDU")
    try Self.unit(&unit, context, into: &out)
    throw DecodeError("start", at: pdu.offset, .invalid)
  }

  private static func unit(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let control = try pdu.take(6, "start, length and control fields")[2]
    guard control & 1 == 0 else {
      if control & 3 == 3 { Self.unnumbered(control, into: &out) }
      return
    }
    let type = TypeIdentification(try pdu.u8("type identification"))
    guard let qualifier = pdu.bytes.byte(7), let cause = pdu.bytes.byte(8), let station = pdu.bytes.le16(10) else {
      out.operation(Operation(UInt64(type.rawValue), context.senderIsClient ? .request : .response))
      throw DecodeError("data unit identifier", at: pdu.offset, .truncated)
    }
    try pdu.skip(5, "data unit identifier")
    let first = pdu.remaining >= 3 ? try pdu.u24le("information object address") : 0

    // Who sends is told by the connection; where that is unknown, by what only one side may send.
    let senderIsClient =
      context.directionIsCertain ? context.senderIsClient : Self.evidence(type, cause) ?? context.senderIsClient
    let isNegative = cause & 0x40 != 0
    let reason = cause & 0x3f
    var operation = Operation(
      UInt64(type.rawValue) | UInt64(reason) << 8 | (type.isExecuted(pdu.bytes, at: pdu.offset) ? 0 : 1 << 16),
      senderIsClient ? .request : .response,
      object: .numbers(UInt32(station), first, UInt32(qualifier), 0))
    // Section 7.4.11: what announces and carries a file comes from the station that has it.
    if senderIsClient, type.carriesFile { operation.code |= 1 << 17 }
    if !senderIsClient {
      let failed = isNegative || (44...47).contains(reason)
      operation.outcome = failed ? .failure(UInt32(reason)) : .success
    }
    operation.values = Self.values(type, qualifier, pdu.bytes, pdu.offset)
    out.operation(operation)
    if context.missingBytes == 0, let needed = type.octets(qualifier), 12 + needed > pdu.bytes.count {
      throw DecodeError("number of objects", at: 7, .inconsistent)
    }
  }

  /// Section 5.3: start, stop and test, each as activation and confirmation. Tests tell nothing.
  private static func unnumbered(_ control: UInt8, into out: inout ObservationBuffer) {
    switch control {
    case 0x07: out.property(.mode, out.text("STARTDT"))
    case 0x13: out.property(.mode, out.text("STOPDT"))
    default: break
    }
  }

  /// Monitored values and confirmations come from the controlled station; activations from the controlling one.
  private static func evidence(_ type: TypeIdentification, _ cause: UInt8) -> Bool? {
    if type.isMonitored { return false }
    guard type.isCommand else { return nil }
    switch cause & 0x3f {
    case 6, 8: return true
    case 7, 9, 10, 44...47: return false
    default: return nil
    }
  }

  // MARK: values

  /// Range of the values of all objects, in the unit of the type; nil for types without a number.
  private static func values(
    _ type: TypeIdentification, _ qualifier: UInt8, _ bytes: Span<UInt8>, _ start: Int
  ) -> Operation.Values? {
    guard let size = type.elementSize else { return nil }
    // Nearly all are short floating point numbers: read without asking for each what it is.
    guard type.isShortFloat else { return values(qualifier, size, bytes, start) { type.value($0, 0) } }
    return values(qualifier, size, bytes, start) { TypeIdentification.shortFloat($0, 0) }
  }

  @inline(__always)
  private static func values(
    _ qualifier: UInt8, _ size: Int, _ bytes: Span<UInt8>, _ start: Int, _ read: (Span<UInt8>) -> Double?
  ) -> Operation.Values? {
    let stride = qualifier & 0x80 != 0 ? size : size + 3
    var (low, high) = (Double.infinity, -Double.infinity)
    var rest = bytes.rest(from: start)
    for _ in 0..<Int(qualifier & 0x7f) {
      guard size <= rest.count, let value = read(rest) else { break }
      low = min(low, value)
      high = max(high, value)
      rest = rest.extracting(min(stride, rest.count)..<rest.count)
    }
    return low <= high ? .init(low: low, high: high) : nil
  }
}
