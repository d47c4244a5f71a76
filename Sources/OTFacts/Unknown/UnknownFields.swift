import OTCore

/// Where a data unit tells its own length: `value + adjust` is the size of the data unit.
struct LengthField: Sendable, Equatable {
  var offset: Int
  var width: Int
  var isBig: Bool
  var adjust: Int
}

/// A number at a fixed place.
struct NumberField: Sendable, Equatable {
  var offset: Int
  var width: Int
  var isBig: Bool
}

/// What the beginnings of the data units of one direction have in common, found by agreement over the sample.
struct UnknownFields: Sendable {
  /// Positions, of the first 16, whose byte is the same in nine of ten data units; the byte stands in ``constants``.
  var constantMask: UInt16 = 0
  var constants = InlineArray<16, UInt8>(repeating: 0)
  /// How many of the first 16 bytes every data unit has.
  var common = 0
  var length: LengthField?
  var counter: NumberField?
  /// Seconds since 1970, near the time of the capture.
  var clock: NumberField?
  /// A byte of few values behind all that: what a command would be.
  var command: Int?
  var commands: [UInt8] = []
  /// The two bytes every data unit ends in.
  var ending: UInt16?

  /// Data units a length field, a counter or a clock has to agree with.
  private static let leastMessages = 8
  /// Where fields are looked for.
  private static let positions = 0..<13

  init(_ side: UnknownSide, begin: Int64) {
    let units = (0..<side.sampled).map { side.samples[$0] }
    guard !units.isEmpty else { return }
    common = units.map { Int($0.kept) }.min() ?? 0
    findConstants(units)
    if units.allSatisfy({ $0.size >= 4 && $0.end == units[0].end }), units.count > 1 { ending = units[0].end }
    guard units.count >= Self.leastMessages else { return }
    length = Self.length(units)
    counter = Self.counter(units, besides: length)
    clock = Self.clock(units, near: begin)
    findCommand(units)
  }

  /// The byte that all data units have at `index`, if they do.
  func constant(_ index: Int) -> UInt8? {
    index >= 0 && index < 16 && constantMask >> UInt16(index) & 1 == 1 ? constants[index] : nil
  }

  private mutating func findConstants(_ units: [UnknownUnit]) {
    for index in 0..<16 {
      guard let common = Self.majority(units.indices, { units[$0].byte(index).map(Int.init) }),
        common.count * 10 >= units.count * 9
      else { continue }
      constantMask |= 1 << UInt16(index)
      constants[index] = UInt8(truncatingIfNeeded: common.value)
    }
  }

  /// The value more than half of the places have, if there is one, and how many have it (Boyer and Moore's vote).
  private static func majority(_ places: Range<Int>, _ value: (Int) -> Int?) -> (value: Int, count: Int)? {
    var candidate = 0
    var lead = 0
    for place in places {
      guard let value = value(place) else { continue }
      if lead == 0 { candidate = value }
      lead += value == candidate ? 1 : -1
    }
    let count = places.count { value($0) == candidate }
    return count * 2 > places.count ? (candidate, count) : nil
  }

  /// The widest aligned number that differs from the size by the same amount in four of five data units, over at least
  /// three sizes. A number that only ever had one value says nothing.
  private static func length(_ units: [UnknownUnit]) -> LengthField? {
    guard Set(units.map(\.size)).count >= 3 else { return nil }
    var best: (rank: Int, field: LengthField)?
    for width in [4, 2, 1] {
      for offset in positions where offset + width <= 16 {
        for isBig in width == 1 ? [true] : [true, false] {
          func difference(_ place: Int) -> Int? {
            units[place].number(offset, width: width, isBig: isBig).map { Int(units[place].size) - $0 }
          }
          guard let common = majority(units.indices, difference), (-16...64).contains(common.value),
            common.count >= leastMessages, common.count * 5 >= units.count * 4,
            Set(units.indices.filter { difference($0) == common.value }.map { units[$0].size }).count >= 3
          else { continue }
          let rank = rank(offset, width)
          if best.map({ $0.rank < rank }) ?? true {
            best = (rank, LengthField(offset: offset, width: width, isBig: isBig, adjust: common.value))
          }
        }
      }
    }
    return best?.field
  }

