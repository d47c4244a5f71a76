import OTCore

/// Puts the parts of an AIS message together and reads whom it is of. ITU-R M.1371-5 annex 8; armour of six bits a
/// character: IEC 61162-1:2016 section 7.3.4.3 and table 4.
struct AISReader: Sendable {
  private var told = RecentValues()
  /// Six bits a byte of a message whose parts are still coming.
  private var held: [UInt8] = []
  private var heldSequence = -1
  private var nextPart = 1

  /// Five slots of radio time hold 1064 bits.
  private static let sixBitCount = 178
  private static let partCount = 9

  /// `part` of `parts`, from 1; the parts of one message share a sequence number.
  mutating func read(
    payload: Span<UInt8>, parts: Int, part: Int, sequence: Int, isOwn: Bool, layer: UInt8,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard parts >= 1, parts <= Self.partCount, part >= 1, part <= parts else {
      throw DecodeError("number of parts", at: 0, .invalid)
    }
    if part == 1 {
      held.removeAll(keepingCapacity: true)
      heldSequence = sequence
      nextPart = 1
    }
    // A part that was lost leaves the rest of its message without a beginning.
    guard part == nextPart, sequence == heldSequence else { return }
    nextPart += 1
    for index in payload.indices where held.count < Self.sixBitCount {
      guard let value = Self.sixBits(payload[index]) else { throw DecodeError("payload", at: index, .invalid) }
      held.append(value)
    }
    guard part == parts else { return }
    heldSequence = -1
    try readMessage(isOwn, layer, into: &out)
  }

  private static func sixBits(_ character: UInt8) -> UInt8? {
    switch character {
    case 48...87: character - 48
    case 96...119: character - 56
    default: nil
    }
  }

  // MARK: fields

  /// An unsigned number of up to 32 bits, most significant bit first; nil where it does not fit.
  private func number(_ start: Int, _ count: Int) -> UInt32? {
    guard start + count <= held.count * 6 else { return nil }
    var value: UInt32 = 0
    for bit in start..<(start + count) {
      value = value << 1 | UInt32(held[bit / 6] >> UInt8(5 - bit % 6) & 1)
    }
    return value
  }

  /// Characters of six bits (table 44) up to the first `@`, without trailing blanks.
  private func text(_ start: Int, characters: Int, into out: inout ObservationBuffer) -> TextRef {
    var ascii: [UInt8] = []
    for index in 0..<characters {
      guard let value = number(start + index * 6, 6), value != 0 else { break }
      ascii.append(UInt8(truncatingIfNeeded: value < 32 ? value + 64 : value))
    }
    return out.text(ascii.span)
  }

  // MARK: messages

  private mutating func readMessage(
    _ isOwn: Bool, _ layer: UInt8, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard let type = number(0, 6), let mmsi = number(8, 30) else { throw DecodeError("MMSI", at: 0, .truncated) }
    guard type >= 1, type <= 27 else { throw DecodeError("message type", at: 0, .invalid) }
    var operation = Operation(UInt64(type), .publish, layer: layer, object: .numbers(mmsi, 0, 0, 0))
    if let speed = speed(type), speed < 1023 { operation.values = Operation.Values(Double(speed) / 10) }
    out.operation(operation)
    guard isOwn else { return tellStation(type, mmsi, layer, into: &out) }
    tellOwn(type, mmsi, layer, into: &out)
  }

  /// Speed over ground in tenths of a knot: messages 1 to 3 and 9 (whole knots there, so not read), 18 and 19.
  private func speed(_ type: UInt32) -> UInt32? {
    switch type {
    case 1, 2, 3: number(50, 10)
    case 18, 19: number(46, 10)
    default: nil
    }
  }

  /// The ship whose transponder this is, by its number, name, call sign and IMO number.
  private mutating func tellOwn(_ type: UInt32, _ mmsi: UInt32, _ layer: UInt8, into out: inout ObservationBuffer) {
    if told.isNew(hash: UInt64(mmsi)) {
      let first = out.text("MMSI ")
      out.identity(.sender, .deviceID, first.through(Self.text(mmsi: mmsi, into: &out)), layer: layer)
    }
    let parts = Self.staticData(type, number(38, 2))
    guard !parts.isEmpty, told.isNew(hash: held.span.fingerprint) else { return }
    if type == 5, let ship = number(40, 30), ship != 0 {
      let first = out.text("IMO ")
      out.identity(.sender, .serialNumber, first.through(out.text(UInt64(ship))), layer: layer)
    }
    for part in parts {
      let value = text(part.start, characters: part.characters, into: &out)
      out.identity(.sender, part.isName ? .name : .stationName, value, layer: layer)
    }
  }

