import OTCore

/// The states of all conversations of one dissector, and the dissector behind one dynamic call.
///
/// Keeping the states of one kind side by side costs one class call a data unit, where a box a conversation would cost
/// an allocation each and a uniqueness check a call.
class DissectorSlab {
  let type: any Dissector.Type
  /// Number of the dissector's first protocol in the engine's table.
  let layerBase: UInt8

  init(_ type: any Dissector.Type, layerBase: UInt8) {
    self.type = type
    self.layerBase = layerBase
  }

  /// A fresh state; its slot.
  func open() -> UInt32 { 0 }
  /// Gives the slot back.
  func close(_ slot: UInt32) {}
  /// Reads one data unit; nil or why it stopped.
  func dissect(
    _ slot: UInt32, _ pdu: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) -> DecodeError? { nil }

  static func make<D: Dissector>(_ type: D.Type, layerBase: UInt8) -> DissectorSlab {
    Slab<D>(layerBase: layerBase)
  }
}

private final class Slab<D: Dissector>: DissectorSlab {
  private var states: [D] = []
  private var free: [UInt32] = []

  init(layerBase: UInt8) { super.init(D.self, layerBase: layerBase) }

  override func open() -> UInt32 {
    if let slot = free.popLast() {
      states[Int(slot)] = D()
      return slot
    }
    states.append(D())
    return UInt32(truncatingIfNeeded: states.count - 1)
  }

  override func close(_ slot: UInt32) {
    states[Int(slot)] = D()
    free.append(slot)
  }

  override func dissect(
    _ slot: UInt32, _ pdu: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) -> DecodeError? {
    D.dissect(pdu, context, with: &states, at: Int(slot), into: &out)
  }
}
