import BasicContainers
import OTCore

/// Finds out which protocol a conversation speaks, cuts its bytes into protocol data units and has them dissected.
///
/// One value a worker. It knows nothing of addresses or packets: whoever drives it opens a *channel* for each flow and
/// gives it datagrams, or the bytes of a stream in order. Ports are hints: a claim must still pass `frame`, and what no
/// claim explains is offered to every strong probe.
public struct DissectionEngine: ~Copyable {
  /// What the driver knows about where the bytes were met.
  public struct Place: Sendable {
    public enum Kind: Sendable { case tcp, udp, ipProtocol, etherType, llc, snap, linkType }
    public var kind: Kind
    /// Server's and client's port, or the EtherType, service access point, IP protocol… twice.
    public var server: UInt16
    public var client: UInt16
    /// Organisation of a SNAP protocol id.
    public var organisation: UInt32
    public init(_ kind: Kind, server: UInt16, client: UInt16, organisation: UInt32 = 0) {
      self.kind = kind
      self.server = server
      self.client = client
      self.organisation = organisation
    }
  }

  @usableFromInline var shop: Workshop
  private var channels = UniqueArray<Channel>()
  private var free: [UInt32] = []

  public var table: ProtocolTable { shop.table }
  /// Data units longer than ``Limits/pduBytes`` that were not waited for.
  public var oversized: UInt64 { shop.oversized }
  /// Incomplete data units that were dropped because of ``Limits/pendingBytes``.
  public var dropped: UInt64 { shop.dropped }
  /// Announced conversations that were forgotten because of ``Limits/announcements``, and most that were waited for.
  public var forgotten: UInt64 { shop.expected.forgotten }
  public var mostExpected: Int { shop.expected.most }

  /// How often a channel found its dissector: while this stays, so do all ``protocolNumber(_:)``s.
  ///
  /// This and ``isGivenUp(_:)`` change nothing, but are asked for every packet, and what may change something is never
  /// handed a copy of the engine.
  @inlinable public var adoptions: UInt64 { mutating get { shop.adoptions } }

  /// - Parameter mostPendingBytes: what incomplete data units of all streams may hold.
  public init(_ table: ProtocolTable = .standard, mostPendingBytes: Int = Limits.pendingBytes) {
    shop = Workshop(table, mostPendingBytes: mostPendingBytes)
  }

  public mutating func open() -> UInt32 {
    if let index = free.popLast() { return index }
    channels.append(Channel())
    return UInt32(truncatingIfNeeded: channels.count - 1)
  }

  public mutating func close(_ channel: UInt32) {
    channels[Int(channel)].close(&shop)
    channels[Int(channel)] = Channel()
    free.append(channel)
  }

  /// Number of the main protocol recognised on the channel, or nil.
  public func protocolNumber(_ channel: UInt32) -> UInt8? {
    let index = Int(channel)
    guard channels[index].state == .identified else { return nil }
    return shop.table.layerBases[Int(channels[index].dissector)]
  }

  /// Whether further bytes of this channel will not be looked at.
  public mutating func isGivenUp(_ channel: UInt32) -> Bool { channels[Int(channel)].state == .givenUp }

  /// Reads a datagram or a frame's payload. `missing` bytes of it were cut off by the snap length.
  /// The context is given back as it was but for ``PDUContext/afterGap``.
  public mutating func datagram(
    _ channel: UInt32, _ bytes: Span<UInt8>, _ context: inout PDUContext, _ place: Place,
    into out: inout ObservationBuffer
  ) {
    channels[Int(channel)].datagram(bytes, &context, place, &shop, into: &out)
  }

  /// Reads the next bytes of one direction of a stream. `gap` bytes before them are lost.
  public mutating func stream(
    _ channel: UInt32, forward: Bool, _ bytes: Span<UInt8>, gap: Int, _ context: inout PDUContext, _ place: Place,
    into out: inout ObservationBuffer
  ) {
    channels[Int(channel)].stream(isForward: forward, bytes, gap, &context, place, &shop, into: &out)
  }
  /// The capture cut off what follows the bytes that ``stream(_:forward:_:gap:_:_:into:)`` was given last.
  public mutating func cut(
    _ channel: UInt32, forward: Bool, _ context: PDUContext, into out: inout ObservationBuffer
  ) {
    channels[Int(channel)].cut(isForward: forward, context, &shop, into: &out)
  }
}
