import OTCore

/// Wake-on-LAN's magic packet: six bytes of ones and sixteen times the address of the computer to wake. AMD, "Magic Packet
/// Technology" (1995). What encrypts computers likes them on.
public struct WakeOnLAN: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "wol", name: "Wake-on-LAN", specification: "AMD, Magic Packet Technology (1995)", isIndustrial: false,
      depth: .operations, reads: "whom it wakes; a password is judged, not kept", displayFilter: "wol")
  ]
  public static let claims: [Claim] = [.etherType(0x0842), .udp(7), .udp(9), .udp(40000)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private static let byteCount = 102

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.count >= byteCount, bytes.be32(0) == 0xffff_ffff, bytes.be16(4) == 0xffff else {
      return .notThisProtocol
    }
    let address = bytes.extracting(6..<12)
    for repetition in 1..<16
    where !address.equals(bytes.clamped(from: 6 + 6 * repetition, count: 6)) { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(6, "synchronisation")
    let address = try pdu.take(6, "target")
    out.operation(Operation(0, .publish, object: .text(out.text(mac: address))))
    try pdu.skip(90, "repetitions")
    // SecureOn: four or six bytes. Ethernet pads frames with zeros.
    let password = pdu.rest()
    if password.count == 4 || password.count == 6 {
      out.record(.credential(CredentialExposure(.protocolPassword, account: .none, strength: .unknown)))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "0", name: "wake", kind: .control)
  }
}
