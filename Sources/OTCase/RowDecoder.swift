import OTCore

/// Makes typed rows of a question's answer: which column a field is in is found once for all rows.
///
/// A field that may be missing is one that may be NULL; a column that is not there is an error, for then the file is not
/// what its header says.
final class RowDecoder: Decoder {
  /// Column of each field, by its name in Swift.
  private let columns: [String: Int]
  /// Fields in the order the first row asked for them, as each further row does, and where the row is in it.
  private var asked: [(field: String, column: Int)] = []
  private var place = 0
  private let names: [String]
  fileprivate var rows: RowReader
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  static func all<Kind: CaseRow>(_ kind: Kind.Type, _ rows: RowReader) throws -> [Kind] {
    let decoder = RowDecoder(rows)
    var all: [Kind] = []
    while try decoder.rows.next() {
      decoder.place = 0
      all.append(try Kind(from: decoder))
    }
    return all
  }

  private init(_ rows: RowReader) {
    self.rows = rows
    names = rows.columnNames
    var columns: [String: Int] = [:]
    for (index, name) in names.enumerated().reversed() { columns[knownFieldNames[name] ?? fieldName(name)] = index }
    self.columns = columns
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Fields<Key>(decoder: self))
  }
  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw refusal("a row is no list") }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { throw refusal("a row is no single value") }

  fileprivate func column(_ key: some CodingKey) throws -> Int {
    let field = key.stringValue
    // The same again, for whether it is NULL and for its value, or the next.
    for index in place..<min(place + 2, asked.count) where asked[index].field == field {
      place = index
      return asked[index].column
    }
    guard let column = columns[field] else { throw refusal("no column for \(field)") }
    if asked.count < columns.count {
      place = asked.count
      asked.append((field, column))
    }
    return column
  }

  /// The column of a value that has to be there.
  fileprivate func present(_ key: some CodingKey, _ isOfKind: (RowReader.Kind) -> Bool) throws -> Int {
    let column = try column(key)
    guard isOfKind(rows.kind(column)) else { throw refusal("\(names[column]) holds a \(rows.kind(column)) value") }
    return column
  }

  fileprivate func refusal(_ reason: String) -> CaseError { .inconsistent(reason) }

  private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RowDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { decoder.columns.keys.sorted().compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool { decoder.columns[key.stringValue] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { decoder.rows.isNull(try decoder.column(key)) }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try number(key) != 0 }
    func decode(_ type: String.Type, forKey key: Key) throws -> String {
      decoder.rows.text(try decoder.present(key) { $0 == .text })
    }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
      decoder.rows.real(try decoder.present(key) { $0 == .real || $0 == .integer })
    }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { Float(try decode(Double.self, forKey: key)) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try whole(key) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try whole(key) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try whole(key) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try whole(key) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try whole(key) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try whole(key) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try whole(key) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try whole(key) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try whole(key) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try whole(key) }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
      try decodeNil(forKey: key) ? nil : try decode(type, forKey: key)
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
      try decodeNil(forKey: key) ? nil : try decode(type, forKey: key)
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
      try decodeNil(forKey: key) ? nil : try decode(type, forKey: key)
    }
    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
      try decodeNil(forKey: key) ? nil : try decode(type, forKey: key)
    }

    /// Of other types a row holds times.
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
      guard let time = Timestamp(nanoseconds: try number(key)) as? Value else {
        throw decoder.refusal("\(key.stringValue): no row holds a \(type)")
      }
      return time
    }

    /// A whole number; some are sums that SQLite gives as real numbers.
    private func number(_ key: Key) throws -> Int64 {
      let column = try decoder.column(key)
      if decoder.rows.kind(column) == .integer { return decoder.rows.integer(column) }
      _ = try decoder.present(key) { $0 == .real }
      guard let exact = Int64(exactly: decoder.rows.real(column)) else {
        throw decoder.refusal("\(key.stringValue) is no whole number")
      }
      return exact
    }
    private func whole<Number: FixedWidthInteger>(_ key: Key) throws -> Number {
      guard let exact = Number(exactly: try number(key)) else {
        throw decoder.refusal("\(key.stringValue) is too large")
      }
      return exact
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw decoder.refusal("a row is flat") }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      throw decoder.refusal("a row is flat")
    }
    func superDecoder() throws -> any Decoder { throw decoder.refusal("a row is flat") }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw decoder.refusal("a row is flat") }
  }
}
