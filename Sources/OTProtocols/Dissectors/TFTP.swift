import OTCore

/// Trivial File Transfer Protocol, RFC 1350, with the options of RFC 2347: no login, so that whoever asks is served. It
/// carries firmware and configurations of controllers, drives and switches.
public struct TFTP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "tftp", name: "Trivial File Transfer Protocol", specification: "RFC 1350, RFC 2347", isIndustrial: false,
      depth: .operations,
      reads: "files asked for and sent, their size where the options say it, errors; no contents; what is transferred "
        + "stands between two other ports",
      displayFilter: "tftp")
  ]
  public static let claims: [Claim] = [.udp(69)]
  public static let probe = ProbeStrength.strong

  /// Operation codes, section 5; a request for a firmware image or a configuration has a bit of its own.
  private static let read: UInt64 = 1
  private static let write: UInt64 = 2
  private static let image: UInt64 = 0x100
  private static let configuration: UInt64 = 0x200

  public init() {}

  /// What was asked for last, which the answers belong to.
  private var asked: UInt64?

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.byte(0) == 0, let code = bytes.byte(1) else { return .notThisProtocol }
    switch code {
    case 1, 2: return names(bytes) == nil ? .notThisProtocol : .pdu(byteCount: bytes.count)
    case 3: return hint.isClaimed && bytes.count >= 4 ? .pdu(byteCount: bytes.count) : .notThisProtocol
    case 4: return hint.isClaimed && bytes.count == 4 ? .pdu(byteCount: bytes.count) : .notThisProtocol
    case 5, 6: return hint.isClaimed && bytes.count >= 4 ? .pdu(byteCount: bytes.count) : .notThisProtocol
    default: return .notThisProtocol
    }
  }

  /// Where the name ends and where the options start, behind one of the three modes.
  private static func names(_ bytes: Span<UInt8>) -> (nameEnd: Int, options: Int)? {
    let nameEnd = bytes.firstIndex(of: 0, from: 2)
    guard nameEnd > 2, nameEnd < min(bytes.count, 512), bytes.extracting(2..<nameEnd).isPrintable else { return nil }
    let mode = bytes.clamped(from: nameEnd + 1, count: 9).untilNUL()
    guard
      mode.equals(ignoringCase: "octet") || mode.equals(ignoringCase: "netascii") || mode.equals(ignoringCase: "mail")
    else { return nil }
    return (nameEnd, nameEnd + 2 + mode.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let code = UInt64(try pdu.u16("opcode"))
    let bytes = pdu.bytes
    switch code {
    case Self.read, Self.write:
      guard let (nameEnd, options) = Self.names(bytes) else { throw DecodeError("filename", at: 2, .invalid) }
      let name = bytes.extracting(2..<nameEnd)
      let operation = code | Self.content(name)
      asked = operation
      let text = out.text(name)
      out.operation(Operation(operation, .request, object: .text(text)))
      out.record(
        .file(FileSeen(text, code == Self.write ? .toServer : .toClient, size: Self.size(bytes, from: options))))
    case 5:
      let reason = try pdu.u16("error code")
      // Either side may give up.
      out.operation(
        Operation(
          asked ?? code, context.senderIsClient ? .request : .response,
          outcome: context.senderIsClient ? .none : .failure(UInt32(reason))))
    case 3, 4, 6:
      out.operation(Operation(code, context.senderIsClient ? .request : .response))
    default: throw DecodeError("opcode", at: 0, .invalid)
    }
  }

  /// Option `tsize`, RFC 2349 section 3.
  private static func size(_ bytes: Span<UInt8>, from start: Int) -> UInt64? {
    var index = start
    for _ in 0..<8 where index < bytes.count {
      let nameEnd = bytes.firstIndex(of: 0, from: index)
      let valueEnd = bytes.firstIndex(of: 0, from: nameEnd + 1)
      if bytes.clamped(from: index, count: nameEnd - index).equals(ignoringCase: "tsize"),
        let size = bytes.clamped(from: nameEnd + 1, count: valueEnd - nameEnd - 1).decimal, size > 0
      {
        return UInt64(size)
      }
      index = valueEnd + 1
    }
    return nil
  }

  private static func content(_ name: Span<UInt8>) -> UInt64 {
    for ending in imageEndings where name.hasASCII(ignoringCase: ending, at: name.count - ending.utf8CodeUnitCount) {
      return image
    }
    for word in configurationWords where name.first(ignoringCase: word) != nil { return configuration }
    return 0
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let number = code & 0xff
    let isWrite = number == write
    switch number {
    case read, write:
      let verb = isWrite ? "write request" : "read request"
      if code & image != 0 {
        return OperationDescription(code: "\(number)/image", name: "\(verb): firmware image", kind: .firmware)
      }
      if code & configuration != 0 {
        return OperationDescription(
          code: "\(number)/configuration", name: "\(verb): configuration", kind: isWrite ? .configure : .read)
      }
      return OperationDescription(code: "\(number)", name: verb, kind: isWrite ? .write : .read)
    case 3: return OperationDescription(code: "3", name: "data", kind: .other)
    case 4: return OperationDescription(code: "4", name: "acknowledgement", kind: .session)
    case 5: return OperationDescription(code: "5", name: "error", kind: .session)
    default: return OperationDescription(code: "6", name: "option acknowledgement", kind: .session)
    }
  }
}

private let imageEndings: [StaticString] = [
  ".bin", ".img", ".fw", ".hex", ".s19", ".srec", ".rom", ".fwu", ".upd", ".elf", ".tar", ".trx", ".sfw", ".firm",
]

private let configurationWords: [StaticString] = ["config", ".cfg", "confg", ".conf", "startup", "running"]
