import OTCore

/// State of one flow: who reads it, and what waits for its end.
///
/// Everything per data unit happens in here, so that a packet looks its channel up once.
struct Channel: Sendable {
  enum State: UInt8, Sendable { case unknown, identified, givenUp }
  var state = State.unknown
  var dissector: UInt8 = 0
  /// Its place in the table of protocols; see ``ObservationBuffer/layerBase``.
  var layerBase: UInt8 = 0
  /// Chunks or datagrams that no dissector recognised.
  var refusals: UInt8 = 0
  /// Inner dissectors (of ``ObservationBuffer/Payload``s): the one in use, 255 for none.
  var innerDissector: UInt8 = 255
  /// Whether a data unit was read: a channel is not given up then for one bad one.
  var hasBeenRead = false
  var slot: UInt32 = 0
  var innerSlot: UInt32 = 0
  var forward = Half()
  var backward = Half()

  /// One direction of a stream.
  struct Half: Sendable {
    /// Bytes of an incomplete data unit.
    var pending: [UInt8] = []
    /// Bytes still to be dropped unseen; `Int.max` for the rest of the stream.
    var skip = 0

    var isIdle: Bool { skip == 0 && pending.isEmpty }
  }

  /// Chunks or datagrams nobody recognised before a channel is left alone.
  static let patience: UInt8 = 6
  /// The same for a stream on a claimed port: one met in the middle of a large data unit goes on like that for a while.
  static let patienceWhereClaimed: UInt8 = 60
  /// Bytes kept while dissectors cannot tell yet.
  static let probeBytes = 4096

  func close(_ shop: inout Workshop) {
    shop.pendingBytes -= forward.pending.count + backward.pending.count
    if state == .identified { shop.slabs[Int(dissector)].close(slot) }
    if innerDissector != 255 { shop.slabs[Int(innerDissector)].close(innerSlot) }
  }

  // MARK: datagrams

  mutating func datagram(
    _ bytes: Span<UInt8>, _ context: inout PDUContext, _ place: DissectionEngine.Place, _ shop: inout Workshop,
    into out: inout ObservationBuffer
  ) {
    guard !bytes.isEmpty, state != .givenUp else { return }
    var hint = FramingHint(isStream: false, isClaimed: true, senderIsClient: context.senderIsClient)
    hint.isUDP = place.kind == .udp
    if state == .identified {
      hint.isEstablished = true
      out.layerBase = layerBase
      let framing =
        context.missingBytes == 0
        ? shop.dissectWhole(dissector, slot, bytes, hint, context, into: &out)
        : shop.frame(dissector, bytes, hint)
      if context.missingBytes == 0, framing.isWhole(bytes) {
        hasBeenRead = true
        if out.hasErrands { runErrands(bytes, context, &shop, into: &out) }
        return
      }
      if let count = Workshop.fit(framing, bytes, context.missingBytes) {
        dissectDatagram(bytes, first: count, &context, hint, &shop, into: &out)
        return
      }
      hint.isEstablished = false
    }
    guard let found = shop.identify(bytes, place, hint, context) else {
      refuse()
      return
    }
    adopt(found.dissector, context, &shop)
    hint.isClaimed = found.isClaimed
    dissectDatagram(bytes, first: found.byteCount, &context, hint, &shop, into: &out)
  }

  /// Reads the data units of one datagram; the first is known to have `first` bytes.
  private mutating func dissectDatagram(
    _ bytes: Span<UInt8>, first: Int, _ context: inout PDUContext, _ hint: FramingHint, _ shop: inout Workshop,
    into out: inout ObservationBuffer
  ) {
    let missing = context.missingBytes
    defer { context.missingBytes = missing }
    var start = 0
    var count = first
    for _ in 0..<Limits.itemsPerPDU {
      let available = Swift.min(count, bytes.count - start)
      context.missingBytes = count - available
      dissect(bytes.extracting(start..<(start + available)), context, &shop, into: &out)
      start += available
      guard start < bytes.count,
        case .pdu(let next) = shop.frame(dissector, bytes.extracting(start..<bytes.count), hint), next > 0,
        missing > 0 || next <= bytes.count - start
      else { return }
      count = next
    }
  }

