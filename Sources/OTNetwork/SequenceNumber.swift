/// A TCP sequence number (RFC 9293 section 3.4): 32 bits that wrap around. All arithmetic on them stands here.
public struct SequenceNumber: Hashable, Sendable {
  public let value: UInt32

  @inlinable public init(_ value: UInt32) { self.value = value }

  /// This number and `count` bytes more, modulo 2³².
  @inlinable
  public func advanced(by count: Int) -> SequenceNumber {
    SequenceNumber(value &+ UInt32(truncatingIfNeeded: count))
  }

  /// Bytes from `other` to here, −2³¹ ..< 2³¹: positive where this number is the later one.
  @inlinable
  public func distance(from other: SequenceNumber) -> Int {
    Int(Int32(bitPattern: value &- other.value))
  }
}
