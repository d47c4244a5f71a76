import OTFacts

/// Commands that stand alone, and those that open a block.
extension CiscoIOSConfiguration {
  mutating func global(_ words: [Substring], _ line: Int) -> Verdict {
    let isNegated = words[0] == "no"
    let command = isNegated ? Array(words.dropFirst()) : words
    guard let head = command.first else { return .malformed }
    switch head {
    case "version":
      version = command.count > 1 ? String(command[1]) : nil
      return .understood
    case "hostname":
      guard command.count > 1, !isNegated else { return .malformed }
      device.hostname = String(command[1])
      return .understood
    case "interface":
      guard command.count > 1 else { return .malformed }
      block = command
      device.interfaces.append(.init(name: command.dropFirst().joined(separator: " "), line: line))
      return .understood
    case "vlan": return vlan(command, line)
    case "line":
      block = command
      return .understood
    case "username": return username(command, line)
    case "enable": return enableSecret(command, isNegated, line)
    case "ip": return ip(Array(command.dropFirst()), isNegated, line)
    case "ipv6": return ipv6(Array(command.dropFirst()), isNegated, line)
    case "access-list": return numberedList(Array(command.dropFirst()), line)
    case "snmp-server": return snmp(Array(command.dropFirst()), isNegated, line)
    case "ntp", "sntp": return ntp(command, isNegated, line)
    case "logging": return logging(Array(command.dropFirst()), isNegated, line)
    case "aaa":
      if command.count > 1, command[1] == "new-model" {
        setting("aaa new-model", isNegated ? "off" : "on", line)
      } else {
        setting("aaa", command.dropFirst().joined(separator: " "), line)
      }
      return .understood
    case "tacacs-server", "radius-server", "tacacs", "radius":
      setting(String(head), command.count > 1 ? String(command[1]) : "", line)
      if command.count > 2, command[1] == "server" { block = command }
      return .understood
    case "service": return serviceCommand(Array(command.dropFirst()), isNegated, line)
    case "banner": return banner(command, line)
    case "lldp", "cdp":
      if command.dropFirst().first == "run" { service(String(head), !isNegated, nil, line) }
      return .understood
    case "spanning-tree":
      setting("spanning-tree", command.dropFirst().joined(separator: " "), line)
      return .understood
    case "monitor":
      setting("monitor session", command.dropFirst().joined(separator: " "), line)
      return .understood
    case "clock":
      setting("clock", command.dropFirst().joined(separator: " "), line)
      return .understood
    case "errdisable", "vtp", "udld", "dot1x", "storm-control", "port-security", "archive", "login", "security":
      setting(String(head), (isNegated ? "no " : "") + command.dropFirst().joined(separator: " "), line)
      if head == "archive" { block = command }
      return .understood
    case "Building", "Current", "boot-start-marker", "boot-end-marker", "boot", "system", "end", "exit", "diagnostic",
      "memory", "process", "redundancy", "mac", "mls", "switch", "license", "platform", "file", "alias", "default",
      "scheduler", "multilink", "control-plane", "environment", "vstack", "cisp", "power", "ptp", "rep", "profinet",
      "cip", "alarm", "macro", "class-map", "policy-map", "transceiver":
      if ["redundancy", "class-map", "policy-map", "alarm", "macro", "control-plane"].contains(head) {
        block = command
      }
      if head == "vstack" { service("smart install", !isNegated, nil, line) }
      return .ignored
    case "crypto", "key", "parameter-map", "route-map", "router", "track", "ipsec":
      // Known commands that are not read: a check on them is not assessable.
      block = command
      return .unrecognised
    default:
      return .unrecognised
    }
  }

  private mutating func vlan(_ words: [Substring], _ line: Int) -> Verdict {
    guard words.count > 1 else { return .malformed }
    if words[1] == "internal" || words[1] == "dot1q" || words[1] == "configuration" { return .ignored }
    block = words
    for part in words[1].split(separator: ",") {
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let low = ends.first, let high = ends.last, (1...4094).contains(low), (low...4094).contains(high) else {
        return .malformed
      }
      for id in low...high { device.vlans.append(.init(id: id, line: line)) }
    }
    return .understood
  }

  /// `username NAME [privilege N] (password|secret) [TYPE] TEXT`, or without either.
  private mutating func username(_ words: [Substring], _ line: Int) -> Verdict {
    guard words.count > 1 else { return .malformed }
    var privilege: String?
    if let at = words.firstIndex(of: "privilege"), at + 1 < words.count { privilege = String(words[at + 1]) }
    let (type, strength) = credential(words)
    device.accounts.append(
      .init(name: String(words[1]), privilege: privilege, credentialType: type, strength: strength, line: line))
    return .understood
  }

