import OTCore

/// What an X.509 certificate says of its owner, RFC 5280 section 4.1, read leniently from DER.
///
/// Records subject, issuer, serial number, first and last day, key and signature as properties of the sender, and what of
/// them is weak.
enum Certificate {
  static func read(_ der: Span<UInt8>, layer: UInt8 = 0, into out: inout ObservationBuffer) {
    var outer = BERReader(der)
    guard let certificate = outer.content(of: 0x30) else { return }
    var parts = BERReader(certificate)
    guard let body = parts.content(of: 0x30) else { return }
    var fields = BERReader(body)
    // [0] version, DEFAULT v1.
    _ = fields.content(of: 0xa0)
    guard let serial = fields.content(of: 2), let algorithm = fields.content(of: 0x30),
      let issuer = fields.content(of: 0x30), let validity = fields.content(of: 0x30),
      let subject = fields.content(of: 0x30)
    else { return }
    let owner = name(subject, into: &out)
    if !owner.isEmpty { out.property(.certificateSubject, owner, layer: layer) }
    out.property(.certificateIssuer, name(issuer, into: &out), layer: layer)
    out.property(.certificateSerial, out.text(hex: serial), layer: layer)
    var times = BERReader(validity)
    if let first = times.next() { out.property(.certificateNotBefore, day(first, into: &out), layer: layer) }
    if let last = times.next() { out.property(.certificateNotAfter, day(last, into: &out), layer: layer) }
    out.property(.certificateSignature, signature(algorithm, into: &out), layer: layer)
    let isSelfSigned = subject.equals(issuer)
    if isSelfSigned { out.property(.certificateTrust, out.text("self-signed"), layer: layer) }
    // Nobody relies on the signature of a certificate that vouches for itself.
    if !isSelfSigned, let weakness = weakSignature(algorithm) {
      out.property(.weakness, out.text(weakness), layer: layer)
    }
    guard let key = fields.content(of: 0x30) else { return }
    out.property(.certificateKey, publicKey(key, into: &out), layer: layer)
    let bits = modulusBits(key)
    if bits > 0, bits < 2048 {
      let prefix = out.text("key RSA ")
      out.property(.weakness, prefix.through(out.text(UInt64(bits))), layer: layer)
    }
    if owner.isEmpty, let wrapped = fields.first(0xa3) {
      out.property(.certificateSubject, alternativeName(wrapped.content, into: &out), layer: layer)
    }
  }

  /// subjectAltName (2.5.29.17), section 4.2.1.6, of an owner who has no other name: the first name of DNS.
  private static func alternativeName(_ extensions: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    var outer = BERReader(extensions)
    guard let sequence = outer.content(of: 0x30) else { return .none }
    var list = BERReader(sequence)
    for _ in 0..<32 {
      guard let entry = list.content(of: 0x30) else { return .none }
      var members = BERReader(entry)
      guard let type = members.content(of: 6), same(type, alternativeNames), let value = members.first(4) else {
        continue
      }
      var inner = BERReader(value.content)
      guard let names = inner.content(of: 0x30) else { return .none }
      var reader = BERReader(names)
      guard let name = reader.first(0x82) else { return .none }
      let label = out.text("DNS=")
      return label.through(out.text(name.content))
    }
    return .none
  }

  /// `CN=plc1, O=Siemens, C=DE`; RDNSequence, the attributes people read, in the order of the certificate.
  private static func name(_ sequence: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    var text: [UInt8] = []
    text.reserveCapacity(128)
    var sets = BERReader(sequence)
    for _ in 0..<32 {
      guard let set = sets.next() else { break }
      var attributes = BERReader(set.content)
      guard let pair = attributes.content(of: 0x30) else { continue }
      var members = BERReader(pair)
      guard let type = members.content(of: 6), let value = members.next() else { continue }
      guard let label = attributeLabel(type) else { continue }
      if !text.isEmpty { text.append(contentsOf: [44, 32]) }
      text.append(contentsOf: label.utf8)
      // BMPString has two octets a character; of the plain ones the second says it.
      let content = value.content.clamped(from: 0, count: 256)
      if value.identifier == 30 {
        for index in stride(from: 1, to: content.count, by: 2) { text.append(content[index]) }
      } else {
        text.append(content)
      }
    }
    return out.text(text.span)
  }

  /// Attributes of RFC 5280 section 4.1.2.4 below 2.5.4, and the e-mail address of PKCS #9.
  private static func attributeLabel(_ type: Span<UInt8>) -> String? {
    if type.count == 3, type[0] == 0x55, type[1] == 0x04 {
      switch type[2] {
      case 3: return "CN="
      case 5: return "serialNumber="
      case 6: return "C="
      case 7: return "L="
      case 8: return "ST="
      case 10: return "O="
      case 11: return "OU="
      default: return nil
      }
    }
    return type.count == 9 && type[0] == 0x2a && type[8] == 1 && type[7] == 9 ? "emailAddress=" : nil
  }