  // MARK: streams

  @inline(__always)
  mutating func stream(
    isForward: Bool, _ bytes: Span<UInt8>, _ gap: Int, _ context: inout PDUContext, _ place: DissectionEngine.Place,
    _ shop: inout Workshop, into out: inout ObservationBuffer
  ) {
    // The way of most segments: one data unit of a protocol that is known, nothing waiting.
    guard gap == 0, state == .identified, isForward ? forward.isIdle : backward.isIdle else {
      return piece(isForward, bytes, gap, &context, place, &shop, into: &out)
    }
    out.layerBase = layerBase
    let framing = shop.dissectWhole(dissector, slot, bytes, hint(context), context, into: &out)
    guard framing.isWhole(bytes) else { return chunk(isForward, bytes, framing, &context, place, &shop, into: &out) }
    hasBeenRead = true
    if out.hasErrands { runErrands(bytes, context, &shop, into: &out) }
    if out.skipCount > 0 { drop(isForward, into: &out) }
  }

  /// Takes the next bytes of a direction in which nothing waits.
  ///
  /// - Parameter framing: what the dissector says of them, if it was asked.
  @inline(never)
  private mutating func chunk(
    _ isForward: Bool, _ bytes: Span<UInt8>, _ framing: Framing?, _ context: inout PDUContext,
    _ place: DissectionEngine.Place, _ shop: inout Workshop, into out: inout ObservationBuffer
  ) {
    var skip = 0
    let read = consume(bytes, framing, &context, place, &skip, &shop, into: &out)
    guard skip > 0 || (read < bytes.count && state != .givenUp) else { return }
    var rest = Half()
    rest.skip = skip
    if skip == 0 { rest.pending.append(bytes.extracting(read..<bytes.count)) }
    Self.account(&rest, before: 0, &shop)
    exchange(isForward, &rest)
  }

  /// Takes the next bytes of a direction, of which some may wait or lack.
  @inline(never)
  private mutating func piece(
    _ isForward: Bool, _ bytes: Span<UInt8>, _ gap: Int, _ context: inout PDUContext, _ place: DissectionEngine.Place,
    _ shop: inout Workshop, into out: inout ObservationBuffer
  ) {
    guard state != .givenUp else { return }
    if gap == 0, isForward ? forward.isIdle : backward.isIdle {
      return chunk(isForward, bytes, nil, &context, place, &shop, into: &out)
    }
    var half = Half()
    exchange(isForward, &half)
    let before = half.pending.count
    defer {
      Self.account(&half, before: before, &shop)
      exchange(isForward, &half)
    }
    if gap > 0 { bridge(&half, gap, &context, &shop, into: &out) }
    var start = 0
    if half.skip > 0 {
      start = Swift.min(half.skip, bytes.count)
      if half.skip != Int.max { half.skip -= start }
    }
    guard start < bytes.count else { return }
    if half.pending.isEmpty {
      let chunk = bytes.extracting(start..<bytes.count)
      let read = consume(chunk, nil, &context, place, &half.skip, &shop, into: &out)
      if read < chunk.count, state != .givenUp, half.skip == 0 {
        half.pending.append(chunk.extracting(read..<chunk.count))
      }
    } else {
      var joined: [UInt8] = []
      swap(&joined, &half.pending)
      let waited = joined.count
      let isUnknown = state == .unknown
      joined.append(bytes.extracting(start..<bytes.count))
      var read = consume(joined.span, nil, &context, place, &half.skip, &shop, into: &out)
      if isUnknown, state == .unknown, read == joined.count {
        // What waited was the beginning of nothing; what came behind it may be one.
        read =
          waited
          + consume(
            joined.span.extracting(waited..<joined.count), nil, &context, place, &half.skip, &shop, into: &out)
      }
      if read < joined.count, state != .givenUp, half.skip == 0 {
        joined.removeFirst(read)
      } else {
        joined.removeAll(keepingCapacity: joined.count <= Self.probeBytes)
      }
      half.pending = joined
    }
  }

