public import OTCore

/// Packets of the capture, counted.
public struct PacketTally: Sendable {
  @usableFromInline var packets: UInt64 = 0
  /// On the wire.
  @usableFromInline var bytes: UInt64 = 0
  /// Nanoseconds since 1970.
  @usableFromInline var earliest = Int64.max
  @usableFromInline var latest = Int64.min

  public init() {}

  @inlinable
  public mutating func add(_ length: Int, _ time: Timestamp) {
    packets &+= 1
    bytes &+= UInt64(truncatingIfNeeded: length)
    if time.nanoseconds < earliest { earliest = time.nanoseconds }
    if time.nanoseconds > latest { latest = time.nanoseconds }
  }
}
