import OTCore

/// Parameters of the services that tell who somebody is or what is touched, OPC 10000-4 (1.05) section 5.
extension OPCUADissector {
  /// Which of the first eight nodes of a Read describe the server: their numbers less ``base``, an octet each.
  struct ReadMarks: Sendable {
    var octets: UInt64 = 0
    static let base: UInt32 = 2200
    func node(_ index: Int) -> UInt32 {
      guard index < 8 else { return 0 }
      let octet = UInt32(truncatingIfNeeded: octets >> UInt64(index * 8)) & 0xff
      return octet == 0 ? 0 : octet + Self.base
    }
    mutating func mark(_ index: Int, _ node: UInt32) {
      guard index < 8, (2261...2265).contains(node) else { return }
      octets |= UInt64(node - Self.base) << UInt64(index * 8)
    }
  }

  // MARK: requests

  mutating func request(
    _ type: UInt32, _ number: UInt32, _ cursor: inout ByteCursor, of operation: inout Operation,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    switch type {
    case Service.findServers, Service.getEndpoints:
      tell(.endpoint, of: .receiver, try cursor.uaString("endpoint URL"), into: &out)
    case Service.registerServer, Service.registerServer2:
      tell(.application, of: .sender, try cursor.uaString("server URI"), into: &out)
      tell(.other, of: .sender, try cursor.uaString("product URI"), into: &out)
      for _ in 0..<(try cursor.uaCount("server names")) {
        tell(.name, of: .sender, try cursor.uaLocalizedText(), into: &out)
      }
    case Service.openSecureChannel:
      try cursor.skip(8, "protocol version and request type")
      securityMode(try cursor.u32le("security mode"), into: &out)
    case Service.createSession:
      try application(&cursor, into: &out)
      _ = try cursor.uaString("server URI")
      tell(.endpoint, of: .receiver, try cursor.uaString("endpoint URL"), into: &out)
    case Service.activateSession: try activate(&cursor, into: &out)
    case Service.read:
      try cursor.skip(12, "maximum age and timestamps to return")
      try readNodes(&cursor, number, of: &operation, into: &out)
    case Service.write:
      guard try cursor.uaCount("nodes to write") > 0 else { return }
      operation.object = Self.object(try cursor.uaNodeID("node"), in: cursor, into: &out)
      try cursor.skip(4, "attribute")
      _ = try cursor.uaString("index range")
      if let value = try cursor.uaDataValue().number, value.isFinite { operation.values = .init(value) }
    case Service.browse:
      _ = try cursor.uaNodeID("view")
      try cursor.skip(16, "time and version of the view, references wanted")
      operation.object = try Self.firstNode(&cursor, into: &out)
    case Service.historyRead:
      _ = try cursor.uaExtensionObject()
      try cursor.skip(5, "timestamps to return and release of continuation points")
      operation.object = try Self.firstNode(&cursor, into: &out)
    case Service.createMonitoredItems:
      try cursor.skip(8, "subscription and timestamps to return")
      operation.object = try Self.firstNode(&cursor, into: &out)
    case Service.addNodes, Service.deleteNodes, Service.translatePaths, Service.registerNodes:
      operation.object = try Self.firstNode(&cursor, into: &out)
    case Service.call:
      guard try cursor.uaCount("methods to call") > 0 else { return }
      _ = try cursor.uaNodeID("object")
      operation.object = Self.object(try cursor.uaNodeID("method"), in: cursor, into: &out)
    default: break
    }
  }

  /// The first of an array of nodes, or of structures that begin with one.
  private static func firstNode(
    _ cursor: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) -> Operation.Object {
    guard try cursor.uaCount("nodes") > 0 else { return .none }
    return object(try cursor.uaNodeID("node"), in: cursor, into: &out)
  }

