/// What belongs to assets that both visits know: values, services, conversations, operations.
extension CaseComparison {
  /// Something of one visit that the other does not have, told under the names of now.
  private struct Difference {
    var verdict: CaseDiff.Verdict
    var assets: [String]
    var key: [String]
    var evidence: String
  }

  private func differences(_ before: [Visit.Item], _ after: [Visit.Item]) -> [Difference] {
    func parts(_ assets: [String], _ key: [String]) -> [String] { assets + key.map { $0.lowercased() } }
    let known = Set(before.map { parts($0.assets.map(current), $0.key) })
    let seen = Set(after.map { parts($0.assets, $0.key) })
    let heard = heardAgain
    let added = after.filter { item in
      item.assets.allSatisfy { matching.before[$0] != nil } && !known.contains(parts(item.assets, item.key))
    }.map { Difference(verdict: .new, assets: $0.assets, key: $0.key, evidence: $0.evidence) }
    let missing = before.filter { item in
      item.assets.allSatisfy { matching.after[$0] != nil } && !seen.contains(parts(item.assets.map(current), item.key))
    }.map { item in
      // Only where all of its assets were heard again could it have been seen.
      let assets = item.assets.map(current)
      let verdict: CaseDiff.Verdict = heard.isSuperset(of: assets) ? .gone : .notObserved
      return Difference(verdict: verdict, assets: assets, key: item.key, evidence: item.evidence)
    }
    return added + missing
  }

  /// Assets that sent packets in the visit after.
  var heardAgain: Set<String> { Set(new.assets.filter(\.wasHeard).map(\.id)) }

  private func entry(_ difference: Difference, _ detail: String) -> CaseDiff.Entry {
    let subject = (difference.assets + difference.key).joined(separator: " ")
    return CaseDiff.Entry(difference.verdict, subject, detail, evidence: difference.evidence)
  }

  // MARK: identities

  /// Which field of an asset an attribute tells.
  private static let fields = [
    "vendor": "vendor", "product_name": "product", "description": "product", "order_number": "order_number",
    "product_code": "order_number", "serial_number": "serial_number", "hardware_version": "hardware",
    "firmware_version": "firmware", "software_version": "firmware", "operating_system": "operating_system",
    "hostname": "hostname", "station_name": "hostname", "name": "name",
  ]

  /// Values that no changed field of an asset tells already. Of a replaced device every value is another's.
  func identities(told assets: [CaseDiff.Entry]) -> [CaseDiff.Entry] {
    let changed = Dictionary(assets.map { ($0.subject, Set($0.changes.map(\.field))) }) { $0.union($1) }
    let entries = differences(old.identities, new.identities).filter { difference in
      let asset = difference.assets[0]
      if matching.replaced.contains(asset) { return false }
      return Self.fields[difference.key[0]].map { changed[asset]?.contains($0) == true } != true
    }.map { entry($0, "\(name($0.assets[0])): \($0.key[0].replacing("_", with: " ")) \"\($0.key[1])\"") }
    return Self.sorted(entries)
  }

  // MARK: services and conversations

  /// Services with who uses them; a conversation that is all there is to a service is told there.
  func services() -> [CaseDiff.Entry] {
    let entries = differences(old.services, new.services).map { difference in
      let visit = difference.verdict == .new ? new : old
      let clients = visit.conversations.filter { item in
        let server = difference.verdict == .new ? item.assets[1] : current(item.assets[1])
        return server == difference.assets[0] && item.key[0] == Self.talk(difference)
      }.map { name(difference.verdict == .new ? $0.assets[0] : current($0.assets[0])) }
      let used = clients.isEmpty ? "" : ", used by \(Set(clients).sorted().joined(separator: ", "))"
      let words = difference.key[1].isEmpty ? difference.key[0] : "\(difference.key[1]) (\(difference.key[0]))"
      return entry(difference, "\(name(difference.assets[0])): \(words)\(used)")
    }
    return Self.sorted(entries)
  }

  func conversations() -> [CaseDiff.Entry] {
    let told = Set(
      differences(old.services, new.services).map { [$0.verdict == .new ? "+" : "-", $0.assets[0], Self.talk($0)] })
    let entries = differences(old.conversations, new.conversations).filter { difference in
      !told.contains([difference.verdict == .new ? "+" : "-", difference.assets[1], difference.key[0]])
    }.map { difference in
      let kinds = kinds(difference)
      let asked = kinds.isEmpty ? "" : " (\(kinds.joined(separator: ", ")))"
      return entry(
        difference, "\(name(difference.assets[0])) to \(name(difference.assets[1])): \(difference.key[0])\(asked)")
    }
    return Self.sorted(entries)
  }