  /// The stream lost `gap` bytes: a data unit whose beginning is held is read as far as it goes.
  private mutating func bridge(
    _ half: inout Half, _ gap: Int, _ context: inout PDUContext, _ shop: inout Workshop,
    into out: inout ObservationBuffer
  ) {
    context.afterGap = true
    if half.skip > 0, half.skip != Int.max {
      half.skip = Swift.max(0, half.skip - gap)
      return
    }
    if let ahead = readBeginning(&half, context, &shop, into: &out), ahead > gap {
      half.skip = ahead == Int.max ? Int.max : ahead - gap
    }
  }

  /// The capture cut off what follows the bytes delivered last, and the next ones may never come: a data unit whose
  /// beginning is held is read now.
  mutating func cut(
    isForward: Bool, _ context: PDUContext, _ shop: inout Workshop, into out: inout ObservationBuffer
  ) {
    var half = Half()
    exchange(isForward, &half)
    let before = half.pending.count
    if state == .unknown, let only = shop.onlyWaiting(half.pending.span, context) { adopt(only, context, &shop) }
    if half.skip == 0, let ahead = readBeginning(&half, context, &shop, into: &out) { half.skip = ahead }
    Self.account(&half, before: before, &shop)
    exchange(isForward, &half)
  }

  /// Reads the beginning of a data unit as far as it is held. How many bytes of the stream behind it belong to it or are
  /// to be dropped; nil where there is nothing to read.
  private mutating func readBeginning(
    _ half: inout Half, _ context: PDUContext, _ shop: inout Workshop, into out: inout ObservationBuffer
  ) -> Int? {
    guard !half.pending.isEmpty else { return nil }
    let pending = half.pending
    half.pending = []
    guard state == .identified else { return nil }
    let hint = FramingHint(
      isStream: true, isClaimed: true, senderIsClient: context.senderIsClient, isEstablished: true)
    let ahead: Int
    switch shop.frame(dissector, pending.span, hint) {
    case .pdu(let count) where count > pending.count: ahead = count - pending.count
    // How long it is cannot be told (a text without its end): nothing behind it is known to belong to it.
    case .needMore: ahead = 0
    default: return nil
    }
    var cut = context
    cut.missingBytes = max(1, ahead)
    // What is lost stands behind it.
    cut.afterGap = false
    dissect(pending.span, cut, &shop, into: &out)
    let (sum, overflow) = ahead.addingReportingOverflow(out.skipCount)
    out.clearSkip()
    return overflow ? Int.max : sum
  }

  private func hint(_ context: borrowing PDUContext) -> FramingHint {
    FramingHint(isStream: true, isClaimed: true, senderIsClient: context.senderIsClient, isEstablished: hasBeenRead)
  }

  /// Drops bytes of a direction that are still to come.
  private mutating func drop(_ isForward: Bool, into out: inout ObservationBuffer) {
    let count = out.skipCount
    out.clearSkip()
    if isForward { forward.skip = count } else { backward.skip = count }
  }

