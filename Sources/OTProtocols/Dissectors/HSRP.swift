import OTCore

/// Hot Standby Router Protocol, RFC 2281 (version 1) and Cisco's version 2, whose password is `cisco` unless somebody
/// changed it, and stands in clear text.
public struct HSRP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "hsrp", name: "HSRP", specification: "RFC 2281; version 2 by Cisco", isIndustrial: false, depth: .operations,
      reads: "group, state, priority, virtual address, authentication; a password is judged, not kept",
      displayFilter: "hsrp")
  ]
  public static let claims: [Claim] = [.udp(1985), .udp(2029)]

  public init() {}

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, !hint.isStream, bytes.byte(0) == 0 ? isVersion1(bytes) : isVersion2(bytes) else {
      return .notThisProtocol
    }
    return .pdu(byteCount: bytes.count)
  }

  /// RFC 2281 section 5.1: an op code and a state it knows, a hold time, nothing in the reserved octet. An advertisement
  /// has a type (1: interface state) and a length in their place.
  private static func isVersion1(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= 16, let code = bytes.byte(1) else { return false }
    return code == 3 ? bytes.be16(2) == 1 : code <= 2 && states1[bytes[2]] != nil && bytes[4] > 0 && bytes[7] == 0
  }

  /// Types with the only length each has.
  private static func isVersion2(_ bytes: Span<UInt8>) -> Bool {
    var index = 0
    for _ in 0..<16 where index < bytes.count {
      switch (bytes[index], bytes.byte(index + 1) ?? 0) {
      case (1, 40), (2, 4), (3, 8), (4, 28): break
      default: return index > 0 && bytes[index] == 0
      }
      index += 2 + Int(bytes[index + 1])
    }
    return index > 0
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if pdu.peek() == 0 { return try version1(&pdu, into: &out) }
    var hasPassword = false
    var isNew = false
    for _ in 0..<16 where pdu.remaining >= 2 {
      let type = try pdu.u8("TLV type")
      let length = Int(try pdu.u8("TLV length"))
      var value = try pdu.slice(length, "TLV value")
      switch type {
      case 1: isNew = try version2(&value, into: &out) || isNew
      case 3:
        hasPassword = true
        if told.isNew(value.peekRest(), salt: 3) {
          out.property(.authentication, out.text("password in clear text"))
          out.clearTextPassword(value.rest().untilNUL())
        }
      case 4:
        hasPassword = true
        if told.isNew(hash: 4) { out.property(.authentication, out.text("MD5")) }
      default: break
      }
    }
    if isNew, !hasPassword, told.isNew(hash: 5) { out.property(.authentication, out.text("none")) }
  }

  /// RFC 2281 section 5.1.
  private mutating func version1(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    try pdu.skip(1, "version")
    let code = try pdu.u8("op code")
    guard code <= 2 else {
      out.operation(Operation(UInt64(code), .publish))
      return
    }
    let state = try pdu.u8("state")
    try pdu.skip(2, "timers")
    let priority = try pdu.u8("priority")
    let group = try pdu.u8("group")
    try pdu.skip(1, "reserved")
    out.operation(Operation(UInt64(code), .publish, object: .numbers(UInt32(group), 0, 0, 0)))
    guard told.isNew(pdu.bytes.clamped(from: 2, count: 18)) else { return }
    let password = try pdu.take(8, "authentication data").untilNUL()
    out.property(.protocolVersion, out.text("1"))
    router(
      UInt32(group), Self.states1[state] ?? "state \(state)", UInt32(priority), try pdu.u32("virtual IP address"),
      into: &out)
    out.property(.authentication, out.text("password in clear text"))
    out.clearTextPassword(password)
  }

  /// Group state: version, op code, state, kind of address, group, identifier, priority, timers, address.
  private mutating func version2(_ tlv: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) -> Bool
  {
    try tlv.skip(1, "version")
    let code = try tlv.u8("op code")
    let state = try tlv.u8("state")
    let family = try tlv.u8("IP version")
    let group = try tlv.u16("group")
    out.operation(Operation(UInt64(code), .publish, object: .numbers(UInt32(group), 0, 0, 0)))
    guard told.isNew(tlv.bytes) else { return false }
    try tlv.skip(6, "identifier")
    let priority = try tlv.u32("priority")
    try tlv.skip(8, "timers")
    out.property(.protocolVersion, out.text("2"))
    router(
      UInt32(group), Self.states2[state] ?? "state \(state)", priority, family == 4 ? try tlv.u32("address") : 0,
      into: &out)
    return true
  }

  private func router(
    _ group: UInt32, _ state: String, _ priority: UInt32, _ address: UInt32, into out: inout ObservationBuffer
  ) {
    let words = out.text(string: "group \(group), \(state), priority \(priority)")
    guard address != 0 else { return out.property(.bridge, words) }
    _ = out.text(", ")
    out.property(.bridge, words.through(out.text(ipv4: address)))
  }

  private static let states1: [UInt8: String] = [
    0: "initial", 1: "learn", 2: "listen", 4: "speak", 8: "standby", 16: "active",
  ]
  private static let states2: [UInt8: String] = [
    0: "disabled", 1: "initial", 2: "learn", 3: "listen", 4: "speak", 5: "standby", 6: "active",
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 0: "hello"
      case 1: "coup"
      case 2: "resign"
      default: "advertise"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .report)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "group \(a)" }
}
