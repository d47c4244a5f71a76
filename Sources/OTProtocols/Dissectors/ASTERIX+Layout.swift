import OTCore

/// Lengths of the data items of each category, in the order of its user application profile: enough to step over a
/// record and to tell a record from other bytes. Facts of the EUROCONTROL specifications of each category, part and
/// edition in the comments, carried over from the configuration of the open `asterix` decoder (CroatiaControlLtd).
enum ASTERIXLayout {
  /// One octet an item: 1…0x7f octets; 0x80 + n an item of n octets that goes on while its last bit is set; 0xa0 + n
  /// a count and that many pieces of n octets; then the special ones below.
  typealias Program = [UInt8]
  /// No item has this place.
  private static let none: UInt8 = 0
  /// The first octet is the length, itself included (special purpose and reserved expansion fields).
  private static let explicit: UInt8 = 0xc0
  private static let repeat64: UInt8 = 0xde
  private static let repeat256: UInt8 = 0xdf
  /// Followed by a number of places and an item for each: which of them are there is told by bits as in an FSPEC.
  private static let compound: UInt8 = 0xe0

  /// Program of a category, or nil for one that is not listed.
  static func program(_ category: UInt8) -> Program? {
    switch category {
    case 2: category2
    case 8: category8
    case 10: category10
    case 11: category11
    case 19: category19
    case 20: category20
    case 21: category21
    case 34: category34
    case 48: category48
    case 62: category62
    case 63: category63
    case 65: category65
    case 240: category240
    case 247: category247
    default: nil
    }
  }

  /// Monoradar service messages 1.0.
  private static let category2: Program = [
    2, 1, 1, 3, 2, 0x81, 0x81, 0xa2, 8, 2, 0x81,
  ]
  /// Monoradar weather 1.0.
  private static let category8: Program = [
    2, 1, 0x81, 0xa3, 0xa4, 2, 0xa2, 3, 0x83, 0x81, 2, 0xa4,
  ]
  /// Surface movement sensors 1.1.
  private static let category10: Program = [
    2, 1, 0x81, 3, 8, 4, 4, 4, 4, 2, 0x81, 2, 3, 7, 0xa8, 1, 2, 2, 0x81, 1, 1, 4, 0xa2, 1, 2, none, explicit,
    explicit,
  ]
  /// Surface movement tracks 1.2.
  private static let category11: Program = [
    2, 1, 1, 3, 8, 4, 4, 2, 2, 7, compound, 11, 0xa8, 3, none, 3, none, none, none, 4, 1, none, 1, 2, 0x81, compound,
    12, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 0x81, compound, 14, 2, 7, 4, 1, 4, 1, 4, 4, 3, 2, 2, 0xa4,
    6, 1, 1, 1, compound, 6, 2, 4, 2, 2, 2, 2, 3, 0xa2, 0xa2, explicit, explicit, none, none, none, none, none, none,
  ]
  /// Multilateration status 1.3.
  private static let category19: Program = [
    2, 1, 3, 1, 1, 0xa2, 0x81, 8, 2, 1, none, none, explicit, explicit,
  ]
  /// Multilateration targets 1.10.
  private static let category20: Program = [
    2, 0x81, 3, 8, 6, 2, 0x81, 2, 4, 2, 4, 3, 7, 2, 2, 2, 1, 1, compound, 3, 6, 6, 2, 0xa1, 0xa8, 2, 7, 0x81, 1, 2,
    explicit, explicit,
  ]
  /// ADS-B reports 2.6.
  private static let category21: Program = [
    2, 0x81, 2, 1, 3, 6, 8, 3, 2, 2, 3, 3, 4, 3, 4, 2, 0x81, 1, 2, 2, 2, 2, 1, 2, 2, 4, 2, 3, 6, 1, compound, 4, 2,
    2, 2, 1, 2, 2, compound, 2, 0x81, 0xaf, 1, 1, 0x81, 1, 0xa8, 7, 1, compound, 23, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, none, none, none, none, none, explicit, explicit,
  ]
  /// Monoradar service messages 1.27.
  private static let category34: Program = [
    2, 1, 3, 1, 2, compound, 6, 1, none, none, 1, 1, 2, compound, 6, 1, none, none, 1, 1, 1, 0xa2, 8, 1, 8, 2,
    explicit, explicit,
  ]
  /// Monoradar targets 1.21.
  private static let category48: Program = [
    2, 3, 0x81, 4, 2, 2, compound, 7, 1, 1, 1, 1, 1, 1, 1, 3, 6, 0xa8, 2, 4, 4, 0x81, 4, 0x81, 2, 4, 2, compound, 2,
    2, 0xa6, 2, 7, 1, 2, 1, 2, explicit, explicit,
  ]
  /// System tracks 1.18.
  private static let category62: Program = [
    2, none, 1, 3, 8, 6, 4, 2, 2, 7, compound, 28, 3, 6, 2, 2, 2, 2, 2, 0x81, 0xaf, 2, 2, 7, 2, 2, 2, 2, 2, 2, 1, 8,
    1, 6, 2, 1, 0xa8, 2, 2, 2, 2, 0x81, compound, 10, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, compound, 31, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, compound, 18, 2, 7, 4,
    1, 4, 1, 4, 4, 3, 2, 2, 0xa4, 6, 1, 7, 7, 2, 7, 0x81, 1, compound, 7, 1, 4, 6, 2, 2, 1, 1, 2, 0x83, compound, 8,
    4, 2, 4, 1, 1, 2, 2, 1, compound, 6, 2, 4, 2, 2, 2, 1, none, none, none, none, none, explicit, explicit,
  ]
  /// Sensor status 1.3.
  private static let category63: Program = [
    2, 1, 3, 2, 0x81, 2, 4, 2, 4, 2, 2,
  ]
  /// Processing system status 1.3.
  private static let category65: Program = [
    2, 1, 1, 3, 1, 1, 1, none, none, none, none, none, explicit, explicit,
  ]
  /// Radar video 1.3.
  private static let category240: Program = [
    2, 1, 4, 0xa1, 12, 12, 2, 5, 0xa4, repeat64, repeat256, 3, explicit, explicit,
  ]
  /// Version numbers 1.2.
  private static let category247: Program = [
    2, 1, 3, 0xa3, none, none, none,
  ]
}

