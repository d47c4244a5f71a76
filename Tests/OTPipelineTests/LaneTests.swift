import OTCore
import OTFacts
import OTProtocols
import Testing

@testable import OTNetwork
@testable import OTPipeline

/// Frames of one capture, each with what it does to its connection.
private struct Story: CustomTestStringConvertible {
  let name: String
  /// Addresses of client and server.
  var ends: (UInt32, UInt32) = (0x0a00_0001, 0x0a00_0002)
  /// Times to live of the frames, in turn.
  var lifetimes: [UInt8] = [64]
  /// From the client or not, flags, sequence, acknowledged, payload.
  let segments: [(Bool, UInt8, UInt32, UInt32, [UInt8])]
  var testDescription: String { name }

  /// Facts of the frames; `isLong` where each of them is made to go the long way.
  func facts(isLong: Bool) -> Facts {
    var engine = OneShard()
    for (index, segment) in segments.enumerated() {
      let (fromClient, flags, sequence, acknowledged, payload) = segment
      let bytes = MadeUp.frame(
        fromClient ? ends.0 : ends.1, fromClient ? ends.1 : ends.0, port: fromClient ? (49152, 502) : (502, 49152),
        flags: flags, sequence: sequence, acknowledged: acknowledged, ttl: lifetimes[index % lifetimes.count], payload)
      engine.frame(bytes, time: Timestamp(nanoseconds: Int64(index) * 5_000_000), number: UInt64(index + 1))
      if isLong {
        engine.settle()
        engine.engine.closeAllLanes()
      }
    }
    let result = engine.finish()
    return FactFolder.finish([result.part])
  }
}

/// Modbus/TCP: read one holding register of unit 1, and its value (Application Protocol V1.1b3, section 6.3).
private let request: [UInt8] = [0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1]
private let answer: [UInt8] = [0, 1, 0, 0, 0, 5, 1, 3, 2, 0, 7]

/// A handshake and `rounds` of polling, with something in between.
private func polling(
  _ rounds: Int, then extra: (_ asked: UInt32, _ answered: UInt32) -> [(Bool, UInt8, UInt32, UInt32, [UInt8])]
) -> [(Bool, UInt8, UInt32, UInt32, [UInt8])] {
  var segments: [(Bool, UInt8, UInt32, UInt32, [UInt8])] = [(true, 2, 0, 0, []), (false, 0x12, 0, 1, [])]
  var (asked, answered) = (UInt32(1), UInt32(1))
  func poll() {
    segments.append((true, 0x18, asked, answered, request))
    asked += UInt32(request.count)
    segments.append((false, 0x18, answered, asked, answer))
    answered += UInt32(answer.count)
    segments.append((true, 0x10, asked, answered, []))
  }
  for _ in 0..<rounds { poll() }
  for segment in extra(asked, answered) {
    segments.append(segment)
    if segment.0 { asked = Swift.max(asked, segment.2 + UInt32(segment.4.count)) }
    if !segment.0 { answered = Swift.max(answered, segment.2 + UInt32(segment.4.count)) }
  }
  for _ in 0..<rounds { poll() }
  return segments
}

@Suite struct Lanes {
  private static let stories = [
    Story(name: "polling", segments: polling(4) { _, _ in [] }),
    Story(name: "a host that polls itself", ends: (0x7f00_0001, 0x7f00_0001), segments: polling(4) { _, _ in [] }),
    Story(
      name: "a request sent again",
      segments: polling(3) { asked, answered in [(true, 0x18, asked - 12, answered, request)] }),
    Story(
      name: "all requests sent again",
      segments: polling(3) { asked, answered in
        (0..<3).map { (true, 0x18, asked - 36 + 12 * $0, answered, request) } + [(false, 0x10, answered, asked, [])]
      }),
    Story(
      name: "a request sent again with the next one",
      segments: polling(3) { asked, answered in [(true, 0x18, asked - 12, answered, request + request)] }),
    Story(
      name: "a probe that repeats the last byte",
      segments: polling(3) { asked, answered in
        [(true, 0x10, asked - 1, answered, [1]), (false, 0x10, answered, asked, [])]
      }),
    Story(
      name: "a lost request that comes after all, twice",
      segments: polling(3) { asked, answered in
        [
          (true, 0x18, asked + 12, answered, request), (false, 0x18, answered, asked + 24, answer),
          (true, 0x18, asked, answered, request), (true, 0x18, asked, answered, request),
          (true, 0x18, asked + 24, answered + 11, request),
        ]
      }),
    Story(
      name: "frames of two routes", lifetimes: [64, 63, 0, 62, 61],
      segments: polling(4) { _, _ in [] }),
    Story(
      name: "a lost answer",
      segments: polling(3) { asked, answered in
        [(true, 0x18, asked, answered, request), (true, 0x18, asked + 12, answered + 11, request)]
      }),
    Story(
      name: "two segments that changed places",
      segments: polling(3) { asked, answered in
        [(true, 0x18, asked + 12, answered, request), (true, 0x18, asked, answered, request)]
      }),
    Story(
      name: "a probe of an idle connection",
      segments: polling(3) { asked, answered in
        [(true, 0x10, asked - 1, answered, []), (false, 0x10, answered, asked, [])]
      }),
    Story(
      name: "an end and the same ports again",
      segments: polling(3) { asked, answered in
        [
          (true, 0x11, asked, answered, []), (false, 0x11, answered, asked + 1, []),
          (true, 0x10, asked + 1, answered + 1, []),
          (true, 2, 900_000, 0, []), (false, 0x12, 700_000, 900_001, []), (true, 0x18, 900_001, 700_001, request),
          (false, 0x18, 700_001, 900_013, answer),
        ]
      }),
    Story(name: "a reset", segments: polling(3) { asked, answered in [(false, 4, answered, asked, [])] }),
  ]

