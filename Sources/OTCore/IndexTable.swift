/// An open-addressed index from 64-bit hashes to dense 32-bit ids: the keys stay with the caller.
///
/// One allocation, no reference counting and no closure per look-up. A look-up walks the candidates of a hash and the
/// caller compares the real key:
/// ```swift
/// let hash = mix(key.high, key.low, seed: index.seed)
/// var probe = index.probe(hash)
/// while let id = index.next(&probe) { if keys[Int(id)] == key { return id } }
/// index.insert(hash, id: UInt32(keys.count))          // then append the key
/// if index.isCrowded { index.reseed(); for each key: index.insert(...) }
/// ```
/// **Flooding.** ``mix(_:_:seed:)`` is fast, not cryptographic: whoever knows the seed can choose keys that meet in one
/// place. A walk longer than ``longestProbe`` therefore marks the table crowded, and the caller inserts every key again
/// under the next seed, at most ``mostReseeds`` times (after that the table stays correct and gets slower). Ids are given
/// by the caller in order of arrival, so no result depends on a seed.
public struct IndexTable: Sendable {
  /// Walks longer than this are taken for an attack: at half load, chance makes one of 100 about never.
  public static let longestProbe = 128
  public static let mostReseeds = 16

  /// Upper half: the upper half of the hash. Lower half: id + 1; 0 is an empty slot.
  @usableFromInline var slots: [UInt64]
  @usableFromInline var mask: Int
  public private(set) var count = 0
  /// What the caller has to hash with.
  public private(set) var seed: UInt64
  /// Whether an insertion met a suspiciously long walk; ends with ``reseed()``.
  public private(set) var isCrowded = false
  /// How often the seed was changed.
  public private(set) var reseeds = 0

  /// - Parameter seed: any number; a digest of the evidence makes collisions hard to prepare.
  public init(seed: UInt64 = 0x9e37_79b9_7f4a_7c15, capacityExponent: Int = 10) {
    let capacity = 1 << Swift.min(Swift.max(capacityExponent, 4), 24)
    self.slots = Array(repeating: 0, count: capacity)
    self.mask = capacity - 1
    self.seed = seed
  }

  /// A walk over the ids whose hash may equal the asked one.
  public struct Probe: Sendable {
    @usableFromInline var position: Int
    @usableFromInline let tag: UInt64
    @usableFromInline init(position: Int, tag: UInt64) {
      self.position = position
      self.tag = tag
    }
  }

  @inlinable @inline(__always)
  public func probe(_ hash: UInt64) -> Probe {
    Probe(position: Int(truncatingIfNeeded: hash >> 32) & mask, tag: hash >> 32)
  }

  /// The next id to compare, or nil when the key is not in the table.
  @inlinable @inline(__always)
  public func next(_ probe: inout Probe) -> UInt32? {
    while true {
      let slot = slots[probe.position & mask]
      if slot == 0 { return nil }
      probe.position = (probe.position & mask) + 1
      if slot >> 32 == probe.tag { return UInt32(truncatingIfNeeded: slot) &- 1 }
    }
  }

  /// Adds an id that is not yet in the table. `id` must be below 2³² − 1.
  public mutating func insert(_ hash: UInt64, id: UInt32) {
    if count >= slots.count / 2 { grow() }
    count += 1
    let length = place((hash >> 32) << 32 | UInt64(id &+ 1))
    if length > Self.longestProbe, reseeds < Self.mostReseeds { isCrowded = true }
  }

  /// Makes the place that `probe` returned last lead to another id of the same key.
  public mutating func replaceLast(_ probe: Probe, with id: UInt32) {
    let position = (probe.position + mask) & mask
    slots[position] = (slots[position] >> 32) << 32 | UInt64(id &+ 1)
  }

  /// Empties the table and moves to the next seed; the caller inserts all ids again.
  public mutating func reseed() {
    seed = mix(seed, 0xd6e8_feb8_6659_fd93, seed: 0xa076_1d64_78bd_642f)
    reseeds += 1
    isCrowded = false
    count = 0
    for index in slots.indices { slots[index] = 0 }
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: old.count * 2)
    mask = slots.count - 1
    for slot in old where slot != 0 { _ = place(slot) }
  }

  /// Puts a slot into the first free place of its walk and says how long that was.
  private mutating func place(_ slot: UInt64) -> Int {
    var position = Int(truncatingIfNeeded: slot >> 32) & mask
    var length = 0
    while slots[position] != 0 {
      position = (position + 1) & mask
      length += 1
    }
    slots[position] = slot
    return length
  }
}

/// A 64-bit hash of two numbers: two folded 128-bit products (the construction of wyhash). Deterministic.
@inlinable @inline(__always)
public func mix(_ a: UInt64, _ b: UInt64, seed: UInt64) -> UInt64 {
  let swapped = seed >> 32 | seed << 32
  let first = (a ^ 0xa076_1d64_78bd_642f ^ seed).multipliedFullWidth(by: b ^ 0xe703_7ed1_a0b4_28db ^ swapped)
  let folded = first.high ^ first.low
  let second = (folded ^ 0x8ebc_6af0_9c88_c6e3).multipliedFullWidth(by: seed ^ 0x5899_65cc_7537_4cc3)
  return second.high ^ second.low
}
