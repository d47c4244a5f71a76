internal import CPcap

/// Link-layer types as capture files number them: the LINKTYPE registry, tcpdump.org/linktypes.html.
///
/// libpcap's functions speak of DLT numbers, which differ from LINKTYPE below 104 for a few types, and by platform.
public enum LinkType {
  public static let ethernet: UInt16 = 1
  public static let rawIP: UInt16 = 101

  /// The one number for a type under which files carry several: DLT_RAW (12 Linux, 14 OpenBSD) is raw IP too.
  static func canonical(_ number: UInt16) -> UInt16 {
    number == 12 || number == 14 ? rawIP : number
  }

  /// libpcap's DLT number of a LINKTYPE.
  static func dataLink(_ linkType: UInt16) -> CInt {
    switch linkType {
    case 100: 11  // ATM_RFC1483
    case 101: 12  // RAW
    case 102: 15  // SLIP_BSDOS
    case 103: 16  // PPP_BSDOS
    case 106: 19  // ATM_CLIP
    default: CInt(linkType)
    }
  }

  /// libpcap's name (`EN10MB`), or the number.
  public static func name(_ linkType: UInt16) -> String {
    guard let name = unsafe pcap_datalink_val_to_name(dataLink(linkType)) else { return "LINKTYPE \(linkType)" }
    return unsafe String(cString: name)
  }
}