  private mutating func enableSecret(_ words: [Substring], _ isNegated: Bool, _ line: Int) -> Verdict {
    guard words.count > 1, words[1] == "secret" || words[1] == "password" else { return .unrecognised }
    guard !isNegated else { return .understood }
    let (type, strength) = credential(words)
    device.accounts.append(
      .init(name: "enable", privilege: "15", credentialType: type, strength: strength, line: line))
    return .understood
  }

  /// How a `password` or `secret` is stored, by its type number: 0 and none plain, 4 broken SHA-256, 5 MD5, 7 reversible,
  /// 8 PBKDF2, 9 scrypt.
  func credential(_ words: [Substring]) -> (type: String, strength: DeviceFact.Account.Strength) {
    guard let at = words.lastIndex(where: { $0 == "password" || $0 == "secret" }), at + 1 < words.count else {
      return words.contains("nopassword") ? ("none", .empty) : ("none", .unknown)
    }
    let type = words.count > at + 2 ? String(words[at + 1]) : "0"
    switch type {
    case "5": return ("type 5 (MD5)", .weakHash)
    case "4": return ("type 4", .weakHash)
    case "6": return ("type 6 (AES)", .unknown)
    case "7": return ("type 7", .reversible)
    case "8": return ("type 8 (PBKDF2)", .strongHash)
    case "9": return ("type 9 (scrypt)", .strongHash)
    default:
      let secret = words[words.count - 1].lowercased()
      return ("plain", Self.wellKnown.contains(secret) ? .wellKnown : .reversible)
    }
  }

  static let wellKnown: Set<String> = [
    "cisco", "admin", "password", "public", "private", "switch", "router", "1234", "12345",
  ]

  private mutating func ip(_ words: [Substring], _ isNegated: Bool, _ line: Int) -> Verdict {
    guard let head = words.first else { return .malformed }
    switch head {
    case "http":
      if words.dropFirst().first == "server" { service("http", !isNegated, nil, line) }
      if words.dropFirst().first == "secure-server" { service("https", !isNegated, nil, line) }
      if words.count > 2 { setting("ip http " + words[1], words.dropFirst(2).joined(separator: " "), line) }
      return .understood
    case "ssh":
      setting("ip ssh", words.dropFirst().joined(separator: " "), line)
      if words.count > 2, words[1] == "version" { service("ssh", true, "version " + words[2], line) }
      return .understood
    case "route":
      guard words.count > 3, let length = Self.prefixLength(words[2]) else {
        return words.count > 2 && words[1] == "profile" ? .ignored : .malformed
      }
      device.routes.append(.init(destination: "\(words[1])/\(length)", nextHop: String(words[3]), line: line))
      return .understood
    case "access-list":
      guard words.count > 2 else { return .malformed }
      if words[1] == "extended" || words[1] == "standard" {
        block = ["access-list"] + words.dropFirst()
        return .understood
      }
      return .ignored
    case "scp", "tftp", "ftp":
      service(String(head) + " server", !isNegated && words.contains("enable"), nil, line)
      return .understood
    case "domain-name", "domain", "name-server", "default-gateway", "routing", "dhcp", "arp", "host", "domain-lookup",
      "source-route", "finger", "bootp", "device", "igmp", "multicast", "radius", "tacacs", "identd":
      setting("ip " + head, (isNegated ? "no " : "") + words.dropFirst().joined(separator: " "), line)
      if head == "dhcp", words.dropFirst().first == "pool" { block = ["dhcp"] + words.dropFirst() }
      if head == "finger" || head == "identd" { service(String(head), !isNegated, nil, line) }
      return .understood
    case "classless", "subnet-zero", "forward-protocol", "cef", "bgp-community", "gratuitous-arps", "options", "vrf":
      return .ignored
    default: return .unrecognised
    }
  }

  private mutating func ipv6(_ words: [Substring], _ isNegated: Bool, _ line: Int) -> Verdict {
    guard let head = words.first else { return .malformed }
    if head == "unicast-routing" {
      setting("ipv6 unicast-routing", isNegated ? "off" : "on", line)
      return .understood
    }
    if head == "access-list" { block = ["ipv6-access-list"] + words.dropFirst() }
    return .unrecognised
  }

