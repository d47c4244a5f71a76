import OTCore

/// Parameters of the services that name objects, change something or tell what a device is.
/// ANSI/ASHRAE 135-2016, clause 21 (ASN.1 of the services).
extension BACnet {
  /// An object's property as an operation's object: object identifier, property, array index, priority; each where
  /// absent `absent`.
  static let absent = UInt32.max

  private enum Service {
    static let acknowledgeAlarm: UInt8 = 0
    static let covNotification: UInt8 = 1
    static let eventNotification: UInt8 = 2
    static let subscribeCOV: UInt8 = 5
    static let atomicReadFile: UInt8 = 6
    static let atomicWriteFile: UInt8 = 7
    static let deleteObject: UInt8 = 11
    static let addListElement: UInt8 = 8
    static let removeListElement: UInt8 = 9
    static let createObject: UInt8 = 10
    static let readProperty: UInt8 = 12
    static let readPropertyMultiple: UInt8 = 14
    static let writeProperty: UInt8 = 15
    static let writePropertyMultiple: UInt8 = 16
    static let deviceCommunicationControl: UInt8 = 17
    static let reinitializeDevice: UInt8 = 20
    static let readRange: UInt8 = 26
    static let lifeSafetyOperation: UInt8 = 27
    static let subscribeCOVProperty: UInt8 = 28
  }

  // MARK: confirmed requests

  mutating func request(
    _ service: UInt8, _ pdu: inout ByteCursor, _ operation: inout Operation, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    switch service {
    case Service.readProperty, Service.writeProperty, Service.readRange, Service.addListElement,
      Service.removeListElement:
      try Self.property(&pdu, isWrite: service == Service.writeProperty, &operation)
    case Service.readPropertyMultiple, Service.writePropertyMultiple:
      try Self.properties(&pdu, isWrite: service == Service.writePropertyMultiple, &operation)
    case Service.deviceCommunicationControl:
      // [0] duration, [1] enable or disable, [2] password.
      try stateChange(&pdu, state: 1, password: 2, &operation, into: &out)
    case Service.reinitializeDevice:
      // [0] reinitialised state, [1] password.
      try stateChange(&pdu, state: 0, password: 1, &operation, into: &out)
    case Service.atomicReadFile, Service.atomicWriteFile, Service.deleteObject:
      let tag = try BACnetTag.read(&pdu)
      guard tag.isApplication(BACnetTag.objectIdentifier) else { return }
      let object = UInt32(truncatingIfNeeded: try tag.unsigned(&pdu))
      operation.object = .numbers(object, Self.absent, Self.absent, Self.absent)
    case Service.acknowledgeAlarm, Service.subscribeCOV, Service.subscribeCOVProperty:
      // [0] process, [1] object.
      try Self.object(&pdu, in: 1, &operation)
    case Service.covNotification, Service.eventNotification:
      // [0] process, [1] initiating device, [2] object.
      try Self.object(&pdu, in: 2, &operation)
    case Service.createObject:
      // [0] { [1] object identifier }
      guard try BACnetTag.read(&pdu).isOpening(0) else { return }
      try Self.object(&pdu, in: 1, &operation)
    case Service.lifeSafetyOperation:
      // [0] process, [1] source, [2] request, [3] object.
      try Self.object(&pdu, in: 3, &operation)
    default: break
    }
  }

  /// The object identifier behind context tag `number`, if there is one among the first parameters.
  private static func object(
    _ pdu: inout ByteCursor, in number: UInt8, _ operation: inout Operation
  ) throws(DecodeError) {
    for _ in 0...3 where !pdu.isAtEnd {
      let tag = try BACnetTag.read(&pdu)
      guard tag.isContext(number), tag.length == 4 else {
        try tag.skip(&pdu)
        continue
      }
      let object = UInt32(truncatingIfNeeded: try tag.unsigned(&pdu))
      operation.object = .numbers(object, absent, absent, absent)
      return
    }
  }

  /// ReadProperty and WriteProperty: [0] object, [1] property, [2] index, [3] value, [4] priority.
  private static func property(
    _ pdu: inout ByteCursor, isWrite: Bool, _ operation: inout Operation
  ) throws(DecodeError) {
    var object = absent
    var property = absent
    var index = absent
    var priority = absent
    defer { if object != absent { operation.object = .numbers(object, property, index, priority) } }
    while !pdu.isAtEnd {
      let tag = try BACnetTag.read(&pdu)
      switch tag.number {
      case 0 where tag.isContext(0): object = UInt32(truncatingIfNeeded: try tag.unsigned(&pdu))
      case 1 where tag.isContext(1): property = UInt32(truncatingIfNeeded: try tag.unsigned(&pdu))
      case 2 where tag.isContext(2): index = UInt32(truncatingIfNeeded: try tag.unsigned(&pdu))
      case 3 where tag.isOpening(3) && isWrite:
        operation.values = try singleValue(&pdu, closedBy: 3)
      case 4 where tag.isContext(4): priority = UInt32(truncatingIfNeeded: try tag.unsigned(&pdu))
      default: try tag.skip(&pdu)
      }
    }
  }

