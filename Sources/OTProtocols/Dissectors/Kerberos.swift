import OTCore

/// Kerberos version 5, RFC 4120 section 5.4–5.9: who asks for which tickets, and the KDC's refusals.
public struct Kerberos: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "kerberos", name: "Kerberos 5", specification: "RFC 4120 section 5", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "message type, client, realm, service, error, accounts the KDC answers for, encryption asked for and "
        + "used; nothing encrypted",
      displayFilter: "kerberos")
  ]
  public static let claims: [Claim] = [.tcp(88), .udp(88), .tcp(464), .udp(464)]

  public init() {}

  private var told = RecentValues()
  /// Whether the last request for a ticket proved who asks; nil before it.
  private var isPreauthenticated: Bool?

  /// Application tags 10…15 and 30 as identifier octets.
  private static func isMessage(_ identifier: UInt8) -> Bool {
    (identifier >= 0x6a && identifier <= 0x6f) || identifier == 0x7e
  }

  /// Of a message in a datagram: its definite length fits the bytes, or they are cut off; a sequence follows.
  private static func messageLength(_ bytes: Span<UInt8>) -> Int? {
    guard let first = bytes.byte(1) else { return nil }
    var (length, start) = (Int(first), 2)
    if first >= 0x80 {
      guard (0x81...0x83).contains(first) else { return nil }
      length = 0
      for index in 2..<(2 + Int(first & 3)) { length = length << 8 | Int(bytes.byte(index) ?? 0) }
      start += Int(first & 3)
    }
    guard length >= 4, bytes.byte(start) == 0x30 else { return nil }
    return start + length
  }

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed else { return .notThisProtocol }
    if !hint.isStream {
      guard isMessage(bytes.byte(0) ?? 0), let length = messageLength(bytes) else { return .notThisProtocol }
      return .pdu(byteCount: Swift.max(length, bytes.count))
    }
    // RFC 4120 section 7.2.2: a length of four bytes, highest bit 0.
    guard let length = bytes.be32(0), let identifier = bytes.byte(4) else { return .needMore }
    guard length >= 10, Int(length) <= Limits.pduBytes / 2, isMessage(identifier) else { return .notThisProtocol }
    return .pdu(byteCount: 4 + Int(length))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if context.isStream { try pdu.skip(4, "length") }
    var outer = BERReader(pdu.rest())
    guard let message = outer.next(), Self.isMessage(message.identifier) else {
      throw DecodeError("message", at: 0, .invalid)
    }
    var inner = BERReader(message.content)
    guard let fields = inner.content(of: 0x30) else { throw DecodeError("message", at: 2, .invalid) }
    let type = UInt64(message.identifier & 0x1f)
    switch type {
    case 10, 12: readRequest(type, fields, into: &out)
    case 11, 13: readReply(type, fields, into: &out)
    case 30: readError(fields, into: &out)
    default:
      out.operation(Operation(type, type % 2 == 0 ? .request : .response))
    }
  }

  /// KDC-REQ, section 5.4.1: req-body [4] has cname [1], realm [2], sname [3].
  private mutating func readRequest(_ type: UInt64, _ fields: Span<UInt8>, into out: inout ObservationBuffer) {
    var members = BERReader(fields)
    if type == Self.authenticationService { isPreauthenticated = Self.isPreauthenticated(fields) }
    guard let wrapped = members.first(0xa4), let sequence = wrapped.reader.first else {
      out.operation(Operation(type, .request))
      return
    }
    var body = BERReader(sequence)
    var service = TextRef.none
    for _ in 0..<16 {
      guard let field = body.next() else { break }
      switch field.identifier {
      case 0xa1: client(field.content, .sender, into: &out)
      case 0xa2: realm(field.content, .sender, into: &out)
      case 0xa3: service = principal(field.content, separator: 47, into: &out)
      case 0xa8: offered(field.content, into: &out)
      default: break
      }
    }
    out.operation(Operation(type, .request, object: service.isEmpty ? .none : .text(service)))
  }

  /// KDC-REP, section 5.4.2: crealm [3], cname [4]; what it says is the receiver's name, and an account of the sender.
  private mutating func readReply(_ type: UInt64, _ fields: Span<UInt8>, into out: inout ObservationBuffer) {
    if type == 11, isPreauthenticated == false {
      out.property(.authentication, out.text("no pre-authentication"), subject: .receiver)
    }
    var members = BERReader(fields)
    for _ in 0..<16 {
      guard let field = members.next() else { break }
      switch field.identifier {
      case 0xa3:
        realm(field.content, .receiver, into: &out)
        // The first ticket comes from a KDC of the client's own realm.
        if type == 11 { realm(field.content, .sender, into: &out) }
      case 0xa4: account(client(field.content, .receiver, into: &out), into: &out)
      case 0xa5: ticket(field.content, into: &out)
      case 0xa6: reply(field.content, into: &out)
      default: break
      }
    }
    out.operation(Operation(type - 1, .response, outcome: .success))
  }

  /// KRB-ERROR, section 5.9.1: error-code [6], cname [8], realm [9] of the KDC. "Pre-authentication required" (25) is no
  /// refusal. Whatever the KDC refuses an account, such as one that has expired, it has it.
  private func readError(_ fields: Span<UInt8>, into out: inout ObservationBuffer) {
    var members = BERReader(fields)
    var code: Int64 = 0
    for _ in 0..<16 {
      guard let field = members.next() else { break }
      if field.identifier == 0xa6 {
        var inside = BERReader(field.content)
        code = inside.next()?.integer ?? 0
      } else if field.identifier == 0xa8 {
        let name = client(field.content, .receiver, into: &out)
        if code != Self.clientUnknown { account(name, into: &out) }
      } else if field.identifier == 0xa9 {
        realm(field.content, .sender, into: &out)
      }
    }
    out.operation(Operation(30, .response, outcome: .failure(UInt32(truncatingIfNeeded: code))))
  }

  // MARK: encryption

  private static let authenticationService: UInt64 = 10
  /// KDC_ERR_C_PRINCIPAL_UNKNOWN, section 7.5.9.
  private static let clientUnknown: Int64 = 6

  /// PA-ENC-TIMESTAMP (2), PA-PK-AS-REQ (16), PA-ENCRYPTED-CHALLENGE (138), section 5.2.7: an AS request without one is
  /// the first of two; where it is granted, whoever asks can guess the account's secret from the reply.
  private static func isPreauthenticated(_ fields: Span<UInt8>) -> Bool {
    var members = BERReader(fields)
    guard let wrapped = members.first(0xa3), let sequence = wrapped.reader.first else { return false }
    var list = BERReader(sequence)
    for _ in 0..<32 {
      guard let entry = list.next() else { return false }
      var inside = BERReader(entry.content)
      guard let type = inside.first(0xa1) else { continue }
      var number = type.reader
      let value = number.next()?.integer ?? 0
      if value == 2 || value == 16 || value == 138 { return true }
    }
    return false
  }

  /// etype [8] SEQUENCE OF Int32 of a request: whether nothing but old ciphers is asked for.
  private mutating func offered(_ field: Span<UInt8>, into out: inout ObservationBuffer) {
    var outer = BERReader(field)
    guard let sequence = outer.content(of: 0x30), told.isNew(sequence, salt: 1) else { return }
    var list = BERReader(sequence)
    var first = TextRef.none
    var last = TextRef.none
    for _ in 0..<16 {
      guard let element = list.next(), let value = element.integer else { break }
      if !first.isEmpty { _ = out.text(", ") }
      last = Self.cipher(value, into: &out)
      if first.isEmpty { first = last }
    }
    guard !first.isEmpty else { return }
    out.property(.offeredVersion, first.through(last))
  }

  /// Ticket, section 5.3: [APPLICATION 1] with sname [2] and enc-part [3]; encrypted with the key of the service, so that
  /// a weak cipher lets whoever asks for tickets guess the service's password.
  private mutating func ticket(_ field: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let body = BERReader(field).first, let sequence = BERReader(body).first else { return }
    var members = BERReader(sequence)
    guard let name = members.first(0xa2), let part = members.first(0xa3), let cipher = Self.encryption(part.content),
      told.isNew(name.content, salt: UInt64(truncatingIfNeeded: cipher) << 8 | 2)
    else { return }
    let start = out.text("ticket for ")
    _ = principal(name.content, separator: 47, into: &out)
    _ = out.text(": ")
    out.property(.cipherSuite, start.through(Self.cipher(cipher, into: &out)))
  }

  private mutating func reply(_ field: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let cipher = Self.encryption(field), told.isNew(hash: UInt64(truncatingIfNeeded: cipher) << 8 | 3) else {
      return
    }
    let start = out.text("reply: ")
    out.property(.cipherSuite, start.through(Self.cipher(cipher, into: &out)))
  }

  /// EncryptedData, section 5.2.9: etype [0].
  private static func encryption(_ field: Span<UInt8>) -> Int64? {
    guard let sequence = BERReader(field).first else { return nil }
    var members = BERReader(sequence)
    guard let type = members.first(0xa0) else { return nil }
    var number = type.reader
    return number.next()?.integer
  }

  /// IANA Kerberos encryption type numbers.
  private static func cipher(_ number: Int64, into out: inout ObservationBuffer) -> TextRef {
    switch number {
    case 1: out.text("des-cbc-crc")
    case 2: out.text("des-cbc-md4")
    case 3: out.text("des-cbc-md5")
    case 16: out.text("des3-cbc-sha1")
    case 17: out.text("aes128-cts-hmac-sha1-96")
    case 18: out.text("aes256-cts-hmac-sha1-96")
    case 19: out.text("aes128-cts-hmac-sha256-128")
    case 20: out.text("aes256-cts-hmac-sha384-192")
    case 23: out.text("rc4-hmac")
    case 24: out.text("rc4-hmac-exp")
    case -133: out.text("rc4-hmac-old")
    case -135: out.text("rc4-hmac-old-exp")
    default: out.text(string: "type \(number)")
    }
  }

  // MARK: names

  @discardableResult
  private func client(_ field: Span<UInt8>, _ subject: Subject, into out: inout ObservationBuffer) -> TextRef {
    let name = principal(field, separator: 47, into: &out)
    out.identity(subject, .userName, name)
    return name
  }

  private func account(_ name: TextRef, into out: inout ObservationBuffer) {
    if !name.isEmpty { out.identity(.sender, .knownAccount, name) }
  }

  private func realm(_ field: Span<UInt8>, _ subject: Subject, into out: inout ObservationBuffer) {
    var inside = BERReader(field)
    if let name = inside.next(), !name.isCut { out.identity(subject, .domain, out.text(name.content)) }
  }

  /// PrincipalName, section 5.2.2: name-string [1] SEQUENCE OF KerberosString, joined as `host/plc.example`.
  private func principal(_ field: Span<UInt8>, separator: UInt8, into out: inout ObservationBuffer) -> TextRef {
    var wrap = BERReader(field)
    guard let sequence = wrap.content(of: 0x30) else { return .none }
    var members = BERReader(sequence)
    guard let strings = members.first(0xa1) else { return .none }
    var list = BERReader(strings.content)
    guard let parts = list.content(of: 0x30) else { return .none }
    var names = BERReader(parts)
    var text: [UInt8] = []
    for _ in 0..<8 {
      guard let name = names.next() else { break }
      // Half a name is another name.
      guard !name.isCut else { return .none }
      if !text.isEmpty { text.append(separator) }
      for index in 0..<min(name.content.count, 128) { text.append(name.content[index]) }
    }
    return out.text(text.span)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 10: ("authentication service", .authenticate)
      case 12: ("ticket granting service", .session)
      case 14: ("application request", .session)
      case 30: ("error", .authenticate)
      default: ("message \(code)", .session)
      }
    return OperationDescription(code: "\(code)", name: name, kind: kind)
  }
}
