import OTCore

/// The few arguments of calls that say what was done to a computer: which service, task, key, account, command.
extension DCERPC {
  enum Argument: Equatable {
    case none
    /// The n-th text of the arguments.
    case text(Int)
    case lastText
    /// All texts, joined.
    case allTexts
    /// The first text and the one that is a path: a service and its command line.
    case nameAndPath
    /// A task's path and the command of its definition.
    case task
    /// The last text that names a program: a driver's file.
    case lastExecutable
    /// An object path and a method.
    case classAndMethod
    /// The computer that asks for a challenge, and whether its own one is zeros (CVE-2020-1472).
    case challenge
    /// The account of a secure channel.
    case account
  }

  /// What the arguments of a call tell, or no text. Encrypted arguments hold no text that fits.
  static func tell(_ argument: Argument, _ stub: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    var texts = NDRTexts(stub)
    switch argument {
    case .none: return .none
    case .text(let index):
      for _ in 0..<index where texts.next() == nil { return .none }
      guard let text = texts.next() else { return .none }
      return out.text(utf16le: text)
    case .lastText, .account:
      // The account comes second; behind it stands the computer.
      if argument == .account { _ = texts.next() }
      var last = TextRef.none
      while let text = texts.next() {
        last = out.text(utf16le: text)
        if argument == .account { break }
      }
      return last
    case .allTexts: return joined(&texts, separator: ", ", into: &out)
    case .classAndMethod: return joined(&texts, separator: "::", limit: 2, into: &out)
    case .nameAndPath:
      guard let name = texts.next() else { return .none }
      let first = out.text(utf16le: name)
      while let text = texts.next() {
        guard text.isCommand else { continue }
        _ = out.text(": ")
        let path = out.text(utf16le: text)
        out.record(.file(FileSeen(path, .named)))
        return first.through(path)
      }
      return first
    case .task: return task(&texts, into: &out)
    case .lastExecutable:
      var last = TextRef.none
      while let text = texts.next() {
        if text.isProgram { last = out.text(utf16le: text) }
      }
      if !last.isEmpty { out.record(.file(FileSeen(last, .named))) }
      return last
    case .challenge:
      _ = texts.next()
      guard let computer = texts.next() else { return .none }
      let name = out.text(utf16le: computer)
      guard stub.count >= 8, stub.word(stub.count - 8) == 0 else { return name }
      return name.through(out.text(" with a challenge of zeros"))
    }
  }

  private static func joined(
    _ texts: inout NDRTexts, separator: StaticString, limit: Int = 8, into out: inout ObservationBuffer
  ) -> TextRef {
    guard let start = texts.next() else { return .none }
    let first = out.text(utf16le: start)
    var last = first
    for _ in 1..<limit {
      guard let text = texts.next() else { break }
      _ = out.text(separator)
      last = out.text(utf16le: text)
    }
    return first.through(last)
  }

  /// [MS-TSCH] section 3.2.5.4.2: path and XML, of which the command and its arguments are told.
  private static func task(_ texts: inout NDRTexts, into out: inout ObservationBuffer) -> TextRef {
    guard let path = texts.next() else { return .none }
    let name = out.text(utf16le: path)
    guard let xml = texts.next(), let command = xml.element("Command") else { return name }
    _ = out.text(": ")
    let program = out.text(utf16le: command)
    out.record(.file(FileSeen(program, .named)))
    guard let arguments = xml.element("Arguments") else { return name.through(program) }
    // Between the two, since texts stand side by side.
    _ = out.text(" ")
    return name.through(out.text(utf16le: arguments))
  }
}

/// Finds the texts among a call's arguments without knowing what else stands there: C706 section 14.3.4.2 (conformant
/// varying strings: capacity, offset 0, count, UTF-16 units) and [MS-DCOM] section 2.2 (a BSTR: units, bytes, units).
private struct NDRTexts: ~Escapable {
  private let stub: Span<UInt8>
  private var index = 0

  @_lifetime(copy stub)
  init(_ stub: Span<UInt8>) { self.stub = stub }

  /// The next text, without a NUL at its end.
  @_lifetime(copy self)
  mutating func next() -> Span<UInt8>? {
    while let capacity = stub.le32(index), let second = stub.le32(index + 4), let count = stub.le32(index + 8) {
      let units = Int(count)
      let isString = second == 0 && count <= capacity && capacity <= 0x1_0000
      let isBSTR = count == capacity && Int(second) == 2 * units
      if units > 0, units <= 0x1_0000, isString || isBSTR, 2 * units <= stub.count - index - 12 {
        let text = stub.extracting((index + 12)..<(index + 12 + 2 * units))
        if let plain = Self.plain(text) {
          index = (index + 12 + 2 * units + 3) & ~3
          return text.extracting(0..<plain)
        }
      }
      index += 4
    }
    return nil
  }

  /// Bytes of the text before its closing NUL; nil where a unit is no character that a name or a command may hold.
  private static func plain(_ text: Span<UInt8>) -> Int? {
    var end = text.count
    if end >= 2, text[end - 1] == 0, text[end - 2] == 0 { end -= 2 }
    guard end > 0 else { return nil }
    var unit = 0
    while unit < end {
      let value = UInt16(text[unit]) | UInt16(text[unit + 1]) << 8
      guard value >= 32 || value == 9 || value == 10 || value == 13, value < 0xfff0 else { return nil }
      unit += 2
    }
    return end
  }
}

extension Span where Element == UInt8 {
  /// Whether this text in UTF-16 names something to be run: it holds a backslash, a percent sign or a program's ending.
  fileprivate var isCommand: Bool {
    var index = 0
    while index + 1 < count {
      if self[index + 1] == 0, self[index] == UInt8(ascii: "\\") || self[index] == UInt8(ascii: "%") { return true }
      index += 2
    }
    return isProgram
  }

  /// Whether this text in UTF-16 ends in a point and three letters of a program.
  fileprivate var isProgram: Bool {
    wideEnds(".exe") || wideEnds(".dll") || wideEnds(".sys") || wideEnds(".bat") || wideEnds(".cmd")
  }

  private func wideEnds(_ text: StaticString) -> Bool {
    wideHas(text, at: count - 2 * text.utf8CodeUnitCount)
  }

  /// Whether this ASCII text, in any case, stands in UTF-16 at `index`.
  private func wideHas(_ text: StaticString, at index: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard index >= 0, 2 * length <= count - index else { return false }
    return text.withUTF8Buffer { expected in
      for position in 0..<length {
        guard self[index + 2 * position + 1] == 0,
          unsafe lowercased(self[index + 2 * position]) == lowercased(expected[position])
        else { return false }
      }
      return true
    }
  }

  private func wideFirst(_ text: StaticString, from start: Int) -> Int? {
    var index = start
    while index <= count - 2 * text.utf8CodeUnitCount {
      if self[index] == UInt8(ascii: "<"), wideHas(text, at: index) { return index }
      index += 2
    }
    return nil
  }

  /// Contents of the first XML element of this name in UTF-16, or nil where there is none or it is empty.
  @_lifetime(copy self)
  fileprivate func element(_ name: StaticString) -> Span<UInt8>? {
    let isCommand = name.utf8CodeUnitCount == 7
    let open: StaticString = isCommand ? "<Command>" : "<Arguments>"
    let close: StaticString = isCommand ? "</Command>" : "</Arguments>"
    guard let start = wideFirst(open, from: 0) else { return nil }
    let low = start + 2 * open.utf8CodeUnitCount
    guard let high = wideFirst(close, from: low), high > low else { return nil }
    return extracting(low..<high)
  }
}
