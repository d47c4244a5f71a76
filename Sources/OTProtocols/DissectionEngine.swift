import OTCore

/// Finds out which protocol a conversation speaks, cuts its bytes into protocol data units and has them dissected.
///
/// One value a worker. It knows nothing of addresses or packets: whoever drives it opens a *channel* for each flow and
/// gives it datagrams, or the bytes of a stream in order. Ports are hints: a claim must still pass `frame`, and what no
/// claim explains is offered to every strong probe.
public struct DissectionEngine {
  /// State of one flow.
  struct Channel {
    enum State: UInt8 { case unknown, identified, givenUp }
    var state: State = .unknown
    var dissector: UInt8 = 0
    /// Chunks or datagrams that no dissector recognised.
    var refusals: UInt8 = 0
    /// Data units read; a channel that has read some is not given up for one bad one.
    var dataUnits: UInt32 = 0
    var slot: UInt32 = 0
    /// Inner dissectors (of ``ObservationBuffer/Payload``s): the one in use, 255 for none.
    var innerDissector: UInt8 = 255
    var innerSlot: UInt32 = 0
    var forward = Half()
    var backward = Half()
  }

  /// One direction of a stream.
  struct Half {
    /// Bytes of an incomplete data unit.
    var pending: [UInt8] = []
    /// Bytes still to be dropped unseen; `Int.max` for the rest of the stream.
    var skip = 0
  }

  /// What the driver knows about where the bytes were met.
  public struct Place: Sendable {
    public enum Kind: Sendable { case tcp, udp, etherType, llc, snap, linkType }
    public var kind: Kind
    /// Server's and client's port, or the EtherType, service access point… twice.
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

  public let table: ProtocolTable
  private let slabs: [DissectorSlab]
  private var channels: [Channel] = []
  private var free: [UInt32] = []
  private var scratch: [UInt8] = []
  /// Data units longer than ``Limits/pduBytes`` that were not waited for.
  public private(set) var oversized: UInt64 = 0

  /// Chunks or datagrams nobody recognised before a channel is left alone.
  static let patience: UInt8 = 6
  /// Bytes kept while dissectors cannot tell yet.
  static let probeBytes = 4096

  public init(_ table: ProtocolTable = .standard) {
    self.table = table
    slabs = zip(table.dissectors, table.layerBases).map { type, base in
      func make<D: Dissector>(_ type: D.Type) -> DissectorSlab { DissectorSlab.make(type, layerBase: base) }
      return make(type)
    }
  }

  // MARK: channels

  public mutating func open() -> UInt32 {
    if let index = free.popLast() { return index }
    channels.append(Channel())
    return UInt32(truncatingIfNeeded: channels.count - 1)
  }

  public mutating func close(_ channel: UInt32) {
    let index = Int(channel)
    if channels[index].state == .identified { slabs[Int(channels[index].dissector)].close(channels[index].slot) }
    if channels[index].innerDissector != 255 {
      slabs[Int(channels[index].innerDissector)].close(channels[index].innerSlot)
    }
    channels[index] = Channel()
    free.append(channel)
  }

  /// Number of the main protocol recognised on the channel, or nil.
  public func protocolNumber(_ channel: UInt32) -> UInt8? {
    let state = channels[Int(channel)]
    return state.state == .identified ? table.layerBases[Int(state.dissector)] : nil
  }

  /// Whether further bytes of this channel will not be looked at.
  public func isGivenUp(_ channel: UInt32) -> Bool { channels[Int(channel)].state == .givenUp }

  // MARK: datagrams

  /// Reads a datagram or a frame's payload. `missing` bytes of it were cut off by the snap length.
  public mutating func datagram(
    _ channel: UInt32, _ bytes: Span<UInt8>, _ context: PDUContext, _ place: Place, into out: inout ObservationBuffer
  ) {
    let index = Int(channel)
    guard !bytes.isEmpty, channels[index].state != .givenUp else { return }
    var hint = FramingHint(isStream: false, isClaimed: true, senderIsClient: context.senderIsClient)
    if channels[index].state == .identified {
      hint.isEstablished = true
      if fits(slabs[Int(channels[index].dissector)].frame(bytes, hint), bytes.count, context.missingBytes) {
        dissectDatagram(index, bytes, context, hint, into: &out)
        return
      }
      hint.isEstablished = false
    }
    guard let found = identify(bytes, place, hint, missing: context.missingBytes) else {
      refuse(index)
      return
    }
    adopt(index, found.dissector)
    hint.isClaimed = found.isClaimed
    dissectDatagram(index, bytes, context, hint, into: &out)
  }

