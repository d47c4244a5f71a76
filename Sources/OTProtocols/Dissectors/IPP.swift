import OTCore

/// Internet Printing Protocol, RFC 8010 (encoding) and RFC 8011 (operations), as the body of HTTP.
public struct IPP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ipp", name: "Internet Printing Protocol", specification: "RFC 8010, RFC 8011", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "operation, status, account, model and name of the printer; bodies of HTTP up to 32 KiB, not chunked; "
        + "nothing of what is printed",
      displayFilter: "ipp")
  ]
  public static let claims: [Claim] = [.inner(.httpBody)]

  public init() {}

  private var pending: UInt64 = 0
  private var told = RecentValues()

  /// RFC 8010 section 3.1: version, operation or status, request, then the tag that begins the operation's attributes
  /// and the first of them, which is `attributes-charset`.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, let version = bytes.byte(0), version == 1 || version == 2, bytes.byte(8) == 1,
      bytes.be16(10) == 18, bytes.hasASCII("attributes-charset", at: 12)
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(2, "version")
    let code = UInt64(try pdu.u16("operation or status"))
    try pdu.skip(4, "request")
    if context.senderIsClient {
      pending = code
      out.operation(Operation(code, .request))
    } else {
      // Section 4.1.6 of RFC 8011: below 0x0100 it was done.
      out.operation(
        Operation(pending, .response, outcome: code < 0x0100 ? .success : .failure(UInt32(truncatingIfNeeded: code))))
    }
    for _ in 0..<Limits.itemsPerPDU {
      let tag = try pdu.u8("tag")
      // The end of the attributes; what follows is printed.
      if tag == 3 { return }
      if tag < 0x10 { continue }
      let name = try pdu.take(Int(try pdu.u16("name length")), "name")
      let value = try pdu.take(Int(try pdu.u16("value length")), "value")
      if let attribute = Self.attribute(name), told.isNew(value, salt: UInt64(attribute.rawValue)) {
        out.identity(.sender, attribute, out.text(value))
      }
    }
  }

  private static func attribute(_ name: Span<UInt8>) -> IdentityAttribute? {
    if name.equals(ignoringCase: "requesting-user-name") { return .userName }
    if name.equals(ignoringCase: "printer-make-and-model") { return .productName }
    if name.equals(ignoringCase: "printer-name") { return .name }
    if name.equals(ignoringCase: "printer-location") { return .location }
    return nil
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let known = operations[code]
    return OperationDescription(
      code: hexadecimal(code, digits: 4), name: known?.0 ?? "other operation", kind: known?.1 ?? .other)
  }

  /// IANA, IPP operation ids.
  private static let operations: [UInt64: (String, OperationKind)] = [
    0x02: ("print job", .write), 0x03: ("print URI", .write), 0x04: ("validate job", .diagnose),
    0x05: ("create job", .write), 0x06: ("send document", .write), 0x08: ("cancel job", .control),
    0x09: ("get job attributes", .read), 0x0a: ("get jobs", .read), 0x0b: ("get printer attributes", .discover),
    0x10: ("pause printer", .control), 0x11: ("resume printer", .control), 0x12: ("purge jobs", .control),
    0x13: ("set printer attributes", .configure), 0x4002: ("CUPS get printers", .discover),
  ]
}
