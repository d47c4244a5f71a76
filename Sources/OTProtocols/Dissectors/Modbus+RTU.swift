import OTCore

/// Frames of a serial line as gateways put them into TCP and UDP unchanged: unit, function, data, checksum.
/// MODBUS over Serial Line Specification and Implementation Guide V1.02, section 2.5.1 and appendix B.
extension ModbusDissector {
  /// Length of the frame at the start of `bytes`. A chunk must hold nothing but whole frames with right checksums: a
  /// checksum alone is found in one of 65,536 chunks of anything. Elsewhere than on a claimed port, where nothing else
  /// speaks for it, it must be a request that a client of this protocol sends every day.
  static func serialFrame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Int? {
    guard bytes.count >= 4, bytes[0] <= 247, !isWholeTCP(bytes) else { return nil }
    if !hint.isClaimed, !hint.isEstablished, !isEverydayRequest(bytes) { return nil }
    var first: Int?
    var next = 0
    for _ in 0..<16 {
      guard let length = serialLength(bytes.extracting(next..<bytes.count)) else { return nil }
      if first == nil { first = length }
      next += length
      if next == bytes.count { return first }
    }
    return nil
  }

  /// Whether a segment is one message of Modbus/TCP as clients send every day, or its answer, where no port speaks for it:
  /// each field that can be wrong is right. Sections 6.1 to 6.12 of the application protocol; function 90 is UMAS.
  static func isEveryday(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Bool {
    guard hint.isStream, isWholeTCP(bytes), let function = bytes.byte(7), let quantity = bytes.be16(10) ?? bytes.be16(8)
    else { return false }
    let counted = Int(bytes[8])
    let isCounted = bytes.count == 9 + counted && counted > 0
    let hasQuantity = bytes.count == 12 && quantity > 0
    switch function {
    case 1, 2: return (hasQuantity && quantity <= 2000) || (isCounted && counted <= 250)
    case 3, 4: return (hasQuantity && quantity <= 125) || (isCounted && counted & 1 == 0)
    case 5: return bytes.count == 12 && (quantity == 0 || quantity == 0xff00)
    case 6: return bytes.count == 12
    case 15:
      return (hasQuantity && quantity <= 1968)
        || (bytes.byte(12).map { Int($0) == (Int(quantity) + 7) / 8 && bytes.count == 13 + Int($0) } ?? false)
    case 16:
      return (hasQuantity && quantity <= 123)
        || (bytes.byte(12).map { Int($0) == 2 * Int(quantity) && bytes.count == 13 + Int($0) } ?? false)
    case 8: return bytes.count == 12 && (bytes.be16(8) ?? .max) <= 20
    // Records of files, each with reference type 6; an answer has its length in front of it.
    case 20:
      guard isCounted else { return false }
      let length = bytes[9]
      return (counted % 7 == 0 && length == 6) || (bytes.byte(10) == 6 && counted > Int(length) && length & 1 == 1)
    case 21: return isCounted && counted >= 9 && bytes[9] == 6
    case 22: return bytes.count == 14
    case 24:
      return quantity <= 31 && bytes.be16(8).map { Int($0) == bytes.count - 10 && $0 == 2 * quantity + 2 } ?? false
    case 23: return bytes.byte(16).map { bytes.count == 17 + Int($0) && $0 > 0 && $0 & 1 == 0 } ?? isCounted
    case 43: return counted == 14 && (1...4).contains(bytes.byte(9) ?? 0) && (bytes.count == 11 || bytes.count > 14)
    case 90: return bytes.count >= 10
    default: return false
    }
  }

  /// A read or write by a common function whose quantity and byte count are possible, and nothing else.
  private static func isEverydayRequest(_ bytes: Span<UInt8>) -> Bool {
    guard bytes[0] >= 1, let quantity = bytes.be16(4) else { return false }
    switch bytes[1] {
    // A multiple of 256 is an opcode without data of ROC Plus, which has the same checksum.
    case 1, 2: return bytes.count == 8 && (1...2000).contains(quantity) && quantity & 0xff != 0
    case 3, 4: return bytes.count == 8 && (1...125).contains(quantity)
    case 5: return bytes.count == 8 && (quantity == 0 || quantity == 0xff00)
    case 16: return (1...123).contains(quantity) && bytes.byte(6).map { Int($0) == 2 * Int(quantity) } ?? false
    default: return false
    }
  }

  /// The length, of those a request or response of this function may have, at which the checksum is right.
  private static func serialLength(_ bytes: Span<UInt8>) -> Int? {
    guard let function = bytes.byte(1) else { return nil }
    // Octets before a count, and the count's place: what follows is counted.
    func counted(_ place: Int) -> Int { place + 3 + Int(bytes.byte(place) ?? 0) }
    func checked(_ length: Int) -> Int? { hasChecksum(bytes, length) ? length : nil }
    switch function {
    case 1...4: return checked(8) ?? checked(counted(2))
    case 5, 6, 8: return checked(8)
    case 7: return checked(4) ?? checked(5)
    case 11: return checked(4) ?? checked(8)
    case 12, 17: return checked(4) ?? checked(counted(2))
    case 15, 16: return checked(8) ?? checked(counted(6))
    case 20, 21: return checked(counted(2))
    case 22: return checked(10)
    case 23: return checked(counted(10)) ?? checked(counted(2))
    case 24: return checked(6) ?? checked(6 + Int(bytes.be16(2) ?? 0))
    case 43, 90: return checked(bytes.count)
    case 0x81...0xab: return checked(5)
    default: return nil
    }
  }

  private static func hasChecksum(_ bytes: Span<UInt8>, _ length: Int) -> Bool {
    guard length >= 4, length <= 256, length <= bytes.count, let sum = bytes.le16(length - 2) else { return false }
    return serialChecksum(bytes.extracting(0..<(length - 2))) == sum
  }

  /// CRC-16 with the polynomial 0xa001 (reflected), beginning with 0xffff; sent low octet first. Section 6.2.2.
  static func serialChecksum(_ bytes: Span<UInt8>) -> UInt16 {
    ReflectedCRC16.serial.remainder(of: bytes, from: 0xffff)
  }

  /// Whether a whole data unit that is none of Modbus/TCP is a frame of a serial line.
  static func isSerial(_ bytes: Span<UInt8>) -> Bool { serialLength(bytes) == bytes.count }

  /// Whether the bytes are one data unit of Modbus/TCP by its header, for which no checksum has to be reckoned. Eight
  /// octets are left to the checksum: so long is a request of a serial line for registers from 0 on, too.
  @inline(__always)
  static func isWholeTCP(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count > 8, let length = bytes.be16(4) else { return false }
    return Int(length) + 6 == bytes.count && bytes.be16(2) == 0
  }
}
