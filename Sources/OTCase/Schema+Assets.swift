extension Schema {
  /// What is there: addresses resolved to devices.
  static let assetTables: [Table] = [
    Table(
      "asset", "A device or an outside party. Each characterised field stands beside the reason for it.",
      [
        .text("id", "Stable key: the address it is managed at, else its lowest address, else its configured name.").key,
        .text("kind", "external: reached through the public internet.", ["internal", "external"]),
        .text(
          "presence", "What shows that it is there: it sent packets; was only sent to; is only configured.",
          ["sent", "addressed", "configured"]),
        .text("name", "What to call it: station name, host name, or address."),
        .text("name_reason", "Where the name comes from."),
      ]
        + characterised("role", "What it does here: controller, hmi, engineering, server, switch, …")
        + characterised("device_type", "Class of device as the handbook names it.")
        + characterised("vendor", "Who made it.")
        + characterised("product", "Product name.")
        + characterised("order_number", "Order or catalogue number.")
        + characterised("serial_number", "Serial number.")
        + characterised("hardware", "Hardware version.")
        + characterised("firmware", "Firmware version.")
        + characterised("operating_system", "Operating system and its version.")
        + characterised("hostname", "Name it has in DNS, NetBIOS, SNMP or PROFINET.")
        + [
          .real("purdue_level", "Level of the Purdue model, 0 to 5; 3.5: DMZ.").optional,
          .text("purdue_level_reason", "Why.").optional,
          .text("zone_id", "Zone it lies in.").optional.to("zone.id"),
          .text("zone_id_reason", "Why.").optional,
          .integer("criticality", "1 (minor) to 5 (crown jewel).").optional,
          .text("criticality_reason", "Why.").optional,
          .boolean("is_ot", "Whether it takes part in controlling a physical process.").optional,
          .text("is_ot_reason", "Why.").optional,
          .time("first_time", "When one of its addresses was first seen; NULL: only configured.").optional,
          .integer("evidence_id", "Evidence file of that, or its configuration.").to("evidence.id"),
          .integer("frame", "Frame of that, or line."),
          .time("last_time", "When one of its addresses was last seen.").optional,
        ], indices: [["zone_id"]]),
    Table(
      "asset_address", "Which addresses an asset has, and why they are one.",
      [
        .integer("host_id", "The address.").key.to("host.id"),
        .text("asset_id", "The asset.").to("asset.id"),
        .boolean("is_primary", "Whether the asset is keyed by it."),
        .text("reason", "Why it belongs to the asset."),
      ], indices: [["asset_id"]]),
    Table(
      "asset_mac", "MAC addresses that are the asset's own, not a router's in front of it.",
      [
        .text("asset_id", "The asset.").key.to("asset.id"),
        .text("mac", "MAC address.").key,
        .text("vendor", "Whom the IEEE assigned it to; NULL: unknown or locally administered.").optional,
        .text("reason", "Why it is the asset's own."),
      ], indices: [["mac"]]),
    Table(
      "asset_merge", "Each time two addresses were taken, or refused to be taken, for one asset.",
      [
        .id("Number, in the order of decision."),
        .boolean("merged", "1: taken for one; 0: refused, the reason says why."),
        .text(
          "rule", "The rule applied.",
          [
            "same MAC", "management address", "announcement", "device configuration", "serial number", "station name",
          ]),
        .text("address", "One address.").to("host.address"),
        .text("other_address", "The other address.").to("host.address"),
        .text("asset_id", "Asset of the first address after all decisions.").optional.to("asset.id"),
        .text("reason", "What was seen that decides it."),
        .integer("evidence_id", "Evidence file.").optional.to("evidence.id"),
        .integer("frame", "Frame in it.").optional,
      ], indices: [["asset_id"]]),
    Table(
      "asset_reason", "Every candidate for a characterised field, chosen or rejected.",
      [
        .text("asset_id", "The asset.").to("asset.id"),
        .text("field", "Column of asset: vendor, product, firmware, role, …"),
        .text("value", "The candidate."),
        .text("source", "Protocol or pass it comes from."),
        .text("reason", "Why it is believed, or less than another."),
        .real("confidence", "Weight of the source.", unit: "0 to 1"),
        .boolean("chosen", "Whether it is the value of the field."),
        .integer("evidence_id", "Evidence file of its first sighting.").optional.to("evidence.id"),
        .integer("frame", "Frame of its first sighting.").optional,
      ], indices: [["asset_id", "field"]]),
    Table(
      "asset_conflict", "Contradictions that no rule resolves: two MACs answer for one address, one name twice, …",
      [
        .text(
          "kind", "What contradicts.",
          ["address at two MACs", "station name twice", "serial number twice"]),
        .text("subject", "The address, name or number."),
        .text("one", "One side."),
        .text("other", "The other side."),
        .text("reason", "What was seen."),
        .time("time", "When the second was first seen."),
        .integer("evidence_id", "Evidence file of the second.").to("evidence.id"),
        .integer("frame", "Frame of the second."),
      ]),
    Table(
      "derived", "Facts computed from facts by characterisation passes: scans, beacons, cells, paths, drift.",
      [
        .id("Number, in the order of kind, subject, peer and key."),
        .text("kind", "Which pass: scan, beacon, cell, path, drift, …"),
        .text("subject_asset", "Asset it speaks of.").optional.to("asset.id"),
        .text("peer_asset", "The other asset.").optional.to("asset.id"),
        .text("key", "What tells two of one pair apart; empty: nothing."),
        .real("value", "Score or measure of the pass.").optional,
        .text("detail", "What was found, one line."),
        .integer("count", "How many observations it rests on."),
        .time("first_time", "When it began.").optional,
        .time("last_time", "When it ended.").optional,
        .integer("evidence_id", "Evidence file of the first observation.").optional.to("evidence.id"),
        .integer("frame", "Frame of the first observation.").optional,
      ], indices: [["kind"], ["subject_asset"]]),
  ]

  private static func characterised(_ name: String, _ about: String) -> [Column] {
    [.text(name, about).optional, .text("\(name)_reason", "Why; NULL while not known.").optional]
  }

  /// What the people of the site say: site.yaml.
  static let siteTables: [Table] = [
    Table(
      "site", "Profile of the site.",
      [
        .text("key", "Name: name, locode, jurisdiction, annual_teu, teu_factor, revenue_per_hour, …").key,
        .text("value", "Value as text."),
        .boolean("is_default", "Whether it is our assumption and not the site's word."),
      ]),
    Table(
      "zone", "Zones of the site (IEC 62443-3-2), declared or proposed.",
      [
        .text("id", "Id: Z-STS-01.").key,
        .text("name", "Name for reports."),
        .text("kind", "Kind of zone: sts, yard, agv, ros, safety, tos, ecs, dmz, enterprise, power, …"),
        .real("level", "Level of the Purdue model, 0 to 5; 3.5: DMZ.").optional,
        .integer("criticality", "1 to 5.").optional,
        .integer("safety", "Consequence for people.", unit: "0 to 5").optional,
        .integer("throughput", "Consequence for throughput.", unit: "0 to 5").optional,
        .integer("environment", "Consequence for the environment.", unit: "0 to 5").optional,
        .integer("target_sl", "Target security level, IEC 62443-3-3.", unit: "0 to 4").optional,
        .boolean("is_proposed", "Whether it was proposed from traffic and not declared."),
      ]),
    Table(
      "zone_subnet", "Address ranges of a zone.",
      [
        .text("subnet", "Network in CIDR notation, or a single address.").key,
        .text("zone_id", "The zone.").to("zone.id"),
      ], indices: [["zone_id"]]),
    Table(
      "unit", "Machines whose loss is counted in moves: cranes, vehicles, gate lanes.",
      [
        .text("id", "Id: STS-01.").key,
        .text("kind", "Kind: sts, rtg, asc, agv, gate, …"),
        .text("zone_id", "Zone that carries it.").optional.to("zone.id"),
        .real("moves_per_hour", "Moves it makes; NULL: the site does not say.", unit: "moves/hour").optional,
        .real("manual_fallback", "Share of moves that go on by hand without it.", unit: "0 to 1").optional,
        .boolean("is_default", "Whether the numbers are our assumption."),
      ]),
    Table(
      "approved", "What the site approved: not a finding, or one of lower severity.",
      [
        .text("kind", "What: conduit, engineering, scanner, remote_access, time_server, window, …").key,
        .text("value", "Which: address, asset, pair, protocol or time span, as the kind demands.").key,
        .text("reason", "Who approved it, until when, and why; empty: not said."),
      ]),
  ]
}
