import OTCore
import Testing

@testable import OTProtocols

/// Rules speak of kinds: what commands a device must not look like what asks it.
@Suite struct OperationKinds {
  struct Case: Sendable, CustomTestStringConvertible {
    var id: String
    var request: String
    var name: String
    var kind: OperationKind
    var testDescription: String { name }
  }

  @Test(arguments: [
    Case(id: "bacnet", request: "810a0009 0104 0000010c", name: "readProperty", kind: .read),
    Case(id: "bacnet", request: "810a0009 0104 0000010f", name: "writeProperty", kind: .write),
    Case(id: "bacnet", request: "810a0009 0104 00000111", name: "deviceCommunicationControl", kind: .control),
    Case(id: "bacnet", request: "810a0009 0104 00000114", name: "reinitializeDevice", kind: .control),
    Case(id: "bacnet", request: "810a0009 0104 00000107", name: "atomicWriteFile", kind: .program),
    Case(id: "bacnet", request: "810b0008 0100 1006", name: "timeSynchronization", kind: .time),
    Case(id: "bacnet", request: "810b0008 0100 1008", name: "who-Is", kind: .discover),
    Case(
      id: "bacnet", request: "81010004", name: "write broadcast distribution table", kind: .configure),
    Case(id: "pn_dcp", request: "fefe 0500 00000001 0001 0004 ffff 0000", name: "identify", kind: .discover),
    Case(
      id: "pn_dcp", request: "fefd 0400 00000001 0000 0008 0202 0003 0001 41 00", name: "set station name",
      kind: .configure),
    Case(
      id: "pn_dcp", request: "fefd 0400 00000001 0000 0012 0102 000e 0000 c0a8000a ffffff00 00000000",
      name: "set IP address", kind: .configure),
    Case(
      id: "pn_dcp", request: "fefd 0400 00000001 0000 0006 0506 0002 0004", name: "reset to factory", kind: .control),
    Case(id: "pn_dcp", request: "fefd 0400 00000001 0000 0008 0503 0004 0000 0100", name: "flash LED", kind: .diagnose),
    Case(id: "pn_rt", request: "8001 0000", name: "cyclic data", kind: .report),
    Case(
      id: "snmp", request: "301a 020100 0403 616263 a310 020101 020100 020100 3005 3003 06012b", name: "set",
      kind: .write),
  ])
  func aRequestIsOfItsKind(_ sample: Case) throws {
    let type = try #require(
      ProtocolRegistry.dissectors.first { $0.protocols.contains { $0.id == sample.id } })
    #expect(described(type, sample) == [sample.name + ": " + sample.kind.name])
  }

  private func described<D: Dissector>(_ type: D.Type, _ sample: Case) -> [String] {
    let bytes = bytes(sample.request)
    var dissector = D()
    var out = ObservationBuffer()
    var cursor = ByteCursor(bytes.span)
    // The parameters are left out: the operation is recorded all the same.
    try? dissector.dissect(&cursor, PDUContext(sender: .ipv4(1), receiver: .ipv4(2)), into: &out)
    return out.observations.compactMap { observation in
      guard case .operation(let operation) = observation else { return nil }
      let said = D.describe(operation: operation.code, layer: Int(operation.layer))
      return said.name + ": " + said.kind.name
    }
  }
}
