/// Which asset of one visit is which of the other. The strongest mark decides: serial number, then order number with
/// station name, then MAC address, then host name, then address; of one mark those that share the most values. A value
/// that two assets of one visit share decides nothing, and a name or an address does not make one of two devices.
struct AssetMatching {
  enum Mark: CaseIterable {
    case serial, orderAndStation, mac, hostname, address
  }

  /// Asset of the visit before, for each of the visit after, and the other way round.
  private(set) var before: [String: String] = [:]
  private(set) var after: [String: String] = [:]
  /// Pairs that share an address but are different devices.
  private(set) var replaced: [(before: Visit.Asset, after: Visit.Asset)] = []

  init(_ old: [Visit.Asset], _ new: [Visit.Asset]) {
    for mark in Mark.allCases {
      for (one, other) in Self.pairs(old, new, mark) where after[one.id] == nil && before[other.id] == nil {
        if mark == .hostname || mark == .address, Self.differ(one, other) {
          let isKnown = replaced.contains { $0.before.id == one.id || $0.after.id == other.id }
          if mark == .address, !isKnown { replaced.append((one, other)) }
          // One name at another address: the device moved, or its network card was changed.
          if mark == .address || !Set(one.addresses).isDisjoint(with: other.addresses) { continue }
        }
        after[one.id] = other.id
        before[other.id] = one.id
      }
    }
  }

  /// Pairs that share a value of the mark, those that share the most first.
  private static func pairs(
    _ old: [Visit.Asset], _ new: [Visit.Asset], _ mark: Mark
  ) -> [(one: Visit.Asset, other: Visit.Asset)] {
    struct Pair: Hashable {
      var one: String
      var other: String
    }
    let (left, right) = (index(old, mark), index(new, mark))
    var shared: [Pair: (count: Int, one: Visit.Asset, other: Visit.Asset)] = [:]
    for value in left.keys.sorted() {
      guard let one = left[value] ?? nil, let other = right[value] ?? nil else { continue }
      shared[Pair(one: one.id, other: other.id), default: (0, one, other)].count += 1
    }
    let sorted = shared.sorted {
      (-$0.value.count, $0.key.one, $0.key.other) < (-$1.value.count, $1.key.one, $1.key.other)
    }
    return sorted.map { ($0.value.one, $0.value.other) }
  }

  /// One address, and a serial number or MAC address known on both sides that is another: another device.
  private static func differ(_ one: Visit.Asset, _ other: Visit.Asset) -> Bool {
    if let serial = one.serial, let second = other.serial, serial != second { return true }
    return !one.macs.isEmpty && !other.macs.isEmpty && Set(one.macs).isDisjoint(with: other.macs)
  }

  /// Assets by their values of a mark; nil where several have the same.
  private static func index(_ assets: [Visit.Asset], _ mark: Mark) -> [String: Visit.Asset?] {
    var index: [String: Visit.Asset?] = [:]
    for asset in assets {
      for value in values(asset, mark) { index[value] = .some(index.keys.contains(value) ? nil : asset) }
    }
    return index
  }

  private static func values(_ asset: Visit.Asset, _ mark: Mark) -> [String] {
    switch mark {
    case .serial: asset.serial.map { [$0] } ?? []
    case .orderAndStation:
      asset.orderNumber.flatMap { order in asset.stationName.map { ["\(order)\t\($0)"] } } ?? []
    case .mac: asset.macs
    case .hostname: asset.hostname.map { [$0.lowercased()] } ?? []
    case .address: asset.addresses.isEmpty ? [asset.id] : asset.addresses
    }
  }
}
