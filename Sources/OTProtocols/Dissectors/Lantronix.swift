import OTCore

/// Configuration of Lantronix serial servers over UDP port 0x77FE. Not published by the maker; messages as public
/// scanners use them.
public struct Lantronix: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "lantronix", name: "Lantronix configuration", specification: "none published; UDP 30718 as observed",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "request, hardware address of an answer, that a set-up record with its password was read or written",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(30718)]

  public init() {}

  private var told = RecentValues()

  private static let information: UInt8 = 0xf6
  private static let setup: UInt8 = 0xf8
  private static let informationBytes = 30

  /// Three octets of node and zeros, then the number of the message; answers are odd.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, bytes[2] == 0, bytes[3] >= 0xe0,
      bytes[3] < 0xfc
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(3, "node")
    let number = try pdu.u8("message")
    let bytes = pdu.bytes
    guard number & 1 == 1 else {
      out.operation(Operation(UInt64(number), .request))
      return
    }
    let asked = number - 1
    out.operation(Operation(UInt64(asked), .response, outcome: .success))
    if asked == Self.information, bytes.count >= Self.informationBytes, told.isNew(bytes) {
      out.identity(.sender, .vendor, out.text("Lantronix"))
      out.identity(.sender, .address, out.text(mac: bytes.extracting(24..<30)))
    } else if asked == Self.setup, bytes.count >= 16 {
      // The password of the console stands in the set-up record, four characters of it in clear.
      let password = bytes.extracting(12..<16).untilNUL()
      guard password.isPlainText else { return }
      out.record(
        .credential(
          CredentialExposure(
            .clearText, account: .none,
            strength: CredentialExposure.Strength(account: bytes.extracting(0..<0), password: password),
            senderAuthenticates: false)))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 0xf4: ("reset", .control)
      case 0xf6: ("information", .discover)
      case 0xf8: ("read set-up record", .read)
      case 0xfa: ("write set-up record", .configure)
      case 0xe0...0xe7: ("read record", .read)
      default: ("other message", .other)
      }
    return OperationDescription(code: hexadecimal(code, digits: 2), name: name, kind: kind)
  }
}
