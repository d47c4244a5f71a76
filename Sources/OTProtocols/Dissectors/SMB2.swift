import OTCore

/// Server Message Block 2 and 3, [MS-SMB2] 77.0.
public struct SMB2: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "smb2", name: "SMB 2 and 3", specification: "[MS-SMB2] 77.0 section 2.2", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "dialect, signing, encryption, logins, shares, files opened, written, renamed, deleted",
      displayFilter: "smb2")
  ]
  public static let claims: [Claim] = [.tcp(445), .tcp(139)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var session = SMBSession()
  /// Names of shares without their server: by the message that asks for one, then by the tree it became.
  private var asked = RequestTable<[UInt8]>()
  private var trees = RequestTable<[UInt8]>()
  private var encryptionIsTold = false

  /// Plain, encrypted and compressed messages, sections 2.2.1, 2.2.41, 2.2.42.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    SMBSession.frame(bytes, hint, 0xfc...0xfe)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let message = try SMBSession.message(&pdu, into: &out)
    if message.byte(0) == 0xfe {
      try readCompound(message, into: &out)
    } else if message.byte(0) == 0xfd, !encryptionIsTold {
      encryptionIsTold = true
      out.property(.encryption, out.text("in use"))
    }
  }

  /// Commands, [MS-SMB2] section 2.2.1.2.
  private enum Command {
    static let negotiate: UInt16 = 0
    static let sessionSetup: UInt16 = 1
    static let treeConnect: UInt16 = 3
    static let create: UInt16 = 5
    static let read: UInt16 = 8
    static let write: UInt16 = 9
    static let ioctl: UInt16 = 11
    static let setInfo: UInt16 = 17
  }

  /// Reads the messages of a compound, section 3.2.4.1.4.
  private mutating func readCompound(
    _ compound: Span<UInt8>, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var start = 0
    for _ in 0..<Limits.itemsPerPDU {
      let message = compound.extracting(start..<compound.count)
      let next = try readMessage(message, into: &out)
      guard next >= 64, next <= compound.count - start else { return }
      start += next
    }
  }

  /// Reads one message; the distance to the next of its compound, or 0.
  private mutating func readMessage(
    _ message: Span<UInt8>, into out: inout ObservationBuffer
  ) throws(DecodeError) -> Int {
    guard let status = message.le32(8), let command = message.le16(12), let flags = message.le32(16),
      let next = message.le32(20), let low = message.le32(24), let high = message.le32(28), message.count >= 64
    else { throw DecodeError("SMB2 header", at: message.count, .truncated) }
    let id = UInt64(high) << 32 | UInt64(low)
    if flags & 1 != 0 {
      out.operation(
        Operation(UInt64(command), .response, outcome: SMBSession.outcome(status)))
      readResponse(command, status, id, message, into: &out)
    } else {
      let object = readRequest(command, id, message, into: &out)
      out.operation(Operation(Self.code(command, message), .request, object: object))
    }
    return Int(next)
  }

  // MARK: requests

  private mutating func readRequest(
    _ command: UInt16, _ id: UInt64, _ message: Span<UInt8>, into out: inout ObservationBuffer
  ) -> Operation.Object {
    let body = message.extracting(64..<message.count)
    switch command {
    case Command.negotiate:
      // Dialects behind 36 bytes; the last is the highest.
      if let count = body.le16(2), count > 0, let highest = body.le16(36 + 2 * (Int(count) - 1)) {
        out.property(.offeredVersion, out.text(Self.dialect(highest)))
      }
    case Command.sessionSetup:
      session.readClientToken(Self.buffer(message, body.le16(12), body.le16(14)), into: &out)
    case Command.treeConnect:
      let share = out.text(utf16le: Self.buffer(message, body.le16(4), body.le16(6)))
      out.property(.share, share, subject: .receiver)
      asked.remember(Self.lastPart(share, in: out), for: id)
      return .text(share)
    case Command.create:
      let path = Self.buffer(message, body.le16(44), body.le16(46))
      let name = out.text(utf16le: path)
      if let access = body.le32(24), access & writeAccess != 0, !name.isEmpty {
        let share = trees.request(UInt64(message.le32(36) ?? 0)) ?? []
        // What is written to IPC$ goes through a pipe and is no file.
        if !share.span.equals(ignoringCase: "ipc$") {
          session.files.asked(Self.qualified(path, name, share, into: &out), message: id, in: out)
        }
      }
      return name.isEmpty ? .none : .text(name)
    case Command.write:
      if let handle = Self.handle(body, 16) { session.files.written(handle, into: &out) }
      SMBSession.handPipe(
        Self.buffer(message, body.le16(2), UInt16(truncatingIfNeeded: min(body.le32(4) ?? 0, 0xffff))),
        session.pipe(Self.handle(body, 16)?.1, message: id), into: &out)
    case Command.read: _ = session.pipe(Self.handle(body, 16)?.1, message: id)
    case Command.ioctl where body.le32(4) == pipeTransceive:
      SMBSession.handPipe(
        Self.buffer(message, body.le32(24), body.le32(28)), session.pipe(Self.handle(body, 8)?.1, message: id),
        into: &out)
    case Command.setInfo: return setInfo(body, message, into: &out)
    default: break
    }
    return .none
  }

  /// What is set, [MS-FSCC] section 2.4, stands above the command: a rename and a deletion have names of their own.
  private static func code(_ command: UInt16, _ message: Span<UInt8>) -> UInt64 {
    guard command == Command.setInfo, message.byte(66) == 1, let information = message.byte(67) else {
      return UInt64(command)
    }
    return UInt64(command) | (setInformation[information] == nil ? 0 : UInt64(information) << 16)
  }

  private func setInfo(
    _ body: Span<UInt8>, _ message: Span<UInt8>, into out: inout ObservationBuffer
  ) -> Operation.Object {
    // FileRenameInformation, section 2.4.42.2: the new name behind 20 bytes.
    guard body.byte(2) == 1, body.byte(3) == 10 || body.byte(3) == 65 else { return .none }
    let buffer = Self.buffer(message, body.le16(8).map { UInt32($0) }, body.le32(4))
    let name = buffer.clamped(from: 20, count: Int(buffer.le32(16) ?? 0))
    return name.isEmpty ? .none : .text(out.text(utf16le: name))
  }

  // MARK: responses

  private mutating func readResponse(
    _ command: UInt16, _ status: UInt32, _ id: UInt64, _ message: Span<UInt8>, into out: inout ObservationBuffer
  ) {
    let body = message.extracting(64..<message.count)
    switch command {
    case Command.negotiate where status == 0: readNegotiation(body, message, into: &out)
    case Command.sessionSetup:
      _ = NTLMSSP.read(Self.buffer(message, body.le16(4), body.le16(6)), into: &out)
      if status == 0, let flags = body.le16(2) {
        if flags & 1 != 0 { out.property(.authentication, out.text("guest")) }
        if flags & 2 != 0 { out.property(.authentication, out.text("null session")) }
        if flags & 4 != 0 { out.property(.encryption, out.text("required")) }
      }
      session.answered(status, into: &out)
    case Command.treeConnect where status == 0:
      if let share = asked.request(id), let tree = message.le32(36) { trees.remember(share, for: UInt64(tree)) }
    case Command.create where status == 0:
      if let handle = Self.handle(body, 64) { session.files.opened(message: id, handle: handle) }
    case Command.read where status == 0:
      SMBSession.handPipe(
        Self.buffer(message, body.byte(2).map { UInt32($0) }, body.le32(4)), session.pipe(nil, message: id), into: &out)
    case Command.ioctl where body.le32(4) == pipeTransceive:
      SMBSession.handPipe(
        Self.buffer(message, body.le32(32), body.le32(36)), session.pipe(nil, message: id), into: &out)
    default: break
    }
  }

  /// Section 2.2.4.
  private func readNegotiation(_ body: Span<UInt8>, _ message: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let mode = body.le16(2), let dialect = body.le16(4), let capabilities = body.le32(24) else { return }
    out.property(.dialect, out.text(Self.dialect(dialect)))
    let signing: StaticString = mode & 2 != 0 ? "required" : mode & 1 != 0 ? "enabled" : "disabled"
    out.property(.signing, out.text(signing))
    // In 3.1.1 a negotiate context (type 2) stands for the capability.
    let encrypts = capabilities & 0x40 != 0 || (dialect == 0x0311 && hasEncryptionContext(body, message))
    if dialect >= 0x0300 {
      out.property(.encryption, out.text(encrypts ? "supported" : "unsupported"))
    }
    _ = NTLMSSP.read(Self.buffer(message, body.le16(56), body.le16(58)), into: &out)
  }

  private func hasEncryptionContext(_ body: Span<UInt8>, _ message: Span<UInt8>) -> Bool {
    guard let count = body.le16(6), let offset = body.le32(60) else { return false }
    var index = Int(offset)
    for _ in 0..<min(Int(count), 16) {
      guard let type = message.le16(index), let length = message.le16(index + 2) else { return false }
      if type == 2 { return true }
      // Contexts are aligned to eight bytes.
      index += 8 + (Int(length) + 7) / 8 * 8
    }
    return false
  }

  // MARK: shares

  /// `ADMIN$` of `\\server\ADMIN$`.
  private static func lastPart(_ share: TextRef, in out: borrowing ObservationBuffer) -> [UInt8] {
    let start = Int(share.start)
    let end = min(start + min(Int(share.count), 256), out.textBytes.count)
    var part: [UInt8] = []
    for index in start..<max(start, end) {
      if out.textBytes[index] == UInt8(ascii: "\\") { part.removeAll() } else { part.append(out.textBytes[index]) }
    }
    return part
  }

  private static func qualified(
    _ path: Span<UInt8>, _ name: TextRef, _ share: [UInt8], into out: inout ObservationBuffer
  ) -> TextRef {
    guard !share.isEmpty else { return name }
    let start = out.text(share.span)
    _ = out.text("\\")
    return start.through(out.text(utf16le: path))
  }

  // MARK: fields

  /// Bytes that an offset from the header and a length point to.
  @_lifetime(copy message)
  private static func buffer<I: FixedWidthInteger>(_ message: Span<UInt8>, _ offset: I?, _ count: I?) -> Span<UInt8> {
    guard let offset, let count, offset >= 64 else { return message.extracting(0..<0) }
    return message.clamped(from: Int(truncatingIfNeeded: offset), count: Int(truncatingIfNeeded: count))
  }

  private static func handle(_ body: Span<UInt8>, _ index: Int) -> (UInt64, UInt64)? {
    guard let a = body.le32(index), let b = body.le32(index + 4), let c = body.le32(index + 8),
      let d = body.le32(index + 12)
    else { return nil }
    return (UInt64(b) << 32 | UInt64(a), UInt64(d) << 32 | UInt64(c))
  }

  private static func dialect(_ dialect: UInt16) -> StaticString {
    switch dialect {
    case 0x0202: "SMB 2.0.2"
    case 0x0210: "SMB 2.1"
    case 0x0300: "SMB 3.0"
    case 0x0302: "SMB 3.0.2"
    case 0x0311: "SMB 3.1.1"
    case 0x02ff: "SMB 2.???"
    default: "unknown dialect"
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if code >> 16 != 0, let name = setInformation[UInt8(truncatingIfNeeded: code >> 16)] {
      return OperationDescription(code: "\(code & 0xffff)/\(code >> 16)", name: name, kind: .write)
    }
    let known = code < UInt64(commands.count) ? commands[Int(code)] : ("command \(code)", .other)
    return OperationDescription(code: "\(code)", name: known.0, kind: known.1)
  }
}

/// FILE_WRITE_DATA, FILE_APPEND_DATA, GENERIC_ALL, GENERIC_WRITE ([MS-SMB2] section 2.2.13.1.1).
let writeAccess: UInt32 = 0x2 | 0x4 | 0x1000_0000 | 0x4000_0000

/// FSCTL_PIPE_TRANSCEIVE, [MS-FSCC] section 2.3.
private let pipeTransceive: UInt32 = 0x0011_c017

/// Classes of set info, [MS-FSCC] section 2.4, that rename or delete.
private let setInformation: [UInt8: String] = [10: "rename", 13: "delete", 64: "delete", 65: "rename"]

private let commands: [(String, OperationKind)] = [
  ("negotiate", .session), ("session setup", .authenticate), ("logoff", .session), ("tree connect", .session),
  ("tree disconnect", .session), ("create", .session), ("close", .session), ("flush", .write), ("read", .read),
  ("write", .write), ("lock", .session), ("ioctl", .other), ("cancel", .session), ("echo", .session),
  ("query directory", .read), ("change notify", .session), ("query info", .read), ("set info", .write),
  ("oplock break", .session),
]
