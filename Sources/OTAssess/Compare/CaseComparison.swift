/// Compares the cases of two visits. Only what lasts is compared: no counts, no timing, no ports of clients.
public struct CaseComparison {
  private let old: Visit
  private let new: Visit
  private let matching: AssetMatching
  private var names: [String: String] = [:]

  public init(before: Visit, after: Visit) {
    old = before
    new = after
    matching = AssetMatching(old.assets, new.assets)
    for asset in old.assets { names[asset.id] = asset.name }
    // Last: what both visits know is called as it is called now.
    for asset in new.assets { names[asset.id] = asset.name }
  }

  public func diff() -> CaseDiff {
    var diff = CaseDiff()
    diff.assets = assets()
    diff.identities = items(old.identities, new.identities) { "\($0[0]): \($0[1]) \"\($0[2])\"" }
    diff.services = items(old.services, new.services) { "\($0[0]): \($0[1])" + ($0[2].isEmpty ? "" : " (\($0[2]))") }
    diff.conversations = items(old.conversations, new.conversations) { "\($0[0]) to \($0[1]): \($0[2])" }
    diff.operations = items(old.operations, new.operations) { parts in
      let object = parts[6].isEmpty ? "" : " on \(parts[6])"
      return "\(parts[0]) to \(parts[1]): \(parts[2]) \(parts[5]) (\(parts[3]))\(object)"
    }
    (diff.findings, diff.stillOpen) = findings()
    return diff
  }

  // MARK: assets

  private func assets() -> [CaseDiff.Entry] {
    var entries: [CaseDiff.Entry] = []
    let replacedOld = Set(matching.replaced.map(\.before.id)).filter { matching.after[$0] == nil }
    let replacedNew = Set(matching.replaced.map(\.after.id)).filter { matching.before[$0] == nil }
    for (one, other) in matching.replaced where replacedOld.contains(one.id) && replacedNew.contains(other.id) {
      let changes = changes(one, other)
      let detail =
        label(one) == label(other)
        ? "another device is \(label(other))" : "\(label(other)) answers where \(label(one)) did"
      entries.append(CaseDiff.Entry(.replaced, other.id, detail, changes: changes, evidence: other.evidence))
    }
    let earlier = Dictionary(old.assets.map { ($0.id, $0) }) { first, _ in first }
    for asset in new.assets {
      if let id = matching.before[asset.id], let one = earlier[id] {
        let changes = changes(one, asset)
        if !changes.isEmpty {
          entries.append(CaseDiff.Entry(.changed, asset.id, label(asset), changes: changes, evidence: asset.evidence))
        }
      } else if !replacedNew.contains(asset.id) || !pairIsReplaced(after: asset.id, replacedOld) {
        entries.append(CaseDiff.Entry(.new, asset.id, label(asset), evidence: asset.evidence))
      }
    }
    for asset in old.assets where matching.after[asset.id] == nil {
      if replacedOld.contains(asset.id), pairIsReplaced(before: asset.id, replacedNew) { continue }
      entries.append(gone(asset))
    }
    return sorted(entries)
  }

  private func pairIsReplaced(after id: String, _ old: Set<String>) -> Bool {
    matching.replaced.contains { $0.after.id == id && old.contains($0.before.id) }
  }

  private func pairIsReplaced(before id: String, _ new: Set<String>) -> Bool {
    matching.replaced.contains { $0.before.id == id && new.contains($0.after.id) }
  }

  /// "Gone" needs a visit that listened where the asset was and an asset that spoke for itself.
  private func gone(_ asset: Visit.Asset) -> CaseDiff.Entry {
    let couldBeSeen = asset.wasHeard && asset.addresses.contains { new.networks.contains(Visit.network(of: $0)) }
    let reason = couldBeSeen ? "its network was captured again" : "its network was not captured again"
    let verdict: CaseDiff.Verdict = couldBeSeen ? .gone : .notObserved
    return CaseDiff.Entry(verdict, asset.id, "\(label(asset)); \(reason)", evidence: asset.evidence)
  }

  /// Fields that differ. Where the new visit does not know a value, nothing is said to have changed; nor where a role
  /// that is told from traffic was or is not known, for the next capture may be longer.
  private func changes(_ one: Visit.Asset, _ other: Visit.Asset) -> [CaseDiff.Change] {
    var changes: [CaseDiff.Change] = []
    for (before, after) in zip(one.fields, other.fields) {
      guard before.value != after.value, let value = after.value else { continue }
      if after.name == "role", [before.value, value].contains(AssetRole.unknown.rawValue) { continue }
      // A name that is only the address follows the address.
      if after.name == "name", before.value == one.id, value == other.id { continue }
      changes.append(CaseDiff.Change(field: after.name, before: before.value, after: value))
    }
    // MAC addresses have a line of their own.
    func network(_ asset: Visit.Asset) -> [String] { asset.addresses.filter { !asset.macs.contains($0) } }
    for (field, before, after) in [("addresses", network(one), network(other)), ("macs", one.macs, other.macs)]
    where before != after && !after.isEmpty {
      changes.append(
        CaseDiff.Change(field: field, before: before.joined(separator: ", "), after: after.joined(separator: ", ")))
    }
    return changes
  }