  /// The first property of the first object; the operation counts as one as the message is one.
  private static func properties(
    _ pdu: inout ByteCursor, isWrite: Bool, _ operation: inout Operation
  ) throws(DecodeError) {
    let objectTag = try BACnetTag.read(&pdu)
    guard objectTag.isContext(0) else { throw DecodeError("object identifier", at: 0, .invalid) }
    let object = UInt32(truncatingIfNeeded: try objectTag.unsigned(&pdu))
    operation.object = .numbers(object, absent, absent, absent)
    guard try BACnetTag.read(&pdu).isOpening(1) else { return }
    let propertyTag = try BACnetTag.read(&pdu)
    guard propertyTag.isContext(0) else { return }
    let property = UInt32(truncatingIfNeeded: try propertyTag.unsigned(&pdu))
    operation.object = .numbers(object, property, absent, absent)
    guard isWrite else { return }
    var tag = try BACnetTag.read(&pdu)
    if tag.isContext(1) {
      try tag.skip(&pdu)
      tag = try BACnetTag.read(&pdu)
    }
    if tag.isOpening(2) { operation.values = try singleValue(&pdu, closedBy: 2) }
  }

  /// The value behind an opening tag, if it is one number; moves behind the closing tag.
  private static func singleValue(
    _ pdu: inout ByteCursor, closedBy number: UInt8
  ) throws(DecodeError) -> Operation.Values? {
    let first = try BACnetTag.read(&pdu)
    if first.form == .closing { return nil }
    var value = try first.number(&pdu)
    while !pdu.isAtEnd {
      let tag = try BACnetTag.read(&pdu)
      if tag.form == .closing, tag.number == number { break }
      value = nil
      try tag.skip(&pdu)
    }
    return value.map { Operation.Values($0) }
  }

  /// DeviceCommunicationControl and ReinitializeDevice: a state asked for, and the password that allows it.
  private func stateChange(
    _ pdu: inout ByteCursor, state: UInt8, password: UInt8, _ operation: inout Operation,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    while !pdu.isAtEnd {
      let tag = try BACnetTag.read(&pdu)
      if tag.isContext(state) {
        operation.object = .numbers(UInt32(truncatingIfNeeded: try tag.unsigned(&pdu)), 0, 0, 0)
      } else if tag.isContext(password) {
        let secret = try tag.value(&pdu)
        let text = secret.rest(from: 1)
        out.record(
          .credential(
            CredentialExposure(
              .protocolPassword, account: .none, strength: .init(account: text.extracting(0..<0), password: text))))
      } else {
        try tag.skip(&pdu)
      }
    }
  }

  // MARK: unconfirmed requests

  mutating func unconfirmed(
    _ service: UInt8, _ pdu: inout ByteCursor, _ subject: Subject, _ route: Route, _ operation: inout Operation,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    switch service {
    case 0: try iAm(&pdu, subject, route, into: &out)
    case 2, 3: try Self.object(&pdu, in: 2, &operation)
    case 1:
      // I-Have: device, object, name of the object.
      let device = try BACnetTag.read(&pdu)
      try device.skip(&pdu)
      let objectTag = try BACnetTag.read(&pdu)
      let object = UInt32(truncatingIfNeeded: try objectTag.unsigned(&pdu))
      operation.object = .numbers(object, Self.absent, Self.absent, Self.absent)
      let name = try BACnetTag.read(&pdu)
      guard name.isApplication(BACnetTag.characterString) else { return }
      out.identity(subject, .objectName, out.text(bacnet: try name.value(&pdu)))
    case 7:
      // Who-Has: [0] and [1] limits, then [2] object or [3] name.
      while !pdu.isAtEnd {
        let tag = try BACnetTag.read(&pdu)
        if tag.isContext(3) {
          operation.object = .text(out.text(bacnet: try tag.value(&pdu)))
        } else if tag.isContext(2) {
          let object = UInt32(truncatingIfNeeded: try tag.unsigned(&pdu))
          operation.object = .numbers(object, Self.absent, Self.absent, Self.absent)
        } else {
          try tag.skip(&pdu)
        }
      }
    default: break
    }
  }

