import OTCore
import OTFacts
import OTKnowledge

/// Chooses the first values of an asset's fields from what hosts were said to be.
///
/// Confidence is that of the protocol times that of the attribute for the field. The most confident value wins, then
/// the one more protocols agree on, then the one claimed more often, then the earlier one; every other is kept beside it.
enum AssetCharacteriser {
  /// How much a protocol's word about a device's identity is worth.
  ///
  /// 0.95: read from the device's own identification record by the protocol it is engineered with. 0.9: announced by
  /// the device for engineering. 0.8: network management. 0.7: service discovery. 0.6: banners and certificates, which
  /// anybody configures. 0.5: names others resolve. 0.4: everything else.
  /// Keys are ids of the registry of protocols; a test compares them.
  static let protocolConfidence: [String: Double] = [
    "s7comm": 0.95, "s7comm_plus": 0.95, "cip": 0.95, "enip": 0.95, "umas": 0.95, "pn_io_cm": 0.95, "ads": 0.95,
    "fins": 0.95, "slmp": 0.95, "hart_ip": 0.95, "ge_srtp": 0.95, "codesys_v3": 0.95, "melsoft": 0.95,
    "pcworx": 0.95, "tristation": 0.95, "crimson": 0.9, "fox": 0.9, "knxip": 0.9, "ethercat": 0.9, "mms": 0.9,
    "pn_dcp": 0.9,
    "modbus": 0.9, "opcua": 0.9, "bacnet": 0.9, "dnp3": 0.9, "iec104": 0.9, "c1222": 0.9, "lldp": 0.8, "snmp": 0.8,
    "cdp": 0.8, "ssdp": 0.7, "mdns": 0.7, "http": 0.6, "ssh": 0.6, "ftp": 0.6, "telnet": 0.6, "tls": 0.6, "smb": 0.6,
    "smb2": 0.6, "rdp": 0.6, "vnc": 0.6, "mqtt": 0.6, "ldap": 0.6, "kerberos": 0.6, "dhcp": 0.5, "dhcpv6": 0.5,
    "nbns": 0.5, "nbss": 0.5, "nbdgm": 0.5, "browser": 0.5, "dns": 0.5, "llmnr": 0.5, "syslog": 0.5,
  ]
  static let otherConfidence = 0.4
  /// The IEEE says who made a network interface, not the device.
  static let interfaceConfidence = 0.2

  /// What each attribute says of which field, and how well.
  static func meaning(_ attribute: IdentityAttribute) -> (field: AssetField, weight: Double)? {
    switch attribute {
    case .vendor: (.vendor, 1)
    case .productName: (.product, 1)
    case .description: (.product, 0.5)
    case .productCode: (.orderNumber, 0.4)
    case .orderNumber: (.orderNumber, 1)
    case .serialNumber: (.serialNumber, 1)
    case .hardwareVersion: (.hardware, 1)
    case .firmwareVersion: (.firmware, 1)
    case .softwareVersion: (.firmware, 0.8)
    case .operatingSystem: (.operatingSystem, 1)
    case .deviceType: (.deviceType, 0.8)
    case .stationName: (.hostname, 1)
    case .hostname: (.hostname, 0.95)
    default: nil
    }
  }

  static func candidates(_ claims: [IdentityFact], macs: [MACAddress]) -> [AssetResolution.Candidate] {
    var candidates: [AssetResolution.Candidate] = []
    for claim in claims {
      let trust = protocolConfidence[claim.protocol] ?? otherConfidence
      if let (vendor, reason) = listedVendor(claim) {
        candidates.append(
          .init(
            field: .vendor, value: vendor, source: claim.protocol, reason: reason, confidence: trust * listedWeight,
            isChosen: false, sighting: claim.first))
      }
      guard let (field, weight) = meaning(claim.attribute) else { continue }
      let confidence = trust * weight
      candidates.append(
        .init(
          field: field, value: claim.value, source: claim.protocol,
          reason: "\(claim.protocol) \(claim.attribute.name), \(claim.count)×", confidence: confidence, isChosen: false,
          sighting: claim.first))
    }
    for mac in macs {
      guard let vendor = OUITable.vendor(of: mac) else { continue }
      candidates.append(
        .init(
          field: .vendor, value: vendor, source: "oui",
          reason: "IEEE assignment of \(mac): who made its network interface",
          confidence: interfaceConfidence, isChosen: false, sighting: nil))
    }
    choose(&candidates)
    return candidates
  }

  /// What lists say of a device's numbers weighs a little less than what it says of itself in words.
  private static let listedWeight = 0.95

