import OTCore

/// HART-IP: field instruments' commands over TCP and UDP. FieldComm Group TS20085 (HCF_SPEC-085) revision 1, section 10;
/// commands: TS20127 (universal) and TS20151 (common practice).
public struct HARTIP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "hart_ip", name: "HART-IP", specification: "FieldComm Group TS20085, section 10", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "sessions, commands and response codes of instruments; maker, device type and identifier, tags",
      displayFilter: "hart_ip"),
    ProtocolInfo(
      id: "hart_direct", name: "HART direct messages", specification: "FieldComm Group TS20085, section 10.3",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "commands to the server itself, several in a message, and its audit log", displayFilter: "hart_ip"),
  ]
  public static let claims: [Claim] = [.tcp(5094), .udp(5094), .tcp(5095), .udp(5095)]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()

  public init() {}

  private static let headerBytes = 8

  private enum MessageID {
    static let initiate: UInt8 = 0
    static let passThrough: UInt8 = 3
    static let direct: UInt8 = 4
    static let auditLog: UInt8 = 5
  }

  /// Section 10.2: version, type (request, response, publish, refusal), identifier, status, sequence number, length.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let version = bytes.byte(0) else { return .needMore }
    guard version == 1 || version == 2 else { return .notThisProtocol }
    guard bytes.count >= headerBytes, let length = bytes.be16(6).map(Int.init) else {
      return hint.isStream && (hint.isClaimed || hint.isEstablished) ? .needMore : .notThisProtocol
    }
    let type = bytes[1] & 15
    guard type <= 2 || type == 15, bytes[2] <= 5 || bytes[2] == 128, length >= headerBytes, length <= 4096 else {
      return .notThisProtocol
    }
    // A session's opening has five octets, its end and its keeping alive none; a request has no status.
    if !hint.isEstablished {
      guard bytes[2] > 0 || length == headerBytes + 5 || type > 1, !(1...2).contains(bytes[2]) || length == headerBytes,
        type != 0 || bytes[3] == 0
      else { return .notThisProtocol }
    }
    if !hint.isClaimed, !hint.isEstablished {
      guard version == 1, bytes.count >= length, isCertain(bytes.extracting(0..<length)) else {
        return .notThisProtocol
      }
    }
    return .pdu(byteCount: length)
  }

  /// Whether a message seen elsewhere than on a HART-IP port has the form its identifier demands: an initiation of 13
  /// octets, or an instrument's frame with its longitudinal parity (TS20081 section 5.2).
  private static func isCertain(_ message: Span<UInt8>) -> Bool {
    switch message[2] {
    case MessageID.initiate: return message.count == 13 && message[8] <= 1
    case MessageID.passThrough:
      let start = headerBytes + preambles(message.extracting(headerBytes..<message.count))
      guard message.count >= start + 5 else { return false }
      var parity: UInt8 = 0
      for index in start..<message.count { parity ^= message[index] }
      let kind = message[start] & 7
      return parity == 0 && (kind == 1 || kind == 2 || kind == 6)
    default: return false
    }
  }

  /// Octets 0xff in front of an instrument's frame, which a gateway may leave there (TS20081 section 5.1): no delimiter
  /// has this value.
  private static func preambles(_ frame: Span<UInt8>) -> Int {
    var count = 0
    while frame.byte(count) == 0xff { count += 1 }
    return count
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(1, "version")
    let type = try pdu.u8("message type") & 15
    let message = try pdu.u8("message identifier")
    let status = try pdu.u8("status")
    try pdu.skip(4, "sequence number and length")
    let role: Operation.Role = type == 0 ? .request : .response
    switch message {
    // A refusal (type 15) tells its reason in the status or in an octet of its own, and carries no command.
    case MessageID.passThrough where type != 15: try instrument(&pdu, role, into: &out)
    case MessageID.direct where type != 15: try direct(&pdu, role, into: &out)
    default:
      let outcome: Operation.Outcome =
        role == .request ? .none : status == 0 && type == 1 ? .success : .failure(UInt32(status))
      let layer = message == MessageID.auditLog || message == MessageID.direct ? Self.directLayer : 0
      out.operation(Operation(UInt64(message) | 1 << 16, role, layer: layer, outcome: outcome))
    }
  }

  private static let directLayer: UInt8 = 1

  /// Section 10.3: two octets of status, then commands of 16 bits with their data.
  private mutating func direct(
    _ pdu: inout ByteCursor, _ role: Operation.Role, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(2, "device status")
    for _ in 0..<Limits.itemsPerPDU {
      guard !pdu.isAtEnd else { return }
      let command = try pdu.u16("command")
      let count = Int(try pdu.u8("byte count"))
      var data = try pdu.slice(count, "data")
      var operation = Operation(31 | UInt64(command) << 24, role, layer: Self.directLayer)
      if role == .response {
        let code = try data.u8("response code")
        operation.outcome = code == 0 || Self.isWarning(code) ? .success : .failure(UInt32(code))
        try identity(command, data.rest(), into: &out)
      }
      out.operation(operation)
    }
  }

  /// TS20081 section 5.2: delimiter, short or long address, expansion, command, byte count, status, data, parity.
  private mutating func instrument(
    _ pdu: inout ByteCursor, _ role: Operation.Role, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    // Of a frame that is cut before its command the message is known.
    var operation = Operation(UInt64(MessageID.passThrough) | 1 << 16, role)
    defer { out.operation(operation) }
    try pdu.skip(Self.preambles(pdu.peekRest()), "preambles")
    let delimiter = try pdu.u8("delimiter")
    let address = try pdu.take(delimiter & 0x80 != 0 ? 5 : 1, "address")
    try pdu.skip(Int(delimiter >> 5 & 3), "expansion")
    let command = try pdu.u8("command")
    operation = Operation(UInt64(command), role, object: Self.object(address))
    let count = Int(try pdu.u8("byte count"))
    var data = try pdu.slice(Swift.min(count, pdu.remaining), "data")
    var number = UInt16(command)
    if role == .response {
      let code = try data.u8("response code")
      try data.skip(Swift.min(1, data.remaining), "field device status")
      // The highest bit tells of a communication error; below 8 and above 15 some codes are warnings.
      operation.outcome = code == 0 || (code & 0x80 == 0 && Self.isWarning(code)) ? .success : .failure(UInt32(code))
      guard code & 0x80 == 0 else { return }
    }
    if command == 31, let extended = data.bytes.be16(data.offset) {
      number = extended
      operation.code |= UInt64(extended) << 24
    }
    if role == .response { try identity(number, data.rest(), into: &out) }
  }

  private static func isWarning(_ code: UInt8) -> Bool {
    code == 8 || code == 14 || (24...27).contains(code) || (96...127).contains(code)
  }

  /// Device type and identifier of a long address, or the polling address.
  private static func object(_ address: Span<UInt8>) -> Operation.Object {
    guard address.count == 5, let type = address.be16(0), let identifier = address.be32(1) else {
      return .numbers(0, UInt32(address[0] & 0x3f), 0, 0)
    }
    return .numbers(1, UInt32(type & 0x3fff), identifier & 0xff_ffff, 0)
  }

  // MARK: identity

  private mutating func identity(
    _ command: UInt16, _ data: Span<UInt8>, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard told.isNew(data, salt: UInt64(command)) else { return }
    switch command {
    // Identify, by polling address, by tag, by long tag; extended type in revision 5 is maker and type.
    case 0, 11, 21:
      guard data.count >= 12, data[0] == 254 else { return }
      out.identity(.sender, .deviceType, out.text(prefixedHex: data.extracting(1..<3)))
      out.identity(.sender, .deviceID, out.text(hex: data.extracting(9..<12)))
      out.identity(.sender, .softwareVersion, out.text(UInt64(data[6])))
      out.identity(.sender, .hardwareVersion, out.text(UInt64(data[7] >> 3)))
      if let maker = data.be16(17) {
        out.identity(.sender, .vendorID, out.text(UInt64(maker)))
      } else {
        out.identity(.sender, .vendorID, out.text(UInt64(data[1])))
      }
    case 13, 18:
      guard data.count >= 18 else { return }
      out.identity(.sender, .stationName, packed(data.extracting(0..<6), into: &out))
      out.identity(.sender, .description, packed(data.extracting(6..<18), into: &out))
    case 12, 17:
      guard data.count >= 24 else { return }
      out.identity(.sender, .description, packed(data.extracting(0..<24), into: &out))
    case 20, 22:
      guard data.count >= 32 else { return }
      out.identity(.sender, .stationName, out.text(data.extracting(0..<32)))
    default: break
    }
  }

  /// Four characters of six bits in three octets: TS20099 section 5.1.1. Unset texts repeat `@` or `?`.
  private func packed(_ data: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    var characters = InlineArray<32, UInt8>(repeating: 0x20)
    var count = 0
    var index = 0
    var isSet = false
    while index + 2 < data.count, count + 4 <= 32 {
      let group = UInt32(data[index]) << 16 | UInt32(data[index + 1]) << 8 | UInt32(data[index + 2])
      for shift: UInt32 in [18, 12, 6, 0] {
        let bits = UInt8(truncatingIfNeeded: group >> shift & 0x3f)
        let character = bits < 0x20 ? bits + 0x40 : bits
        characters[count] = character
        if character != 0x20, character != 0x40, character != 0x3f { isSet = true }
        count += 1
      }
      index += 3
    }
    return isSet ? out.text(characters.span.extracting(0..<count)) : .none
  }

  public static func describe(
    object isLong: UInt32, _ type: UInt32, _ identifier: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    isLong == 0
      ? "polling address \(type)"
      : "device type \(hexadecimal(type, digits: 4)) id \(hexadecimal(identifier, digits: 6))"
  }
}
