import OTCore
import Testing

@testable import OTNetwork

/// One segment of a script: who sends, from where, which text; what it acknowledges of the other side.
struct Segment: Sendable {
  var side = Side.forward
  var sequence: UInt32
  var text = ""
  var flags: TCPFlags = .ack
  var acknowledges: UInt32 = 0
  var missing = 0
  var second: Int64 = 0
}

/// Feeds segments and writes down the streams: `[n]` where n bytes were lost, `[?]` where a stream began anew.
struct Listener {
  var streams: StreamReassembler
  var heard = ["", ""]
  /// Of both sides, in the order in which it was heard.
  var order = ""

  init(_ limits: StreamReassembler.Limits = .init()) { streams = StreamReassembler(limits: limits) }

  mutating func hear(_ segment: Segment) {
    let payload = Array(segment.text.utf8)
    let tcp = TCPHeader(
      sequence: SequenceNumber(segment.sequence), acknowledgement: SequenceNumber(segment.acknowledges),
      flags: segment.acknowledges == 0 ? segment.flags.subtracting(.ack) : segment.flags)
    let delivery = streams.accept(
      flow: 5, side: segment.side, tcp: tcp, payload: payload.span, missing: segment.missing,
      time: Timestamp(nanoseconds: segment.second * 1_000_000_000), evidence: 1)
    if delivery.isOtherFirst { drain(segment.side.other) }
    if delivery.kind == .segment {
      if delivery.isRestart { heard[Int(segment.side.rawValue)] += "[?]" }
      write(segment.side, payload[delivery.offset..<(delivery.offset + delivery.count)], delivery.gapBefore)
    }
    if delivery.isReady { drain(segment.side) }
    if delivery.isOtherReady { drain(segment.side.other) }
  }

  mutating func drain(_ side: Side) {
    while let ready = streams.popReady(5, side) { write(side, ready.bytes[ready.offset...], ready.gapBefore) }
  }

  mutating func end() {
    streams.flush(5)
    for side in Side.allCases { drain(side) }
  }

  private mutating func write(_ side: Side, _ bytes: ArraySlice<UInt8>, _ gap: Int) {
    if gap > 0 { heard[Int(side.rawValue)] += "[\(gap)]" }
    heard[Int(side.rawValue)] += String(decoding: bytes, as: UTF8.self)
    order += String(decoding: bytes, as: UTF8.self)
  }
}

struct StreamCase: Sendable, CustomTestStringConvertible {
  let name: String
  let segments: [Segment]
  /// What was heard of the forward side before and after the end.
  let heard: String
  var atEnd: String?
  var testDescription: String { name }
}

