import OTCore

/// The `r` commands of BSD Unix: rlogin (RFC 1282), rsh and rexec. They believe the account that is named, or show its
/// password.
public struct RemoteShell: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "rsh", name: "rsh, rexec, rlogin", specification: "RFC 1282; 4.2BSD rcmd(3), rexec(3)", isIndustrial: false,
      depth: [.identity, .operations], reads: "accounts, command that is run; a password is judged, not kept",
      displayFilter: "rsh or exec or rlogin")
  ]
  public static let claims: [Claim] = [.tcp(512), .tcp(513), .tcp(514)]

  public init() {}

  private static let shell: UInt64 = 1
  private static let execute: UInt64 = 2
  private static let remoteLogin: UInt64 = 3

  private var isOpen = false
  private var pending: UInt64?

  /// Four texts with NULs: port, two accounts (or account and password), command; rlogin's port is empty and its last text
  /// a terminal with its speed.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, hint.isClaimed || hint.isEstablished, !bytes.isEmpty else { return .notThisProtocol }
    if hint.isEstablished { return .pdu(byteCount: bytes.count) }
    guard hint.senderIsClient, let parts = texts(bytes) else { return .notThisProtocol }
    return .pdu(byteCount: parts.end)
  }

  /// Where the four texts start, and where the last one ends.
  private static func texts(_ bytes: Span<UInt8>) -> (first: Int, second: Int, third: Int, end: Int)? {
    let zero = bytes.firstIndex(of: 0)
    guard zero <= 5, zero < bytes.count else { return nil }
    for index in 0..<zero where bytes[index] < 48 || bytes[index] > 57 { return nil }
    let one = bytes.firstIndex(of: 0, from: zero + 1)
    let two = bytes.firstIndex(of: 0, from: one + 1)
    let three = bytes.firstIndex(of: 0, from: two + 1)
    guard three < bytes.count, one - zero <= 33, two - one <= 65, one > zero + 1 || two > one + 1, three > two + 1,
      bytes.extracting((zero + 1)..<one).isPrintable, bytes.extracting((one + 1)..<two).isPrintable,
      bytes.extracting((two + 1)..<three).isPlainText
    else { return nil }
    return (zero + 1, one + 1, two + 1, three + 1)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if let code = pending, !context.senderIsClient {
      // One byte NUL lets in; anything else is followed by why not.
      let accepted = pdu.peek() == 0
      out.operation(Operation(code, .response, outcome: accepted ? .success : .failure(UInt32(pdu.peek() ?? 1))))
      pending = nil
    }
    guard !isOpen else { return }
    guard context.senderIsClient, let parts = Self.texts(pdu.bytes) else { return }
    isOpen = true
    let first = pdu.bytes.extracting(parts.first..<(parts.second - 1))
    let second = pdu.bytes.extracting(parts.second..<(parts.third - 1))
    let third = pdu.bytes.extracting(parts.third..<(parts.end - 1))
    let port = context.receiverPort
    let code =
      port == 513 || parts.first == 1 && third.first(UInt8(ascii: "/")) != nil && port != 512
      ? Self.remoteLogin
      : port == 512 ? Self.execute : Self.shell
    pending = code
    out.operation(
      Operation(code, .request, object: code == Self.remoteLogin ? .none : .text(out.text(third))))
    // rexec names one account and its password, the others the account here and the one there.
    let account = code == Self.execute ? first : second
    out.identity(.sender, .userName, out.text(code == Self.execute ? first : first.isEmpty ? second : first))
    let strength =
      code == Self.execute
      ? CredentialExposure.Strength(account: first, password: second) : CredentialExposure.Strength.empty
    out.record(
      .credential(
        CredentialExposure(
          code == Self.execute ? .clearText : .none, account: out.text(account), strength: strength)))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    switch code {
    case shell: OperationDescription(code: "rsh", name: "run command", kind: .program)
    case execute: OperationDescription(code: "rexec", name: "run command", kind: .program)
    default: OperationDescription(code: "rlogin", name: "login", kind: .authenticate)
    }
  }
}
