import OTCore

extension S7CommDissector {
  /// System status lists that tell what a module is. Siemens, System Software for S7-300/400, chapter "SZL".
  ///
  /// An answer in several parts is put together first, up to 64 KiB.
  mutating func systemStatusList(
    _ data: inout ByteCursor, isLast: Bool, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let returnCode = try data.u8("return code")
    try data.skip(1, "transport size")
    let length = Int(try data.u16("length"))
    guard returnCode == 0xff else {
      partialList.removeAll()
      return
    }
    let part = data.bytes.clamped(from: data.offset, count: length)
    if isLast, partialList.isEmpty {
      var list = ByteCursor(part)
      try Self.readList(&list, into: &out)
      return
    }
    guard partialList.count + part.count <= 1 << 16 else {
      partialList.removeAll()
      out.anomaly("SZL", .tooDeep)
      return
    }
    partialList.append(part)
    guard isLast else { return }
    let whole = partialList
    partialList.removeAll(keepingCapacity: true)
    var list = ByteCursor(whole.span)
    try Self.readList(&list, into: &out)
  }

  private static func readList(_ list: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    let id = try list.u16("SZL-ID")
    let listIndex = try list.u16("SZL index")
    let recordLength = Int(try list.u16("record length"))
    let recordCount = Int(try list.u16("record count"))
    guard recordLength >= 2 else { return }
    for _ in 0..<min(recordCount, Limits.itemsPerPDU) {
      guard list.remaining >= recordLength else { return }
      var record = try list.slice(recordLength, "record")
      switch id & 0xff {
      case 0x11: try moduleIdentification(&record, into: &out)
      case 0x1c: try componentIdentification(&record, into: &out)
      case 0x19, 0x74: indicator(record.bytes, into: &out)
      case 0x24: operatingMode(record.bytes, into: &out)
      case 0x37: ethernetInterface(record.bytes, into: &out)
      case 0x32 where listIndex == 4: protection(record.bytes, into: &out)
      default: return
      }
    }
  }

  /// SZL 0x11: index, order number (20 characters), type of module, two version words.
  private static func moduleIdentification(
    _ record: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let index = try record.u16("index")
    let order = try record.take(20, "order number")
    try record.skip(2, "module type")
    let version = try record.take(4, "version")
    guard let (a, b) = version.be16(0).flatMap({ a in version.be16(2).map { (a, $0) } }) else { return }
    switch index {
    case 1, 6:
      out.identity(.sender, .orderNumber, out.text(order))
      if index == 1 || a != 0 {
        // The first word counts hardware releases; where it is a letter the release stands in three octets.
        let hardware = a >> 8 == 0 ? out.text(UInt64(b > 0 && b < 256 && a == 0 ? b : a)) : dotted(a, b, into: &out)
        out.identity(.sender, .hardwareVersion, hardware)
      }
    case 7: out.identity(.sender, .firmwareVersion, dotted(a, b, into: &out))
    case 0x81:
      // "Boot Loader" with its own version: the part first, then what it is.
      let start = out.textBytes.count
      _ = out.text(order)
      _ = out.text(" ")
      _ = dotted(a, b, into: &out)
      out.identity(.sender, .softwareVersion, out.text(since: start))
    default:
      // Further modules: Siemens' order numbers begin with a 6.
      if order.byte(0) == UInt8(ascii: "6") { out.identity(.sender, .orderNumber, out.text(order)) }
    }
  }

  /// `V` 3, 2.7 becomes `V3.2.7`: a letter and three numbers in two words.
  private static func dotted(_ a: UInt16, _ b: UInt16, into out: inout ObservationBuffer) -> TextRef {
    let start = out.textBytes.count
    if a >> 8 == UInt16(UInt8(ascii: "V")) { _ = out.text("V") }
    _ = out.text(joined: UInt64(a & 0xff == 0x20 ? 0 : a & 0xff), UInt64(b >> 8), UInt64(b & 0xff))
    return out.text(since: start)
  }

  /// SZL 0x1C: index and a text of up to 32 characters; in redundant CPUs the index's upper bits name the rack.
  private static func componentIdentification(
    _ record: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let index = try record.u16("index") & 0x3fff
    let length = index == 5 || index == 8 || index == 4 || index == 0x0b ? 32 : 24
    var text = record.bytes.clamped(from: 2, count: min(length, record.remaining))
    let isCut = text.count < length
    if let end = text.first(0) { text = text.extracting(0..<end) } else if isCut { return }
    let attribute: IdentityAttribute
    switch index {
    case 1: attribute = .stationName
    case 2: attribute = .moduleName
    case 3: attribute = .plantIdentification
    case 4, 0x0a: attribute = .copyright
    case 5: attribute = .serialNumber
    case 7: attribute = .productName
    case 8: attribute = .memoryCardSerial
    case 0x0b: attribute = .location
    default: return
    }
    out.identity(.sender, attribute, out.text(text))
  }

  /// SZL 0x19 and 0x74: number of a light (rack and module above it), whether it is on, whether it flashes.
  private static func indicator(_ record: Span<UInt8>, into out: inout ObservationBuffer) {
    guard record.byte(2) == 1, record.byte(3) == 0 else { return }
    switch record.byte(1) {
    case 4: out.property(.mode, out.text("RUN"))
    case 5: out.property(.mode, out.text("STOP"))
    default: break
    }
  }

  /// SZL 0x37: logical address of the interface, IP address, mask, router, hardware address.
  private static func ethernetInterface(_ record: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let address = record.be32(2), address != 0, let mac = record.mac(14), mac != .zero else { return }
    out.record(.binding(AddressBinding(.ipv4(address), mac, .other)))
  }

  /// SZL 0x24: event, previous and present mode of the CPU (the lower four bits of octet 3).
  private static func operatingMode(_ record: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let state = record.byte(3) else { return }
    let mode: TextRef
    switch state & 0x0f {
    case 1...4: mode = out.text("STOP")
    case 5...7: mode = out.text("STARTUP")
    case 8: mode = out.text("RUN")
    case 9: mode = out.text("RUN redundant")
    case 0x0a: mode = out.text("HOLD")
    case 0x0d: mode = out.text("DEFECT")
    default: return
    }
    out.property(.mode, mode)
  }

  /// SZL 0x32 index 4: protection level by the mode selector, by parameters, in effect; position of the selector.
  private static func protection(_ record: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let level = record.be16(6), (1...4).contains(level) else { return }
    let start = out.textBytes.count
    _ = out.text("protection level ")
    _ = out.text(UInt64(level))
    switch record.be16(8) {
    case 1: _ = out.text(", selector RUN")
    case 2: _ = out.text(", selector RUN-P")
    case 3: _ = out.text(", selector STOP")
    case 4: _ = out.text(", selector MRES")
    default: break
    }
    out.property(.securityMode, out.text(since: start))
  }
}
