/// What a dissector or importer saw: closed, protocol-neutral, without any reference to memory of its own.
///
/// Texts are ranges of the ``ObservationBuffer`` the observation stands in, so that an observation is a plain value and
/// recording one allocates nothing. Which packet or line it came from is known to whoever drains the buffer.
public enum Observation: Sendable {
  case operation(Operation)
  case identity(IdentityClaim)
  case property(SessionProperty)
  case credential(CredentialExposure)
  case file(FileSeen)
  case neighbour(Neighbour)
  case binding(AddressBinding)
  case anomaly(Anomaly)
}

extension Observation {
  /// The same with its protocol layer raised by `base`.
  func raised(by base: UInt8) -> Observation {
    guard base != 0 else { return self }
    switch self {
    case .operation(var value):
      value.layer &+= base
      return .operation(value)
    case .identity(var value):
      value.layer &+= base
      return .identity(value)
    case .property(var value):
      value.layer &+= base
      return .property(value)
    case .credential(var value):
      value.layer &+= base
      return .credential(value)
    case .file(var value):
      value.layer &+= base
      return .file(value)
    case .neighbour(var value):
      value.layer &+= base
      return .neighbour(value)
    case .anomaly(var value):
      value.layer &+= base
      return .anomaly(value)
    case .binding:
      return self
    }
  }
}

/// A range of an ``ObservationBuffer``'s text bytes. `TextRef.none` is "no text".
public struct TextRef: Sendable, Equatable {
  public var start: UInt32
  public var count: UInt32
  @inlinable public init(start: UInt32, count: UInt32) {
    self.start = start
    self.count = count
  }
  public static let none = TextRef(start: 0, count: 0)
  @inlinable public var isEmpty: Bool { count == 0 }
}

/// Whom an observation speaks of.
public enum Subject: Sendable, Equatable {
  /// The host that sent the packet.
  case sender
  /// The host it was sent to.
  case receiver
  /// Another host, named in the payload.
  case address(HostAddress)
}

/// What an operation does to the one that is asked. Rules speak of kinds, so a new protocol lights up old rules.
public enum OperationKind: UInt8, Sendable, CaseIterable {
  case other, read, write, control, program, firmware, configure, diagnose, discover, authenticate, session, report,
    time

  public var name: String {
    switch self {
    case .other: "other"
    case .read: "read"
    case .write: "write"
    case .control: "control"
    case .program: "program"
    case .firmware: "firmware"
    case .configure: "configure"
    case .diagnose: "diagnose"
    case .discover: "discover"
    case .authenticate: "authenticate"
    case .session: "session"
    case .report: "report"
    case .time: "time"
    }
  }

  /// Kinds of which each occurrence is kept as an event of its own, up to a printed cap.
  @inlinable public var isNotable: Bool {
    switch self {
    case .control, .program, .firmware, .configure, .authenticate, .time: true
    default: false
    }
  }
}

/// One request, response or spontaneous message of an application protocol.
public struct Operation: Sendable {
  public enum Role: UInt8, Sendable {
    /// Asked by the sender: the sender is client, the receiver server.
    case request
    /// Answered by the sender: the sender is server, the receiver client.
    case response
    /// Sent unasked to whoever listens (GOOSE, cyclic I/O): publisher and subscriber. Counted as a request of the sender.
    case publish
  }

  public enum Outcome: Sendable, Equatable {
    /// The message does not say (every request).
    case none
    case success
    /// Refused or failed, with the protocol's own status code.
    case failure(UInt32)
  }

  /// What was touched, in the protocol's own numbers or words; `Dissector.describe(object:)` makes text of numbers.
  public enum Object: Sendable, Equatable {
    case none
    case numbers(UInt32, UInt32, UInt32, UInt32)
    case text(TextRef)
  }

  /// Values written or reported, as a closed range; NaN never occurs.
  public struct Values: Sendable, Equatable {
    public var low: Double
    public var high: Double
    @inlinable public init(_ value: Double) {
      low = value
      high = value
    }
    @inlinable public init(low: Double, high: Double) {
      self.low = low
      self.high = high
    }
  }

  /// Index into `Dissector.protocols` (0 for a dissector of one protocol).
  public var layer: UInt8
  public var role: Role
  public var outcome: Outcome
  /// The wire code, packed as the dissector likes; `Dissector.describe(operation:layer:)` gives code text, name, kind.
  public var code: UInt64
  public var object: Object
  public var values: Values?
  /// How many operations of this code the message holds (multiple-item messages), at least 1.
  public var count: UInt32
  /// Asked by the server (or answered by the client) within what the client started, as when an S7 controller fetches the
  /// blocks of a download: who is client and who is server does not change.
  public var isCallback = false
  /// Sent to say that one is there, by whoever it is: it does not tell who is the client of what follows.
  public var isAnnouncement = false
  /// Whether the sender is the client (or publisher) of the conversation, as far as this message tells.
  @inlinable public var senderIsClient: Bool { (role != .response) != isCallback }

