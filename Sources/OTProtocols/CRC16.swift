import OTCore

extension Span<UInt8> {
  /// CRC-16 of x¹⁶ + x¹⁵ + x² + 1, reflected, all ones at first: Modbus, ROC, Genisys.
  var crc16: UInt16 {
    var crc: UInt16 = 0xffff
    for index in indices { crc = self[index].folded(into: crc) }
    return crc
  }
}

extension UInt8 {
  /// The checksum of `crc16` one octet further.
  func folded(into crc: UInt16) -> UInt16 {
    var crc = crc ^ UInt16(self)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xa001 : crc >> 1 }
    return crc
  }
}
