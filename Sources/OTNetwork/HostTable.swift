import OTCore

/// Gives every address a dense number, in order of arrival.
public struct HostTable: Sendable {
  /// The addresses by number.
  public private(set) var addresses: [HostAddress] = []
  private var index: IndexTable
  /// IPv4 addresses met lately, by some bits of a product: number in the upper half, address in the lower one.
  private var recent = Array(repeating: UInt64.max, count: 1 << HostTable.recentBits)
  private static var recentBits: UInt64 { 10 }

  /// Who becomes a host once there are many.
  public private(set) var admission: HostAdmission

  public init(limits: HostAdmission.Limits = HostAdmission.Limits(), seed: UInt64 = 0x9e37_79b9_7f4a_7c15) {
    index = IndexTable(seed: seed)
    admission = HostAdmission(limits: limits)
    addresses.reserveCapacity(512)
  }

  @inlinable public var count: Int { addresses.count }

  /// The number of an address, a new one when it was not met before.
  public mutating func intern(_ address: HostAddress) -> UInt32 {
    guard address.family == .ipv4 else { return find(address) }
    let place = Int(truncatingIfNeeded: (address.low &* 0x9e37_79b9_7f4a_7c15) >> (64 - Self.recentBits))
    let known = recent[place]
    if known & 0xffff_ffff == address.low, known != .max { return UInt32(truncatingIfNeeded: known >> 32) }
    let id = find(address)
    recent[place] = UInt64(id) << 32 | address.low
    return id
  }

  /// The numbers of both ends of a packet, or nil where one of them is not to become a host.
  @inline(__always)
  public mutating func admit(_ source: HostAddress, _ destination: HostAddress) -> (
    source: UInt32, destination: UInt32
  )? {
    if count + 2 <= admission.limits.hosts { return (intern(source), intern(destination)) }
    return ask(source, destination)
  }

  private mutating func ask(_ source: HostAddress, _ destination: HostAddress) -> (source: UInt32, destination: UInt32)?
  {
    let (from, to) = (id(of: source), id(of: destination))
    if let from, let to { return (from, to) }
    guard
      admission.admits(source, isKnown: from != nil, destination, isKnown: to != nil, hosts: count)
    else { return nil }
    return (intern(source), intern(destination))
  }

  /// The number of a host that is only named; nil where it is none and there are many.
  public mutating func name(_ address: HostAddress) -> UInt32? {
    count < admission.limits.hosts ? intern(address) : id(of: address)
  }

  private mutating func find(_ address: HostAddress) -> UInt32 {
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
