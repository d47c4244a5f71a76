import OTCore

/// Decides which addresses become hosts when there are very many of them, so that a flood of made-up addresses can
/// neither fill the memory nor hide who is real.
///
/// The first ``Limits/hosts`` addresses are hosts, whoever they are. From then on a new one becomes a host when it is met
/// in an exchange: both sides of a pair have sent, or it has itself sent to one other ``insistence`` times; that is asked
/// of the last ``places`` pairs or so. At ``Limits/exchangingHosts`` nobody becomes one any more. Packets of others are
/// counted, and about how many addresses they came from or went to.
///
/// Whom this keeps depends on the order of the packets: one worker has to see all of them, see `Analysis`.
public struct HostAdmission: Sendable {
  public struct Limits: Sendable {
    public var hosts = OTCore.Limits.hosts
    public var exchangingHosts = OTCore.Limits.exchangingHosts
    public init() {}
  }

  /// Packets after which a one-sided sender is a host: more than a system sends to begin a connection.
  static let insistence: UInt64 = 8
  /// Pairs remembered: those met last, less where two fall into one place.
  static var places: Int { 1 << 16 }

  public let limits: Limits
  /// By hash of a pair: its upper 56 bits, and twice four bits that count the packets of either side.
  private var pairs: [UInt64] = []
  private var strangers = DistinctCount()
  /// Packets that belong to no host on one side at least.
  public private(set) var refusedPackets: UInt64 = 0
  /// Addresses that became hosts after a packet of theirs had been refused.
  private var admittedLater: UInt64 = 0

  public init(limits: Limits = Limits()) { self.limits = limits }

  /// About how many addresses did not become hosts (within 2 % of all that did not at first).
  public var refusedAddresses: UInt64 {
    let all = strangers.estimate
    return all > admittedLater ? all - admittedLater : 0
  }

  /// Whether a packet between two addresses, one of which at least is no host, makes them hosts.
  mutating func admits(
    _ source: HostAddress, isKnown sourceIsKnown: Bool, _ destination: HostAddress, isKnown destinationIsKnown: Bool,
    hosts: Int
  ) -> Bool {
    if hosts + 2 <= limits.exchangingHosts,
      isExchange(source, destination, askingForSource: !sourceIsKnown || destination.isGroup)
    {
      // Of a new pair there had been a packet, or it would be none.
      admittedLater += (sourceIsKnown ? 0 : 1) + (destinationIsKnown ? 0 : 1)
      return true
    }
    refusedPackets &+= 1
    if !sourceIsKnown { strangers.insert(source) }
    if !destinationIsKnown { strangers.insert(destination) }
    return false
  }

  private mutating func isExchange(
    _ source: HostAddress, _ destination: HostAddress, askingForSource: Bool
  ) -> Bool {
    if pairs.isEmpty { pairs = Array(repeating: 0, count: Self.places) }
    let a = mix(source.high, source.low, seed: 2)
    let b = mix(destination.high, destination.low, seed: 2)
    let hash = a &+ b
    let place = Int(truncatingIfNeeded: mix(hash, 1, seed: 3)) & (Self.places - 1)
    let tag = hash & ~0xff
    var counts = pairs[place] & ~0xff == tag ? pairs[place] & 0xff : 0
    let shift: UInt64 = source < destination ? 0 : 4
    if counts >> shift & 15 < 15 { counts += 1 << shift }
    pairs[place] = tag | counts
    if counts & 15 != 0, counts >> 4 != 0 { return true }
    return askingForSource && counts >> shift & 15 >= Self.insistence
  }
}

/// About how many distinct addresses there were, in 4 KiB: Flajolet et al., "HyperLogLog", 2007, figure 3, with the
/// correction for small numbers; the error is 1.6 %.
struct DistinctCount: Sendable {
  private var registers: [UInt8] = []
  private static var bits: UInt64 { 12 }

  mutating func insert(_ address: HostAddress) {
    if registers.isEmpty { registers = Array(repeating: 0, count: 1 << Int(Self.bits)) }
    let hash = mix(address.high ^ UInt64(address.family.rawValue) << 56, address.low, seed: 4)
    let place = Int(truncatingIfNeeded: hash >> (64 - Self.bits))
    let rank = UInt8(truncatingIfNeeded: (hash << Self.bits | 1 << (Self.bits - 1)).leadingZeroBitCount + 1)
    if rank > registers[place] { registers[place] = rank }
  }

  var estimate: UInt64 {
    guard !registers.isEmpty else { return 0 }
    let count = Double(registers.count)
    var sum = 0.0
    var empty = 0.0
    for register in registers {
      sum += 1 / Double(UInt64(1) << UInt64(register))
      if register == 0 { empty += 1 }
    }
    let raw = 0.7213 / (1 + 1.079 / count) * count * count / sum
    guard raw <= 2.5 * count, empty > 0 else { return UInt64(Swift.min(raw, 1e18).rounded()) }
    return UInt64((count * Self.logarithm(count / empty)).rounded())
  }

  /// Natural logarithm of a number of at least 1: halved until it is near 1, then the series of 2 artanh.
  private static func logarithm(_ number: Double) -> Double {
    var rest = number
    var halvings = 0.0
    while rest > 1.5 {
      rest /= 2
      halvings += 1
    }
    let y = (rest - 1) / (rest + 1)
    var power = y
    var sum = 0.0
    for odd in stride(from: 1.0, through: 21.0, by: 2.0) {
      sum += power / odd
      power *= y * y
    }
    return 2 * sum + halvings * 0.693_147_180_559_945_3
  }
}
