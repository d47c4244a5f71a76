import OTAssess
import OTCase

/// What is there: devices by zone, how well they are known, and firmware that differs where it should be the same.
enum AssetSection: ReportSection {
  static let title = "Assets"
  static let id = "assets"
  private static let tablesAtMost = 40
  private static let rowsAtMost = 60

  static func blocks(_ reading: CaseReading) throws -> [Block] {
    guard !reading.assets.isEmpty else { return [.paragraph(plain("No device was observed or configured."))] }
    var blocks = introduction(reading)
    let order = reading.zones.map { Optional($0.id) } + [nil]
    let groups = Dictionary(grouping: reading.assets.filter { $0.kind == "internal" }, by: \.zoneID)
    for zone in order.prefix(tablesAtMost) {
      guard let assets = groups[zone] else { continue }
      blocks.append(table(assets, caption: caption(zone, assets.count, reading)))
    }
    let left = order.dropFirst(tablesAtMost).reduce(0) { $0 + (groups[$1]?.count ?? 0) }
    if left > 0 {
      blocks.append(.paragraph(plain("\(Words.count(left, "device")) of further zones: assets.csv.")))
    }
    return blocks + spread(reading) + SisterMachines.blocks(reading) + (try conflicts(reading))
  }

  private static func introduction(_ reading: CaseReading) -> [Block] {
    let seen = reading.assets.filter { $0.kind == "internal" && $0.presence == "sent" }
    func known(_ words: String, _ test: (AssetRow) -> Bool) -> [[Inline]] {
      [plain(words), plain(Words.share(seen.filter(test).count, of: seen.count))]
    }
    let outside = reading.assets.filter { $0.kind == "external" }.count
    let unheard = reading.assets.count - seen.count - outside
    return [
      .paragraph([
        .text(
          "\(Words.count(seen.count, "device")) of the site sent packets; \(Words.grouped(unheard)) "
            + "\(unheard == 1 ? "was" : "were") only addressed or configured. "
            + "\(Words.count(outside, "address", "addresses")) outside took part. Every "
            + "value comes from what devices said themselves or from the site file. assets.csv holds all of them; "),
        .code(Commands.why), " says why two addresses were taken for one device.",
      ]),
      .table(
        Table(
          "How well the devices that sent are known", ["Known", "Devices"],
          rows: [
            known("Vendor") { $0.vendor != nil },
            known("Model or order number") { $0.product != nil || $0.orderNumber != nil },
            known("Firmware or software") { $0.firmware != nil }, known("Serial number") { $0.serialNumber != nil },
            known("Vendor, model and version") { $0.isIdentified },
            known("Role") { $0.role != nil && $0.role != "unknown" }, known("Zone") { $0.zoneID != nil },
          ])),
    ]
  }

  private static func caption(_ zone: String?, _ count: Int, _ reading: CaseReading) -> String {
    let name = zone == nil ? "No zone given" : reading.zoneName(zone)
    return "\(name): \(Words.count(count, "device"))"
  }

  private static func table(_ assets: [AssetRow], caption: String) -> Block {
    .table(
      Table(
        caption,
        [
          "Name", "Addresses", "Role, and why", "Vendor and product", "Order no.", "Firmware or software",
          "Serial no.",
          .number("Level"), .number("Criticality"),
        ], limit: rowsAtMost, more: "assets.csv", rows: assets.lazy.map(row)))
  }

