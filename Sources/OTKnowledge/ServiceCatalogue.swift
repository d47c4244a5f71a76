import OTCore

/// Services on the internet by the names they are seen under: remote access, tunnels, file sync, clouds.
///
/// The file is `Services.yaml`, which says what each key means and, for each entry, where the fact is from.
public struct ServiceCatalogue: Sendable {
  public enum Category: String, Sendable, CaseIterable {
    case remoteAccess = "remote access"
    case tunnel
    case fileSync = "file sync"
    case sharing, messaging
    case cameraCloud = "camera cloud"
    case vendorCloud = "vendor cloud"
    case telemetry, update, security, time
  }

  public struct Entry: Sendable, Equatable {
    public var name: String
    public var category: Category
    public var names: [String]
    public var certificates: [String]
    public var agents: [String]
    public var protocols: [String]
    public var source: String
  }

  static let path = "Services.yaml"
  static let keys = ["name", "category", "names", "certificates", "agents", "protocols", "source"]

  /// In the order of the file.
  public let entries: [Entry]
  /// Entry by domain without wildcards, by protocol.
  private let domains: [String: Int]
  private let protocols: [String: Int]
  /// Domains with wildcards, as labels from the last to the first.
  private let wildcards: [(labels: [Substring], entry: Int)]
  private let certificates: [(text: String, entry: Int)]
  private let agents: [(text: String, entry: Int)]

  /// The catalogue inside the binary; empty where it cannot be read, which a test holds not to happen.
  public static let embedded: ServiceCatalogue = {
    let file = RuleLibrary.embeddedPack().files.first { $0.path == path }
    return file.flatMap { try? ServiceCatalogue(yaml: $0.text, file: $0.path) } ?? ServiceCatalogue([])
  }()

  public init(yaml text: String, file: String) throws(YAMLError) {
    guard let document = try YAMLValue.document(text, file: file) else {
      throw YAMLError(file: file, line: 1, path: "", message: "empty file")
    }
    var entries: [Entry] = []
    var seen: [String: String] = [:]
    for value in try document.mapping(["services"]).required("services").list() {
      let entry = try value.mapping(Self.keys)
      let service = Entry(
        name: try entry.required("name").string(),
        category: Category(rawValue: try entry.required("category").choice(Category.allCases.map(\.rawValue)))
          ?? .telemetry,
        names: try entry["names"]?.strings() ?? [], certificates: try entry["certificates"]?.strings() ?? [],
        agents: try entry["agents"]?.strings() ?? [], protocols: try entry["protocols"]?.strings() ?? [],
        source: try entry.required("source").string())
      guard !(service.names + service.certificates + service.agents + service.protocols).isEmpty else {
        throw value.error("a service is seen by at least one name, certificate, agent or protocol")
      }
      for name in service.names + service.protocols {
        if let other = seen.updateValue(service.name, forKey: name) {
          throw value.error("\(name) stands at \(other) already")
        }
      }
      entries.append(service)
    }
    self.init(entries)
  }

  init(_ entries: [Entry]) {
    self.entries = entries
    var domains: [String: Int] = [:]
    var protocols: [String: Int] = [:]
    var wildcards: [(labels: [Substring], entry: Int)] = []
    var certificates: [(text: String, entry: Int)] = []
    var agents: [(text: String, entry: Int)] = []
    for (index, entry) in entries.enumerated() {
      for name in entry.names.map({ $0.lowercased() }) {
        if name.contains("*") {
          wildcards.append((name.split(separator: ".").reversed(), index))
        } else {
          domains[name] = index
        }
      }
      for name in entry.protocols { protocols[name] = index }
      certificates += entry.certificates.map { ($0.lowercased(), index) }
      agents += entry.agents.map { ($0.lowercased(), index) }
    }
    self.domains = domains
    self.protocols = protocols
    self.wildcards = wildcards
    self.certificates = certificates
    self.agents = agents
  }

  // MARK: look-up

  /// The service a host name belongs to; the longest domain wins. A port, a trailing dot and a leading `*.` do not count.
  public func entry(host name: String) -> Entry? {
    var host = name.lowercased()
    if let colon = host.lastIndex(of: ":"), host[host.index(after: colon)...].allSatisfy(\.isNumber) {
      host = String(host[..<colon])
    }
    if host.hasSuffix(".") { host.removeLast() }
    if host.hasPrefix("*.") { host.removeFirst(2) }
    var rest = host[...]
    while !rest.isEmpty {
      if let index = domains[String(rest)] { return entries[index] }
      guard let dot = rest.firstIndex(of: ".") else { break }
      rest = rest[rest.index(after: dot)...]
    }
    let labels = Array(host.split(separator: ".").reversed())
    return wildcards.first { pattern in
      pattern.labels.count <= labels.count
        && zip(pattern.labels, labels).allSatisfy { part, label in part == "*" || part == label }
    }.map { entries[$0.entry] }
  }

  /// The service that a certificate with this subject or issuer (`CN=…, O=…`) belongs to.
  public func entry(certificate name: String) -> Entry? {
    let text = name.lowercased()
    if let known = certificates.first(where: { text.holds($0.text) }) { return entries[known.entry] }
    for part in text.split(separator: ",") {
      let field = part.drop { $0 == " " }
      if field.hasPrefix("cn="), let known = entry(host: String(field.dropFirst(3))) { return known }
    }
    return nil
  }

  /// The service of a program that calls itself so.
  public func entry(agent name: String) -> Entry? {
    let text = name.lowercased()
    return agents.first { text.holds($0.text) }.map { entries[$0.entry] }
  }

  public func entry(protocol id: String) -> Entry? { protocols[id].map { entries[$0] } }
}
