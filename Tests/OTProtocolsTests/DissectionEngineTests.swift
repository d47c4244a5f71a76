import OTCore
import Testing

@testable import OTProtocols

/// `L` length body: one byte magic, one byte length of the body. Its code is the first byte of the body; a body that
/// begins with `!` hands itself off, one with `s` has its second byte's number of following bytes skipped.
private struct Lengths: Dissector {
  static let protocols = [info("lengths")]
  static let claims: [Claim] = [.tcp(7000), .udp(7000)]
  static let probe = ProbeStrength.strong
  static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard bytes.byte(0) == UInt8(ascii: "L") else { return .notThisProtocol }
    guard let length = bytes.byte(1) else { return .needMore }
    return .pdu(byteCount: 2 + Int(length))
  }
  mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(2, "header")
    let code = try pdu.u8("code")
    out.operation(Operation(UInt64(code), .request, count: UInt32(context.missingBytes + 1)))
    if code == UInt8(ascii: "!") { out.handOff(.isoTransport, pdu.rest()) }
    if code == UInt8(ascii: "s") { out.skip(Int(try pdu.u8("skipped"))) }
  }
  static func describe(operation code: UInt64, layer: Int) -> OperationDescription { described(code) }
}

/// One byte a data unit, `a`…`z`; only on its port and inside the other one.
private struct Letters: Dissector {
  static let protocols = [info("outer"), info("letters")]
  static let claims: [Claim] = [.tcp(7001), .inner(.isoTransport)]
  static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let first = bytes.byte(0) else { return .needMore }
    return first >= 97 && first <= 122 ? .pdu(byteCount: hint.isStream ? 1 : bytes.count) : .notThisProtocol
  }
  mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    out.operation(Operation(UInt64(try pdu.u8("letter")), .request, layer: 1))
  }
  static func describe(operation code: UInt64, layer: Int) -> OperationDescription { described(code) }
}

private func info(_ id: String) -> ProtocolInfo {
  ProtocolInfo(
    id: id, name: id, specification: "these tests", isIndustrial: true, depth: .operations, reads: "codes",
    displayFilter: "")
}

private func described(_ code: UInt64) -> OperationDescription {
  OperationDescription(code: "\(code)", name: "code", kind: .other)
}

/// One engine and one channel; what comes out is written as `layer:code` or `layer:code*count`, anomalies by field.
private struct Bench: ~Copyable {
  var engine: DissectionEngine
  var out = ObservationBuffer()
  var channel: UInt32 = 0
  init(mostPendingBytes: Int = Limits.pendingBytes) {
    engine = DissectionEngine(ProtocolTable([Lengths.self, Letters.self]), mostPendingBytes: mostPendingBytes)
    channel = engine.open()
  }

  mutating func stream(_ text: String, port: UInt16 = 7000, gap: Int = 0, forward: Bool = true) -> String {
    var context = PDUContext(sender: .ipv4(1), receiver: .ipv4(2), isStream: true)
    engine.stream(
      channel, forward: forward, Array(text.utf8).span, gap: gap, &context, .init(.tcp, server: port, client: 40000),
      into: &out)
    return drained()
  }

  mutating func cut() -> String {
    engine.cut(channel, forward: true, PDUContext(sender: .ipv4(1), receiver: .ipv4(2), isStream: true), into: &out)
    return drained()
  }

  mutating func datagram(_ text: String, port: UInt16 = 7000, missing: Int = 0) -> String {
    var context = PDUContext(sender: .ipv4(1), receiver: .ipv4(2))
    context.missingBytes = missing
    engine.datagram(
      channel, Array(text.utf8).span, &context, .init(.udp, server: port, client: 40000), into: &out)
    return drained()
  }

  private mutating func drained() -> String {
    var words: [String] = []
    for observation in out.observations {
      switch observation {
      case .operation(let operation):
        let code = Unicode.Scalar(UInt8(truncatingIfNeeded: operation.code))
        words.append("\(operation.layer):\(code)" + (operation.count > 1 ? "*\(operation.count)" : ""))
      case .anomaly(let anomaly): words.append("?\(anomaly.field)")
      default: words.append("other")
      }
    }
    out.removeAll()
    return words.joined(separator: " ")
  }
}

@Suite struct Engine {
  @Test func dataUnitsAreCutOutOfChunksHoweverTheyFall() {
    var bench = Bench()
    #expect(bench.stream("L\u{2}axL\u{1}b") == "0:a 0:b")
    #expect(bench.stream("L") == "")
    #expect(bench.stream("\u{3}c") == "")
    #expect(bench.stream("xyL\u{1}d") == "0:c 0:d")
  }

