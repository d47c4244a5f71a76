import OTCore

/// Secure Shell transport layer, RFC 4253: identification strings and the lists of the key exchange.
///
/// Behind NEWKEYS everything is encrypted and skipped.
public struct SSH: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ssh", name: "Secure Shell", specification: "RFC 4253 sections 4.2, 7.1", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "identification, algorithms offered, what of the agreed ones is weak; nothing encrypted",
      displayFilter: "ssh")
  ]
  public static let claims: [Claim] = [.tcp(22), .tcp(2222)]
  public static let probe = ProbeStrength.strong

  public init() {}

  /// Lists of the side that spoke first, until the other's come: key exchange, host key, cipher and check value towards
  /// the server.
  private var offered: [[UInt8]] = []
  private var offeredByClient = false

  /// RFC 4253 section 4.2: at most 255 bytes with CR LF; lenient by half.
  private static let identificationBytes = 384
  /// RFC 4253 section 6.1: implementations must take 35,000 bytes.
  private static let packetBytes = 35_000

  private static let preambleBytes = 4096

  private static let identification: UInt64 = 0
  private static let keyExchangeInit: UInt64 = 20
  private static let newKeys: UInt64 = 21

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    if bytes.count < 4 {
      return hint.isEstablished || bytes.byte(0) == UInt8(ascii: "S") ? .needMore : .notThisProtocol
    }
    if bytes.hasASCII("SSH-") {
      if let end = bytes.lineEnd(limit: identificationBytes) { return .pdu(byteCount: end) }
      return bytes.count < identificationBytes && bytes.isPlainText ? .needMore : .notThisProtocol
    }
    // No packet is as long as its length were if it started with a letter.
    if hint.isClaimed || hint.isEstablished, let first = bytes.byte(0), first >= 0x20 || first == 10 || first == 13 {
      if let start = preambleEnd(bytes) { return .pdu(byteCount: start) }
      return bytes.count < preambleBytes && bytes.isPlainText ? .needMore : .notThisProtocol
    }
    // A binary packet can only be told before encryption starts.
    guard let length = bytes.be32(0), length >= 2, length <= packetBytes else { return .notThisProtocol }
    guard let padding = bytes.byte(4), let type = bytes.byte(5) else {
      return hint.isEstablished || hint.isClaimed ? .needMore : .notThisProtocol
    }
    guard padding >= 4, Int(padding) < Int(length) - 1, type >= 1, type <= 49 else { return .notThisProtocol }
    guard hint.isEstablished || (hint.isClaimed && type == 20) else { return .notThisProtocol }
    return .pdu(byteCount: 4 + Int(length))
  }

  /// Lines that are no identification, where a packet has its length.
  private static func isPreamble(_ bytes: Span<UInt8>) -> Bool {
    !bytes.hasASCII("SSH-") && (bytes.byte(0) ?? 0) >= 0x0a && bytes.byte(bytes.count - 1) == 0x0a && bytes.isPlainText
  }

  /// Section 4.2: a server may send lines of text before its identification.
  private static func preambleEnd(_ bytes: Span<UInt8>) -> Int? {
    var index = 0
    for _ in 0..<64 {
      guard let end = bytes.lineEnd(from: index), end - index <= identificationBytes, end <= preambleBytes else {
        return nil
      }
      if bytes.hasASCII("SSH-", at: end) { return end }
      index = end
    }
    return nil
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if Self.isPreamble(pdu.bytes) { return }
    let role: Operation.Role = context.senderIsClient ? .request : .response
    if pdu.bytes.hasASCII("SSH-") {
      out.operation(Operation(Self.identification, role))
      identify(pdu.bytes.trimmed(), into: &out)
      return
    }
    try pdu.skip(5, "packet length")
    let type = UInt64(try pdu.u8("message"))
    out.operation(Operation(type, role))
    if type == Self.keyExchangeInit {
      try pdu.skip(16, "cookie")
      // Name lists of section 7.1 in their order; of the two directions the one towards the server is told.
      var lists: [[UInt8]] = []
      func keep(_ list: Span<UInt8>) {
        var copy: [UInt8] = []
        copy.append(list.clamped(from: 0, count: 2048))
        lists.append(copy)
      }
      let exchange = try nameList(&pdu, "kex_algorithms")
      out.property(.keyExchange, out.text(exchange))
      keep(exchange)
      let hostKey = try nameList(&pdu, "server_host_key_algorithms")
      out.property(.hostKey, out.text(hostKey))
      keep(hostKey)
      let cipher = try nameList(&pdu, "encryption_algorithms_client_to_server")
      out.property(.cipherSuite, out.text(cipher))
      keep(cipher)
      _ = try nameList(&pdu, "encryption_algorithms_server_to_client")
      keep(try nameList(&pdu, "mac_algorithms_client_to_server"))
      agree(lists, context, into: &out)
    } else if type == Self.newKeys {
      out.skip(Int.max)
    }
  }

  /// Section 7.1: of each list the first of the client's that the server knows too is used.
  private mutating func agree(_ lists: [[UInt8]], _ context: PDUContext, into out: inout ObservationBuffer) {
    guard !offered.isEmpty, offeredByClient != context.senderIsClient else {
      offered = lists
      offeredByClient = context.senderIsClient
      return
    }
    let (client, server) = context.senderIsClient ? (lists, offered) : (offered, lists)
    offered = []
    for index in client.indices where index < server.count {
      guard let weakness = Self.weakness(ofCommon: client[index], server[index]) else { continue }
      out.property(.weakness, out.text(weakness), subject: context.senderIsClient ? .receiver : .sender)
    }
  }

  /// Why the algorithm that both lists lead to is weak.
  private static func weakness(ofCommon client: [UInt8], _ server: [UInt8]) -> StaticString? {
    let list = client.span
    guard let name = common(list, server.span) else { return nil }
    return SSHAlgorithms.weakness(list.extracting(name))
  }

  private static func common(_ client: Span<UInt8>, _ server: Span<UInt8>) -> Range<Int>? {
    var start = 0
    for _ in 0..<64 where start < client.count {
      let end = client.first(UInt8(ascii: ","), from: start) ?? client.count
      if end > start, contains(server, client.extracting(start..<end)) { return start..<end }
      start = end + 1
    }
    return nil
  }

  private static func contains(_ list: Span<UInt8>, _ name: Span<UInt8>) -> Bool {
    var start = 0
    for _ in 0..<64 where start < list.count {
      let end = list.first(UInt8(ascii: ","), from: start) ?? list.count
      if list.extracting(start..<end).equals(name) { return true }
      start = end + 1
    }
    return false
  }

  @_lifetime(copy pdu)
  private func nameList(_ pdu: inout ByteCursor, _ field: StaticString) throws(DecodeError) -> Span<UInt8> {
    let length = try pdu.u32(field)
    return try pdu.take(Int(length), field)
  }

  /// `SSH-2.0-OpenSSH_7.4 comment`
  private func identify(_ line: Span<UInt8>, into out: inout ObservationBuffer) {
    out.identity(.sender, .banner, out.text(line))
    guard let dash = line.first(UInt8(ascii: "-"), from: 4) else { return }
    let version = line.extracting(4..<dash)
    out.property(.protocolVersion, out.text(version))
    // 1.99 speaks 2.0, and 1.5 to a client that asks for it, which tells then (section 5.1).
    if version.hasASCII("1."), !version.hasASCII("1.99") {
      out.property(.weakness, out.text("version 1 of the protocol"))
    }
    let software = line.extracting((dash + 1)..<line.count)
    out.identity(.sender, .softwareVersion, out.text(software.extracting(0..<(software.first(32) ?? software.count))))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name: String
    switch code {
    case identification: name = "identification"
    case 1: name = "disconnect"
    case 2: name = "ignore"
    case 4: name = "debug"
    case 5: name = "service request"
    case 6: name = "service accept"
    case keyExchangeInit: name = "key exchange init"
    case newKeys: name = "new keys"
    case 30...49: name = "key exchange method \(code)"
    default: name = "message \(code)"
    }
    return OperationDescription(code: "\(code)", name: name, kind: .session)
  }
}

/// Algorithms that RFC 9142, RFC 8758 and RFC 6151 took out of use.
enum SSHAlgorithms {
  static func weakness(_ name: Span<UInt8>) -> StaticString? {
    for entry in weak where name.equals(ignoringCase: entry.name) { return entry.why }
    return nil
  }

  private static let weak: [(name: StaticString, why: StaticString)] = [
    ("diffie-hellman-group1-sha1", "key exchange diffie-hellman-group1-sha1"),
    ("diffie-hellman-group-exchange-sha1", "key exchange diffie-hellman-group-exchange-sha1"),
    ("rsa1024-sha1", "key exchange rsa1024-sha1"), ("ssh-dss", "host key ssh-dss"), ("3des-cbc", "cipher 3des-cbc"),
    ("des-cbc", "cipher des-cbc"), ("des", "cipher des"), ("arcfour", "cipher arcfour"),
    ("arcfour128", "cipher arcfour128"), ("arcfour256", "cipher arcfour256"), ("blowfish-cbc", "cipher blowfish-cbc"),
    ("none", "cipher none"), ("hmac-md5", "check value hmac-md5"), ("hmac-md5-96", "check value hmac-md5-96"),
    ("hmac-sha1-96", "check value hmac-sha1-96"),
  ]
}
