import OTCore

/// Apple Filing Protocol over the Data Stream Interface: file shares of Macs and of storage devices. Apple Filing
/// Protocol Reference 3.4, "Data Stream Interface"; numbers as Wireshark shows them.
public struct AFP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "afp", name: "Apple Filing Protocol", specification: "Apple Filing Protocol Reference 3.4",
      isIndustrial: false,
      depth: .operations, reads: "commands of the session and of the file server, their outcome; no names, no contents",
      displayFilter: "dsi")
  ]
  public static let claims: [Claim] = [.tcp(548)]

  public init() {}

  private var asked = RequestTable<UInt64>()

  private static let headerBytes = 16
  private static let command: UInt8 = 2
  private static let write: UInt8 = 6

  /// Flags, command, request, error code or offset, length, four octets of zero.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, hint.isClaimed, let flags = bytes.byte(0), flags <= 1 else { return .notThisProtocol }
    guard bytes.count >= headerBytes else { return .needMore }
    let length = Int(bytes.be32(8) ?? .max)
    guard bytes[1] >= 1, bytes[1] <= 8, bytes[1] != 7, bytes.be32(12) == 0, length <= 1 << 24 else {
      return .notThisProtocol
    }
    return .pdu(byteCount: headerBytes + Swift.min(length, 1))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let flags = try pdu.u8("flags")
    let command = try pdu.u8("command")
    let request = try pdu.u16("request")
    let error = try pdu.u32("error code")
    let length = Int(try pdu.u32("length"))
    try pdu.skip(4, "reserved")
    if length > 1 { out.skip(length - 1) }
    if flags == 0 {
      let isFiling = command == Self.command || command == Self.write
      let code = UInt64(command) | (isFiling ? UInt64(pdu.peek() ?? 0) << 8 : 0)
      asked.remember(code, for: UInt64(request))
      // The server tickles and calls for attention, too.
      var operation = Operation(code, .request)
      operation.isCallback = context.directionIsCertain && !context.senderIsClient
      out.operation(operation)
    } else {
      out.operation(
        Operation(
          asked.request(UInt64(request)) ?? UInt64(command), .response,
          outcome: error == 0 ? .success : .failure(error)))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let filing = code >> 8
    guard filing == 0 else {
      let known = calls[filing]
      return OperationDescription(
        code: "\(code & 0xff).\(filing)", name: known?.0 ?? "call \(filing)", kind: known?.1 ?? .other)
    }
    let name =
      switch code {
      case 1: "close session"
      case 2: "command"
      case 3: "get status"
      case 4: "open session"
      case 5: "tickle"
      case 6: "write"
      default: "attention"
      }
    return OperationDescription(code: "\(code)", name: name, kind: code == 3 ? .discover : .session)
  }

  /// Commands of the file server.
  private static let calls: [UInt64: (String, OperationKind)] = [
    7: ("create directory", .write), 8: ("delete", .write), 16: ("get server parameters", .discover),
    18: ("log in", .authenticate), 19: ("continue log in", .authenticate), 20: ("log out", .session),
    24: ("open volume", .session), 26: ("open fork", .read), 27: ("read", .read), 28: ("rename", .write),
    33: ("write", .write), 34: ("get file and directory parameters", .read), 36: ("change password", .configure),
    60: ("read", .read), 61: ("write", .write), 63: ("log in", .authenticate), 68: ("enumerate", .discover),
  ]
}