let streamCases: [StreamCase] = [
  StreamCase(
    name: "in order", segments: [Segment(sequence: 10, text: "abc"), Segment(sequence: 13, text: "def")],
    heard: "abcdef"),
  StreamCase(
    name: "from the SYN on, first segment late",
    segments: [
      Segment(sequence: 9, flags: .syn), Segment(sequence: 13, text: "def"), Segment(sequence: 10, text: "abc"),
    ],
    heard: "abcdef"),
  StreamCase(
    name: "data in the SYN",
    segments: [Segment(sequence: 9, text: "abc", flags: .syn), Segment(sequence: 13, text: "d")],
    heard: "abcd"),
  StreamCase(
    name: "SYN-ACK tells where the other side starts",
    segments: [
      Segment(side: .reverse, sequence: 70, flags: [.syn, .ack], acknowledges: 10), Segment(sequence: 13, text: "def"),
      Segment(sequence: 10, text: "abc"),
    ], heard: "abcdef"),
  StreamCase(
    name: "out of order, three deep",
    segments: [
      Segment(sequence: 10, text: "a", flags: [.ack, .psh]), Segment(sequence: 13, text: "d"),
      Segment(sequence: 12, text: "c"),
      Segment(sequence: 11, text: "b"),
    ], heard: "abcd"),
  StreamCase(
    name: "repeated",
    segments: [
      Segment(sequence: 10, text: "abc"), Segment(sequence: 10, text: "xyz"),
      Segment(sequence: 13, text: "d"),
    ], heard: "abcd"),
  StreamCase(
    name: "repeated with more", segments: [Segment(sequence: 10, text: "abc"), Segment(sequence: 11, text: "yzde")],
    heard: "abcde"),
  StreamCase(
    name: "of waiting bytes the first copy wins",
    segments: [
      Segment(sequence: 10, text: "a", flags: [.ack, .psh]), Segment(sequence: 12, text: "cd"),
      Segment(sequence: 11, text: "bXXef"),
    ],
    heard: "abcdef"),
  StreamCase(
    name: "waiting segments overlap each other",
    segments: [
      Segment(sequence: 10, text: "a", flags: [.ack, .psh]), Segment(sequence: 14, text: "ef"),
      Segment(sequence: 12, text: "cdXXg"),
      Segment(sequence: 11, text: "b"),
    ], heard: "abcdefg"),
  StreamCase(
    name: "keep-alive",
    segments: [
      Segment(sequence: 10, text: "abc"), Segment(sequence: 12, text: "\0"),
      Segment(sequence: 13, text: "d"),
    ], heard: "abcd"),
  StreamCase(
    name: "met in the middle at a keep-alive",
    segments: [Segment(sequence: 12, text: "\0"), Segment(sequence: 13, text: "d")],
    heard: "d"),
  StreamCase(
    name: "met in the middle at a keep-alive that repeats the byte",
    segments: [Segment(sequence: 12, text: "c", acknowledges: 7), Segment(sequence: 13, text: "d")],
    heard: "d"),
  StreamCase(
    name: "met in the middle at a byte that is data",
    segments: [Segment(sequence: 12, text: "\0", flags: [.ack, .psh]), Segment(sequence: 13, text: "d")], heard: "\0d"),
  StreamCase(
    name: "numbers wrap around",
    segments: [
      Segment(sequence: 0xffff_fffe, text: "abcd"), Segment(sequence: 4, text: "g"), Segment(sequence: 2, text: "ef"),
    ],
    heard: "abcdefg"),
  StreamCase(
    name: "loss is seen at the end only",
    segments: [Segment(sequence: 10, text: "abc"), Segment(sequence: 16, text: "ghi")], heard: "abc", atEnd: "abc[3]ghi"
  ),
  StreamCase(
    name: "loss acknowledged, two segments behind it",
    segments: [
      Segment(sequence: 10, text: "abc"), Segment(sequence: 16, text: "ghi"),
      Segment(side: .reverse, sequence: 70, acknowledges: 19), Segment(sequence: 19, text: "jkl"),
    ], heard: "abc[3]ghijkl"),
  StreamCase(
    name: "loss acknowledged, and a second passed",
    segments: [
      Segment(sequence: 10, text: "abc"), Segment(sequence: 16, text: "ghi"),
      Segment(side: .reverse, sequence: 70, acknowledges: 19, second: 1),
    ], heard: "abc[3]ghi"),
  StreamCase(
    name: "loss acknowledged by an answer to the segment behind it",
    segments: [
      Segment(sequence: 10, text: "abc"), Segment(sequence: 16, text: "ghi"),
      Segment(side: .reverse, sequence: 70, text: "yes", acknowledges: 19),
    ], heard: "abc[3]ghi"),
  StreamCase(
    name: "an answer to an earlier segment says nothing of the loss",
    segments: [
      Segment(sequence: 10, text: "abc"), Segment(sequence: 16, text: "ghi"),
      Segment(side: .reverse, sequence: 70, text: "yes", acknowledges: 16), Segment(sequence: 13, text: "def"),
    ], heard: "abcdefghi"),
  StreamCase(
    name: "what came late once is waited for the next time",
    segments: [
      Segment(sequence: 10, text: "abc"), Segment(sequence: 16, text: "ghi"),
      Segment(side: .reverse, sequence: 70, text: "yes", acknowledges: 19), Segment(sequence: 13, text: "def"),
      Segment(sequence: 22, text: "mno"), Segment(side: .reverse, sequence: 73, text: "yes", acknowledges: 25),
      Segment(sequence: 19, text: "jkl"),
    ], heard: "abc[3]ghijklmno"),
  StreamCase(
    name: "not acknowledged: still on the way",
    segments: [
      Segment(sequence: 10, text: "abc"), Segment(sequence: 16, text: "ghi"), Segment(sequence: 19, text: "jkl"),
      Segment(side: .reverse, sequence: 70, acknowledges: 13), Segment(sequence: 13, text: "def", second: 3),
    ], heard: "abcdefghijkl"),
  StreamCase(
    name: "no acknowledgement captured at all",
    segments: [
      Segment(sequence: 10, text: "abc"), Segment(sequence: 16, text: "ghi"),
      Segment(sequence: 19, text: "j", second: 10),
    ],
    heard: "abc[3]ghij"),
  StreamCase(
    name: "loss before the FIN was acknowledged",
    segments: [
      Segment(sequence: 10, text: "abc"), Segment(sequence: 16, text: "ghi", flags: [.ack, .fin]),
      Segment(side: .reverse, sequence: 70, acknowledges: 20),
    ], heard: "abc[3]ghi"),
  StreamCase(
    name: "loss before a RST",
    segments: [
      Segment(sequence: 10, text: "abc"), Segment(sequence: 16, text: "ghi"),
      Segment(side: .reverse, sequence: 70, flags: .rst),
    ], heard: "abc[3]ghi"),
  StreamCase(
    name: "cut by the snap length",
    segments: [Segment(sequence: 10, text: "abc", missing: 4), Segment(sequence: 17, text: "hi")],
    heard: "abc[4]hi"),
  StreamCase(
    name: "cut and out of order",
    segments: [
      Segment(sequence: 9, text: "_", flags: [.ack, .psh]), Segment(sequence: 13, text: "de", missing: 2),
      Segment(sequence: 17, text: "hi"),
      Segment(sequence: 10, text: "abc"),
    ], heard: "_abcde[2]hi"),
  StreamCase(
    name: "a stray segment far behind changes nothing",
    segments: [
      Segment(sequence: 9_000_000, text: "abc"), Segment(sequence: 10, text: "xyz"),
      Segment(sequence: 9_000_003, text: "d"),
    ],
    heard: "abcd"),
  StreamCase(
    name: "three adjoining segments far behind are another connection",
    segments: [
      Segment(sequence: 9_000_000, text: "abc"), Segment(sequence: 10, text: "u"), Segment(sequence: 11, text: "v"),
      Segment(sequence: 12, text: "w"), Segment(sequence: 13, text: "x"),
    ], heard: "abc[?]wx"),
]

