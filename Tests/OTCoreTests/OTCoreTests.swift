import Testing

@testable import OTCore

@Suite struct Cursors {
  /// A read that does not fit names its field, says where, and moves nothing.
  @Test func aReadPastTheEndThrowsAndStays() throws {
    let bytes: [UInt8] = [0x12, 0x34, 0x56]
    var cursor = ByteCursor(bytes.span)
    let length = try cursor.u16("length")
    #expect(length == 0x1234)
    do throws(DecodeError) {
      _ = try cursor.u32("value")
      Issue.record("four bytes were read from one")
    } catch {
      #expect("\(error.field)" == "value" && error.offset == 2 && error.reason == .truncated)
    }
    let remaining = cursor.remaining
    let last = try cursor.u8("last")
    let isAtEnd = cursor.isAtEnd
    #expect(remaining == 1 && last == 0x56 && isAtEnd)
  }

  @Test func bothByteOrdersAndAllWidthsAreRead() throws {
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    func read<Value: Equatable>(_ body: (inout ByteCursor) throws -> Value) rethrows -> Value {
      var cursor = ByteCursor(bytes.span)
      return try body(&cursor)
    }
    #expect(try read { try $0.u24("f") } == 0x010203)
    #expect(try read { try $0.u32("f") } == 0x0102_0304)
    #expect(try read { try $0.u64("f") } == 0x0102_0304_0506_0708)
    #expect(try read { try $0.u16le("f") } == 0x0201)
    #expect(try read { try $0.u24le("f") } == 0x030201)
    #expect(try read { try $0.u32le("f") } == 0x0403_0201)
    #expect(try read { try $0.u64le("f") } == 0x0807_0605_0403_0201)
  }

  @Test func aSliceCannotReadItsSibling() throws {
    let bytes: [UInt8] = [1, 2, 3, 4]
    var cursor = ByteCursor(bytes.span)
    var inner = try cursor.slice(2, "inner")
    _ = try inner.u16("all")
    let (own, next) = (inner.peek(), cursor.peek())
    #expect(own == nil && next == 3)
    var refusals = 0
    do { try cursor.skip(-1, "negative") } catch { refusals += 1 }
    do { try cursor.seek(5, "behind the end") } catch { refusals += 1 }
    #expect(refusals == 2)
  }

  @Test(arguments: [(-5, 2), (0, Int.max), (3, Int.max), (9, 1), (Int.min, Int.max), (2, -1)])
  func clampingNeverLeavesTheSpan(start: Int, count: Int) {
    let bytes: [UInt8] = [1, 2, 3, 4]
    #expect(bytes.span.clamped(from: start, count: count).count <= 4)
  }

  @Test(arguments: [(Int.min, 4), (-1, 4), (0, 4), (1, 3), (4, 0), (5, 0), (Int.max, 0)])
  func whatStandsFromAPlaceOnIsClamped(start: Int, count: Int) {
    let bytes: [UInt8] = [1, 2, 3, 4]
    let rest = bytes.span.rest(from: start)
    #expect(rest.count == count)
    #expect(rest.byte(count - 1) == (count > 0 ? 4 : nil))
  }

  /// Neighbours differ by one bit, by one, and by the highest bit alone.
  @Test(arguments: 0..<20)
  func aByteIsFoundWhereverItStands(place: Int) {
    var bytes: [UInt8] = (0..<20).map { [0x14, 0x16, 0x95, 0x00, 0xff][$0 % 5] }
    #expect(bytes.span.firstPlace(of: 0x15) == nil)
    for index in place..<20 { bytes[index] = 0x15 }
    #expect(bytes.span.firstPlace(of: 0x15) == place)
  }

  @Test(arguments: 0..<20)
  func oneOtherByteMakesSpansUnequal(place: Int) {
    let bytes = (0..<20).map { UInt8($0) }
    var other = bytes
    other[place] ^= 0x80
    for count in 0...20 {
      let isEqual = bytes.span.extracting(0..<count).equals(other.span.extracting(0..<count))
      #expect(isEqual == (count <= place))
    }
  }
}

