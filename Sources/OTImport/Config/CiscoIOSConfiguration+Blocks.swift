import OTFacts

/// Lines inside a block: interfaces, VLANs, terminal lines, access lists.
extension CiscoIOSConfiguration {
  mutating func inBlock(_ words: [Substring], _ line: Int) -> Verdict {
    switch block[0] {
    case "interface": return interface(words, line)
    case "vlan":
      guard words[0] == "name", words.count > 1 else { return words[0] == "name" ? .malformed : .ignored }
      let id = block.count > 1 ? Int(block[1]) : nil
      for index in device.vlans.indices where device.vlans[index].id == id {
        device.vlans[index].name = String(words[1])
      }
      return .understood
    case "line": return terminal(words, line)
    case "access-list": return listEntry(String(block.dropFirst(2).first ?? ""), words, line)
    case "dhcp":
      setting("dhcp pool", words.joined(separator: " "), line)
      return .understood
    case "tacacs", "radius", "tacacs-server", "radius-server":
      if words[0] == "address" { setting("address", words.dropFirst().joined(separator: " "), line) }
      return .understood
    case "redundancy", "class-map", "policy-map", "alarm", "macro", "control-plane", "archive": return .ignored
    default: return .unrecognised
    }
  }

  private mutating func interface(_ words: [Substring], _ line: Int) -> Verdict {
    guard !device.interfaces.isEmpty else { return .malformed }
    let last = device.interfaces.count - 1
    let isNegated = words[0] == "no"
    let command = isNegated ? Array(words.dropFirst()) : words
    guard let head = command.first else { return .malformed }
    switch head {
    case "description":
      device.interfaces[last].description = command.dropFirst().joined(separator: " ")
      return .understood
    case "shutdown":
      device.interfaces[last].isEnabled = isNegated
      return .understood
    case "switchport": return switchport(Array(command.dropFirst()), isNegated, last, line)
    case "ip": return interfaceIP(Array(command.dropFirst()), isNegated, last, line)
    case "encapsulation":
      if command.count > 2, command[1].lowercased() == "dot1q" { device.interfaces[last].vlans = String(command[2]) }
      return .understood
    case "cdp", "lldp", "spanning-tree", "storm-control", "authentication", "dot1x", "mab", "access-session", "udld":
      setting(String(head), (isNegated ? "no " : "") + command.dropFirst().joined(separator: " "), line)
      return .understood
    case "speed", "duplex", "mtu", "load-interval", "keepalive", "negotiation", "media-type", "channel-group", "mdix",
      "bandwidth", "delay", "logging", "snmp", "queue-set", "srr-queue", "priority-queue", "mls", "auto",
      "carrier-delay",
      "power", "service-policy", "macro", "ptp", "rep", "alarm", "cip", "profinet", "nmsp", "standby", "vrrp", "arp",
      "device-tracking", "flowcontrol":
      return .ignored
    default: return .unrecognised
    }
  }

  private mutating func switchport(_ words: [Substring], _ isNegated: Bool, _ last: Int, _ line: Int) -> Verdict {
    guard let head = words.first else {
      device.interfaces[last].mode = isNegated ? "routed" : device.interfaces[last].mode
      return .understood
    }
    switch head {
    case "mode":
      guard words.count > 1 else { return .malformed }
      device.interfaces[last].mode = words[1] == "dynamic" ? "dynamic" : String(words[1])
      return .understood
    case "access", "voice":
      guard words.count > 2, words[1] == "vlan" else { return .malformed }
      if head == "access" { device.interfaces[last].vlans = String(words[2]) }
      return .understood
    case "trunk":
      if words.count > 3, words[1] == "allowed", words[2] == "vlan" {
        let list = words[3] == "add" && words.count > 4 ? words[4] : words[3]
        let known = device.interfaces[last].vlans
        device.interfaces[last].vlans = words[3] == "add" && !known.isEmpty ? known + "," + list : String(list)
      } else if words.count > 1 {
        setting("switchport trunk " + words[1], words.dropFirst(2).joined(separator: " "), line)
      }
      return .understood
    case "port-security", "nonegotiate", "block", "protected":
      setting("switchport " + head, (isNegated ? "no " : "") + words.dropFirst().joined(separator: " "), line)
      return .understood
    default: return .unrecognised
    }
  }

  private mutating func interfaceIP(_ words: [Substring], _ isNegated: Bool, _ last: Int, _ line: Int) -> Verdict {
    guard let head = words.first else { return .malformed }
    switch head {
    case "address":
      guard !isNegated else { return .understood }
      if words.count > 1, words[1] == "dhcp" { return .understood }
      guard words.count > 2, let length = Self.prefixLength(words[2]) else { return .malformed }
      // A secondary address does not replace the first one.
      if device.interfaces[last].address == nil {
        device.interfaces[last].address = String(words[1])
        device.interfaces[last].prefixLength = length
      } else {
        setting("ip address secondary", "\(words[1])/\(length)", line)
      }
      return .understood
    case "access-group":
      guard words.count > 1 else { return .malformed }
      let list = String(words[1])
      let place = (interface: device.interfaces[last].name, direction: words.count > 2 ? String(words[2]) : "in")
      if let known = applied[list] {
        applied[list] = (known.interface + ", " + place.interface, known.direction)
      } else {
        applied[list] = place
      }
      return .understood
    case "helper-address", "dhcp", "arp", "verify", "proxy-arp", "redirects", "unreachables", "nat",
      "directed-broadcast":
      setting("ip " + head, (isNegated ? "no " : "") + words.dropFirst().joined(separator: " "), line)
      return .understood
    case "mtu", "tcp", "route-cache", "ospf", "pim", "igmp", "mroute-cache", "flow", "policy", "unnumbered":
      return .ignored
    default: return .unrecognised
    }
  }

