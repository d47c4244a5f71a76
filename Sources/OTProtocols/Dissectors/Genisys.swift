import OTCore

/// Genisys: railway signalling's field controllers, as carried over TCP by terminal servers.
/// Union Switch & Signal SM-6800D (Genisys Code System), sections 4 and 5.
public struct Genisys: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "genisys", name: "Genisys", specification: "Union Switch & Signal SM-6800D, sections 4 and 5",
      isIndustrial: true, depth: .operations, reads: "polls, indications, controls and their station",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(10001)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private static let terminator: UInt8 = 0xf6

  /// Control octet, station, data (octets from 0xf0 on behind an escape), checksum, terminator.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    guard hint.isClaimed || hint.isEstablished else {
      return isCheckedRequest(bytes) ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    guard let control = bytes.byte(0) else { return .needMore }
    guard isControl(control) else { return .notThisProtocol }
    // Some converters do not escape the checksum: a terminator ends a message where another one or nothing follows.
    for index in 2..<Swift.max(2, Swift.min(bytes.count, 1024)) where bytes[index] == terminator {
      if bytes.byte(index + 1).map(isControl) ?? true { return .pdu(byteCount: index + 1) }
    }
    return bytes.count < 1024 ? .needMore : .notThisProtocol
  }

  /// Whether all bytes are one message of the office with a right checksum, which counts what escapes stand for.
  private static func isCheckedRequest(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= 5, bytes.count <= 256, (0xf9...0xfe).contains(bytes[0]), bytes[bytes.count - 1] == terminator
    else { return false }
    // The checksum of a message with its own checksum behind it, the lower octet first, is 0.
    var crc: UInt16 = 0xffff
    var index = 0
    while index < bytes.count - 1 {
      var octet = bytes[index]
      if octet == 0xf0, index < bytes.count - 2 {
        index += 1
        octet |= bytes[index]
      }
      crc = ReflectedCRC16.serial.remainder(of: octet, from: crc)
      index += 1
    }
    return crc == 0
  }

  private static func isControl(_ octet: UInt8) -> Bool {
    (0xf1...0xf3).contains(octet) || (0xf9...0xfe).contains(octet)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let control = try pdu.u8("control character")
    let station = try pdu.u8("station address")
    out.operation(
      Operation(
        UInt64(control), control <= 0xf3 ? .response : .request, object: .numbers(UInt32(station), 0, 0, 0)))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 0xf1: ("acknowledge", .session)
      case 0xf2: ("indication data", .report)
      case 0xf3: ("control checkback", .control)
      case 0xf9: ("common control", .control)
      case 0xfa: ("acknowledge and poll", .read)
      case 0xfb: ("poll", .read)
      case 0xfc: ("control data", .control)
      case 0xfd: ("recall", .read)
      case 0xfe: ("execute controls", .control)
      default: ("control character \(code)", .other)
      }
    return OperationDescription(code: hexadecimal(code, digits: 2), name: name, kind: kind)
  }

  public static func describe(
    object station: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    "station \(station)"
  }
}
