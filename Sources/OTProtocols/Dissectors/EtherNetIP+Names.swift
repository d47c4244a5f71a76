import OTCore

extension EtherNetIPDissector {
  /// How a CIP operation's code is packed: service, the class printed with it, the class it is really for, PCCC.
  ///
  /// The printed class is that of the whole message, as decoders list it: the one class a path names, `-` where none does
  /// (a tag by name), `*` where several do and do not pair with the services (a connection's path, an unconnected send).
  /// The real class decides name and kind.
  enum OperationCode {
    static let pcccFlag: UInt64 = 1 << 11
    private static let classKnown: UInt64 = 1 << 10

    enum Printed {
      case none
      case one(UInt16)
      case several
    }

    /// What is added to a code with which this class is printed.
    static func printing(_ classID: UInt16) -> UInt64 { 1 << 8 | UInt64(classID) << 16 }

    /// What is added to the codes of a message whose paths name these classes, if not as many as it has operations.
    static func shared(by classes: [UInt16]) -> UInt64 {
      switch classes.count {
      case 0: 0
      case 1: printing(classes[0])
      default: 2 << 8
      }
    }

    static func own(_ service: UInt8, _ path: Path) -> UInt64 {
      UInt64(service) | (path.classID.map { classKnown | UInt64($0) << 32 } ?? 0)
    }

    static func printed(_ code: UInt64) -> Printed {
      switch code >> 8 & 3 {
      case 0: .none
      case 1: .one(UInt16(truncatingIfNeeded: code >> 16))
      default: .several
      }
    }

    static func ownClass(_ code: UInt64) -> UInt16? {
      code & classKnown != 0 ? UInt16(truncatingIfNeeded: code >> 32) : nil
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard layer == Int(messageLayer) else { return describe(command: UInt16(truncatingIfNeeded: code)) }
    let service = UInt8(truncatingIfNeeded: code)
    let printed =
      switch OperationCode.printed(code) {
      case .none: "-"
      case .one(let classID): hexadecimal(classID, digits: classID > 0xff ? 4 : 2)
      case .several: "*"
      }
    let (name, kind): (String, OperationKind)
    if code & OperationCode.pcccFlag != 0 {
      (name, kind) = describePCCC(UInt8(truncatingIfNeeded: code >> 48), UInt8(truncatingIfNeeded: code >> 56))
    } else {
      (name, kind) = describe(service, OperationCode.ownClass(code))
    }
    return OperationDescription(code: hexadecimal(service, digits: 2) + "/" + printed, name: name, kind: kind)
  }

  private static func describe(command: UInt16) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch command {
      case 0x0000: ("nop", .session)
      case 0x0004: ("list services", .discover)
      case 0x0063: ("list identity", .discover)
      case 0x0064: ("list interfaces", .discover)
      case 0x0065: ("register session", .session)
      case 0x0066: ("unregister session", .session)
      case 0x006f: ("send rr data", .session)
      case 0x0070: ("send unit data", .session)
      case 0x00c8: ("start dtls", .session)
      default: ("command \(command)", .other)
      }
    return OperationDescription(code: hexadecimal(command, digits: 4), name: name, kind: kind)
  }

  public static func describe(
    object classID: UInt32, _ instance: UInt32, _ attribute: UInt32, _ unused: UInt32, operation code: UInt64,
    layer: Int
  ) -> String? {
    guard layer == Int(messageLayer) else { return nil }
    let text = "class \(hexadecimal(classID, digits: 2)) instance \(instance)"
    return attribute == .max ? text : text + " attribute \(attribute)"
  }
}
