import Foundation
import OTCore
import Testing

@testable import OTProtocols

/// Who takes what is not his: payloads of every sample, and of what belongs to nobody, offered to every dissector as if met
/// on its port, and to every strong probe on any port.
///
/// Left out are places that no two protocols share: EtherTypes, service access points, IP protocols. With
/// `OT_CLAIMS_MATRIX=FILE` all claims are written there, also of the payloads in `OT_CLAIMS_PAYLOADS` (made from captures by
/// `tools/claims/payloads.py`), one a line: claimant, how, whose, how many of how many, an example.
@Suite struct FalseClaims {
  private struct Offer {
    var owner: String
    var bytes: [UInt8]
    var isStream: Bool
    var fromClient: Bool
  }

  private enum How: String, CaseIterable {
    /// On a port that the claimant expects, where no strong probe knows better.
    case port
    /// On any other.
    case anywhere
  }

  // MARK: the test

  @Test func onlyTheClaimsThatAreWrittenDownAreMade() {
    var found: [String: Set<String>] = [:]
    for claim in claims(Self.samples + Self.foreign) { found[claim.key, default: []].insert(claim.owner) }
    var expected: [String: Set<String>] = [:]
    for overlap in Self.allowed { expected[overlap.key, default: []].formUnion(overlap.owners) }
    for key in Set(found.keys).union(expected.keys).sorted() {
      let (made, written) = (found[key] ?? [], expected[key] ?? [])
      #expect(made.subtracting(written).sorted() == [], "\(key): claims that nobody allowed")
      #expect(written.subtracting(made).sorted() == [], "\(key): no longer claimed, so no longer to be written down")
    }
  }

  /// Of noise at most one payload in two hundred is taken on a port, none elsewhere.
  @Test func noiseIsNobodys() {
    let noise = ForeignPayloads.noise(600)
    let offers = noise.payloads.flatMap { Self.everyWay($0, noise.name) }
    var counts: [String: Int] = [:]
    for claim in claims(offers) { counts[claim.key, default: 0] += 1 }
    #expect(counts.filter { $0.key.hasSuffix(How.anywhere.rawValue) } == [:])
    #expect(counts.filter { $0.value * 200 > offers.count && !Self.takesNoise.contains($0.key) } == [:])
  }

  /// Two right octets at the front are met in any traffic: what makes a strong probe comes behind them.
  @Test func noiseBehindTwoRightOctetsIsNobodys() {
    let noise = ForeignPayloads.noise(150).payloads.filter { $0.count > 12 }
    var counts: [String: Int] = [:]
    for sample in Samples.all {
      guard let dissector = sample.dissector, dissector.probe == .strong else { continue }
      let asked = Asked(dissector)
      for message in sample.messages where message.bytes.count > 2 {
        for bytes in noise {
          let offer = Offer(
            owner: "noise", bytes: Array(message.bytes.prefix(2)) + bytes.dropFirst(2), isStream: message.isStream,
            fromClient: message.fromClient)
          if asked.takes(offer, isClaimed: false) { counts[asked.ids[0], default: 0] += 1 }
        }
      }
    }
    #expect(counts.filter { $0.value > 1 } == [:])
  }

  /// Data packets of the older kind have one octet, of which eight values mean that, in front of what is enciphered.
  private static let takesNoise: Set<String> = ["openvpn port"]

  // MARK: offers

  private static func everyWay(_ bytes: [UInt8], _ owner: String) -> [Offer] {
    [(true, true), (true, false), (false, true), (false, false)].map { isStream, fromClient in
      Offer(owner: owner, bytes: bytes, isStream: isStream, fromClient: fromClient)
    }
  }

  private static let foreign = ForeignPayloads.all.flatMap { kind in
    kind.payloads.flatMap { everyWay($0, kind.name) }
  }

  /// Each message alone, and all of a side in a row, of what comes over TCP or UDP.
  private static let samples = Samples.all.filter(isOnAPort).flatMap { sample in
    var offers = sample.messages.map {
      Offer(owner: sample.id, bytes: $0.bytes, isStream: $0.isStream, fromClient: $0.fromClient)
    }
    for side in [true, false] {
      let messages = sample.messages.filter { $0.fromClient == side }
      guard messages.count > 1 else { continue }
      offers.append(
        Offer(
          owner: sample.id, bytes: messages.flatMap(\.bytes), isStream: messages[0].isStream, fromClient: side))
    }
    return offers
  }

