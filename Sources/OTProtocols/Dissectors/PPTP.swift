import OTCore

/// Point-to-Point Tunneling Protocol, RFC 2637: the control connection. Its tunnel is GRE, whose inner packets are read
/// where they are not encrypted.
public struct PPTP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "pptp", name: "Point-to-Point Tunneling Protocol", specification: "RFC 2637", isIndustrial: false,
      depth: [.identity, .operations], reads: "control messages, host name, vendor, firmware, outcome",
      displayFilter: "pptp")
  ]
  public static let claims: [Claim] = [.tcp(1723)]
  public static let probe = ProbeStrength.strong

  public init() {}

  /// Length, message type 1, magic cookie.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    guard let length = bytes.be16(0), let type = bytes.be16(2), let cookie = bytes.be32(4) else {
      return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol
    }
    guard length >= 12, length <= 512, type == 1 || type == 2, cookie == 0x1a2b_3c4d else { return .notThisProtocol }
    return .pdu(byteCount: Int(length))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(8, "length, type and magic cookie")
    let type = try pdu.u16("control message type")
    try pdu.skip(2, "reserved")
    var operation = Operation(UInt64(type), Self.isReply(type) ? .response : .request)
    defer { out.operation(operation) }
    switch type {
    case 1, 2:
      // Version, result and error (or reserved), framing, bearer, channels, firmware, host name, vendor.
      try pdu.skip(2, "protocol version")
      let result = try pdu.u8("result code")
      if type == 2 { operation.outcome = result == 1 ? .success : .failure(UInt32(result)) }
      try pdu.skip(11, "capabilities and channels")
      let firmware = try pdu.u16("firmware revision")
      if firmware > 0 { out.identity(.sender, .firmwareVersion, out.text(UInt64(firmware))) }
      out.identity(.sender, .hostname, out.text(try pdu.take(64, "host name").untilNUL()))
      out.identity(.sender, .vendor, out.text(try pdu.take(64, "vendor name").untilNUL()))
    case 8:
      try pdu.skip(4, "call ids")
      let result = try pdu.u8("result code")
      operation.outcome = result == 1 ? .success : .failure(UInt32(result))
    default: break
    }
  }

  private static func isReply(_ type: UInt16) -> Bool { [2, 4, 6, 8, 10, 11].contains(type) }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 1, 2: "start control connection"
      case 3, 4: "stop control connection"
      case 5, 6: "echo"
      case 7, 8: "outgoing call"
      case 9, 10, 11: "incoming call"
      case 12: "call clear"
      case 13: "call disconnect notify"
      case 14: "error notify"
      case 15: "set link info"
      default: "control message \(code)"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .session)
  }
}
