import OTCore
import Testing

@testable import OTNetwork

@Test func aHostKeepsItsNumberThroughGrowth() {
  var table = HostTable()
  for value in 0..<5000 as Range<UInt32> { #expect(table.intern(.ipv4(value &* 2_654_435_761)) == value) }
  for value in 0..<5000 as Range<UInt32> { #expect(table.id(of: .ipv4(value &* 2_654_435_761)) == value) }
  #expect(table.id(of: .ipv6(0, 1)) == nil)
}
