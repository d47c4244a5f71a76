import OTCore

/// Simple Service Discovery Protocol: HTTP's heads in datagrams, UPnP Device Architecture 2.0 section 1.
public struct SSDP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ssdp", name: "Simple Service Discovery Protocol", specification: "UPnP Device Architecture 2.0 section 1",
      isIndustrial: false, depth: [.identity, .operations], reads: "method, target, server, user agent",
      displayFilter: "ssdp")
  ]
  public static let claims: [Claim] = [.udp(1900)]
  public static let probe = ProbeStrength.strong

  public init() {}

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, case .yes = HTTPHead.startLine(bytes) else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let bytes = pdu.bytes
    guard let lineEnd = bytes.lineEnd(limit: HTTPHead.startLineBytes) else {
      throw DecodeError("start line", at: 0, .truncated)
    }
    let head = HTTPHead(bytes, from: lineEnd)
    let line = bytes.extracting(0..<lineEnd)
    if line.hasASCII("HTTP/") {
      out.operation(Operation(HTTPMethod.search, .response, outcome: .success))
    } else {
      let method = HTTPMethod.code(of: line.extracting(0..<(line.first(32) ?? line.count)))
      // An advertisement is sent unasked to whoever listens.
      out.operation(Operation(method, method == HTTPMethod.notify ? .publish : .request))
    }
    out.identity(.sender, .softwareVersion, out.text(head.text(head.server, in: bytes)))
    out.identity(.sender, .application, out.text(head.text(head.agent, in: bytes)))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    HTTP.describe(operation: code, layer: layer)
  }
}
