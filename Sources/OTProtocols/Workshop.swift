import BasicContainers
import OTCore

/// What all channels of an engine share: the dissectors with the states of their conversations, and room to work in.
@usableFromInline
struct Workshop: ~Copyable, Sendable {
  let table: ProtocolTable
  var slabs: UniqueArray<any DissectorSlab>
  var scratch: [UInt8] = []
  /// Data units longer than ``Limits/pduBytes`` that were not waited for.
  var oversized: UInt64 = 0
  /// How often a channel found its dissector.
  @usableFromInline var adoptions: UInt64 = 0
  /// Conversations that others have announced.
  var expected = ExpectedConversations()
  /// Bytes of incomplete data units that all channels hold, and how many such were dropped for want of room.
  var pendingBytes = 0
  var dropped: UInt64 = 0
  let mostPendingBytes: Int

  init(_ table: ProtocolTable, mostPendingBytes: Int) {
    self.table = table
    self.mostPendingBytes = mostPendingBytes
    func slab<D: Dissector>(_ type: D.Type) -> any DissectorSlab { Slab<D>() }
    slabs = UniqueArray(minimumCapacity: table.dissectors.count + table.described.count)
    for type in table.dissectors { slabs.append(slab(type)) }
    for description in table.described { slabs.append(DescribedSlab(description)) }
  }

  // MARK: framing

  /// What a dissector says of the bytes; asked of its type, which needs no state.
  @inline(__always)
  func frame(_ dissector: UInt8, _ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    let index = Int(dissector)
    guard index < table.dissectors.count else {
      return table.description(dissector)?.frame(bytes, hint) ?? .notThisProtocol
    }
    return table.dissectors[index].frame(bytes, hint)
  }

  /// Length of the data unit at the start of a datagram of which `missing` bytes were cut off; nil where there is none.
  func fit(_ dissector: UInt8, _ bytes: Span<UInt8>, _ hint: FramingHint, _ missing: Int) -> Int? {
    Self.fit(frame(dissector, bytes, hint), bytes, missing)
  }

  static func fit(_ framing: Framing, _ bytes: Span<UInt8>, _ missing: Int) -> Int? {
    guard case .pdu(let count) = framing, count > 0 else { return nil }
    return count <= bytes.count || (missing > 0 && count - bytes.count <= missing) ? count : nil
  }

  // MARK: identification

  /// Whether some dissector expects its protocol on the server's port.
  func isClaimed(_ place: DissectionEngine.Place) -> Bool {
    !table.claimants(Self.claim(place, place.server)).isEmpty
  }

  enum Probe {
    case found(UInt8, isClaimed: Bool)
    case needMore
    case nobody
  }

  /// The first dissector that takes the bytes: claims of the server's port, of the client's, who was announced, then
  /// strong probes.
  func probe(
    _ bytes: Span<UInt8>, _ place: DissectionEngine.Place, _ hint: FramingHint, _ context: PDUContext
  ) -> Probe {
    var hint = hint
    hint.isEstablished = false
    var needMore = false
    for port in 0..<2 {
      if port == 1, place.client == place.server { continue }
      hint.isClaimed = true
      for candidate in table.claimants(Self.claim(place, port == 0 ? place.server : place.client)) {
        switch frame(candidate, bytes, hint) {
        case .pdu(let count) where count > 0 && count <= Limits.pduBytes:
          if let other = surer(than: candidate, bytes, hint) { return .found(other, isClaimed: false) }
          return .found(candidate, isClaimed: true)
        case .needMore: needMore = true
        default: break
        }
      }
    }
    hint.isClaimed = true
    switch probeAnnounced(bytes, hint, context) {
    case .found(let candidate, let isClaimed): return .found(candidate, isClaimed: isClaimed)
    case .needMore: needMore = true
    case .nobody: break
    }
    hint.isClaimed = false
    for candidate in table.probes {
      switch frame(candidate, bytes, hint) {
      case .pdu(let count) where count > 0 && count <= Limits.pduBytes: return .found(candidate, isClaimed: false)
      case .needMore: needMore = true
      default: break
      }
    }
    // What a file describes never comes before what the program knows.
    guard !needMore, !table.described.isEmpty else { return needMore ? .needMore : .nobody }
    return probeDescribed(bytes, place, hint)
  }

