/// What was asked in one conversation and not answered yet, so that an answer which does not repeat the question can be
/// given its object.
///
/// Direct-mapped by the low bits of the key: transaction numbers run, so eight slots hold eight outstanding requests, in
/// constant memory. More slots cost more than they bring: every conversation walks through all of its own, and thousands
/// of conversations share the processor's cache. A newer request takes the slot of an older one; an answer whose request is gone simply has no object.
struct RequestTable<Value: Sendable>: Sendable {
  private var slots: [(key: UInt64, value: Value)?] = []
  private static var slotCount: Int { 8 }

  private static func slot(_ key: UInt64) -> Int { Int(truncatingIfNeeded: key & 7) }

  mutating func remember(_ value: Value, for key: UInt64) {
    if slots.isEmpty { slots = Array(repeating: nil, count: Self.slotCount) }
    slots[Self.slot(key)] = (key, value)
  }

  /// The request of this key. It stays, because an answer may be retransmitted or come in parts.
  func request(_ key: UInt64) -> Value? {
    guard !slots.isEmpty, let found = slots[Self.slot(key)], found.key == key else { return nil }
    return found.value
  }
}
