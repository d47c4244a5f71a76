import OTCore

/// One SMB 1 message, [MS-CIFS] section 2.2.3: header, words, bytes; or one of several commands that share a header
/// (AndX, section 2.2.3.4).
private struct SMB1Message: ~Escapable {
  let bytes: Span<UInt8>
  let command: UInt8
  let status: UInt32
  let isResponse: Bool
  let isUnicode: Bool
  let multiplexID: UInt16
  let wordCount: Int
  /// Where the words and the bytes behind them start.
  let words: Int
  let data: Int
  /// Where the bytes end, which another command may follow.
  let end: Int

  /// The command of the header, or another one that follows it at `place`.
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, _ following: UInt8? = nil, at place: Int = 32) throws(DecodeError) {
    guard let command = following ?? bytes.byte(4), let status = bytes.le32(5), let flags = bytes.byte(9),
      let flags2 = bytes.le16(10), let multiplexID = bytes.le16(30), let wordCount = bytes.byte(place)
    else { throw DecodeError("SMB header", at: bytes.count, .truncated) }
    self.bytes = bytes
    self.command = command
    words = place + 1
    self.status = status
    isResponse = flags & 0x80 != 0
    isUnicode = flags2 & 0x8000 != 0
    self.multiplexID = multiplexID
    self.wordCount = Int(wordCount)
    data = place + 1 + 2 * Int(wordCount) + 2
    end = min(bytes.count, data + Int(bytes.le16(data - 2) ?? 0))
  }

  /// Command and place of what follows this command; nil where nothing does.
  var next: (command: UInt8, start: Int)? {
    switch command {
    case 0x24, 0x2d, 0x2e, 0x2f, 0x73, 0x74, 0x75, 0xa2: break
    default: return nil
    }
    guard wordCount >= 2, let next = bytes.byte(words), next != 0xff, let start = bytes.le16(words + 2) else {
      return nil
    }
    return (next, Int(start))
  }

  /// 16 bits of the words, counted in bytes from the first of them.
  func word(_ offset: Int) -> UInt16? { offset + 2 <= 2 * wordCount ? bytes.le16(words + offset) : nil }
  func double(_ offset: Int) -> UInt32? { offset + 4 <= 2 * wordCount ? bytes.le32(words + offset) : nil }

  /// Reads the string at `position` (Unicode ones are aligned to the header) and stands behind its end.
  func string(_ position: inout Int, into out: inout ObservationBuffer) -> TextRef {
    if isUnicode, position % 2 != 0 { position += 1 }
    return string(&position, isUnicode: isUnicode, into: &out)
  }

  /// Reads the string that starts at `position`.
  func string(_ position: inout Int, isUnicode: Bool, into out: inout ObservationBuffer) -> TextRef {
    guard isUnicode else { return ascii(&position, into: &out) }
    let start = min(position, end)
    var stop = start
    while stop + 1 < end, bytes[stop] != 0 || bytes[stop + 1] != 0 { stop += 2 }
    position = stop + 2
    return out.text(utf16le: bytes.extracting(start..<stop))
  }

  func ascii(_ position: inout Int, into out: inout ObservationBuffer) -> TextRef {
    let start = min(position, end)
    let stop = min(bytes.first(0, from: start) ?? end, end)
    position = stop + 1
    return out.text(bytes.extracting(start..<stop))
  }

  @_lifetime(copy self)
  func buffer(_ offset: UInt16?, _ count: UInt16?) -> Span<UInt8> {
    bytes.clamped(from: Int(offset ?? 0), count: Int(count ?? 0))
  }
}

