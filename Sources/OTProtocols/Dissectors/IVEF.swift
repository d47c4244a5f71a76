import OTCore

/// Exchange of traffic images between vessel traffic services: IALA recommendation V-145, Inter-VTS Exchange Format.
public struct IVEF: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ivef", name: "IVEF", specification: "IALA recommendation V-145 (2011)", isIndustrial: true,
      depth: .operations, reads: "type of each message, login (account only) and its outcome; no tracks",
      displayFilter: "")
  ]
  public static let claims: [Claim] = []
  public static let probe = ProbeStrength.strong

  public init() {}

  private var login = PendingLogin()

  private static let messageBytes = 1 << 18
  private static let beginBytes = 256

  /// A document whose root is `MSG_…`, up to its end tag.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    if hint.isEstablished, first <= 32 { return .pdu(byteCount: 1) }
    guard first == UInt8(ascii: "<") else { return .notThisProtocol }
    guard let root = root(bytes) else {
      let isXML = bytes.count < 5 || bytes.hasASCII("<?xml") || bytes.hasASCII("<MSG_")
      return bytes.count < beginBytes && isXML && bytes.isPlainText && !hasOtherRoot(bytes)
        ? .needMore : .notThisProtocol
    }
    let name = bytes.extracting(root)
    var index = root.upperBound
    while let found = bytes.first(UInt8(ascii: "<"), from: index), bytes.count < messageBytes {
      let end = found + 2 + name.count
      if bytes.byte(found + 1) == UInt8(ascii: "/"), bytes.clamped(from: found + 2, count: name.count).equals(name),
        bytes.byte(end) == UInt8(ascii: ">")
      {
        return .pdu(byteCount: end + 1)
      }
      index = found + 1
    }
    return bytes.count < messageBytes ? .needMore : .notThisProtocol
  }

  /// Name of the root element where it is one of this format.
  private static func root(_ bytes: Span<UInt8>) -> Range<Int>? {
    let front = bytes.clamped(from: 0, count: beginBytes)
    guard let at = front.first(ignoringCase: "<msg_") else { return nil }
    var end = at + 5
    while let byte = bytes.byte(end), byte > 32, byte != UInt8(ascii: ">") { end += 1 }
    guard bytes.byte(end) != nil else { return nil }
    let name = bytes.extracting((at + 1)..<end)
    // One root for all messages since version 0.1.5, one each before.
    guard name.hasASCII("MSG_IVEF") || IVEFMessage.index(of: name.rest(from: 4)) != nil else {
      return nil
    }
    return (at + 1)..<end
  }

  /// Whether an element stands there already that is not of this format.
  private static func hasOtherRoot(_ bytes: Span<UInt8>) -> Bool {
    var index = 0
    while let found = bytes.first(UInt8(ascii: "<"), from: index) {
      guard let next = bytes.byte(found + 1) else { return false }
      if next != UInt8(ascii: "?"), next != UInt8(ascii: "!"), !bytes.hasASCII("<MSG_", at: found),
        bytes.count - found >= 5
      {
        return true
      }
      index = found + 1
    }
    return false
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let text = pdu.rest()
    guard let code = IVEFMessage.index(in: text) else { return }
    let message = IVEFMessage.all[code]
    guard message.answers == nil else {
      let isRefused = text.attribute("result").hasASCII("2") || text.attribute("result").hasASCII("3")
      out.operation(
        Operation(UInt64(message.answers ?? code), .response, outcome: isRefused ? .failure(2) : .success))
      if code == IVEFMessage.loginResponse { login.answered(!isRefused, into: &out) }
      return
    }
    let isPushed = message.kind == .report
    out.operation(Operation(UInt64(code), isPushed ? .response : .request))
    guard code == IVEFMessage.loginRequest else { return }
    login.name(text.attribute("name"))
    // Encryption 1 is none; 2 is a digest.
    let isPlain = !text.attribute("encryption").hasASCII("2")
    let strength = isPlain ? login.judge(password: text.attribute("password")) : .unknown
    login.sent(isPlain ? .clearText : .protocolPassword, strength, into: &out)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(IVEFMessage.all.count) else {
      return OperationDescription(code: "?", name: "unknown message", kind: .other)
    }
    let message = IVEFMessage.all[Int(code)]
    return OperationDescription(code: "\(message.name)", name: message.title, kind: message.kind)
  }
}

private enum IVEFMessage {
  typealias Entry = (name: StaticString, title: String, kind: OperationKind, answers: Int?)
  static let loginRequest = 0
  static let loginResponse = 1

  static let all: [Entry] = [
    ("LoginRequest", "login", .authenticate, nil), ("LoginResponse", "login", .authenticate, 0),
    ("Logout", "logout", .session, nil), ("Ping", "ping", .diagnose, nil), ("Pong", "ping", .diagnose, 3),
    ("ServerStatus", "status of the server", .report, nil),
    ("ServiceRequest", "request for a service", .read, nil), ("ObjectData", "vessel data", .report, nil),
    ("ObjectDatas", "vessel data", .report, nil), ("VesselData", "vessel data", .report, nil),
  ]

  /// The message of a document: the first element of one of these names, which may be the root itself.
  static func index(in text: Span<UInt8>) -> Int? {
    var at = 0
    for _ in 0..<16 {
      guard let open = text.first(UInt8(ascii: "<"), from: at) else { return nil }
      at = open + 1
      var start = text.hasASCII("MSG_", at: at) ? at + 4 : at
      if text.byte(start) == UInt8(ascii: "/") { start += 1 }
      var end = start
      while let byte = text.byte(end), byte > 32, byte != UInt8(ascii: ">"), byte != UInt8(ascii: "/") { end += 1 }
      if let index = index(of: text.extracting(start..<end)) { return index }
    }
    return nil
  }

  static func index(of name: Span<UInt8>) -> Int? {
    for index in all.indices where name.count == all[index].name.utf8CodeUnitCount && name.hasASCII(all[index].name) {
      return index
    }
    return nil
  }
}
