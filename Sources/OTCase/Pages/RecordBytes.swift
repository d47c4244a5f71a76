import OTCore

/// One row as SQLite keeps it: the kinds of its values, then the values (SQLite, "Database File Format", section 2.1).
struct RecordBytes {
  /// Kind of each value as a varint: 0 NULL, 1 to 6 whole numbers of 1, 2, 3, 4, 6 and 8 bytes, 7 a real number, 8 and 9
  /// the numbers 0 and 1, from 13 on every odd one a text.
  private var kinds: [UInt8] = []
  private var values: [UInt8] = []

  mutating func removeAll() {
    kinds.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
  }

  mutating func addNull() { kinds.append(0) }

  mutating func add(_ value: Int64) {
    switch value {
    case 0: kinds.append(8)
    case 1: kinds.append(9)
    case -0x80..<0x80: add(value, kind: 1, bytes: 1)
    case -0x8000..<0x8000: add(value, kind: 2, bytes: 2)
    case -0x80_0000..<0x80_0000: add(value, kind: 3, bytes: 3)
    case -0x8000_0000..<0x8000_0000: add(value, kind: 4, bytes: 4)
    case -0x8000_0000_0000..<0x8000_0000_0000: add(value, kind: 5, bytes: 6)
    default: add(value, kind: 6, bytes: 8)
    }
  }

  mutating func add(_ value: Double) {
    // SQLite has no "not a number": it keeps NULL.
    if value.isNaN { return addNull() }
    add(Int64(bitPattern: value.bitPattern), kind: 7, bytes: 8)
  }

  /// UTF-8 without NUL.
  mutating func add(text: Span<UInt8>) {
    kinds.append(varint: 13 + 2 * UInt64(text.count))
    values.append(text)
  }

  private mutating func add(_ value: Int64, kind: UInt8, bytes: Int64) {
    kinds.append(kind)
    var shift = 8 * (bytes - 1)
    while shift >= 0 {
      values.append(UInt8(truncatingIfNeeded: value >> shift))
      shift -= 8
    }
  }

  /// The record: the length of the kinds with its own, the kinds, the values.
  func write(to bytes: inout [UInt8]) {
    // Up to 126 bytes of kinds their length takes one byte more, then two.
    bytes.append(varint: UInt64(kinds.count + (kinds.count < 127 ? 1 : 2)))
    bytes.append(kinds.span)
    bytes.append(values.span)
  }
}
