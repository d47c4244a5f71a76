import OTCore
import OTFacts
import OTNetwork
import Testing

@testable import OTPipeline

@Suite struct FrameBatchTests {
  /// Frames of three host pairs, mixed. Pairs 1 and 3 spoke protocol 7 last, pair 2 protocol 5.
  @Test func framesOfAPairStayInOrderAndPairsOfAProtocolMeet() {
    var kinds = Array(repeating: UInt8.max, count: FrameBatch.bucketCount)
    (kinds[1], kinds[2], kinds[3]) = (7, 5, 7)
    var batch = FrameBatch()
    let pairs: [UInt64] = [3, 1, 2, 1, 3, 2, 1]
    for (number, pair) in pairs.enumerated() {
      let sighting = Sighting(time: Timestamp(nanoseconds: Int64(number)), file: 0, frame: UInt64(number + 1))
      batch.add(DecodedFrame(), [UInt8(number)].span, pair: pair, sighting)
    }
    batch.sort(by: kinds)
    #expect(Array(batch.order.prefix(pairs.count)) == [2, 5, 1, 3, 6, 0, 4])
    batch.removeAll()
    batch.sort(by: kinds)
    #expect(batch.entries.isEmpty)
  }
}
