import OTCore
import Testing

@testable import OTNetwork

/// A table that takes four hosts as they come and eight in all.
private func smallTable() -> HostTable {
  var limits = HostAdmission.Limits()
  limits.hosts = 4
  limits.exchangingHosts = 8
  return HostTable(limits: limits)
}

private func host(_ number: UInt32) -> HostAddress { .ipv4(0x0a00_0000 + number) }

@Suite struct HostAdmissionTests {
  @Test func aFloodOfAddressesMakesNoHostsAndIsCounted() {
    var table = smallTable()
    for number in 1..<100_000 as Range<UInt32> { _ = table.admit(host(number), host(0)) }
    // Both ends of a packet need a place, so the last one may stay free.
    #expect(table.count == 3)
    #expect(table.admission.refusedPackets == 99_999 - 2)
    // 99,997 addresses, within twice the standard error.
    #expect((96_700...103_300).contains(table.admission.refusedAddresses))
  }

  @Test func whoIsAnsweredDuringAFloodBecomesAHost() {
    var table = smallTable()
    for number in 1..<1000 as Range<UInt32> { _ = table.admit(host(number), host(0)) }
    #expect(table.admit(host(5000), host(0)) == nil)
    for number in 1000..<1100 as Range<UInt32> { _ = table.admit(host(number), host(0)) }
    #expect(table.admit(host(0), host(5000)) != nil)
    #expect(table.admit(host(5000), host(0)) != nil)
    #expect(table.id(of: host(5000)) != nil && table.id(of: host(1050)) == nil)
  }

  @Test func whoSendsAgainAndAgainBecomesAHostButNotWhoIsOnlyAsked() {
    var table = smallTable()
    for number in 1..<10 as Range<UInt32> { _ = table.admit(host(number), host(0)) }
    let answers = (0..<10).map { _ in table.admit(host(6000), host(0)) != nil }
    #expect(answers == Array(repeating: false, count: 7) + [true, true, true])
    for _ in 0..<50 { #expect(table.admit(host(0), host(7000)) == nil) }
  }

  @Test func beyondTheLastLimitNobodyBecomesAHost() {
    var table = smallTable()
    for number in 1..<100 as Range<UInt32> {
      _ = table.admit(host(number), host(0))
      _ = table.admit(host(0), host(number))
    }
    #expect(table.count == 7)
    #expect(table.name(host(9000)) == nil && table.name(host(0)) != nil)
  }

  @Test func distinctAddressesAreCountedWithinTheErrorThatIsTold() {
    for number in [0, 1, 10, 1000, 10_000, 300_000] as [UInt64] {
      var count = DistinctCount()
      for _ in 0..<2 { for address in 0..<number { count.insert(.ipv6(1, address)) } }
      let error = Double(count.estimate) - Double(number)
      #expect(abs(error) <= Double(number) * 0.05, "\(number) are told as \(count.estimate)")
    }
  }
}

@Suite struct Room {
  @Test func aFullTableKeepsWhatItIsToldToAndFindsItAgain() {
    var limits = FlowTable.Limits()
    limits.flows = 4
    var table = FlowTable(limits: limits)
    func meet(_ port: UInt16) -> FlowHit {
      var frame = DecodedFrame()
      frame.transport = .udp
      frame.sourcePort = port
      frame.destinationPort = 9
      return table.observe(frame, source: 0, destination: 1, time: Timestamp(nanoseconds: 0), evidence: 1)
    }
    let ids = (1...4).map { meet($0).id }
    #expect(table.isFull && table.roomyCount == 2)
    table.keep([ids[1], ids[3]])
    #expect(!table.isFull && table.count == 2)
    let second = meet(2)
    #expect(second.id == 0 && !second.isNew)
    #expect(meet(4).id == 1 && table.side(1, .forward).packets == 2)
    #expect(meet(1).isNew)
  }

  @Test func fragmentsThatAreTooOldMakeRoomForOthers() {
    var limits = FragmentLimits()
    limits.hostPairs = 8
    var decoder = FrameDecoder(fragmentLimits: limits)
    let datagram = Make.udp(Array(0..<24))
    func fragment(_ source: UInt8, _ offset: Int, second: Int64) -> DecodedFrame {
      let isFirst = offset == 0
      let bytes = Array(isFirst ? datagram[..<16] : datagram[16...])
      let flags = offset / 8 | (isFirst ? 0x2000 : 0)
      return decoder.read(
        Make.ethernet(0x0800, Make.ipv4(17, bytes, from: source, fragment: flags)), second: second
      ).frame
    }
    for source in 10..<30 as Range<UInt8> { _ = fragment(source, 0, second: 1) }
    #expect(decoder.counters.refusedFragments == 12)
    _ = fragment(50, 0, second: 40)
    #expect(decoder.counters.expiredDatagrams == 8)
    #expect(fragment(50, 16, second: 40).fragment == .completed)
  }
}
