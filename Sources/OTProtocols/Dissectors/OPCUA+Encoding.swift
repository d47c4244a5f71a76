import OTCore

/// OPC UA binary encoding, OPC 10000-6 (1.05) section 5.2.
extension ByteCursor {
  /// String or ByteString: a signed length, -1 for none, then octets.
  @_lifetime(copy self)
  mutating func uaString(_ field: StaticString) throws(DecodeError) -> Span<UInt8> {
    let length = Int(Int32(bitPattern: try u32le(field)))
    return try take(Swift.max(0, length), field)
  }

  /// Number of elements of an array, -1 for none; at most ``Limits/itemsPerPDU`` of them are worth a look.
  mutating func uaCount(_ field: StaticString) throws(DecodeError) -> Int {
    let count = Int(Int32(bitPattern: try u32le(field)))
    return Swift.min(Swift.max(0, count), Limits.itemsPerPDU)
  }

  /// NodeId and ExpandedNodeId, sections 5.2.2.9 and 5.2.2.10.
  mutating func uaNodeID(_ field: StaticString) throws(DecodeError) -> UANodeID {
    let encoding = try u8(field)
    var node = UANodeID()
    switch encoding & 0x3f {
    case 0: node.number = UInt32(try u8(field))
    case 1:
      node.namespace = UInt16(try u8(field))
      node.number = UInt32(try u16le(field))
    case 2:
      node.namespace = try u16le(field)
      node.number = try u32le(field)
    case 3, 5:
      node.isNumeric = false
      node.namespace = try u16le(field)
      let count = try uaString(field).count
      if encoding & 0x3f == 3 { node.text = UARange(start: offset - count, count: count) }
    case 4:
      node.isNumeric = false
      node.namespace = try u16le(field)
      try skip(16, field)
    default: throw DecodeError(field, at: offset, .invalid)
    }
    if encoding & 0x80 != 0 { _ = try uaString("namespace URI") }
    if encoding & 0x40 != 0 { try skip(4, "server index") }
    return node
  }

  mutating func uaSkipQualifiedName() throws(DecodeError) {
    try skip(2, "namespace index")
    _ = try uaString("qualified name")
  }

  /// LocalizedText, section 5.2.2.14: its text.
  @_lifetime(copy self)
  mutating func uaLocalizedText() throws(DecodeError) -> Span<UInt8> {
    let mask = try u8("localized text")
    if mask & 1 != 0 { _ = try uaString("locale") }
    return mask & 2 != 0 ? try uaString("text") : bytes.extracting(0..<0)
  }

  /// ExtensionObject, section 5.2.2.15: number of its type (0 where that is none) and its body.
  mutating func uaExtensionObject() throws(DecodeError) -> UAExtensionObject {
    let type = try uaNodeID("extension object")
    var object = UAExtensionObject(type: type.namespace == 0 && type.isNumeric ? type.number : 0)
    guard try u8("encoding") != 0 else { return object }
    let count = try uaString("body").count
    object.body = UARange(start: offset - count, count: count)
    return object
  }

  /// The bytes of a part that was read before.
  @_lifetime(copy self)
  func uaBytes(_ range: UARange) -> Span<UInt8> { bytes.clamped(from: range.start, count: range.count) }

  /// DiagnosticInfo, section 5.2.2.12, which may hold another one.
  mutating func uaSkipDiagnosticInfo() throws(DecodeError) {
    for _ in 0..<Limits.nesting {
      let mask = try u8("diagnostic info")
      for bit: UInt8 in [0x01, 0x02, 0x08, 0x04] where mask & bit != 0 { try skip(4, "diagnostic info") }
      if mask & 0x10 != 0 { _ = try uaString("additional info") }
      if mask & 0x20 != 0 { try skip(4, "inner status code") }
      guard mask & 0x40 != 0 else { return }
    }
    throw DecodeError("diagnostic info", at: offset, .tooDeep)
  }

  /// OPC 10000-4 section 7.33.
  mutating func uaSkipRequestHeader() throws(DecodeError) {
    _ = try uaNodeID("authentication token")
    try skip(16, "timestamp to return diagnostics")
    _ = try uaString("audit entry")
    try skip(4, "timeout hint")
    _ = try uaExtensionObject()
  }

  /// OPC 10000-4 section 7.34: the result of the service.
  mutating func uaResponseHeader() throws(DecodeError) -> UInt32 {
    try skip(12, "timestamp and request handle")
    let result = try u32le("service result")
    try uaSkipDiagnosticInfo()
    for _ in 0..<(try uaCount("string table")) { _ = try uaString("string table") }
    _ = try uaExtensionObject()
    return result
  }
}

/// A part of a cursor's bytes.
struct UARange {
  var start = 0
  var count = 0
}

struct UANodeID {
  var namespace: UInt16 = 0
  var number: UInt32 = 0
  var isNumeric = true
  /// Identifier of a node that is named by a string.
  var text = UARange()
}

struct UAExtensionObject {
  var type: UInt32
  var body = UARange()
}
