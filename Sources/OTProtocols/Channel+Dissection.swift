import OTCore

/// Data units, and those they carry.
extension Channel {
  mutating func dissect(
    _ pdu: Span<UInt8>, _ context: PDUContext, _ shop: inout Workshop, into out: inout ObservationBuffer
  ) {
    shop.dissect(dissector, slot, pdu, context, into: &out)
    hasBeenRead = true
    if out.hasErrands { runErrands(pdu, context, &shop, into: &out) }
  }

  /// Sees to what a data unit left to do.
  @inline(never)
  mutating func runErrands(
    _ pdu: Span<UInt8>, _ context: PDUContext, _ shop: inout Workshop, into out: inout ObservationBuffer
  ) {
    descend(pdu, context, &shop, into: &out)
    for announcement in out.announcements { shop.expected.add(announcement, context, out) }
    out.clearErrands()
  }

  /// Offers inner data units to the dissectors that claim their layer; inner ones of those in turn, to a depth.
  private mutating func descend(
    _ pdu: Span<UInt8>, _ context: PDUContext, _ shop: inout Workshop, into out: inout ObservationBuffer
  ) {
    var next = 0
    while next < out.payloadCount, next < Limits.itemsPerPDU {
      let payload = out.payloads[next]
      next += 1
      if payload.isInPlace {
        let bytes = pdu.clamped(from: Int(payload.bytes.start), count: Int(payload.bytes.count))
        dissectInner(payload.layer, bytes, context, &shop, into: &out)
      } else {
        // The payload moves out of the buffer, since its dissector writes texts to the same buffer.
        var bytes: [UInt8] = []
        swap(&bytes, &shop.scratch)
        out.copyPayload(payload, into: &bytes)
        if payload.missingBytes == 0 {
          dissectInner(payload.layer, bytes.span, context, &shop, into: &out)
        } else {
          // What was held of it stands before the gap.
          var cut = context
          (cut.missingBytes, cut.afterGap) = (Int(payload.missingBytes), false)
          dissectInner(payload.layer, bytes.span, cut, &shop, into: &out)
        }
        swap(&bytes, &shop.scratch)
      }
    }
  }

  private mutating func dissectInner(
    _ layer: InnerLayer, _ bytes: Span<UInt8>, _ context: PDUContext, _ shop: inout Workshop,
    into out: inout ObservationBuffer
  ) {
    let hint = FramingHint(
      isStream: false, isClaimed: true, senderIsClient: context.senderIsClient,
      isEstablished: innerDissector != 255)
    if innerDissector == 255 || shop.fit(innerDissector, bytes, hint, context.missingBytes) == nil {
      guard let found = shop.claimant(layer, bytes, hint, context.missingBytes) else { return }
      if innerDissector != found {
        if innerDissector != 255 { shop.slabs[Int(innerDissector)].close(innerSlot) }
        innerDissector = found
        innerSlot = shop.slabs[Int(found)].open()
      }
    }
    let count = out.payloadCount
    shop.dissect(innerDissector, innerSlot, bytes, context, into: &out)
    if out.payloadCount > count { out.keepPayloads(from: count, of: bytes) }
  }
}
