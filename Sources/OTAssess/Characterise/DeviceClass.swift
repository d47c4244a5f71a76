/// Classes of devices of a container terminal by HANDBOOK §1.2, told from role and kind of zone.
enum DeviceClass {
  static func of(_ role: AssetRole?, in zone: ZoneKind?) -> (text: String, reason: String)? {
    guard let role, let text = text(role, zone) else { return nil }
    return (text, zone.map { "\(role.withArticle) in a zone of kind \($0.rawValue)" } ?? role.withArticle)
  }

  private static func text(_ role: AssetRole, _ zone: ZoneKind?) -> String? {
    switch (role, zone) {
    case (.plc, .quayCrane): "A01 quay crane controller"
    case (.drive, .quayCrane), (.drive, .yardCrane): "A02 crane drive"
    case (.plc, .safety): "A04 safety controller"
    case (.plc, .yardCrane): "A05 yard crane controller"
    case (.plc, .automatedVehicle): "A07 vehicle controller"
    case (_, .remoteOperation) where role.isControl: "A08 remote operating station"
    case (.scada, .equipmentControl), (.server, .equipmentControl): "A09 crane management"
    case (.sensor, .quayCrane), (.sensor, .yardCrane): "A10 positioning sensor"
    case (.server, .operatingSystem): "A12 terminal operating system"
    case (_, .reefer) where role.isControl: "A17 reefer monitoring"
    case (.rtu, .power), (.scada, .power), (.meter, .power): "A18 substation and power control"
    case (.plc, .bulk), (.drive, .bulk): "A20 bulk handling"
    case (.plc, .liquid), (.rtu, .liquid), (.meter, .liquid): "A21 tank farm"
    case (_, .navigation) where role.isControl: "A23 vessel traffic and navigation"
    case (_, .buildings) where role.isControl: "A25 building control"
    case (.camera, _): "A26 video surveillance"
    case (.switch, _), (.router, _): "A28 network gear"
    case (.gateway, _), (.io, _): "A29 gateway or remote I/O"
    case (.historian, _): "A32 historian"
    case (.hmi, _), (.engineeringWorkstation, _): "A33 engineering station or panel"
    default: nil
    }
  }
}
