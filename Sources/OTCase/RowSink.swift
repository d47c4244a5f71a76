import OTCore
import OTFacts

/// Takes the rows of one table, values in the order of its columns: ``RowWriter`` has SQLite insert them, ``PageRows``
/// writes the pages of a table that is made in one go.
public protocol RowSink {
  mutating func add(_ value: Int64)
  mutating func add(_ value: Double)
  /// Text; a NUL, at which SQLite's own functions and most readers would stop, is written `\x00`.
  mutating func add(_ value: String)
  mutating func addNull()
  /// Ends the row; every column must have been added.
  mutating func insert() throws
}

extension RowSink {
  @inlinable public mutating func add(_ value: Int) { add(Int64(value)) }
  @inlinable public mutating func add(_ value: UInt64) { add(Int64(clamping: value)) }
  @inlinable public mutating func add(_ value: Bool) { add(value ? 1 : 0) }
  @inlinable public mutating func add(_ value: Timestamp) { add(value.nanoseconds) }

  @inlinable public mutating func add(_ value: Int?) { if let value { add(value) } else { addNull() } }
  @inlinable public mutating func add(_ value: Int64?) { if let value { add(value) } else { addNull() } }
  @inlinable public mutating func add(_ value: UInt64?) { if let value { add(value) } else { addNull() } }
  @inlinable public mutating func add(_ value: Double?) { if let value { add(value) } else { addNull() } }
  @inlinable public mutating func add(_ value: Bool?) { if let value { add(value) } else { addNull() } }
  @inlinable public mutating func add(_ value: String?) { if let value { add(value) } else { addNull() } }
  @inlinable public mutating func add(_ value: Timestamp?) { if let value { add(value) } else { addNull() } }

  /// The three columns of ``Schema``'s `sighting`.
  public mutating func add(_ first: Sighting) {
    add(first.time)
    add(Int(first.file) + 1)
    add(first.frame)
  }
  /// The four columns of ``Schema``'s `sightings`.
  public mutating func add(_ first: Sighting, last: Timestamp) {
    add(first)
    add(last)
  }
}
