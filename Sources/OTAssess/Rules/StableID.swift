/// Names a finding by its cause, the same on every visit: rule, subject, peer and key.
enum StableID {
  /// `OT-PROG-001-` and sixteen hexadecimal digits of FNV-1a (64 bits) over the parts, each with its length before it so
  /// that no two different causes are written alike. Two causes that still collide are told apart by ``RuleEngine``.
  static func finding(rule: String, subject: String, peer: String, key: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for part in [rule, subject, peer, key] {
      for byte in "\(part.utf8.count):\(part)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }
    let digits = String(hash, radix: 16)
    return "\(rule)-" + String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