  /// The first described protocol that takes the bytes: those of the server's port, of the client's, then of any.
  private func probeDescribed(_ bytes: Span<UInt8>, _ place: DissectionEngine.Place, _ hint: FramingHint) -> Probe {
    var hint = hint
    var needMore = false
    for turn in 0..<3 {
      if turn == 1, place.client == place.server { continue }
      hint.isClaimed = turn < 2
      let candidates =
        turn == 2
        ? table.describedProbes : table.describedClaimants(Self.claim(place, turn == 0 ? place.server : place.client))
      for candidate in candidates {
        switch frame(candidate, bytes, hint) {
        case .pdu(let count) where count > 0 && count <= Limits.pduBytes:
          return .found(candidate, isClaimed: hint.isClaimed)
        case .needMore: needMore = true
        default: break
        }
      }
    }
    return needMore ? .needMore : .nobody
  }

  /// The one dissector that expects its protocol on the server's port and cannot tell yet, of the beginning of a stream
  /// whose rest the capture cut off; nil where there are several, or too few bytes to mean anything.
  func onlyWaiting(_ bytes: Span<UInt8>, _ context: PDUContext) -> UInt8? {
    guard bytes.count >= 16 else { return nil }
    let hint = FramingHint(isStream: true, isClaimed: true, senderIsClient: context.senderIsClient)
    var found: UInt8?
    for candidate in table.claimants(.tcp(context.senderIsClient ? context.receiverPort : context.senderPort))
    where frame(candidate, bytes, hint) == .needMore {
      if found != nil { return nil }
      found = candidate
    }
    return found
  }

  /// Where in bytes whose beginning nobody takes a run of data units begins that some dissector expects on the server's
  /// port: three of them, or fewer that end with the bytes. Single ones are found in any data.
  func firstRun(
    in bytes: Span<UInt8>, _ place: DissectionEngine.Place, _ hint: FramingHint
  ) -> (dissector: UInt8, offset: Int)? {
    var hint = hint
    hint.isClaimed = true
    hint.isEstablished = false
    for candidate in table.claimants(Self.claim(place, place.server)) where table.mayResume[Int(candidate)] {
      for offset in 1..<Swift.max(1, bytes.count - 16) {
        var next = offset
        var units = 0
        while next < bytes.count, units < 3,
          case .pdu(let count) = frame(candidate, bytes.extracting(next..<bytes.count), hint), count >= 7,
          count <= bytes.count - next
        {
          next += count
          units += 1
        }
        if units == 3 || (units == 2 && next == bytes.count) { return (candidate, offset) }
      }
    }
    return nil
  }

  /// Who takes a datagram, with the length of its first data unit.
  func identify(
    _ bytes: Span<UInt8>, _ place: DissectionEngine.Place, _ hint: FramingHint, _ context: PDUContext
  ) -> (dissector: UInt8, isClaimed: Bool, byteCount: Int)? {
    var hint = hint
    let missing = context.missingBytes
    for port in 0..<2 {
      if port == 1, place.client == place.server { continue }
      hint.isClaimed = true
      for candidate in table.claimants(Self.claim(place, port == 0 ? place.server : place.client)) {
        guard let count = fit(candidate, bytes, hint, missing) else { continue }
        if place.kind == .udp || place.kind == .tcp,
          let other = surer(than: candidate, bytes, hint, missing: missing)
        {
          hint.isClaimed = false
          return fit(other, bytes, hint, missing).map { (other, false, $0) }
        }
        return (candidate, true, count)
      }
    }
    if place.kind == .udp || place.kind == .tcp {
      if case .found(let candidate, _) = probeAnnounced(bytes, hint, context),
        let count = fit(candidate, bytes, hint, missing)
      {
        return (candidate, true, count)
      }
      hint.isClaimed = false
      for candidate in table.probes {
        if let count = fit(candidate, bytes, hint, missing) { return (candidate, false, count) }
      }
    }
    guard !table.described.isEmpty, case .found(let candidate, let isClaimed) = probeDescribed(bytes, place, hint)
    else {
      return nil
    }
    hint.isClaimed = isClaimed
    return fit(candidate, bytes, hint, missing).map { (candidate, isClaimed, $0) }
  }

