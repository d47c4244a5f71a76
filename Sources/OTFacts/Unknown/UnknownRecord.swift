import OTCore

/// What is kept of the payload of one conversation while nobody recognises it: a sample of fixed size for each direction
/// and counts of the rest, made once for the conversation and never grown.
struct UnknownRecord: Sendable {
  var conversation: UInt32
  /// When the first data unit was seen, seconds since 1970: what a clock in the payload would show.
  var begin: Int64
  var clientBegan: Bool
  /// Data units that were sent in the other direction than the one before.
  var turns: UInt32 = 0
  private var lastWasToServer: Bool
  var toServer = UnknownSide()
  var toClient = UnknownSide()

  init(conversation: UInt32, toServer: Bool, _ time: Timestamp) {
    self.conversation = conversation
    begin = time.nanoseconds / 1_000_000_000
    clientBegan = toServer
    lastWasToServer = toServer
  }

  var units: UInt64 { toServer.units &+ toClient.units }
  var bytes: UInt64 { toServer.bytes &+ toClient.bytes }

  mutating func add(_ unit: Span<UInt8>, wireCount: Int, toServer isToServer: Bool, edge: UInt64) {
    guard isToServer ? toServer.isNews(edge) : toClient.isNews(edge) else { return }
    if isToServer != lastWasToServer {
      turns &+= 1
      lastWasToServer = isToServer
    }
    if isToServer { toServer.add(unit, wireCount, edge) } else { toClient.add(unit, wireCount, edge) }
  }

  /// The same seen from the other end, for a conversation whose client turned out to be its server.
  mutating func turnAround() {
    swap(&toServer, &toClient)
    clientBegan.toggle()
  }
}

/// One direction of an unrecognised conversation.
struct UnknownSide: Sendable {
  /// Data units whose beginnings are kept: datagrams, or what single segments carried.
  static let sampleUnits = 24
  /// Bytes kept of the beginning of each.
  static let headBytes = 16
  /// Bytes counted by value, and of one data unit at most; what stands before the 17th byte of a long one is header.
  static let countedBytes = 2048
  static let countedPerUnit = 128

  var units: UInt64 = 0
  /// Payload bytes, cut ones included.
  var bytes: UInt64 = 0
  var shortest: UInt32 = .max
  var longest: UInt32 = 0
  /// Data units by size: class `n` holds 2^n ..< 2^(n+1) bytes.
  var sizes = InlineArray<17, UInt32>(repeating: 0)
  var samples = InlineArray<24, UnknownUnit>(repeating: UnknownUnit())
  var sampled = 0
  /// How often each byte value stood in the counted part.
  var values = InlineArray<256, UInt16>(repeating: 0)
  var counted = 0
  /// End of the last segment: flow in the upper, sequence number in the lower half; 0 for datagrams.
  private var edge: UInt64 = 0

  /// Whether a segment that ends at `next` was not seen before.
  func isNews(_ next: UInt64) -> Bool {
    guard next != 0, next >> 32 == edge >> 32 else { return true }
    return Int32(bitPattern: UInt32(truncatingIfNeeded: next) &- UInt32(truncatingIfNeeded: edge)) > 0
  }

  mutating func add(_ unit: Span<UInt8>, _ wireCount: Int, _ next: UInt64) {
    edge = next
    units &+= 1
    bytes &+= UInt64(truncatingIfNeeded: wireCount)
    let size = UInt32(truncatingIfNeeded: Swift.max(1, wireCount))
    shortest = Swift.min(shortest, size)
    longest = Swift.max(longest, size)
    sizes[Swift.min(31 - size.leadingZeroBitCount, 16)] &+= 1
    guard !unit.isEmpty else { return }
    if sampled < Self.sampleUnits {
      samples[sampled] = UnknownUnit(unit, size)
      sampled += 1
    }
    guard counted < Self.countedBytes else { return }
    let start = unit.count > 2 * Self.headBytes ? Self.headBytes : 0
    let end = Swift.min(unit.count, start + Self.countedPerUnit, start + Self.countedBytes - counted)
    for index in start..<end { values[Int(unit[index])] &+= 1 }
    counted += end - start
  }
}

/// The beginning of one data unit, its size and its end.
struct UnknownUnit: Sendable {
  /// First 16 bytes, the first one on the wire in the highest octet.
  private var high: UInt64 = 0
  private var low: UInt64 = 0
  /// Bytes on the wire.
  var size: UInt32 = 0
  /// How many of the first 16 there are.
  var kept: UInt8 = 0
  /// The last two bytes; 0 where the capture cut them off.
  var end: UInt16 = 0

  init() {}

  init(_ unit: Span<UInt8>, _ size: UInt32) {
    self.size = size
    let count = Swift.min(unit.count, UnknownSide.headBytes)
    kept = UInt8(truncatingIfNeeded: count)
    for index in 0..<count {
      let octet = UInt64(unit[index])
      if index < 8 { high |= octet << UInt64(56 - 8 * index) } else { low |= octet << UInt64(120 - 8 * index) }
    }
    if unit.count == Int(size) { end = unit.be16(unit.count - 2) ?? UInt16(unit[0]) }
  }

  /// The byte at `index`, nil where there is none.
  func byte(_ index: Int) -> UInt8? {
    guard index >= 0, index < Int(kept) else { return nil }
    let word = index < 8 ? high : low
    return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index & 7)))
  }

  /// A number of 1, 2 or 4 bytes at `index`.
  func number(_ index: Int, width: Int, isBig: Bool) -> Int? {
    guard index >= 0, index + width <= Int(kept) else { return nil }
    var value = 0
    for step in 0..<width {
      value = value << 8 | Int(byte(isBig ? index + step : index + width - 1 - step) ?? 0)
    }
    return value
  }
}