  /// Which of several fields that agree is taken: the low bytes of a length are one, too, and so are zeros before it.
  private static func rank(_ offset: Int, _ width: Int) -> Int {
    switch width {
    case 4: offset % 4 == 0 ? 4 : 0
    case 2: offset % 2 == 0 ? 3 : 2
    default: 1
    }
  }

  /// The first number that grows by the same step from data unit to data unit, in seven of ten pairs.
  private static func counter(_ units: [UnknownUnit], besides length: LengthField?) -> NumberField? {
    func isLength(_ offset: Int, _ width: Int) -> Bool {
      length.map { offset < $0.offset + $0.width && $0.offset < offset + width } ?? false
    }
    for (width, isBig) in [(2, true), (2, false), (1, true)] {
      for offset in positions where !isLength(offset, width) {
        let modulus = 1 << (8 * width)
        func step(_ place: Int) -> Int? {
          guard let one = units[place].number(offset, width: width, isBig: isBig),
            let other = units[place + 1].number(offset, width: width, isBig: isBig)
          else { return nil }
          return (other - one + modulus) % modulus
        }
        guard let common = majority(0..<(units.count - 1), step),
          common.value > 0, common.value <= Swift.min(4096, modulus / 4),
          common.count >= leastMessages - 1, common.count * 10 >= (units.count - 1) * 7
        else { continue }
        // Its low byte has to move, or a wider number would be found one byte too early.
        let low = units.compactMap { $0.byte(isBig ? offset + width - 1 : offset) }
        guard Set(low).count >= 4 else { continue }
        // Four bytes where the two above are zeros or carry.
        let start = isBig ? offset - 2 : offset
        let above = isBig ? offset - 2 : offset + 2
        if width == 2, start % 4 == 0, start >= 0, units.allSatisfy({ $0.number(above, width: 2, isBig: isBig) == 0 }) {
          return NumberField(offset: start, width: 4, isBig: isBig)
        }
        return NumberField(offset: offset, width: width, isBig: isBig)
      }
    }
    return nil
  }

  private static func clock(_ units: [UnknownUnit], near begin: Int64) -> NumberField? {
    let window = (Int(begin) - 172_800)...(Int(begin) + 172_800)
    for offset in positions {
      for isBig in [true, false] {
        let hits = units.count { unit in
          unit.number(offset, width: 4, isBig: isBig).map { window.contains($0) } ?? false
        }
        if hits * 4 >= units.count * 3 { return NumberField(offset: offset, width: 4, isBig: isBig) }
      }
    }
    return nil
  }

  /// Whether a byte belongs to a field that was found.
  func isField(_ index: Int) -> Bool {
    if let length, index >= length.offset, index < length.offset + length.width { return true }
    if let clock, index >= clock.offset, index < clock.offset + clock.width { return true }
    if let counter, index >= counter.offset, index < counter.offset + counter.width { return true }
    return false
  }

  /// Whether a constant byte stands in a run of at least four that look drawn by lot: the number of a session and no
  /// mark of the protocol. Marks are letters, small numbers, or ones in all bits.
  func isDrawn(_ index: Int) -> Bool {
    var low = index
    var high = index
    while constant(low - 1) != nil { low -= 1 }
    while constant(high + 1) != nil { high += 1 }
    let run = low...Swift.min(high, low + 7)
    guard run.count >= 4 else { return false }
    let drawn = run.count { place in
      let byte = constant(place) ?? 0
      return !(byte < 0x10 || (0x20...0x7e).contains(byte) || byte >= 0xfe)
    }
    return drawn * 3 >= run.count
  }

  private mutating func findCommand(_ units: [UnknownUnit]) {
    for index in 0..<common where constant(index) == nil && !isField(index) {
      let values = Set(units.compactMap { $0.byte(index) })
      guard (2...8).contains(values.count), values.count * 2 <= units.count else { continue }
      command = index
      commands = values.sorted()
      return
    }
  }
}
