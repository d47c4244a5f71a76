import OTCore

/// What PROFINET IO sends with EtherType 0x8892, or over UDP to the port of this number, but for ``ProfinetDCP``: cyclic
/// data and alarms (RT) and the Precision Transparent Clock Protocol (PTCP), told apart by the frame id. IEC 61158-6-10,
/// sections 4.4 (PTCP) and 4.7 (RT).
public struct ProfinetRealTime: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "pn_rt", name: "PROFINET real time", specification: "IEC 61158-6-10, section 4.7", isIndustrial: true,
      depth: .operations,
      reads: "publisher and frame id of cyclic data, type and place of alarms, stopped providers; not the data",
      displayFilter: "pn_rt"),
    ProtocolInfo(
      id: "pn_ptcp", name: "PROFINET PTCP", specification: "IEC 61158-6-10, section 4.4", isIndustrial: true,
      depth: .operations, reads: "recognised by frame id", displayFilter: "pn_ptcp"),
  ]
  public static let claims: [Claim] = [.etherType(0x8892), .udp(0x8892)]

  private static let ptcpLayer: UInt8 = 1

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, let frameID = bytes.be16(0), bytes.count >= 4, !ProfinetDCP.frameIDs.contains(frameID) else {
      return .notThisProtocol
    }
    guard !hint.isUDP || isDatagram(bytes, frameID, hint) else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  /// RT_CLASS_UDP, section 4.7: the range of frame ids that this class has for cyclic data, which ends in the status of a
  /// provider, or an alarm. The port may be anybody's, so that what is fixed must be as it is.
  private static func isDatagram(_ bytes: Span<UInt8>, _ frameID: UInt16, _ hint: FramingHint) -> Bool {
    switch frameID {
    case 0xc000...0xfbff:
      // Of a datagram that was cut off the end is not there.
      guard bytes.count >= 2 + leastCyclicBytes + 4 else { return false }
      // Of a status that is 0 nothing would be true: no data, of nobody, who does not run.
      let status = bytes[bytes.count - 2]
      return hint.isEstablished || bytes[bytes.count - 1] == 0 && status != 0 && status & 0x48 == 0
    case FrameID.highAlarm, FrameID.lowAlarm:
      guard let type = bytes.byte(6), let length = bytes.be16(12) else { return false }
      return type >> 4 == 1 && (1...4).contains(type & 15)
        && (hint.isEstablished || 14 + Int(length) == bytes.count)
    default: return false
    }
  }

  /// The least length of cyclic data in a datagram.
  private static let leastCyclicBytes = 12

  private var told = RecentValues()

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let frameID = try pdu.u16("frame id")
    var operation = Operation(UInt64(frameID), .publish)
    if frameID == FrameID.highAlarm || frameID == FrameID.lowAlarm { Self.readAlarm(pdu.bytes, into: &operation) }
    out.operation(operation)
    if (0x0100...0xfbff).contains(frameID) { status(frameID, pdu.bytes, into: &out) }
    if Self.isPTCP(frameID) { out.operation(Operation(UInt64(frameID), .publish, layer: Self.ptcpLayer)) }
  }

  private enum FrameID {
    static let highAlarm: UInt16 = 0xfc01
    static let lowAlarm: UInt16 = 0xfe01
  }

  /// Section 4.5.1 (acyclic real time): two end points, type of message, flags, two sequence numbers, length; then in data
  /// a block of section 5.2.3 with type of alarm, application process, slot and subslot.
  private static func readAlarm(_ bytes: Span<UInt8>, into operation: inout Operation) {
    guard let type = bytes.byte(6) else { return }
    operation.code |= UInt64(type & 15) << 16
    guard type & 15 == alarmData, let block = bytes.be16(14), let alarm = bytes.be16(20) else { return }
    // An answer repeats the alarm it is for.
    if block & 0x8000 != 0 { operation.code |= 1 << 24 }
    operation.code |= UInt64(alarm) << 32
    if let slot = bytes.be16(26), let subslot = bytes.be16(28) {
      operation.object = .numbers(UInt32(slot), UInt32(subslot), 0, 0)
    }
  }

  private static let alarmData: UInt8 = 1

  private static func alarmName(_ code: UInt64) -> String {
    let priority = code & 0xffff == UInt64(FrameID.highAlarm) ? "alarm, high priority" : "alarm, low priority"
    switch code >> 16 & 0xff {
    case 0: return priority
    case UInt64(alarmData):
      return "\(priority): \(code & 1 << 24 != 0 ? "answer to " : "")\(alarmType(code >> 32))"
    case 2, 3: return "\(priority): acknowledgement"
    default: return "\(priority): connection error"
    }
  }

  /// Table of alarm types, section 5.2.3.2.
  private static func alarmType(_ type: UInt64) -> String {
    let names = [
      "none", "diagnosis", "process", "pull", "plug", "status", "update", "media redundancy",
      "controlled by supervisor",
      "released", "plug of a wrong module", "return of a submodule", "diagnosis disappears", "multicast mismatch",
      "port data change", "synchronisation data change", "isochronous mode problem", "network component problem",
      "time data change", "dynamic frame packing problem", "planned duplication problem", "multiple interface mismatch",
    ]
    switch type {
    case 0x1e: return "upload and retrieval"
    case 0x1f: return "pull of a module"
    default: return type < names.count ? names[Int(type)] : "type \(type)"
    }
  }

  /// Section 4.7.2.3: cyclic data ends in cycle counter, data status and transfer status (0). A provider that is stopped
  /// or has a problem is told once.
  private mutating func status(_ frameID: UInt16, _ bytes: Span<UInt8>, into out: inout ObservationBuffer) {
    guard bytes.count >= 6, bytes[bytes.count - 1] == 0, let status = bytes.byte(bytes.count - 2), status & 0x0c == 4
    else {
      return
    }
    let isStopped = status & 0x10 == 0
    let hasProblem = status & 0x20 == 0
    guard isStopped || hasProblem, told.isNew(hash: UInt64(frameID) << 8 | UInt64(status & 0x30)) else { return }
    out.property(.mode, isStopped ? out.text("provider stopped") : out.text("provider has a problem"))
  }

  /// Ranges of the synchronisation frames (without and with follow-up), of announcement, follow-up and delay measurement;
  /// of each range the first identifiers are in use, the others reserved for it.
  private static func isPTCP(_ frameID: UInt16) -> Bool {
    switch frameID {
    case 0x0000...0x00ff, 0xff00...0xff5f: true
    default: false
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name: String
    switch code & 0xffff {
    case 0x0000...0x00ff: name = "clock synchronisation"
    case 0x0100...0x7fff: name = "cyclic data (isochronous)"
    case 0x8000...0xbfff: name = "cyclic data"
    case 0xc000...0xfbff: name = "cyclic data (legacy and UDP range)"
    case UInt64(FrameID.highAlarm), UInt64(FrameID.lowAlarm): name = alarmName(code)
    case 0xff00...0xff1f: name = "clock announcement"
    case 0xff20...0xff3f: name = "clock follow-up"
    case 0xff40: name = "delay request"
    case 0xff41...0xff5f: name = "delay response"
    default: name = "real-time frame"
    }
    return OperationDescription(
      code: "\(code & 0xffff)", name: name, kind: layer == Int(ptcpLayer) ? .other : .report)
  }

  public static func describe(
    object slot: UInt32, _ subslot: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "slot \(slot)/\(subslot)" }
}
