import OTCore

/// SQL Server Resolution Protocol, which tells whoever asks the instances, versions and ports of a computer's databases:
/// [MC-SQLR] 18.0 section 2.2.
public struct SQLBrowser: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "mssql_browser", name: "SQL Server Browser", specification: "[MC-SQLR] 18.0 section 2.2", isIndustrial: false,
      depth: [.identity, .operations], reads: "instances with their versions and ports", displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(1434)]

  private var told = RecentValues()
  /// The request that waits.
  private var pending: UInt8 = 3

  public init() {}

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, !hint.isStream, let code = bytes.byte(0) else { return .notThisProtocol }
    switch code {
    case 2, 3: return bytes.count <= 2 ? .pdu(byteCount: bytes.count) : .notThisProtocol
    // An instance's name, at most 32 octets, and NUL; behind the protocol's version where a port is asked for. Longer
    // ones are attacks.
    case 4, 15:
      let name = bytes.rest(from: code == 15 ? 2 : 1)
      let text = name.untilNUL()
      guard code == 4 || bytes.byte(1) == 1, name.count > 33 || (text.isPrintable && text.count + 1 >= name.count),
        !name.isEmpty
      else { return .notThisProtocol }
      return .pdu(byteCount: bytes.count)
    case 5:
      guard let length = bytes.le16(1) else { return .notThisProtocol }
      return .pdu(byteCount: Swift.max(3 + Int(length), bytes.count))
    default: return .notThisProtocol
    }
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let code = try pdu.u8("message")
    guard code == 5 else {
      pending = code
      // An instance name has at most 32 bytes (section 2.2.3); a longer one is an attack of 2003 that still roams.
      let name = pdu.rest().untilNUL()
      if code == 4, name.count > 32 { out.anomaly("INSTANCENAME", .invalid, at: 1) }
      out.operation(
        Operation(
          UInt64(code), .request,
          object: code == 4 && name.isPrintable && !name.isEmpty ? .text(out.text(name)) : .none))
      return
    }
    let length = Int(try pdu.u16le("RESP_SIZE"))
    out.operation(Operation(UInt64(pending), .response, outcome: .success))
    let data = pdu.rest().clamped(from: 0, count: length)
    guard told.isNew(data) else { return }
    var index = 0
    for _ in 0..<Limits.itemsPerPDU where index < data.count {
      let keyEnd = data.firstIndex(of: UInt8(ascii: ";"), from: index)
      let key = data.extracting(index..<keyEnd)
      let valueEnd = data.firstIndex(of: UInt8(ascii: ";"), from: keyEnd + 1)
      let value = data.clamped(from: keyEnd + 1, count: valueEnd - keyEnd - 1)
      // Two semicolons end an instance.
      guard !key.isEmpty else {
        index = keyEnd + 1
        continue
      }
      if key.equals(ignoringCase: "servername") {
        out.identity(.sender, .hostname, out.text(value))
      } else if key.equals(ignoringCase: "instancename") {
        out.identity(.sender, .objectName, out.text(value))
      } else if key.equals(ignoringCase: "version") {
        let name = out.text("SQL Server ")
        out.identity(.sender, .softwareVersion, name.through(out.text(value)))
      } else if key.equals(ignoringCase: "tcp") {
        let name = out.text("tcp ")
        out.identity(.sender, .endpoint, name.through(out.text(value)))
      }
      index = valueEnd + 1
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 2: "ask for all instances (broadcast)"
      case 4: "ask for one instance"
      case 15: "ask for the administrators' port"
      default: "ask for all instances"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .discover)
  }
}