  private static func row(_ asset: AssetRow) -> [[Inline]] {
    let all = [asset.addresses, asset.macs].compactMap { $0 }.flatMap { $0.split(separator: ",") }.map(String.init)
    let addresses = all.enumerated().filter { !all.prefix($0.offset).contains($0.element) }.map(\.element)
    var places: [Inline] = []
    for (index, address) in addresses.prefix(4).enumerated() {
      if index > 0 { places.append(" ") }
      places.append(.code(address))
    }
    if addresses.count > 4 { places.append(.text(" and \(addresses.count - 4) more")) }
    var name: [Inline] = [.strong(asset.name)]
    if asset.presence != "sent" {
      name.append(.text(asset.presence == "addressed" ? " (never sent)" : " (configured only)"))
    }
    let role = asset.role == nil || asset.role == "unknown" ? "not known" : readable(asset.role)
    return [
      name, places, plain(role + (asset.roleReason.map { ": \($0)" } ?? "")),
      plain(asset.make.ifEmpty("not observed")),
      plain(asset.orderNumber ?? "–"), plain(asset.firmware ?? "–"), plain(asset.serialNumber ?? "–"),
      plain(asset.purdueLevel.map(Words.number) ?? "–"), plain(asset.criticality.map(String.init) ?? "–"),
    ]
  }

  static func readable(_ role: String?) -> String {
    guard let role else { return AssetRole.unknown.words }
    return AssetRole(rawValue: role)?.words ?? role.replacing("_", with: " ")
  }

  /// Devices of one order number and role whose firmware differs.
  private static func spread(_ reading: CaseReading) -> [Block] {
    struct Model: Hashable, Comparable {
      var vendor: String
      var model: String
      static func < (left: Self, right: Self) -> Bool { (left.vendor, left.model) < (right.vendor, right.model) }
    }
    var models: [Model: [AssetRow]] = [:]
    for asset in reading.assets where asset.firmware != nil {
      guard let model = asset.orderNumber ?? asset.product else { continue }
      models[Model(vendor: asset.vendor ?? "", model: model), default: []].append(asset)
    }
    let sisters = models.filter { $0.value.count > 1 }
    let uneven = sisters.filter { Set($0.value.compactMap(\.firmware)).count > 1 }
    var blocks: [Block] = [.heading(level: 3, text: "Firmware of sister devices", id: "firmware")]
    guard !sisters.isEmpty else {
      return blocks + [
        .paragraph(plain("No two devices of one model with known firmware were observed: not assessed."))
      ]
    }
    blocks.append(
      .paragraph(
        plain(
          "Of \(Words.count(sisters.count, "model")) observed more than once, \(uneven.count) run differing firmware."))
    )
    guard !uneven.isEmpty else { return blocks }
    let rows: [[[Inline]]] = uneven.sorted { $0.key < $1.key }.map { model, assets in
      let versions = Dictionary(grouping: assets) { $0.firmware ?? "" }.sorted { $0.key < $1.key }
      let text = versions.map { "\($0.key): \(Words.few($0.value.map(\.name), limit: 6))" }.joined(separator: "; ")
      return [plain("\(model.vendor) \(model.model)"), number(assets.count), plain(text)]
    }
    return blocks + [
      .table(
        Table(
          "One model, several firmware versions", ["Model", .number("Devices"), "Firmware: devices"], limit: 30,
          more: "assets.csv", rows: rows))
    ]
  }

  private static func conflicts(_ reading: CaseReading) throws -> [Block] {
    let conflicts = try reading.store.all(AssetConflictRow.self)
    guard !conflicts.isEmpty else { return [] }
    return [
      .table(
        Table(
          "Contradictions nobody resolved", ["What", "Which", "One side", "Other side", "Seen", "Evidence"], limit: 30,
          more: "table asset_conflict of the case",
          rows: conflicts.lazy.map { conflict in
            [
              plain(conflict.kind), code(conflict.subject), code(conflict.one), code(conflict.other),
              plain(conflict.reason), code(conflict.evidence ?? ""),
            ]
          }))
    ]
  }
}

extension AssetRow {
  /// Vendor and product in one, the vendor's name not twice.
  var make: String {
    let vendor = self.vendor ?? ""
    guard let product, !product.isEmpty else { return vendor }
    let isSaid = product.lowercased().hasPrefix(vendor.lowercased().prefix { $0 != " " && $0 != "," })
    return vendor.isEmpty || isSaid ? product : "\(vendor) \(product)"
  }
}

extension String {
  func ifEmpty(_ other: String) -> String { isEmpty ? other : self }
}
