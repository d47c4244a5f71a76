import OTCore

/// Memcached's text protocol: memcached 1.6, `doc/protocol.txt`. It knows no login.
public struct Memcached: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "memcache", name: "Memcached", specification: "memcached 1.6, doc/protocol.txt", isIndustrial: false,
      depth: [.identity, .operations], reads: "commands and their key, server's version; no values",
      displayFilter: "memcache")
  ]
  public static let claims: [Claim] = [.tcp(11211), .udp(11211)]

  public init() {}

  private var pending: UInt64?
  private static let lineBytes = 2048

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed || hint.isEstablished else { return .notThisProtocol }
    if !hint.isStream {
      // UDP puts eight bytes before the text: request, sequence number, number of datagrams, 0.
      guard bytes.count > 10, bytes.be16(6) == 0, let total = bytes.be16(4), total > 0,
        let sequence = bytes.be16(2), sequence < total,
        hint.senderIsClient || sequence > 0
          ? hint.isEstablished || command(bytes.extracting(8..<bytes.count)) != nil
          : (0x30...0x5a).contains(bytes[8]) && (0x30...0x5a).contains(bytes[9])
      else { return .notThisProtocol }
      return .pdu(byteCount: bytes.count)
    }
    guard let end = bytes.lineEnd(limit: lineBytes) else {
      return bytes.count < lineBytes ? .needMore : hint.isEstablished ? .pdu(byteCount: lineBytes) : .notThisProtocol
    }
    if hint.isEstablished { return .pdu(byteCount: end) }
    return hint.senderIsClient && command(bytes.extracting(0..<end)) != nil ? .pdu(byteCount: end) : .notThisProtocol
  }

  private static func command(_ line: Span<UInt8>) -> UInt64? {
    for index in commands.indices {
      let length = commands[index].0.utf8CodeUnitCount
      if line.hasASCII(commands[index].0), let next = line.byte(length), next == 32 || next == 13 {
        return UInt64(index)
      }
    }
    return nil
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if !context.isStream { try pdu.skip(8, "frame header") }
    let line = pdu.rest().trimmed()
    if context.senderIsClient {
      let whole = pdu.bytes.rest(from: context.isStream ? 0 : 8)
      guard let code = Self.command(whole) else { return }
      pending = code
      let start = (line.first(32) ?? line.count) + 1
      let key = line.clamped(from: start, count: line.firstIndex(of: 32, from: start) - start)
      out.operation(
        Operation(code, .request, object: key.isEmpty || !key.isPrintable ? .none : .text(out.text(key))))
      return
    }
    if line.hasASCII("STAT version ") || line.hasASCII("VERSION ") {
      let word = out.text("memcached ")
      out.identity(
        .sender, .softwareVersion, word.through(out.text(line.extracting((line.byte(0) == 83 ? 13 : 8)..<line.count))))
    }
    guard let code = pending else { return }
    pending = nil
    out.operation(
      Operation(code, .response, outcome: line.first(ignoringCase: "error") != nil ? .failure(0) : .success))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(commands.count) else { return OperationDescription(code: "?", name: "other", kind: .other) }
    let (name, kind) = commands[Int(code)]
    return OperationDescription(code: "\(name)", name: "\(name)", kind: kind)
  }

  private static let commands: [(StaticString, OperationKind)] = [
    ("get", .read), ("gets", .read), ("set", .write), ("add", .write), ("replace", .write), ("append", .write),
    ("prepend", .write), ("cas", .write), ("delete", .write), ("incr", .write), ("decr", .write), ("touch", .write),
    ("stats", .discover), ("flush_all", .write), ("version", .discover), ("verbosity", .configure),
    ("lru_crawler", .discover), ("quit", .session),
  ]
}