@Suite struct Addresses {
  @Test(arguments: [
    "10.0.0.1", "255.255.255.255", "00:1b:1b:34:34:cb", "::", "::1", "fe80::1", "2001:db8::8:800:200c:417a",
    "1:0:0:2::3", "ff02::fb",
  ])
  func textReadsBackTheSame(text: String) throws {
    #expect(try #require(HostAddress(text)).description == text)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.256", "1.2.3.4.5", "g::", "1:2:3:4:5:6:7", "1::2::3", "00:1b:1b:34:34", "+1.2.3.4",
  ])
  func otherTextIsNoAddress(text: String) { #expect(HostAddress(text) == nil) }

  /// IANA special-purpose address registries; first and last of a block and their neighbours.
  @Test(arguments: [
    ("10.255.255.255", false), ("11.0.0.0", true), ("100.63.255.255", true), ("100.64.0.0", false),
    ("172.15.255.255", true), ("172.16.0.0", false), ("172.32.0.0", true), ("192.168.0.1", false),
    ("169.254.1.1", false), ("198.51.100.7", false), ("203.0.113.9", false), ("224.0.0.1", false), ("8.8.8.8", true),
    ("2001:db8::1", false), ("2606:4700::1111", true), ("fe80::1", false), ("fd00::1", false),
  ])
  func publicMeansRoutedOnTheInternet(text: String, isPublic: Bool) throws {
    #expect(try #require(HostAddress(text)).isPublic == isPublic)
  }
}

@Suite struct Times {
  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
    (951_782_400_000_000_000, "2000-02-29T00:00:00.000000Z"),
    (1_773_136_500_250_000_000, "2026-03-10T09:55:00.250000Z"),
    (Int64.max, "2262-04-11T23:47:16.854775Z"), (Int64.min, "1677-09-21T00:12:43.145224Z"),
  ])
  func momentsAreWrittenInUTC(nanoseconds: Int64, text: String) {
    #expect(Timestamp(nanoseconds: nanoseconds).description == text)
  }
}

@Suite struct WireTexts {
  private func text(_ bytes: [UInt8], utf16: Bool = false) -> String {
    var buffer = ObservationBuffer()
    let reference = utf16 ? buffer.text(utf16le: bytes.span) : buffer.text(bytes.span)
    return buffer.string(reference)
  }

  /// Control characters are made visible, bytes that are no UTF-8 are Latin-1, padding goes.
  @Test(arguments: [
    (Array("  STS01-PLC\0\0".utf8), "STS01-PLC"), ([0x1b, 0x5b, 0x32, 0x4a], "\\x1b[2J"), ([0x41, 0xe9, 0x42], "AéB"),
    ([0xc3, 0xa9], "é"), ([0xc2, 0x85], "Â\\x85"), ([0xed, 0xa0, 0x80], "í\u{a0}\\x80"),
    (Array("<script>|=1".utf8), "<script>|=1"),
    ([], ""), ([0, 0, 32], ""),
  ])
  func bytesBecomeSafeText(bytes: [UInt8], text: String) {
    #expect(self.text(bytes) == text)
  }

  /// Lowest and highest of what is printed as it is, and their neighbours.
  @Test(arguments: 0..<20)
  func aControlCharacterIsSeenWhereverItStands(place: Int) {
    for (byte, shown) in [(UInt8(0x1f), "\\x1f"), (0x21, "!"), (0x7e, "~"), (0x7f, "\\x7f"), (0xa0, "\u{a0}")] {
      var bytes = Array(repeating: UInt8(ascii: "x"), count: 20)
      bytes[place] = byte
      let (before, behind) = (String(repeating: "x", count: place), String(repeating: "x", count: 19 - place))
      #expect(text(bytes) == before + shown + behind)
    }
  }

