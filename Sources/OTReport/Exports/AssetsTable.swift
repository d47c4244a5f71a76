import OTCase

/// `assets.csv`: every asset, one row; empty cells are not known.
enum AssetsTable {
  static let columns = [
    "id", "name", "zone", "role", "role_reason", "device_type", "purdue_level", "criticality", "is_ot", "kind",
    "presence", "addresses", "macs", "vendor", "product", "order_number", "serial_number", "hardware", "firmware",
    "operating_system", "hostname", "packets_sent", "first_seen", "last_seen", "evidence",
  ]

  static func csv(_ reading: CaseReading) -> String {
    CSVWriter.write(columns, reading.assets.map(row))
  }

  private static func row(_ asset: AssetRow) -> [String] {
    [
      asset.id, asset.name, asset.zoneID, asset.role, asset.roleReason, asset.deviceType,
      asset.purdueLevel.map(Words.number), asset.criticality.map(String.init), asset.isOT.map { $0 ? "yes" : "no" },
      asset.kind, asset.presence, asset.addresses, asset.macs, asset.vendor, asset.product, asset.orderNumber,
      asset.serialNumber, asset.hardware, asset.firmware, asset.operatingSystem, asset.hostname, String(asset.packets),
      asset.firstSeen, asset.lastSeen, asset.evidence,
    ].map { $0 ?? "" }
  }
}
