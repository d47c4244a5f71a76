import OTCore

/// Texts made of several pieces without a `String`: pieces appended one after another stand side by side in the buffer,
/// so that the first and the last of them name the whole.
extension TextRef {
  /// From the start of this text to the end of `last`, which must have been appended after it.
  func through(_ last: TextRef) -> TextRef {
    let end = last.start &+ last.count
    return end >= start ? TextRef(start: start, count: end - start) : self
  }
}

extension ObservationBuffer {
  /// Bytes as `0x…` in lower-case hexadecimal.
  mutating func text(prefixedHex bytes: Span<UInt8>) -> TextRef {
    let prefix = text("0x")
    return prefix.through(text(hex: bytes))
  }

  /// What a device says of itself in several lines: each that is not empty as a value of its own.
  mutating func identity(_ subject: Subject, _ attribute: IdentityAttribute, lines bytes: Span<UInt8>) {
    identity(subject, lines: bytes) { _, _ in attribute }
  }

  /// The same where lines tell different things: `attribute` says what each one does, and is told which is the first.
  mutating func identity(
    _ subject: Subject, lines bytes: Span<UInt8>, as attribute: (Span<UInt8>, _ isFirst: Bool) -> IdentityAttribute
  ) {
    var start = 0
    while start < bytes.count {
      let next = bytes.firstIndex(of: 0x0a, from: start) + 1
      var end = Swift.min(next - 1, bytes.count)
      while end > start, bytes[end - 1] == 0x0d { end -= 1 }
      if end > start {
        let line = bytes.extracting(start..<end)
        identity(subject, attribute(line, start == 0), text(line))
      }
      start = next
    }
  }

  /// An IPv4 address in dotted decimal.
  mutating func text(ipv4 value: UInt32) -> TextRef {
    text(
      joined: UInt64(value >> 24), UInt64(value >> 16 & 255), UInt64(value >> 8 & 255), UInt64(value & 255),
      separator: ".")
  }

  /// A hardware address as hexadecimal octets with colons.
  mutating func text(mac bytes: Span<UInt8>) -> TextRef {
    guard !bytes.isEmpty else { return .none }
    let first = text(hex: bytes.extracting(0..<1))
    var last = first
    for index in 1..<Swift.max(1, Swift.min(bytes.count, 16)) {
      _ = text(":")
      last = text(hex: bytes.extracting(index..<(index + 1)))
    }
    return first.through(last)
  }

  /// Contents octets of a BER object identifier in dotted decimal (X.690 section 8.19); cut after 32 arcs.
  mutating func text(objectIdentifier bytes: Span<UInt8>) -> TextRef {
    var arc: UInt64 = 0
    var count = 0
    var first = TextRef.none
    var last = TextRef.none
    for index in bytes.indices {
      arc = (arc & 0x00ff_ffff_ffff_ffff) << 7 | UInt64(bytes[index] & 0x7f)
      guard bytes[index] & 0x80 == 0 else { continue }
      if count == 0 {
        let root = Swift.min(arc / 40, 2)
        first = text(joined: root, arc - root * 40)
        last = first
      } else {
        _ = text(".")
        last = text(arc)
      }
      arc = 0
      count += 1
      if count == 32 { break }
    }
    return first.through(last)
  }
}

extension Span where Element == UInt8 {
  /// Six bytes at `index` as a hardware address, or nil where they do not fit.
  func mac(_ index: Int) -> MACAddress? {
    guard let high = be16(index), let low = be32(index + 2) else { return nil }
    return MACAddress(value: UInt64(high) << 32 | UInt64(low))
  }

  /// Sixteen bytes at `index` as an IPv6 address, or nil where they do not fit.
  func ipv6(_ index: Int) -> HostAddress? {
    guard let a = be32(index), let b = be32(index + 4), let c = be32(index + 8), let d = be32(index + 12) else {
      return nil
    }
    return .ipv6(UInt64(a) << 32 | UInt64(b), UInt64(c) << 32 | UInt64(d))
  }

  /// Position of the first `byte` at or behind `start`, or `count`.
  func firstIndex(of byte: UInt8, from start: Int = 0) -> Int { first(byte, from: start) ?? count }

  /// The bytes before the first NUL.
  @_lifetime(copy self)
  func untilNUL() -> Span<UInt8> { extracting(0..<firstIndex(of: 0)) }
}