  @Test func anIncompleteDataUnitForWhichThereIsNoRoomIsDroppedAndCounted() {
    var bench = Bench(mostPendingBytes: 8)
    let (first, second) = (bench.channel, bench.engine.open())
    #expect(bench.stream("L\u{8}abcd") == "")
    bench.channel = second
    #expect(bench.stream("L\u{4}x") == "" && bench.engine.dropped == 1)
    // Its rest fits nothing; what comes then is read, and the other stream lost nothing.
    #expect(bench.stream("yzw") == "" && bench.stream("L\u{1}b") == "0:b")
    bench.channel = first
    #expect(bench.stream("efgh") == "0:a" && bench.engine.dropped == 1)
    // The room is given back.
    #expect(bench.stream("L\u{6}abcde") == "" && bench.engine.dropped == 1)
  }

  @Test func theTwoDirectionsDoNotMix() {
    var bench = Bench()
    #expect(bench.stream("L\u{2}a") == "")
    #expect(bench.stream("L\u{1}z", forward: false) == "0:z")
    #expect(bench.stream("b") == "0:a")
  }

  @Test func aDataUnitCutByAGapIsReadAsFarAsItGoes() {
    var bench = Bench()
    #expect(bench.stream("L\u{5}abc") == "")
    // Two bytes of it are lost, and one byte more of the next one's header: the rest of the chunk begins anew.
    #expect(bench.stream("L\u{1}e", gap: 2) == "0:a*3 0:e")
  }

  @Test func aGapShorterThanTheDataUnitLeavesItsRestUnread() {
    var bench = Bench()
    #expect(bench.stream("L\u{5}a") == "")
    #expect(bench.stream("xxL\u{1}e", gap: 2) == "0:a*5 0:e")
  }

  @Test func aDataUnitCutByTheSnapLengthIsReadAtOnce() {
    var bench = Bench()
    #expect(bench.stream("L\u{5}ab") == "")
    #expect(bench.cut() == "0:a*4")
    #expect(bench.cut() == "")
    #expect(bench.stream("L\u{1}e", gap: 3) == "0:e")
    // The data unit goes on behind what was cut off.
    #expect(bench.stream("L\u{9}f") == "")
    #expect(bench.cut() == "0:f*9")
    #expect(bench.stream("xxxxxL\u{1}g", gap: 3) == "0:g")
  }

  @Test func ofAStreamThatIsCutOffTheOnlyOneWhoWaitsOnItsPortIsBelieved() {
    var engine = DissectionEngine()
    let channel = engine.open()
    var out = ObservationBuffer()
    var context = PDUContext(
      sender: .ipv4(1), receiver: .ipv4(2), senderPort: 49152, receiverPort: 80, senderIsClient: true, isStream: true)
    let place = DissectionEngine.Place(.tcp, server: 80, client: 49152)
    let head = Array("GET /a/long/name/of/a/page/which/does".utf8)
    engine.stream(channel, forward: true, head.span, gap: 0, &context, place, into: &out)
    #expect(engine.protocolNumber(channel) == nil)
    engine.cut(channel, forward: true, context, into: &out)
    #expect(engine.protocolNumber(channel).map { engine.table.protocols[Int($0)].id } == "http")
  }

  /// One octet may be the beginning of many things; with what follows it is none, and what follows is DNP3 (IEEE 1815-2012
  /// clause 9.2: link header and a user data block of a read).
  @Test func aWrongBeginningDoesNotHideWhatComesBehindIt() {
    var engine = DissectionEngine()
    let channel = engine.open()
    var out = ObservationBuffer()
    var context = PDUContext(
      sender: .ipv4(1), receiver: .ipv4(2), senderPort: 49152, receiverPort: 20000, senderIsClient: true, isStream: true
    )
    let place = DissectionEngine.Place(.tcp, server: 20000, client: 49152)
    let wrong: [UInt8] = [0]
    engine.stream(channel, forward: true, wrong.span, gap: 0, &context, place, into: &out)
    #expect(engine.protocolNumber(channel) == nil)
    let read = bytes("05 64 11 c4 0400 0300 4eef | c0 c1 01 | 3c 02 06 3c 03 06 3c 04 06 1026")
    engine.stream(channel, forward: true, read.span, gap: 0, &context, place, into: &out)
    #expect(engine.protocolNumber(channel).map { engine.table.protocols[Int($0)].id } == "dnp3")
    #expect(!out.isEmpty)
  }