  /// `2031-05-04`: UTCTime (two-digit year, 50 and more are 19xx) or GeneralizedTime.
  private static func day(_ time: borrowing BERElement, into out: inout ObservationBuffer) -> TextRef {
    let digits = time.content
    let isShort = time.identifier == 0x17
    let yearDigits = isShort ? 2 : 4
    guard let year = digits.clamped(from: 0, count: yearDigits).decimal,
      let month = digits.clamped(from: yearDigits, count: 2).decimal,
      let day = digits.clamped(from: yearDigits + 2, count: 2).decimal
    else { return .none }
    let fullYear = isShort ? (year < 50 ? 2000 + year : 1900 + year) : year
    let text = out.text(UInt64(fullYear))
    _ = out.text(month < 10 ? "-0" : "-")
    _ = out.text(UInt64(month))
    _ = out.text(day < 10 ? "-0" : "-")
    return text.through(out.text(UInt64(day)))
  }

  private static func signature(_ algorithm: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    var parts = BERReader(algorithm)
    guard let identifier = parts.content(of: 6) else { return .none }
    return algorithmName(identifier, into: &out)
  }

  /// Signatures that can be forged (NIST SP 800-131A revision 2, section 3).
  private static func weakSignature(_ algorithm: Span<UInt8>) -> StaticString? {
    var parts = BERReader(algorithm)
    guard let identifier = parts.content(of: 6), identifier.count == 9,
      same(identifier.extracting(0..<8), rsaKey.dropLast())
    else { return nil }
    switch identifier[8] {
    case 2: return "signature MD2"
    case 4: return "signature MD5"
    case 5: return "signature SHA-1"
    default: return nil
    }
  }

  /// Length of an RSA key, 0 where it is another kind.
  private static func modulusBits(_ information: Span<UInt8>) -> Int {
    var parts = BERReader(information)
    guard let algorithm = parts.content(of: 0x30), let key = parts.content(of: 3) else { return 0 }
    var members = BERReader(algorithm)
    guard let identifier = members.content(of: 6), same(identifier, rsaKey) else { return 0 }
    // BIT STRING (its first octet counts unused bits) of a SEQUENCE of modulus and exponent.
    var outer = BERReader(key.rest(from: 1))
    guard let numbers = outer.content(of: 0x30) else { return 0 }
    var integers = BERReader(numbers)
    guard let modulus = integers.content(of: 2) else { return 0 }
    return bitCount(modulus)
  }

  /// `RSA 2048`, `EC P-256`; SubjectPublicKeyInfo.
  private static func publicKey(_ information: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    var parts = BERReader(information)
    guard let algorithm = parts.content(of: 0x30) else { return .none }
    var members = BERReader(algorithm)
    guard let identifier = members.content(of: 6) else { return .none }
    if same(identifier, rsaKey) {
      let bits = modulusBits(information)
      return bits > 0 ? out.text(string: "RSA \(bits)") : .none
    }
    if same(identifier, ellipticKey) {
      guard let curve = members.content(of: 6) else { return out.text("EC") }
      return algorithmName(curve, into: &out)
    }
    return algorithmName(identifier, into: &out)
  }

  private static func bitCount(_ number: Span<UInt8>) -> Int {
    var index = 0
    while index < number.count, number[index] == 0 { index += 1 }
    guard index < number.count else { return 0 }
    return (number.count - index) * 8 - number[index].leadingZeroBitCount
  }

  private static func same(_ identifier: Span<UInt8>, _ known: some RandomAccessCollection<UInt8>) -> Bool {
    guard identifier.count == known.count else { return false }
    for (index, octet) in known.enumerated() where identifier[index] != octet { return false }
    return true
  }

  private static func algorithmName(_ identifier: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    for known in algorithms where same(identifier, known.identifier) { return out.text(known.name) }
    return out.text(hex: identifier)
  }
}

private let alternativeNames: [UInt8] = [0x55, 0x1d, 0x11]
private let rsaKey: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]
private let ellipticKey: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]

/// Object identifiers of RFC 8017 appendix C, RFC 5480, RFC 5758, RFC 8410, in DER.
private let algorithms: [(identifier: [UInt8], name: StaticString)] = [
  ([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 2], "md2WithRSAEncryption"),
  ([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4], "md5WithRSAEncryption"),
  ([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5], "sha1WithRSAEncryption"),
  ([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10], "RSASSA-PSS"),
  ([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11], "sha256WithRSAEncryption"),
  ([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12], "sha384WithRSAEncryption"),
  ([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13], "sha512WithRSAEncryption"),
  ([0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1], "ecdsa-with-SHA1"),
  ([0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2], "ecdsa-with-SHA256"),
  ([0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3], "ecdsa-with-SHA384"),
  ([0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4], "ecdsa-with-SHA512"),
  ([0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7], "EC P-256"),
  ([0x2b, 0x81, 0x04, 0, 0x22], "EC P-384"),
  ([0x2b, 0x81, 0x04, 0, 0x23], "EC P-521"),
  ([0x2b, 0x65, 0x70], "Ed25519"),
  ([0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1], "DSA"),
]