  private mutating func readNodes(
    _ cursor: inout ByteCursor, _ number: UInt32, of operation: inout Operation, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let count = try cursor.uaCount("nodes to read")
    var marks = ReadMarks()
    defer { if marks.octets != 0 { reads.remember(marks, for: UInt64(number)) } }
    for index in 0..<min(count, 8) {
      let node = try cursor.uaNodeID("node")
      if index == 0 { operation.object = Self.object(node, in: cursor, into: &out) }
      if node.namespace == 0, node.isNumeric { marks.mark(index, node.number) }
      try cursor.skip(4, "attribute")
      _ = try cursor.uaString("index range")
      try cursor.uaSkipQualifiedName()
    }
  }

  private static func object(
    _ node: UANodeID, in cursor: borrowing ByteCursor, into out: inout ObservationBuffer
  ) -> Operation.Object {
    if node.isNumeric { return .numbers(UInt32(node.namespace), node.number, 0, 0) }
    guard node.text.count > 0 else { return .none }
    let start = out.text("ns=")
    _ = out.text(UInt64(node.namespace))
    _ = out.text(";s=")
    return .text(start.through(out.text(cursor.uaBytes(node.text))))
  }

  /// ActivateSession, section 5.6.3, and the identity tokens of section 7.40.
  private mutating func activate(
    _ cursor: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    _ = try cursor.uaString("signature algorithm")
    _ = try cursor.uaString("signature")
    for _ in 0..<(try cursor.uaCount("software certificates")) {
      _ = try cursor.uaString("software certificate")
      _ = try cursor.uaString("signature of software certificate")
    }
    for _ in 0..<(try cursor.uaCount("locales")) { _ = try cursor.uaString("locale") }
    let object = try cursor.uaExtensionObject()
    isAnonymous = false
    var token = ByteCursor(cursor.uaBytes(object.body))
    switch object.type {
    case 0, 321:
      isAnonymous = true
      tell(authentication: "anonymous", into: &out)
    case 324:
      tell(authentication: "user name", into: &out)
      _ = try token.uaString("policy")
      let user = try token.uaString("user name")
      tell(.userName, of: .sender, user, into: &out)
      let password = try token.uaString("password")
      // A secret that is encrypted for the server is nobody's else.
      guard try token.uaString("encryption algorithm").isEmpty else { return }
      login.name(user)
      login.sent(.clearText, login.judge(password: password), into: &out)
    case 327: tell(authentication: "certificate", into: &out)
    case 940: tell(authentication: "issued token", into: &out)
    default: break
    }
  }

  // MARK: responses

  mutating func response(
    _ type: UInt32, _ number: UInt32, _ cursor: inout ByteCursor, _ outcome: Operation.Outcome,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if type == Service.activateSession + 3 { login.answered(outcome == .success, into: &out) }
    guard outcome == .success else { return }
    switch type {
    case Service.activateSession + 3 where isAnonymous:
      isAnonymous = false
      out.record(
        .credential(
          CredentialExposure(.none, account: .none, strength: .empty, accepted: true, senderAuthenticates: false)))
    case Service.findServers + 3:
      for _ in 0..<(try cursor.uaCount("servers")) { try application(&cursor, into: &out) }
    case Service.getEndpoints + 3: try endpoints(&cursor, into: &out)
    case Service.createSession + 3:
      _ = try cursor.uaNodeID("session")
      _ = try cursor.uaNodeID("authentication token")
      try cursor.skip(8, "session timeout")
      _ = try cursor.uaString("server nonce")
      _ = try cursor.uaString("server certificate")
      try endpoints(&cursor, into: &out)
    case Service.read + 3: try readResults(number, &cursor, into: &out)
    default: break
    }
  }

  /// Values of an answer to Read that are looked at.
  private static let readValues = 32

  /// Values of a Read as far as they describe the server (OPC 10000-5 section 12.10, ServerStatus).
  private mutating func readResults(
    _ number: UInt32, _ cursor: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let marks = reads.request(UInt64(number)) ?? ReadMarks()
    for index in 0..<min(try cursor.uaCount("results"), Self.readValues) {
      let value = try cursor.uaDataValue()
      var body = ByteCursor(cursor.uaBytes(value.text))
      switch (value.type, value.objectType) {
      case (22, 864):
        try body.skip(20, "start time, current time and state")
        try buildInfo(&body, into: &out)
      case (22, 340): try buildInfo(&body, into: &out)
      case (12, _) where !value.isArray:
        if let attribute = Self.attribute(ofNode: marks.node(index)) {
          tell(attribute, of: .sender, cursor.uaBytes(value.text), into: &out)
        }
      default: break
      }
    }
  }