  private func label(_ asset: Visit.Asset) -> String {
    asset.name == asset.id ? asset.id : "\(asset.name) (\(asset.id))"
  }

  // MARK: what belongs to assets

  private func items(
    _ before: [Visit.Item], _ after: [Visit.Item], _ text: ([String]) -> String
  ) -> [CaseDiff.Entry] {
    /// An old item under the names its assets have now.
    func current(_ item: Visit.Item) -> [String] { item.assets.map { matching.after[$0] ?? $0 } + item.key }
    let known = Set(before.map(current))
    let seen = Set(after.map { $0.assets + $0.key })
    let heard = Set(new.assets.filter(\.wasHeard).map(\.id))
    var entries: [CaseDiff.Entry] = []
    func spoken(_ parts: [String], assets count: Int) -> String {
      text(parts.enumerated().map { $0.offset < count ? name($0.element) : $0.element })
    }
    for item in after where !known.contains(item.assets + item.key) {
      let parts = item.assets + item.key
      entries.append(
        CaseDiff.Entry(
          .new, parts.joined(separator: " "), spoken(parts, assets: item.assets.count), evidence: item.evidence))
    }
    for item in before {
      let parts = current(item)
      guard !seen.contains(parts) else { continue }
      // Only where all of its assets were heard again could it have been seen.
      let couldBeSeen = item.assets.allSatisfy { matching.after[$0].map(heard.contains) ?? false }
      entries.append(
        CaseDiff.Entry(
          couldBeSeen ? .gone : .notObserved, parts.joined(separator: " "),
          spoken(parts, assets: item.assets.count), evidence: item.evidence))
    }
    return sorted(entries)
  }

  private func name(_ asset: String) -> String {
    guard let name = names[asset], name != asset else { return asset }
    return "\(name) (\(asset))"
  }

  // MARK: findings

  private func findings() -> ([CaseDiff.Entry], stillOpen: Int) {
    func cause(_ finding: Visit.Finding, isOld: Bool) -> [String] {
      let assets = [finding.subject, finding.peer].map { id in
        id.map { isOld ? matching.after[$0] ?? $0 : $0 } ?? ""
      }
      return [finding.rule] + assets + [finding.key]
    }
    func text(_ finding: Visit.Finding, _ parts: [String]) -> String {
      let assets = parts[1...2].filter { !$0.isEmpty }.map(name).joined(separator: " by ")
      return "\(finding.severity): \(finding.title)" + (assets.isEmpty ? "" : ": \(assets)")
        + (finding.key.isEmpty ? "" : " (\(finding.key))")
    }
    let before = Dictionary(old.findings.map { (cause($0, isOld: true), $0) }) { first, _ in first }
    let after = Dictionary(new.findings.map { (cause($0, isOld: false), $0) }) { first, _ in first }
    var entries: [CaseDiff.Entry] = []
    var stillOpen = 0
    for (parts, finding) in after {
      guard let earlier = before[parts] else {
        entries.append(CaseDiff.Entry(.opened, finding.id, text(finding, parts), evidence: finding.evidence))
        continue
      }
      if !finding.isApproved { stillOpen += 1 }
      var changes: [CaseDiff.Change] = []
      if earlier.severity != finding.severity {
        changes.append(CaseDiff.Change(field: "severity", before: earlier.severity, after: finding.severity))
      }
      if earlier.isApproved != finding.isApproved {
        let words = (earlier.isApproved ? "approved" : "open", finding.isApproved ? "approved" : "open")
        changes.append(CaseDiff.Change(field: "state", before: words.0, after: words.1))
      }
      guard !changes.isEmpty else { continue }
      entries.append(
        CaseDiff.Entry(.changed, finding.id, text(finding, parts), changes: changes, evidence: finding.evidence))
    }
    for (parts, finding) in before where after[parts] == nil {
      let verdict: CaseDiff.Verdict = new.notAssessable.contains(finding.rule) ? .notAssessable : .notObservedAgain
      entries.append(CaseDiff.Entry(verdict, finding.id, text(finding, parts), evidence: finding.evidence))
    }
    return (sorted(entries), stillOpen)
  }

  private func sorted(_ entries: [CaseDiff.Entry]) -> [CaseDiff.Entry] {
    let order = CaseDiff.Verdict.allCases
    func rank(_ entry: CaseDiff.Entry) -> Int { order.firstIndex(of: entry.verdict) ?? order.count }
    return entries.sorted { (rank($0), $0.subject, $0.detail) < (rank($1), $1.subject, $1.detail) }
  }
}
