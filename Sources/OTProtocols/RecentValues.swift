import OTCore

/// Remembers the last 32 values by their hash, so that what a device repeats every second (LLDP, GOOSE, BPDUs) is
/// told once a conversation and not with every frame.
///
/// Two values with one hash would hide the second from the conversation; 64 bits make that a matter of 2⁻⁶⁰, and of no
/// consequence but a missing line.
struct RecentValues: Sendable {
  private var hashes = InlineArray<32, UInt64>(repeating: 0)
  private var next = 0
  /// Who says the next values: another host may say the same.
  private var speaker: UInt64 = 0

  /// Whether `bytes` (with `salt`, which says what they are) were not met among the last 32 values.
  mutating func isNew(_ bytes: Span<UInt8>, salt: UInt64 = 0) -> Bool {
    isNew(hash: bytes.fingerprint(salt: salt))
  }

  /// Tells values apart by their sender from here on, where both ends of a conversation speak of themselves; by nobody
  /// where they are no one's own.
  mutating func listen(to context: PDUContext?) {
    let sender = context?.sender ?? HostAddress(family: .none, high: 0, low: 0)
    speaker = sender.low ^ sender.high &* 0x9e37_79b9_7f4a_7c15
  }

  mutating func isNew(hash: UInt64) -> Bool {
    let hash = hash &+ speaker &* 0x9e37_79b9_7f4a_7c15
    for index in hashes.indices where hashes[index] == hash { return false }
    hashes[next] = hash
    next = (next + 1) & 31
    return true
  }
}
