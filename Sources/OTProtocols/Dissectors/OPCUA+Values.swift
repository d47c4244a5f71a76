import OTCore

/// Variants and data values, OPC 10000-6 (1.05) sections 5.2.2.16 and 5.2.2.17.
extension ByteCursor {
  /// A Variant: its value where that is one Boolean or number, its text where that is one String, else only stepped
  /// over.
  mutating func uaVariant(depth: Int = 0) throws(DecodeError) -> UAVariant {
    guard depth < Limits.nesting else { throw DecodeError("variant", at: offset, .tooDeep) }
    let encoding = try u8("variant")
    let type = encoding & 0x3f
    var variant = UAVariant(type: type)
    guard encoding & 0x80 != 0 else {
      try uaScalar(type, depth, into: &variant)
      return variant
    }
    variant.isArray = true
    let count = Int(Int32(bitPattern: try u32le("array length")))
    if let width = Self.uaWidth(of: type) {
      try skip(Swift.max(0, Swift.min(count, bytes.count)) * width, "array")
    } else {
      guard count <= Limits.itemsPerPDU else { throw DecodeError("array length", at: offset, .tooDeep) }
      for _ in 0..<Swift.max(0, count) { try uaScalar(type, depth, into: &variant) }
    }
    if encoding & 0x40 != 0 {
      for _ in 0..<(try uaCount("array dimensions")) { try skip(4, "array dimensions") }
    }
    return variant
  }

  /// Octets of a built-in type of fixed width, section 5.1.2.
  private static func uaWidth(of type: UInt8) -> Int? {
    switch type {
    case 0: 0
    case 1, 2, 3: 1
    case 4, 5: 2
    case 6, 7, 10, 19: 4
    case 8, 9, 11, 13: 8
    case 14: 16
    default: nil
    }
  }

  private mutating func uaScalar(
    _ type: UInt8, _ depth: Int, into variant: inout UAVariant
  ) throws(DecodeError) {
    switch type {
    case 0: break
    case 1: variant.number = try u8("Boolean") == 0 ? 0 : 1
    case 2: variant.number = Double(Int8(bitPattern: try u8("SByte")))
    case 3: variant.number = Double(try u8("Byte"))
    case 4: variant.number = Double(Int16(bitPattern: try u16le("Int16")))
    case 5: variant.number = Double(try u16le("UInt16"))
    case 6: variant.number = Double(Int32(bitPattern: try u32le("Int32")))
    case 7: variant.number = Double(try u32le("UInt32"))
    case 8: variant.number = Double(Int64(bitPattern: try u64le("Int64")))
    case 9: variant.number = Double(try u64le("UInt64"))
    case 10: variant.number = Double(Float(bitPattern: try u32le("Float")))
    case 11: variant.number = Double(bitPattern: try u64le("Double"))
    case 12:
      let count = try uaString("String").count
      variant.text = UARange(start: offset - count, count: count)
    case 13: try skip(8, "DateTime")
    case 14: try skip(16, "Guid")
    case 15, 16: _ = try uaString("ByteString")
    case 17, 18: _ = try uaNodeID("NodeId")
    case 19: try skip(4, "StatusCode")
    case 20: try uaSkipQualifiedName()
    case 21: _ = try uaLocalizedText()
    case 22:
      let object = try uaExtensionObject()
      variant.objectType = object.type
      variant.text = object.body
    case 23: _ = try uaDataValue(depth: depth + 1)
    case 24: _ = try uaVariant(depth: depth + 1)
    case 25: try uaSkipDiagnosticInfo()
    default: throw DecodeError("variant", at: offset, .unsupported)
    }
  }

  /// A DataValue: its variant, behind which status and times are stepped over.
  mutating func uaDataValue(depth: Int = 0) throws(DecodeError) -> UAVariant {
    let mask = try u8("data value")
    var variant = UAVariant(type: 0)
    if mask & 0x01 != 0 { variant = try uaVariant(depth: depth) }
    if mask & 0x02 != 0 { try skip(4, "status") }
    if mask & 0x04 != 0 { try skip(8, "source timestamp") }
    if mask & 0x10 != 0 { try skip(2, "source picoseconds") }
    if mask & 0x08 != 0 { try skip(8, "server timestamp") }
    if mask & 0x20 != 0 { try skip(2, "server picoseconds") }
    return variant
  }
}

struct UAVariant {
  var type: UInt8
  var isArray = false
  var number: Double?
  /// Type of an extension object, whose body then stands in ``text``.
  var objectType: UInt32 = 0
  var text = UARange()
}