  @inlinable
  public init(
    _ code: UInt64, _ role: Role, layer: UInt8 = 0, outcome: Outcome = .none, object: Object = .none,
    values: Values? = nil, count: UInt32 = 1
  ) {
    self.code = code
    self.role = role
    self.layer = layer
    self.outcome = outcome
    self.object = object
    self.values = values
    self.count = count
  }
}

/// Attributes that tell what a host is. The raw value is what is printed and stored.
public enum IdentityAttribute: UInt8, Sendable, CaseIterable {
  case vendor, productName, productCode, deviceType, orderNumber, serialNumber, hardwareVersion, firmwareVersion
  case softwareVersion, operatingSystem, hostname, domain, userName, stationName, moduleName, plantIdentification
  case copyright, location, contact, description, banner, application, vendorID, deviceID, objectName, address
  case portName, chassisID, endpoint, clientID, name, memoryCardSerial, other
  /// What a project that the host holds expects of the device on the other side; not what the host is.
  case projectDevice
  /// An account that the host keeps and answers for; not one that is used on it.
  case knownAccount

  /// `order_number`, `firmware_version`, …
  public var name: String { Self.names[Int(rawValue)] }
  private static let names = allCases.map(\.spelled)

  private var spelled: String {
    var text = ""
    for character in String(describing: self) {
      if character.isUppercase, !text.isEmpty, text.last?.isUppercase != true {
        if !(character == "D" && text.hasSuffix("I")) { text.append("_") }
      }
      text.append(character)
    }
    switch self {
    case .vendorID: return "vendor_id"
    case .deviceID: return "device_id"
    case .chassisID: return "chassis_id"
    case .clientID: return "client_id"
    default: return text.lowercased()
    }
  }
}

/// A host said, or was said, to have an attribute.
public struct IdentityClaim: Sendable {
  public var layer: UInt8
  public var subject: Subject
  public var attribute: IdentityAttribute
  public var value: TextRef
  @inlinable
  public init(_ subject: Subject, _ attribute: IdentityAttribute, _ value: TextRef, layer: UInt8 = 0) {
    self.layer = layer
    self.subject = subject
    self.attribute = attribute
    self.value = value
  }
}

/// Properties of a session that are no identity: versions, ciphers, dialects, security modes, names asked for.
public enum SessionAttribute: UInt8, Sendable, CaseIterable {
  case protocolVersion, offeredVersion, cipherSuite, serverName, ja4, certificateSubject, certificateIssuer
  case certificateNotAfter, certificateKey, certificateSignature, certificateSerial, alpn, dialect, signing, encryption
  case securityMode, securityPolicy, authentication, share, queryName, requestURI, userAgent, community, tsap, topic
  case keyExchange, hostKey, mode, stratum, keepAlive, rack, path, method, contentType, bridge, other
  case certificateNotBefore
  /// `self-signed`: the certificate names itself as its issuer.
  case certificateTrust
  /// What of the negotiated protection is known to be breakable: `cipher RC4`, `key RSA 1024`.
  case weakness
  /// Parent domain below which names too long for people were asked for, as when data travels in names.
  case longName

  /// `protocol_version`, `cipher_suite`, …
  public var name: String { Self.names[Int(rawValue)] }
  private static let names = allCases.map(\.spelled)

  private var spelled: String {
    switch self {
    case .ja4: return "ja4"
    case .requestURI: return "request_uri"
    default:
      var text = ""
      for character in String(describing: self) {
        if character.isUppercase { text.append("_") }
        text.append(character)
      }
      return text.lowercased()
    }
  }
}

public struct SessionProperty: Sendable {
  public var layer: UInt8
  public var attribute: SessionAttribute
  public var value: TextRef
  /// Whose property: the sender's or the receiver's side of the conversation.
  public var subject: Subject
  @inlinable
  public init(_ attribute: SessionAttribute, _ value: TextRef, subject: Subject = .sender, layer: UInt8 = 0) {
    self.layer = layer
    self.attribute = attribute
    self.value = value
    self.subject = subject
  }
}

