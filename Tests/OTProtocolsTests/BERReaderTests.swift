import OTCore
import Testing

@testable import OTProtocols

/// ITU-T X.690 section 8.1.
@Suite struct BERReaderTests {
  struct Case: Sendable, CustomStringConvertible {
    var description: String
    var bytes: String
    /// Identifier, content length, cut.
    var elements: [String]
  }

  @Test(arguments: [
    Case(description: "short lengths", bytes: "02 01 05 | 04 02 'ab'", elements: ["02 1", "04 2"]),
    Case(description: "a long length in more octets than needed", bytes: "04 82 0003 'abc'", elements: ["04 3"]),
    Case(
      description: "an indefinite length with a nested one", bytes: "30 80 | a0 80 02 01 07 0000 | 0000 | 05 00",
      elements: ["30 7", "05 0"]),
    Case(description: "a content cut by the capture", bytes: "04 7f 'abc'", elements: ["04 3 cut"]),
    Case(description: "a high tag number", bytes: "bf 83 25 01 00", elements: ["bf.421 1"]),
    Case(description: "a length of nine octets", bytes: "04 89 010101010101010101 00", elements: []),
    Case(description: "a length of 2^63", bytes: "04 88 8000000000000000 00", elements: []),
    Case(description: "a tag number without an end", bytes: "1f ffffffffff", elements: []),
  ])
  func elementsAreWalked(_ sample: Case) {
    let input = bytes(sample.bytes)
    var reader = BERReader(input.span)
    var seen: [String] = []
    while let element = reader.next() {
      let high = element.identifier & 31 == 31 ? ".\(element.number)" : ""
      let first = String(element.identifier, radix: 16)
      seen.append(
        (first.count < 2 ? "0" : "") + first + high + " \(element.content.count)" + (element.isCut ? " cut" : ""))
    }
    #expect(seen == sample.elements)
  }

  @Test func integersAreSigned() {
    let input = bytes("02 01 ff | 02 02 0080 | 02 09 000000000000000000")
    var reader = BERReader(input.span)
    #expect(reader.next()?.integer == -1)
    #expect(reader.next()?.integer == 128)
    #expect(reader.next()?.integer == nil)
  }
}
