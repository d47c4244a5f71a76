/// A 48-bit IEEE 802 address.
public struct MACAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The address in the low 48 bits, first octet on the wire in the highest of them.
  public let value: UInt64

  @inlinable public init(value: UInt64) { self.value = value & 0xffff_ffff_ffff }

  public static let broadcast = MACAddress(value: 0xffff_ffff_ffff)
  public static let zero = MACAddress(value: 0)

  /// Group bit (I/G) set: multicast or broadcast.
  @inlinable public var isGroup: Bool { value >> 40 & 1 == 1 }
  /// Locally administered bit (U/L) set: the first three octets name no vendor.
  @inlinable public var isLocal: Bool { value >> 40 & 2 == 2 }

  @inlinable public static func < (left: Self, right: Self) -> Bool { left.value < right.value }

  /// Lower-case hexadecimal with colons: `00:1b:1b:34:34:cb`.
  public var description: String {
    var text: [UInt8] = []
    text.reserveCapacity(17)
    for index in 0..<6 {
      if index > 0 { text.append(UInt8(ascii: ":")) }
      let octet = UInt8(truncatingIfNeeded: value >> UInt64(40 - 8 * index))
      text.append(hexDigit(octet >> 4))
      text.append(hexDigit(octet & 15))
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// Lower-case hexadecimal digit of the low four bits.
@inlinable
public func hexDigit(_ nibble: UInt8) -> UInt8 {
  let low = nibble & 15
  return low < 10 ? 48 + low : 87 + low
}

/// Where a host is reached: an IPv4 or IPv6 address, or the MAC address of a host that has no IP address.
public struct HostAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
  public enum Family: UInt8, Sendable, Comparable {
    case none, ipv4, ipv6, mac
    @inlinable public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  public let family: Family
  /// Upper 64 bits of an IPv6 address, else 0.
  public let high: UInt64
  /// Lower 64 bits of an IPv6 address, an IPv4 address in 32 bits, or a MAC address in 48.
  public let low: UInt64

  @inlinable
  public init(family: Family, high: UInt64, low: UInt64) {
    self.family = family
    self.high = high
    self.low = low
  }

  @inlinable public static func == (left: Self, right: Self) -> Bool {
    left.low == right.low && left.high == right.high && left.family == right.family
  }

  @inlinable public static func ipv4(_ value: UInt32) -> Self { Self(family: .ipv4, high: 0, low: UInt64(value)) }
  @inlinable public static func ipv6(_ high: UInt64, _ low: UInt64) -> Self {
    Self(family: .ipv6, high: high, low: low)
  }
  @inlinable public static func mac(_ mac: MACAddress) -> Self { Self(family: .mac, high: 0, low: mac.value) }
  public static let none = Self(family: .none, high: 0, low: 0)

  @inlinable public var mac: MACAddress? { family == .mac ? MACAddress(value: low) : nil }
  @inlinable public var isIP: Bool { family == .ipv4 || family == .ipv6 }

  /// Multicast, broadcast (limited; a subnet's directed broadcast needs its mask) or group MAC.
  @inlinable public var isGroup: Bool {
    switch family {
    case .none: false
    case .ipv4: low >> 28 == 14 || low == 0xffff_ffff
    case .ipv6: high >> 56 == 0xff
    case .mac: low >> 40 & 1 == 1
    }
  }

  /// 0.0.0.0 or ::, which name nobody.
  @inlinable public var isUnspecified: Bool { high == 0 && low == 0 }

  /// An address that the public internet routes to. Not: private, shared (RFC 6598), loopback, link-local, unique
  /// local, documentation (RFC 5737, RFC 3849), benchmarking, group, reserved (IANA special-purpose registries).
  public var isPublic: Bool {
    switch family {
    case .none, .mac: return false
    case .ipv4:
      let address = UInt32(truncatingIfNeeded: low)
      func within(_ prefix: UInt32, _ bits: UInt32) -> Bool { address >> (32 - bits) == prefix >> (32 - bits) }
      let special =
        within(0x0000_0000, 8) || within(0x0a00_0000, 8) || within(0x6440_0000, 10) || within(0x7f00_0000, 8)
        || within(0xa9fe_0000, 16) || within(0xac10_0000, 12) || within(0xc000_0000, 24) || within(0xc000_0200, 24)
        || within(0xc0a8_0000, 16) || within(0xc612_0000, 15) || within(0xc633_6400, 24) || within(0xcb00_7100, 24)
        || within(0xe000_0000, 3)
      return !special
    case .ipv6:
      return high >> 61 == 1 && high >> 32 != 0x2001_0db8
    }
  }

  @inlinable
  public static func < (left: Self, right: Self) -> Bool {
    (left.family, left.high, left.low) < (right.family, right.high, right.low)
  }

  /// Dotted decimal, RFC 5952 text, or colon-separated hexadecimal.
  public var description: String {
    switch family {
    case .none: return ""
    case .ipv4: return "\(low >> 24 & 255).\(low >> 16 & 255).\(low >> 8 & 255).\(low & 255)"
    case .ipv6: return Self.ipv6Text(high, low)
    case .mac: return MACAddress(value: low).description
    }
  }

  /// RFC 5952 section 4: lower case, no leading zeros, the longest run of two or more zero groups as `::`.
  private static func ipv6Text(_ high: UInt64, _ low: UInt64) -> String {
    var groups: [UInt64] = []
    for half in [high, low] {
      for shift: UInt64 in [48, 32, 16, 0] { groups.append(half >> shift & 0xffff) }
    }
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > best.count, end - start > 1 { best = start..<end }
      start = Swift.max(end, start + 1)
    }
    let text = { (range: Range<Int>) -> String in
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    return best.isEmpty ? text(0..<8) : text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
  }

  /// Reads what ``description`` writes (and any RFC 4291 form without an embedded IPv4 address), or nil.
  public init?(_ text: String) {
    if let value = Self.parseIPv4(text) {
      self = .ipv4(value)
    } else if let value = Self.parseMAC(text) {
      self = .mac(MACAddress(value: value))
    } else if let (high, low) = Self.parseIPv6(text) {
      self = .ipv6(high, low)
    } else {
      return nil
    }
  }

  static func parseIPv4(_ text: String) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      guard part.count <= 3, let octet = UInt8(part), part.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
      value = value << 8 | UInt32(octet)
    }
    return value
  }

  static func parseMAC(_ text: String) -> UInt64? {
    let parts = text.split(whereSeparator: { $0 == ":" || $0 == "-" })
    guard parts.count == 6, text.utf8.count == 17 else { return nil }
    var value: UInt64 = 0
    for part in parts {
      guard part.utf8.count == 2, let octet = UInt8(part, radix: 16) else { return nil }
      value = value << 8 | UInt64(octet)
    }
    return value
  }

  static func parseIPv6(_ text: String) -> (UInt64, UInt64)? {
    func groups(_ part: Substring) -> [UInt64]? {
      if part.isEmpty { return [] }
      var result: [UInt64] = []
      for group in part.split(separator: ":", omittingEmptySubsequences: false) {
        guard (1...4).contains(group.utf8.count), let value = UInt16(group, radix: 16) else { return nil }
        result.append(UInt64(value))
      }
      return result
    }
    var all: [UInt64]
    if let gap = text.range(of: "::") {
      guard let front = groups(text[..<gap.lowerBound]), let back = groups(text[gap.upperBound...]),
        front.count + back.count <= 7
      else { return nil }
      all = front + Array(repeating: 0, count: 8 - front.count - back.count) + back
    } else {
      guard let whole = groups(text[...]), whole.count == 8 else { return nil }
      all = whole
    }
    let join = { (slice: ArraySlice<UInt64>) in slice.reduce(UInt64(0)) { $0 << 16 | $1 } }
    return (join(all[0..<4]), join(all[4..<8]))
  }
}

extension String {
  /// The first place `other` stands at, without Foundation.
  fileprivate func range(of other: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(other), let end = index(start, offsetBy: other.count, limitedBy: endIndex) {
        return start..<end
      }
      start = index(after: start)
    }
    return nil
  }
}