/// A credential that anybody on the wire could read. The secret itself is never kept, only what is known about it.
public struct CredentialExposure: Sendable {
  public enum Scheme: UInt8, Sendable, CaseIterable {
    case clearText, httpBasic, httpDigest, httpForm, snmpCommunity, ntlm, vncChallenge, mqttPassword, protocolPassword
    /// Proof of a secret that does not show it; who guesses can check the guess against it.
    case challengeResponse
    case none
    public var name: String {
      switch self {
      case .clearText: "clear text"
      case .httpBasic: "HTTP Basic"
      case .httpDigest: "HTTP Digest"
      case .httpForm: "HTTP form"
      case .snmpCommunity: "SNMP community"
      case .ntlm: "NTLM challenge-response"
      case .vncChallenge: "VNC challenge-response"
      case .mqttPassword: "MQTT password"
      case .protocolPassword: "protocol password"
      case .challengeResponse: "challenge-response"
      case .none: "no authentication"
      }
    }
  }
  public enum Strength: UInt8, Sendable, CaseIterable {
    /// Not judged (unknown or not recoverable).
    case unknown
    /// A vendor default or a word everybody tries first.
    case wellKnown
    case empty
    case other
    public var name: String {
      switch self {
      case .unknown: "unknown"
      case .wellKnown: "well-known default"
      case .empty: "empty"
      case .other: "other"
      }
    }
  }
  public var layer: UInt8
  public var scheme: Scheme
  public var account: TextRef
  public var strength: Strength
  /// Whether the server accepted it, where the reply was seen.
  public var accepted: Bool?
  /// Whether the sender of this packet is the one who authenticates (else the receiver is).
  public var senderAuthenticates: Bool
  @inlinable
  public init(
    _ scheme: Scheme, account: TextRef, strength: Strength, accepted: Bool? = nil, senderAuthenticates: Bool = true,
    layer: UInt8 = 0
  ) {
    self.layer = layer
    self.scheme = scheme
    self.account = account
    self.strength = strength
    self.accepted = accepted
    self.senderAuthenticates = senderAuthenticates
  }
}

/// A file, program block or firmware image that was named on the wire.
public struct FileSeen: Sendable {
  public enum Direction: UInt8, Sendable {
    /// From client to server.
    case toServer
    /// From server to client.
    case toClient
    case named
    public var name: String {
      switch self {
      case .toServer: "to server"
      case .toClient: "to client"
      case .named: "named"
      }
    }
  }
  public var layer: UInt8
  public var name: TextRef
  public var direction: Direction
  /// Bytes, where announced.
  public var size: UInt64?
  @inlinable
  public init(_ name: TextRef, _ direction: Direction, size: UInt64? = nil, layer: UInt8 = 0) {
    self.layer = layer
    self.name = name
    self.direction = direction
    self.size = size
  }
}

/// A device that announced itself on one link (LLDP, CDP, STP).
public struct Neighbour: Sendable {
  public var layer: UInt8
  public var chassis: TextRef
  public var port: TextRef
  public var systemName: TextRef
  public var managementAddress: HostAddress
  @inlinable
  public init(
    chassis: TextRef, port: TextRef, systemName: TextRef, managementAddress: HostAddress = .none, layer: UInt8 = 0
  ) {
    self.layer = layer
    self.chassis = chassis
    self.port = port
    self.systemName = systemName
    self.managementAddress = managementAddress
  }
}

/// An IP address was said to be reached at a MAC address.
public struct AddressBinding: Sendable {
  public enum Source: UInt8, Sendable {
    case arp, dhcp, neighbourDiscovery, pnDCP, other
    public var name: String {
      switch self {
      case .arp: "arp"
      case .dhcp: "dhcp"
      case .neighbourDiscovery: "nd"
      case .pnDCP: "pn_dcp"
      case .other: "other"
      }
    }
  }
  public var address: HostAddress
  public var mac: MACAddress
  public var source: Source
  @inlinable
  public init(_ address: HostAddress, _ mac: MACAddress, _ source: Source) {
    self.address = address
    self.mac = mac
    self.source = source
  }
}

/// Malformed or contradictory bytes, or a limit that bit.
public struct Anomaly: Sendable {
  public var layer: UInt8
  public var field: StaticString
  public var reason: DecodeError.Reason
  /// Bytes from the start of the protocol data unit.
  public var offset: Int
  @inlinable
  public init(_ field: StaticString, _ reason: DecodeError.Reason, at offset: Int = 0, layer: UInt8 = 0) {
    self.layer = layer
    self.field = field
    self.reason = reason
    self.offset = offset
  }
}
