import OTCore

/// SOCKS 4, 4a and 5 (RFC 1928, RFC 1929): a proxy that brings whoever may use it from one network into another. What is
/// relayed goes on as a protocol of its own.
public struct SOCKS: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "socks", name: "SOCKS", specification: "RFC 1928, RFC 1929; SOCKS 4 (Y.-D. Lee) and 4a", isIndustrial: false,
      depth: [.identity, .operations], reads: "targets, login (account only) and its method, refusals",
      displayFilter: "socks")
  ]
  public static let claims: [Claim] = [.tcp(1080), .tcp(1081), .tcp(9050), .tcp(9150)]

  public init() {}

  /// Version 5: what comes next of either side.
  private enum Phase { case methods, login, request, relayed }
  private var phase = Phase.methods
  private var login = PendingLogin()
  private var pending: UInt64 = 1

  private static let methodsCode: UInt64 = 0x100
  private static let loginCode: UInt64 = 0x101

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, hint.isClaimed || hint.isEstablished, let version = bytes.byte(0), let second = bytes.byte(1)
    else { return hint.isStream && hint.isClaimed && bytes.byte(0) == 5 ? .needMore : .notThisProtocol }
    switch (version, hint.senderIsClient) {
    case (4, true):
      guard second == 1 || second == 2 else { return .notThisProtocol }
      guard bytes.count >= 9 else { return .needMore }
      let userEnd = bytes.firstIndex(of: 0, from: 8)
      guard userEnd < 8 + 256 else { return .notThisProtocol }
      guard userEnd < bytes.count else { return .needMore }
      guard bytes.extracting(8..<userEnd).isPrintable else { return .notThisProtocol }
      // 4a: an address 0.0.0.x says that a name follows.
      guard bytes.be32(4).map({ $0 > 0 && $0 < 256 }) == true else { return .pdu(byteCount: userEnd + 1) }
      let nameEnd = bytes.firstIndex(of: 0, from: userEnd + 1)
      return nameEnd < bytes.count ? .pdu(byteCount: nameEnd + 1) : .needMore
    case (0, false) where bytes.count < 8: return second >= 0x5a && second <= 0x5d ? .needMore : .notThisProtocol
    case (0, false): return second >= 0x5a && second <= 0x5d && bytes.count >= 8 ? .pdu(byteCount: 8) : .notThisProtocol
    case (1, true):
      guard hint.isEstablished else { return .notThisProtocol }
      guard let secret = bytes.byte(2 + Int(second)) else { return .needMore }
      return .pdu(byteCount: 3 + Int(second) + Int(secret))
    case (1, false): return hint.isEstablished && bytes.count == 2 ? .pdu(byteCount: 2) : .notThisProtocol
    case (5, true):
      // A list of methods, or a request, which has a zero and a kind of address behind its command.
      if hint.isEstablished, (1...3).contains(second), bytes.byte(2) == 0, let length = addressed(bytes) {
        return .pdu(byteCount: length)
      }
      guard second > 0, second < 16, bytes.count <= 2 + Int(second) else { return .notThisProtocol }
      return .pdu(byteCount: 2 + Int(second))
    case (5, false):
      if bytes.count == 2 { return .pdu(byteCount: 2) }
      guard second <= 8, bytes.byte(2) == 0, let length = addressed(bytes) else { return .notThisProtocol }
      return .pdu(byteCount: length)
    default: return .notThisProtocol
    }
  }

  /// Length of a request or reply: four bytes, address, port (RFC 1928 section 4).
  private static func addressed(_ bytes: Span<UInt8>) -> Int? {
    switch bytes.byte(3) {
    case 1: 10
    case 3: bytes.byte(4).map { 7 + Int($0) }
    case 4: 22
    default: nil
    }
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let version = try pdu.u8("version")
    let second = try pdu.u8("command")
    switch (version, context.senderIsClient) {
    case (4, true):
      let port = try pdu.u16("DSTPORT")
      let address = try pdu.u32("DSTIP")
      let user = pdu.rest()
      let name = user.untilNUL()
      out.property(.protocolVersion, out.text(address > 0 && address < 256 ? "4a" : "4"))
      out.identity(.sender, .userName, out.text(name))
      let host = user.rest(from: name.count + 1).untilNUL()
      let target = address > 0 && address < 256 ? out.text(host) : out.text(ipv4: address)
      ask(second, target, port, into: &out)
    case (0, false):
      out.operation(
        Operation(pending, .response, outcome: second == 0x5a ? .success : .failure(UInt32(second))))
    case (1, true):
      let account = try pdu.take(Int(second), "UNAME")
      let length = Int(try pdu.u8("PLEN"))
      let secret = try pdu.take(length, "PASSWD")
      login.name(account)
      out.identity(.sender, .userName, out.text(account))
      out.operation(Operation(Self.loginCode, .request))
      login.sent(.clearText, login.judge(password: secret), into: &out)
    case (1, false):
      out.operation(Operation(Self.loginCode, .response, outcome: second == 0 ? .success : .failure(UInt32(second))))
      login.answered(second == 0, into: &out)
    case (5, true):
      guard pdu.peek() == 0, pdu.remaining >= 6, phase != .methods else {
        phase = .request
        out.property(.protocolVersion, out.text("5"))
        out.operation(Operation(Self.methodsCode, .request))
        return
      }
      try pdu.skip(1, "reserved")
      let target = try address(&pdu, into: &out)
      ask(second, target, try pdu.u16("DST.PORT"), into: &out)
    case (5, false):
      if pdu.isAtEnd {
        out.operation(Operation(Self.methodsCode, .response, outcome: second == 0xff ? .failure(255) : .success))
        let method: StaticString =
          switch second {
          case 0: "none"
          case 1: "GSSAPI"
          case 2: "user name and password"
          case 0xff: "refused"
          default: "other"
          }
        out.property(.authentication, out.text(method))
      } else {
        out.operation(Operation(pending, .response, outcome: second == 0 ? .success : .failure(UInt32(second))))
      }
    default: throw DecodeError("version", at: 0, .invalid)
    }
  }

  private func address(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) -> TextRef {
    switch try pdu.u8("ATYP") {
    case 1: return out.text(ipv4: try pdu.u32("DST.ADDR"))
    case 3:
      let length = Int(try pdu.u8("length"))
      return out.text(try pdu.take(length, "DST.ADDR"))
    default:
      let bytes = try pdu.take(16, "DST.ADDR")
      return out.text(string: bytes.ipv6(0)?.description ?? "")
    }
  }

  private mutating func ask(_ command: UInt8, _ host: TextRef, _ port: UInt16, into out: inout ObservationBuffer) {
    pending = UInt64(command)
    _ = out.text(":")
    let target = host.through(out.text(UInt64(port)))
    out.operation(Operation(UInt64(command), .request, object: .text(target)))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    switch code {
    case 1: OperationDescription(code: "1", name: "connect", kind: .session)
    case 2: OperationDescription(code: "2", name: "bind", kind: .session)
    case 3: OperationDescription(code: "3", name: "associate UDP", kind: .session)
    case loginCode: OperationDescription(code: "login", name: "login", kind: .authenticate)
    default: OperationDescription(code: "methods", name: "offer methods", kind: .session)
    }
  }
}