  /// Communities are judged, never kept.
  private mutating func snmp(_ words: [Substring], _ isNegated: Bool, _ line: Int) -> Verdict {
    guard let head = words.first else {
      service("snmp", !isNegated, nil, line)
      return .understood
    }
    switch head {
    case "community":
      guard words.count > 1, !isNegated else { return isNegated ? .understood : .malformed }
      let access = words.contains("RW") || words.contains("rw") ? "read-write" : "read-only"
      let isDefault = ["public", "private", "cisco", "admin", "snmp", "community"].contains(words[1].lowercased())
      device.accounts.append(
        .init(
          name: "SNMP community (\(access))", privilege: access, credentialType: "plain",
          strength: isDefault ? .wellKnown : .reversible, line: line))
      service("snmp", true, "v1, v2c", line)
      return .understood
    case "host":
      setting("snmp-server host", words.count > 1 ? String(words[1]) : "", line)
      return .understood
    case "user":
      guard words.count > 2 else { return .malformed }
      let isStrong = words.contains("sha") && words.contains("priv")
      device.accounts.append(
        .init(
          name: String(words[1]), privilege: "SNMPv3 group " + words[2],
          credentialType: words.contains("auth") ? "SNMPv3 key" : "none",
          strength: isStrong ? .unknown : (words.contains("auth") ? .weakHash : .empty), line: line))
      return .understood
    case "location", "contact", "group", "view", "enable", "trap-source", "source-interface", "engineID", "ifindex",
      "system-shutdown", "chassis-id", "queue-length", "packetsize", "file-transfer":
      setting("snmp-server " + head, words.dropFirst().joined(separator: " "), line)
      return .understood
    default: return .unrecognised
    }
  }

  private mutating func ntp(_ words: [Substring], _ isNegated: Bool, _ line: Int) -> Verdict {
    guard words.count > 1 else { return .malformed }
    switch words[1] {
    case "server", "peer":
      guard words.count > 2 else { return .malformed }
      let peer = words[2...].first { $0 != "vrf" && $0 != "ip" } ?? words[2]
      service("ntp", !isNegated, String(peer), line)
      return .understood
    case "authentication-key":
      setting("ntp authentication-key", "withheld", line)
      return .understood
    default:
      setting("ntp " + words[1], words.dropFirst(2).joined(separator: " "), line)
      return .understood
    }
  }

  private mutating func logging(_ words: [Substring], _ isNegated: Bool, _ line: Int) -> Verdict {
    guard let head = words.first else { return .malformed }
    if head == "host", words.count > 1 {
      service("syslog", !isNegated, String(words[1]), line)
    } else if head.first?.isNumber == true {
      service("syslog", !isNegated, String(head), line)
    } else {
      setting("logging " + head, (isNegated ? "no " : "") + words.dropFirst().joined(separator: " "), line)
    }
    return .understood
  }

  private mutating func serviceCommand(_ words: [Substring], _ isNegated: Bool, _ line: Int) -> Verdict {
    guard let head = words.first else { return .malformed }
    setting("service " + head, isNegated ? "off" : "on", line)
    if head == "tcp-small-servers" || head == "udp-small-servers" || head == "finger" || head == "dhcp" {
      service(String(head), !isNegated, nil, line)
    }
    return .understood
  }

  /// `banner login ^C … ^C`: the delimiter is the first character behind the kind, or `^C` spelt out.
  private mutating func banner(_ words: [Substring], _ line: Int) -> Verdict {
    guard words.count > 1 else { return .malformed }
    setting("banner", String(words[1]), line)
    guard words.count > 2, let mark = words[2].first else { return .understood }
    let rest = words[2...].joined(separator: " ")
    let body = rest.hasPrefix("^C") ? rest.dropFirst(2) : rest.dropFirst()
    let end: Character = rest.hasPrefix("^C") ? "^" : (rest.hasPrefix("\\x03") ? "\\" : mark)
    let opened = rest.hasPrefix("\\x03") ? rest.dropFirst(4) : body
    if !opened.contains(end) { bannerEnd = end }
    return .understood
  }

  /// Length of a dotted subnet mask whose ones stand together, or nil.
  static func prefixLength(_ mask: Substring) -> Int? {
    guard let address = HostMask.parse(mask) else { return nil }
    let ones = address.nonzeroBitCount
    return ones == 32 - address.trailingZeroBitCount || address == 0 ? ones : nil
  }
}

/// A dotted quad as a number.
enum HostMask {
  static func parse(_ text: Substring) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      guard let part else { return nil }
      value = value << 8 | UInt32(part)
    }
    return value
  }
}