// MARK: stepping over records

extension ASTERIXLayout {
  /// Steps over one record: its FSPEC (part 1 section 4.3), then each item that it announces.
  static func skipRecord(_ cursor: inout ByteCursor, _ program: Program) throws(DecodeError) {
    let start = cursor.offset
    var octets = 0
    while try cursor.u8("FSPEC") & 1 == 1 {
      octets += 1
      guard octets < 8 else { throw DecodeError("FSPEC", at: cursor.offset, .tooDeep) }
    }
    let items = Items(start: 0, end: program.count, places: 7 * (octets + 1), presence: start, depth: 0)
    try skip(items, &cursor, program)
  }

  /// Items at `start ..< end` of a program; which are there is told by seven bits an octet at offset `presence`.
  private struct Items {
    var start: Int
    var end: Int
    var places: Int
    var presence: Int
    var depth: Int
  }

  private static func skip(_ items: Items, _ cursor: inout ByteCursor, _ program: Program) throws(DecodeError) {
    guard items.depth < 2 else { throw DecodeError("compound item", at: cursor.offset, .tooDeep) }
    var step = items.start
    for place in 0..<items.places {
      let octet = cursor.bytes.byte(items.presence + place / 7) ?? 0
      let isThere = octet & (0x80 >> UInt8(place % 7)) != 0
      guard step < items.end else {
        if isThere { throw DecodeError("FSPEC", at: items.presence, .invalid) }
        continue
      }
      if isThere { try skipItem(&cursor, program, at: step, depth: items.depth) }
      step = next(program, step)
    }
  }

  /// Index of the item behind the one at `step`.
  private static func next(_ program: Program, _ step: Int) -> Int {
    guard program[step] == compound, step + 1 < program.count else { return step + 1 }
    return step + 2 + Int(program[step + 1])
  }

  private static func skipItem(
    _ cursor: inout ByteCursor, _ program: Program, at step: Int, depth: Int
  ) throws(DecodeError) {
    let item = program[step]
    switch item {
    case none: throw DecodeError("FSPEC", at: cursor.offset, .invalid)
    case 1..<0x80: try cursor.skip(Int(item), "data item")
    case explicit:
      let length = Int(try cursor.u8("length"))
      guard length >= 1 else { throw DecodeError("length", at: cursor.offset, .invalid) }
      try cursor.skip(length - 1, "data item")
    case repeat64: try skipPieces(&cursor, of: 64)
    case repeat256: try skipPieces(&cursor, of: 256)
    case compound:
      let places = step + 1 < program.count ? Int(program[step + 1]) : 0
      let presence = cursor.offset
      var octets = 1
      while try cursor.u8("presence") & 1 == 1 { octets += 1 }
      guard 7 * octets < places + 7 else { throw DecodeError("presence", at: presence, .invalid) }
      let first = Swift.min(step + 2, program.count)
      let items = Items(
        start: first, end: Swift.min(first + places, program.count), places: 7 * octets, presence: presence,
        depth: depth + 1)
      try skip(items, &cursor, program)
    case 0xa0..<0xc0: try skipPieces(&cursor, of: Int(item & 0x1f))
    default:
      // Extents: the last bit of each part tells whether another one follows.
      let part = Int(item & 0x1f)
      var last: UInt8 = 1
      while last & 1 == 1 {
        try cursor.skip(Swift.max(0, part - 1), "data item")
        last = try cursor.u8("data item")
      }
    }
  }

  private static func skipPieces(_ cursor: inout ByteCursor, of size: Int) throws(DecodeError) {
    let count = Int(try cursor.u8("repetition factor"))
    try cursor.skip(count * size, "data item")
  }
}
