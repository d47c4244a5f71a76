import OTCore

/// What well-known payloads begin with or are called, so that a reader need not look it up. Hints, not recognition: they
/// are printed as "looks like".
enum UnknownHints {
  /// Offset, bytes, what it looks like.
  private static let beginnings: [(offset: Int, bytes: [UInt8], name: String)] = [
    (0, [0x1f, 0x8b, 0x08], "gzip data (RFC 1952)"), (0, [0x50, 0x4b, 0x03, 0x04], "a ZIP archive"),
    (0, [0x28, 0xb5, 0x2f, 0xfd], "Zstandard data (RFC 8878)"), (0, [0x78, 0x9c], "zlib data (RFC 1950)"),
    (0, [0xff, 0xd8, 0xff], "a JPEG picture"), (0, [0x89, 0x50, 0x4e, 0x47], "a PNG picture"),
    (0, [0x7f, 0x45, 0x4c, 0x46], "an ELF program"), (0, [0x25, 0x50, 0x44, 0x46], "a PDF document"),
    (0, Array("BitTorrent protocol".utf8.prefix(10)), "BitTorrent"),
    (1, Array("BitTorrent protocol".utf8.prefix(10)), "BitTorrent"),
    (4, [0x21, 0x12, 0xa4, 0x42], "STUN (RFC 8489)"), (0, Array("RFB ".utf8), "VNC"),
    (0, Array("<?xml".utf8), "XML"), (0, Array("SSH-".utf8), "SSH"), (0, Array("GIOP".utf8), "CORBA (GIOP)"),
    (0, [0xac, 0xed, 0x00, 0x05], "Java serialisation (RMI)"), (0, Array("JRMI".utf8), "Java RMI"),
    (0, Array("d1:".utf8), "BitTorrent's distributed hash table"), (0, Array("$".utf8), "lines as of NMEA 0183"),
    (0, Array("{".utf8), "JSON"), (0, Array("<".utf8), "XML"),
  ]

  /// Only for what is text or binary by its content; a single byte proves nothing of the other kind.
  static func beginning(_ fields: UnknownFields, _ kind: UnknownContent.Kind) -> String? {
    for hint in beginnings {
      if hint.bytes.count == 1, kind != .text { continue }
      let matches = hint.bytes.enumerated().allSatisfy { fields.constant(hint.offset + $0.offset) == $0.element }
      if matches { return hint.name }
    }
    return nil
  }

  /// RTP (RFC 3550 section 5.1): version 2, a payload type that stays, a 16-bit sequence number that counts.
  static func isRTP(_ fields: UnknownFields) -> Bool {
    guard let first = fields.constant(0), first >> 6 == 2, let counter = fields.counter else { return false }
    return counter == NumberField(offset: 2, width: 2, isBig: true)
  }

  /// TLS records (RFC 8446 section 5.1) of a session whose beginning was not recorded.
  static func isTLS(_ fields: UnknownFields) -> Bool {
    guard let type = fields.constant(0), (0x14...0x17).contains(type) else { return false }
    return fields.constant(1) == 3 && (fields.constant(2) ?? 9) <= 4
  }

  /// IANA's protocol numbers and IEEE's EtherTypes that carry no application this program reads.
  static func name(ipProtocol number: UInt16) -> String? {
    switch number {
    case 4: "IP in IP (RFC 2003)"
    case 41: "IPv6 in IPv4 (RFC 4213)"
    case 46: "RSVP (RFC 2205)"
    case 47: "GRE (RFC 2784)"
    case 50: "IPsec ESP, encrypted (RFC 4303)"
    case 51: "IPsec AH (RFC 4302)"
    case 88: "EIGRP, routing (RFC 7868)"
    case 89: "OSPF, routing (RFC 2328)"
    case 103: "PIM, multicast routing (RFC 7761)"
    case 112: "VRRP or CARP, redundant routers (RFC 9568)"
    case 132: "SCTP (RFC 9260)"
    default: nil
    }
  }

  /// What IANA's registry or habit gives the port to, among what is not read here.
  static func name(port: UInt16, isStream: Bool) -> String? {
    for usual in usual where usual.port == port && (isStream ? usual.isTCP : usual.isUDP) { return usual.name }
    return nil
  }

