import OTCore

/// Handshake types, RFC 8446 appendix B.3 and RFC 5246 section 7.4.
enum TLSMessage {
  static let clientHello: UInt8 = 1
  static let serverHello: UInt8 = 2
  static let certificate: UInt8 = 11
  /// Operation codes beyond the handshake types.
  static let version2Hello: UInt64 = 0x101
  static let version2ServerHello: UInt64 = 0x104
  static let alert: UInt64 = 0x200

  static func isKnown(_ type: UInt8) -> Bool { type <= 4 || (type >= 8 && type <= 16) || (type >= 20 && type <= 25) }

  static func name(_ code: UInt64) -> String {
    switch code {
    case 0: "hello request"
    case 1: "client hello"
    case 2: "server hello"
    case 3: "hello verify request"
    case 4: "new session ticket"
    case 8: "encrypted extensions"
    case 11: "certificate"
    case 12: "server key exchange"
    case 13: "certificate request"
    case 14: "server hello done"
    case 15: "certificate verify"
    case 16: "client key exchange"
    case 20: "finished"
    case 25: "compressed certificate"
    case 22: "certificate status"
    case 24: "key update"
    case version2Hello: "client hello of SSL 2.0"
    case version2ServerHello: "server hello of SSL 2.0"
    default: "handshake message \(code)"
    }
  }
}

/// Extension numbers, IANA TLS ExtensionType registry.
private enum TLSExtension {
  static let serverName: UInt16 = 0
  static let signatureAlgorithms: UInt16 = 13
  static let alpn: UInt16 = 16
  static let supportedVersions: UInt16 = 43
}

/// What carries the handshake: the first letter of a JA4 fingerprint.
enum TLSTransport: UInt8 { case tcp, datagrams, quic }

extension TLS {
  /// RFC 8446 section 4.1.2; over datagrams also RFC 6347 section 4.2.1.
  static func readClientHello(
    _ message: inout ByteCursor, over transport: TLSTransport = .tcp, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var print = JA4(transport)
    var highest = try message.u16("legacy_version")
    try message.skip(32, "random")
    try message.skip(Int(try message.u8("session_id length")), "session_id")
    if transport == .datagrams { try message.skip(Int(try message.u8("cookie length")), "cookie") }
    var ciphers = try message.slice(Int(try message.u16("cipher_suites length")), "cipher_suites")
    while ciphers.remaining >= 2 { print.add(cipher: try ciphers.u16("cipher_suite")) }
    try message.skip(Int(try message.u8("compression_methods length")), "compression_methods")
    if message.remaining >= 2 {
      var extensions = try message.slice(Int(try message.u16("extensions length")), "extensions")
      for _ in 0..<Limits.itemsPerPDU where extensions.remaining >= 4 {
        let type = try extensions.u16("extension_type")
        var data = try extensions.slice(Int(try extensions.u16("extension length")), "extension_data")
        print.add(extension: type)
        switch type {
        case TLSExtension.serverName:
          print.hasServerName = true
          try readServerNames(&data, into: &out)
        case TLSExtension.alpn:
          try data.skip(2, "protocol_name_list")
          let name = try data.take(Int(try data.u8("ProtocolName length")), "ProtocolName")
          print.setALPN(name)
          out.property(.alpn, out.text(name))
        case TLSExtension.signatureAlgorithms:
          try data.skip(2, "supported_signature_algorithms")
          while data.remaining >= 2 { print.add(signature: try data.u16("SignatureScheme")) }
        case TLSExtension.supportedVersions:
          try data.skip(1, "versions length")
          while data.remaining >= 2 {
            let version = try data.u16("version")
            if !TLSNames.isGrease(version) { highest = TLSNames.newer(highest, version) }
          }
        default: break
        }
      }
    }
    print.version = highest
    // QUIC has nothing but TLS 1.3.
    if transport != .quic { out.property(.offeredVersion, out.text(TLSNames.version(highest))) }
    out.property(.ja4, out.text(made: print.text.span))
  }

  /// ServerNameList, RFC 6066 section 3: names of type 0, host_name, are told. One of a type is allowed, but nobody has
  /// to stop at it. A server that agrees answers with an empty list.
  private static func readServerNames(
    _ list: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if list.isAtEnd { return }
    try list.skip(2, "server_name_list length")
    for _ in 0..<Limits.nesting where !list.isAtEnd {
      let type = try list.u8("name_type")
      let name = try list.take(Int(try list.u16("HostName length")), "HostName")
      guard type == 0 else { continue }
      let text = out.text(name)
      out.property(.serverName, text, subject: .receiver)
      out.identity(.sender, .other, text)
    }
  }

  /// RFC 8446 section 4.1.3.
  static func readServerHello(
    _ message: inout ByteCursor, over transport: TLSTransport = .tcp, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var version = try message.u16("legacy_version")
    try message.skip(32, "random")
    try message.skip(Int(try message.u8("session_id length")), "session_id")
    let cipher = try message.u16("cipher_suite")
    try message.skip(1, "compression_method")
    if message.remaining >= 2 {
      var extensions = try message.slice(Int(try message.u16("extensions length")), "extensions")
      for _ in 0..<Limits.itemsPerPDU where extensions.remaining >= 4 {
        let type = try extensions.u16("extension_type")
        var data = try extensions.slice(Int(try extensions.u16("extension length")), "extension_data")
        if type == TLSExtension.supportedVersions {
          version = try data.u16("selected_version")
        } else if type == TLSExtension.alpn {
          try data.skip(2, "protocol_name_list")
          out.property(.alpn, out.text(try data.take(Int(try data.u8("ProtocolName length")), "ProtocolName")))
        }
      }
    }
    if transport != .quic { out.property(.protocolVersion, out.text(TLSNames.version(version))) }
    out.property(.cipherSuite, TLSNames.cipher(cipher, into: &out))
    if let weakness = TLSNames.weakness(cipher) { out.property(.weakness, out.text(weakness)) }
  }

