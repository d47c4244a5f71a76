import OTCore
import Testing

@testable import OTNetwork

/// Fragments of one UDP datagram (RFC 791 3.2): offsets in units of 8, 0x2000 is "more fragments".
struct FragmentCase: Sendable, CustomTestStringConvertible {
  let name: String
  /// Offset in bytes, whether more follow, bytes, bytes the snap length cut off.
  let parts: [(offset: Int, more: Bool, bytes: [UInt8], cut: Int)]
  /// Payload when the last part came, or nil where the datagram stays incomplete.
  let payload: [UInt8]?
  var missing = 0
  var overlapping: UInt64 = 0
  var testDescription: String { name }
}

private let full = Make.udp(Array(0..<24))  // 32 bytes: header and 24
private let first = Array(full[0..<16])
private let last = Array(full[16..<32])

let fragmentCases: [FragmentCase] = [
  FragmentCase(name: "in order", parts: [(0, true, first, 0), (16, false, last, 0)], payload: Array(0..<24)),
  FragmentCase(name: "last one first", parts: [(16, false, last, 0), (0, true, first, 0)], payload: Array(0..<24)),
  FragmentCase(
    name: "one repeated", parts: [(0, true, first, 0), (0, true, first, 0), (16, false, last, 0)],
    payload: Array(0..<24)),
  FragmentCase(
    name: "of an overlap the first copy is kept",
    parts: [(0, true, first, 0), (8, false, Array(repeating: 0xee, count: 8) + last, 0)], payload: Array(0..<24),
    overlapping: 1),
  FragmentCase(
    name: "one around another",
    parts: [
      (8, true, Array(full[8..<16]), 0),
      (0, true, Array(full[0..<8]) + Array(repeating: 0xee, count: 8) + Array(full[16..<24]), 0),
      (24, false, Array(full[24..<32]), 0),
    ],
    payload: Array(0..<24), overlapping: 1),
  FragmentCase(name: "a hole", parts: [(0, true, Array(first.prefix(8)), 0), (16, false, last, 0)], payload: nil),
  FragmentCase(
    name: "cut by the snap length",
    parts: [(0, true, Array(first.prefix(12)), 4), (16, false, last, 0)], payload: [0, 1, 2, 3], missing: 20),
  FragmentCase(
    name: "behind the end", parts: [(16, false, last, 0), (32, true, first, 0), (0, true, Array(first.prefix(8)), 0)],
    payload: nil),
  FragmentCase(name: "beyond 65535 bytes", parts: [(0, true, first, 0), (65528, false, last, 0)], payload: nil),
  FragmentCase(
    name: "length no multiple of 8", parts: [(0, true, Array(first.prefix(13)), 0), (13, false, last, 0)], payload: nil),
]

@Test(arguments: fragmentCases)
func fragmentsBecomeTheirDatagram(_ expected: FragmentCase) {
  var decoder = FrameDecoder()
  var result: [UInt8]?
  var missing = 0
  for part in expected.parts {
    let flags = part.offset / 8 | (part.more ? 0x2000 : 0)
    let total = 20 + part.bytes.count + part.cut
    let (frame, payload) = decoder.read(
      Make.ethernet(0x0800, Make.ipv4(17, part.bytes, total: total, fragment: flags)))
    #expect(frame.source == .ipv4(0x0a00_0001))
    if frame.fragment == .completed {
      result = payload
      missing = frame.missing
      #expect(frame.transport == .udp && frame.destinationPort == 47808)
    } else {
      #expect(frame.fragment == .held && frame.transport == .none)
    }
  }
  #expect(result == expected.payload)
  #expect(missing == expected.missing)
  #expect(decoder.counters.overlappingFragments == expected.overlapping)
}

@Test func fragmentsOfIPv6AreReassembledInsideATunnel() {
  // Fragment header (RFC 8200 4.5): next header, reserved, offset and M, identification.
  let parts = [[17, 0, 0, 1, 0, 0, 0, 9] + first, [17, 0, 0, 16, 0, 0, 0, 9] + last]
  var decoder = FrameDecoder()
  for (index, part) in parts.enumerated() {
    let (frame, payload) = decoder.read(Make.ethernet(0x0800, Make.ipv4(41, Make.ipv6(44, part))))
    #expect(frame.tunnels == .ipInIP)
    #expect(frame.fragment == (index == 0 ? .held : .completed))
    if index == 1 { #expect(payload == Array(0..<24)) }
  }
}

@Test func anOldOrSurplusDatagramIsGivenUpAndCounted() {
  var limits = FragmentLimits()
  limits.datagramsPerHostPair = 2
  var decoder = FrameDecoder(fragmentLimits: limits)
  func send(_ id: Int, _ offset: Int, second: Int64) -> DecodedFrame.Fragment {
    let flags = offset / 8 | (offset == 0 ? 0x2000 : 0)
    return decoder.read(
      Make.ethernet(0x0800, Make.ipv4(17, offset == 0 ? first : last, id: id, fragment: flags)), second: second
    ).frame.fragment
  }
  #expect(send(1, 0, second: 0) == .held)
  #expect(send(1, 16, second: 31) == .held)  // its first half is forgotten
  #expect(decoder.counters.expiredDatagrams == 1)
  #expect(send(2, 0, second: 31) == .held)
  #expect(send(3, 0, second: 31) == .held)  // the third one of two
  #expect(decoder.counters.expiredDatagrams == 2)
  #expect(send(2, 16, second: 32) == .completed)
  #expect(send(2, 16, second: 32) == .held)  // a second copy starts nothing
  #expect(decoder.counters.reassembledDatagrams == 1)
}
