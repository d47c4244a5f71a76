import OTCore
import Testing

@testable import OTProtocols

@Suite struct RepeatedOctetsTests {
  @Test func theValueOfRepeatedOctetsIsFoundUntilNewerOnesTakeItsPlace() throws {
    var values = RepeatedOctets<Int>(maximum: 2)
    let first = values.remember(1, of: [1, 2, 3].span)
    _ = values.remember(2, of: [1, 2, 4].span)
    #expect(values.find([1, 2, 3].span) == first)
    #expect(values.find([1, 2].span) == nil)
    // The second was unused for longest.
    let third = values.remember(3, of: [5].span, salt: 7)
    #expect(values.find([1, 2, 4].span) == nil)
    #expect(values.find([5].span) == nil)
    #expect(values.find([5].span, salt: 7) == third)
    #expect(values[third] == 3)
    _ = values.remember(4, of: [6].span)
    #expect(!values.holds(first))
    #expect(values.holds(third))
  }

  @Test func whatGoesIsGivenForWhatComes() {
    var values = RepeatedOctets<[Int]>(maximum: 1)
    var value = [1]
    _ = values.exchange(&value, for: [], of: [1].span)
    #expect(value == [])
    value = [2]
    let kept = values.exchange(&value, for: [], of: [2].span)
    #expect(value == [1])
    #expect(values[kept] == [2])
  }

  /// 1, 2, 3 and again: each is found behind the one before, and out of turn.
  @Test func whatIsPolledIsFoundInAnyOrder() {
    var values = RepeatedOctets<Int>(maximum: 8)
    let kept = (1...3).map { values.remember($0, of: [UInt8($0)].span) }
    for number in [1, 2, 3, 1, 2, 3, 2, 1, 3, 3] { #expect(values.find([UInt8(number)].span) == kept[number - 1]) }
  }

  @Test func whatIsMadeOfNoOctetsIsNotFoundAgain() {
    var values = RepeatedOctets<Int>(maximum: 2)
    let kept = values.remember(1, of: [UInt8]().span)
    #expect(values.find([UInt8]().span) == nil)
    #expect(values.holds(kept))
  }

  /// The check values of the catalogue of R. Cook, of "123456789".
  @Test(arguments: [
    (UInt16(0xa001), UInt16(0xffff), UInt16(0x4b37)),  // CRC-16/MODBUS
    (0xa6bc, 0, ~0xea82),  // CRC-16/DNP, complemented
    (0x8408, 0xffff, ~0x906e),  // CRC-16/IBM-SDLC, complemented
  ])
  func aRemainderIsThatOfTheCatalogue(polynomial: UInt16, initial: UInt16, expected: UInt16) {
    let check = ReflectedCRC16(polynomial: polynomial)
    #expect(check.remainder(of: Array("123456789".utf8).span, from: initial) == expected)
  }
}
