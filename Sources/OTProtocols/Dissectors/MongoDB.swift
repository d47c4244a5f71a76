import OTCore

/// MongoDB wire protocol: MongoDB manual, "MongoDB Wire Protocol", and BSON 1.1 for the name of a command.
public struct MongoDB: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "mongo", name: "MongoDB", specification: "MongoDB manual, MongoDB Wire Protocol; BSON 1.1",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "commands with their collection, login methods, server's version; no documents", displayFilter: "mongo")
  ]
  public static let claims: [Claim] = [.tcp(27017), .tcp(27018), .tcp(27019)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var pending: UInt64?

  private static let message: UInt32 = 2013
  private static let query: UInt32 = 2004
  private static let reply: UInt32 = 1
  private static let compressed: UInt32 = 2012
  private static let headBytes = 4096
  private static let unknown = UInt64(commands.count)
  /// Place of `buildinfo` in ``commands``.
  private static let buildInfo: UInt64 = 12

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    guard let length = bytes.le32(0), let operation = bytes.le32(12) else {
      return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol
    }
    guard length >= 16, length <= 48_000_000,
      operation == reply || (2001...2007).contains(operation) || operation == compressed || operation == message
    else { return .notThisProtocol }
    if !hint.isClaimed, !hint.isEstablished {
      // A request: answers nothing; its flags and its document fit.
      guard let answers = bytes.le32(8), answers == 0, operation == message || operation == query,
        let flags = bytes.le32(16), flags & 0xfffe_fffc == 0 || operation == query, bytes.count >= 26
      else { return .notThisProtocol }
      if operation == message, bytes.byte(20) != 0 { return .notThisProtocol }
      if operation == query, flags > 0xff || bytes.clamped(from: 20, count: 64).first(UInt8(ascii: "$")) == nil {
        return .notThisProtocol
      }
    }
    return .pdu(byteCount: min(Int(length), headBytes))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let length = Int(try pdu.u32le("message length"))
    if length > pdu.bytes.count { out.skip(length - pdu.bytes.count) }
    try pdu.skip(8, "identifiers")
    let operation = try pdu.u32le("opcode")
    var document = Span<UInt8>()
    switch operation {
    case Self.message:
      try pdu.skip(4, "flags")
      guard try pdu.u8("section kind") == 0 else { return }
      document = pdu.rest()
    case Self.query:
      try pdu.skip(4, "flags")
      let rest = pdu.rest()
      document = rest.rest(from: rest.firstIndex(of: 0) + 9)
    case Self.reply:
      try pdu.skip(20, "flags to number of documents")
      document = pdu.rest()
    default:
      out.operation(Operation(Self.unknown, context.senderIsClient ? .request : .response))
      return
    }
    if context.senderIsClient { ask(document, into: &out) } else { answer(document, into: &out) }
  }

  /// The first element of the document is the command, and its value the collection.
  private mutating func ask(_ document: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let type = document.byte(4) else { return }
    let name = document.clamped(from: 5, count: 64).untilNUL()
    var code = Self.unknown
    for index in Self.commands.indices where name.equals(ignoringCase: Self.commands[index].0) { code = UInt64(index) }
    pending = code
    var object = TextRef.none
    if type == 2, let size = document.le32(6 + name.count), size > 1, size < 256 {
      object = out.text(document.clamped(from: 10 + name.count, count: Int(size) - 1))
    } else if code == Self.unknown {
      object = out.text(name)
    }
    out.operation(Operation(code, .request, object: object.isEmpty ? .none : .text(object)))
    if let mechanism = Self.text(document, "mechanism\0") {
      out.property(.authentication, out.text(document.extracting(mechanism)))
    }
  }

  private mutating func answer(_ document: Span<UInt8>, into out: inout ObservationBuffer) {
    let code = pending ?? Self.unknown
    pending = nil
    let failed = document.first(ignoringCase: "errmsg\0") != nil
    out.operation(Operation(code, .response, outcome: failed ? .failure(1) : .success))
    if code == Self.buildInfo, let version = Self.text(document, "\u{2}version\0") {
      let word = out.text("MongoDB ")
      out.identity(.sender, .softwareVersion, word.through(out.text(document.extracting(version))))
    }
  }

  /// Value of a string element by its name (with the NUL behind it): length, text, NUL.
  private static func text(_ document: Span<UInt8>, _ name: StaticString) -> Range<Int>? {
    guard let at = document.first(ignoringCase: name), let size = document.le32(at + name.utf8CodeUnitCount), size > 1,
      size < 128
    else { return nil }
    let start = at + name.utf8CodeUnitCount + 4
    let end = start + Int(size) - 1
    return end <= document.count ? start..<end : nil
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(commands.count) else {
      return OperationDescription(code: "?", name: "other command", kind: .other)
    }
    let (name, kind) = commands[Int(code)]
    return OperationDescription(code: "\(name)", name: "\(name)", kind: kind)
  }

  /// MongoDB manual, "Database Commands"; in lower case.
  private static let commands: [(StaticString, OperationKind)] = [
    ("find", .read), ("aggregate", .read), ("count", .read), ("distinct", .read), ("getmore", .read),
    ("insert", .write), ("update", .write), ("delete", .write), ("findandmodify", .write),
    ("hello", .session), ("ismaster", .session), ("ping", .diagnose), ("buildinfo", .discover),
    ("listdatabases", .discover), ("listcollections", .discover), ("saslstart", .authenticate),
    ("saslcontinue", .authenticate), ("authenticate", .authenticate), ("drop", .write), ("dropdatabase", .write),
    ("create", .configure), ("createuser", .configure), ("createindexes", .configure), ("shutdown", .control),
    ("getparameter", .read), ("setparameter", .configure), ("getlog", .read), ("serverstatus", .diagnose),
    ("endsessions", .session), ("mapreduce", .program), ("eval", .program), ("renamecollection", .write),
  ]
}
