import OTCore

/// Data connection of the File Transfer Protocol, RFC 959 section 3.2: a file or a listing, and nothing else. It cannot
/// be told by its content; the control connection announces its port (PASV, PORT; RFC 2428: EPSV, EPRT) and then says
/// what it is for.
public struct FTPData: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ftp-data", name: "FTP data connection", specification: "RFC 959 section 3.2, RFC 2428", isIndustrial: false,
      depth: .operations,
      reads: "what the control connection announced it for: the command and the file's name; no contents",
      displayFilter: "ftp-data")
  ]
  public static let claims: [Claim] = [.announced(.ftpData)]

  private var code = FTP.unknown
  private var name: [UInt8] = []
  private var port: UInt16?

  public init() {}

  public init(_ expected: Expectation) {
    code = expected.code
    name = expected.name
    port = expected.port
  }

  /// Any bytes, where they were announced.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    hint.isStream && hint.isClaimed && !bytes.isEmpty ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    // Whoever announced a port waits there, which of the two that may be.
    let senderIsClient = port.map { context.receiverPort == $0 } ?? context.senderIsClient
    out.operation(
      Operation(
        code, senderIsClient ? .request : .response, object: name.isEmpty ? .none : .text(out.text(name.span))))
    out.skip(Int.max)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(FTPVerb.all.count) else {
      return OperationDescription(code: "data", name: "data", kind: .other)
    }
    let verb = FTPVerb.all[Int(code)]
    return OperationDescription(code: "\(verb.name)", name: "data of \(verb.title)", kind: .other)
  }
}
