import OTCore
import OTFacts
import OTNetwork

extension PacketEngine {
  /// Has the payload of the frame at hand described, which no dissector has recognised. What carries no data unit of
  /// anybody (control messages of IP, a conversation that stands for many) is left out.
  mutating func unrecognised(_ bytes: Span<UInt8>) {
    switch met.frame.transport {
    case .icmp, .icmp6: return
    case .other where met.frame.ipProtocol == Self.groupManagement: return
    default: break
    }
    guard !met.hit.isOverflow else { return }
    unrecognised(
      bytes.clamped(from: met.frame.payloadStart, count: met.frame.payloadCount), missing: met.frame.missing,
      start: met.frame.transport == .tcp ? met.frame.tcp.sequence : nil)
  }

  /// The same of a frame that goes on with its conversation.
  ///
  /// - Parameter start: sequence number of the first byte of a segment.
  mutating func unrecognised(_ payload: Span<UInt8>, missing: Int, start: SequenceNumber?) {
    let size = payload.count + missing
    guard size > 0, met.scene.conversation != .max else { return }
    var edge: UInt64 = 0
    if let start {
      // Flow 0 is a flow, too.
      edge = (UInt64(met.hit.id) + 1) << 32 | UInt64(start.advanced(by: size).value)
    }
    folder.unrecognised(
      met.scene.conversation, payload, wireCount: size,
      toServer: flows.flows[Int(met.hit.id)].client == met.hit.side, edge: edge, met.scene.sighting.time)
  }

  /// IGMP (RFC 3376).
  private static let groupManagement: UInt8 = 2
}
