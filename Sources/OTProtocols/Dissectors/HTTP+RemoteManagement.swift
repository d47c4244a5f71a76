import OTCore

/// Windows Remote Management: WS-Management (DSP0226 1.2) in HTTP, [MS-WSMV] 45.0. The action says what is asked; a
/// command line stands in clear text where nobody encrypted the message.
extension HTTP {
  static let remoteManagementLayer: UInt8 = 1

  enum RemoteManagement {
    /// Codes of operations: index into ``all``.
    static let encrypted: UInt64 = 0
    static let other: UInt64 = 1
    static let identify: UInt64 = 2
    static let command: UInt64 = 3
    static let create: UInt64 = 4
    static let invoke: UInt64 = 13

    static let all: [(code: String, name: String, kind: OperationKind)] = [
      ("encrypted", "encrypted message", .other), ("action", "other action", .other),
      ("identify", "identify", .discover), ("command", "run command", .program), ("create", "create shell", .session),
      ("receive", "receive output", .read), ("send", "send input", .write), ("signal", "signal", .control),
      ("delete", "delete shell", .session), ("get", "get", .read), ("put", "put", .configure),
      ("enumerate", "enumerate", .read), ("pull", "pull", .read), ("invoke", "invoke method", .program),
      ("connect", "connect to shell", .session), ("subscribe", "subscribe to events", .session),
    ]

    /// Ends of the action's address, longest meaning first.
    static let actions: [(StaticString, UInt64)] = [
      ("/shell/command", command), ("/transfer/create", create), ("/shell/receive", 5), ("/shell/send", 6),
      ("/shell/signal", 7), ("/transfer/delete", 8), ("/transfer/get", 9), ("/transfer/put", 10),
      ("/enumeration/enumerate", 11), ("/enumeration/pull", 12), ("/shell/connect", 14), ("/shell/disconnect", 14),
      ("/shell/reconnect", 14), ("/eventing/subscribe", 15),
    ]
  }

  /// Longest message whose body is read.
  static let managementBytes = 65_536

  /// Whether the request's path is that of the service.
  static func isManagement(_ head: Span<UInt8>) -> Bool {
    head.hasASCII("POST /wsman") && [32, 47, 63, 45].contains(head.byte(11) ?? 0)
  }

  /// Records what a message to the service asks; its code, for the answer.
  func readManagement(
    _ head: HTTPHead, _ bytes: Span<UInt8>, into out: inout ObservationBuffer
  ) -> UInt64 {
    let layer = Self.remoteManagementLayer
    let body = bytes.rest(from: head.end)
    let scheme = head.text(head.authorization, in: bytes)
    if !scheme.isEmpty {
      let name = scheme.clamped(from: 0, count: min(scheme.first(32) ?? scheme.count, 32))
      out.property(.authentication, out.text(name), layer: layer)
    }
    let type = head.text(head.type, in: bytes)
    if type.hasASCII(ignoringCase: "multipart/encrypted") || type.hasASCII(ignoringCase: "multipart/x-multi-encrypted")
    {
      out.property(.encryption, out.text("message"), layer: layer)
      out.operation(Operation(RemoteManagement.encrypted, .request, layer: layer))
      return RemoteManagement.encrypted
    }
    if !body.isEmpty { out.property(.encryption, out.text("none"), layer: layer) }
    let (code, object) = Self.action(body, into: &out)
    out.operation(Operation(code, .request, layer: layer, object: object.isEmpty ? .none : .text(object)))
    return code
  }

  private static func action(_ body: Span<UInt8>, into out: inout ObservationBuffer) -> (UInt64, TextRef) {
    guard let action = body.elementText(named: "action>", or: "action ") else {
      let isIdentify = body.first(ignoringCase: "identify") != nil
      return (isIdentify ? RemoteManagement.identify : RemoteManagement.other, .none)
    }
    var code = RemoteManagement.other
    for (ending, candidate) in RemoteManagement.actions
    where action.hasASCII(ignoringCase: ending, at: action.count - ending.utf8CodeUnitCount) { code = candidate }
    if code == RemoteManagement.command {
      return (code, commandLine(body, into: &out))
    }
    // An action of a class is a method: `…/cimv2/Win32_Process/Create`.
    if code == RemoteManagement.other,
      action.first(ignoringCase: "/wbem/wscim/") != nil
        || action.first(ignoringCase: "/wsman/1/wmi/") != nil
    {
      return (RemoteManagement.invoke, out.text(action.lastParts(2)))
    }
    guard let resource = body.elementText(named: "resourceuri>", or: "resourceuri ") else {
      return (code, code == RemoteManagement.other ? out.text(action) : .none)
    }
    return (code, out.text(resource.lastParts(2)))
  }

  /// [MS-WSMV] section 2.2.4.8: Command and its Arguments.
  private static func commandLine(_ body: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    guard let command = body.elementText(":command>") else { return .none }
    let first = out.text(command)
    // Arguments of PowerShell remoting are fragments of its own protocol in Base64.
    guard let arguments = body.elementText(":arguments>"), arguments.count < 200 else { return first }
    _ = out.text(" ")
    return first.through(out.text(arguments))
  }
}

extension Span where Element == UInt8 {
  /// Text of the first XML element whose start tag holds this (given in lower case), up to the next tag.
  @_lifetime(copy self)
  fileprivate func elementText(_ tag: StaticString) -> Span<UInt8>? {
    guard let at = first(ignoringCase: tag) else { return nil }
    let start = first(UInt8(ascii: ">"), from: at + tag.utf8CodeUnitCount - 1) ?? count
    let end = first(UInt8(ascii: "<"), from: start) ?? count
    let text = clamped(from: start + 1, count: end - start - 1).trimmed()
    return text.isEmpty ? nil : text
  }

  @_lifetime(copy self)
  fileprivate func elementText(named plain: StaticString, or withAttributes: StaticString) -> Span<UInt8>? {
    if let text = elementText(plain) { return text }
    return elementText(withAttributes)
  }

  /// The last parts of a path: `Win32_Process/Create`.
  @_lifetime(copy self)
  fileprivate func lastParts(_ wanted: Int) -> Span<UInt8> {
    var left = wanted
    var index = count - 1
    while index >= 0 {
      if self[index] == UInt8(ascii: "/") {
        left -= 1
        if left == 0 { return extracting((index + 1)..<count) }
      }
      index -= 1
    }
    return extracting(0..<count)
  }
}