  /// IEC 61158-6-10 section 4.10.2: the interface of a device stands at 24, the operation behind 96 octets of a frame.
  @Test(arguments: [0, 100])
  func anInterfaceThatTheSnapLengthLeftTellsItsProtocol(missing: Int) {
    var engine = DissectionEngine()
    let channel = engine.open()
    var out = ObservationBuffer()
    var context = PDUContext(sender: .ipv4(1), receiver: .ipv4(2), senderPort: 49152, receiverPort: 34964)
    context.missingBytes = missing
    let header = bytes(
      "04 00 20 00 100000 00 | 0000a0de976cd111827100010002002a | 0100a0de976cd111827100a02442df7d | \(zeros14)")
    let place = DissectionEngine.Place(.udp, server: 34964, client: 49152)
    engine.datagram(channel, header.span, &context, place, into: &out)
    let id = engine.protocolNumber(channel).map { engine.table.protocols[Int($0)].id }
    #expect(id == (missing > 0 ? "pn_io_cm" : nil))
  }

  private let zeros14 = String(repeating: "00", count: 14)

  @Test func aTransferMetInTheMiddleIsTakenUpAtARunOfDataUnits() {
    var bench = Bench()
    #expect(bench.stream("xxL\u{5}a1234") == "")
    #expect(bench.stream("xxL\u{5}a1234L\u{5}b1234L\u{5}c1234L\u{1}") == "0:a 0:b 0:c")
    #expect(bench.stream("d") == "0:d")
  }

  @Test func whatADissectorWantsSkippedIsDroppedAcrossChunks() {
    var bench = Bench()
    #expect(bench.stream("L\u{2}s\u{4}..") == "0:s")
    #expect(bench.stream("..L\u{1}b") == "0:b")
  }

  @Test func payloadsGoToWhoeverClaimsTheirLayer() {
    var bench = Bench()
    // Protocol numbers: lengths 0, outer 1, letters 2.
    #expect(bench.stream("L\u{3}!qqL\u{1}b") == "0:! 2:q 0:b")
    #expect(bench.stream("L\u{3}!?q") == "0:!")
  }

  @Test func portsAreHints() {
    var bench = Bench()
    // A strong probe is found on any port; a weak one only where it is claimed.
    #expect(bench.stream("L\u{1}a", port: 9999) == "0:a")
    var other = Bench()
    #expect(other.stream("abc", port: 9999) == "")
    var claimed = Bench()
    #expect(claimed.stream("ab", port: 7001) == "2:a 2:b")
    // Another protocol on a claimed port is not taken for the claimant.
    var mixed = Bench()
    #expect(mixed.stream("L\u{1}x", port: 7001) == "0:x")
  }

  @Test func aConversationMayGoOverToAnotherProtocol() {
    var bench = Bench()
    #expect(bench.stream("ab", port: 7001) == "2:a 2:b")
    #expect(bench.stream("L\u{1}c", port: 7001) == "0:c")
  }

  @Test func bytesThatFitNothingAreToldOnceAChunkAndReadingGoesOn() {
    var bench = Bench()
    #expect(bench.stream("L\u{1}a??") == "0:a ?framing")
    #expect(bench.stream("L\u{1}b") == "0:b")
  }

  @Test func whatNobodyRecognisesIsLeftAloneAfterAFewChunks() {
    var bench = Bench()
    for _ in 0..<20 { #expect(bench.stream("????", port: 9999) == "") }
    let isGivenUp = bench.engine.isGivenUp(bench.channel)
    #expect(isGivenUp)
    #expect(bench.engine.protocolNumber(bench.channel) == nil)
  }

  @Test func datagramsHoldWholeDataUnitsOrWhatTheSnapLengthLeft() {
    var bench = Bench()
    #expect(bench.datagram("L\u{1}aL\u{1}b") == "0:a 0:b")
    #expect(bench.datagram("L\u{9}c") == "")
    #expect(bench.datagram("L\u{9}c", missing: 8) == "0:c*9")
  }

  @Test func aClosedChannelIsAFreshOneWhenOpenedAgain() {
    var bench = Bench()
    #expect(bench.stream("L\u{5}abc") == "")
    bench.engine.close(bench.channel)
    bench.channel = bench.engine.open()
    #expect(bench.stream("L\u{1}z") == "0:z")
  }
}
