import OTCore

/// What the site says about itself: zones, units that move boxes, hosts, and what it has approved. All of it optional;
/// without it zones are unknown and risks are ranges.
public struct SiteFile: Sendable, Equatable {
  public var site = Site()
  public var zones: [Zone] = []
  public var units: [Unit] = []
  public var assets: [AssetOverride] = []
  public var approved = Approved()

  public init() {}

  public struct Site: Sendable, Equatable {
    public var name = ""
    /// UN/LOCODE.
    public var locode = ""
    public var timezone = "UTC"
    /// Twenty-foot equivalent units a year.
    public var annualTEU: Double?
    /// TEU per crane move.
    public var teuFactor: Double?
  }

  /// A zone of HANDBOOK §1.1 with its criticalities, each 1...5.
  public struct Zone: Sendable, Equatable {
    public var id: String
    public var name: String
    public var kind: ZoneKind
    /// Purdue level, 0...5 with 3.5 for the DMZ.
    public var level: Double?
    public var subnets: [Subnet]
    public var criticality: Int?
    /// Consequence scales, 0...5.
    public var safety: Int?
    public var throughput: Int?
    public var environment: Int?
    /// IEC 62443 security level aimed at, 0...4.
    public var targetLevel: Int?
  }

  /// A machine that moves boxes.
  public struct Unit: Sendable, Equatable {
    public var id: String
    public var kind: ZoneKind
    public var zone: String?
    public var movesPerHour: Double?
    /// Share of the moves that go on by hand while its control is down, 0...1.
    public var manualFallback: Double?
  }

  public struct AssetOverride: Sendable, Equatable {
    public var address: HostAddress
    public var name: String?
    public var role: AssetRole?
    public var zone: String?
    public var criticality: Int?
  }

  public struct Approved: Sendable, Equatable {
    /// Public addresses OT may talk to.
    public var publicPeers: [Subnet] = []
    /// Hosts that may program controllers.
    public var engineering: [HostAddress] = []
    /// Names of declared vendor channels.
    public var vendorChannels: [String] = []
  }

  /// The zone whose subnet holds the address, the longest prefix first.
  public func zone(of address: HostAddress) -> Zone? {
    var best: (zone: Zone, prefix: Int)?
    for zone in zones {
      for subnet in zone.subnets where subnet.contains(address) && subnet.prefix > best?.prefix ?? -1 {
        best = (zone, subnet.prefix)
      }
    }
    return best?.zone
  }
}

/// Kinds of zones of a container terminal (HANDBOOK §1.1); ``unit`` kinds among them move boxes.
public enum ZoneKind: String, Sendable, CaseIterable {
  case enterprise = "ENT"
  case demilitarized = "DMZ"
  case operatingSystem = "TOS"
  case equipmentControl = "ECS"
  case quayCrane = "STS"
  case yardCrane = "YRD"
  case automatedVehicle = "AGV"
  case remoteOperation = "ROS"
  case safety = "SAF"
  case gate = "GATE"
  case reefer = "RFR"
  case bulk = "BULK"
  case liquid = "LIQ"
  case power = "PWR"
  case navigation = "NAV"
  case physicalSecurity = "PHY"
  case buildings = "BMS"
  case wireless = "WLS"
  case remoteAccess = "RMT"
  case other = "OTHER"

  /// Whether machines of this kind are one zone each, so that control from one to another is a finding.
  public var isMachine: Bool {
    switch self {
    case .quayCrane, .yardCrane, .automatedVehicle: true
    default: false
    }
  }

  /// Office or outside networks, which are no OT.
  public var isEnterprise: Bool { self == .enterprise }
}
