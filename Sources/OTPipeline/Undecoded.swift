import OTCore
import OTFacts
import OTNetwork
import OTProtocols

/// What the decoder met and did not decode, in words.
enum Undecoded {
  static func list(_ counters: DecodeCounters, _ table: ProtocolTable) -> [CountFact] {
    var list: [CountFact] = []
    for problem in DecodeProblem.allCases where problem != .none {
      let count = counters.count(of: problem)
      if count > 0 { list.append(CountFact(kind: "frames", detail: words(problem), count: count)) }
    }
    for entry in counters.etherTypes.entries where !table.claims(.etherType(entry.code)) {
      list.append(CountFact(kind: "ether type", detail: "0x" + hex(entry.code), count: entry.count))
    }
    return list
  }

  private static func hex(_ value: UInt16) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  private static func words(_ problem: DecodeProblem) -> String {
    switch problem {
    case .none: ""
    case .linkType: "of a link type that is not decoded"
    case .truncatedLink: "cut inside the link header"
    case .badLink: "with an impossible link header"
    case .linkProtocol: "of a link-layer protocol that is not decoded"
    case .truncatedNetwork: "cut inside the IP header"
    case .badNetwork: "with an impossible IP header"
    case .truncatedTransport: "cut inside the transport header"
    case .badTransport: "with an impossible transport header"
    case .badTunnel: "with a tunnel header that is cut, impossible or unknown"
    case .nesting: "nested deeper than \(Limits.nesting) layers"
    case .badFragment: "that are fragments contradicting their datagram or beyond a limit"
    }
  }
}
