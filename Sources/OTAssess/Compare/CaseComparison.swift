/// Compares the cases of two visits. Only what lasts is compared: no counts, no timing, no ports of clients. What a new
/// or a gone device brought with it is told in its own line and nowhere else.
public struct CaseComparison {
  let old: Visit
  let new: Visit
  let matching: AssetMatching
  private var names: [String: String] = [:]

  public init(before: Visit, after: Visit) {
    old = before
    new = after
    matching = AssetMatching(old.assets, new.assets)
    for asset in old.assets { names[asset.id] = asset.name }
    // What both visits know is called as it is called now.
    for (id, now) in matching.after { names[id] = new.assets.first { $0.id == now }?.name }
    for asset in new.assets { names[asset.id] = asset.name }
  }

  public func diff() -> CaseDiff {
    var diff = CaseDiff()
    diff.assets = assets()
    diff.identities = identities(told: diff.assets)
    diff.services = services()
    diff.conversations = conversations()
    diff.clouds = clouds()
    diff.operations = operations()
    // A conversation whose changes or commands are listed is told there.
    let told = Set(diff.operations.map { "\($0.verdict) \($0.subject.split(separator: " ").prefix(3))" })
    diff.conversations.removeAll { told.contains("\($0.verdict) \($0.subject.split(separator: " "))") }
    diff.unknownShapes = unknownShapes()
    (diff.findings, diff.stillOpen) = findings()
    return diff
  }

  // MARK: assets

  private func assets() -> [CaseDiff.Entry] {
    var entries: [CaseDiff.Entry] = []
    let earlier = Dictionary(old.assets.map { ($0.id, $0) }) { first, _ in first }
    for asset in new.assets {
      guard let one = matching.before[asset.id].flatMap({ earlier[$0] }) else {
        let detail = asset.label + belongings(of: asset.id, in: new)
        entries.append(CaseDiff.Entry(.new, asset.id, detail, evidence: asset.evidence))
        continue
      }
      let changes = changes(one, asset)
      if matching.replaced.contains(asset.id) {
        let earlier = one.label == asset.label ? "of that name" : one.label
        let detail = "\(asset.label): another device stands where the one before (\(earlier)) stood"
        entries.append(CaseDiff.Entry(.replaced, asset.id, detail, changes: changes, evidence: asset.evidence))
      } else if !changes.isEmpty {
        entries.append(CaseDiff.Entry(.changed, asset.id, asset.label, changes: changes, evidence: asset.evidence))
      }
    }
    for asset in old.assets where matching.after[asset.id] == nil { entries.append(gone(asset)) }
    return Self.sorted(entries)
  }

  /// "Gone" needs a visit that listened where the asset was and an asset that spoke for itself.
  private func gone(_ asset: Visit.Asset) -> CaseDiff.Entry {
    let isCaptured = asset.places.contains { new.networks.contains(Visit.network(of: $0)) }
    let reason =
      !asset.wasHeard
      ? "it never spoke itself, so nobody can tell"
      : isCaptured ? "its network was captured again" : "its network was not captured again"
    let verdict: CaseDiff.Verdict = asset.wasHeard && isCaptured ? .gone : .notObserved
    let detail = "\(asset.label); \(reason)\(belongings(of: asset.id, in: old))"
    return CaseDiff.Entry(verdict, asset.id, detail, evidence: asset.evidence)
  }

  /// Peers and values named in the line of a new or gone asset; the others are counted.
  private static let namedAtMost = 4

  /// What an asset says of itself, asks for and serves, in one line.
  private func belongings(of id: String, in visit: Visit) -> String {
    func joined(_ parts: [String]) -> String {
      let more = parts.count - Self.namedAtMost
      return parts.prefix(Self.namedAtMost).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
    /// `tls, udp/1194 with rms-relay.example`, by the other side.
    func peers(_ own: Int, _ word: String) -> String? {
      let mine = visit.conversations.filter { $0.assets[own] == id }
      let groups = Dictionary(grouping: mine) { $0.assets[1 - own] }.sorted { $0.key < $1.key }
      guard !groups.isEmpty else { return nil }
      let texts = groups.map { peer, items in
        "\(items.map { $0.key[0] }.joined(separator: " and ")) \(own == 0 ? "of" : "to") \(name(peer))"
      }
      return "\(word) \(joined(texts))"
    }
    let values = visit.identities.filter { $0.assets == [id] }.map { "\"\($0.key[1])\"" }
    let says = values.isEmpty ? nil : "is said to be \(joined(Set(values).sorted()))"
    return [says, peers(0, "uses"), peers(1, "serves")].compactMap { $0.map { "; \($0)" } }.joined()
  }

  /// Fields that differ. Where the new visit does not know a value, nothing is said to have changed; nor where a role
  /// that is told from traffic was or is not known, for the next capture may be longer.
  private func changes(_ one: Visit.Asset, _ other: Visit.Asset) -> [CaseDiff.Change] {
    var changes: [CaseDiff.Change] = []
    for (before, after) in zip(one.fields, other.fields) {
      guard before.value != after.value, let value = after.value else { continue }
      if after.name == "role", [before.value, value].contains(AssetRole.unknown.rawValue) { continue }
      // A name that is only the address follows the address, and one made from what was seen follows that.
      if after.name == "name", before.value == nil || before.value == one.id || value == other.id { continue }
      changes.append(CaseDiff.Change(field: after.name, before: before.value, after: value))
    }
    for (field, before, after) in [("addresses", one.addresses, other.addresses), ("macs", one.macs, other.macs)]
    where Self.haveMoved(before, after, isGear: other.isNetworkGear) {
      changes.append(
        CaseDiff.Change(field: field, before: before.joined(separator: ", "), after: after.joined(separator: ", ")))
    }
    return changes
  }

  /// Whether addresses are other ones, and not only more or fewer of them seen: how many of its addresses a switch or
  /// router shows depends on where was captured. Of other devices one address more is news.
  private static func haveMoved(_ before: [String], _ after: [String], isGear: Bool) -> Bool {
    let (one, other) = (Set(before), Set(after))
    let gained = !other.isSubset(of: one)
    return isGear ? gained && one.isDisjoint(with: other) && !one.isEmpty : gained
  }

  // MARK: what sections share

  func name(_ asset: String) -> String {
    guard let name = names[asset], name != asset else { return asset }
    return "\(name) (\(asset))"
  }

  /// What an asset of the visit before is called in the visit after, where it is there.
  func current(_ asset: String) -> String { matching.after[asset] ?? asset }

  static func sorted(_ entries: [CaseDiff.Entry]) -> [CaseDiff.Entry] {
    let order = CaseDiff.Verdict.allCases
    func rank(_ entry: CaseDiff.Entry) -> Int { order.firstIndex(of: entry.verdict) ?? order.count }
    return entries.sorted { (rank($0), $0.subject, $0.detail) < (rank($1), $1.subject, $1.detail) }
  }
}

extension Visit.Asset {
  var isNetworkGear: Bool {
    let role = fields.first { $0.name == "role" }?.value ?? nil
    return role == AssetRole.switch.rawValue || role == AssetRole.router.rawValue
  }
}
