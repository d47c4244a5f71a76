import OTCore
import Testing

@testable import OTProtocols

/// Messages in several transport units of which some were lost.
struct LostFragmentsTests {
  /// What the engine reads of TCP segments of the server, each with what is missing in front of it.
  private func observed(_ segments: [(gap: Int, notation: String)]) -> [String] {
    var engine = DissectionEngine()
    var out = ObservationBuffer()
    let channel = engine.open()
    for segment in segments {
      var context = PDUContext(
        sender: .ipv4(2), receiver: .ipv4(1), senderPort: 102, receiverPort: 50001, senderIsClient: false,
        isStream: true)
      engine.stream(
        channel, forward: false, bytes(segment.notation).span, gap: segment.gap, &context,
        .init(.tcp, server: 102, client: 50001), into: &out)
    }
    return out.observations.compactMap {
      switch $0 {
      case .operation(let operation): "\(engine.table.protocols[Int(operation.layer)].id) \(operation.code)"
      case .anomaly(let anomaly): "anomaly \(anomaly.field)"
      default: nil
      }
    }
  }

  // TPKT, length; data (f0), not the end (00) or the end (80) of the message; ISO/IEC 8073 section 13.7. In it a
  // GetNameList-Response (a1 { 02 invocation, a1 … }) of 36 octets.
  private let beginning = "0300 001b 02f000 | 01000100 61 1e 301c 020103 a017 a115 020107 a110"
  private let middle = "0300 000f 02f000 | a00b 1a03 'LD0' 1a"
  private let end = "0300 000f 02f080 | 04 'CTRL' 8101 00"
  private let whole = "0300 0022 02f080 | 01000100 61 15 3013 020103 a00e a10c 020108 a107 a002 1a00 8101 00"

  @Test func aMessageInPartsIsReadOnce() {
    #expect(observed([(0, beginning), (0, middle), (0, end), (0, whole)]) == ["mms 1", "mms 1"])
  }

  @Test func itsBeginningTellsWhatItWas() {
    #expect(observed([(0, whole), (0, beginning), (15, end), (0, whole)]) == ["mms 1", "mms 1", "mms 1"])
  }

  @Test func theRestOfAMessageIsNoMessage() {
    #expect(observed([(0, whole), (27, middle), (0, end), (0, whole)]) == ["mms 1", "mms 1"])
  }

  /// The segment ends inside the second part.
  @Test func whatIsLostMayBeginInsideAPart() {
    #expect(
      observed([(0, whole), (0, beginning + "0300 000f 02f000 | a0"), (7, end), (0, whole)])
        == ["mms 1", "mms 1", "mms 1"])
  }
}
