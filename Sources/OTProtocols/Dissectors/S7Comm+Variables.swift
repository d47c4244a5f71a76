import OTCore

extension S7CommDissector {
  /// One address of a read or write job ("S7ANY", 12 octets behind the specification byte).
  struct Item: Sendable, Equatable {
    var area: UInt8
    var transport: UInt8
    var block: UInt16
    /// Bits from the start of the area; the number itself for counters and timers.
    var address: UInt32
    /// Elements of the transport type.
    var count: UInt16

    var object: Operation.Object {
      .numbers(UInt32(area) << 8 | UInt32(transport), UInt32(block), address, UInt32(count))
    }

    init(area: UInt8, transport: UInt8, block: UInt16, address: UInt32, count: UInt16) {
      self.area = area
      self.transport = transport
      self.block = block
      self.address = address
      self.count = count
    }

    init(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) {
      area = UInt8(truncatingIfNeeded: a >> 8)
      transport = UInt8(truncatingIfNeeded: a)
      block = UInt16(truncatingIfNeeded: b)
      address = c
      count = UInt16(truncatingIfNeeded: d)
    }
  }

  /// Items named of one job; further ones are counted in the object's text.
  static var maximumItems: Int { 16 }

  /// Reads the items of a job: one becomes numbers, several a text.
  mutating func readItems(
    _ parameters: inout ByteCursor, of job: inout Job, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let octets = parameters.peekRest()
    let count = Int(try parameters.u8("item count"))
    if count > 1, let known = lists.find(octets) {
      job.items = .several(known)
    } else if count > 1 {
      let start = out.textBytes.count
      try Self.append(count, &parameters, to: &out)
      // A longer list than any panel asks for is kept for its answer alone.
      let known = octets.extracting(first: octets.count <= Limits.textBytes ? octets.count : 0)
      let list = out.text(since: start)
      job.items = .several(lists.remember(out.copy(list), of: known))
      job.object = .text(list)
      return
    } else if count == 1 {
      job.items = .one(try Self.readItem(&parameters))
    }
    job.object = object(of: job, into: &out)
  }

  private static func readItem(_ parameters: inout ByteCursor) throws(DecodeError) -> Item {
    try parameters.skip(1, "variable specification")
    let length = Int(try parameters.u8("length of address"))
    var address = try parameters.slice(length, "address")
    // Items stand on even offsets nowhere in parameters: only data is padded.
    guard try address.u8("syntax") == 0x10, length >= 10 else {
      // Symbolic (S7-1200), drive and NC addresses: named by their syntax alone.
      return Item(area: 0, transport: address.bytes.byte(0) ?? 0, block: 0, address: 0, count: 0)
    }
    let transport = try address.u8("transport size")
    let count = try address.u16("count")
    let block = try address.u16("block number")
    let area = try address.u8("area")
    return Item(area: area, transport: transport, block: block, address: try address.u24("address"), count: count)
  }

  /// The object of a job or of its answer.
  func object(of job: Job, into out: inout ObservationBuffer) -> Operation.Object {
    switch job.items {
    case .one(let item): return item.object
    case .several(let list): return lists.text(list, into: &out).map { .text($0) } ?? .none
    case .none:
      if case .text = job.object { return .none }
      return job.object
    }
  }

  // MARK: values

  /// The value of a single item, where it is one number.
  static func value(_ data: inout ByteCursor, of item: Item) -> Operation.Values? {
    guard item.count == 1 || item.transport <= 3, let kind = data.peek(1),
      let announced = data.bytes.be16(data.offset + 2)
    else { return nil }
    // Lengths count bits for kinds 3, 4 and 5, octets for the others.
    let length = (3...5).contains(kind) ? (Int(announced) + 7) / 8 : Int(announced)
    guard (1...4).contains(length) else { return nil }
    let bytes = data.bytes.clamped(from: data.offset + 4, count: length)
    guard bytes.count == length else { return nil }
    var number: UInt32 = 0
    for index in bytes.indices { number = number << 8 | UInt32(bytes[index]) }
    switch (item.transport, length) {
    case (8, 4):
      let real = Double(Float(bitPattern: number))
      return real.isFinite ? .init(real) : nil
    case (5, 2): return .init(Double(Int16(truncatingIfNeeded: number)))
    case (7, 4): return .init(Double(Int32(truncatingIfNeeded: number)))
    default: return .init(Double(number))
    }
  }

  // MARK: text

  /// Several items, with commas between.
  private static func append(
    _ count: Int, _ parameters: inout ByteCursor, to out: inout ObservationBuffer
  ) throws(DecodeError) {
    for index in 0..<min(count, maximumItems) {
      let item = try readItem(&parameters)
      if index > 0 { _ = out.text(", ") }
      append(item, to: &out)
    }
    guard count > maximumItems else { return }
    _ = out.text(" and more: ")
    _ = out.text(UInt64(count))
  }

  /// Notation of STEP 7: `DB1.DBW4`, `M0.3`, `T5`, with the number of elements where it is not one.
  static func append(_ item: Item, to out: inout ObservationBuffer) {
    let isData = item.area == 0x84 || item.area == 0x85
    switch item.area {
    case 0:
      _ = out.text("syntax ")
      _ = out.text(UInt64(item.transport))
      return
    case 0x80: _ = out.text("P")
    case 0x81: _ = out.text("I")
    case 0x82: _ = out.text("Q")
    case 0x83: _ = out.text("M")
    case 0x84, 0x85:
      _ = out.text(item.area == 0x84 ? "DB" : "DI")
      _ = out.text(UInt64(item.block))
      _ = out.text(item.area == 0x84 ? ".DB" : ".DI")
    case 0x86: _ = out.text("L")
    case 0x87: _ = out.text("V")
    case 0x1c, 0x1e: _ = out.text("C")
    case 0x1d, 0x1f: _ = out.text("T")
    default:
      _ = out.text("area ")
      _ = out.text(UInt64(item.area))
      _ = out.text(" ")
    }
    let isNumbered = (0x1c...0x1f).contains(item.area)
    if !isNumbered {
      switch item.transport {
      case 1: if isData { _ = out.text("X") }
      case 2, 3: _ = out.text("B")
      case 4, 5: _ = out.text("W")
      default: _ = out.text("D")
      }
    }
    _ = out.text(UInt64(isNumbered ? item.address : item.address >> 3))
    if !isNumbered, item.transport == 1 || item.address & 7 != 0 {
      _ = out.text(".")
      _ = out.text(UInt64(item.address & 7))
    }
    if item.count != 1 {
      _ = out.text(" x ")
      _ = out.text(UInt64(item.count))
    }
  }
}

extension ObservationBuffer {
  /// Everything written since the text bytes were this many.
  func text(since start: Int) -> TextRef {
    TextRef(
      start: UInt32(truncatingIfNeeded: start), count: UInt32(truncatingIfNeeded: max(0, textBytes.count - start)))
  }
}