  @Test func windowsTextKeepsSurrogatePairsAndMarksLoneOnes() {
    #expect(text([0x3d, 0xd8, 0xa2, 0xde, 0x41, 0x00, 0x00, 0x00], utf16: true) == "🚢A")
    #expect(text([0x3d, 0xd8, 0x41, 0x00, 0x07], utf16: true) == "\u{fffd}A")
  }

  @Test func longTextIsCutAndMarked() {
    let text = text(Array(repeating: UInt8(ascii: "x"), count: 10_000))
    #expect(text.utf8.count <= Limits.textBytes + 3 && text.hasSuffix("…"))
  }
}

@Suite struct JSONText {
  @Test func whateverStandsInATextStaysInsideItsQuotes() {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key(text: "a\"b")
      writer.value("</script>\u{1b}\\ \n")
      writer.field("n", 1.5)
      writer.field("none", Double.nan)
      writer.key("list")
      writer.array { list in
        list.value(1)
        list.value(true)
        list.object { _ in }
      }
    }
    #expect(
      writer.text
        == #"{"a\"b":"\u003c/script\u003e\u001b\\ \n","n":1.5,"none":null,"list":[1,true,{}]}"#)
  }

  /// Texts are looked through in eight bytes at a time: what has to be escaped is found wherever it stands among others.
  @Test func whatIsEscapedIsFoundAtEveryPlace() {
    let escaped: Set<UInt8> = Set(0..<0x20).union([0x22, 0x26, 0x3c, 0x3e, 0x5c, 0x7f])
    for byte in UInt8(0)..<0x80 {
      for neighbour in ["a", "!", "\u{e9}"] {
        for place in 0..<18 {
          let before = String(repeating: neighbour, count: place)
          var writer = JSONWriter()
          writer.value(before + String(UnicodeScalar(byte)) + neighbour)
          let isPlain = writer.text == "\"" + before + String(UnicodeScalar(byte)) + neighbour + "\""
          #expect(isPlain != escaped.contains(byte), "\(byte) at \(place)")
        }
      }
    }
  }

  @Test func numbersAreWrittenInDecimals() {
    var writer = JSONWriter()
    writer.array { writer in
      for number in [Int64.min, -10, -1, 0, 9, 10, .max] { writer.value(number) }
      writer.value(UInt64.max)
    }
    #expect(writer.text == "[\(Int64.min),-10,-1,0,9,10,\(Int64.max),\(UInt64.max)]")
  }
}

@Suite struct WordSearches {
  @Test(arguments: [
    ("anydesk/7.1", "anydesk", true), ("anydesk/7.1", "/7.1", true), ("anyanydesk", "anydesk", true),
    ("anydes", "anydesk", false), ("", "a", false), ("a", "", false), ("quay", "kay", false),
  ]) func aWordStandsInAText(text: String, word: String, stands: Bool) { #expect(text.holds(word) == stands) }
}

@Suite struct KeptBytes {
  @Test func aCopyOfAllTextsLeavesTheBufferItsRoom() {
    var buffer = ObservationBuffer()
    let text = buffer.text(made: Array("M0.0, DB1".utf8).span)
    let copy = buffer.copy(text)
    #expect(copy == Array("M0.0, DB1".utf8))
    // The room of the buffer is some thousand bytes; shared with it, the copy would have as much.
    #expect(copy.capacity < 256)
    #expect(buffer.copy(text, atMost: 4) == Array("M0.0".utf8))
    #expect(buffer.copy(TextRef(start: 5, count: 100)).isEmpty)
  }

  @Test func aLongListGetsAllItsRoomAtOnce() {
    var list: [UInt64] = []
    var rooms: Set<Int> = []
    for number in 0..<UInt64(100_000) {
      list.makeRoom(limit: 120_000)
      list.append(number)
      if list.count > 1 << 16 { rooms.insert(list.capacity) }
    }
    #expect(rooms.count == 1 && list.capacity >= 120_000 && list.capacity < 240_000)
  }
}
