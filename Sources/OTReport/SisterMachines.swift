import OTCase

/// Machines of one kind (cranes, blocks) side by side: the same role should be played by the same device.
enum SisterMachines {
  private static let roles = ["plc", "drive", "hmi", "io", "gateway", "switch"]

  static func blocks(_ reading: CaseReading) -> [Block] {
    var rows: [[[Inline]]] = []
    let kinds = Dictionary(grouping: reading.zones.filter { ["STS", "YRD", "AGV"].contains($0.kind) }, by: \.kind)
    for (kind, zones) in kinds.sorted(by: { $0.key < $1.key }) where zones.count > 1 {
      for role in roles {
        let devices = zones.map { zone in
          (zone.id, reading.assets.filter { $0.zoneID == zone.id && $0.role == role }.map(model).sorted())
        }
        let present = devices.filter { !$0.1.isEmpty }
        guard present.count > 1 else { continue }
        let isSame = Set(present.map(\.1)).count == 1
        rows.append([
          plain(kind), plain(AssetSection.readable(role)),
          isSame ? plain("yes") : [.tag(.medium, "no")],
          plain(present.map { "\($0.0): \($0.1.joined(separator: ", "))" }.joined(separator: "; ")),
        ])
      }
    }
    guard !rows.isEmpty else { return [] }
    return [
      .table(
        Table(
          "Sister machines side by side: is one role played by the same model and firmware?",
          ["Machines", "Role", "Same", "Zone: model and firmware"], limit: 30, more: "assets.csv", rows: rows))
    ]
  }

  private static func model(_ asset: AssetRow) -> String {
    let name = asset.orderNumber ?? asset.product ?? asset.vendor ?? "model not observed"
    return asset.firmware.map { "\(name) \($0)" } ?? "\(name), firmware not observed"
  }
}
