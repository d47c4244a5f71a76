/// Writes JSON (RFC 8259) byte by byte, in the order it is told: the same input always gives the same bytes.
///
/// The one place where text is escaped for JSON. Control characters, quotes and the backslash are escaped; `<`, `>` and
/// `&` as well, so that a document can stand inside HTML.
public struct JSONWriter: Sendable {
  public private(set) var bytes: [UInt8] = []
  /// Whether the next value needs a comma before it, per open container.
  private var needsComma: [Bool] = [false]
  private let pretty: Bool
  /// A line break and as many blanks as the deepest line begins with.
  private var indentation: [UInt8] = [10]

  /// - Parameters:
  ///   - pretty: new lines and two spaces of indentation.
  ///   - bytes: how long the document will be, as far as is known: growing copies what is there.
  public init(pretty: Bool = false, about bytes: Int = 0) {
    self.pretty = pretty
    self.bytes.reserveCapacity(bytes)
  }

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  public mutating func object(_ body: (inout JSONWriter) -> Void) {
    container(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
  }
  public mutating func array(_ body: (inout JSONWriter) -> Void) {
    container(UInt8(ascii: "["), UInt8(ascii: "]"), body)
  }

  /// The name of the next value; only inside an object. Names of our own need no escape.
  public mutating func key(_ name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(name)
    bytes.append(UInt8(ascii: "\""))
    endKey()
  }
  /// The same for a name that was made.
  public mutating func key(text name: String) {
    separate()
    quote(name)
    endKey()
  }
  private mutating func endKey() {
    bytes.append(UInt8(ascii: ":"))
    if pretty { bytes.append(32) }
    needsComma[needsComma.count - 1] = false
    afterKey = true
  }
  private var afterKey = false

  public mutating func value(_ text: String) {
    separate()
    quote(text)
  }
  @inlinable
  public mutating func value(_ number: some FixedWidthInteger) {
    value(magnitude: UInt64(number.magnitude), isNegative: number < 0)
  }
  @usableFromInline
  mutating func value(magnitude: UInt64, isNegative: Bool) {
    separate()
    if isNegative { bytes.append(UInt8(ascii: "-")) }
    bytes.append(decimal: magnitude)
  }
  /// As ``Timestamp`` writes itself.
  public mutating func value(_ time: Timestamp) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    time.write(to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }
  /// Shortest decimal that reads back the same; null where it is no number.
  public mutating func value(_ number: Double) {
    separate()
    bytes.append(contentsOf: (number.isFinite ? "\(number)" : "null").utf8)
  }
  public mutating func value(_ flag: Bool) {
    separate()
    bytes.append(contentsOf: (flag ? "true" : "false").utf8)
  }
  public mutating func value(_ texts: [String]) {
    array { writer in
      for text in texts { writer.value(text) }
    }
  }
  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  public mutating func field(_ name: StaticString, _ text: String) {
    key(name)
    value(text)
  }
  public mutating func field(_ name: StaticString, _ text: String?) {
    key(name)
    if let text { value(text) } else { null() }
  }
  @inlinable
  public mutating func field(_ name: StaticString, _ number: some FixedWidthInteger) {
    key(name)
    value(number)
  }
  public mutating func field(_ name: StaticString, _ time: Timestamp?) {
    key(name)
    if let time { value(time) } else { null() }
  }
  public mutating func field(_ name: StaticString, _ number: Double?) {
    key(name)
    if let number { value(number) } else { null() }
  }
  public mutating func field(_ name: StaticString, _ flag: Bool) {
    key(name)
    value(flag)
  }
  public mutating func field(_ name: StaticString, _ texts: [String]) {
    key(name)
    value(texts)
  }

  public mutating func newline() { bytes.append(10) }

  private mutating func container(_ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(open)
    needsComma.append(false)
    body(&self)
    let hadValues = needsComma.removeLast()
    if hadValues { lineBreak() }
    bytes.append(close)
  }

  /// Comma, line break and indentation before a value or a key.
  private mutating func separate() {
    if afterKey {
      afterKey = false
      needsComma[needsComma.count - 1] = true
      return
    }
    if needsComma[needsComma.count - 1] { bytes.append(UInt8(ascii: ",")) }
    if needsComma.count > 1 { lineBreak() }
    needsComma[needsComma.count - 1] = true
  }

  private mutating func lineBreak() {
    guard pretty else { return }
    let width = 1 + 2 * Swift.max(0, needsComma.count - 1)
    while indentation.count < width { indentation.append(32) }
    let indentation = indentation
    bytes.append(indentation.span.extracting(0..<width))
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    // What needs no escape is copied in one go.
    var rest = text.utf8Span.span
    while let index = rest.firstToEscape {
      bytes.append(rest.extracting(0..<index))
      escape(rest[index])
      rest = rest.extracting((index + 1)..<rest.count)
    }
    bytes.append(rest)
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 10: bytes.append(UInt8(ascii: "n"))
    default:
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(hexDigit(byte >> 4))
      bytes.append(hexDigit(byte))
    }
  }
}

extension Span<UInt8> {
  /// The first byte that may not stand in a text as it is, looked for in eight at a time.
  fileprivate var firstToEscape: Int? {
    var rest = self
    while rest.count >= 8, !Self.mayEscape(rest.word(0)) { rest = rest.extracting(8..<rest.count) }
    for index in rest.indices {
      switch rest[index] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"),
        0x7f:
        return count - rest.count + index
      default: break
      }
    }
    return nil
  }

  /// Whether one of eight bytes has to be escaped; in doubt one has.
  private static func mayEscape(_ word: UInt64) -> Bool {
    // The highest bit of a byte below a limit, if that of none before it is set; the lowest differs in `<` and `>`, and
    // the third in `"` and `&`.
    func below(_ limit: UInt64, _ word: UInt64) -> UInt64 { (word &- limit &* every) & ~word }
    let every: UInt64 = 0x0101_0101_0101_0101
    let found =
      below(0x20, word) | below(1, word & ~(every &* 0x02) ^ (every &* 0x3c))
      | below(1, word & ~(every &* 0x04) ^ (every &* 0x22)) | below(1, word ^ (every &* 0x5c))
      | below(1, word ^ (every &* 0x7f))
    return found & (every &* 0x80) != 0
  }
}
