import OTCore

/// One proposal of a key exchange in words, and what is weak in it. Made for a handshake, hence with strings.
struct IKEProposal {
  private(set) var words: [String] = []
  private(set) var weaknesses: [String] = []
  private(set) var isPreShared = false
  private var encryption: Int?

  /// Attributes of version 1, RFC 2409 appendix A and the IANA registry of its attributes.
  mutating func add(version1 type: UInt16, _ value: UInt16) {
    switch type {
    case 1: cipher(version1Ciphers[value] ?? "cipher \(value)")
    case 2: hash(version1Hashes[value] ?? "hash \(value)")
    case 3:
      isPreShared = value == 1 || value == 65001 || value == 65002
      words.append(authentications[value] ?? "authentication \(value)")
    case 4: group(value)
    case 14: keyBits(value)
    default: break
    }
  }

  /// Transforms of version 2, IANA IKEv2 parameters.
  mutating func add(version2 type: UInt8, _ id: UInt16, keyBits bits: UInt16) {
    switch type {
    case 1:
      cipher(version2Ciphers[id] ?? "cipher \(id)")
      if bits > 0 { keyBits(bits) }
    case 3: if id != 0 { hash(version2Integrity[id] ?? "integrity \(id)") }
    case 4: if id != 0 { group(id) }
    default: break
    }
  }

  private mutating func cipher(_ name: String) {
    encryption = words.count
    words.append(name)
    // RFC 8247 section 2.1: DES must not, 3DES may at most be used.
    if ["DES", "3DES", "DES-IV64", "DES-IV32", "NULL", "RC4"].contains(name) { weaknesses.append("cipher \(name)") }
  }

  private mutating func keyBits(_ bits: UInt16) {
    if let encryption, words.indices.contains(encryption) { words[encryption] += "-\(bits)" }
  }

  private mutating func hash(_ name: String) {
    words.append(name)
    if name.hasPrefix("MD5") || name == "DES-MAC" { weaknesses.append("hash \(name)") }
  }

  /// RFC 8247 section 2.4: groups below 2048 bits and those of RFC 5114.
  private mutating func group(_ number: UInt16) {
    words.append("group \(number)")
    switch number {
    case 1: weaknesses.append("group 1 of 768 bits")
    case 2: weaknesses.append("group 2 of 1024 bits")
    case 5: weaknesses.append("group 5 of 1536 bits")
    case 22: weaknesses.append("group 22 of 1024 bits")
    default: break
    }
  }
}

private let version1Ciphers: [UInt16: String] = [
  1: "DES", 2: "IDEA", 3: "Blowfish", 4: "RC5", 5: "3DES", 6: "CAST", 7: "AES-CBC", 8: "Camellia",
]
private let version1Hashes: [UInt16: String] = [
  1: "MD5", 2: "SHA-1", 3: "Tiger", 4: "SHA-256", 5: "SHA-384", 6: "SHA-512",
]
private let authentications: [UInt16: String] = [
  1: "pre-shared key", 2: "DSS signatures", 3: "RSA signatures", 4: "RSA encryption", 5: "revised RSA encryption",
  9: "ECDSA-256", 10: "ECDSA-384", 11: "ECDSA-521", 64221: "hybrid RSA", 64222: "hybrid RSA",
  65001: "pre-shared key with XAUTH", 65002: "pre-shared key with XAUTH", 65005: "RSA signatures with XAUTH",
  65006: "RSA signatures with XAUTH",
]
private let version2Ciphers: [UInt16: String] = [
  1: "DES-IV64", 2: "DES", 3: "3DES", 4: "RC5", 5: "IDEA", 6: "CAST", 7: "Blowfish", 9: "DES-IV32", 11: "NULL",
  12: "AES-CBC", 13: "AES-CTR", 14: "AES-CCM-8", 15: "AES-CCM-12", 16: "AES-CCM-16", 18: "AES-GCM-8", 19: "AES-GCM-12",
  20: "AES-GCM-16", 23: "Camellia-CBC", 28: "ChaCha20-Poly1305",
]
private let version2Integrity: [UInt16: String] = [
  1: "MD5-96", 2: "SHA-1-96", 3: "DES-MAC", 4: "KPDK-MD5", 5: "AES-XCBC-96", 8: "AES-CMAC-96", 12: "SHA-256-128",
  13: "SHA-384-192", 14: "SHA-512-256",
]

/// Vendor ids: mostly MD5 sums of a text that the maker chose. Numbers as public lists of them hold (RFC 3706, RFC 3947,
/// the list of ike-scan, Wireshark's); those that name a capability and not a maker tell nothing here.
enum IKEVendor {
  static func known(_ value: Span<UInt8>) -> (attribute: IdentityAttribute, maker: String)? {
    for entry in vendors where matches(value, entry.bytes) { return (.vendor, entry.maker) }
    for entry in operatingSystems where matches(value, entry.bytes) { return (.operatingSystem, entry.maker) }
    for entry in software where matches(value, entry.bytes) { return (.application, entry.maker) }
    for bytes in capabilities where matches(value, bytes) { return (.other, "") }
    return nil
  }

