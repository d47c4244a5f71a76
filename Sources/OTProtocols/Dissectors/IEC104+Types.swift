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

    /// The number in one information element.
    func value(_ element: Span<UInt8>) -> Double? {
      func real(_ index: Int) -> Double? {
        guard let bits = element.le32(index) else { return nil }
        let value = Double(Float(bitPattern: bits))
        return value.isFinite ? value : nil
      }
      func signed(_ index: Int) -> Double? { element.le16(index).map { Double(Int16(bitPattern: $0)) } }
      switch rawValue {
      case 1, 2, 30, 45, 58: return element.byte(0).map { Double($0 & 1) }
      case 3, 4, 31, 46, 47, 59, 60: return element.byte(0).map { Double($0 & 3) }
      // Transient bit above a signed seven-bit step.
      case 5, 6, 32: return element.byte(0).map { Double(Int8(truncatingIfNeeded: $0 << 1) >> 1) }
      case 7, 8, 33, 51, 64: return element.le32(0).map(Double.init)
      case 9, 10, 21, 34, 48, 61, 110: return signed(0).map { $0 / 32768 }
      case 11, 12, 35, 49, 62, 111: return signed(0)
      case 13, 14, 36, 50, 63, 112: return real(0)
      case 15, 16, 37: return element.le32(0).map { Double(Int32(bitPattern: $0)) }
      case 100, 101, 105: return element.byte(0).map(Double.init)
      default: return nil
      }
    }
  }
}
