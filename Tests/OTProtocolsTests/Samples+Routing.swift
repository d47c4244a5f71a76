/// What routers and switches tell each other, and what tests a network.
extension Samples {
  static let routing: [Sample] = control + redundancy + routes + switches

  private static func frame(_ notation: String) -> Message { .request(notation, isStream: false) }
  private static func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }
  private static func padded(_ text: String, _ count: Int) -> String { "'\(text)'" + zeros(count - text.utf8.count) }

  private static let control: [Sample] = [
    Sample(
      "icmp", "an answer that brings other data back is an anomaly, a redirect names its gateway",
      [
        frame("08 00 0000 0001 0001 | 0102 # RFC 792 page 14"),
        .response("00 00 0000 0001 0001 | 0102", isStream: false),
        frame("08 00 0000 0001 0002 | \(String(repeating: "9f03c1", count: 16))"),
        .response("00 00 0000 0001 0002 | 'ls -l /' 0a", isStream: false),
        frame("05 01 0000 0a0000fe | 4500"), frame("03 0a 0000 00000000"), frame("0d 00 0000 0001 0001"),
        .response("0e 00 0000 0001 0001", isStream: false),
      ],
      [
        "icmp request 8", "icmp response 8 success", "icmp request 8",
        "icmp property content_type \"unusual data, bytes: 48\"", "icmp response 8 success",
        "anomaly echo data inconsistent at 8", "icmp publish 5/1 [10.0.0.254]", "icmp publish 3/10", "icmp request 13",
        "icmp response 13 success",
      ]),
    Sample(
      "icmpv6", "a neighbour's address, a router's prefix",
      [
        frame("88 00 0000 60000000 fe80000000000000 0000000000000001 | 02 01 000000000001 # RFC 4861 section 4.4"),
        frame(
          "86 00 0000 40 00 0708 00000000 00000000 | 03 04 40 c0 00000000 00000000 00000000 20010db800000000 \(zeros(8))"
        ),
        frame("80 00 0000 0001 0001"), .response("81 00 0000 0001 0001", isStream: false),
        frame("8f 00 0000 0000 0000"),
      ],
      [
        "icmpv6 publish 136", "binding fe80::1 00:00:00:00:00:01 nd", "icmpv6 publish 134",
        "icmpv6 property other \"prefix 2001:db8::/64\"", "icmpv6 request 128", "icmpv6 response 128 success",
        "icmpv6 publish 143",
      ]),
    Sample(
      "igmp", "groups that are joined and left",
      [
        frame("11 64 0000 00000000 # RFC 2236 section 2"), frame("17 00 0000 efc00001"),
        frame("22 00 0000 0000 0002 | 04 00 0000 e00000fb | 03 00 0001 efc00002 0a000001 # RFC 3376 section 4.2"),
      ],
      [
        "igmp publish 0x11", "igmp publish 0x17 [239.192.0.1]", "igmp publish 0x22 [224.0.0.251]",
        "igmp publish 0x22 [239.192.0.2]",
      ]),
  ]

  private static let redundancy: [Sample] = [
    Sample(
      "vrrp", "a password in clear text is judged, not told",
      [
        frame("21 0a 64 01 01 01 0000 | 0a000001 | \(padded("cisco", 8)) # RFC 2338 section 5.1"),
        frame("31 0a 00 01 0064 0000 | 0a000001"),
      ],
      [
        "vrrp publish 1 [virtual router 10]", "vrrp property protocol_version \"2\"",
        "vrrp property bridge \"virtual router 10, priority 100, 10.0.0.1\"",
        "vrrp property authentication \"password in clear text\"",
        "vrrp credential protocol password \"\" well-known default",
        "vrrp publish resign [virtual router 10]", "vrrp property protocol_version \"3\"",
        "vrrp property bridge \"virtual router 10, priority 0, 10.0.0.1\"", "vrrp property authentication \"none\"",
      ]),
    Sample(
      "hsrp", "version 1 with its default password, version 2 without one",
      [
        frame("00 00 10 03 0a 78 0b 00 | \(padded("cisco", 8)) | 0a000001 # RFC 2281 section 5.1"),
        frame("01 28 | 02 01 05 04 000b 000000000001 00000064 00000bb8 00002710 0a000001 \(zeros(12))"),
        frame(
          "01 28 | 02 00 06 04 000c 000000000001 00000064 00000bb8 00002710 0a000001 \(zeros(12)) | 03 08 'x' \(zeros(7))"
        ),
      ],
      [
        "hsrp publish 0 [group 11]", "hsrp property protocol_version \"1\"",
        "hsrp property bridge \"group 11, active, priority 120, 10.0.0.1\"",
        "hsrp property authentication \"password in clear text\"",
        "hsrp credential protocol password \"\" well-known default",
        "hsrp publish 1 [group 11]", "hsrp property protocol_version \"2\"",
        "hsrp property bridge \"group 11, standby, priority 100, 10.0.0.1\"", "hsrp property authentication \"none\"",
        "hsrp publish 0 [group 12]", "hsrp property protocol_version \"2\"",
        "hsrp property bridge \"group 12, active, priority 100, 10.0.0.1\"",
        "hsrp property authentication \"password in clear text\"", "hsrp credential protocol password \"\" other",
      ]),
    Sample(
      "glbp", "a group and its password",
      [frame("01 00 0007 0000 000000000001 | 03 08 01 04 'glbp'")],
      [
        "glbp publish 0 [group 7]", "glbp property authentication \"password in clear text\"",
        "glbp credential protocol password \"\" other",
      ]),
  ]

  private static let routes: [Sample] = [
    Sample(
      "ospf", "router and area; null and simple authentication",
      [
        frame("02 01 002c 0a000001 00000000 0000 0000 \(zeros(8)) | ffffff00 # RFC 2328 appendix A.3"),
        frame("02 04 001c 0a000002 00000001 0000 0001 \(padded("secret", 8)) | 00000000"),
        frame("03 01 0024 0a000003 00000000 0000 00 00"),
      ],
      [
        "ospf publish 1", "ospf property protocol_version \"2\"",
        "ospf property bridge \"router 10.0.0.1, area 0.0.0.0\"",
        "ospf property authentication \"none\"", "ospf publish 4", "ospf property protocol_version \"2\"",
        "ospf property bridge \"router 10.0.0.2, area 0.0.0.1\"",
        "ospf property authentication \"password in clear text\"",
        "ospf credential protocol password \"\" well-known default", "ospf publish 1",
        "ospf property protocol_version \"3\"", "ospf property bridge \"router 10.0.0.3, area 0.0.0.0\"",
      ]),
    Sample(
      "eigrp", "a hello tells the software and that nothing authenticates it",
      [
        frame(
          "02 05 0000 \(zeros(12)) 0000 0064 | 0001 000c 010001000000000f | 0004 0008 0f 04 0102 # RFC 7868 section 6")
      ],
      [
        "eigrp publish 5 [autonomous system 100]", "eigrp sender software_version \"IOS 15.4\"",
        "eigrp property authentication \"none\"",
      ]),
    Sample(
      "rip", "a password in clear text",
      [
        frame(
          "02 02 0000 | ffff 0002 \(padded("admin", 16)) | 0002 0000 0a000000 ff000000 00000000 00000001 # RFC 2453"),
        frame("01 01 0000 | 0000 0000 \(zeros(12)) 00000010"),
      ],
      [
        "rip publish 2", "rip property protocol_version \"2\"",
        "rip property authentication \"password in clear text\"",
        "rip credential protocol password \"\" well-known default", "rip request 1",
        "rip property protocol_version \"1\"",
      ]),
    Sample(
      "bgp", "an open and a notification",
      [
        .request(
          """
          \(String(repeating: "ff", count: 16)) 0025 01 04 5ba0 00b4 0a000001 08 | 02 06 41 04 00010001
          """),
        .response("\(String(repeating: "ff", count: 16)) 0015 03 02 02"),
      ],
      [
        "bgp request 1", "bgp property bridge \"AS 65537, identifier 10.0.0.1\"", "bgp publish 3 failure(514)",
      ]),
  ]

  private static let switches: [Sample] = [
    Sample(
      "dtp", "a port that wants to be a trunk",
      [frame("01 | 0001 0007 'lab' | 0002 0005 03 | 0003 0005 a5 | 0004 000a 000000000001")],
      ["dtp publish 0", "dtp property other \"VTP domain lab\"", "dtp property mode \"access, desirable\""]),
    Sample(
      "vtp", "domain, revision and VLANs",
      [
        frame("02 01 01 03 \(padded("lab", 32)) 0000002a 0a000001 '930301000000' \(zeros(16))"),
        frame("02 02 01 03 \(padded("lab", 32)) 0000002a | 10 00 01 04 0005 05dc 000186a5 'plcs'"),
      ],
      [
        "vtp publish 1 [lab]", "vtp property protocol_version \"2\"",
        "vtp property other \"revision 42, updater 10.0.0.1\"",
        "vtp publish 2 [lab]", "vtp property protocol_version \"2\"", "vtp property other \"revision 42\"",
        "vtp property other \"VLAN 5 plcs\"",
      ]),
    Sample(
      "pagp", "device and port",
      [frame("01 00 000000000001 \(zeros(36)) 0002 | 0001 0007 'sw1' | 0002 0008 'Gi01'")],
      [
        "pagp publish 1", "pagp sender hostname \"sw1\"", "pagp sender port_name \"Gi01\"",
        "pagp neighbour \"00:00:00:00:00:01\" port \"Gi01\" \"sw1\" ",
      ]),
    Sample(
      "udld", "device and port",
      [frame("21 00 0000 | 0001 0008 'FOC1' | 0002 0008 'Gi01' | 0006 0007 'sw1' # RFC 5171 section 4")],
      [
        "udld publish 1", "udld sender chassis_id \"FOC1\"", "udld sender port_name \"Gi01\"",
        "udld sender hostname \"sw1\"", "udld neighbour \"FOC1\" port \"Gi01\" \"sw1\" ",
      ]),
    Sample(
      "lacp", "the actor's system and port",
      [frame("01 01 | 01 14 8000 000000000001 0001 8000 0007 3d 000000 | 02 14 \(zeros(18)) # IEEE 802.1AX 6.4.2.3")],
      ["lacp publish 1", "lacp neighbour \"00:00:00:00:00:01\" port \"7\" \"\" ", "lacp property mode \"aggregated\""]),
    Sample(
      "eapol", "an identity in clear text, a method, a refusal",
      [
        frame("01 01 0000 # IEEE 802.1X section 11.3"), .response("02 00 0005 | 01 01 0005 01", isStream: false),
        frame("01 00 000d | 02 01 000d 01 'host/pc1'"), .response("02 00 0006 | 01 02 0006 04 00", isStream: false),
        frame("01 00 0006 | 02 02 0006 04 00"), .response("02 00 0004 | 04 02 0004", isStream: false),
      ],
      [
        "eapol request 1", "eapol response eap.1", "eapol request eap.1 [host/pc1]",
        "eapol sender user_name \"host/pc1\"", "eapol response eap.4", "eapol request eap.4",
        "eapol property authentication \"EAP-MD5\"", "eapol credential challenge-response \"host/pc1\" unknown",
        "eapol response eap.result failure(4)", "eapol credential challenge-response \"host/pc1\" unknown refused",
      ]),
    Sample(
      "pppoed", "an initiation and an offer",
      [
        frame("11 09 0000 0004 | 0101 0000 # RFC 2516 section 5.1"),
        .response("11 07 0000 0008 | 0102 0004 'bras'", isStream: false),
      ],
      ["pppoed request 0x09", "pppoed response 0x09 success", "pppoed sender name \"bras\""]),
    Sample(
      "wol", "whom it wakes",
      [frame("ffffffffffff" + String(repeating: "0012345678ab", count: 16))], ["wol publish 0 [00:12:34:56:78:ab]"]),
  ]
}
