import OTCore

/// Names of TLS numbers.
enum TLSNames {
  static func version(_ version: UInt16) -> StaticString {
    switch version {
    case 0x0002, 0x0200: "SSL 2.0"
    case 0x0300: "SSL 3.0"
    case 0x0301: "TLS 1.0"
    case 0x0302: "TLS 1.1"
    case 0x0303: "TLS 1.2"
    case 0x0304: "TLS 1.3"
    // Drafts, and those that Facebook tried out.
    case 0x7f00...0x7f1c, 0xfb17...0xfb1a: "TLS 1.3 draft"
    case 0x0100, 0xfeff: "DTLS 1.0"
    case 0xfefd: "DTLS 1.2"
    case 0xfefc: "DTLS 1.3"
    default: "unknown version"
    }
  }

  /// RFC 8701: values that clients send to keep servers tolerant.
  static func isGrease(_ value: UInt16) -> Bool { value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff }

  /// Versions over datagrams count down (RFC 6347 section 4.1).
  static func newer(_ version: UInt16, _ other: UInt16) -> UInt16 {
    version >> 8 == 0xfe && other >> 8 == 0xfe ? min(version, other) : max(version, other)
  }

  /// Why a cipher suite does not protect, after RFC 9325 section 4.2; nil where nothing is known against it.
  /// Numbers of the IANA TLS Cipher Suites registry.
  static func weakness(_ suite: UInt16) -> StaticString? {
    switch suite {
    case 0x0000...0x0002, 0x002c...0x002e, 0x003b, 0x00b0, 0x00b1, 0x00b4, 0x00b5, 0x00b8, 0x00b9, 0xc001, 0xc006,
      0xc00b, 0xc010, 0xc015, 0xc039...0xc03b:
      "no encryption"
    case 0x0003, 0x0006, 0x0008, 0x000b, 0x000e, 0x0011, 0x0014, 0x0017, 0x0019, 0x0026...0x002b: "export cipher"
    case 0x0018, 0x001a, 0x001b, 0x0034, 0x003a, 0x0046, 0x006c, 0x006d, 0x0089, 0x009b, 0x00a6, 0x00a7, 0x00bf,
      0x00c5, 0xc016...0xc019:
      "anonymous key exchange"
    case 0x0004, 0x0005, 0x0020, 0x0024, 0x008a, 0x008e, 0x0092, 0xc002, 0xc007, 0xc00c, 0xc011, 0xc033: "cipher RC4"
    case 0x0009, 0x000c, 0x000f, 0x0012, 0x0015, 0x001e, 0x0022: "cipher DES"
    case 0x000a, 0x000d, 0x0010, 0x0013, 0x0016, 0x001f, 0x0023, 0x008b, 0x008f, 0x0093, 0xc003, 0xc008, 0xc00d,
      0xc012, 0xc01a...0xc01c, 0xc034:
      "cipher 3DES"
    default: nil
    }
  }

  /// RFC 8446 section 6, RFC 5246 section 7.2.
  static func alert(_ description: UInt64) -> String {
    switch description {
    case 0: "close notify"
    case 10: "unexpected message"
    case 20: "bad record mac"
    case 40: "handshake failure"
    case 42: "bad certificate"
    case 43: "unsupported certificate"
    case 44: "certificate revoked"
    case 45: "certificate expired"
    case 46: "certificate unknown"
    case 47: "illegal parameter"
    case 48: "unknown ca"
    case 49: "access denied"
    case 50: "decode error"
    case 51: "decrypt error"
    case 70: "protocol version"
    case 71: "insufficient security"
    case 80: "internal error"
    case 86: "inappropriate fallback"
    case 90: "user canceled"
    case 100: "no renegotiation"
    case 109: "missing extension"
    case 110: "unsupported extension"
    case 112: "unrecognized name"
    case 116: "certificate required"
    case 120: "no application protocol"
    default: "\(description)"
    }
  }

  /// The IANA name of a cipher suite without `TLS_`, or its number in hexadecimal.
  static func cipher(_ suite: UInt16, into out: inout ObservationBuffer) -> TextRef {
    for known in cipherSuites where known.number == suite { return out.text(known.name) }
    return out.text(string: "0x" + String(suite, radix: 16))
  }
}

/// IANA TLS Cipher Suites registry: what industrial stacks, browsers and old Windows negotiate.
private let cipherSuites: [(number: UInt16, name: StaticString)] = [
  (0x0000, "TLS_NULL_WITH_NULL_NULL"), (0x0001, "TLS_RSA_WITH_NULL_MD5"), (0x0002, "TLS_RSA_WITH_NULL_SHA"),
  (0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5"), (0x0004, "TLS_RSA_WITH_RC4_128_MD5"),
  (0x0005, "TLS_RSA_WITH_RC4_128_SHA"), (0x0009, "TLS_RSA_WITH_DES_CBC_SHA"),
  (0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"), (0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA"),
  (0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"), (0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"),
  (0x0034, "TLS_DH_anon_WITH_AES_128_CBC_SHA"), (0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"),
  (0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"), (0x003a, "TLS_DH_anon_WITH_AES_256_CBC_SHA"),
  (0x003b, "TLS_RSA_WITH_NULL_SHA256"), (0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"),
  (0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"), (0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"),
  (0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"), (0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"),
  (0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"), (0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
  (0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"), (0x00a8, "TLS_PSK_WITH_AES_128_GCM_SHA256"),
  (0x00ae, "TLS_PSK_WITH_AES_128_CBC_SHA256"), (0x1301, "TLS_AES_128_GCM_SHA256"), (0x1302, "TLS_AES_256_GCM_SHA384"),
  (0x1303, "TLS_CHACHA20_POLY1305_SHA256"), (0x1304, "TLS_AES_128_CCM_SHA256"),
  (0xc007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA"), (0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
  (0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"), (0xc011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA"),
  (0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"), (0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
  (0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"), (0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
  (0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"), (0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
  (0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"), (0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
  (0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"), (0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
  (0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"), (0xc0ac, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM"),
  (0xc0ae, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"), (0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
  (0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"), (0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
]