/// Server Message Block 1, also called CIFS: [MS-CIFS] 29.0, [MS-SMB] 55.0. That it is in use at all is a finding.
public struct SMB1: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "smb", name: "SMB 1 (CIFS)", specification: "[MS-CIFS] 29.0, [MS-SMB] 55.0", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "dialect, signing, operating systems, logins, shares, files opened, written, renamed, deleted",
      displayFilter: "smb")
  ]
  public static let claims: [Claim] = [.tcp(445), .tcp(139)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var session = SMBSession()
  /// Names of the dialects that the client knows, of which the server's answer has the number.
  private var offered: [[UInt8]] = []

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    SMBSession.frame(bytes, hint, 0xff...0xff)
  }

  /// Commands, [MS-CIFS] section 2.2.2.1.
  private enum Command {
    static let delete: UInt8 = 0x06
    static let rename: UInt8 = 0x07
    static let readAndX: UInt8 = 0x2e
    static let open: UInt8 = 0x2d
    static let transaction: UInt8 = 0x25
    static let writeAndX: UInt8 = 0x2f
    static let negotiate: UInt8 = 0x72
    static let sessionSetup: UInt8 = 0x73
    static let treeConnect: UInt8 = 0x75
    static let oldTreeConnect: UInt8 = 0x70
    static let create: UInt8 = 0xa2
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let bytes = try SMBSession.message(&pdu, into: &out)
    guard !bytes.isEmpty else { return }
    var message = try SMB1Message(bytes)
    read(message, into: &out)
    // Commands that follow stand in their order, so that none comes twice.
    for _ in 0..<8 {
      guard let next = message.next, next.start >= message.data, next.start < bytes.count else { return }
      message = try SMB1Message(bytes, next.command, at: next.start)
      read(message, into: &out)
    }
  }

  private mutating func read(_ message: borrowing SMB1Message, into out: inout ObservationBuffer) {
    if message.isResponse {
      out.operation(
        Operation(
          UInt64(message.command), .response, outcome: SMBSession.outcome(message.status)))
      readResponse(message, into: &out)
    } else {
      let object = readRequest(message, into: &out)
      out.operation(Operation(UInt64(message.command), .request, object: object))
    }
  }

  // MARK: requests

  private mutating func readRequest(
    _ message: borrowing SMB1Message, into out: inout ObservationBuffer
  ) -> Operation.Object {
    switch message.command {
    case Command.negotiate: offeredDialects(message, into: &out)
    case Command.sessionSetup: sessionSetup(message, into: &out)
    case Command.treeConnect:
      var position = message.data + Int(message.word(6) ?? 0)
      let share = message.string(&position, into: &out)
      out.property(.share, share, subject: .receiver)
      return .text(share)
    case Command.oldTreeConnect:
      // Share, password and service of the device, each behind a byte 4.
      var position = message.data + 1
      let share = message.ascii(&position, into: &out)
      out.property(.share, share, subject: .receiver)
      return .text(share)
    case Command.create:
      var position = message.data
      let name = message.string(&position, into: &out)
      // DesiredAccess stands at an odd offset behind the AndX fields.
      let access = message.double(15) ?? 0
      if access & writeAccess != 0, !name.isEmpty {
        session.files.asked(name, message: UInt64(message.multiplexID), in: out)
      }
      return name.isEmpty ? .none : .text(name)
    case Command.open:
      var position = message.data
      return .text(message.string(&position, into: &out))
    case Command.writeAndX:
      if let file = message.word(4) { session.files.written((UInt64(file), 0), into: &out) }
      SMBSession.handPipe(
        message.buffer(message.word(22), message.word(20)), pipe(message.word(4), message), into: &out)
    case Command.readAndX: _ = pipe(message.word(4), message)
    case Command.delete, Command.rename:
      // A byte 4 before each name; of a rename the new name stands second.
      var position = message.data + 1
      var name = message.string(&position, into: &out)
      if message.command == Command.rename {
        position += 1
        name = message.string(&position, into: &out)
      }
      return name.isEmpty ? .none : .text(name)
    case Command.transaction:
      var position = message.data
      let name = message.string(&position, into: &out)
      // The second word of the setup is the pipe's handle.
      SMBSession.handPipe(
        message.buffer(message.word(24), message.word(22)), pipe(message.word(30), message), into: &out)
      return name.isEmpty ? .none : .text(name)
    default: break
    }
    return .none
  }

  /// [MS-CIFS] section 2.2.4.52.1: a byte 2 and a name each; the last one is the newest.
  private mutating func offeredDialects(_ message: borrowing SMB1Message, into out: inout ObservationBuffer) {
    var position = message.data
    var last = TextRef.none
    offered.removeAll()
    for _ in 0..<32 {
      guard message.bytes.byte(position) == 2 else { break }
      position += 1
      last = message.ascii(&position, into: &out)
      offered.append(out.copy(last, atMost: 64))
    }
    out.property(.offeredVersion, last)
  }

  /// [MS-CIFS] section 2.2.4.53.1 (13 words); of LAN Manager 10 words with one password and no capabilities; with extended
  /// security (12 words) [MS-SMB] section 2.2.4.6.1.
  private mutating func sessionSetup(_ message: borrowing SMB1Message, into out: inout ObservationBuffer) {
    var position = message.data
    if message.wordCount == 12 {
      let length = Int(message.word(14) ?? 0)
      session.readClientToken(message.bytes.clamped(from: position, count: length), into: &out)
      position += length
    } else if message.wordCount == 13 || message.wordCount == 10 {
      let oem = Int(message.word(14) ?? 0)
      let unicode = message.wordCount == 13 ? Int(message.word(16) ?? 0) : 0
      position += oem + unicode
      let account = message.string(&position, into: &out)
      let domain = message.string(&position, into: &out)
      out.identity(.sender, .userName, account)
      out.identity(.sender, .domain, domain)
      let method: StaticString
      if account.isEmpty {
        session.anonymousIsPending = true
        method = "null session"
      } else {
        // Responses to a challenge have 24 bytes or more; a shorter one is the password itself.
        let isResponse = oem >= 24 || unicode >= 24
        method = unicode > 24 ? "NTLMv2" : isResponse ? "NTLMv1" : "clear text"
        session.sent(
          account, isResponse ? .ntlm : .clearText, oem + unicode <= 1 ? .empty : .unknown, into: &out)
      }
      out.property(.authentication, out.text(method))
    } else {
      return
    }
    systemNames(message, &position, into: &out)
  }

  /// NativeOS, NativeLanMan, PrimaryDomain.
  private func systemNames(
    _ message: borrowing SMB1Message, _ position: inout Int, into out: inout ObservationBuffer
  ) {
    out.identity(.sender, .operatingSystem, message.string(&position, into: &out))
    out.identity(.sender, .softwareVersion, message.string(&position, into: &out))
    let last = message.string(&position, into: &out)
    // Windows XP and Server 2003 put their LAN manager's name where the domain belongs.
    out.identity(.sender, out.startsLikeWindows(last) ? .softwareVersion : .domain, last)
  }

  private mutating func pipe(_ handle: UInt16?, _ message: borrowing SMB1Message) -> UInt64 {
    session.pipe(handle.map { UInt64($0) }, message: UInt64(message.multiplexID))
  }

  // MARK: responses

  private mutating func readResponse(_ message: borrowing SMB1Message, into out: inout ObservationBuffer) {
    switch message.command {
    case Command.negotiate: readNegotiation(message, into: &out)
    case Command.sessionSetup where message.wordCount >= 3:
      var position = message.data
      if message.wordCount == 4 {
        let length = Int(message.word(6) ?? 0)
        _ = NTLMSSP.read(message.bytes.clamped(from: position, count: length), into: &out)
        position += length
      }
      if message.status == 0, message.word(4).map({ $0 & 1 != 0 }) == true {
        out.property(.authentication, out.text("guest"))
      }
      systemNames(message, &position, into: &out)
      session.answered(message.status, into: &out)
    case Command.sessionSetup:
      session.answered(message.status, into: &out)
    case Command.create where message.status == 0:
      // FID behind the AndX fields and the oplock level, at an odd offset.
      if let file = message.bytes.le16(message.words + 5) {
        session.files.opened(message: UInt64(message.multiplexID), handle: (UInt64(file), 0))
      }
    case Command.transaction:
      SMBSession.handPipe(message.buffer(message.word(14), message.word(12)), pipe(nil, message), into: &out)
    case Command.readAndX where message.status == 0:
      SMBSession.handPipe(message.buffer(message.word(12), message.word(10)), pipe(nil, message), into: &out)
    default: break
    }
  }

  /// [MS-CIFS] section 2.2.4.52.2: NT LAN Manager answers with 17 words, LAN Manager with 13, the first SMB with the
  /// dialect's number alone.
  private func readNegotiation(_ message: borrowing SMB1Message, into out: inout ObservationBuffer) {
    let isNT = message.wordCount == 17
    guard isNT || message.wordCount == 13 || message.wordCount == 1, let number = message.word(0), number != 0xffff
    else { return }
    if !isNT, Int(number) < offered.count {
      let name = offered[Int(number)]
      out.property(.dialect, out.text(name.span))
    } else {
      out.property(.dialect, out.text(isNT ? "NT LM 0.12" : message.wordCount == 13 ? "LAN Manager" : "core protocol"))
    }
    // SecurityMode: bit 1 challenge-response, bit 2 signing enabled, bit 3 signing required. The first SMB has neither.
    let mode = message.wordCount == 1 ? 0 : message.bytes.byte(message.words + 2) ?? 0
    if isNT {
      let signing: StaticString = mode & 8 != 0 ? "required" : mode & 4 != 0 ? "enabled" : "disabled"
      out.property(.signing, out.text(signing))
    }
    if mode & 2 == 0 { out.property(.securityMode, out.text("passwords in clear text")) }
    if isNT {
      // Capabilities: bit 2 Unicode, bit 31 extended security, which has its names in a security blob.
      let capabilities = message.double(19) ?? 0
      guard capabilities >> 31 == 0 else { return }
      // Domain and server stand behind the challenge without the alignment of other strings.
      var position = message.data + Int(message.bytes.byte(message.words + 33) ?? 0)
      let isUnicode = capabilities & 4 != 0
      out.identity(.sender, .domain, message.string(&position, isUnicode: isUnicode, into: &out))
      out.identity(.sender, .hostname, message.string(&position, isUnicode: isUnicode, into: &out))
    } else if message.wordCount == 13 {
      var position = message.data + Int(message.word(22) ?? 0)
      out.identity(.sender, .domain, message.ascii(&position, into: &out))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let known: (String, OperationKind)
    switch code {
    case 0x00: known = ("create directory", .write)
    case 0x01: known = ("delete directory", .write)
    case 0x04: known = ("close", .session)
    case 0x05: known = ("flush", .write)
    case 0x06: known = ("delete", .write)
    case 0x07: known = ("rename", .write)
    case 0x08: known = ("query information", .read)
    case 0x10: known = ("check directory", .read)
    case 0x24: known = ("locking", .session)
    case 0x25: known = ("transaction", .other)
    case 0x2b: known = ("echo", .session)
    case 0x2d: known = ("open", .session)
    case 0x2e: known = ("read", .read)
    case 0x2f: known = ("write", .write)
    case 0x32: known = ("transaction 2", .read)
    case 0x34: known = ("find close", .session)
    case 0x70: known = ("tree connect", .session)
    case 0x71: known = ("tree disconnect", .session)
    case 0x72: known = ("negotiate", .session)
    case 0x73: known = ("session setup", .authenticate)
    case 0x74: known = ("logoff", .session)
    case 0x75: known = ("tree connect", .session)
    case 0x80: known = ("query disk information", .read)
    case 0xa0: known = ("nt transaction", .other)
    case 0xa2: known = ("nt create", .session)
    case 0xa4: known = ("nt cancel", .session)
    default: known = ("command \(code)", .other)
    }
    let digits = String(code, radix: 16)
    return OperationDescription(
      code: digits.utf8.count < 2 ? "0x0\(digits)" : "0x\(digits)", name: known.0, kind: known.1)
  }
}

extension ObservationBuffer {
  fileprivate func startsLikeWindows(_ text: TextRef) -> Bool {
    let start = Int(text.start)
    return text.count >= 7 && start + 7 <= textBytes.count && textBytes.span.hasASCII("Windows", at: start)
  }
}
