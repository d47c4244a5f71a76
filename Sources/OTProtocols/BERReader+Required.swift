import OTCore

/// Reads of what a specification requires: a missing or other element ends the data unit with a ``DecodeError``.
extension BERReader {
  /// The next element.
  @_lifetime(copy self)
  mutating func required(_ field: StaticString) throws(DecodeError) -> BERElement {
    let start = offset
    guard let element = next() else { throw DecodeError(field, at: start, .truncated) }
    return element
  }

  /// Contents of the next element, which must have this identifier octet.
  @_lifetime(copy self)
  mutating func required(_ identifier: UInt8, _ field: StaticString) throws(DecodeError) -> Span<UInt8> {
    let start = offset
    let element = try required(field)
    guard element.identifier == identifier else { throw DecodeError(field, at: start, .invalid) }
    return element.content
  }

  /// An INTEGER of at most eight octets.
  mutating func requiredInteger(_ field: StaticString) throws(DecodeError) -> Int64 {
    let start = offset
    let element = try required(field)
    guard element.identifier == 0x02, let value = element.integer else { throw DecodeError(field, at: start, .invalid) }
    return value
  }
}
