import OTCore

/// Datagram Transport Layer Security, RFC 6347 (1.2), RFC 4347 (1.0) and what RFC 9147 (1.3) shows in clear text.
public struct DTLS: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "dtls", name: "Datagram Transport Layer Security", specification: "RFC 6347, RFC 9147", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "versions, cipher suites and their weakness, server name, ALPN, JA4, the server's certificate, alerts",
      displayFilter: "dtls")
  ]
  public static let claims: [Claim] = [
    .udp(443), .udp(4433), .udp(5684), .udp(853), .udp(3391), .udp(5061), .udp(5349), .udp(10000),
  ]
  public static let probe = ProbeStrength.strong

  private static let headerBytes = 13
  private static let messageBytes = 16_384

  /// A handshake message whose fragments arrive in order.
  private struct Side {
    var sequence: UInt16 = 0
    var partial: [UInt8] = []
  }
  private var client = Side()
  private var server = Side()

  public init() {}

  /// Content type, version, epoch, sequence number of six bytes, length (RFC 6347 section 4.1).
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, let type = bytes.byte(0), let version = bytes.be16(1) else { return .notThisProtocol }
    if hint.isEstablished, type >> 5 == 1 { return .pdu(byteCount: bytes.count) }
    guard type >= 20, type <= 26, version == 0xfeff || version == 0xfefd || version == 0x0100,
      let length = bytes.be16(11).map(Int.init), length > 0, bytes.count >= headerBytes
    else { return .notThisProtocol }
    if !hint.isEstablished {
      // The first record met must be whole, and of a handshake in clear text a message that there is.
      guard length <= bytes.count - headerBytes, version != 0x0100 || hint.isClaimed else { return .notThisProtocol }
      if type == 22, bytes.be16(3) == 0 {
        guard let message = bytes.byte(headerBytes), TLSMessage.isKnown(message), length >= 12 else {
          return .notThisProtocol
        }
      }
    }
    return .pdu(byteCount: headerBytes + length)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("type")
    guard type < 32 else { return }
    try pdu.skip(2, "version")
    let epoch = try pdu.u16("epoch")
    try pdu.skip(8, "sequence number and length")
    // From epoch 1 on everything is encrypted.
    guard epoch == 0 else { return }
    if type == 21, pdu.remaining == 2 {
      try pdu.skip(1, "level")
      let description = try pdu.u8("description")
      return out.operation(
        Operation(
          TLSMessage.alert | UInt64(description), context.senderIsClient ? .request : .response,
          outcome: description == 0 ? .success : .failure(UInt32(description))))
    }
    guard type == 22 else { return }
    while pdu.remaining >= 12 { try readFragment(&pdu, context, into: &out) }
  }

  /// Section 4.2.2: type, length, message number, offset and length of this fragment.
  private mutating func readFragment(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("msg_type")
    let length = Int(try pdu.u24("length"))
    let sequence = try pdu.u16("message_seq")
    let offset = Int(try pdu.u24("fragment_offset"))
    let fragment = try pdu.take(Int(try pdu.u24("fragment_length")), "fragment")
    guard TLSMessage.isKnown(type), offset + fragment.count <= length else {
      throw DecodeError("fragment_length", at: pdu.offset, .inconsistent)
    }
    if offset == 0, fragment.count == length {
      var message = ByteCursor(fragment)
      return try read(type, &message, context, into: &out)
    }
    var side = context.senderIsClient ? client : server
    defer { if context.senderIsClient { client = side } else { server = side } }
    if offset == 0 {
      side.sequence = sequence
      side.partial.removeAll(keepingCapacity: true)
    }
    guard length <= Self.messageBytes, sequence == side.sequence, offset == side.partial.count else { return }
    side.partial.append(fragment)
    guard side.partial.count == length else { return }
    let whole = side.partial
    side.partial = []
    var message = ByteCursor(whole.span)
    try read(type, &message, context, into: &out)
  }

  private func read(
    _ type: UInt8, _ message: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let isRequest = type == TLSMessage.clientHello || (context.senderIsClient && type > 3)
    out.operation(Operation(UInt64(type), isRequest ? .request : .response))
    switch type {
    case TLSMessage.clientHello: try TLS.readClientHello(&message, over: .datagrams, into: &out)
    case TLSMessage.serverHello: try TLS.readServerHello(&message, into: &out)
    case TLSMessage.certificate: try TLS.readCertificates(&message, into: &out)
    default: break
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    TLS.describe(operation: code, layer: 0)
  }
}
