import OTCore

extension DLMS {
  /// Frames of the link that open and close it; above the tags.
  enum Link {
    static let connect: UInt64 = 1 << 40 | 0x93
    static let disconnect: UInt64 = 1 << 40 | 0x53
  }

  /// First octet of a data unit: IEC 62056-5-3 section 8.2 and 8.3.
  enum Tag {
    static let dataNotification: UInt8 = 0x0f
    static let informationReport: UInt8 = 0x18
    static let associate: UInt8 = 0x60
    static let associated: UInt8 = 0x61
    static let release: UInt8 = 0x62
    static let released: UInt8 = 0x63
    static let getRequest: UInt8 = 0xc0
    static let setRequest: UInt8 = 0xc1
    static let eventNotification: UInt8 = 0xc2
    static let actionRequest: UInt8 = 0xc3
    static let getResponse: UInt8 = 0xc4
    static let setResponse: UInt8 = 0xc5
    static let actionResponse: UInt8 = 0xc7
    static let exception: UInt8 = 0xd8

    static func isKnown(_ tag: UInt8) -> Bool {
      switch tag {
      case 0x01, 0x05, 0x06, 0x08, 0x0c...0x0f, 0x16, 0x18, 0x21, 0x25, 0x26, 0x28, 0x2c, 0x2d, 0x60...0x63,
        0xc0...0xc5, 0xc7...0xcd, 0xcf...0xd5, 0xd7, 0xd8, 0xdb...0xdd, 0xdf, 0xe0:
        true
      default: false
      }
    }

    /// Ciphered with the global or the dedicated key of the association: the service it would be in clear text.
    static func plain(_ tag: UInt8) -> UInt8 {
      switch tag {
      case 0xc8...0xcf: tag - 8
      case 0xd0...0xd7: tag - 16
      case 0x21...0x2d: tag - 0x20
      default: tag
      }
    }

    static func role(_ tag: UInt8, _ senderIsClient: Bool) -> Operation.Role {
      switch plain(tag) {
      case 0x01, 0x05, 0x06, 0x16, associate, release, getRequest, setRequest, actionRequest: .request
      case dataNotification, informationReport, eventNotification: .publish
      case 0xdb...0xe0: senderIsClient ? .request : .response
      default: .response
      }
    }

    static func outcome(_ tag: UInt8) -> Operation.Outcome {
      switch tag {
      case exception, 0x0e: .failure(0)
      case 0x08, 0x0c, 0x0d, 0x28, 0x2c, 0x2d, 0xcc, 0xcd, 0xcf, 0xd4, 0xd5, 0xd7: .success
      default: .none
      }
    }
  }

  /// Tag in the low octet; class and attribute or method of what is written or invoked above it.
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if code >> 40 != 0 {
      return OperationDescription(
        code: code == Link.connect ? "snrm" : "disc", name: code == Link.connect ? "open link" : "close link",
        kind: .session)
    }
    let tag = UInt8(truncatingIfNeeded: code)
    let (name, kind) = describe(
      Tag.plain(tag), classID: UInt16(truncatingIfNeeded: code >> 8), number: UInt8(truncatingIfNeeded: code >> 24))
    return OperationDescription(
      code: hexadecimal(tag, digits: 2), name: Tag.plain(tag) == tag ? name : "ciphered " + name, kind: kind)
  }

  private static func describe(_ tag: UInt8, classID: UInt16, number: UInt8) -> (String, OperationKind) {
    switch tag {
    case 0x01, 0x08: ("initiate", .session)
    case 0x05, 0x0c: ("read", .read)
    case 0x06, 0x0d, 0x16: ("write", .write)
    case Tag.associate, Tag.associated: ("associate", .authenticate)
    case Tag.release, Tag.released: ("release", .session)
    case Tag.getRequest, Tag.getResponse: ("get", .read)
    case Tag.setRequest, Tag.setResponse: set(classID)
    case Tag.actionRequest, Tag.actionResponse: action(classID, number)
    case Tag.dataNotification: ("data notification", .report)
    case Tag.informationReport: ("information report", .report)
    case Tag.eventNotification: ("event notification", .report)
    case Tag.exception, 0x0e: ("exception", .other)
    case 0xdb...0xdf: ("ciphered message", .other)
    case 0xe0: ("block of a message", .other)
    default: ("message \(tag)", .other)
    }
  }

  /// IEC 62056-6-2: classes whose change is more than a value.
  private static func set(_ classID: UInt16) -> (String, OperationKind) {
    switch classID {
    case 0: ("set", .write)
    case 8: ("set clock", .time)
    case 9, 10, 11, 20, 21, 22: ("set schedule", .configure)
    case 15, 12, 64: ("set security", .configure)
    case 18: ("set image transfer", .firmware)
    case 23, 27, 28, 29, 40...48: ("set communication", .configure)
    case 70, 71: ("set disconnector or limiter", .control)
    default: ("set", .write)
    }
  }

  private static func action(_ classID: UInt16, _ number: UInt8) -> (String, OperationKind) {
    switch (classID, number) {
    case (70, 1): ("remote disconnect", .control)
    case (70, 2): ("remote reconnect", .control)
    case (18, _): ("image transfer", .firmware)
    case (9, _): ("execute script", .control)
    case (8, _): ("adjust clock", .time)
    case (15, 1): ("prove identity", .authenticate)
    case (15, _), (64, _): ("change secret or security", .configure)
    case (3...5, 1), (7, 1): ("reset", .write)
    default: ("action", .control)
    }
  }

  public static func describe(
    object a: UInt32, _ high: UInt32, _ low: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    func group(_ value: UInt32, _ shift: UInt32) -> UInt32 { value >> shift & 0xff }
    let name =
      "\(group(high, 16))-\(group(high, 8)):\(group(high, 0)).\(group(low, 16)).\(group(low, 8)).\(group(low, 0))"
    let tag = Tag.plain(UInt8(truncatingIfNeeded: code))
    let word = tag == Tag.actionRequest || tag == Tag.actionResponse ? "method" : "attribute"
    return "class \(a >> 8) \(name) \(word) \(a & 0xff)"
  }
}
