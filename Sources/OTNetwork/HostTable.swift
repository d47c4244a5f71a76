import OTCore

/// Gives every address a dense number, in order of arrival.
public struct HostTable: Sendable {
  /// The addresses by number.
  public private(set) var addresses: [HostAddress] = []
  private var index: IndexTable
  /// Two hosts asked for together last: packets come in questions and answers.
  private var pair = Pair()

  private struct Pair {
    var one = HostAddress.none
    var other = HostAddress.none
    var oneID = UInt32.max
    var otherID = UInt32.max
  }

  public init(seed: UInt64 = 0x9e37_79b9_7f4a_7c15) {
    index = IndexTable(seed: seed)
    addresses.reserveCapacity(512)
  }

  @inlinable public var count: Int { addresses.count }

  /// The number of an address, a new one when it was not met before.
  public mutating func intern(_ address: HostAddress) -> UInt32 {
    let hash = Self.hash(address, seed: index.seed)
    var probe = index.probe(hash)
    while let id = index.next(&probe) {
      if addresses[Int(id)] == address { return id }
    }
    let id = UInt32(truncatingIfNeeded: addresses.count)
    addresses.append(address)
    index.insert(hash, id: id)
    if index.isCrowded { rebuild() }
    return id
  }

  /// The numbers of both ends of a packet.
  public mutating func intern(
    _ source: HostAddress, _ destination: HostAddress
  ) -> (source: UInt32, destination: UInt32) {
    if pair.oneID != .max {
      if source == pair.one, destination == pair.other { return (pair.oneID, pair.otherID) }
      if source == pair.other, destination == pair.one { return (pair.otherID, pair.oneID) }
    }
    let one = intern(source)
    let other = intern(destination)
    pair = Pair(one: source, other: destination, oneID: one, otherID: other)
    return (one, other)
  }

  /// The number of an address that was met before, or nil.
  public func id(of address: HostAddress) -> UInt32? {
    var probe = index.probe(Self.hash(address, seed: index.seed))
    while let id = index.next(&probe) {
      if addresses[Int(id)] == address { return id }
    }
    return nil
  }

  private mutating func rebuild() {
    while index.isCrowded {
      index.reseed()
      for (id, address) in addresses.enumerated() {
        index.insert(Self.hash(address, seed: index.seed), id: UInt32(truncatingIfNeeded: id))
      }
    }
  }

  @inline(__always)
  private static func hash(_ address: HostAddress, seed: UInt64) -> UInt64 {
    mix(address.high ^ UInt64(address.family.rawValue) << 56, address.low, seed: seed)
  }
}
