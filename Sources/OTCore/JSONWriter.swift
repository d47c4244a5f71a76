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

  /// - Parameter pretty: new lines and two spaces of indentation.
  public init(pretty: Bool = false) { self.pretty = pretty }

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  public mutating func object(_ body: (inout JSONWriter) -> Void) { container("{", "}", body) }
  public mutating func array(_ body: (inout JSONWriter) -> Void) { container("[", "]", body) }

  /// The name of the next value; only inside an object.
  public mutating func key(_ name: String) {
    separate()
    quote(name)
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
  public mutating func value(_ number: some BinaryInteger) {
    separate()
    bytes.append(String(number).utf8Span.span)
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
  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  public mutating func field(_ name: String, _ text: String) {
    key(name)
    value(text)
  }
  public mutating func field(_ name: String, _ text: String?) {
    key(name)
    if let text { value(text) } else { null() }
  }
  public mutating func field(_ name: String, _ number: some BinaryInteger) {
    key(name)
    value(number)
  }
  public mutating func field(_ name: String, _ time: Timestamp?) {
    key(name)
    if let time { value(time) } else { null() }
  }
  public mutating func field(_ name: String, _ number: Double?) {
    key(name)
    if let number { value(number) } else { null() }
  }
  public mutating func field(_ name: String, _ flag: Bool) {
    key(name)
    value(flag)
  }
  public mutating func field(_ name: String, _ texts: [String]) {
    key(name)
    array { writer in
      for text in texts { writer.value(text) }
    }
  }

  public mutating func newline() { bytes.append(10) }

  private mutating func container(_ open: Character, _ close: Character, _ body: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(open.asciiValue ?? 0)
    needsComma.append(false)
    body(&self)
    let hadValues = needsComma.removeLast()
    if hadValues { lineBreak() }
    bytes.append(close.asciiValue ?? 0)
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
    let utf8 = text.utf8Span.span
    // What needs no escape is copied in one go.
    var start = 0
    for index in utf8.indices {
      let byte = utf8[index]
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"),
        0x7f:
        bytes.append(utf8.extracting(start..<index))
        start = index + 1
        escape(byte)
      default: break
      }
    }
    bytes.append(utf8.extracting(start..<utf8.count))
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
