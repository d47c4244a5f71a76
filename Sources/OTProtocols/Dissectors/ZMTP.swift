import OTCore

/// ZeroMQ Message Transport Protocol, RFC 23/ZMTP 3.1 and 15/ZMTP 2.0: the greeting, its security, and the kind of socket.
public struct ZMTP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "zmtp", name: "ZeroMQ", specification: "RFC 23/ZMTP 3.1", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "version, security mechanism, kind of socket, login (account only); not the messages",
      displayFilter: "zmtp")
  ]
  public static let claims: [Claim] = []
  public static let probe = ProbeStrength.strong

  private static let greetingBytes = 64
  private static let greetingCode: UInt64 = 0
  private static let commandCode: UInt64 = 1

  public init() {}

  /// Signature of ten bytes, version 3, mechanism, whether server, zeros to 64 bytes; then frames: flags and a length of
  /// one or eight bytes.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    if first == 0xff {
      guard bytes.count >= 11 else { return bytes.count < 10 || bytes[9] == 0x7f ? .needMore : .notThisProtocol }
      guard bytes[9] == 0x7f, bytes[10] == 3, bytes.be32(1) == 0 || hint.isEstablished else { return .notThisProtocol }
      // Both ends send the first eleven bytes and then the rest.
      guard bytes.count >= greetingBytes else { return .needMore }
      return isMechanism(bytes) ? .pdu(byteCount: greetingBytes) : .notThisProtocol
    }
    guard hint.isEstablished, first <= 7 else { return .notThisProtocol }
    if first & 2 == 0 {
      guard let length = bytes.byte(1) else { return .needMore }
      return .pdu(byteCount: 2 + Int(length))
    }
    guard let high = bytes.be32(1), let length = bytes.be32(5) else { return .needMore }
    // Messages are long and are not read; commands never are.
    guard high == 0 else { return .notThisProtocol }
    return .pdu(byteCount: first & 4 != 0 ? 9 + Int(length) : 9)
  }

  private static func isMechanism(_ bytes: Span<UInt8>) -> Bool {
    bytes.hasASCII("NULL\u{0}", at: 12) || bytes.hasASCII("PLAIN\u{0}", at: 12) || bytes.hasASCII("CURVE\u{0}", at: 12)
      || bytes.hasASCII("GSSAPI\u{0}", at: 12)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let role: Operation.Role = context.senderIsClient ? .request : .response
    let bytes = pdu.bytes
    if bytes.byte(0) == 0xff {
      out.operation(Operation(Self.greetingCode, role))
      out.property(.protocolVersion, out.text(joined: UInt64(bytes.byte(10) ?? 0), UInt64(bytes.byte(11) ?? 0)))
      return out.property(.authentication, out.text(bytes.clamped(from: 12, count: 20).untilNUL()))
    }
    let flags = try pdu.u8("flags")
    let length: Int
    if flags & 2 == 0 {
      length = Int(try pdu.u8("length"))
    } else {
      try pdu.skip(4, "length")
      length = Int(try pdu.u32("length"))
    }
    guard flags & 4 != 0 else {
      // A long message was framed as its header alone.
      if flags & 2 != 0 { out.skip(length) }
      return
    }
    let name = try pdu.take(Int(try pdu.u8("command name")), "command name")
    out.operation(Operation(Self.commandCode, role, object: .text(out.text(name))))
    if name.equals(ignoringCase: "ready") { try readMetadata(&pdu, into: &out) }
    if name.equals(ignoringCase: "hello"), pdu.remaining < 512 { try readLogin(&pdu, into: &out) }
  }

  /// Names with a length of one byte, values with one of four.
  private func readMetadata(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    for _ in 0..<16 where pdu.remaining > 5 {
      let name = try pdu.take(Int(try pdu.u8("name")), "name")
      let value = try pdu.take(Int(try pdu.u32("value")), "value")
      if name.equals(ignoringCase: "socket-type") { out.property(.mode, out.text(value)) }
      if name.equals(ignoringCase: "identity"), value.isPlainText { out.identity(.sender, .clientID, out.text(value)) }
    }
  }

  /// HELLO of PLAIN (RFC 24); that of CURVE is binary and longer.
  private func readLogin(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    guard pdu.remaining != 194 else { return }
    let account = try pdu.take(Int(try pdu.u8("username")), "username")
    let password = try pdu.take(Int(try pdu.u8("password")), "password")
    guard pdu.isAtEnd, account.isPlainText else { return }
    let name = out.text(account)
    out.identity(.sender, .userName, name)
    out.record(
      .credential(
        CredentialExposure(.protocolPassword, account: name, strength: .init(account: account, password: password))))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    code == greetingCode
      ? OperationDescription(code: "greeting", name: "greeting", kind: .session)
      : OperationDescription(code: "command", name: "command", kind: .session)
  }
}
