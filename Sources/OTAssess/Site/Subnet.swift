import OTCore

/// A range of IP addresses in prefix notation: `10.20.1.0/24`, `fd00:20::/64`; one address is its own /32 or /128.
public struct Subnet: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let base: HostAddress
  /// Leading bits that are the same, 0...32 or 0...128.
  public let prefix: Int

  /// Reads prefix notation; nil where it is none, or where bits behind the prefix are set (a typing mistake).
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let first = parts.first, let base = HostAddress(String(first)), base.isIP else {
      return nil
    }
    let width = base.family == .ipv4 ? 32 : 128
    var prefix = width
    if parts.count == 2 {
      guard let number = Int(parts[1]), (0...width).contains(number) else { return nil }
      prefix = number
    }
    guard Self.masked(base, prefix) == base else { return nil }
    self.base = base
    self.prefix = prefix
  }

  public func contains(_ address: HostAddress) -> Bool {
    address.family == base.family && Self.masked(address, prefix) == base
  }

  /// The address with every bit behind the prefix cleared.
  private static func masked(_ address: HostAddress, _ prefix: Int) -> HostAddress {
    func mask(_ bits: Int, of width: Int) -> UInt64 {
      let kept = min(max(bits, 0), width)
      let full: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
      return kept == 0 ? 0 : full << UInt64(width - kept) & full
    }
    if address.family == .ipv4 {
      return HostAddress(family: .ipv4, high: 0, low: address.low & mask(prefix, of: 32))
    }
    return HostAddress(
      family: .ipv6, high: address.high & mask(prefix, of: 64), low: address.low & mask(prefix - 64, of: 64))
  }

  public static func < (left: Self, right: Self) -> Bool { (left.base, left.prefix) < (right.base, right.prefix) }

  public var description: String { "\(base)/\(prefix)" }
}
