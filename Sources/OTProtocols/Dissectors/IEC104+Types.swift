import OTCore

extension IEC104Dissector {
  /// Type identification of an ASDU. IEC 60870-5-101 section 7.2.1.1.
  struct TypeIdentification: Equatable {
    var rawValue: UInt8
    init(_ rawValue: UInt8) { self.rawValue = rawValue }

    /// Process information in monitor direction.
    var isMonitored: Bool { (1...44).contains(rawValue) || rawValue == 70 }
    /// Process, system and parameter information in control direction.
    var isCommand: Bool { (45...69).contains(rawValue) || (100...113).contains(rawValue) }

    /// A file or a section is ready, its last segment was sent, a segment.
    var carriesFile: Bool { rawValue == 120 || rawValue == 121 || rawValue == 123 || rawValue == 125 }

    /// Octets of one information element with its quality and time, without its address. Section 7.3.
    var elementSize: Int? {
      switch rawValue {
      case 1, 3: 1
      case 2, 4: 4
      case 5: 2
      case 6: 5
      case 7: 5
      case 8: 8
      case 9, 11: 3
      case 10, 12: 6
      case 13, 15: 5
      case 14, 16: 8
      case 17: 6
      case 18, 19: 7
      case 20: 5
      case 21: 2
      case 30, 31: 8
      case 32: 9
      case 33: 12
      case 34, 35: 10
      case 36, 37: 12
      case 38: 10
      case 39, 40: 11
      case 45, 46, 47: 1
      case 48, 49: 3
      case 50: 5
      case 51: 4
      case 58, 59, 60: 8
      case 61, 62: 10
      case 63: 12
      case 64: 11
      case 70, 100, 101, 105: 1
      case 102: 0
      case 103: 7
      case 104: 2
      case 106: 2
      case 107: 9
      case 110, 111: 3
      case 112: 5
      case 113: 1
      default: nil
      }
    }

    /// Octets of the objects that a variable structure qualifier announces (section 7.2.2), with their addresses.
    func octets(_ qualifier: UInt8) -> Int? {
      guard let size = elementSize else { return nil }
      let count = Int(qualifier & 0x7f)
      return qualifier & 0x80 != 0 ? 3 + count * size : count * (3 + size)
    }

    /// Whether an ASDU of this type is sent for this cause (IEC 60870-5-101 sections 7.2.3 and 7.3): monitored values are
    /// never activated, commands never spontaneous, parameters also told when the station is interrogated.
    func hasCause(_ cause: UInt8) -> Bool {
      if isMonitored { return (1...5).contains(cause) || cause == 11 || cause == 12 || (20...41).contains(cause) }
      if (110...112).contains(rawValue), (20...36).contains(cause) { return true }
      return isCommand && ((5...10).contains(cause) || cause == 13 || (44...47).contains(cause))
    }

    /// Whether a command executes; a set select bit (S/E, section 7.2.6.26) only announces it.
    func isExecuted(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
      let place: Int
      switch rawValue {
      case 45...47, 58...60: place = 0
      case 48, 49, 61, 62: place = 2
      case 50, 63: place = 4
      default: return true
      }
      return bytes.byte(offset + place).map { $0 & 0x80 == 0 } ?? true
    }

    /// Whether the number is one of IEEE 754, section 7.2.6.8.
    var isShortFloat: Bool { rawValue == 13 || rawValue == 14 || rawValue == 36 }

    @inline(__always)
    static func shortFloat(_ bytes: Span<UInt8>, _ place: Int) -> Double? {
      let real = bytes.le32(place).map { Double(Float(bitPattern: $0)) }
      return real.flatMap { $0.isFinite ? $0 : nil }
    }

    /// The number in the information element at this place.
    @inline(__always)
    func value(_ bytes: Span<UInt8>, _ place: Int) -> Double? {
      switch rawValue {
      case 1, 2, 30, 45, 58: return bytes.byte(place).map { Double($0 & 1) }
      case 3, 4, 31, 46, 47, 59, 60: return bytes.byte(place).map { Double($0 & 3) }
      // Transient bit above a signed seven-bit step.
      case 5, 6, 32: return bytes.byte(place).map { Double(Int8(truncatingIfNeeded: $0 << 1) >> 1) }
      case 7, 8, 33, 51, 64: return bytes.le32(place).map(Double.init)
      case 9, 10, 21, 34, 48, 61, 110: return bytes.le16(place).map { Double(Int16(bitPattern: $0)) / 32768 }
      case 11, 12, 35, 49, 62, 111: return bytes.le16(place).map { Double(Int16(bitPattern: $0)) }
      case 13, 14, 36, 50, 63, 112: return Self.shortFloat(bytes, place)
      case 15, 16, 37: return bytes.le32(place).map { Double(Int32(bitPattern: $0)) }
      case 100, 101, 105: return bytes.byte(place).map(Double.init)
      default: return nil
      }
    }
  }
}