@Test(arguments: streamCases)
func aStreamIsHeardOnceAndInOrder(_ expected: StreamCase) {
  var listener = Listener()
  for segment in expected.segments { listener.hear(segment) }
  #expect(listener.heard[0] == expected.heard)
  listener.end()
  #expect(listener.heard[0] == expected.atEnd ?? expected.heard)
  #expect(listener.streams.bufferedBytes == 0)
}

@Test func aRequestBehindALossIsHeardBeforeItsAnswer() {
  var listener = Listener()
  listener.hear(Segment(sequence: 10, text: "ask1"))
  listener.hear(Segment(side: .reverse, sequence: 70, text: "answer1", acknowledges: 14))
  // A second question is lost.
  listener.hear(Segment(side: .reverse, sequence: 77, text: "answer2", acknowledges: 18))
  listener.hear(Segment(sequence: 18, text: "ask3", acknowledges: 84))
  listener.hear(Segment(side: .reverse, sequence: 84, text: "answer3", acknowledges: 22))
  #expect(listener.order == "ask1answer1answer2ask3answer3")
  #expect(listener.heard[0] == "ask1[4]ask3")
}

@Test func anyOrderOfSegmentsGivesTheSameStream() {
  // 40 bytes cut at random places, each piece sent up to twice, in random order: a linear congruential generator.
  var state: UInt64 = 1
  func random(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
  let text = Array("the quick brown fox jumps over a lazy dog".utf8)
  for round in 0..<500 {
    var pieces: [Segment] = []
    var at = 0
    let start = UInt32.max - UInt32(random(60))
    while at < text.count {
      let end = min(text.count, at + 1 + random(8))
      let overlapped = max(0, at - random(4))
      for _ in 0...random(2) {
        pieces.append(
          Segment(sequence: start &+ UInt32(overlapped), text: String(decoding: text[overlapped..<end], as: UTF8.self)))
      }
      at = end
    }
    for index in pieces.indices { pieces.swapAt(index, random(pieces.count)) }
    var listener = Listener()
    listener.hear(Segment(sequence: start &- 1, flags: .syn))
    for piece in pieces { listener.hear(piece) }
    #expect(listener.heard[0] == String(decoding: text, as: UTF8.self), "round \(round)")
    #expect(listener.streams.bufferedBytes == 0)
    #expect(listener.streams.counters.lostBytes == 0)
  }
}

@Test func aLimitGivesUpTheHoleAndIsCounted() {
  var perStream = StreamReassembler.Limits()
  perStream.segments = 2
  var total = StreamReassembler.Limits()
  total.totalBytes = 4
  for (limits, streamHits, totalHits) in [(perStream, 1, 0), (total, 0, 1)]
    as [(StreamReassembler.Limits, UInt64, UInt64)]
  {
    var listener = Listener(limits)
    for (sequence, text) in [(10, "ab"), (14, "ef"), (18, "ij"), (22, "mn")] as [(UInt32, String)] {
      listener.hear(Segment(sequence: sequence, text: text))
    }
    #expect(listener.heard[0] == "ab[2]ef")
    #expect(listener.streams.counters.streamLimitHits == streamHits)
    #expect(listener.streams.counters.totalLimitHits == totalHits)
    listener.end()
    #expect(listener.heard[0] == "ab[2]ef[2]ij[2]mn")
  }
}

@Test func aReleasedStreamStartsAgainFromNothing() {
  var listener = Listener()
  listener.hear(Segment(sequence: 10, text: "abc"))
  listener.hear(Segment(sequence: 20, text: "xyz"))
  listener.streams.release(5)
  #expect(listener.streams.bufferedBytes == 0)
  listener.hear(Segment(sequence: 900, text: "def"))
  #expect(listener.heard[0] == "abcdef")
}
