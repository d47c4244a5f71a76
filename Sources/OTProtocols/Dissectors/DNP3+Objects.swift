import OTCore

extension DNP3Dissector {
  /// How long objects are. IEEE 1815-2012 annex A; the key is group and variation in one number.
  enum ObjectSize {
    /// Bits of an object whose points are packed.
    static func packedBits(_ kind: UInt16) -> Int? {
      switch kind {
      case 0x0101, 0x0a01, 0x0c03, 0x5001: 1
      case 0x0301: 2
      default: nil
      }
    }

    /// Octets of one object; nil where it is not known.
    static func octets(_ kind: UInt16) -> Int? {
      let group = UInt8(truncatingIfNeeded: kind >> 8)
      let variation = UInt8(truncatingIfNeeded: kind)
      switch (group, variation) {
      case (1, 2), (3, 2), (10, 2), (2, 1), (4, 1), (11, 1), (13, 1): return 1
      case (2, 2), (4, 2), (11, 2), (13, 2): return 7
      case (2, 3), (4, 3): return 3
      case (12, 1), (12, 2): return 11
      case (20, 1), (20, 3), (21, 1), (21, 3), (22, 1), (22, 3), (23, 1), (23, 3): return 5
      case (20, 2), (20, 4), (21, 2), (21, 4), (22, 2), (22, 4), (23, 2), (23, 4): return 3
      case (20, 5), (20, 7), (21, 9), (21, 11): return 4
      case (20, 6), (20, 8), (21, 10), (21, 12): return 2
      case (21, 5), (21, 7), (22, 5), (22, 7), (23, 5), (23, 7): return 11
      case (21, 6), (21, 8), (22, 6), (22, 8), (23, 6), (23, 8): return 9
      case (30, 1), (30, 5): return 5
      case (30, 2): return 3
      case (30, 3): return 4
      case (30, 4): return 2
      case (30, 6): return 9
      case (31, 1), (31, 7): return 5
      case (31, 2): return 3
      case (31, 3): return 11
      case (31, 4), (31, 8): return 9
      case (31, 5): return 4
      case (31, 6): return 2
      case (32, 1), (32, 5), (33, 1), (33, 5), (42, 1), (42, 5), (43, 1), (43, 5): return 5
      case (32, 2), (33, 2), (42, 2), (43, 2): return 3
      case (32, 3), (32, 7), (33, 3), (33, 7), (42, 3), (42, 7), (43, 3), (43, 7): return 11
      case (32, 4), (32, 6), (33, 4), (33, 6), (42, 4), (42, 6), (43, 4), (43, 6): return 9
      case (32, 8), (33, 8), (42, 8), (43, 8): return 15
      case (34, 1): return 2
      case (34, 2), (34, 3): return 4
      case (40, 1), (40, 3), (41, 1), (41, 3): return 5
      case (40, 2), (41, 2): return 3
      case (40, 4), (41, 4): return 9
      case (50, 1), (50, 3), (51, 1), (51, 2): return 6
      case (50, 2): return 10
      case (50, 4): return 11
      case (52, 1), (52, 2): return 2
      case (60, _): return 0
      case (81, 1): return 3
      case (101, 1): return 2
      case (101, 2): return 4
      case (101, 3): return 8
      case (102, 1): return 1
      case (121, 1), (122, 1): return 7
      case (122, 2): return 13
      case (110, _), (111, _), (112, _), (113, _): return Int(variation)
      default: return nil
      }
    }
  }
}

extension DNP3Dissector.Objects {
  /// Group 0, device attributes, annex A.1: data type, length, value.
  func attribute(_ kind: UInt16, _ fragment: inout ByteCursor, _ out: inout ObservationBuffer) throws(DecodeError) {
    guard fragment.remaining >= 2 else { return }
    let type = try fragment.u8("attribute data type")
    let length = Int(try fragment.u8("attribute length"))
    let value = try fragment.take(length, "attribute value")
    guard type == 1 else { return }
    let attribute: IdentityAttribute
    switch UInt8(truncatingIfNeeded: kind) {
    case 242: attribute = .firmwareVersion
    case 243: attribute = .hardwareVersion
    case 245: attribute = .location
    case 246: attribute = .deviceID
    case 247: attribute = .name
    case 248: attribute = .serialNumber
    case 250: attribute = .productName
    case 252: attribute = .vendor
    default: return
    }
    out.identity(.sender, attribute, out.text(value))
  }

  /// Objects that carry their own length: files (group 70) and authentication (group 120).
  func freeFormat(
    _ kind: UInt16, _ prefix: UInt8, _ count: Int, _ fragment: inout ByteCursor, _ function: UInt8,
    _ out: inout ObservationBuffer
  ) throws(DecodeError) {
    for _ in 0..<min(count, Limits.itemsPerPDU) {
      let size = Int(try Self.number(&fragment, 1 << (Int(prefix) - 4), "object size"))
      let object = try fragment.take(size, "object")
      switch kind {
      case 0x4602: fileAuthentication(object, &out)
      case 0x4603: fileCommand(object, function, &out)
      default: break
      }
    }
  }

  /// Group 70 variation 3: where the name stands, times, permissions, key, size, mode.
  private func fileCommand(_ object: Span<UInt8>, _ function: UInt8, _ out: inout ObservationBuffer) {
    guard let offset = object.le16(0), let length = object.le16(2), let size = object.le32(16),
      let mode = object.le16(20)
    else { return }
    let name = out.text(object.clamped(from: Int(offset), count: Int(length)))
    let direction: FileSeen.Direction =
      switch (function, mode) {
      case (25, 1): .toClient
      case (25, 2), (25, 3): .toServer
      default: .named
      }
    out.record(.file(FileSeen(name, direction, size: direction == .toServer ? UInt64(size) : nil)))
  }

  /// Group 70 variation 2: a user's name and, in clear text, the password.
  private func fileAuthentication(_ object: Span<UInt8>, _ out: inout ObservationBuffer) {
    guard let offset = object.le16(0), let length = object.le16(2), let passwordLength = object.le16(6), length > 0
    else {
      return
    }
    let account = out.text(object.clamped(from: Int(offset), count: Int(length)))
    let strength: CredentialExposure.Strength = passwordLength == 0 ? .empty : .unknown
    out.record(.credential(CredentialExposure(.clearText, account: account, strength: strength)))
  }
}
