import OTCore

/// Simple Network Management Protocol: v1 RFC 1157, v2c RFC 1901 and 3416, v3 RFC 3412 and 3414.
public struct SNMP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "snmp", name: "Simple Network Management Protocol", specification: "RFC 1157, RFC 3416, RFC 3412, RFC 3414",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "operations, system group, entity inventory, strength of the community, v3 user and security level",
      displayFilter: "snmp")
  ]
  public static let claims: [Claim] = [.udp(161), .udp(162)]
  public static let probe = ProbeStrength.strong

  var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // SEQUENCE { INTEGER 0, 1 or 3, then OCTET STRING (community) or SEQUENCE (v3 header) … }
    guard !hint.isStream, bytes.byte(0) == 0x30 else { return .notThisProtocol }
    var outer = BERReader(bytes)
    guard let message = try? outer.required("message"), message.content.be16(0) == 0x0201,
      let version = message.content.byte(2), let next = message.content.byte(3),
      version == 3 ? next == 0x30 : version <= 1 && next == 0x04
    else { return .notThisProtocol }
    if !hint.isClaimed, message.isCut || outer.offset != bytes.count { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    told.listen(to: nil)
    var outer = BERReader(pdu.bytes)
    var message = BERReader(try outer.required(0x30, "message"))
    let version = try message.requiredInteger("version")
    if told.isNew(hash: UInt64(bitPattern: version) &+ 1) {
      out.property(.protocolVersion, out.text(version == 3 ? "3" : version == 1 ? "2c" : "1"))
    }
    if version == 3 {
      try secured(&message, context, &out)
    } else {
      let community = try message.required(0x04, "community")
      let data = try message.required("PDU")
      try protocolDataUnit(data, context, &out)
      credential(community, tag: data.identifier, &out)
    }
  }

  /// A community is told once for each direction; a reply shows that it was accepted.
  private mutating func credential(_ community: Span<UInt8>, tag: UInt8, _ out: inout ObservationBuffer) {
    let isResponse = tag == 0xa2
    guard told.isNew(community, salt: isResponse ? 0x200 : 0x100) else { return }
    out.record(
      .credential(
        CredentialExposure(
          .snmpCommunity, account: .none, strength: .init(account: community.extracting(0..<0), password: community),
          accepted: isResponse ? true : nil, senderAuthenticates: !isResponse)))
  }

  // MARK: version 3

  /// msgGlobalData, msgSecurityParameters (user-based model), then the scoped PDU, in clear or encrypted.
  private mutating func secured(
    _ message: inout BERReader, _ context: PDUContext, _ out: inout ObservationBuffer
  ) throws(DecodeError) {
    var header = BERReader(try message.required(0x30, "msgGlobalData"))
    _ = try header.requiredInteger("msgID")
    _ = try header.requiredInteger("msgMaxSize")
    let flags = try header.required(0x04, "msgFlags").byte(0) ?? 0
    let model = try header.requiredInteger("msgSecurityModel")
    let parameters = try message.required(0x04, "msgSecurityParameters")
    var isAccepted = false
    // The user stands before the data, of which nothing may be left.
    defer {
      if model == 3 { tellUser(parameters, flags, isAccepted: isAccepted, context, &out) }
    }
    let data = try message.required("msgData")
    if data.identifier == 0x30 {
      var scoped = data.reader
      _ = try scoped.required(0x04, "contextEngineID")
      _ = try scoped.required(0x04, "contextName")
      let inner = try scoped.required("PDU")
      // A report is an answer whatever it says of the user.
      isAccepted = inner.identifier == 0xa2
      try protocolDataUnit(inner, context, &out)
    } else {
      isAccepted = !context.senderIsClient
      out.operation(Operation(0, context.senderIsClient ? .request : .response))
    }
  }

  /// UsmSecurityParameters, RFC 3414 section 2.4. An agent that answers a user keeps an account for it.
  private mutating func tellUser(
    _ parameters: Span<UInt8>, _ flags: UInt8, isAccepted: Bool, _ context: PDUContext,
    _ out: inout ObservationBuffer
  ) {
    do throws(DecodeError) {
      var outer = BERReader(parameters)
      var security = BERReader(try outer.required(0x30, "UsmSecurityParameters"))
      _ = try security.required(0x04, "msgAuthoritativeEngineID")
      _ = try security.requiredInteger("msgAuthoritativeEngineBoots")
      _ = try security.requiredInteger("msgAuthoritativeEngineTime")
      let user = try security.required(0x04, "msgUserName")
      let salt = 0x300 + UInt64(flags & 3) + (context.senderIsClient ? 4 : isAccepted ? 8 : 0)
      guard !user.isEmpty, told.isNew(user, salt: salt) else { return }
      let name = out.text(user)
      out.identity(context.senderIsClient ? .sender : .receiver, .userName, name)
      if isAccepted { out.identity(.sender, .knownAccount, name) }
      out.property(
        .securityMode,
        out.text(flags & 1 == 0 ? "noAuthNoPriv" : flags & 2 == 0 ? "authNoPriv" : "authPriv"))
    } catch {
      out.anomaly(error.field, error.reason, at: error.offset)
    }
  }

  // MARK: operations

  private mutating func protocolDataUnit(
    _ data: borrowing BERElement, _ context: PDUContext, _ out: inout ObservationBuffer
  ) throws(DecodeError) {
    // What is told of objects is the sender's; the community and the user are not.
    told.listen(to: context)
    defer { told.listen(to: nil) }
    let role: Operation.Role =
      switch data.identifier {
      case 0xa2, 0xa8: .response
      case 0xa4, 0xa7: .publish
      case 0xa0, 0xa1, 0xa3, 0xa5, 0xa6: .request
      default: throw DecodeError("PDU", at: 0, .unsupported)
      }
    var operation = Operation(UInt64(data.identifier & 0x1f) + 1, role)
    var fields = BERReader(data.content)
    // Recorded also where the rest is cut.
    defer { out.operation(operation) }
    if data.identifier == 0xa4 {
      let enterprise = try fields.required(0x06, "enterprise")
      operation.object = .text(out.text(objectIdentifier: enterprise))
      // Address of the agent, kind of trap, time, then objects as in any other (RFC 1157 section 4.1.6).
      _ = try fields.required("agent-addr")
      _ = try fields.requiredInteger("generic-trap")
      _ = try fields.requiredInteger("specific-trap")
      _ = try fields.required("time-stamp")
      try bindings(&fields, data.identifier, &operation, &out)
      return
    }
    _ = try fields.requiredInteger("request-id")
    let status = try fields.requiredInteger("error-status")
    _ = try fields.requiredInteger("error-index")
    if role == .response { operation.outcome = status == 0 ? .success : .failure(UInt32(truncatingIfNeeded: status)) }
    switch data.identifier {
    case 0xa2, 0xa3, 0xa6, 0xa7: try bindings(&fields, data.identifier, &operation, &out)
    default: return
    }
  }

  /// Objects and their values. Those of an answer or a report are the sender's own.
  private mutating func bindings(
    _ fields: inout BERReader, _ identifier: UInt8, _ operation: inout Operation, _ out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard !fields.isAtEnd else { return }
    var bindings = BERReader(try fields.required(0x30, "variable-bindings"))
    var items = 0
    while !bindings.isAtEnd, items < Limits.itemsPerPDU {
      items += 1
      var binding = BERReader(try bindings.required(0x30, "VarBind"))
      let name = try binding.required(0x06, "name")
      if identifier == 0xa3, items == 1 { operation.object = .text(out.text(objectIdentifier: name)) }
      guard identifier != 0xa3, !binding.isAtEnd else { continue }
      let value = try binding.required("value")
      tell(name, value, &out)
    }
    operation.count = 1
  }

  /// Objects that say what a host is.
  private mutating func tell(_ name: Span<UInt8>, _ value: borrowing BERElement, _ out: inout ObservationBuffer) {
    guard let attribute = Self.attribute(name), !value.content.isEmpty, !value.isCut,
      told.isNew(value.content, salt: UInt64(name.count) << 8 | UInt64(attribute.rawValue))
    else {
      return
    }
    if value.identifier == 0x06 {
      out.identity(.sender, attribute, out.text(objectIdentifier: value.content))
    } else if value.identifier == 0x04 {
      // A description holds the version, the support and the copyright in lines of their own.
      out.identity(.sender, attribute, lines: value.content)
    }
  }

  /// SNMPv2-MIB system group (1.3.6.1.2.1.1), ENTITY-MIB entPhysicalTable (1.3.6.1.2.1.47.1.1.1.1), IF-MIB ifDescr
  /// (1.3.6.1.2.1.2.2.1.2), HOST-RESOURCES-MIB hrDeviceDescr (1.3.6.1.2.1.25.3.2.1.3), Printer-MIB
  /// prtGeneralSerialNumber (1.3.6.1.2.1.43.5.1.1.17).
  private static func attribute(_ name: Span<UInt8>) -> IdentityAttribute? {
    guard name.be32(0) == 0x2b06_0102, name.byte(4) == 1 else { return nil }
    if name.count == 8, name.byte(5) == 1 {
      switch name.byte(6) {
      case 1: return .description
      case 2: return .productCode
      case 4: return .contact
      case 5: return .hostname
      case 6: return .location
      default: return nil
      }
    }
    switch name.byte(5) {
    case 2: return name.be16(6) == 0x0201 && name.byte(8) == 2 ? .portName : nil
    case 25: return name.be32(6) == 0x0302_0103 ? .description : nil
    case 43: return name.be32(6) == 0x0501_0111 ? .serialNumber : nil
    case 47 where name.be32(6) == 0x0101_0101: break
    default: return nil
    }
    switch name.byte(10) {
    case 2: return .description
    case 7: return .moduleName
    case 8: return .hardwareVersion
    case 9: return .firmwareVersion
    case 10: return .softwareVersion
    case 11: return .serialNumber
    case 12: return .vendor
    case 13: return .productName
    default: return nil
    }
  }

  private static let names: [(String, OperationKind)] = [
    ("encrypted", .other), ("get", .read), ("get next", .read), ("response", .read), ("set", .write), ("trap", .report),
    ("get bulk", .read), ("inform", .report), ("trap v2", .report), ("report", .report),
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(names.count) else {
      return OperationDescription(code: "\(code)", name: "unknown", kind: .other)
    }
    let (name, kind) = names[Int(code)]
    return OperationDescription(code: code == 0 ? "encrypted" : "\(code - 1)", name: name, kind: kind)
  }
}
