import OTCore

/// Keys of QUIC's Initial packets: RFC 9001 section 5.2, RFC 9369 section 3.3, and the drafts before them.
///
/// They follow from the connection id that the client chose and a salt that each version publishes: they keep middle
/// boxes from meddling, not anybody from reading.
struct QUICInitialKeys {
  private let cipher: AES128GCM
  private let vector: [UInt8]
  private let headerCipher: AES128GCM

  /// nil for a version whose salt is not known.
  init?(version: UInt32, connection: Span<UInt8>, fromClient: Bool) {
    guard let parameters = Self.parameters(version) else { return nil }
    let initial = Self.authenticate(connection, key: parameters.salt)
    let secret = Self.expand(initial, fromClient ? "client in" : "server in", 32)
    cipher = AES128GCM(key: Self.expand(secret, parameters.prefix + "key", 16))
    vector = Self.expand(secret, parameters.prefix + "iv", 12)
    headerCipher = AES128GCM(key: Self.expand(secret, parameters.prefix + "hp", 16))
  }

  /// The frames of the Initial packet `packet`, whose packet number starts at `numberStart`; nil where it is not
  /// authentic. Packet numbers are read as they stand: those of first packets are small.
  func open(_ packet: Span<UInt8>, numberStart: Int) -> [UInt8]? {
    guard numberStart > 0, packet.count >= numberStart + 20 else { return nil }
    // RFC 9001 section 5.4: the mask comes from sixteen bytes behind a packet number of four.
    var sample = AES128GCM.Block(repeating: 0)
    for index in 0..<16 { sample[index] = packet[numberStart + 4 + index] }
    let mask = headerCipher.encrypt(sample)
    let first = packet[0] ^ (mask[0] & 0x0f)
    let numberBytes = Int(first & 3) + 1
    var header: [UInt8] = [first]
    for index in 1..<numberStart { header.append(packet[index]) }
    var nonce = vector
    for index in 0..<numberBytes {
      let byte = packet[numberStart + index] ^ mask[1 + index]
      header.append(byte)
      nonce[12 - numberBytes + index] ^= byte
    }
    return cipher.open(
      packet.extracting((numberStart + numberBytes)..<packet.count), nonce: nonce, authenticating: header.span)
  }

  // MARK: versions

  private static func parameters(_ version: UInt32) -> (salt: [UInt8], prefix: String)? {
    switch version {
    case 1, 0xff00_0021, 0xff00_0022: (saltOfVersion1, "quic ")
    case 0x6b33_43cf: (saltOfVersion2, "quicv2 ")
    case 0xff00_001d...0xff00_0020: (saltOfDraft29, "quic ")
    // Facebook's mvfst, which follows drafts 22 and 27.
    case 0xff00_0017...0xff00_001c, 0xface_b002, 0xface_b00e: (saltOfDraft23, "quic ")
    case 0xff00_0015, 0xff00_0016, 0xface_b001: (saltOfDraft21, "quic ")
    case 0xff00_0011...0xff00_0014: (saltOfDraft17, "quic ")
    default: nil
    }
  }

  // MARK: HKDF with SHA-256, RFC 5869

  /// HMAC, RFC 2104; also HKDF-Extract with the salt as key.
  static func authenticate(_ message: Span<UInt8>, key: [UInt8]) -> [UInt8] {
    let padded = Array((key + Array(repeating: 0, count: 64)).prefix(64))
    var inner = padded.map { $0 ^ 0x36 }
    inner.append(message)
    let outer = padded.map { $0 ^ 0x5c } + SHA256.digest(inner.span)
    return SHA256.digest(outer.span)
  }

  /// HKDF-Expand-Label, RFC 8446 section 7.1, of at most 32 bytes and without context.
  static func expand(_ secret: [UInt8], _ label: String, _ count: Int) -> [UInt8] {
    let name = Array("tls13 \(label)".utf8)
    let message: [UInt8] =
      [0, UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: name.count)] + name + [0, 1]
    return Array(authenticate(message.span, key: secret).prefix(count))
  }
}

/// RFC 9001 section 5.2; also drafts 33 and 34.
private let saltOfVersion1: [UInt8] = [
  0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f,
  0x0a,
]
/// RFC 9369 section 3.3.1.
private let saltOfVersion2: [UInt8] = [
  0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e,
  0xd9,
]
/// draft-ietf-quic-tls-29 section 5.2, up to draft 32.
private let saltOfDraft29: [UInt8] = [
  0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8,
  0x99,
]
/// draft-ietf-quic-tls-23 section 5.2, up to draft 28.
private let saltOfDraft23: [UInt8] = [
  0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5,
  0x02,
]
/// draft-ietf-quic-tls-21 section 5.2, and draft 22.
private let saltOfDraft21: [UInt8] = [
  0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64,
  0x4a,
]
/// draft-ietf-quic-tls-17 section 5.2, up to draft 20.
private let saltOfDraft17: [UInt8] = [
  0xef, 0x4f, 0xb0, 0xab, 0xb4, 0x74, 0x70, 0xc4, 0x1b, 0xef, 0xcf, 0x80, 0x31, 0x33, 0x4f, 0xae, 0x48, 0x5e, 0x09,
  0xa0,
]
