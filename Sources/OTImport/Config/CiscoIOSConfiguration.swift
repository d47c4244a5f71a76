import OTCore
import OTFacts

/// A running configuration of Cisco IOS, IOS XE or IE switches (and Stratix, which runs the same).
///
/// Cisco IOS Configuration Fundamentals Command Reference; IP Addressing, Security and LAN Switching command references
/// 15.2. Read: host name, version, VLANs, interfaces, static routes, access lists and where they are applied, accounts
/// and how their secrets are stored, management services, SNMP, NTP, logging, terminal lines, banners. Secrets are
/// judged here and go no further.
public struct CiscoIOSConfiguration: Importer {
  public static let info = ImporterInfo(
    id: "cisco-ios", name: "Cisco IOS running configuration",
    reads: "interfaces, VLANs, routes, access lists, accounts, services, SNMP, NTP, logging, lines, banners")

  /// Three of the words that head blocks and global commands of every IOS configuration.
  public static func recognises(_ text: ConfigurationText) -> Bool {
    let marks = [
      "version ", "hostname ", "interface ", "line vty", "line con", "service timestamps", "ip route ", "enable ",
    ]
    var met = Set<String>()
    for line in text.lines.prefix(5000) {
      for mark in marks where line.hasPrefix(mark) { met.insert(mark) }
      // Formats that share the words but not the grammar.
      if line.hasPrefix("ASA Version") || line.hasPrefix("#config-version") { return false }
    }
    return met.count >= 3
  }

  public static func read(_ text: ConfigurationText, file: UInt32) -> DeviceFact {
    var reader = Self(file: file)
    for (index, line) in text.lines.enumerated() { reader.take(line, index + 1) }
    return reader.finish(text.lines.count)
  }

  /// What a line was.
  enum Verdict { case understood, ignored, unrecognised, malformed }

  var device: DeviceFact
  /// The head of the block the line stands in, with its words.
  var block: [Substring] = []
  /// Character that ends the banner being read.
  var bannerEnd: Character?
  /// Interfaces each access list is applied to, with direction.
  var applied: [String: (interface: String, direction: String)] = [:]
  /// Services met so far; defaults are added for those that were not.
  var services: [String: DeviceFact.Service] = [:]
  var version: String?

  init(file: UInt32) {
    device = DeviceFact(file: file, hostname: "", vendor: "Cisco", platform: "ios")
  }

  mutating func take(_ line: String, _ number: Int) {
    if let end = bannerEnd {
      device.linesUnderstood += 1
      if line.contains(end) { bannerEnd = nil }
      return
    }
    let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
    guard let first = words.first, !first.hasPrefix("!") else {
      device.linesIgnored += 1
      return
    }
    let isIndented = line.first == " " || line.first == "\t"
    let verdict: Verdict
    if isIndented, !block.isEmpty {
      verdict = inBlock(words, number)
    } else {
      block = []
      verdict = global(words, number)
    }
    switch verdict {
    case .understood: device.linesUnderstood += 1
    case .ignored: device.linesIgnored += 1
    case .unrecognised:
      device.unrecognised.append(.init(number: number, text: withheld(words), status: .unrecognised))
    case .malformed:
      device.unrecognised.append(.init(number: number, text: withheld(words), status: .malformed))
    }
  }

  private func finish(_ lines: Int) -> DeviceFact {
    var result = device
    result.linesTotal = lines
    result.version = version
    for index in result.filterRules.indices {
      guard let place = applied[result.filterRules[index].list] else { continue }
      result.filterRules[index].interface = place.interface
      result.filterRules[index].direction = place.direction
    }
    result.services = services.values.sorted { ($0.line, $0.name) < ($1.line, $1.name) }
    return result
  }

  // MARK: writing down

  mutating func service(_ name: String, _ isEnabled: Bool, _ detail: String? = nil, _ line: Int) {
    // What is on stays on: `line vty 0 4` may offer Telnet and `line vty 5 15` not.
    if let known = services[name], known.isEnabled, !isEnabled { return }
    services[name] = .init(name: name, isEnabled: isEnabled, detail: detail, line: line)
  }

  mutating func setting(_ name: String, _ value: String, _ line: Int) {
    let scope = block.isEmpty ? "global" : block.joined(separator: " ")
    device.settings.append(.init(scope: scope, name: name, value: value, line: line))
  }

  /// The line with everything that could be a secret left out: what follows a word that announces one.
  private func withheld(_ words: [Substring]) -> String {
    let announcing: Set<Substring> = [
      "password", "secret", "key", "key-string", "community", "auth", "priv", "md5", "sha", "pre-shared-key", "7", "5",
      "0", "6", "8", "9", "authentication-key", "key-chain", "passphrase", "psk", "wpa-psk", "ascii", "hex",
    ]
    var shown: [Substring] = []
    for word in words {
      shown.append(word)
      if announcing.contains(word.lowercased()[...]) {
        if shown.count < words.count { shown.append("…") }
        break
      }
    }
    return shown.joined(separator: " ")
  }
}