  private func fits(_ framing: Framing, _ available: Int, _ missing: Int) -> Bool {
    guard case .pdu(let count) = framing else { return false }
    return count > 0 && (count <= available || (missing > 0 && count - available <= missing))
  }

  private mutating func dissectDatagram(
    _ index: Int, _ bytes: Span<UInt8>, _ context: PDUContext, _ hint: FramingHint, into out: inout ObservationBuffer
  ) {
    var start = 0
    let slab = slabs[Int(channels[index].dissector)]
    for _ in 0..<Limits.itemsPerPDU {
      let rest = bytes.extracting(start..<bytes.count)
      guard !rest.isEmpty, case .pdu(let count) = slab.frame(rest, hint), count > 0 else { return }
      let available = Swift.min(count, rest.count)
      var inner = context
      inner.missingBytes = count - available
      dissect(index, rest.extracting(0..<available), inner, into: &out)
      start += available
    }
  }

  // MARK: streams

  /// Reads the next bytes of one direction of a stream. `gap` bytes before them are lost.
  public mutating func stream(
    _ channel: UInt32, forward: Bool, _ bytes: Span<UInt8>, gap: Int, _ context: PDUContext, _ place: Place,
    into out: inout ObservationBuffer
  ) {
    let index = Int(channel)
    guard channels[index].state != .givenUp else { return }
    var half = Half()
    swapHalf(index, forward, &half)
    defer { swapHalf(index, forward, &half) }
    var context = context
    if gap > 0 { bridge(index, &half, gap, &context, into: &out) }
    var start = 0
    if half.skip > 0 {
      start = Swift.min(half.skip, bytes.count)
      if half.skip != Int.max { half.skip -= start }
    }
    guard start < bytes.count else { return }
    if half.pending.isEmpty {
      let read = consume(index, &half, bytes.extracting(start..<bytes.count), context, place, into: &out)
      start += read
      if start < bytes.count, channels[index].state != .givenUp, half.skip == 0 {
        append(bytes.extracting(start..<bytes.count), to: &half.pending)
      }
    } else {
      append(bytes.extracting(start..<bytes.count), to: &half.pending)
      let joined = half.pending
      half.pending = []
      let read = consume(index, &half, joined.span, context, place, into: &out)
      if read < joined.count, channels[index].state != .givenUp, half.skip == 0 {
        if read == 0 {
          half.pending = joined
        } else {
          append(joined.span.extracting(read..<joined.count), to: &half.pending)
        }
      }
    }
  }

  /// The stream lost `gap` bytes: a data unit whose beginning is held is read as far as it goes.
  private mutating func bridge(
    _ index: Int, _ half: inout Half, _ gap: Int, _ context: inout PDUContext, into out: inout ObservationBuffer
  ) {
    context.afterGap = true
    if half.skip > 0, half.skip != Int.max {
      half.skip = Swift.max(0, half.skip - gap)
      return
    }
    guard !half.pending.isEmpty else { return }
    let pending = half.pending
    half.pending = []
    guard channels[index].state == .identified else { return }
    let hint = FramingHint(
      isStream: true, isClaimed: true, senderIsClient: context.senderIsClient, isEstablished: true)
    let slab = slabs[Int(channels[index].dissector)]
    guard case .pdu(let count) = slab.frame(pending.span, hint), count > pending.count else { return }
    let missing = count - pending.count
    var cut = context
    cut.missingBytes = missing
    dissect(index, pending.span, cut, into: &out)
    // The rest of the data unit and what it asked to be dropped lie ahead, and the gap has taken some of it.
    let (sum, overflow) = missing.addingReportingOverflow(out.skipCount)
    let ahead = overflow ? Int.max : sum
    out.clearSkip()
    if ahead > gap { half.skip = ahead == Int.max ? Int.max : ahead - gap }
  }

