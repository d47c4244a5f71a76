import OTCore
import OTFacts

/// A field of an asset that is characterised with a reason; the raw value is its column of `asset`, in their order.
public enum AssetField: String, Sendable, CaseIterable {
  case role
  case deviceType = "device_type"
  case vendor, product
  case orderNumber = "order_number"
  case serialNumber = "serial_number"
  case hardware, firmware
  case operatingSystem = "operating_system"
  case hostname

  /// Its place among all fields.
  var position: Int { Self.positions[self] ?? 0 }
  private static let positions = Dictionary(zip(allCases, 0...)) { first, _ in first }
}

/// Which addresses are which device, with every decision and its reason. Made by ``AssetResolver``.
public struct AssetResolution: Sendable {
  public struct Asset: Sendable {
    public enum Kind: String, Sendable { case `internal`, external }
    public enum Presence: String, Sendable { case sent, addressed, configured }
    public var id: String
    public var kind: Kind
    public var presence: Presence
    public var name: String
    public var nameReason: String
    /// Indices into `Facts.hosts`, ascending.
    public var hosts: [Int]
    /// The host whose address is the id; nil for what is only configured.
    public var primaryHost: Int?
    /// Why the asset is named by that address and by no other of its own.
    public var primaryReason = "the address it is named by"
    /// MAC addresses that are its own, ascending.
    public var macs: [(mac: MACAddress, reason: String)]
    /// Values of its fields, chosen and rejected; in the order of fields, best first.
    public var candidates: [Candidate]
    /// Where it was seen first; nil for what is only configured.
    public var first: Sighting?
    public var last: Timestamp?
    /// Where to look: the first sighting, or the configuration.
    public var evidence: Sighting
  }

  /// A value a field might have.
  public struct Candidate: Sendable {
    public var field: AssetField
    public var value: String
    /// Protocol, or what else it comes from.
    public var source: String
    public var reason: String
    /// 0...1
    public var confidence: Double
    public var isChosen: Bool
    public var sighting: Sighting?
  }

  /// Two addresses were taken for one asset, or refused to be.
  public struct Decision: Sendable {
    public enum Rule: String, Sendable, CaseIterable {
      case sameMAC = "same MAC"
      case managementAddress = "management address"
      case announcement = "announcement"
      case deviceConfiguration = "device configuration"
      case serialNumber = "serial number"
      case stationName = "station name"
    }
    public var isMerged: Bool
    public var rule: Rule
    public var address: HostAddress
    public var other: HostAddress
    public var reason: String
    public var sighting: Sighting?
  }

  /// A contradiction that no rule resolves.
  public struct Conflict: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
      case addressAtTwoMACs = "address at two MACs"
      case stationNameTwice = "station name twice"
      case serialNumberTwice = "serial number twice"
    }
    public var kind: Kind
    public var subject: String
    public var one: String
    public var other: String
    public var reason: String
    public var sighting: Sighting
  }

  /// In the order of their ids' addresses.
  public var assets: [Asset] = []
  /// For each host the index of its asset; nil: the address names no single device.
  public var assetOfHost: [Int?] = []
  public var hostReasons: [String] = []
  /// For each device configuration the index of its asset.
  public var assetOfDevice: [Int?] = []
  public var deviceReasons: [String?] = []
  /// MAC addresses that forward for others, with the reason.
  public var forwarders: [MACAddress: String] = [:]
  public var decisions: [Decision] = []
  public var conflicts: [Conflict] = []
  var hostOfAddress: [HostAddress: Int] = [:]

  public func asset(of address: HostAddress) -> Asset? {
    hostOfAddress[address].flatMap { assetOfHost[$0] }.map { assets[$0] }
  }
}