  /// Cuts `bytes` into data units; how many bytes were used up (the rest is the beginning of an incomplete one).
  ///
  /// - Parameter first: what the dissector says of them, if it was asked.
  private mutating func consume(
    _ bytes: Span<UInt8>, _ first: Framing?, _ context: inout PDUContext, _ place: DissectionEngine.Place,
    _ skip: inout Int, _ shop: inout Workshop, into out: inout ObservationBuffer
  ) -> Int {
    var start = 0
    var known = first
    var hint = hint(context)
    while start < bytes.count {
      let rest = bytes.extracting(start..<bytes.count)
      if state == .unknown {
        switch shop.probe(rest, place, hint, context) {
        case .found(let dissector, let isClaimed):
          adopt(dissector, context, &shop)
          hint.isClaimed = isClaimed
        case .needMore:
          if rest.count < Self.probeBytes { return start }
          refuse(isClaimed: shop.isClaimed(place))
          return bytes.count
        case .nobody:
          // Met in the middle of a transfer, where data units do not begin with segments.
          if let later = shop.firstRun(in: rest, place, hint) {
            adopt(later.dissector, context, &shop)
            start += later.offset
            continue
          }
          refuse(isClaimed: shop.isClaimed(place))
          return bytes.count
        }
      }
      let framing = known ?? shop.frame(dissector, rest, hint)
      known = nil
      switch framing {
      case .needMore:
        return rest.count < Limits.pduBytes ? start : bytes.count
      case .notThisProtocol:
        if let other = change(rest, place, context, shop) {
          adopt(other, context, &shop)
          hint.isEstablished = false
          continue
        }
        out.layerBase = shop.table.layerBases[Int(dissector)]
        if !context.afterGap, hasBeenRead { out.anomaly("framing", .invalid) }
        refuse()
        return bytes.count
      case .pdu(let count):
        guard count > 0, count <= Limits.pduBytes else {
          shop.oversized += 1
          refuse()
          return bytes.count
        }
        guard count <= rest.count else { return start }
        dissect(rest.extracting(0..<count), context, &shop, into: &out)
        start += count
        context.afterGap = false
        hint.isEstablished = true
        if out.skipCount > 0 {
          let wanted = out.skipCount
          out.clearSkip()
          let here = Swift.min(wanted, bytes.count - start)
          start += here
          skip = wanted == Int.max ? Int.max : wanted - here
          if skip > 0 { return bytes.count }
        }
      }
    }
    return start
  }

  /// Keeps count of what all channels hold, and lets go of an incomplete data unit where that is too much.
  private static func account(_ half: inout Half, before: Int, _ shop: inout Workshop) {
    if shop.pendingBytes - before + half.pending.count > shop.mostPendingBytes, !half.pending.isEmpty {
      half.pending = []
      shop.dropped += 1
    }
    shop.pendingBytes += half.pending.count - before
  }

  private mutating func exchange(_ isForward: Bool, _ half: inout Half) {
    if isForward { swap(&forward, &half) } else { swap(&backward, &half) }
  }

  // MARK: identification

  /// A conversation that no longer fits its dissector may have gone over to another protocol (STARTTLS, upgrade).
  private func change(
    _ bytes: Span<UInt8>, _ place: DissectionEngine.Place, _ context: PDUContext,
    _ shop: borrowing Workshop
  ) -> UInt8? {
    let hint = FramingHint(isStream: true, isClaimed: true, senderIsClient: context.senderIsClient)
    if case .found(let other, _) = shop.probe(bytes, place, hint, context), other != dissector { return other }
    return nil
  }

  private mutating func adopt(_ found: UInt8, _ context: PDUContext, _ shop: inout Workshop) {
    if state == .identified {
      guard dissector != found else { return }
      shop.slabs[Int(dissector)].close(slot)
    }
    state = .identified
    dissector = found
    layerBase = shop.table.layerBases[Int(found)]
    shop.adoptions &+= 1
    slot = shop.open(found, context)
    refusals = 0
  }

  private mutating func refuse(isClaimed: Bool = false) {
    refusals += 1
    let patience = isClaimed ? Self.patienceWhereClaimed : Self.patience
    guard refusals >= patience, !hasBeenRead || refusals > 64 else { return }
    if state == .unknown {
      state = .givenUp
    } else {
      refusals = Self.patience
    }
  }
}