  private mutating func terminal(_ words: [Substring], _ line: Int) -> Verdict {
    let name = block.joined(separator: " ")
    switch words[0] {
    case "transport":
      guard words.count > 2 else { return .malformed }
      guard words[1] == "input", name.hasPrefix("line vty") else { return .understood }
      let offered = words[2...]
      service("telnet", offered.contains("telnet") || offered.contains("all"), name, line)
      service("ssh", offered.contains("ssh") || offered.contains("all"), name, line)
      return .understood
    case "password":
      let (type, strength) = credential(words)
      device.accounts.append(.init(name: name, credentialType: type, strength: strength, line: line))
      return .understood
    case "login", "exec-timeout", "access-class", "privilege", "session-timeout", "no", "authorization", "accounting",
      "exec", "session-limit":
      let isNegated = words[0] == "no"
      let head = isNegated && words.count > 1 ? words[1] : words[0]
      setting(String(head), (isNegated ? "no " : "") + words.dropFirst(isNegated ? 2 : 1).joined(separator: " "), line)
      return .understood
    case "logging", "length", "width", "stopbits", "speed", "history", "escape-character", "terminal-type", "ipv6",
      "databits", "parity", "flowcontrol", "rxspeed", "txspeed", "notify":
      return .ignored
    default: return .unrecognised
    }
  }

  // MARK: access lists

  /// `access-list NUMBER …`: 1–99 and 1300–1999 are standard, the others extended.
  mutating func numberedList(_ words: [Substring], _ line: Int) -> Verdict {
    guard words.count > 1 else { return .malformed }
    let number = Int(words[0]) ?? 0
    let isStandard = (1...99).contains(number) || (1300...1999).contains(number)
    return entry(String(words[0]), isStandard, Array(words.dropFirst()), line)
  }

  private mutating func listEntry(_ list: String, _ words: [Substring], _ line: Int) -> Verdict {
    var words = words
    // A sequence number before the action.
    if let first = words.first, Int(first) != nil { words.removeFirst() }
    return entry(list, block.count > 1 && block[1] == "standard", words, line)
  }

  private mutating func entry(_ list: String, _ isStandard: Bool, _ words: [Substring], _ line: Int) -> Verdict {
    guard let head = words.first else { return .malformed }
    if head == "remark" { return .understood }
    guard head == "permit" || head == "deny" else { return .unrecognised }
    let position = device.filterRules.count { $0.list == list } + 1
    var rule = DeviceFact.FilterRule(
      list: list, position: position, action: head == "permit" ? .permit : .deny, line: line)
    var rest = words.dropFirst()
    rule.protocol = isStandard ? "ip" : String(rest.popFirst() ?? "any")
    guard let source = Self.address(&rest) else { return .malformed }
    rule.source = source
    if !isStandard {
      rule.sourcePort = Self.port(&rest)
      guard let destination = Self.address(&rest) else { return .malformed }
      rule.destination = destination
      rule.destinationPort = Self.port(&rest)
    }
    rule.isLogged = rest.contains("log") || rest.contains("log-input")
    device.filterRules.append(rule)
    return .understood
  }

  /// `any`, `host A`, `A WILDCARD`, `object-group N`, or a bare address of a standard list.
  private static func address(_ words: inout ArraySlice<Substring>) -> String? {
    guard let first = words.popFirst() else { return nil }
    switch first {
    case "any", "any4", "any6": return "any"
    case "host":
      return words.popFirst().map(String.init)
    case "object-group":
      return words.popFirst().map { "object-group " + $0 }
    default:
      guard HostMask.parse(first) != nil else { return nil }
      guard let next = words.first, let wildcard = HostMask.parse(next) else { return String(first) }
      words.removeFirst()
      let mask = ~wildcard
      let ones = mask.nonzeroBitCount
      if mask == UInt32.max { return String(first) }
      if mask == 0 { return "any" }
      return ones == 32 - mask.trailingZeroBitCount ? "\(first)/\(ones)" : "\(first) wildcard \(next)"
    }
  }

  /// `eq P…`, `range P Q`, `gt P`, `lt P`, `neq P`, or nothing.
  private static func port(_ words: inout ArraySlice<Substring>) -> String {
    guard let test = words.first, ["eq", "range", "gt", "lt", "neq"].contains(test) else { return "any" }
    words.removeFirst()
    guard let first = words.popFirst() else { return "any" }
    switch test {
    case "range": return "\(first)-\(words.popFirst() ?? "")"
    case "eq":
      var ports = [String(first)]
      // More than one port may follow `eq`; what ends the list is a word of the grammar.
      while let next = words.first, Int(next) != nil, let port = words.popFirst() { ports.append(String(port)) }
      return ports.joined(separator: ",")
    default: return "\(test) \(first)"
    }
  }
}
