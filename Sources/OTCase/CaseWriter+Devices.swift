import GRDB
import OTFacts

extension CaseWriter {
  static func writeDevices(_ devices: [DeviceFact], _ assets: AssetResolution, in database: Database) throws {
    var row = try RowWriter("device", in: database)
    for (index, device) in devices.enumerated() {
      row.add(index + 1)
      row.add(Int(device.file) + 1)
      row.add(device.hostname)
      row.add(device.vendor)
      row.add(device.platform)
      row.add(device.version)
      row.add(assets.assetOfDevice[index].map { assets.assets[$0].id })
      row.add(assets.deviceReasons[index])
      row.add(device.linesTotal)
      row.add(device.linesUnderstood)
      row.add(device.linesIgnored)
      row.add(device.unrecognised.count)
      try row.insert()
    }
    try writeInterfaces(devices, in: database)
    try writeRules(devices, in: database)
    try writeAccess(devices, in: database)
    try writeLines(devices, in: database)
  }

  private static func writeInterfaces(_ devices: [DeviceFact], in database: Database) throws {
    var row = try RowWriter("device_interface", in: database)
    for (index, device) in devices.enumerated() {
      for interface in device.interfaces {
        row.add(index + 1)
        row.add(interface.name)
        row.add(interface.description)
        row.add(interface.address)
        row.add(interface.prefixLength)
        row.add(interface.mode)
        row.add(interface.vlans)
        row.add(interface.zone)
        row.add(interface.isEnabled)
        row.add(interface.line)
        try row.insert()
      }
    }
    row = try RowWriter("device_vlan", in: database)
    for (index, device) in devices.enumerated() {
      for vlan in device.vlans {
        row.add(index + 1)
        row.add(vlan.id)
        row.add(vlan.name)
        row.add(vlan.line)
        try row.insert()
      }
    }
    row = try RowWriter("device_route", in: database)
    for (index, device) in devices.enumerated() {
      for route in device.routes {
        row.add(index + 1)
        row.add(route.destination)
        row.add(route.nextHop)
        row.add(route.line)
        try row.insert()
      }
    }
  }

  private static func writeRules(_ devices: [DeviceFact], in database: Database) throws {
    var row = try RowWriter("device_acl_rule", in: database)
    for (index, device) in devices.enumerated() {
      for rule in device.filterRules {
        row.add(index + 1)
        row.add(rule.list)
        row.add(rule.position)
        row.add(rule.action.rawValue)
        row.add(rule.protocol)
        row.add(rule.source)
        row.add(rule.sourcePort)
        row.add(rule.destination)
        row.add(rule.destinationPort)
        row.add(rule.interface)
        row.add(rule.direction)
        row.add(rule.isEnabled)
        row.add(rule.isLogged)
        row.add(rule.hits)
        row.add(rule.line)
        try row.insert()
      }
    }
  }

  private static func writeAccess(_ devices: [DeviceFact], in database: Database) throws {
    var row = try RowWriter("device_account", in: database)
    for (index, device) in devices.enumerated() {
      for account in device.accounts {
        row.add(index + 1)
        row.add(account.name)
        row.add(account.privilege)
        row.add(account.credentialType)
        row.add(account.strength.rawValue)
        row.add(account.line)
        try row.insert()
      }
    }
    row = try RowWriter("device_service", in: database)
    for (index, device) in devices.enumerated() {
      for service in device.services {
        row.add(index + 1)
        row.add(service.name)
        row.add(service.isEnabled)
        row.add(service.detail)
        row.add(service.line)
        try row.insert()
      }
    }
  }

  private static func writeLines(_ devices: [DeviceFact], in database: Database) throws {
    var row = try RowWriter("setting", in: database)
    for device in devices {
      for setting in device.settings {
        row.add(Int(device.file) + 1)
        row.add(setting.scope)
        row.add(setting.name)
        row.add(setting.value)
        row.add(setting.line)
        try row.insert()
      }
    }
    row = try RowWriter("config_line", in: database)
    for device in devices {
      for line in device.unrecognised {
        row.add(Int(device.file) + 1)
        row.add(line.number)
        row.add(line.text)
        row.add(line.status.rawValue)
        try row.insert()
      }
    }
  }
}
