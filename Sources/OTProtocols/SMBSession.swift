import OTCore

/// What both generations of Server Message Block share: framing over NetBIOS sessions (RFC 1002 section 4.3) or bare
/// TCP, the state of logins and open files, named pipes.
///
/// A message over 64 KiB is framed as its head; what it transfers is skipped.
struct SMBSession: Sendable {
  private var login = PendingLogin()
  var files = OpenFiles()
  /// Whether an anonymous (null) session waits for its answer.
  var anonymousIsPending = false

  private static let wholeBytes = 65_604
  private static let headBytes = 4 + 256

  /// A session message whose first byte is one of `magics`, before `SMB`; or a keep-alive between such messages.
  static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint, _ magics: ClosedRange<UInt8>) -> Framing {
    guard hint.isStream, let type = bytes.byte(0) else { return .notThisProtocol }
    if type == 0x85, hint.isEstablished { return .pdu(byteCount: 4) }
    guard type == 0 else { return .notThisProtocol }
    guard let header = bytes.be32(0), let magic = bytes.be32(4) else {
      return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol
    }
    let length = Int(header & 0xff_ffff)
    guard length >= 32, magic & 0xff_ffff == 0x53_4d42, magics.contains(UInt8(truncatingIfNeeded: magic >> 24)) else {
      return .notThisProtocol
    }
    return .pdu(byteCount: 4 + length <= wholeBytes ? 4 + length : headBytes)
  }

  /// The message behind the session header (empty for a keep-alive); skips what was not framed.
  @_lifetime(copy pdu)
  static func message(
    _ pdu: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) -> Span<UInt8> {
    let header = try pdu.u32("session header")
    let length = Int(header & 0xff_ffff)
    if 4 + length > wholeBytes { out.skip(4 + length - pdu.bytes.count) }
    return pdu.rest()
  }

  /// First of eight bytes that tell the named pipes of one connection apart, before what a pipe carries: no version of
  /// DCE/RPC.
  static let pipeMark: UInt8 = 0xfe

  /// Handles of the pipes that messages without a handle of their own answer to, by the number of the message.
  private var pipes = RequestTable<UInt64>()

  /// A request names the pipe by its handle; nil for an answer, which only repeats the request's number.
  mutating func pipe(_ handle: UInt64?, message: UInt64) -> UInt64 {
    guard let handle else { return pipes.request(message) ?? 0 }
    pipes.remember(handle, for: message)
    return handle
  }

  /// Hands what a named pipe carries to the dissector of DCE/RPC: version 5, a known packet type.
  static func handPipe(_ data: Span<UInt8>, _ pipe: UInt64, into out: inout ObservationBuffer) {
    guard data.count >= 16, data[0] == 5, data[1] <= 1, data[2] <= 19 else { return }
    var marked: [UInt8] = [pipeMark]
    marked.reserveCapacity(8 + min(data.count, 65_536))
    for index in 0..<7 { marked.append(UInt8(truncatingIfNeeded: pipe >> UInt64(8 * index))) }
    marked.append(data)
    out.handOff(.dceRPC, marked.span)
  }

  /// NTSTATUS, [MS-ERREF] section 2.3: the two highest bits are the severity.
  static func outcome(_ status: UInt32) -> Operation.Outcome {
    if status == moreProcessing || status == pending { return .none }
    return status >> 30 == 3 ? .failure(status) : .success
  }

  private static let moreProcessing: UInt32 = 0xc000_0016
  private static let pending: UInt32 = 0x103

  // MARK: logins

  /// The client's security blob of a session setup.
  mutating func readClientToken(_ blob: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let message = NTLMSSP.read(blob, into: &out) else {
      // Kerberos tells the client's name to the KDC only.
      KerberosTicket.read(blob, into: &out)
      if blob.count > 256 { out.property(.authentication, out.text("Kerberos")) }
      return
    }
    guard message.kind == .authenticate else { return }
    if message.isAnonymous {
      anonymousIsPending = true
    } else {
      sent(message.account, .ntlm, .unknown, into: &out)
    }
  }

  mutating func sent(
    _ account: TextRef, _ scheme: CredentialExposure.Scheme, _ strength: CredentialExposure.Strength,
    into out: inout ObservationBuffer
  ) {
    login.name(account, in: out)
    login.sent(scheme, strength, into: &out)
  }

  /// The answer to a session setup.
  mutating func answered(_ status: UInt32, into out: inout ObservationBuffer) {
    guard status != Self.moreProcessing else { return }
    login.answered(status == 0, into: &out)
    if anonymousIsPending, status == 0 {
      out.record(
        .credential(
          CredentialExposure(.none, account: .none, strength: .empty, accepted: true, senderAuthenticates: false)))
    }
    anonymousIsPending = false
  }
}

/// Files that were opened for writing, so that a write can be told by name: the last few of a conversation.
struct OpenFiles: Sendable {
  private struct File {
    /// Message of the request that opens it, until the answer gives the handle.
    var message: UInt64
    var handle: (UInt64, UInt64)?
    var isTold = false
    var name: [UInt8]
  }

  private var files: [File] = []
  private static let count = 4
  private static let nameBytes = 512

  mutating func asked(_ name: TextRef, message: UInt64, in out: borrowing ObservationBuffer) {
    if files.count >= Self.count { files.removeFirst() }
    files.append(File(message: message, handle: nil, name: out.copy(name, atMost: Self.nameBytes)))
  }

  mutating func opened(message: UInt64, handle: (UInt64, UInt64)) {
    for index in files.indices where files[index].message == message && files[index].handle == nil {
      files[index].handle = handle
    }
  }

  /// A write to the handle: the file is told the first time.
  mutating func written(_ handle: (UInt64, UInt64), into out: inout ObservationBuffer) {
    for index in files.indices {
      guard !files[index].isTold, let known = files[index].handle, known == handle else { continue }
      files[index].isTold = true
      let name = files[index].name
      out.record(.file(FileSeen(out.text(name.span), .toServer)))
    }
  }
}
