/// Which asset of one visit is which of the other: each with the one it has most in common with, one to one.
///
/// What two assets have in common is weighed in this order: serial number; order number with station name; MAC addresses,
/// the more the better; host name; addresses, the more the better. A serial number, station or host name that two assets
/// of one visit share says nothing. Pairs are made from the greatest overlap down; equal ones in the order of ids. So
/// neither the id of an asset nor one address more or less decides.
struct AssetMatching {
  /// Asset of the visit before, for each of the visit after, and the other way round.
  private(set) var before: [String: String] = [:]
  private(set) var after: [String: String] = [:]
  /// Assets of the visit after that stand where another device stood: another serial number, or no MAC address in common.
  private(set) var replaced: Set<String> = []

  /// How much two assets have in common, the strongest mark first.
  private struct Overlap {
    var marks = Array(repeating: 0, count: Mark.allCases.count)
  }

  private enum Mark: Int, CaseIterable {
    case serial, orderAndStation, mac, hostname, address

    /// Whether the value names one asset only where it names one in each visit.
    var isChosenByPeople: Bool { self != .mac && self != .address }
  }

  private struct Pair: Hashable {
    var old: Int
    var new: Int
  }

  init(_ old: [Visit.Asset], _ new: [Visit.Asset]) {
    var overlaps: [Pair: Overlap] = [:]
    for mark in Mark.allCases {
      let (left, right) = (Self.index(old, mark), Self.index(new, mark))
      for (value, ones) in left {
        guard let others = right[value] else { continue }
        if mark.isChosenByPeople, ones.count > 1 || others.count > 1 { continue }
        for one in ones {
          for other in others { overlaps[Pair(old: one, new: other), default: Overlap()].marks[mark.rawValue] += 1 }
        }
      }
    }
    let sorted = overlaps.sorted { left, right in
      if left.value.marks != right.value.marks { return right.value.marks.lexicographicallyPrecedes(left.value.marks) }
      return (left.key.old, left.key.new) < (right.key.old, right.key.new)
    }
    for (pair, _) in sorted {
      let (one, other) = (old[pair.old], new[pair.new])
      guard after[one.id] == nil, before[other.id] == nil else { continue }
      after[one.id] = other.id
      before[other.id] = one.id
      if Self.differ(one, other) { replaced.insert(other.id) }
    }
  }

  /// A serial number known on both sides that is another, or MAC addresses known on both sides and none in common while
  /// no serial number says it is the same.
  private static func differ(_ one: Visit.Asset, _ other: Visit.Asset) -> Bool {
    if let serial = one.serial, let second = other.serial { return serial != second }
    return !one.macs.isEmpty && !other.macs.isEmpty && Set(one.macs).isDisjoint(with: other.macs)
  }

  /// Places of assets by their values of a mark.
  private static func index(_ assets: [Visit.Asset], _ mark: Mark) -> [String: [Int]] {
    var index: [String: [Int]] = [:]
    for (place, asset) in assets.enumerated() {
      for value in Set(values(asset, mark)) { index[value, default: []].append(place) }
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
