import OTCore
import Testing

@testable import OTProtocols

/// Who asks, where neither a handshake nor a port tells it: the message itself.
struct DirectionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var id: String
    /// One message, whose sender is taken for the client by mistake if it is an answer, and for the server if it is not.
    var bytes: String
    var isRequest: Bool
  }

  static let cases = [
    // MODBUS Application Protocol V1.1b3 sections 6.3 and 6.12; the length of either.
    Case(
      testDescription: "Modbus: registers are asked for", id: "modbus", bytes: "0001 0000 0006 01 | 03 0000 0002",
      isRequest: true),
    Case(
      testDescription: "Modbus: registers are told", id: "modbus", bytes: "0001 0000 0007 01 | 03 04 00010002",
      isRequest: false),
    Case(
      testDescription: "Modbus: registers are written", id: "modbus",
      bytes: "0001 0000 000b 01 | 10 0000 0002 04 00010002", isRequest: true),
    Case(
      testDescription: "Modbus: registers were written", id: "modbus", bytes: "0001 0000 0006 01 | 10 0000 0002",
      isRequest: false),
    // Function 90: the code behind the session is 0xfe where something was carried out.
    Case(testDescription: "UMAS: a request", id: "modbus", bytes: "0001 0000 0004 00 | 5a 00 02", isRequest: true),
    Case(testDescription: "UMAS: an answer", id: "modbus", bytes: "0001 0000 0005 00 | 5a 00 fe 01", isRequest: false),
    // CIP Networks Library volume 2, section 2-4.4 and 2-6: a session is given by the answer; bit 7 of the service.
    Case(
      testDescription: "EtherNet/IP: a session is registered", id: "enip",
      bytes: "6500 0400 00000000 00000000 0000000000000000 00000000 | 0100 0000", isRequest: true),
    Case(
      testDescription: "EtherNet/IP: a session is given", id: "enip",
      bytes: "6500 0400 07000000 00000000 0000000000000000 00000000 | 0100 0000", isRequest: false),
    Case(
      testDescription: "EtherNet/IP: a service is asked for", id: "enip",
      bytes: """
        7000 1a00 07000000 00000000 0000000000000000 00000000 | 00000000 0000 0200
        a100 0400 01000000 b100 0800 0100 0e 02 2001 2401
        """, isRequest: true),
    Case(
      testDescription: "EtherNet/IP: a service answers", id: "enip",
      bytes: """
        7000 1800 07000000 00000000 0000000000000000 00000000 | 00000000 0000 0200
        a100 0400 01000000 b100 0600 0100 8e 00 0000
        """, isRequest: false),
  ]

  @Test(arguments: cases)
  func theMessageTells(_ item: Case) throws {
    let dissector = try #require(ProtocolRegistry.dissectors.first { $0.protocols.contains { $0.id == item.id } })
    #expect(firstRole(dissector, bytes(item.bytes), senderIsClient: !item.isRequest) == item.isRequest)
  }

  /// Whether the first operation is a request.
  private func firstRole<D: Dissector>(_ type: D.Type, _ bytes: [UInt8], senderIsClient: Bool) -> Bool? {
    var dissector = D()
    var out = ObservationBuffer()
    var cursor = ByteCursor(bytes.span)
    let context = PDUContext(
      sender: .ipv4(1), receiver: .ipv4(2), senderPort: 50001, receiverPort: 50002, senderIsClient: senderIsClient,
      isStream: true)
    try? dissector.dissect(&cursor, context, into: &out)
    for case .operation(let operation) in out.observations { return operation.role == .request }
    return nil
  }
}