  /// Who knows bytes by their content that `claimant` takes for nothing but their port; nil where it knows them itself.
  private func surer(than claimant: UInt8, _ bytes: Span<UInt8>, _ hint: FramingHint, missing: Int = 0) -> UInt8? {
    var hint = hint
    hint.isClaimed = false
    func takes(_ candidate: UInt8) -> Bool {
      switch frame(candidate, bytes, hint) {
      case .pdu(let count) where count > 0 && count <= Limits.pduBytes:
        hint.isStream || count <= bytes.count || count - bytes.count <= missing
      default: false
      }
    }
    if table.isProbe[Int(claimant)], takes(claimant) { return nil }
    return table.probes.first { $0 != claimant && takes($0) }
  }

  /// The first dissector that takes an inner data unit.
  func claimant(_ layer: InnerLayer, _ bytes: Span<UInt8>, _ hint: FramingHint, _ missing: Int) -> UInt8? {
    for candidate in table.claimants(.inner(layer)) where fit(candidate, bytes, hint, missing) != nil {
      return candidate
    }
    return nil
  }

  /// Who was announced for this conversation, if it takes the bytes.
  private func probeAnnounced(_ bytes: Span<UInt8>, _ hint: FramingHint, _ context: PDUContext) -> Probe {
    guard let expectation = expected.find(context) else { return .nobody }
    var needMore = false
    for candidate in table.claimants(.announced(expectation.service)) {
      switch frame(candidate, bytes, hint) {
      case .pdu(let count) where count > 0 && count <= Limits.pduBytes: return .found(candidate, isClaimed: true)
      case .needMore: needMore = true
      default: break
      }
    }
    return needMore ? .needMore : .nobody
  }

  /// A state for a conversation that found its dissector, which is told what was announced to it.
  mutating func open(_ dissector: UInt8, _ context: PDUContext) -> UInt32 {
    guard let expectation = expected.find(context),
      table.claimants(.announced(expectation.service)).contains(dissector)
    else { return slabs[Int(dissector)].open() }
    expected.met(expectation, context)
    return slabs[Int(dissector)].open(expectation)
  }

  private static func claim(_ place: DissectionEngine.Place, _ value: UInt16) -> Claim {
    switch place.kind {
    case .tcp: .tcp(value)
    case .udp: .udp(value)
    case .ipProtocol: .ipProtocol(UInt8(truncatingIfNeeded: value))
    case .etherType: .etherType(value)
    case .llc: .llc(UInt8(truncatingIfNeeded: value))
    case .snap: .snap(place.organisation, value)
    case .linkType: .linkType(value)
    }
  }

  // MARK: dissection

  /// Has one data unit read, and records why it stopped.
  mutating func dissect(
    _ dissector: UInt8, _ slot: UInt32, _ pdu: Span<UInt8>, _ context: PDUContext,
    into out: inout ObservationBuffer
  ) {
    let base = table.layerBases[Int(dissector)]
    out.layerBase = base
    if let error = slabs[Int(dissector)].dissect(pdu, context, at: slot, into: &out) {
      out.layerBase = base
      out.stopped(error, context)
    }
  }

  /// What a dissector says of the bytes; where they are one data unit, neither more nor less, that has been read. The
  /// buffer's layer base is the dissector's.
  @inline(__always)
  mutating func dissectWhole(
    _ dissector: UInt8, _ slot: UInt32, _ bytes: Span<UInt8>, _ hint: FramingHint, _ context: PDUContext,
    into out: inout ObservationBuffer
  ) -> Framing {
    slabs[Int(dissector)].dissectWhole(bytes, hint, context, at: slot, into: &out)
  }
}