  /// Who has the vendor number or the form of order number that a device tells.
  private static func listedVendor(_ claim: IdentityFact) -> (vendor: String, reason: String)? {
    switch claim.attribute {
    case .vendorID:
      guard let registry = VendorList.Registry(protocol: claim.protocol),
        let vendor = VendorList.embedded.vendor(claim.value, in: registry)
      else { return nil }
      return (vendor, "\(claim.protocol) vendor_id \(claim.value), in the list of \(registry.keeper)")
    case .orderNumber:
      return VendorList.embedded.vendor(orderNumber: claim.value).map {
        ($0, "\(claim.protocol) order_number \(claim.value), a form that only this maker has")
      }
    default: return nil
    }
  }

  /// Of values that are as good, one that goes on where the best ends is told more exactly: `V4.3.1` for `V4.3`.
  private static func preferExact(_ candidates: inout [AssetResolution.Candidate]) {
    var first = 0
    while first < candidates.count {
      var last = first
      var exact = first
      while last < candidates.count, candidates[last].field == candidates[first].field {
        if candidates[last].confidence == candidates[first].confidence,
          candidates[last].value.hasPrefix(candidates[exact].value + ".")
        {
          exact = last
        }
        last += 1
      }
      if exact != first { candidates.insert(candidates.remove(at: exact), at: first) }
      first = last
    }
  }

  /// Orders candidates by field, best first, and marks the one to be believed.
  static func choose(_ candidates: inout [AssetResolution.Candidate]) {
    /// A value of a field.
    struct Claim: Hashable {
      var field: AssetField
      var value: String
      init(_ candidate: AssetResolution.Candidate) { (field, value) = (candidate.field, candidate.value) }
    }
    var sources: [Claim: Set<String>] = [:]
    for candidate in candidates { sources[Claim(candidate), default: []].insert(candidate.source) }
    let agreeing = candidates.map { sources[Claim($0)]?.count ?? 0 }
    let order = candidates.indices.sorted { one, other in
      let (left, right) = (candidates[one], candidates[other])
      if left.field != right.field { return left.field.position < right.field.position }
      if left.confidence != right.confidence { return left.confidence > right.confidence }
      if agreeing[one] != agreeing[other] { return agreeing[one] > agreeing[other] }
      if let one = left.sighting, let other = right.sighting, one != other { return one < other }
      return left.value != right.value ? left.value.precedes(right.value) : left.source.precedes(right.source)
    }
    candidates = order.map { candidates[$0] }
    preferExact(&candidates)
    var best: AssetResolution.Candidate?
    for index in candidates.indices {
      let candidate = candidates[index]
      if best?.field != candidate.field {
        best = candidate
        candidates[index].isChosen = true
      } else if let best, !candidate.reason.holds("; ") {
        let verdict =
          candidate.value == best.value
          ? "agrees with \(best.source)"
          : best.value.hasPrefix(candidate.value + ".")
            ? "agrees with \(best.source), less exact"
            : candidate.confidence < best.confidence
              ? "weaker source than \(best.source)" : "as good as \(best.source), seen later or less agreed on"
        candidates[index].reason += "; \(verdict)"
        candidates[index].isChosen = false
      }
    }
  }

  /// What to call the asset: station name, then host name, then the name it gives itself, then the one it signs in with.
  static func name(_ claims: [IdentityFact]) -> (name: String, reason: String)? {
    for attribute in [IdentityAttribute.stationName, .hostname, .name, .clientID] {
      let candidates = claims.filter { $0.attribute == attribute && (attribute != .clientID || isName($0.value)) }
      let best = candidates.min { left, right in
        let (one, other) = (
          protocolConfidence[left.protocol] ?? otherConfidence, protocolConfidence[right.protocol] ?? otherConfidence
        )
        if one != other { return one > other }
        return left.first != right.first ? left.first < right.first : left.value.precedes(right.value)
      }
      if let best { return (best.value, "\(best.protocol) \(attribute.name)") }
    }
    return nil
  }

  /// Whether a client id is a name somebody gave: short, and no number drawn at random.
  static func isName(_ clientID: String) -> Bool {
    guard (3...24).contains(clientID.utf8.count), clientID.first?.isLetter == true else { return false }
    var run = 0
    for character in clientID {
      run = character.isHexDigit && character != "-" ? run + 1 : 0
      if run >= 8 { return false }
    }
    return !clientID.hasPrefix("mqttjs") && !clientID.hasPrefix("paho")
  }
}