  /// Another ship or station is no host of this network: what is known of it is an object the sender tells of.
  private mutating func tellStation(
    _ type: UInt32, _ mmsi: UInt32, _ layer: UInt8, into out: inout ObservationBuffer
  ) {
    let parts = Self.staticData(type, number(38, 2))
    guard !parts.isEmpty, told.isNew(hash: held.span.fingerprint) else { return }
    var whole = out.text("MMSI ")
    whole = whole.through(Self.text(mmsi: mmsi, into: &out))
    if type == 5, let ship = number(40, 30), ship != 0 {
      _ = out.text(", IMO ")
      whole = whole.through(out.text(UInt64(ship)))
    }
    // `@` and blanks stand for no name.
    for part in parts where number(part.start, 6).map({ $0 != 0 && $0 != 32 }) == true {
      _ = out.text(part.isName ? ", " : ", call sign ")
      whole = whole.through(text(part.start, characters: part.characters, into: &out))
    }
    out.identity(.sender, .objectName, whole, layer: layer)
  }

  private struct Part {
    var start: Int
    var characters: Int
    var isName: Bool
  }

  /// Where the name and the call sign stand: messages 5, 19, 21, and the parts A and B of 24.
  private static func staticData(_ type: UInt32, _ part: UInt32?) -> [Part] {
    switch (type, part) {
    case (5, _):
      [Part(start: 70, characters: 7, isName: false), Part(start: 112, characters: 20, isName: true)]
    case (19, _): [Part(start: 143, characters: 20, isName: true)]
    case (21, _): [Part(start: 43, characters: 20, isName: true)]
    case (24, 0): [Part(start: 40, characters: 20, isName: true)]
    case (24, 1): [Part(start: 90, characters: 7, isName: false)]
    default: []
    }
  }

  // MARK: names

  /// Nine digits: a station's number may begin with zeros (00 for a coast station).
  static func text(mmsi: UInt32) -> String {
    let digits = String(mmsi)
    return "MMSI " + String(repeating: "0", count: Swift.max(0, 9 - digits.utf8.count)) + digits
  }

  private static func text(mmsi: UInt32, into out: inout ObservationBuffer) -> TextRef {
    var divisor: UInt32 = 100_000_000
    var first = TextRef.none
    while divisor > 1, mmsi < divisor {
      let zero = out.text(0)
      if first.isEmpty { first = zero }
      divisor /= 10
    }
    let rest = out.text(UInt64(mmsi))
    return first.isEmpty ? rest : first.through(rest)
  }

  static func describe(operation code: UInt64) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 1, 2, 3: ("position report, class A", .report)
      case 4: ("base station report", .report)
      case 5: ("ship static and voyage data", .report)
      case 6: ("addressed binary message", .write)
      case 7: ("binary acknowledgement", .report)
      case 8: ("binary broadcast", .report)
      case 9: ("search and rescue aircraft position", .report)
      case 10: ("time inquiry", .read)
      case 11: ("time response", .report)
      case 12: ("addressed safety text", .write)
      case 13: ("safety acknowledgement", .report)
      case 14: ("safety broadcast", .report)
      case 15: ("interrogation", .discover)
      case 16: ("assignment command", .control)
      case 17: ("differential corrections broadcast", .report)
      case 18, 19: ("position report, class B", .report)
      case 20: ("data link management", .configure)
      case 21: ("aid to navigation report", .report)
      case 22: ("channel management", .configure)
      case 23: ("group assignment command", .control)
      case 24: ("static data report", .report)
      case 25, 26: ("binary message", .report)
      case 27: ("long-range position report", .report)
      default: ("unknown message", .other)
      }
    return OperationDescription(code: "\(code)", name: name, kind: kind)
  }
}
