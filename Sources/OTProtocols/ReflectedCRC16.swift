import OTCore

/// A cyclic redundancy check of 16 bits that takes the lowest bit of each octet first (Modbus, DNP3, HDLC), eight octets a
/// step: a table tells what an octet adds to the remainder when it is followed by none to seven others.
struct ReflectedCRC16: Sendable {
  /// x¹⁶ + x¹⁵ + x² + 1: Modbus, ROC Plus, Genisys, which all begin it with ones.
  static let serial = ReflectedCRC16(polynomial: 0xa001)
  /// IEEE 1815 clause 9.2.8.
  static let dnp3 = ReflectedCRC16(polynomial: 0xa6bc)
  /// ISO/IEC 13239: HDLC, and BSAP.
  static let hdlc = ReflectedCRC16(polynomial: 0x8408)

  /// Eight tables of 256, for octets that are followed by none first.
  private let tables: [UInt16]

  /// - Parameter polynomial: the lowest power in the highest bit.
  init(polynomial: UInt16) {
    var tables = Array(repeating: UInt16(0), count: 2048)
    for octet in 0..<256 {
      var value = UInt16(octet)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
      tables[octet] = value
    }
    for index in 256..<2048 {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xff)]
    }
    self.tables = tables
  }

  /// The remainder of these octets.
  func remainder(of bytes: Span<UInt8>, from initial: UInt16) -> UInt16 {
    // How many there are is said once, so that it need not be asked for each octet.
    let tables = tables.span.extracting(0..<2048)
    var value = initial
    var rest = bytes
    while rest.count >= 8 {
      func part(_ followers: Int, _ octet: UInt8) -> UInt16 { tables[followers << 8 | Int(octet)] }
      let first = part(7, rest[0] ^ UInt8(truncatingIfNeeded: value)) ^ part(6, rest[1] ^ UInt8(value >> 8))
      value =
        first ^ part(5, rest[2]) ^ part(4, rest[3]) ^ part(3, rest[4]) ^ part(2, rest[5]) ^ part(1, rest[6])
        ^ part(0, rest[7])
      rest = rest.extracting(8..<rest.count)
    }
    for index in rest.indices { value = value >> 8 ^ tables[Int((value ^ UInt16(rest[index])) & 0xff)] }
    return value
  }

  /// The remainder of one octet more.
  func remainder(of octet: UInt8, from value: UInt16) -> UInt16 {
    value >> 8 ^ tables[Int((value ^ UInt16(octet)) & 0xff)]
  }
}
