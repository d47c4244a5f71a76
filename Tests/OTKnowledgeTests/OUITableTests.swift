import OTCore
import Testing

@testable import OTKnowledge

@Suite struct OUITableTests {
  /// Expected names as `grep -i PREFIX /usr/share/ieee-data/*.csv` gives them.
  @Test(arguments: [
    ("00:1b:1b:34:34:cb", "Siemens AG"), ("00:80:f4:00:00:01", "TELEMECANIQUE ELECTRIQUE"),
    ("00:90:e8:ff:ff:ff", "MOXA TECHNOLOGIES CORP., LTD."), ("00:00:bc:12:34:56", "Rockwell Automation"),
    ("00:80:63:00:00:00", "Hirschmann Automation and Control GmbH"), ("00:0c:29:01:02:03", "VMware, Inc."),
    // MA-S and MA-M: 36 and 28 bits, inside a block of the registration authority.
    ("70:b3:d5:f2:f0:00", "TELEPLATFORMS"), ("90:c6:82:7f:ff:ff", "Cinet Inc"),
    // Locally administered, group, and a block that is only divided further.
    ("02:1b:1b:34:34:cb", nil), ("01:00:5e:00:00:01", nil), ("ff:ff:ff:ff:ff:ff", nil), ("ac:de:48:00:00:00", nil),
  ])
  func aPrefixNamesItsVendor(_ address: String, _ vendor: String?) {
    #expect(HostAddress(address)?.mac.flatMap { OUITable.vendor(of: $0) } == vendor)
  }

  @Test func theEmbeddedTableIsWholeAndDated() {
    #expect(OUITable.embedded.count > 40_000)
    #expect(OUITable.embedded.date == "2022-08-27")
  }

  @Test func aDamagedPackIsRefused() {
    #expect(OUITable([]) == nil && OUITable(Array("otoui 1\n2022-08-27\n".utf8)) == nil)
    #expect(OUITable(Array("otoui 1\n2022-08-27\n".utf8) + Array(repeating: 0xff, count: 400)) == nil)
    #expect(OUITable(Array("otoui 1\n2022-08-27\n".utf8) + Array(repeating: 0, count: 20))?.count == 0)
  }
}
