import OTCore

extension OPCUADissector {
  /// Numbers of the binary encodings of requests, OPC 10000-6 annex A (NodeIds.csv); most answers are 3 higher.
  enum Service {
    static let findServers: UInt32 = 422
    static let getEndpoints: UInt32 = 428
    static let registerServer: UInt32 = 437
    static let openSecureChannel: UInt32 = 446
    static let createSession: UInt32 = 461
    static let activateSession: UInt32 = 467
    static let addNodes: UInt32 = 488
    static let deleteNodes: UInt32 = 500
    static let browse: UInt32 = 527
    static let translatePaths: UInt32 = 554
    static let registerNodes: UInt32 = 560
    static let read: UInt32 = 631
    static let historyRead: UInt32 = 664
    static let write: UInt32 = 673
    static let call: UInt32 = 712
    static let createMonitoredItems: UInt32 = 751
    static let registerServer2: UInt32 = 12211
  }

  static func isService(_ number: UInt32) -> Bool { service(number) != nil }

  static func isResponse(_ number: UInt32) -> Bool {
    switch number {
    case 397, 12209, 12212: true
    default: name(ofRequest: number) == nil
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let number = UInt32(truncatingIfNeeded: code)
    let (name, kind) = service(number) ?? ("message \(number)", .other)
    return OperationDescription(code: "\(number)", name: name, kind: kind)
  }

  public static func describe(
    object namespace: UInt32, _ number: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "ns=\(namespace);i=\(number)" }

  /// Name and kind of a request or of the answer to it.
  private static func service(_ number: UInt32) -> (String, OperationKind)? {
    switch number {
    case 397: ("service fault", .other)
    case 12209, 12212: name(ofRequest: number - 1)
    default: name(ofRequest: number) ?? (number > 3 ? name(ofRequest: number - 3) : nil)
    }
  }

  private static func name(ofRequest number: UInt32) -> (String, OperationKind)? {
    switch number {
    case 422: ("find servers", .discover)
    case 428: ("get endpoints", .discover)
    case 437: ("register server", .configure)
    case 446: ("open secure channel", .session)
    case 452: ("close secure channel", .session)
    case 461: ("create session", .session)
    case 467: ("activate session", .authenticate)
    case 473: ("close session", .session)
    case 479: ("cancel", .session)
    case 488: ("add nodes", .configure)
    case 494: ("add references", .configure)
    case 500: ("delete nodes", .configure)
    case 506: ("delete references", .configure)
    case 527: ("browse", .discover)
    case 533: ("browse next", .discover)
    case 554: ("translate browse paths to node ids", .discover)
    case 560: ("register nodes", .session)
    case 566: ("unregister nodes", .session)
    case 615: ("query first", .discover)
    case 621: ("query next", .discover)
    case 631: ("read", .read)
    case 664: ("history read", .read)
    case 673: ("write", .write)
    case 700: ("history update", .write)
    case 712: ("call", .control)
    case 751: ("create monitored items", .read)
    case 763: ("modify monitored items", .read)
    case 769: ("set monitoring mode", .read)
    case 775: ("set triggering", .read)
    case 781: ("delete monitored items", .session)
    case 787: ("create subscription", .session)
    case 793: ("modify subscription", .session)
    case 799: ("set publishing mode", .session)
    case 826: ("publish", .report)
    case 832: ("republish", .report)
    case 841: ("transfer subscriptions", .session)
    case 847: ("delete subscriptions", .session)
    case 12208: ("find servers on network", .discover)
    case 12211: ("register server 2", .configure)
    default: nil
    }
  }
}