  /// I-Am: device, maximum APDU length, segmentation, vendor. A device behind a router is told with its place.
  private mutating func iAm(
    _ pdu: inout ByteCursor, _ subject: Subject, _ route: Route, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var salt = UInt64(route.network) << 8 | (route.station ?? 0)
    if case .address(let origin) = subject { salt |= origin.low << 24 }
    guard told.isNew(pdu.peekRest(), salt: salt ^ side) else { return }
    let device = try BACnetTag.read(&pdu)
    guard device.isApplication(BACnetTag.objectIdentifier) else {
      throw DecodeError("I-Am device identifier", at: pdu.offset, .invalid)
    }
    let instance = try device.unsigned(&pdu) & 0x3f_ffff
    try BACnetTag.read(&pdu).skip(&pdu)
    try BACnetTag.read(&pdu).skip(&pdu)
    let vendor = try BACnetTag.read(&pdu).unsigned(&pdu)
    var identifier = out.text(instance)
    if route.network != 0 {
      _ = out.text(" in network ")
      identifier = identifier.through(out.text(UInt64(route.network)))
      if let station = route.station {
        _ = out.text(" station ")
        identifier = identifier.through(out.text(station))
      }
    }
    out.identity(subject, .deviceID, identifier)
    // A router's own vendor is not that of the devices behind it.
    if route.network == 0 { out.identity(subject, .vendorID, out.text(vendor)) }
  }

  // MARK: acknowledgements

  mutating func acknowledgement(
    _ service: UInt8, _ pdu: inout ByteCursor, _ subject: Subject, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    switch service {
    case Service.readProperty:
      // [0] object, [1] property, [2] index, then [3] the value.
      let objectTag = try BACnetTag.read(&pdu)
      let object = UInt32(truncatingIfNeeded: try objectTag.unsigned(&pdu))
      let property = try BACnetTag.read(&pdu).unsigned(&pdu)
      guard Self.attribute(property, of: object) != nil else { return }
      var tag = try BACnetTag.read(&pdu)
      if tag.isContext(2) {
        try tag.skip(&pdu)
        tag = try BACnetTag.read(&pdu)
      }
      guard tag.isOpening(3) else { return }
      try identity(&pdu, property, of: object, subject, into: &out)
    case Service.readPropertyMultiple:
      var items = 0
      while !pdu.isAtEnd, items < Limits.itemsPerPDU {
        items += 1
        try results(&pdu, subject, into: &out)
      }
    default: break
    }
  }

  /// One object of a ReadPropertyMultiple acknowledgement: [0] object, then a list [1] of [2] property, [3] index and
  /// either [4] the value or [5] an error.
  private mutating func results(
    _ pdu: inout ByteCursor, _ subject: Subject, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let objectTag = try BACnetTag.read(&pdu)
    guard objectTag.isContext(0) else { throw DecodeError("object identifier", at: pdu.offset, .invalid) }
    let object = UInt32(truncatingIfNeeded: try objectTag.unsigned(&pdu))
    guard try BACnetTag.read(&pdu).isOpening(1) else { throw DecodeError("results", at: pdu.offset, .invalid) }
    var property: UInt64 = 0
    while true {
      let tag = try BACnetTag.read(&pdu)
      if tag.form == .closing { return }
      if tag.isContext(2) {
        property = try tag.unsigned(&pdu)
      } else if tag.isOpening(4), Self.attribute(property, of: object) != nil {
        try identity(&pdu, property, of: object, subject, into: &out)
        var inner = try BACnetTag.read(&pdu)
        while inner.form != .closing {
          try inner.skip(&pdu)
          inner = try BACnetTag.read(&pdu)
        }
      } else {
        try tag.skip(&pdu)
      }
    }
  }

  /// The first value behind an opening tag as an attribute of the device.
  private mutating func identity(
    _ pdu: inout ByteCursor, _ property: UInt64, of object: UInt32, _ subject: Subject,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let tag = try BACnetTag.read(&pdu)
    guard tag.form == .primitive else { return try tag.skip(&pdu) }
    guard let attribute = Self.attribute(property, of: object) else { return try tag.skip(&pdu) }
    if tag.isApplication(BACnetTag.characterString) {
      let text = try tag.value(&pdu)
      guard told.isNew(text, salt: side | UInt64(object) << 16 | property & 0xffff) else { return }
      out.identity(subject, attribute, out.text(bacnet: text))
    } else if tag.isApplication(BACnetTag.unsignedInteger) {
      out.identity(subject, attribute, out.text(try tag.unsigned(&pdu)))
    } else if tag.isApplication(BACnetTag.objectIdentifier) {
      out.identity(subject, attribute, out.text(try tag.unsigned(&pdu) & 0x3f_ffff))
    } else {
      try tag.skip(&pdu)
    }
  }

  /// Properties of the device object that say what it is, and the name of any object (clause 12.11).
  private static func attribute(_ property: UInt64, of object: UInt32) -> IdentityAttribute? {
    guard object >> 22 == 8 else { return property == 77 ? .objectName : nil }
    switch property {
    case 12: return .softwareVersion
    case 28: return .description
    case 44: return .firmwareVersion
    case 58: return .location
    case 70: return .productName
    case 75: return .deviceID
    case 77: return .name
    case 120: return .vendorID
    case 121: return .vendor
    case 372: return .serialNumber
    default: return nil
    }
  }
}
