import OTCore

/// The states of all conversations of one dissector, behind one dynamic call.
///
/// Keeping the states of one kind side by side costs one such call a data unit, where a box a conversation would cost an
/// allocation each and a uniqueness check a call. A class instead of a value would cost the checks of exclusive access,
/// a hundred instructions a data unit.
protocol DissectorSlab: Sendable {
  /// A fresh state; its slot.
  mutating func open() -> UInt32
  /// A fresh state of a conversation that was announced; its slot.
  mutating func open(_ expected: Expectation) -> UInt32
  /// Gives the slot back.
  mutating func close(_ slot: UInt32)
  /// Reads one data unit; nil or why it stopped.
  mutating func dissect(
    _ pdu: Span<UInt8>, _ context: PDUContext, at slot: UInt32, into out: inout ObservationBuffer
  ) -> DecodeError?
  /// What the dissector says of the bytes; where they are one data unit, it has been read.
  mutating func dissectWhole(
    _ bytes: Span<UInt8>, _ hint: FramingHint, _ context: PDUContext, at slot: UInt32, into out: inout ObservationBuffer
  ) -> Framing
}

/// Two arrays, so that it fits into the existential without a box.
struct Slab<D: Dissector>: DissectorSlab {
  private var states: [D] = []
  private var free: [UInt32] = []

  mutating func open() -> UInt32 {
    if let slot = free.popLast() {
      states[Int(slot)] = D()
      return slot
    }
    states.append(D())
    return UInt32(truncatingIfNeeded: states.count - 1)
  }

  mutating func open(_ expected: Expectation) -> UInt32 {
    let slot = open()
    states[Int(slot)] = D(expected)
    return slot
  }

  mutating func close(_ slot: UInt32) {
    states[Int(slot)] = D()
    free.append(slot)
  }

  @inline(__always)
  mutating func dissect(
    _ pdu: Span<UInt8>, _ context: PDUContext, at slot: UInt32, into out: inout ObservationBuffer
  ) -> DecodeError? {
    D.dissect(pdu, context, at: slot, into: &out, of: &states)
  }

  @inline(__always)
  mutating func dissectWhole(
    _ bytes: Span<UInt8>, _ hint: FramingHint, _ context: PDUContext, at slot: UInt32, into out: inout ObservationBuffer
  ) -> Framing {
    D.dissectWhole(bytes, hint, context, at: slot, into: &out, of: &states)
  }
}
