import Testing

@testable import OTPipeline

@Suite struct PairOrderTests {
  /// Frames of three host pairs, mixed. Pairs 1 and 3 spoke protocol 7 last, pair 2 protocol 5.
  @Test func framesOfAPairStayInOrderAndPairsOfAProtocolMeet() {
    let kinds: [UInt8] = [255, 7, 5, 7]
    let pairs: [UInt16] = [3, 1, 2, 1, 3, 2, 1]
    var order = PairOrder(buckets: kinds.count)
    order.sort(pairs.span, by: kinds.span)
    #expect(order.numbers == [2, 5, 1, 3, 6, 0, 4])
    // Room stays; of fewer frames only the first numbers mean something.
    let fewer: [UInt16] = [1, 2, 1]
    order.sort(fewer.span, by: kinds.span)
    #expect(order.numbers.prefix(3) == [1, 0, 2])
    let none: [UInt16] = []
    order.sort(none.span, by: kinds.span)
    #expect(order.numbers.count == pairs.count)
  }
}

@Suite struct Trays {
  @Test func whatIsEmptiedIsFilledAnew() {
    var tray = Tray<UInt32>(of: 0)
    let hadRoom = tray.hasRoom
    #expect(!hadRoom)
    for round in UInt32(0)..<3 {
      for number in 0..<(100 + round) { tray.append(number &* (round + 1)) }
      let (count, last) = (tray.count, tray.span[99])
      #expect(count == Int(100 + round) && last == 99 &* (round + 1))
      tray.removeAll()
      let (left, room) = (tray.span.count, tray.hasRoom)
      #expect(left == 0 && room)
    }
  }

  @Test func bytesStandBehindEachOther() {
    var tray = Tray<UInt8>(of: 0)
    let none: [UInt8] = []
    tray.append(none.span)
    let hadRoom = tray.hasRoom
    #expect(!hadRoom)
    for length in 1...300 {
      let bytes = Array(repeating: UInt8(truncatingIfNeeded: length), count: length)
      tray.append(bytes.span)
    }
    let bytes = tray.span.indices.map { tray.span[$0] }
    #expect(bytes == (1...300).flatMap { Array(repeating: UInt8(truncatingIfNeeded: $0), count: $0) })
  }
}
