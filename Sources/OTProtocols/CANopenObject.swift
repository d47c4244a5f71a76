import OTCore

/// Objects of a device's dictionary, as EtherCAT and POWERLINK have it from CANopen: CiA 301 section 7.5 (communication
/// profile), CiA 302-3 (program download).
enum CANopenObject {
  /// What a write changes: a program, the process data from 0x6000, or the device's own settings.
  static func writeKind(_ index: UInt16) -> OperationKind {
    switch index {
    case 0x1f50...0x1f5f: .firmware
    case 0x6000...0xffff: .write
    default: .configure
    }
  }

  /// What an object tells of its device, and whether it does so in text; nil for all the others.
  static func identity(_ index: UInt16, _ sub: UInt8) -> (attribute: IdentityAttribute, isText: Bool)? {
    switch (index, sub) {
    case (0x1000, 0): (.deviceType, false)
    case (0x1008, 0): (.productName, true)
    case (0x1009, 0): (.hardwareVersion, true)
    case (0x100a, 0): (.softwareVersion, true)
    case (0x1018, 1): (.vendorID, false)
    case (0x1018, 2): (.productCode, false)
    case (0x1018, 3): (.hardwareVersion, false)
    case (0x1018, 4): (.serialNumber, false)
    default: nil
    }
  }

  /// The value of such an object as text; numbers are little-endian and 0 where the device has none.
  static func value(
    _ data: Span<UInt8>, of object: (attribute: IdentityAttribute, isText: Bool), into out: inout ObservationBuffer
  ) -> TextRef? {
    if object.isText {
      let text = data.untilNUL()
      return !text.isEmpty && text.isPlainText ? out.text(text) : nil
    }
    guard let number = data.le32(0), number != 0 else { return nil }
    if object.attribute == .serialNumber { return out.text(UInt64(number)) }
    return out.text(prefixedHex: octets(number).span)
  }

  /// Most significant octet first.
  static func octets(_ number: UInt32) -> InlineArray<4, UInt8> {
    [
      UInt8(truncatingIfNeeded: number >> 24), UInt8(truncatingIfNeeded: number >> 16),
      UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number),
    ]
  }

  /// A value of one, two or four octets, as they are written to the process.
  static func number(_ data: Span<UInt8>) -> Operation.Values? {
    switch data.count {
    case 1: data.byte(0).map { .init(Double($0)) }
    case 2: data.le16(0).map { .init(Double($0)) }
    case 4: data.le32(0).map { .init(Double($0)) }
    default: nil
    }
  }
}