  /// Cuts `bytes` into data units; how many bytes were used up (the rest is the beginning of an incomplete one).
  private mutating func consume(
    _ index: Int, _ half: inout Half, _ bytes: Span<UInt8>, _ context: PDUContext, _ place: Place,
    into out: inout ObservationBuffer
  ) -> Int {
    var context = context
    var start = 0
    var hint = FramingHint(
      isStream: true, isClaimed: true, senderIsClient: context.senderIsClient,
      isEstablished: channels[index].dataUnits > 0)
    while start < bytes.count {
      let rest = bytes.extracting(start..<bytes.count)
      if channels[index].state == .unknown {
        switch probe(rest, place, hint) {
        case .found(let dissector, let isClaimed):
          adopt(index, dissector)
          hint.isClaimed = isClaimed
        case .needMore:
          if rest.count < Self.probeBytes { return start }
          refuse(index)
          return bytes.count
        case .nobody:
          refuse(index)
          return bytes.count
        }
      }
      switch slabs[Int(channels[index].dissector)].frame(rest, hint) {
      case .needMore:
        return rest.count < Limits.pduBytes ? start : bytes.count
      case .notThisProtocol:
        if let other = change(index, rest, place, context) {
          adopt(index, other)
          hint.isEstablished = false
          continue
        }
        out.layerBase = table.layerBases[Int(channels[index].dissector)]
        if !context.afterGap, channels[index].dataUnits > 0 { out.anomaly("framing", .invalid) }
        refuse(index)
        return bytes.count
      case .pdu(let count):
        guard count > 0, count <= Limits.pduBytes else {
          oversized += 1
          refuse(index)
          return bytes.count
        }
        guard count <= rest.count else { return start }
        dissect(index, rest.extracting(0..<count), context, into: &out)
        start += count
        context.afterGap = false
        hint.isEstablished = true
        if out.skipCount > 0 {
          let skip = out.skipCount
          out.clearSkip()
          let here = Swift.min(skip, bytes.count - start)
          start += here
          half.skip = skip == Int.max ? Int.max : skip - here
          if half.skip > 0 { return bytes.count }
        }
      }
    }
    return start
  }

  // MARK: identification

  private enum Probe {
    case found(UInt8, isClaimed: Bool)
    case needMore
    case nobody
  }

  /// The first dissector that takes the bytes: claims of the server's port, of the client's, then strong probes.
  private func probe(_ bytes: Span<UInt8>, _ place: Place, _ hint: FramingHint) -> Probe {
    var hint = hint
    hint.isEstablished = false
    var needMore = false
    for port in 0..<2 {
      if port == 1, place.client == place.server { continue }
      hint.isClaimed = true
      for candidate in table.claimants(claim(place, port == 0 ? place.server : place.client)) {
        switch slabs[Int(candidate)].frame(bytes, hint) {
        case .pdu(let count) where count > 0 && count <= Limits.pduBytes: return .found(candidate, isClaimed: true)
        case .needMore: needMore = true
        default: break
        }
      }
    }
    hint.isClaimed = false
    for candidate in table.probes {
      switch slabs[Int(candidate)].frame(bytes, hint) {
      case .pdu(let count) where count > 0 && count <= Limits.pduBytes: return .found(candidate, isClaimed: false)
      case .needMore: needMore = true
      default: break
      }
    }
    return needMore ? .needMore : .nobody
  }

  private func identify(
    _ bytes: Span<UInt8>, _ place: Place, _ hint: FramingHint, missing: Int
  ) -> (dissector: UInt8, isClaimed: Bool)? {
    var hint = hint
    for port in 0..<2 {
      if port == 1, place.client == place.server { continue }
      hint.isClaimed = true
      for candidate in table.claimants(claim(place, port == 0 ? place.server : place.client))
      where fits(slabs[Int(candidate)].frame(bytes, hint), bytes.count, missing) {
        return (candidate, true)
      }
    }
    guard place.kind == .udp || place.kind == .tcp else { return nil }
    hint.isClaimed = false
    for candidate in table.probes where fits(slabs[Int(candidate)].frame(bytes, hint), bytes.count, missing) {
      return (candidate, false)
    }
    return nil
  }

  /// A conversation that no longer fits its dissector may have gone over to another protocol (STARTTLS, upgrade).
  private func change(_ index: Int, _ bytes: Span<UInt8>, _ place: Place, _ context: PDUContext) -> UInt8? {
    let hint = FramingHint(isStream: true, isClaimed: true, senderIsClient: context.senderIsClient)
    if case .found(let dissector, _) = probe(bytes, place, hint), dissector != channels[index].dissector {
      return dissector
    }
    return nil
  }

