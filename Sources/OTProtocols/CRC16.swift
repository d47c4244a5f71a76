import OTCore

extension Span<UInt8> {
  /// CRC-16 of x¹⁶ + x¹² + x⁵ + 1, highest bit of each octet first: ITU-T V.41, as OSDP, C37.118 and Ether-S-Bus begin it
  /// with different values. Where the lowest bit comes first: ``ReflectedCRC16``.
  func crc16(from initial: UInt16) -> UInt16 {
    var crc = initial
    for index in indices {
      crc ^= UInt16(self[index]) << 8
      for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
    }
    return crc
  }
}