  /// RFC 5246 section 7.4.2; the first certificate is the sender's own. (That of TLS 1.3 is encrypted.)
  static func readCertificates(_ message: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    try message.skip(3, "certificate_list length")
    guard !message.isAtEnd else { return }
    let length = try message.u24("certificate length")
    Certificate.read(try message.take(Int(length), "certificate"), into: &out)
  }
}

/// The JA4 fingerprint of a TLS client: which program (or malware) built its hello. Format of FoxIO's JA4 technical
/// description (BSD 3-Clause); only built for a ClientHello, hence it may allocate.
struct JA4 {
  private var ciphers: [UInt16] = []
  private var extensions: [UInt16] = []
  private var extensionCount = 0
  private var signatures: [UInt16] = []
  private var alpn: (UInt8, UInt8) = (48, 48)
  private let transport: TLSTransport
  var hasServerName = false
  var version: UInt16 = 0

  init(_ transport: TLSTransport = .tcp) {
    self.transport = transport
    ciphers.reserveCapacity(32)
    extensions.reserveCapacity(24)
    signatures.reserveCapacity(16)
  }

  mutating func add(cipher: UInt16) {
    if !TLSNames.isGrease(cipher), ciphers.count < Limits.itemsPerPDU { ciphers.append(cipher) }
  }

  mutating func add(extension type: UInt16) {
    guard !TLSNames.isGrease(type) else { return }
    extensionCount += 1
    // Server name and ALPN are in the first part already.
    if type != 0, type != 16 { extensions.append(type) }
  }

  mutating func add(signature: UInt16) {
    if !TLSNames.isGrease(signature), signatures.count < Limits.itemsPerPDU { signatures.append(signature) }
  }

  /// First and last character of the first protocol offered; hexadecimal digits of bytes that are no letter or digit.
  mutating func setALPN(_ name: Span<UInt8>) {
    guard let first = name.byte(0), let last = name.byte(name.count - 1) else { return }
    let plain = isAlphanumeric(first) && isAlphanumeric(last)
    alpn = plain ? (first, last) : (hexDigit(first >> 4), hexDigit(last))
  }

  private func isAlphanumeric(_ byte: UInt8) -> Bool {
    byte >= 48 && byte <= 57 || byte >= 65 && byte <= 90 || byte >= 97 && byte <= 122
  }

  /// `t13d1516h2_8daaf6152771_02713d6af862`
  var text: [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(40)
    text.append(transportLetter)
    text.append(versionDigits)
    text.append(UInt8(ascii: hasServerName ? "d" : "i"))
    for count in [ciphers.count, extensionCount] {
      text.append(48 + UInt8(truncatingIfNeeded: min(count, 99) / 10))
      text.append(48 + UInt8(truncatingIfNeeded: min(count, 99) % 10))
    }
    text.append(alpn.0)
    text.append(alpn.1)
    text.append(UInt8(ascii: "_"))
    Self.appendDigest(of: Self.list(ciphers.sorted()), to: &text)
    text.append(UInt8(ascii: "_"))
    var third = Self.list(extensions.sorted())
    if !third.isEmpty, !signatures.isEmpty {
      third.append(UInt8(ascii: "_"))
      third += Self.list(signatures)
    }
    Self.appendDigest(of: third, to: &text)
    return text
  }

  private var transportLetter: UInt8 {
    switch transport {
    case .tcp: UInt8(ascii: "t")
    case .datagrams: UInt8(ascii: "d")
    case .quic: UInt8(ascii: "q")
    }
  }

  private var versionDigits: StaticString {
    switch version {
    case 0x0304: "13"
    case 0x0303: "12"
    case 0x0302: "11"
    case 0x0301: "10"
    case 0x0300: "s3"
    case 0x0002: "s2"
    case 0xfeff: "d1"
    case 0xfefd: "d2"
    case 0xfefc: "d3"
    default: "00"
    }
  }

  /// Four hexadecimal digits each, with commas between.
  private static func list(_ values: [UInt16]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(values.count * 5)
    for value in values {
      if !text.isEmpty { text.append(UInt8(ascii: ",")) }
      text.append(hexDigit(UInt8(truncatingIfNeeded: value >> 12)))
      text.append(hexDigit(UInt8(truncatingIfNeeded: value >> 8)))
      text.append(hexDigit(UInt8(truncatingIfNeeded: value >> 4)))
      text.append(hexDigit(UInt8(truncatingIfNeeded: value)))
    }
    return text
  }

  /// First twelve hexadecimal digits of the SHA-256; zeros of nothing.
  private static func appendDigest(of list: [UInt8], to text: inout [UInt8]) {
    let digest = list.isEmpty ? Array(repeating: 0, count: 6) : SHA256.digest(list.span)
    for index in 0..<6 {
      text.append(hexDigit(digest[index] >> 4))
      text.append(hexDigit(digest[index]))
    }
  }
}
