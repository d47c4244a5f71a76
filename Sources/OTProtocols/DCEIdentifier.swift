import OTCore

/// A universally unique identifier of DCE/RPC (interface, object, activity): C706 appendix A.
struct DCEIdentifier: Equatable, Sendable {
  /// The 16 octets as they are written, most significant first.
  var high: UInt64
  var low: UInt64

  init(_ high: UInt64, _ low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The identifier at `index`; its first three fields have the sender's byte order, the rest are octets.
  init?(_ bytes: Span<UInt8>, at index: Int, littleEndian: Bool) {
    guard let first = bytes.be32(index), let second = bytes.be16(index + 4), let third = bytes.be16(index + 6),
      let fourth = bytes.be32(index + 8), let fifth = bytes.be32(index + 12)
    else { return nil }
    let a = littleEndian ? first.byteSwapped : first
    let b = littleEndian ? second.byteSwapped : second
    let c = littleEndian ? third.byteSwapped : third
    high = UInt64(a) << 32 | UInt64(b) << 16 | UInt64(c)
    low = UInt64(fourth) << 32 | UInt64(fifth)
  }

  /// As the numbers of an ``Operation/Object``.
  var object: Operation.Object {
    .numbers(
      UInt32(truncatingIfNeeded: high >> 32), UInt32(truncatingIfNeeded: high),
      UInt32(truncatingIfNeeded: low >> 32), UInt32(truncatingIfNeeded: low))
  }

  /// `39c13a71-011e-11d0-9675-0020afd8adb3` of an ``object``.
  static func text(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> String {
    func digits(_ value: UInt32, _ count: Int) -> String { String(hexadecimal(value, digits: count).dropFirst(2)) }
    return "\(digits(a, 8))-\(digits(b >> 16, 4))-\(digits(b & 0xffff, 4))-\(digits(c >> 16, 4))-"
      + digits(c & 0xffff, 4) + digits(d, 8)
  }
}

/// Header of a connectionless DCE/RPC data unit: C706 section 12.5.3.1. 80 octets, then the body.
struct DCEDatagramHeader {
  enum PacketType {
    static let request: UInt8 = 0
    static let response: UInt8 = 2
    static let fault: UInt8 = 3
    static let reject: UInt8 = 6
  }

  static let byteCount = 80

  var type: UInt8
  var isLittleEndian: Bool
  var object: DCEIdentifier
  var interface: DCEIdentifier
  var sequence: UInt32
  var operation: UInt16
  var fragmentLength: Int
  /// 0 for the first (or only) fragment of a body.
  var fragment: UInt16

  /// Nil where the fixed fields do not fit together: version 4, known type, data representation, length.
  init?(_ bytes: Span<UInt8>, missing: Bool = false) {
    guard bytes.count >= Self.byteCount, bytes[0] == 4, bytes[1] <= 10, bytes[4] & 0xee == 0, bytes[5] <= 3,
      bytes[6] == 0 || bytes[6] == 1
    else { return nil }
    let little = bytes[4] & 0x10 != 0
    guard let object = DCEIdentifier(bytes, at: 8, littleEndian: little),
      let interface = DCEIdentifier(bytes, at: 24, littleEndian: little),
      let sequence = little ? bytes.le32(64) : bytes.be32(64), let operation = little ? bytes.le16(68) : bytes.be16(68),
      let length = little ? bytes.le16(74) : bytes.be16(74), let fragment = little ? bytes.le16(76) : bytes.be16(76)
    else { return nil }
    guard missing || Int(length) <= bytes.count - Self.byteCount else { return nil }
    type = bytes[1]
    isLittleEndian = little
    self.object = object
    self.interface = interface
    self.sequence = sequence
    self.operation = operation
    fragmentLength = Int(length)
    self.fragment = fragment
  }
}
