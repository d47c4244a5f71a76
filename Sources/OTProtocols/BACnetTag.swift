import OTCore

/// The tag in front of each value of BACnet: ANSI/ASHRAE 135-2016, clause 20.2.1.
struct BACnetTag {
  enum Form { case primitive, opening, closing }

  var number: UInt8
  var isContext: Bool
  var form: Form
  /// Octets of contents; of an application-tagged Boolean, which has none, its value.
  var length: Int

  static func read(_ pdu: inout ByteCursor) throws(DecodeError) -> BACnetTag {
    let first = try pdu.u8("tag")
    var number = first >> 4
    if number == 15 { number = try pdu.u8("extended tag number") }
    let isContext = first & 8 != 0
    switch first & 7 {
    case 6 where isContext: return BACnetTag(number: number, isContext: true, form: .opening, length: 0)
    case 7 where isContext: return BACnetTag(number: number, isContext: true, form: .closing, length: 0)
    case 6, 7: throw DecodeError("tag", at: pdu.offset - 1, .invalid)
    case 5:
      var length = Int(try pdu.u8("extended length"))
      if length == 254 {
        length = Int(try pdu.u16("extended length"))
      } else if length == 255 {
        length = Int(try pdu.u32("extended length"))
      }
      return BACnetTag(number: number, isContext: isContext, form: .primitive, length: length)
    default: return BACnetTag(number: number, isContext: isContext, form: .primitive, length: Int(first & 7))
    }
  }

  /// Application tag numbers (clause 20.2.1.4).
  static let boolean: UInt8 = 1
  static let unsignedInteger: UInt8 = 2
  static let signedInteger: UInt8 = 3
  static let real: UInt8 = 4
  static let double: UInt8 = 5
  static let characterString: UInt8 = 7
  static let enumerated: UInt8 = 9
  static let objectIdentifier: UInt8 = 12

  func isContext(_ number: UInt8) -> Bool { isContext && form == .primitive && self.number == number }
  func isOpening(_ number: UInt8) -> Bool { form == .opening && self.number == number }
  func isApplication(_ number: UInt8) -> Bool { !isContext && form == .primitive && self.number == number }

  /// Octets of contents behind the tag.
  private var contents: Int { isApplication(Self.boolean) || form != .primitive ? 0 : length }

  @_lifetime(copy pdu)
  func value(_ pdu: inout ByteCursor) throws(DecodeError) -> Span<UInt8> { try pdu.take(contents, "value") }

  /// An unsigned integer, enumeration or object identifier; the lowest 64 bits.
  func unsigned(_ pdu: inout ByteCursor) throws(DecodeError) -> UInt64 {
    let bytes = try value(&pdu)
    var result: UInt64 = 0
    for index in bytes.indices { result = result << 8 | UInt64(bytes[index]) }
    return result
  }

  /// Moves behind this tag's contents; behind an opening tag, behind its closing tag.
  func skip(_ pdu: inout ByteCursor) throws(DecodeError) {
    guard form == .opening else { return try pdu.skip(contents, "value") }
    var depth = 1
    while depth > 0 {
      let inner = try BACnetTag.read(&pdu)
      switch inner.form {
      case .opening:
        depth += 1
        guard depth <= Limits.nesting else { throw DecodeError("tag", at: pdu.offset, .tooDeep) }
      case .closing: depth -= 1
      case .primitive: try pdu.skip(inner.contents, "value")
      }
    }
  }

  /// The value as a number, where it is one that can be said on an axis; moves behind it.
  func number(_ pdu: inout ByteCursor) throws(DecodeError) -> Double? {
    guard !isContext, form == .primitive else {
      try skip(&pdu)
      return nil
    }
    if number == Self.boolean { return length == 0 ? 0 : 1 }
    let bytes = try value(&pdu)
    let result: Double
    switch (number, bytes.count) {
    case (Self.real, 4): result = Double(Float(bitPattern: bytes.be32(0) ?? 0))
    case (Self.double, 8):
      result = Double(bitPattern: UInt64(bytes.be32(0) ?? 0) << 32 | UInt64(bytes.be32(4) ?? 0))
    case (Self.unsignedInteger, 1...7), (Self.enumerated, 1...7):
      var value: UInt64 = 0
      for index in bytes.indices { value = value << 8 | UInt64(bytes[index]) }
      result = Double(value)
    case (Self.signedInteger, 1...7):
      var value: Int64 = bytes[0] & 0x80 == 0 ? 0 : -1
      for index in bytes.indices { value = value << 8 | Int64(bytes[index]) }
      result = Double(value)
    default: return nil
    }
    return result.isNaN ? nil : result
  }
}

extension ObservationBuffer {
  /// A character string: an octet that names the character set, then the text (clause 20.2.9).
  mutating func text(bacnet bytes: Span<UInt8>) -> TextRef {
    guard let set = bytes.byte(0) else { return .none }
    // Set 1 names its code page in two octets first.
    let characters = bytes.rest(from: set == 1 ? 3 : 1)
    guard set == 3 || set == 4 else { return text(characters) }
    // UCS-4 and UCS-2, most significant octet first; what is not in 16 bits is shown as unknown.
    let width = set == 3 ? 4 : 2
    let first = TextRef(start: UInt32(truncatingIfNeeded: textBytes.count), count: 0)
    var last = first
    var index = 0
    while index + width <= Swift.min(characters.count, Limits.textBytes) {
      var unit = InlineArray<2, UInt8>(repeating: 0)
      unit[0] = characters[index + width - 1]
      unit[1] = characters[index + width - 2]
      if width == 4, characters.be16(index) != 0 { (unit[0], unit[1]) = (0xfd, 0xff) }
      last = unit[1] == 0 && unit[0] == 0x20 ? text(" ") : text(utf16le: unit.span)
      index += width
    }
    return first.through(last)
  }
}