  private static func attribute(ofNode node: UInt32) -> IdentityAttribute? {
    switch node {
    case 2261: .productName
    case 2262: .other
    case 2263: .vendor
    case 2264: .softwareVersion
    case 2265: .other
    default: nil
    }
  }

  /// BuildInfo, OPC 10000-5 section 12.4.
  private mutating func buildInfo(
    _ cursor: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    tell(.other, of: .sender, try cursor.uaString("product URI"), into: &out)
    tell(.vendor, of: .sender, try cursor.uaString("manufacturer name"), into: &out)
    tell(.productName, of: .sender, try cursor.uaString("product name"), into: &out)
    tell(.softwareVersion, of: .sender, try cursor.uaString("software version"), into: &out)
  }

  // MARK: descriptions

  /// ApplicationDescription, OPC 10000-4 section 7.2.
  private mutating func application(
    _ cursor: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    tell(.application, of: .sender, try cursor.uaString("application URI"), into: &out)
    tell(.other, of: .sender, try cursor.uaString("product URI"), into: &out)
    tell(.name, of: .sender, try cursor.uaLocalizedText(), into: &out)
    try cursor.skip(4, "application type")
    _ = try cursor.uaString("gateway server URI")
    _ = try cursor.uaString("discovery profile URI")
    for _ in 0..<(try cursor.uaCount("discovery URLs")) { _ = try cursor.uaString("discovery URL") }
  }

  /// EndpointDescription, section 7.14: which security the server offers, and to whom.
  private mutating func endpoints(
    _ cursor: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    for _ in 0..<(try cursor.uaCount("endpoints")) {
      tell(.endpoint, of: .sender, try cursor.uaString("endpoint URL"), into: &out)
      try application(&cursor, into: &out)
      let certificate = try cursor.uaString("server certificate")
      if !certificate.isEmpty, told.isNew(certificate, salt: 2) { Certificate.read(certificate, into: &out) }
      securityMode(try cursor.u32le("security mode"), into: &out)
      let policy = Self.policyName(try cursor.uaString("security policy URI"))
      if !policy.isEmpty, told.isNew(policy, salt: 3) { out.property(.securityPolicy, out.text(policy)) }
      for _ in 0..<(try cursor.uaCount("user identity tokens")) {
        _ = try cursor.uaString("policy")
        switch try cursor.u32le("token type") {
        case 0: tell(authentication: "anonymous", into: &out)
        case 1: tell(authentication: "user name", into: &out)
        case 2: tell(authentication: "certificate", into: &out)
        case 3: tell(authentication: "issued token", into: &out)
        default: break
        }
        _ = try cursor.uaString("issued token type")
        _ = try cursor.uaString("issuer endpoint URL")
        _ = try cursor.uaString("security policy URI")
      }
      _ = try cursor.uaString("transport profile URI")
      try cursor.skip(1, "security level")
    }
  }

  /// MessageSecurityMode, section 7.20: what the sender uses or offers.
  private mutating func securityMode(_ mode: UInt32, into out: inout ObservationBuffer) {
    guard told.isNew(hash: UInt64(mode) | 0x5ec0_0000_0000_0000) else { return }
    switch mode {
    case 1: out.property(.securityMode, out.text("none"))
    case 2: out.property(.securityMode, out.text("sign"))
    case 3: out.property(.securityMode, out.text("sign and encrypt"))
    default: break
    }
  }

  private mutating func tell(authentication: StaticString, into out: inout ObservationBuffer) {
    guard told.isNew(hash: UInt64(authentication.utf8CodeUnitCount) | 0xa07_0000_0000_0000) else { return }
    out.property(.authentication, out.text(authentication))
  }
}
