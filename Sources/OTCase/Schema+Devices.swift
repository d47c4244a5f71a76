extension Schema {
  /// What devices are configured to do: read from configuration files. No secret is ever kept.
  static let deviceTables: [Table] = [
    Table(
      "device", "A device whose configuration was read.",
      [
        .id("Number of the device, in the order of evidence and host name."),
        .integer("evidence_id", "The configuration file.").to("evidence.id"),
        .text("hostname", "Name it is configured with; empty: none."),
        .text("vendor", "Vendor of the format."),
        .text("platform", "Format or operating system: ios, fortios, scalance, …"),
        .text("version", "Software version the file names.").optional,
        .text("asset_id", "Asset it was recognised as.").optional.to("asset.id"),
        .text("asset_reason", "Why it is that asset.").optional,
        .integer("lines_total", "Lines of the file.", unit: "lines"),
        .integer("understood", "Lines that were understood.", unit: "lines"),
        .integer("ignored", "Lines known to say nothing about security.", unit: "lines"),
        .integer("unrecognised", "Lines that were not understood.", unit: "lines"),
      ], indices: [["asset_id"]]),
    Table(
      "device_interface", "Interfaces of a configured device.",
      [
        .integer("device_id", "The device.").to("device.id"),
        .text("name", "Name of the interface."),
        .text("description", "Description.").optional,
        .text("address", "IP address.").optional,
        .integer("prefix_length", "Length of the subnet mask.", unit: "bits").optional,
        .text("mode", "How it handles VLANs: access, trunk, routed.").optional,
        .text("vlans", "VLAN ids, ranges as written; empty: none given."),
        .text("zone", "Zone name the device gives it.").optional,
        .boolean("enabled", "Whether it is administratively up; NULL: the file does not say.").optional,
        .integer("line", "Line of the file, from 1."),
      ], indices: [["device_id"]]),
    Table(
      "device_vlan", "VLANs of a configured device.",
      [
        .integer("device_id", "The device.").to("device.id"),
        .integer("vlan", "VLAN id."),
        .text("name", "Name.").optional,
        .integer("line", "Line of the file, from 1."),
      ], indices: [["device_id"]]),
    Table(
      "device_route", "Static routes of a configured device.",
      [
        .integer("device_id", "The device.").to("device.id"),
        .text("destination", "Network in CIDR notation."),
        .text("next_hop", "Address or interface it goes to."),
        .integer("line", "Line of the file, from 1."),
      ], indices: [["device_id"]]),
    Table(
      "device_acl_rule", "Filter rules of a configured device, in the order they are applied.",
      [
        .integer("device_id", "The device.").to("device.id"),
        .text("list", "Name of the list or policy."),
        .integer("position", "Place in the list, from 1."),
        .text("action", "What it does.", ["permit", "deny", "other"]),
        .text("protocol", "Protocol; any: all."),
        .text("source", "Source address, network, object or zone; any: all."),
        .text("source_port", "Source ports; any: all."),
        .text("destination", "Destination address, network, object or zone; any: all."),
        .text("destination_port", "Destination ports or services; any: all."),
        .text("interface", "Where it is applied; NULL: nowhere or not said.").optional,
        .text("direction", "Direction it is applied in.").optional,
        .boolean("enabled", "Whether it is in force."),
        .boolean("logged", "Whether hits are logged; NULL: not said.").optional,
        .integer("hits", "Hit counter, where the file has one.", unit: "packets").optional,
        .integer("line", "Line of the file, from 1."),
      ], indices: [["device_id"]]),
    Table(
      "device_account", "Accounts of a configured device, without their secrets.",
      [
        .integer("device_id", "The device.").to("device.id"),
        .text("name", "Account, or community with its value withheld."),
        .text("privilege", "Role or level.").optional,
        .text("credential_type", "How the secret is stored: plain, type 7, md5, sha512, none, …"),
        .text(
          "strength", "What is known of the secret.",
          ["unknown", "well-known default", "empty", "reversible", "weak hash", "strong hash"]),
        .integer("line", "Line of the file, from 1."),
      ], indices: [["device_id"]]),
    Table(
      "device_service", "Services a configured device offers or uses.",
      [
        .integer("device_id", "The device.").to("device.id"),
        .text("name", "Service: telnet, ssh, http, snmp, ntp, syslog, …"),
        .boolean("enabled", "Whether it is on."),
        .text("detail", "Version, peer or restriction.").optional,
        .integer("line", "Line of the file, from 1; 0: a default the file does not change."),
      ], indices: [["device_id"]]),
    Table(
      "setting", "Other settings of a configuration, by scope and name.",
      [
        .integer("evidence_id", "The configuration file.").to("evidence.id"),
        .text("scope", "Where it stands: global, interface X, line vty 0 4, …"),
        .text("name", "Name of the setting."),
        .text("value", "Its value, secrets withheld."),
        .integer("line", "Line of the file, from 1."),
      ], indices: [["evidence_id"]]),
    Table(
      "config_line", "Lines of a configuration that were not understood.",
      [
        .integer("evidence_id", "The configuration file.").to("evidence.id"),
        .integer("line", "Line of the file, from 1."),
        .text("text", "The line, secrets withheld."),
        .text("status", "What became of it.", ["unrecognised", "malformed"]),
      ], indices: [["evidence_id"]]),
  ]
}