  @Test(arguments: stories) private func aFrameThatGoesTheShortWayLeavesTheSameFacts(_ story: Story) {
    let (short, long) = (story.facts(isLong: false), story.facts(isLong: true))
    #expect(short.conversations.count == 1)
    let packets = short.conversations.reduce(0) { $0 + $1.packetsToServer + $1.packetsToClient }
    #expect(packets == UInt64(story.segments.count))
    #expect("\(short.conversations)" == "\(long.conversations)")
    #expect("\(short.hosts)" == "\(long.hosts)")
    #expect("\(short.operations)" == "\(long.operations)")
  }

  @Test func polledFramesDoGoTheShortWay() {
    var engine = OneShard()
    let story = Self.stories[0]
    for (index, segment) in story.segments.enumerated() {
      let bytes = MadeUp.frame(
        segment.0 ? story.ends.0 : story.ends.1, segment.0 ? story.ends.1 : story.ends.0,
        port: segment.0 ? (49152, 502) : (502, 49152), flags: segment.1, sequence: segment.2, acknowledged: segment.3,
        segment.4)
      engine.frame(bytes, time: Timestamp(nanoseconds: Int64(index)), number: UInt64(index + 1))
    }
    engine.settle()
    let counted = engine.engine.lanes.all.span.counted
    #expect(counted > UInt64(story.segments.count / 2))
  }

  @Test func whatIsSentAgainGoesTheShortWay() {
    var engine = OneShard()
    for number in 0..<UInt32(20) {
      // The third request is sent over and over.
      let bytes = MadeUp.frame(
        0x0a00_0001, 0x0a00_0002, port: (49152, 502), flags: 0x18, sequence: 1 + 12 * Swift.min(number, 2),
        acknowledged: 1, ttl: UInt8(100 - number), request)
      engine.frame(bytes, time: Timestamp(nanoseconds: Int64(number)), number: UInt64(number) + 1)
    }
    engine.settle()
    #expect(engine.engine.lanes.all.span.counted == 18)
    let result = engine.finish()
    let facts = FactFolder.finish([result.part])
    #expect(facts.operations.map(\.requests) == [3])
    #expect(facts.conversations.map(\.retransmissions) == [17])
    #expect(facts.hosts.map(\.ttlLow) == [81, 0] && facts.hosts.map(\.ttlHigh) == [100, 0])
  }

  /// Two conversations whose lanes have the same first place keep one each, a third one takes the place of the quieter.
  @Test func lanesThatMeetInOnePlaceStandBesideEachOther() {
    var lanes = LaneTable()
    let keys = (1...3).map { PlainFrame.Key(addresses: UInt64($0), ports: 1, tags: 6) }
    let hash: UInt16 = 0x1234
    var places: [Int] = []
    for (number, key) in keys.enumerated() {
      let place = lanes.room(key, hash)
      lanes.all[place].key = key
      lanes.all[place].steady = SteadySide(
        next: SequenceNumber(0), lastTime: Timestamp(nanoseconds: number == 0 ? 9 : Int64(number)), payload: .unread)
      places.append(place)
      #expect(lanes.find(key, hash) == place && lanes.lane(key, hash) == place)
    }
    #expect(places == [lanes.first(hash), lanes.first(hash) ^ 1, lanes.first(hash) ^ 1])
    #expect(lanes.find(keys[1], hash) == nil && lanes.find(keys[0], hash) == places[0])
  }

  /// A lane is fetched ahead as four lines of the cache.
  @Test func aLaneIsNoLongerThanWhatIsFetched() { #expect(MemoryLayout<PacketEngine.Lane>.size <= 256) }

  /// Facts of 1,500 masters that poll one station in turn, which is more than there are lanes at first; and the lanes in
  /// the end.
  private static func manyMasters(isLong: Bool) -> (facts: Facts, lanes: Int) {
    var engine = OneShard()
    let rounds = Self.stories[0].segments
    var number: UInt64 = 0
    for (index, segment) in rounds.enumerated() {
      for master in 0..<UInt32(1500) {
        let ends = (0x0a01_0000 + master, UInt32(0x0a00_0002))
        let bytes = MadeUp.frame(
          segment.0 ? ends.0 : ends.1, segment.0 ? ends.1 : ends.0, port: segment.0 ? (49152, 502) : (502, 49152),
          flags: segment.1, sequence: segment.2, acknowledged: segment.3, segment.4)
        number += 1
        engine.frame(
          bytes, time: Timestamp(nanoseconds: Int64(index) * 5_000_000 + Int64(master)), number: number)
      }
      engine.settle()
      if isLong { engine.engine.closeAllLanes() }
    }
    let lanes = engine.engine.lanes.all.count
    let result = engine.finish()
    return (FactFolder.finish([result.part]), lanes)
  }

  @Test func lanesGrowWithConversationsThatAreBusyTogether() {
    let (short, long) = (Self.manyMasters(isLong: false), Self.manyMasters(isLong: true))
    #expect(short.lanes > LaneTable.fewest)
    #expect(short.facts.conversations.count == 1500)
    #expect("\(short.facts.conversations)" == "\(long.facts.conversations)")
    #expect("\(short.facts.hosts)" == "\(long.facts.hosts)")
    #expect("\(short.facts.operations)" == "\(long.facts.operations)")
  }
}

extension Span<PacketEngine.Lane> {
  /// Packets that went the short way and are not told yet.
  fileprivate var counted: UInt64 { indices.reduce(0) { $0 + (self[$1].steady?.packets ?? 0) } }
}
