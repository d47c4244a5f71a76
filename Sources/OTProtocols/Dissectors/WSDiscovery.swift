import OTCore

/// Web Services Dynamic Discovery: how cameras (ONVIF), printers and Windows computers find each other on a network.
public struct WSDiscovery: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ws_discovery", name: "WS-Discovery",
      specification: "OASIS WS-Discovery 1.1 section 4; April 2005 draft; ONVIF Core 23.06 section 7.3",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "action, types, ONVIF scopes (name, hardware, location), addresses; metadata is not fetched",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(3702)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var told = RecentValues()

  private static let probeBytes = 2048

  /// An envelope of SOAP that names the discovery namespace of 2005 or of 2009.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, let first = bytes.byte(0), first == UInt8(ascii: "<") || first == 0xef || first == 13,
      bytes.count >= 100
    else { return .notThisProtocol }
    let front = bytes.clamped(from: 0, count: probeBytes)
    let isDraft = front.first(ignoringCase: "/ws/2005/04/discovery") != nil
    guard front.first(ignoringCase: "envelope") != nil,
      isDraft || front.first(ignoringCase: "ws-dd/ns/discovery") != nil
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  // MARK: messages

  private enum Action {
    static let all: [(name: StaticString, kind: OperationKind)] = [
      ("hello", .report), ("bye", .report), ("probe", .discover), ("probematches", .discover), ("resolve", .discover),
      ("resolvematches", .discover),
    ]
    static let hello: UInt64 = 0
    static let bye: UInt64 = 1
    static let probe: UInt64 = 2
    static let resolve: UInt64 = 4

    /// The last word of an action's URI.
    static func code(of uri: Span<UInt8>) -> UInt64? {
      var start = uri.count
      while start > 0, uri[start - 1] != UInt8(ascii: "/") { start -= 1 }
      let word = uri.extracting(start..<uri.count)
      for index in all.indices where word.equals(ignoringCase: all[index].name) { return UInt64(index) }
      return nil
    }
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    told.listen(to: context)
    let text = pdu.rest()
    guard let action = Action.code(of: text.element("action")) else {
      throw DecodeError("action", at: 0, .invalid)
    }
    let types = text.element("types")
    switch action {
    case Action.probe:
      out.operation(Operation(action, .request, object: types.isEmpty ? .none : .text(out.text(types))))
    case Action.resolve: out.operation(Operation(action, .request))
    case Action.hello, Action.bye:
      var operation = Operation(action, .publish)
      operation.isAnnouncement = true
      out.operation(operation)
      describe(text, types, into: &out)
    default:
      // The answer names whom it is for: matches go to who asked.
      out.operation(Operation(action - 1, .response, outcome: .success))
      describe(text, types, into: &out)
    }
  }

  private mutating func describe(_ text: Span<UInt8>, _ types: Span<UInt8>, into out: inout ObservationBuffer) {
    tell(.deviceType, types, into: &out)
    // Only an endpoint's own reference, not the address that the message goes to.
    tell(.deviceID, text.element("endpointreference").element("address"), into: &out)
    describe(scopes: text.element("scopes"), into: &out)
    var index = 0
    tell(.endpoint, text.element("xaddrs").word(after: &index), into: &out)
  }

  /// ONVIF Core section 7.3.2.2: scopes are URIs whose path is a category and a value.
  private mutating func describe(scopes: Span<UInt8>, into out: inout ObservationBuffer) {
    var index = 0
    for _ in 0..<64 {
      let scope = scopes.word(after: &index)
      guard !scope.isEmpty else { return }
      guard scope.hasASCII(ignoringCase: "onvif://www.onvif.org/"), let slash = scope.first(0x2f, from: 22) else {
        continue
      }
      let category = scope.extracting(22..<slash)
      let value = scope.extracting((slash + 1)..<scope.count)
      if category.equals(ignoringCase: "name") {
        tell(.name, value, into: &out)
      } else if category.equals(ignoringCase: "hardware") {
        tell(.productName, value, into: &out)
      } else if category.equals(ignoringCase: "location") {
        tell(.location, value, into: &out)
      } else if category.equals(ignoringCase: "mac") {
        tell(.address, value, into: &out)
      }
    }
  }

  private mutating func tell(_ attribute: IdentityAttribute, _ value: Span<UInt8>, into out: inout ObservationBuffer) {
    guard !value.isEmpty, told.isNew(value, salt: UInt64(attribute.rawValue)) else { return }
    out.identity(.sender, attribute, out.text(percentEncoded: value))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(Action.all.count) else {
      return OperationDescription(code: "?", name: "unknown action", kind: .other)
    }
    let action = Action.all[Int(code)]
    return OperationDescription(code: "\(action.name)", name: "\(action.name)", kind: action.kind)
  }
}