  private func claim(_ place: Place, _ value: UInt16) -> Claim {
    switch place.kind {
    case .tcp: .tcp(value)
    case .udp: .udp(value)
    case .etherType: .etherType(value)
    case .llc: .llc(UInt8(truncatingIfNeeded: value))
    case .snap: .snap(place.organisation, value)
    case .linkType: .linkType(value)
    }
  }

  private mutating func adopt(_ index: Int, _ dissector: UInt8) {
    if channels[index].state == .identified {
      guard channels[index].dissector != dissector else { return }
      slabs[Int(channels[index].dissector)].close(channels[index].slot)
    }
    channels[index].state = .identified
    channels[index].dissector = dissector
    channels[index].slot = slabs[Int(dissector)].open()
    channels[index].refusals = 0
  }

  private mutating func refuse(_ index: Int) {
    channels[index].refusals += 1
    guard channels[index].refusals >= Self.patience, channels[index].dataUnits == 0 || channels[index].refusals > 64
    else { return }
    if channels[index].state == .unknown {
      channels[index].state = .givenUp
    } else {
      channels[index].refusals = Self.patience
    }
  }

  // MARK: dissection

  private mutating func dissect(
    _ index: Int, _ pdu: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) {
    let slab = slabs[Int(channels[index].dissector)]
    channels[index].dataUnits &+= 1
    out.layerBase = slab.layerBase
    if let error = slab.dissect(channels[index].slot, pdu, context, into: &out) {
      out.layerBase = slab.layerBase
      record(error, context, into: &out)
    }
    if out.payloadCount > 0 { descend(index, context, into: &out) }
  }

  private func record(_ error: DecodeError, _ context: PDUContext, into out: inout ObservationBuffer) {
    // What the snap length or a gap cut off is the capture's fault, not the sender's.
    if context.missingBytes > 0, error.reason == .truncated { return }
    out.anomaly(error.field, error.reason, at: error.offset)
  }

  /// Offers inner data units to the dissectors that claim their layer; inner ones of those in turn, to a depth.
  private mutating func descend(_ index: Int, _ context: PDUContext, into out: inout ObservationBuffer) {
    // The payload moves out of the buffer, since its dissector writes texts to the same buffer.
    var bytes: [UInt8] = []
    swap(&bytes, &scratch)
    defer { swap(&bytes, &scratch) }
    var next = 0
    while next < out.payloadCount, next < Limits.itemsPerPDU {
      let layer = out.copyPayload(next, into: &bytes)
      next += 1
      dissectInner(index, layer, bytes.span, context, into: &out)
    }
    out.clearPayloads()
  }

  private mutating func dissectInner(
    _ index: Int, _ layer: InnerLayer, _ bytes: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) {
    let hint = FramingHint(
      isStream: false, isClaimed: true, senderIsClient: context.senderIsClient,
      isEstablished: channels[index].innerDissector != 255)
    var chosen: UInt8?
    let current = channels[index].innerDissector
    if current != 255, fits(slabs[Int(current)].frame(bytes, hint), bytes.count, context.missingBytes) {
      chosen = current
    } else {
      for candidate in table.claimants(.inner(layer))
      where fits(slabs[Int(candidate)].frame(bytes, hint), bytes.count, context.missingBytes) {
        chosen = candidate
        break
      }
    }
    guard let dissector = chosen else { return }
    if current != dissector {
      if current != 255 { slabs[Int(current)].close(channels[index].innerSlot) }
      channels[index].innerDissector = dissector
      channels[index].innerSlot = slabs[Int(dissector)].open()
    }
    let slab = slabs[Int(dissector)]
    out.layerBase = slab.layerBase
    if let error = slab.dissect(channels[index].innerSlot, bytes, context, into: &out) {
      out.layerBase = slab.layerBase
      record(error, context, into: &out)
    }
  }

  // MARK: memory

  private mutating func swapHalf(_ index: Int, _ forward: Bool, _ half: inout Half) {
    if forward {
      swap(&channels[index].forward, &half)
    } else {
      swap(&channels[index].backward, &half)
    }
  }

  private func append(_ bytes: Span<UInt8>, to array: inout [UInt8]) {
    array.reserveCapacity(array.count + bytes.count)
    for index in bytes.indices { array.append(bytes[index]) }
  }
}
