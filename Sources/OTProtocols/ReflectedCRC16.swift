import OTCore

/// A cyclic redundancy check of 16 bits that takes the lowest bit of each octet first (Modbus, DNP3, HDLC), eight octets a
/// step: a table tells what an octet adds to the remainder when it is followed by none to seven others.
struct ReflectedCRC16: Sendable {
  /// x¹⁶ + x¹⁵ + x² + 1: Modbus, ROC Plus, Genisys, which all begin it with ones.
  static let serial = ReflectedCRC16(polynomial: 0xa001)
  /// IEEE 1815 clause 9.2.8.
  static let dnp3 = ReflectedCRC16(polynomial: 0xa6bc)
  /// ISO/IEC 13239: HDLC.
  static let hdlc = ReflectedCRC16(polynomial: 0x8408)

  /// Eight tables of 256, for octets that are followed by none first.
  private let tables: [UInt16]

  /// - Parameter polynomial: the lowest power in the highest bit.
  init(polynomial: UInt16) {
    var tables: [UInt16] = (0..<256).map { (octet: UInt16) in
      var value = octet
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
      return value
    }
    for index in 256..<2048 {
      let before = tables[index - 256]
      tables.append(before >> 8 ^ tables[Int(before & 0xff)])
    }
    self.tables = tables
  }

  /// The remainder of these octets.
  func remainder(of bytes: Span<UInt8>, from initial: UInt16) -> UInt16 {
    let tables = tables.span
    var value = initial
    var index = 0
    while bytes.count - index >= 8 {
      let word = bytes.word(index) ^ UInt64(value.byteSwapped) << 48
      func part(_ followers: Int) -> UInt16 { tables[followers << 8 | Int(word >> UInt64(followers << 3) & 0xff)] }
      value = part(7) ^ part(6) ^ part(5) ^ part(4) ^ part(3) ^ part(2) ^ part(1) ^ part(0)
      index += 8
    }
    while index < bytes.count {
      value = remainder(of: bytes[index], from: value)
      index += 1
    }
    return value
  }

  /// The remainder of one octet more.
  func remainder(of octet: UInt8, from value: UInt16) -> UInt16 {
    value >> 8 ^ tables[Int((value ^ UInt16(octet)) & 0xff)]
  }
}
