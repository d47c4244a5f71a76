import OTCore

/// One row as SQLite keeps it: the kinds of its values, then the values (SQLite, "Database File Format", section 2.1).
struct RecordBytes {
  /// Kind of each value as a varint: 0 NULL, 1 to 6 whole numbers of 1, 2, 3, 4, 6 and 8 bytes, 7 a real number, 8 and 9
  /// the numbers 0 and 1, from 13 on every odd one a text.
  private var kinds = ByteRoom()
  private var values = ByteRoom()

  mutating func removeAll() {
    kinds.count = 0
    values.count = 0
  }

  mutating func addNull() { kinds.add(0) }

  mutating func add(_ value: Int64) {
    switch value {
    case 0: kinds.add(8)
    case 1: kinds.add(9)
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
    kinds.add(varint: 13 + 2 * UInt64(text.count))
    values.add(text)
  }

  private mutating func add(_ value: Int64, kind: UInt8, bytes: Int) {
    kinds.add(kind)
    values.add(lowest: bytes, of: UInt64(bitPattern: value))
  }

  /// Bytes of the record.
  var count: Int { kindsSize + kinds.count + values.count }
  /// Bytes that the length of the kinds takes, which counts itself.
  private var kindsSize: Int { kinds.count < 127 ? 1 : 2 }

  /// Adds the record: the length of the kinds, the kinds, the values.
  func write(to room: inout ByteRoom) {
    room.add(varint: UInt64(kindsSize + kinds.count))
    room.add(kinds.span)
    room.add(values.span)
  }
}
