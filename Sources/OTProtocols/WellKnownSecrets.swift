import OTCore

/// Judges a secret seen in clear text without keeping it.
enum WellKnownSecrets {
  /// Vendor defaults and words that everybody tries first; compared without regard to case.
  private static let words: [StaticString] = [
    "public", "private", "admin", "administrator", "password", "passwd", "pass", "root", "user", "guest", "default",
    "operator", "service", "engineer", "manager", "supervisor", "system", "test", "demo", "cisco", "community",
    "snmp", "monitor", "read", "write", "secret", "security", "ilmi", "ansi", "netman", "tivoli", "all private",
    "snmpd", "mqtt", "mosquitto", "siemens", "simatic", "schneider", "rockwell", "honeywell", "wago", "moxa", "1234",
    "12345", "123456", "12345678", "123456789", "1111", "0000", "000000", "filister", "filer", "jace", "tridium",
    "hirschmann", "phoenix", "privat", "abb", "webadmin", "changeme", "qwerty", "letmein",
  ]

  static func strength(of secret: Span<UInt8>, account: Span<UInt8>) -> CredentialExposure.Strength {
    if secret.isEmpty { return .empty }
    if equalsIgnoringCase(secret, account) { return .wellKnown }
    for word in words where matches(secret, word) { return .wellKnown }
    return .other
  }

  static func strength(of secret: Span<UInt8>) -> CredentialExposure.Strength {
    strength(of: secret, account: secret.extracting(0..<0))
  }

  private static func lower(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte | 0x20 : byte }

  private static func equalsIgnoringCase(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    for index in left.indices where lower(left[index]) != lower(right[index]) { return false }
    return true
  }

  private static func matches(_ secret: Span<UInt8>, _ word: StaticString) -> Bool {
    guard secret.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { expected in
      for index in secret.indices where unsafe lower(secret[index]) != expected[index] { return false }
      return true
    }
  }
}
