import OTCore

/// NT LAN Manager security messages, [MS-NLMP] 35.0 section 2.2.1, wherever they travel: SMB, HTTP, DCE/RPC, LDAP.
///
/// They name the Windows version, host, domain and user in clear text. The responses to challenges are not kept.
enum NTLMSSP {
  enum Kind: UInt32 {
    case negotiate = 1
    case challenge = 2
    case authenticate = 3
  }

  /// What a caller needs to pair the login with the server's answer.
  struct Message {
    var kind: Kind
    /// Account of an `authenticate`; empty for an anonymous (null) session.
    var account = TextRef.none
    /// Neither account nor response: a null session.
    var isAnonymous = false
  }

  /// Where a message starts in a security blob (bare, or within GSS-API and SPNEGO), looking at its first 512 bytes.
  static func find(in blob: Span<UInt8>) -> Int? {
    var index = 0
    while index <= min(blob.count, 512) - 12 {
      if blob[index] == 0x4e, blob.hasASCII("NTLMSSP\0", at: index) { return index }
      index += 1
    }
    return nil
  }

  /// Records what a security blob says of its sender; nil where it holds no NTLMSSP message.
  static func read(_ blob: Span<UInt8>, layer: UInt8 = 0, into out: inout ObservationBuffer) -> Message? {
    guard let start = find(in: blob) else { return nil }
    let message = blob.extracting(start..<blob.count)
    guard let type = message.le32(8), let kind = Kind(rawValue: type) else { return nil }
    switch kind {
    case .negotiate: negotiate(message, layer, into: &out)
    case .challenge: challenge(message, layer, into: &out)
    case .authenticate: return authenticate(message, layer, into: &out)
    }
    return Message(kind: kind)
  }

  /// Section 2.2.2.5: NTLMSSP_NEGOTIATE_UNICODE, NTLMSSP_TARGET_TYPE_SERVER, NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED,
  /// …_OEM_WORKSTATION_SUPPLIED, …_VERSION.
  private static let unicode: UInt32 = 0x1
  private static let targetIsServer: UInt32 = 0x2_0000
  private static let domainSupplied: UInt32 = 0x1000
  private static let workstationSupplied: UInt32 = 0x2000
  private static let versionSupplied: UInt32 = 0x0200_0000

  private static func negotiate(_ message: Span<UInt8>, _ layer: UInt8, into out: inout ObservationBuffer) {
    guard let flags = message.le32(12) else { return }
    if flags & domainSupplied != 0 { out.identity(.sender, .domain, out.text(field(message, 16)), layer: layer) }
    if flags & workstationSupplied != 0 { out.identity(.sender, .hostname, out.text(field(message, 24)), layer: layer) }
    version(message, 32, flags, layer, into: &out)
  }

  private static func challenge(_ message: Span<UInt8>, _ layer: UInt8, into out: inout ObservationBuffer) {
    guard let flags = message.le32(20) else { return }
    version(message, 48, flags, layer, into: &out)
    // TargetName: the server itself where it belongs to no domain. Old servers say nothing else of themselves.
    let target = name(field(message, 12), flags & unicode != 0, into: &out)
    out.identity(.sender, flags & targetIsServer != 0 ? .hostname : .domain, target, layer: layer)
    pairs(field(message, 40), of: .sender, layer, into: &out)
  }

  /// AV_PAIR list, section 2.2.2.1, ends with MsvAvEOL: names of the server.
  private static func pairs(
    _ pairs: Span<UInt8>, of subject: Subject, _ layer: UInt8, into out: inout ObservationBuffer
  ) {
    var index = 0
    for _ in 0..<32 {
      guard let id = pairs.le16(index), let length = pairs.le16(index + 2), id != 0 else { return }
      let value = pairs.clamped(from: index + 4, count: Int(length))
      switch id {
      case 1: out.identity(subject, .hostname, out.text(utf16le: value), layer: layer)
      case 3: out.identity(subject, .name, out.text(utf16le: value), layer: layer)
      case 2, 4, 5: out.identity(subject, .domain, out.text(utf16le: value), layer: layer)
      default: break
      }
      index += 4 + Int(length)
    }
  }

  private static func authenticate(
    _ message: Span<UInt8>, _ layer: UInt8, into out: inout ObservationBuffer
  ) -> Message? {
    // What comes first in the payload says how long the header is: before NT 4.0 SP4 it had neither flags nor version.
    let header = headerBytes(message)
    let flags = header >= 64 ? message.le32(60) : nil
    if header >= 72, let flags { version(message, 64, flags, layer, into: &out) }
    let isUnicode = flags.map { $0 & unicode != 0 } ?? [28, 36, 44].contains { field(message, $0).looksLikeUTF16 }
    let domain = name(field(message, 28), isUnicode, into: &out)
    let account = name(field(message, 36), isUnicode, into: &out)
    let workstation = name(field(message, 44), isUnicode, into: &out)
    out.identity(.sender, .domain, domain, layer: layer)
    out.identity(.sender, .userName, account, layer: layer)
    out.identity(.sender, .hostname, workstation, layer: layer)
    // An NTLMv1 response has always 24 bytes, an NTLMv2 response more (sections 2.2.2.6, 2.2.2.8).
    let answer = field(message, 20)
    let response = answer.count
    // NTLMv2_CLIENT_CHALLENGE, section 2.2.2.7, behind the proof of 16 bytes, repeats what the server said of itself.
    if response > 24 { pairs(answer.rest(from: 44), of: .receiver, layer, into: &out) }
    let isAnonymous = account.isEmpty && response == 0
    let method: StaticString =
      isAnonymous ? "NTLM anonymous" : response == 24 ? "NTLMv1" : response > 24 ? "NTLMv2" : "LM"
    out.property(.authentication, out.text(method), layer: layer)
    return Message(kind: .authenticate, account: account, isAnonymous: isAnonymous)
  }

  /// Where the payload of an `authenticate` starts, by its five fields: responses, domain, account, workstation.
  private static func headerBytes(_ message: Span<UInt8>) -> Int {
    var start = Int.max
    for index in [12, 20, 28, 36, 44] {
      guard let length = message.le16(index), let offset = message.le32(index + 4), length > 0 else { continue }
      start = min(start, Int(offset))
    }
    return start
  }

  /// The payload that a length, a maximum and an offset at `index` point to.
  @_lifetime(copy message)
  private static func field(_ message: Span<UInt8>, _ index: Int) -> Span<UInt8> {
    guard let length = message.le16(index), let offset = message.le32(index + 4) else {
      return message.extracting(0..<0)
    }
    return message.clamped(from: Int(offset), count: Int(length))
  }

  private static func name(_ text: Span<UInt8>, _ isUnicode: Bool, into out: inout ObservationBuffer) -> TextRef {
    isUnicode ? out.text(utf16le: text) : out.text(text)
  }

  /// VERSION, section 2.2.2.10: major, minor, build of the operating system.
  private static func version(
    _ message: Span<UInt8>, _ index: Int, _ flags: UInt32, _ layer: UInt8, into out: inout ObservationBuffer
  ) {
    guard flags & versionSupplied != 0, let major = message.byte(index), let minor = message.byte(index + 1),
      let build = message.le16(index + 2), major != 0
    else { return }
    out.identity(
      .sender, .operatingSystem, out.text(joined: UInt64(major), UInt64(minor), UInt64(build)), layer: layer)
  }
}

extension Span where Element == UInt8 {
  /// Whether a text of a message without flags has two bytes for each letter.
  fileprivate var looksLikeUTF16: Bool { count >= 2 && count % 2 == 0 && self[1] == 0 }
}
