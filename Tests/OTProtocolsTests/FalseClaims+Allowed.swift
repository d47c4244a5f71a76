extension FalseClaims {
  /// One dissector that takes payloads of others: why that is right, or cannot be helped, stands above it.
  struct Overlap: Sendable {
    var key: String
    var owners: Set<String>
    init(_ claimant: String, _ how: String, _ owners: Set<String>) {
      key = "\(claimant) \(how)"
      self.owners = owners
    }
  }

  static let allowed = carried + sameFormat + text + unmarked + binary

  /// One carries the other, or goes over to it (STARTTLS, the security layer of RDP, corrections behind NTRIP's answer).
  private static let carried: [Overlap] = [
    Overlap("tls", "anywhere", ["TLS application data, in its middle", "ftp", "mqtt", "mysql", "smtp"]),
    Overlap("cotp", "anywhere", ["rdp"]), Overlap("cotp", "port", ["rdp"]), Overlap("rdp", "port", ["cotp"]),
    Overlap("rtcm3", "anywhere", ["ntrip"]), Overlap("http", "anywhere", ["ntrip"]),
  ]

  /// The same messages by another name: their port, and whether they go to a group, tells them apart.
  private static let sameFormat: [Overlap] = [
    Overlap("dns", "anywhere", ["llmnr"]), Overlap("llmnr", "anywhere", ["dns"]),
    Overlap("mdns", "anywhere", ["dns", "llmnr"]),
    Overlap("dns", "port", ["mdns", "nbns"]), Overlap("llmnr", "port", ["dns", "mdns", "nbns"]),
    Overlap("mdns", "port", ["dns", "nbns"]),
    Overlap("http", "anywhere", ["directory, management and small services"]),
    Overlap("ssdp", "anywhere", ["directory, management and small services"]),
    Overlap("ldap", "port", ["directory, management and small services"]),
    // A password of all ones in front of an address of all ones.
    Overlap("wol", "anywhere", ["ones"]),
  ]

  /// Lines of words, or of three digits and words: nothing but the port tells whose they are until a command comes.
  private static let text: [Overlap] = [
    Overlap("ftp", "port", ["lines of text", "pop", "smtp"]),
    Overlap("imap", "port", ["smtp"]), Overlap("memcache", "port", ["lines of text", "records of numbers"]),
    Overlap("pop", "port", ["ftp", "lines of text", "nats", "resp", "smtp"]),
    Overlap("resp", "port", ["lines of text", "nats", "pop"]),
    Overlap("smtp", "port", ["ftp", "lines of text", "pop"]), Overlap("syslog", "port", ["smtp"]),
    Overlap("rsh", "port", ["UTF-16"]),
    Overlap(
      "telnet", "port",
      [
        "base64", "directory, management and small services", "ftp", "games and telephony", "http", "imap", "json",
        "lines of text", "memcache", "mt_sics", "nats", "ntrip", "one value", "pgsql", "pop", "print_job", "resp",
        "smtp", "ssh", "syslog", "xml",
      ]),
  ]

  /// Enciphered, or data with next to nothing in front: whatever is on their port.
  private static let unmarked: [Overlap] = [
    Overlap(
      "esp", "port",
      [
        "H.264 and transport streams", "RTP and RTCP", "TLS application data, in its middle", "UTF-16", "bacnet",
        "codesys_v3", "dhcpv6", "dns", "gvcp", "ipp", "knxip", "mdns", "modbus", "mqtt_sn", "nbns", "noise", "pictures",
        "pn_rt", "s7comm", "tristation",
      ]),
    Overlap("openvpn", "port", ["goose", "lines of text", "noise", "s7comm", "snmp"]),
    Overlap("tftp", "port", ["nbns", "stun", "tunnels and flows"]),
  ]

  /// Small headers without a mark of their own, whose fields a few messages of others happen to fit.
  private static let binary: [Overlap] = [
    Overlap("ade_remoting", "port", ["amqp", "games and telephony"]),
    Overlap(
      "bacnet", "port",
      ["games and telephony", "glbp", "hsrp", "ipp", "moxa", "radius", "records of numbers", "rip", "wireguard"]),
    Overlap(
      "coap", "port",
      ["H.264 and transport streams", "directory, management and small services", "noise", "pictures", "s7comm_plus"]),
    Overlap("dlms", "port", ["counting"]),
    Overlap("dns", "port", ["llrp", "pgsql", "rdp", "rpc", "socks"]),
    Overlap("llmnr", "port", ["rpc"]), Overlap("mdns", "port", ["rpc"]),
    Overlap("enip", "port", ["ade_remoting", "wireguard", "zeros"]),
    Overlap("ff_hse", "port", ["hart_ip", "tunnels and flows", "uTP"]),
    Overlap("fins", "port", ["gvsp"]), Overlap("gvcp", "port", ["lon", "tunnels and flows"]),
    Overlap("hart_ip", "port", ["ade_remoting", "counting"]), Overlap("kafka", "port", ["afp", "dlms", "http2"]),
    Overlap("modbus", "port", ["directory, management and small services", "lengths before messages", "s7comm"]),
    Overlap("moxa", "port", ["l2tp"]), Overlap("mqtt", "port", ["message pack and CBOR", "noise"]),
    Overlap("ntp", "port", ["TLS application data, in its middle", "ethercat", "moxa", "s7comm_plus"]),
    Overlap("pcworx", "port", ["tds"]),
    Overlap("rpc", "port", ["esp"]), Overlap("socks", "port", ["llrp"]),
    Overlap("tds", "port", ["ade_remoting", "amqp", "records of numbers"]),
    Overlap("tns", "port", ["amqp", "http2", "pgsql", "records of numbers"]),
  ]
}
