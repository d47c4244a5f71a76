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
  private var claimed: [Claim: [UInt8]] = [:]

  public static let standard = ProtocolTable(ProtocolRegistry.dissectors)

  public init(_ dissectors: [any Dissector.Type]) {
    self.dissectors = dissectors
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
    precondition(protocols.count < 256 && dissectors.count < 255, "protocol numbers are 8 bits wide")
    self.protocols = protocols
    self.layerBases = bases
    self.owners = owners
    self.probes = probes
  }

  func claimants(_ claim: Claim) -> [UInt8] { claimed[claim] ?? [] }

  /// Whether some dissector expects its protocol there.
  public func claims(_ place: Claim) -> Bool { claimed[place] != nil }

  /// TCP or UDP ports that some dissector claims: what the flow table takes for a service.
  public func claimedPorts(stream: Bool) -> [UInt16] {
    claimed.keys.compactMap { claim in
      switch claim {
      case .tcp(let port) where stream: port
      case .udp(let port) where !stream: port
      default: nil
      }
    }.sorted()
  }

  /// Text code, name and kind of an operation code; `layer` is the protocol's number.
  public func describe(code: UInt64, layer: UInt8) -> OperationDescription {
    let owner = owners[Int(layer)]
    return dissectors[owner].describe(operation: code, layer: Int(layer) - Int(layerBases[owner]))
  }

  /// Text of an object that is numbers; nil where the dissector says nothing of it.
  public func describe(object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, code: UInt64, layer: UInt8) -> String? {
    let owner = owners[Int(layer)]
    return dissectors[owner].describe(
      object: a, b, c, d, operation: code, layer: Int(layer) - Int(layerBases[owner]))
  }
}
