import OTCore

/// The states of all conversations of one described protocol, with its description.
struct DescribedSlab: DissectorSlab {
  let described: DescribedProtocol
  private var states: [DescribedState] = []
  private var free: [UInt32] = []

  init(_ described: DescribedProtocol) { self.described = described }

  mutating func open() -> UInt32 {
    if let slot = free.popLast() {
      states[Int(slot)] = DescribedState()
      return slot
    }
    states.append(DescribedState())
    return UInt32(truncatingIfNeeded: states.count - 1)
  }

  /// Descriptions claim ports alone.
  mutating func open(_ expected: Expectation) -> UInt32 { open() }

  mutating func close(_ slot: UInt32) { free.append(slot) }

  mutating func dissect(
    _ pdu: Span<UInt8>, _ context: PDUContext, at slot: UInt32, into out: inout ObservationBuffer
  ) -> DecodeError? {
    described.dissect(pdu, context, &states[Int(slot)], into: &out)
  }

  mutating func dissectWhole(
    _ bytes: Span<UInt8>, _ hint: FramingHint, _ context: PDUContext, at slot: UInt32, into out: inout ObservationBuffer
  ) -> Framing {
    let framing = described.frame(bytes, hint)
    if framing.isWhole(bytes), let error = dissect(bytes, context, at: slot, into: &out) { out.stopped(error, context) }
    return framing
  }
}
