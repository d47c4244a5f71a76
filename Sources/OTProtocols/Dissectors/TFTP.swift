import OTCore

/// Trivial File Transfer Protocol, RFC 1350, with the options of RFC 2347: no login, so that whoever asks is served. It
/// carries firmware and configurations of controllers, drives and switches.
public struct TFTP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "tftp", name: "Trivial File Transfer Protocol", specification: "RFC 1350, RFC 2347 to 2349",
      isIndustrial: false, depth: .operations,
      reads: "files asked for, blocks sent and acknowledged on the port the request announced, sizes, errors; no "
        + "contents",
      displayFilter: "tftp")
  ]
  public static let claims: [Claim] = [.udp(69), .announced(.tftp)]
  public static let probe = ProbeStrength.strong

  /// Operation codes, section 5; a request for a firmware image or a configuration has a bit of its own.
  private static let read: UInt64 = 1
  private static let write: UInt64 = 2
  private static let image: UInt64 = 0x100
  private static let configuration: UInt64 = 0x200

  public init() {}

  /// The conversation that the answer to a request begins, from a port of its own to the one that asked (section 4).
  public init(_ expected: Expectation) {
    asked = expected.code
    transfer = Transfer(expected)
  }

  /// What was asked for last, which the answers belong to.
  private var asked: UInt64?
  private var transfer: Transfer?

  /// A file on its way.
  private struct Transfer: Sendable {
    /// Of the one that asked.
    var port: UInt16
    var name: [UInt8]
    var isWrite: Bool
    /// Option `blksize`, RFC 2348.
    var blockSize = 512
    /// Bytes of the blocks that came one after the other from the first on; nil when one was missed.
    var received: Int? = 0
    var next: UInt16 = 1

    init(_ expected: Expectation) {
      port = expected.port
      name = expected.name
      isWrite = expected.code & 0xff == TFTP.write
    }

    /// Size of the file with its last block, which is a short one.
    mutating func take(_ block: UInt16, _ count: Int) -> UInt64? {
      guard block != next &- 1, let sum = received else { return nil }
      guard block == next else {
        received = nil
        return nil
      }
      next &+= 1
      received = sum + count
      return count < blockSize ? UInt64(sum + count) : nil
    }
  }

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
        .file(
          FileSeen(
            text, code == Self.write ? .toServer : .toClient,
            size: Self.option("tsize", in: bytes, from: options).map { UInt64($0) })))
      out.announce(
        Announcement(
          .tftp, isStream: false, isSenders: true, port: context.senderPort, code: operation, name: text))
    case 5:
      let reason = try pdu.u16("error code")
      // Either side may give up.
      let isRequest = asks(context)
      out.operation(
        Operation(
          asked ?? code, isRequest ? .request : .response, outcome: isRequest ? .none : .failure(UInt32(reason)),
          object: object(into: &out)))
    case 3, 4, 6:
      var operation = Operation(code, asks(context) ? .request : .response, object: object(into: &out))
      if code != 6 { operation.values = Operation.Values(Double(try pdu.u16("block"))) }
      out.operation(operation)
      if code == 3 { take(bytes, into: &out) }
      if code == 6, let size = Self.option("blksize", in: bytes, from: 2) { transfer?.blockSize = size }
    default: throw DecodeError("opcode", at: 0, .invalid)
    }
  }

  /// Whether the sender is the one that asked for the file.
  private func asks(_ context: PDUContext) -> Bool {
    transfer.map { context.senderPort == $0.port } ?? context.senderIsClient
  }

  private func object(into out: inout ObservationBuffer) -> Operation.Object {
    guard let name = transfer?.name, !name.isEmpty else { return .none }
    return .text(out.text(name.span))
  }

  /// Counts a block, and tells the whole file behind its last one.
  private mutating func take(_ bytes: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let block = bytes.be16(2), let size = transfer?.take(block, bytes.count - 4), let transfer,
      !transfer.name.isEmpty
    else { return }
    let name = out.text(transfer.name.span)
    out.record(.file(FileSeen(name, transfer.isWrite ? .toServer : .toClient, size: size)))
  }

  /// Value of an option, a positive number: `tsize` of RFC 2349 section 3, `blksize` of RFC 2348.
  private static func option(_ name: StaticString, in bytes: Span<UInt8>, from start: Int) -> Int? {
    var index = start
    for _ in 0..<8 where index < bytes.count {
      let nameEnd = bytes.firstIndex(of: 0, from: index)
      let valueEnd = bytes.firstIndex(of: 0, from: nameEnd + 1)
      if bytes.clamped(from: index, count: nameEnd - index).equals(ignoringCase: name),
        let value = bytes.clamped(from: nameEnd + 1, count: valueEnd - nameEnd - 1).decimal, value > 0
      {
        return value
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