  private static let usual: [(port: UInt16, isTCP: Bool, isUDP: Bool, name: String)] = [
    (37, true, true, "the time protocol (RFC 868)"), (49, true, false, "TACACS+"), (69, false, true, "TFTP"),
    (79, true, false, "finger"), (110, true, false, "POP3"), (111, true, true, "ONC RPC's port mapper"),
    (113, true, false, "ident"), (119, true, false, "NNTP"), (143, true, false, "IMAP"), (179, true, false, "BGP"),
    (427, true, true, "SLP"), (443, false, true, "QUIC"), (500, false, true, "IKE, key exchange of IPsec"),
    (514, true, false, "remote shell"), (515, true, false, "LPD, printing"), (520, false, true, "RIP, routing"),
    (524, true, true, "NCP, NetWare"), (554, true, true, "RTSP, cameras"), (587, true, false, "mail submission"),
    (623, false, true, "IPMI, server management"), (631, true, false, "IPP, printing"), (646, true, true, "LDP"),
    (873, true, false, "rsync"), (902, true, true, "VMware"), (1080, true, false, "SOCKS"),
    (1194, true, true, "OpenVPN"), (1433, true, false, "Microsoft SQL Server"),
    (1434, false, true, "Microsoft SQL Server's browser"), (1521, true, false, "Oracle's database"),
    (1701, false, true, "L2TP"), (1723, true, false, "PPTP"), (1812, false, true, "RADIUS"),
    (1813, false, true, "RADIUS accounting"), (2049, true, true, "NFS"), (2055, false, true, "NetFlow"),
    (2123, false, true, "GTP"), (3260, true, false, "iSCSI"), (3306, true, false, "MySQL"),
    (3478, true, true, "STUN and TURN"), (4500, false, true, "IPsec behind address translation"),
    (4739, true, true, "IPFIX"), (5004, false, true, "RTP"), (5060, true, true, "SIP, telephony"),
    (5222, true, false, "XMPP"), (5432, true, false, "PostgreSQL"), (5671, true, false, "AMQP over TLS"),
    (5672, true, false, "AMQP"), (5683, false, true, "CoAP"), (5938, true, true, "TeamViewer"),
    (6000, true, false, "the X window system"), (6343, false, true, "sFlow"), (6379, true, false, "Redis"),
    (6667, true, false, "IRC"), (7070, true, true, "AnyDesk"), (8009, true, false, "AJP"),
    (9092, true, false, "Kafka"), (9100, true, false, "raw printing"), (9997, true, false, "Splunk's forwarder"),
    (10000, true, true, "backup and administration tools"), (10050, true, false, "Zabbix"),
    (10051, true, false, "Zabbix"), (11211, true, true, "memcached"), (17500, true, true, "Dropbox"),
    (22350, true, true, "WIBU CodeMeter, licences"), (27000, true, false, "FlexNet, licences"),
    (27017, true, false, "MongoDB"), (51820, false, true, "WireGuard"), (6514, true, false, "syslog over TLS"),
    (21116, true, true, "RustDesk"), (1947, true, true, "Sentinel HASP, licences"),
  ]

  static func name(etherType number: UInt16) -> String? {
    switch number {
    case 0x2003: "VTP, Cisco's VLANs"
    case 0x2004: "DTP, Cisco's trunks"
    case 0x8035: "RARP (RFC 903)"
    case 0x809b, 0x80f3: "AppleTalk"
    case 0x8137: "IPX"
    case 0x8808: "Ethernet flow control (IEEE 802.3x)"
    case 0x8809: "slow protocols: LACP, OAM (IEEE 802.3)"
    case 0x887b, 0x88e1: "HomePlug"
    case 0x888e: "802.1X (EAPOL)"
    case 0x8899: "Realtek's loop detection"
    case 0x88b5, 0x88b6: "a local experiment (IEEE 802)"
    case 0x88e3: "MRP, ring redundancy (IEC 62439-2)"
    case 0x88e5: "MACsec, encrypted (IEEE 802.1AE)"
    case 0x88f7: "PTP, time (IEEE 1588)"
    case 0x88fb: "PRP supervision (IEC 62439-3)"
    case 0x8902: "connectivity fault management (IEEE 802.1ag)"
    case 0x893a: "IEEE 1905.1"
    case 0x9000: "Ethernet configuration test (loopback)"
    default: nil
    }
  }
}
