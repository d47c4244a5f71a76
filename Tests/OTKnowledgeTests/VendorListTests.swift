import Testing

@testable import OTKnowledge

@Suite struct VendorListTests {
  /// As `tshark -G values` and the list of PROFIBUS & PROFINET International have them.
  @Test(
    arguments: [
      (VendorList.Registry.cip, "1", "Rockwell Automation"), (.cip, "47", "Omron Corporation"),
      (.bacnet, "5", "Johnson Controls, Inc."), (.pi, "0x002a", "Siemens AG"), (.pi, "42", "Siemens AG"),
      (.pi, "0x00b0", "Phoenix Contact GmbH & Co. KG"), (.pi, "38", "Rosemount"),
      // Given to nobody, no number, too large a one.
      (.cip, "60000", nil), (.cip, "one", nil), (.cip, "0x", nil), (.pi, "99999999999", nil),
    ] as [(VendorList.Registry, String, String?)])
  func aNumberNamesItsVendor(_ registry: VendorList.Registry, _ number: String, _ vendor: String?) {
    #expect(VendorList.embedded.vendor(number, in: registry) == vendor)
  }

  @Test(
    arguments: [("6ES7 215-1AG40-0XB0", "Siemens AG"), ("6GK5208-0BA10-2AA3", "Siemens AG"), ("1756-L61", nil)]
      as [(String, String?)])
  func theFormOfAnOrderNumberNamesItsMaker(_ orderNumber: String, _ vendor: String?) {
    #expect(VendorList.embedded.vendor(orderNumber: orderNumber) == vendor)
  }

  @Test(arguments: VendorList.Registry.allCases)
  func everyListIsThere(_ registry: VendorList.Registry) { #expect(VendorList.embedded.count(of: registry) >= 100) }

  @Test func linesThatAreNoneAreLeftOut() {
    let list = VendorList("# cip\t1\tNobody\ncip\t2\nother\t3\tNobody\ncip\t4\tSomebody\n")
    #expect(VendorList.Registry.allCases.map(list.count) == [1, 0, 0])
  }
}