  /// Services on the internet.
  func clouds() -> [CaseDiff.Entry] {
    let entries = differences(old.serviceUses, new.serviceUses).map { difference in
      entry(difference, "\(name(difference.assets[0])): \(difference.key[0]) (\(difference.key[1]))")
    }
    return Self.sorted(entries)
  }

  private static func talk(_ service: Difference) -> String { service.key[1].isEmpty ? service.key[0] : service.key[1] }

  /// Kinds of operations of a conversation.
  private func kinds(_ difference: Difference) -> [String] {
    let operations =
      difference.verdict == .new
      ? new.operations.filter { [$0.client, $0.server] == difference.assets }
      : old.operations.filter { [current($0.client), current($0.server)] == difference.assets }
    return Set(operations.filter { $0.protocol == difference.key[0] }.map(\.kind)).sorted()
  }

  // MARK: operations

  /// Kinds that are told by name and object; the others are counted for each conversation.
  private static let singled: Set<String> = [
    "write", "control", "program", "firmware", "configure", "authenticate", "time",
  ]
  /// Names or objects told in one line.
  private static let namedAtMost = 6

  func operations() -> [CaseDiff.Entry] {
    func parts(_ operation: Visit.Operation, _ isOld: Bool) -> [String] {
      let sides = [operation.client, operation.server].map { isOld ? current($0) : $0 }
      return sides + [operation.protocol, operation.kind, operation.name, operation.object]
    }
    let before = Dictionary(old.operations.map { (parts($0, true), $0) }) { first, _ in first }
    let after = Dictionary(new.operations.map { (parts($0, false), $0) }) { first, _ in first }
    /// Conversations of both visits; in others the kinds stand in the line of the conversation or of the asset.
    let lasting = Set(before.keys.map { Array($0.prefix(3)) }).intersection(after.keys.map { Array($0.prefix(3)) })
    let heard = heardAgain
    /// An operation whose object was not read is not another one than that whose object was.
    func names(_ keys: some Sequence<[String]>) -> Set<[String]> { Set(keys.map { Array($0.prefix(5)) }) }
    let (namedBefore, namedAfter) = (names(before.keys), names(after.keys))
    func isVague(_ parts: [String], _ others: Set<[String]>) -> Bool {
      parts[5].isEmpty && others.contains(Array(parts.prefix(5)))
    }

    struct Group: Hashable {
      var verdict: CaseDiff.Verdict
      /// Client, server, protocol, and the kind or nothing.
      var key: [String]
    }
    var groups: [Group: [(parts: [String], operation: Visit.Operation)]] = [:]
    func add(_ verdict: CaseDiff.Verdict, _ parts: [String], _ operation: Visit.Operation) {
      let isSingled = Self.singled.contains(parts[3])
      // What a conversation that came or went only read, its own line says.
      guard isSingled || lasting.contains(Array(parts.prefix(3))) else { return }
      groups[Group(verdict: verdict, key: Array(parts.prefix(3)) + [isSingled ? parts[3] : ""]), default: []]
        .append((parts, operation))
    }
    for (parts, operation) in after
    where before[parts] == nil && matching.before[parts[0]] != nil && matching.before[parts[1]] != nil
      && !isVague(parts, namedBefore)
    {
      add(.new, parts, operation)
    }
    for (parts, operation) in before
    where after[parts] == nil && matching.after[operation.client] != nil && matching.after[operation.server] != nil
      && !isVague(parts, namedAfter)
    {
      add(heard.isSuperset(of: parts[0...1]) ? .gone : .notObserved, parts, operation)
    }
    return Self.sorted(
      groups.map { group, members in
        let first = members.min { ($0.operation.first, $0.operation.name) < ($1.operation.first, $1.operation.name) }
        let words = Set(members.map { $0.parts[5].isEmpty ? $0.parts[4] : "\($0.parts[4]) \($0.parts[5])" }).sorted()
        let more = words.count - Self.namedAtMost
        let told = words.prefix(Self.namedAtMost).joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
        let kind = group.key[3].isEmpty ? "reads: " : "\(group.key[3]): "
        return CaseDiff.Entry(
          group.verdict, group.key.joined(separator: " "),
          "\(name(group.key[0])) to \(name(group.key[1])): \(group.key[2]) \(kind)\(told)",
          evidence: first?.operation.evidence ?? "")
      })
  }
}
