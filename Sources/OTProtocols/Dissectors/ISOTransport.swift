import OTCore

/// ISO transport on top of TCP: what S7comm, S7comm-plus and MMS travel in. Without IP ("ISO", "Industrial Ethernet H1") it
/// stands behind an empty network layer in 802.2 frames.
/// RFC 1006 section 6 (TPKT); ISO/IEC 8073 (X.224) section 13, classes 0 to 4; ISO/IEC 8473-1 section 6.
public struct ISOTransportDissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "cotp", name: "ISO transport (TPKT/COTP)", specification: "RFC 1006 section 6; ISO/IEC 8073 section 13",
      isIndustrial: false, depth: [.operations],
      reads: "connections with their selectors (rack and slot), disconnects; reassembles user data for the layer above",
      displayFilter: "cotp")
  ]
  public static let claims: [Claim] = [.tcp(102), .llc(0xfe)]
  public static let probe = ProbeStrength.strong

  /// User data of a data unit whose end was not seen yet, from the client and from the server.
  private var fromClient: [UInt8] = []
  private var fromServer: [UInt8] = []

  public init() {}

  // MARK: framing

  /// TPKT: version 3, reserved 0, length of everything. Then the length of the transport header and its code.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let version = bytes.byte(0) else { return .needMore }
    if !hint.isStream, hint.isClaimed, version == inactive {
      return isInactive(bytes) ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    guard version == 3, bytes.byte(1) ?? 0 == 0 else { return .notThisProtocol }
    guard let length = bytes.be16(2).map(Int.init) else { return .needMore }
    guard length >= 7 else { return .notThisProtocol }
    guard let header = bytes.byte(4).map(Int.init), let code = bytes.byte(5) else { return .needMore }
    guard header >= 2, header + 5 <= length, isKnown(code) else { return .notThisProtocol }
    if !hint.isClaimed, !hint.isEstablished {
      // RDP travels the same way: elsewhere than on port 102 this must look like an automation protocol.
      switch Code(code) {
      case .connectionRequest, .connectionConfirm:
        guard bytes.count >= min(length, 4 + 1 + header) else { return .needMore }
        guard hasSelector(bytes.clamped(from: 5, count: header)) else { return .notThisProtocol }
      case .data:
        guard let first = bytes.byte(5 + header) else { return .needMore }
        guard first == 0x32 || first == 0x72 || isSession(bytes.clamped(from: 5 + header, count: length)) else {
          return .notThisProtocol
        }
      default: return .notThisProtocol
      }
    }
    return .pdu(byteCount: length)
  }

  /// Protocol identifier of the inactive network layer, which has nothing else: ISO/IEC 8473-1, inactive subset.
  private static let inactive: UInt8 = 0

  /// Whether a transport unit that is whole stands behind it. What else lives in these frames (IS-IS, ES-IS, CLNP) has other
  /// identifiers.
  private static func isInactive(_ bytes: Span<UInt8>) -> Bool {
    guard let header = bytes.byte(1).map(Int.init), let code = bytes.byte(2), isKnown(code) else { return false }
    let least =
      switch Code(code) {
      case .connectionRequest, .connectionConfirm, .disconnectRequest: 6
      case .disconnectConfirm: 5
      default: 4
      }
    return header >= least && header + 2 <= bytes.count
  }

  /// ISO/IEC 8073 section 13.2.2.2: the code in the upper half of the second header octet.
  struct Code: Equatable {
    var rawValue: UInt8
    init(_ octet: UInt8) { rawValue = octet & 0xf0 }
    static let expeditedData = Code(0x10)
    static let expeditedAcknowledgement = Code(0x20)
    static let reject = Code(0x50)
    static let acknowledgement = Code(0x60)
    static let error = Code(0x70)
    static let disconnectRequest = Code(0x80)
    static let disconnectConfirm = Code(0xc0)
    static let connectionConfirm = Code(0xd0)
    static let connectionRequest = Code(0xe0)
    static let data = Code(0xf0)

    /// Whether another unit may follow in the same frame.
    var precedesOthers: Bool { self == .acknowledgement || self == .expeditedAcknowledgement || self == .reject }
  }

  private static func isKnown(_ code: UInt8) -> Bool {
    switch Code(code) {
    case .expeditedData, .expeditedAcknowledgement, .reject, .acknowledgement, .error, .disconnectRequest,
      .disconnectConfirm, .connectionConfirm, .connectionRequest, .data:
      true
    default: false
    }
  }

  /// Whether the variable part of a connection header names a transport selector, and is of parameters to its end.
  private static func hasSelector(_ header: Span<UInt8>) -> Bool {
    var index = 6
    var isNamed = false
    while let code = header.byte(index), let length = header.byte(index + 1) {
      if code == Parameter.callingSelector || code == Parameter.calledSelector { isNamed = true }
      index += 2 + Int(length)
    }
    return isNamed && index == header.count
  }

  /// Whether user data is of the session layer, in which MMS travels: two short data units in front of a presentation data
  /// unit, or a connection with its first parameter. ITU-T X.225 sections 8.3.1, 8.3.2 and 8.3.11.
  private static func isSession(_ data: Span<UInt8>) -> Bool {
    if data.be32(0) == 0x0100_0100 { return data.byte(4) == 0x61 }
    guard let kind = data.byte(0), kind == 0x0d || kind == 0x0e, let parameter = data.byte(2) else { return false }
    return parameter == 0x05 || parameter == 0x01
  }

  private enum Parameter {
    static let callingSelector: UInt8 = 0xc1
    static let calledSelector: UInt8 = 0xc2
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let bytes = pdu.bytes
    if !context.isStream, bytes.byte(0) == Self.inactive {
      try pdu.skip(1, "network layer")
      // Acknowledgements may stand in front of other units: section 6.4.
      var units = 1
      while try unit(&pdu, context, into: &out).precedesOthers, !pdu.isAtEnd, units < Limits.nesting { units += 1 }
      return
    }
    if bytes.count >= 7, bytes[4] == 2, bytes[5] & 0xf0 == Code.data.rawValue, bytes[6] & 0x80 != 0, !context.afterGap,
      context.senderIsClient ? fromClient.isEmpty : fromServer.isEmpty
    {
      // Nearly all of them: user data of class 0 that is whole.
      out.handOff(.isoTransport, from: 7, count: bytes.count - 7)
      return
    }
    try pdu.skip(4, "TPKT header")
    _ = try unit(&pdu, context, into: &out)
  }

  /// One transport unit; user data is the rest of the bytes.
  private mutating func unit(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) -> Code {
    let headerLength = Int(try pdu.u8("length indicator"))
    var header = try pdu.slice(headerLength, "transport header")
    let code = Code(try header.u8("transport code"))
    switch code {
    case .data: data(header.rest(), &pdu, context, into: &out)
    case .connectionRequest:
      out.operation(Operation(UInt64(code.rawValue), .request))
      try selectors(&header, into: &out)
    case .connectionConfirm:
      out.operation(Operation(UInt64(code.rawValue), .response, outcome: .success))
    case .disconnectRequest, .error:
      let role: Operation.Role = context.senderIsClient ? .request : .response
      out.operation(Operation(UInt64(code.rawValue), role))
    default: break
    }
    return code
  }

  /// Section 13.7: user data, whole when the last octet of the header has its end mark. Of a message whose beginning is
  /// held when a part is lost, that beginning is handed on.
  private mutating func data(
    _ header: Span<UInt8>, _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) {
    // In class 0 the number follows the code; in classes 2 to 4 the destination reference stands between.
    let isEnd = header.byte(header.count >= 3 ? 2 : 0).map { $0 & 0x80 != 0 } ?? true
    let isClient = context.senderIsClient
    if context.afterGap { lost(isClient, into: &out) }
    let held = isClient ? fromClient.count : fromServer.count
    if isEnd, held == 0 {
      out.handOff(.isoTransport, from: pdu.offset, count: pdu.remaining)
      return
    }
    let userData = pdu.rest()
    guard held + userData.count <= Limits.pduBytes else {
      out.anomaly("user data", .tooDeep)
      isClient ? fromClient.removeAll() : fromServer.removeAll()
      return
    }
    if isClient { fromClient.append(userData) } else { fromServer.append(userData) }
    guard context.missingBytes == 0 else { return lost(isClient, into: &out) }
    guard isEnd else { return }
    if isClient {
      out.handOff(.isoTransport, fromClient.span)
      fromClient.removeAll(keepingCapacity: true)
    } else {
      out.handOff(.isoTransport, fromServer.span)
      fromServer.removeAll(keepingCapacity: true)
    }
  }

  private mutating func lost(_ isClient: Bool, into out: inout ObservationBuffer) {
    let held = isClient ? fromClient : fromServer
    guard !held.isEmpty else { return }
    out.handOff(.isoTransport, held.span, missing: 1)
    isClient ? fromClient.removeAll() : fromServer.removeAll()
  }

  /// Section 13.3.4: who calls whom. Siemens puts the kind of connection, rack and slot into two octets.
  private func selectors(_ header: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    try header.skip(5, "references and class")
    while header.remaining >= 2 {
      let code = try header.u8("parameter code")
      let length = Int(try header.u8("parameter length"))
      let value = try header.take(length, "parameter value")
      guard code == Parameter.callingSelector || code == Parameter.calledSelector else { continue }
      let subject: Subject = code == Parameter.callingSelector ? .sender : .receiver
      out.property(.tsap, Self.isText(value) ? out.text(value) : out.text(hex: value), subject: subject)
      if subject == .receiver, length == 2, let kind = value.byte(0), (1...3).contains(kind), let place = value.byte(1)
      {
        out.property(.rack, out.text(joined: UInt64(place >> 5), UInt64(place & 31), separator: "/"), subject: subject)
      }
    }
  }

  private static func isText(_ value: Span<UInt8>) -> Bool {
    guard value.count > 2 else { return false }
    for index in value.indices where value[index] < 0x20 || value[index] > 0x7e { return false }
    return true
  }

  // MARK: names

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch Code(UInt8(truncatingIfNeeded: code)) {
      case .connectionRequest: "connection request"
      case .connectionConfirm: "connection confirm"
      case .disconnectRequest: "disconnect request"
      case .error: "transport error"
      default: "transport unit"
      }
    return OperationDescription(code: hexadecimal(code, digits: 2), name: name, kind: .session)
  }
}
