import OTCore

/// Server Message Block of all versions over NetBIOS sessions (RFC 1002 section 4.3) or bare TCP: [MS-CIFS],
/// [MS-SMB], [MS-SMB2].
///
/// A message over 64 KiB is framed as its head; what it transfers is skipped.
public struct SMB: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "smb", name: "SMB 1 (CIFS)", specification: "[MS-CIFS], [MS-SMB]", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "dialect, signing, operating systems, logins, shares, files opened and written", displayFilter: "smb"),
    ProtocolInfo(
      id: "smb2", name: "SMB 2 and 3", specification: "[MS-SMB2] 77.0 section 2.2", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "dialect, signing, encryption, logins, shares, files opened and written", displayFilter: "smb2"),
    ProtocolInfo(
      id: "nbss", name: "NetBIOS session service", specification: "RFC 1002 section 4.3", isIndustrial: false,
      depth: [.identity, .operations], reads: "names of session requests", displayFilter: "nbss"),
  ]
  static let layer1: UInt8 = 0
  static let layer2: UInt8 = 1
  private static let sessionLayer: UInt8 = 2

  public static let claims: [Claim] = [.tcp(445), .tcp(139)]
  public static let probe = ProbeStrength.strong

  public init() {}

  var login = PendingLogin()
  var files = OpenFiles()
  /// Whether a user's anonymous (null) session waits for its answer.
  var anonymousIsPending = false
  private var encryptionIsTold = false

  /// Packet types, RFC 1002 section 4.3.1.
  private static let sessionMessage: UInt8 = 0
  private static let sessionRequest: UInt8 = 0x81
  private static let wholeBytes = 65_604
  private static let headBytes = 4 + 256

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let type = bytes.byte(0) else { return .notThisProtocol }
    let expectsMore = hint.isClaimed || hint.isEstablished
    guard let header = bytes.be32(0) else {
      return type == 0 || (type >= 0x81 && type <= 0x85)
        ? (expectsMore ? .needMore : .notThisProtocol) : .notThisProtocol
    }
    let length = Int(header & 0xff_ffff)
    switch type {
    case sessionMessage:
      guard length >= 32, length <= Limits.pduBytes * 12 else { return .notThisProtocol }
      guard let magic = bytes.be32(4) else { return expectsMore ? .needMore : .notThisProtocol }
      guard magic & 0xff_ffff == 0x53_4d42, magic >> 24 >= 0xfc else { return .notThisProtocol }
      return .pdu(byteCount: 4 + length <= wholeBytes ? 4 + length : headBytes)
    case sessionRequest:
      guard length == 68 else { return .notThisProtocol }
      return expectsMore || bytes.byte(4) == 0x20 ? .pdu(byteCount: 72) : .notThisProtocol
    case 0x82 where length == 0 && expectsMore, 0x85 where length == 0 && expectsMore: return .pdu(byteCount: 4)
    case 0x83 where length == 1 && expectsMore: return .pdu(byteCount: 5)
    default: return .notThisProtocol
    }
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let header = try pdu.u32("session header")
    let type = UInt8(truncatingIfNeeded: header >> 24)
    let length = Int(header & 0xff_ffff)
    switch type {
    case Self.sessionMessage:
      if 4 + length > Self.wholeBytes { out.skip(4 + length - pdu.bytes.count) }
      let message = pdu.rest()
      switch message.byte(0) {
      case 0xff: try readSMB1(message, context, into: &out)
      case 0xfe: try readSMB2(message, context, into: &out)
      case 0xfd where !encryptionIsTold:
        encryptionIsTold = true
        out.property(.encryption, out.text("in use"), layer: Self.layer2)
      default: break
      }
    case Self.sessionRequest:
      out.operation(Operation(UInt64(type), .request, layer: Self.sessionLayer))
      let called = Self.netBIOSName(try pdu.take(34, "called name"))
      let calling = Self.netBIOSName(try pdu.take(34, "calling name"))
      // `*SMBSERVER` is what is asked for when the name is unknown.
      if called.first != UInt8(ascii: "*") {
        out.identity(.receiver, .hostname, out.text(called.span), layer: Self.sessionLayer)
      }
      out.identity(.sender, .hostname, out.text(calling.span), layer: Self.sessionLayer)
    case 0x82:
      out.operation(Operation(0x81, .response, layer: Self.sessionLayer, outcome: .success))
    case 0x83:
      let reason = try pdu.u8("error code")
      out.operation(
        Operation(0x81, .response, layer: Self.sessionLayer, outcome: .failure(UInt32(reason))))
    default: break
    }
  }

  /// First-level encoding, RFC 1001 section 14.1: sixteen bytes in half-bytes from 'A'; the last tells the service.
  private static func netBIOSName(_ encoded: Span<UInt8>) -> [UInt8] {
    var name: [UInt8] = []
    for index in 0..<15 {
      guard let high = encoded.byte(1 + 2 * index), let low = encoded.byte(2 + 2 * index) else { break }
      name.append((high &- 65) << 4 | ((low &- 65) & 15))
    }
    return name
  }

  /// Hands what a named pipe carries to the dissector of DCE/RPC: version 5, a known packet type.
  static func handPipe(_ data: Span<UInt8>, into out: inout ObservationBuffer) {
    guard data.count >= 16, data[0] == 5, data[1] <= 1, data[2] <= 19 else { return }
    out.handOff(.dceRPC, data)
  }

  /// NTSTATUS, [MS-ERREF] section 2.3: the two highest bits are the severity.
  static func outcome(_ status: UInt32) -> Operation.Outcome {
    if status == moreProcessing || status == pending { return .none }
    return status >> 30 == 3 ? .failure(status) : .success
  }

  static let moreProcessing: UInt32 = 0xc000_0016
  static let pending: UInt32 = 0x103

  /// The answer to a session setup.
  mutating func settleLogin(_ status: UInt32, layer: UInt8, into out: inout ObservationBuffer) {
    guard status != Self.moreProcessing else { return }
    login.answered(status == 0, layer: layer, into: &out)
    if anonymousIsPending, status == 0 {
      out.record(
        .credential(
          CredentialExposure(
            .none, account: .none, strength: .empty, accepted: true, senderAuthenticates: false, layer: layer)))
    }
    anonymousIsPending = false
  }

  /// The client's security blob of a session setup.
  mutating func readClientToken(_ blob: Span<UInt8>, layer: UInt8, into out: inout ObservationBuffer) {
    guard let message = NTLMSSP.read(blob, layer: layer, into: &out) else {
      // Kerberos tells its name to the KDC only.
      if blob.count > 256 { out.property(.authentication, out.text("Kerberos"), layer: layer) }
      return
    }
    guard message.kind == .authenticate else { return }
    if message.isAnonymous {
      anonymousIsPending = true
    } else {
      login.name(message.account, in: out)
      login.sent(.ntlm, .unknown, layer: layer, into: &out)
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    switch layer {
    case Int(layer1): describeSMB1(code)
    case Int(layer2): describeSMB2(code)
    default: OperationDescription(code: "0x" + String(code, radix: 16), name: "session request", kind: .session)
    }
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
    let start = Int(name.start)
    let end = min(start + min(Int(name.count), Self.nameBytes), out.textBytes.count)
    files.append(File(message: message, handle: nil, name: start < end ? Array(out.textBytes[start..<end]) : []))
  }

  mutating func opened(message: UInt64, handle: (UInt64, UInt64)) {
    for index in files.indices where files[index].message == message && files[index].handle == nil {
      files[index].handle = handle
    }
  }

  /// A write to the handle: the file is told the first time.
  mutating func written(_ handle: (UInt64, UInt64), layer: UInt8, into out: inout ObservationBuffer) {
    for index in files.indices {
      guard !files[index].isTold, let known = files[index].handle, known == handle else { continue }
      files[index].isTold = true
      let name = files[index].name
      out.record(.file(FileSeen(out.text(name.span), .toServer, layer: layer)))
    }
  }
}
