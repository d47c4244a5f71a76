import OTCore

/// NetBIOS session service, RFC 1002 section 4.3: who asks for a session with whom, before SMB on port 139.
public struct NetBIOSSession: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "nbss", name: "NetBIOS session service", specification: "RFC 1002 section 4.3", isIndustrial: false,
      depth: [.identity, .operations], reads: "names of session requests, answers", displayFilter: "nbss")
  ]
  public static let claims: [Claim] = [.tcp(139), .tcp(445)]
  public static let probe = ProbeStrength.strong

  public init() {}

  /// Packet types, section 4.3.1.
  private static let request: UInt8 = 0x81
  private static let positive: UInt8 = 0x82
  private static let negative: UInt8 = 0x83
  private static let retarget: UInt8 = 0x84

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let type = bytes.byte(0), type >= request, type <= retarget else { return .notThisProtocol }
    let expectsMore = hint.isClaimed || hint.isEstablished
    guard let header = bytes.be32(0) else { return expectsMore ? .needMore : .notThisProtocol }
    let length = Int(header & 0xff_ffff)
    switch type {
    case request where length == 68:
      return expectsMore || bytes.byte(4) == 0x20 ? .pdu(byteCount: 72) : .notThisProtocol
    case positive where length == 0 && expectsMore, negative where length == 1 && expectsMore,
      retarget where length == 6 && expectsMore:
      return .pdu(byteCount: 4 + length)
    default: return .notThisProtocol
    }
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("type")
    try pdu.skip(3, "flags and length")
    let code = UInt64(Self.request)
    switch type {
    case Self.request:
      out.operation(Operation(code, .request))
      let called = Self.name(try pdu.take(34, "called name"))
      let calling = Self.name(try pdu.take(34, "calling name"))
      // `*SMBSERVER` is what is asked for when the name is unknown.
      if called.first != UInt8(ascii: "*") { out.identity(.receiver, .hostname, out.text(called.span)) }
      out.identity(.sender, .hostname, out.text(calling.span))
    case Self.positive: out.operation(Operation(code, .response, outcome: .success))
    case Self.negative:
      out.operation(Operation(code, .response, outcome: .failure(UInt32(try pdu.u8("error code")))))
    default: break
    }
  }

  /// First-level encoding, RFC 1001 section 14.1: sixteen bytes in half-bytes from 'A'; the last tells the service.
  private static func name(_ encoded: Span<UInt8>) -> [UInt8] {
    var name: [UInt8] = []
    for index in 0..<15 {
      guard let high = encoded.byte(1 + 2 * index), let low = encoded.byte(2 + 2 * index) else { break }
      name.append((high &- 65) << 4 | ((low &- 65) & 15))
    }
    return name
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "0x" + String(code, radix: 16), name: "session request", kind: .session)
  }
}