  /// Whether the id starts with these bytes: what follows them is a version.
  private static func matches(_ value: Span<UInt8>, _ known: [UInt8]) -> Bool {
    guard value.count >= known.count else { return false }
    for index in known.indices where value[index] != known[index] { return false }
    return true
  }
}

private let vendors: [(bytes: [UInt8], maker: String)] = [
  ([0x12, 0xf5, 0xf2, 0x8c, 0x45, 0x71, 0x68, 0xa9, 0x70, 0x2d, 0x9f, 0xe2, 0x74, 0xcc], "Cisco"),
  ([0x1f, 0x07, 0xf7, 0x0e, 0xaa, 0x65, 0x14, 0xd3, 0xb0, 0xfa, 0x96, 0x54, 0x2a, 0x50], "Cisco"),
  (Array("CISCO".utf8), "Cisco"),
  (Array("FLEXVPN".utf8), "Cisco"),
  ([0x82, 0x99, 0x03, 0x17, 0x57, 0xa3, 0x60, 0x82, 0xc6, 0xa6, 0x21, 0xde], "Fortinet"),
  ([0xf4, 0xed, 0x19, 0xe0, 0xc1, 0x14, 0xeb, 0x51, 0x6f, 0xaa, 0xac, 0x0e, 0xe3, 0x7d, 0xaf, 0x28], "Check Point"),
  ([0x40, 0x4b, 0xf4, 0x39, 0x52, 0x2c, 0xa3, 0xf6], "SonicWall"),
  ([0x5b, 0x36, 0x2b, 0xc8, 0x20, 0xf6], "SonicWall"),
]
private let operatingSystems: [(bytes: [UInt8], maker: String)] = [
  (
    [0x1e, 0x2b, 0x51, 0x69, 0x05, 0x99, 0x1c, 0x7d, 0x7c, 0x96, 0xfc, 0xbf, 0xb5, 0x87, 0xe4, 0x61],
    "Microsoft Windows"
  )
]
private let software: [(bytes: [UInt8], maker: String)] = [
  ([0x88, 0x2f, 0xe5, 0x6d, 0x6f, 0xd2, 0x0d, 0xbc, 0x22, 0x51, 0x61, 0x3b, 0x2e, 0xbe, 0x5b, 0xeb], "strongSwan")
]
private let capabilities: [[UInt8]] = [
  // NAT traversal: RFC 3947 and drafts 00, 02, 02 with a line feed, 03.
  [0x4a, 0x13, 0x1c, 0x81, 0x07, 0x03, 0x58, 0x45, 0x5c, 0x57, 0x28, 0xf2, 0x0e, 0x95, 0x45, 0x2f],
  [0x44, 0x85, 0x15, 0x2d, 0x18, 0xb6, 0xbb, 0xcd, 0x0b, 0xe8, 0xa8, 0x46, 0x95, 0x79, 0xdd, 0xcc],
  [0xcd, 0x60, 0x46, 0x43, 0x35, 0xdf, 0x21, 0xf8, 0x7c, 0xfd, 0xb2, 0xfc, 0x68, 0xb6, 0xa4, 0x48],
  [0x90, 0xcb, 0x80, 0x91, 0x3e, 0xbb, 0x69, 0x6e, 0x08, 0x63, 0x81, 0xb5, 0xec, 0x42, 0x7b, 0x1f],
  [0x7d, 0x94, 0x19, 0xa6, 0x53, 0x10, 0xca, 0x6f, 0x2c, 0x17, 0x9d, 0x92, 0x15, 0x52, 0x9d, 0x56],
  // Dead peer detection (RFC 3706), extended authentication, fragmentation.
  [0xaf, 0xca, 0xd7, 0x13, 0x68, 0xa1, 0xf1, 0xc9, 0x6b, 0x86, 0x96, 0xfc, 0x77, 0x57],
  [0x09, 0x00, 0x26, 0x89, 0xdf, 0xd6, 0xb7, 0x12],
  [0x40, 0x48, 0xb7, 0xd5, 0x6e, 0xbc, 0xe8, 0x85, 0x25, 0xe7, 0xde, 0x7f, 0x00, 0xd6, 0xc2, 0xd3],
  // Microsoft: initial contact, negotiation discovery, CGA, GSSAPI.
  [0x26, 0x24, 0x4d, 0x38, 0xed, 0xdb, 0x61, 0xb3, 0x17, 0x2a, 0x36, 0xe3, 0xd0, 0xcf, 0xb8, 0x19],
  [0xfb, 0x1d, 0xe3, 0xcd, 0xf3, 0x41, 0xb7, 0xea, 0x16, 0xb7, 0xe5, 0xbe, 0x08, 0x55, 0xf1, 0x20],
  [0xe3, 0xa5, 0x96, 0x6a, 0x76, 0x37, 0x9f, 0xe7, 0x07, 0x22, 0x82, 0x31, 0xe5, 0xce, 0x86, 0x52],
  [0x62, 0x1b, 0x04, 0xbb, 0x09, 0x88, 0x2a, 0xc1, 0xe1, 0x59, 0x35, 0xfe, 0xfa, 0x24, 0xae, 0xee],
]