  private static func isOnAPort(_ sample: Sample) -> Bool {
    guard let dissector = sample.dissector else { return false }
    if dissector.probe == .strong { return true }
    return dissector.claims.contains { claim in
      switch claim {
      case .tcp, .udp, .inner: true
      default: false
      }
    }
  }

  // MARK: claims

  private struct FalseClaim {
    var claimant: String
    var how: How
    var owner: String
    var bytes: [UInt8]
    var key: String { "\(claimant) \(how.rawValue)" }
  }

  private func claims(_ offers: [Offer]) -> [FalseClaim] {
    let dissectors = ProtocolRegistry.dissectors.map { Asked($0) }
    var claims: [FalseClaim] = []
    for offer in offers {
      let sure = dissectors.filter { $0.isProbe && $0.takes(offer, isClaimed: false) }
      for dissector in sure where !dissector.ids.contains(offer.owner) {
        claims.append(FalseClaim(claimant: dissector.ids[0], how: .anywhere, owner: offer.owner, bytes: offer.bytes))
      }
      for dissector in dissectors where offer.isStream ? dissector.hasTCP : dissector.hasUDP {
        guard !dissector.ids.contains(offer.owner), dissector.takes(offer, isClaimed: true) else { continue }
        // What is told anywhere is not told twice; a surer one goes before.
        guard sure.isEmpty else { continue }
        claims.append(FalseClaim(claimant: dissector.ids[0], how: .port, owner: offer.owner, bytes: offer.bytes))
      }
    }
    return claims
  }

  /// What the engine would ask a dissector, with what it needs to know to ask.
  private struct Asked {
    var type: any Dissector.Type
    var ids: [String]
    var isProbe: Bool
    var hasTCP = false
    var hasUDP = false

    init(_ type: any Dissector.Type) {
      self.type = type
      ids = type.protocols.map(\.id)
      isProbe = type.probe == .strong
      for case .tcp in type.claims { hasTCP = true }
      for case .udp in type.claims { hasUDP = true }
    }

    func takes(_ offer: Offer, isClaimed: Bool) -> Bool {
      var hint = FramingHint(isStream: offer.isStream, isClaimed: isClaimed, senderIsClient: offer.fromClient)
      hint.isUDP = !offer.isStream
      guard case .pdu(let count) = type.frame(offer.bytes.span, hint), count > 0 else { return false }
      return offer.isStream ? count <= Limits.pduBytes : count <= offer.bytes.count
    }
  }

  // MARK: the matrix

  @Test func theMatrixIsWrittenWhereOneIsAskedFor() throws {
    let environment = ProcessInfo.processInfo.environment
    guard let path = environment["OT_CLAIMS_MATRIX"] else { return }
    var offers = Self.samples + Self.foreign
    if let payloads = environment["OT_CLAIMS_PAYLOADS"] {
      for line in try String(contentsOfFile: payloads, encoding: .utf8).split(separator: "\n") {
        let fields = line.split(separator: " ")
        try #require(fields.count == 5, "not a line of payloads.py: \(line)")
        offers.append(
          Offer(
            owner: String(fields[0]), bytes: bytes(String(fields[4])), isStream: fields[1] == "tcp",
            fromClient: fields[3] == "c"))
      }
    }
    var totals: [String: Int] = [:]
    for offer in offers { totals[offer.owner, default: 0] += 1 }
    var counts: [String: (count: Int, total: Int, example: [UInt8])] = [:]
    for claim in claims(offers) {
      counts["\(claim.key) \(claim.owner)", default: (0, totals[claim.owner] ?? 0, claim.bytes)].count += 1
    }
    let lines = counts.sorted { $0.key < $1.key }.map { key, value in
      "\(key) \(value.count)/\(value.total) "
        + value.example.prefix(40).map { String(format: "%02x", $0) }.joined()
    }
    try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
  }
}
