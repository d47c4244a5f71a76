import OTCore

/// Internet Small Computer System Interface, RFC 7143: disks over the network.
public struct ISCSI: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "iscsi", name: "iSCSI", specification: "RFC 7143", isIndustrial: false, depth: [.identity, .operations],
      reads: "names of initiator and target, authentication, kinds of commands; no data", displayFilter: "iscsi")
  ]
  public static let claims: [Claim] = [.tcp(3260), .tcp(860)]

  public init() {}

  private var login = PendingLogin()
  private static let headBytes = 8192

  /// Section 11.2: opcode, flags, then the lengths of additional headers (words) and data (bytes, padded to words).
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, hint.isClaimed || hint.isEstablished, let first = bytes.byte(0) else {
      return .notThisProtocol
    }
    let opcode = first & 0x3f
    guard first & 0x80 == 0,
      opcode <= 0x06 || opcode == 0x10 || (0x20...0x26).contains(opcode) || opcode == 0x31
        || opcode == 0x32 || opcode == 0x3f
    else { return .notThisProtocol }
    guard let lengths = bytes.be32(4) else { return .needMore }
    if !hint.isEstablished, !isLogin(bytes, opcode) { return .notThisProtocol }
    let whole = 48 + 4 * Int(lengths >> 24) + (Int(lengths & 0xff_ffff) + 3) / 4 * 4
    return .pdu(byteCount: min(whole, headBytes))
  }

  /// Section 11.12 and 11.13: version 0, no additional headers, reserved bits 0; texts follow the header.
  private static func isLogin(_ bytes: Span<UInt8>, _ opcode: UInt8) -> Bool {
    guard opcode == 0x03 || opcode == 0x23, bytes[1] & 0x30 == 0, bytes[2] == 0, bytes[3] == 0, bytes[4] == 0 else {
      return false
    }
    // The first key begins with a capital letter, or is the maker's own (`X-`).
    return bytes.byte(48).map { (65...90).contains($0) } ?? true
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let opcode = try pdu.u8("opcode") & 0x3f
    try pdu.skip(3, "flags")
    let lengths = try pdu.u32("lengths")
    let whole = 48 + 4 * Int(lengths >> 24) + (Int(lengths & 0xff_ffff) + 3) / 4 * 4
    if whole > pdu.bytes.count { out.skip(whole - pdu.bytes.count) }
    if opcode >= 0x20 {
      // A login's answer has a status class: 0 is success.
      let status =
        opcode == 0x23 ? UInt32(pdu.bytes.byte(36) ?? 0) : opcode == 0x21 ? UInt32(pdu.bytes.byte(3) ?? 0) : 0
      let code = UInt64(opcode == 0x25 || opcode == 0x31 || opcode == 0x32 || opcode == 0x3f ? opcode : opcode - 0x20)
      out.operation(Operation(code, .response, outcome: status == 0 ? .success : .failure(status)))
      if opcode == 0x23, status != 0 || pdu.bytes.byte(1).map({ $0 & 0x83 == 0x83 }) == true {
        login.answered(status == 0, into: &out)
      }
    } else {
      out.operation(Operation(UInt64(opcode), .request))
    }
    guard opcode == 0x03 || opcode == 0x04 else { return }
    readKeys(pdu.bytes.clamped(from: 48 + 4 * Int(lengths >> 24), count: Int(lengths & 0xff_ffff)), into: &out)
  }

  /// `key=value` pairs with NULs, section 6.1.
  private mutating func readKeys(_ text: Span<UInt8>, into out: inout ObservationBuffer) {
    var index = 0
    for _ in 0..<64 where index < text.count {
      let pair = text.extracting(index..<text.firstIndex(of: 0, from: index))
      index += pair.count + 1
      let equals = pair.firstIndex(of: UInt8(ascii: "="))
      let value = pair.rest(from: equals + 1)
      if pair.hasASCII("InitiatorName=") { out.identity(.sender, .name, out.text(value)) }
      if pair.hasASCII("TargetName=") { out.property(.serverName, out.text(value), subject: .receiver) }
      if pair.hasASCII("AuthMethod=") { out.property(.authentication, out.text(value)) }
      if pair.hasASCII("CHAP_N=") {
        login.name(value)
        out.identity(.sender, .userName, out.text(value))
        login.sent(.challengeResponse, .unknown, into: &out)
      }
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 0: ("ping", .diagnose)
      case 1: ("SCSI command", .other)
      case 2: ("task management", .control)
      case 3: ("login", .authenticate)
      case 4: ("text", .session)
      case 5: ("data out", .write)
      case 6: ("logout", .session)
      case 0x25: ("data in", .read)
      case 0x31: ("ready to transfer", .session)
      case 0x32: ("asynchronous message", .report)
      default: ("reject", .session)
      }
    return OperationDescription(code: hexadecimal(code, digits: 2), name: name, kind: kind)
  }
}
