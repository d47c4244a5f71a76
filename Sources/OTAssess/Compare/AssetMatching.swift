/// Which asset of one visit is which of the other. The strongest mark decides: serial number, then order number with
/// station name, then MAC address, then host name, then address. A mark that two assets of one visit share decides
/// nothing.
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
      let (left, right) = (Self.index(old, mark), Self.index(new, mark))
      for value in left.keys.sorted() {
        guard let one = left[value] ?? nil, let other = right[value] ?? nil, after[one.id] == nil,
          before[other.id] == nil
        else { continue }
        guard mark != .address || !Self.differ(one, other) else {
          if !replaced.contains(where: { $0.before.id == one.id || $0.after.id == other.id }) {
            replaced.append((one, other))
          }
          continue
        }
        after[one.id] = other.id
        before[other.id] = one.id
      }
    }
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
