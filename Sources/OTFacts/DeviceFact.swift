/// A device as its configuration file describes it. Importers give these; secrets are judged where they are read and
/// never get here.
///
/// Every part knows its line, from 1; 0: a default the file does not change.
public struct DeviceFact: Sendable {
  public struct Interface: Sendable {
    public var name: String
    public var description: String?
    /// IP address and length of its mask.
    public var address: String?
    public var prefixLength: Int?
    /// `access`, `trunk`, `routed`; nil: not said.
    public var mode: String?
    /// VLAN ids, ranges as written: `10,20-24`.
    public var vlans: String
    /// Zone the device puts it in (firewalls).
    public var zone: String?
    public var isEnabled: Bool?
    public var line: Int
    public init(
      name: String, description: String? = nil, address: String? = nil, prefixLength: Int? = nil, mode: String? = nil,
      vlans: String = "", zone: String? = nil, isEnabled: Bool? = nil, line: Int
    ) {
      self.name = name
      self.description = description
      self.address = address
      self.prefixLength = prefixLength
      self.mode = mode
      self.vlans = vlans
      self.zone = zone
      self.isEnabled = isEnabled
      self.line = line
    }
  }

  public struct VLAN: Sendable {
    public var id: Int
    public var name: String?
    public var line: Int
    public init(id: Int, name: String? = nil, line: Int) {
      self.id = id
      self.name = name
      self.line = line
    }
  }

  public struct Route: Sendable {
    /// Network in CIDR notation.
    public var destination: String
    public var nextHop: String
    public var line: Int
    public init(destination: String, nextHop: String, line: Int) {
      self.destination = destination
      self.nextHop = nextHop
      self.line = line
    }
  }

  /// One rule of a filter list, in the order they are applied; `any` where everything matches.
  public struct FilterRule: Sendable {
    public enum Action: String, Sendable, CaseIterable { case permit, deny, other }
    public var list: String
    /// From 1.
    public var position: Int
    public var action: Action
    public var `protocol` = "any"
    public var source = "any"
    public var sourcePort = "any"
    public var destination = "any"
    public var destinationPort = "any"
    public var interface: String?
    public var direction: String?
    public var isEnabled = true
    public var isLogged: Bool?
    public var hits: Int?
    public var line: Int
    public init(list: String, position: Int, action: Action, line: Int) {
      self.list = list
      self.position = position
      self.action = action
      self.line = line
    }
  }

  public struct Account: Sendable {
    public enum Strength: String, Sendable, CaseIterable {
      case unknown
      case wellKnown = "well-known default"
      case empty
      /// Stored so that anybody can read it back (plain text, Cisco type 7).
      case reversible
      case weakHash = "weak hash"
      case strongHash = "strong hash"
    }
    /// For an SNMP community: what it is for, never its value.
    public var name: String
    public var privilege: String?
    /// `plain`, `type 7`, `md5`, `sha512`, `none`…
    public var credentialType: String
    public var strength: Strength
    public var line: Int
    public init(name: String, privilege: String? = nil, credentialType: String, strength: Strength, line: Int) {
      self.name = name
      self.privilege = privilege
      self.credentialType = credentialType
      self.strength = strength
      self.line = line
    }
  }

  public struct Service: Sendable {
    public var name: String
    public var isEnabled: Bool
    public var detail: String?
    public var line: Int
    public init(name: String, isEnabled: Bool, detail: String? = nil, line: Int) {
      self.name = name
      self.isEnabled = isEnabled
      self.detail = detail
      self.line = line
    }
  }

  public struct Setting: Sendable {
    public var scope: String
    public var name: String
    public var value: String
    public var line: Int
    public init(scope: String, name: String, value: String, line: Int) {
      self.scope = scope
      self.name = name
      self.value = value
      self.line = line
    }
  }

  /// A line that was not understood, secrets withheld.
  public struct Line: Sendable {
    public enum Status: String, Sendable, CaseIterable { case unrecognised, malformed }
    public var number: Int
    public var text: String
    public var status: Status
    public init(number: Int, text: String, status: Status) {
      self.number = number
      self.text = text
      self.status = status
    }
  }

  /// Index into the evidence manifest.
  public var file: UInt32
  public var hostname: String
  public var vendor: String
  /// `ios`, `fortios`, `scalance`…
  public var platform: String
  public var version: String?
  public var linesTotal = 0
  public var linesUnderstood = 0
  public var linesIgnored = 0
  public var interfaces: [Interface] = []
  public var vlans: [VLAN] = []
  public var routes: [Route] = []
  public var filterRules: [FilterRule] = []
  public var accounts: [Account] = []
  public var services: [Service] = []
  public var settings: [Setting] = []
  public var unrecognised: [Line] = []

  public init(file: UInt32, hostname: String, vendor: String, platform: String, version: String? = nil) {
    self.file = file
    self.hostname = hostname
    self.vendor = vendor
    self.platform = platform
    self.version = version
  }
}
