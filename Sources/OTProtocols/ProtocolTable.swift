import OTCore

/// The registry made ready for look-up: protocol numbers, and which dissectors claim which place.
public struct ProtocolTable: Sendable {
  public let dissectors: [any Dissector.Type]
  /// All protocols of all dissectors; an observation's layer, as the engine leaves it, is an index into this list.
  public let protocols: [ProtocolInfo]
  /// Number of each dissector's first protocol.
  public let layerBases: [UInt8]
  /// The dissector that reports each protocol.
  public let owners: [Int]
  /// Indices of the dissectors that may be offered unclaimed traffic.
  let probes: [UInt8]
  /// Whether a dissector is one of them.
  let isProbe: [Bool]
  /// Whether a dissector may take up a stream in the middle of its bytes: binary framing with lengths, which refuses
  /// nearly any other place by its first octets.
  let mayResume: [Bool]
  private var claimed: [Claim: [UInt8]] = [:]
  /// Protocols that files describe; their numbers follow those of the dissectors. They are asked only about what no
  /// dissector takes.
  public let described: [DescribedProtocol]
  let describedProbes: [UInt8]
  private var describedClaims: [Claim: [UInt8]] = [:]

  public static let standard = ProtocolTable(ProtocolRegistry.dissectors)

  /// - Parameter described: at most ``room`` of them.
  public init(_ dissectors: [any Dissector.Type], described: [DescribedProtocol] = []) {
    self.dissectors = dissectors
    self.described = described
    var protocols: [ProtocolInfo] = []
    var bases: [UInt8] = []
    var owners: [Int] = []
    var probes: [UInt8] = []
    for (index, type) in dissectors.enumerated() {
      let number = UInt8(truncatingIfNeeded: index)
      bases.append(UInt8(truncatingIfNeeded: protocols.count))
      protocols += type.protocols
      owners += Array(repeating: index, count: type.protocols.count)
      if type.probe == .strong { probes.append(number) }
      for claim in type.claims { claimed[claim, default: []].append(number) }
    }
    var describedProbes: [UInt8] = []
    for (index, description) in described.enumerated() {
      let number = UInt8(truncatingIfNeeded: dissectors.count + index)
      bases.append(UInt8(truncatingIfNeeded: protocols.count))
      protocols.append(description.info)
      owners.append(dissectors.count + index)
      if description.claims.isEmpty { describedProbes.append(number) }
      for claim in description.claims { describedClaims[claim, default: []].append(number) }
    }
    self.describedProbes = describedProbes
    precondition(protocols.count < 256 && dissectors.count < 255, "protocol numbers are 8 bits wide")
    mayResume = dissectors.map { type in
      type.claims.contains(.tcp(102)) || type.protocols.contains { $0.isIndustrial }
    }
    self.protocols = protocols
    self.layerBases = bases
    self.owners = owners
    self.probes = probes
    isProbe = dissectors.map { $0.probe == .strong }
  }

  /// The dissectors' table with described protocols beside it.
  public func adding(_ described: [DescribedProtocol]) -> ProtocolTable {
    ProtocolTable(dissectors, described: self.described + described)
  }

  /// How many protocols can be added: their numbers are 8 bits wide.
  public var room: Int { Swift.max(0, Swift.min(255 - protocols.count, 254 - layerBases.count)) }

  func claimants(_ claim: Claim) -> [UInt8] { claimed[claim] ?? [] }
  func describedClaimants(_ claim: Claim) -> [UInt8] { describedClaims[claim] ?? [] }

  /// Whether somebody expects a protocol there.
  public func claims(_ place: Claim) -> Bool { claimed[place] != nil || describedClaims[place] != nil }

  /// The description of a dissector's number; nil for one that is code.
  func description(_ number: UInt8) -> DescribedProtocol? {
    let index = Int(number) - dissectors.count
    return index >= 0 && index < described.count ? described[index] : nil
  }

  /// TCP or UDP ports that some dissector claims: what the flow table takes for a service.
  public func claimedPorts(stream: Bool) -> [UInt16] {
    let ports: [UInt16] = (Array(claimed.keys) + Array(describedClaims.keys)).compactMap { claim in
      switch claim {
      case .tcp(let port) where stream: port
      case .udp(let port) where !stream: port
      default: nil
      }
    }
    return ports.sorted()
  }

  /// Text code, name and kind of an operation code; `layer` is the protocol's number.
  public func describe(code: UInt64, layer: UInt8) -> OperationDescription {
    let owner = owners[Int(layer)]
    if owner >= dissectors.count { return described[owner - dissectors.count].describe(operation: code) }
    return dissectors[owner].describe(operation: code, layer: Int(layer) - Int(layerBases[owner]))
  }

  /// Text of an object that is numbers; nil where the dissector says nothing of it.
  public func describe(object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, code: UInt64, layer: UInt8) -> String? {
    let owner = owners[Int(layer)]
    if owner >= dissectors.count { return described[owner - dissectors.count].describe(object: [a, b, c, d]) }
    return dissectors[owner].describe(
      object: a, b, c, d, operation: code, layer: Int(layer) - Int(layerBases[owner]))
  }
}
