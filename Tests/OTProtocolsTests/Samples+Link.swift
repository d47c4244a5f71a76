/// What links and networks say of themselves.
extension Samples {
  static let link: [Sample] = neighbours + names + housekeeping

  private static func frame(_ notation: String) -> Message { .request(notation, isStream: false) }

  private static let neighbours: [Sample] = [
    Sample(
      "arp", "a request, a reply and an announcement",
      [
        frame("0001 0800 06 04 0001 | 000000000001 0a000001 | 000000000000 0a000002 # RFC 826"),
        .response("0001 0800 06 04 0002 | 000000000002 0a000002 | 000000000001 0a000001", isStream: false),
        frame("0001 0800 06 04 0001 | 000000000001 0a000001 | 000000000000 0a000001 # RFC 5227, section 3"),
      ],
      [
        "arp request 1 [10.0.0.2]",
        "binding 10.0.0.1 00:00:00:00:00:01 arp",
        "arp response 2",
        "binding 10.0.0.2 00:00:00:00:00:02 arp",
        "arp request 1",
        "binding 10.0.0.1 00:00:00:00:00:01 arp",
      ]),
    Sample(
      "arp", "a sender that is not the frame's source is an anomaly",
      [.response("0001 0800 06 04 0002 | 0000000000aa 0a000009 | 000000000001 0a000001", isStream: false)],
      [
        "arp response 2",
        "anomaly sender hardware address inconsistent at 8",
        "binding 10.0.0.9 00:00:00:00:00:aa arp",
      ]),
    Sample(
      "lldp", "a switch names itself, its port and its address",
      [
        frame(
          """
          0207 04 001b1b343400 # 8.5.2: chassis id, MAC address
          0409 07 'port-001' # 8.5.3: port id, local
          0602 0014
          0806 'Port 1' # port description
          0a06 'sw-qc7' # system name
          0c07 'SCALANC' # system description
          100c 05 01 c0a80102 02 00000001 00 # 8.5.9: management address
          fe08 0012bb 08 'S-11' # LLDP-MED: serial number
          0000
          """)
      ],
      [
        "lldp publish 0",
        "lldp sender chassis_id \"00:1b:1b:34:34:00\"",
        "lldp sender port_name \"port-001\"",
        "lldp sender port_name \"Port 1\"",
        "lldp sender hostname \"sw-qc7\"",
        "lldp sender description \"SCALANC\"",
        "lldp sender address \"192.168.1.2\"",
        "lldp sender serial_number \"S-11\"",
        "lldp neighbour \"00:1b:1b:34:34:00\" port \"port-001\" \"sw-qc7\" 192.168.1.2",
      ]),
    Sample(
      "lldp", "a controller tells its inventory, its device's address, its ring and VLANs",
      [
        frame(
          """
          0204 07 'plc' 0402 07 '1' 0602 0014
          fe06 0012bb 05 'V1' | fe06 0012bb 06 'V2' | fe06 0012bb 07 'V3' # hardware, firmware, software
          fe06 0012bb 09 'AG' | fe06 0012bb 0a 'X2' | fe06 0012bb 0b '7A' # manufacturer, model, asset
          fe08 000ecf 02 0000 0000 | fe0a 000ecf 05 001b1b343400 # PROFINET: port status, device's address
          fe09 000ecf 03 'p1.io' | fe16 000ecf 04 ffffffffffffffffffffffffffffffff 0001
          fe0c 0080c2 03 0007 04 'Crane' # one octet more than its length says
          fe03 0080c2 | 0000
          """)
      ],
      [
        "lldp publish 0", "lldp sender chassis_id \"plc\"", "lldp sender other \"706c63\"",
        "lldp sender port_name \"1\"", "lldp sender hardware_version \"V1\"", "lldp sender firmware_version \"V2\"",
        "lldp sender software_version \"V3\"", "lldp sender vendor \"AG\"", "lldp sender product_name \"X2\"",
        "lldp sender plant_identification \"7A\"", "lldp sender address \"00:1b:1b:34:34:00\"",
        "lldp sender port_name \"p1.io\"", "lldp property bridge \"ring of PROFINET\"",
        "lldp property bridge \"VLAN 7 Cran\"", "lldp neighbour \"plc\" port \"1\" \"\" ",
      ]),
    Sample(
      "lldp", "a chassis named by text is also told in hexadecimal",
      [frame("0204 07 'plc' 0402 07 '1' 0602 0014 0000"), frame("0204 07 'plc' 0402 07 '1' 0602 0014 0000")],
      [
        "lldp publish 0",
        "lldp sender chassis_id \"plc\"",
        "lldp sender other \"706c63\"",
        "lldp sender port_name \"1\"",
        "lldp neighbour \"plc\" port \"1\" \"\" ",
        "lldp publish 0",
      ]),
    Sample(
      "cdp", "a switch names its software line by line",
      [
        frame(
          """
          02 b4 0000 # version, time to live, checksum
          0001 0006 'S1' # device id
          0002 0011 00000001 01 01 cc 0004 0a010101 # addresses
          0003 0007 'Fa1' # port id
          0005 001c 'IOS 12.2' 0a 'Copyright Cisco' # software version
          0006 000a 'WS-C35' # platform
          """)
      ],
      [
        "cdp publish 0",
        "cdp sender hostname \"S1\"",
        "cdp sender address \"10.1.1.1\"",
        "cdp sender port_name \"Fa1\"",
        "cdp sender software_version \"IOS 12.2\"",
        "cdp sender copyright \"Copyright Cisco\"",
        "cdp sender product_name \"WS-C35\"",
        "cdp neighbour \"S1\" port \"Fa1\" \"S1\" 10.1.1.1",
      ]),
    Sample(
      "stp", "the root and the bridge are told when they change",
      [
        frame(bridge(flags: "3c")), frame(bridge(flags: "3d")),
        frame("0000 00 80 # 9.3.2: topology change notification"),
      ],
      [
        "stp publish 2",
        "stp neighbour \"00:1b:1b:00:00:02\" port \"32770\" \"\" ",
        "stp property bridge \"bridge 32769/00:1b:1b:00:00:02\"",
        "stp property bridge \"root 32768/00:1b:1b:00:00:01\"",
        "stp publish 2",
        "stp publish 128",
      ]),
  ]

  /// 9.3.3: rapid BPDU.
  private static func bridge(flags: String) -> String {
    """
    0000 02 02 \(flags) # protocol, version, type, flags
    8000 001b1b000001 00000000 # root identifier, path cost
    8001 001b1b000002 8002 # bridge identifier, port identifier
    0001 1400 0200 0f00 00
    """
  }

  private static let names: [Sample] = [
    Sample(
      "dns", "a name is asked for and answered",
      [
        .request(
          "1234 0100 0001 0000 0000 0000 | 03 'plc' 04 'site' 00 0001 0001 # RFC 1035, section 4.1",
          isStream: false, serverPort: 53),
        .response(
          """
          1234 8180 0001 0001 0000 0000 | 03 'plc' 04 'site' 00 0001 0001
          c00c 0001 0001 0000003c 0004 c0a80007 # the name of the question, address 192.168.0.7
          """, isStream: false, serverPort: 53),
        .response(
          """
          1235 8180 0001 0001 0000 0000 | 01 '7' 01 '0' 03 '168' 03 '192' 07 'in-addr' 04 'arpa' 00 000c 0001
          c00c 000c 0001 0000003c 000a 03 'plc' 04 'site' 00
          """, isStream: false, serverPort: 53),
        .response(
          "1236 8183 0001 0000 0000 0000 | 02 'no' 00 0001 0001 # no such name", isStream: false, serverPort: 53),
      ],
      [
        "dns property query_name \"plc.site\"",
        "dns request 1",
        "dns address(192.168.0.7) name \"plc.site\"",
        "dns response 1 success",
        "dns receiver property query_name \"7.0.168.192.in-addr.arpa\"",
        "dns address(192.168.0.7) name \"plc.site\"",
        "dns response 12 success",
        "dns receiver property query_name \"no\"",
        "dns response 1 failure(3)",
      ]),
    Sample(
      "dns", "a name too long for people is counted below its domain",
      [
        .request(
          """
          0001 0100 0001 0000 0000 0000
          3c \(String(repeating: "61", count: 60)) 3c \(String(repeating: "62", count: 60))
          01 't' 06 'tunnel' 02 'io' 00 | 0010 0001
          """, isStream: false)
      ],
      [
        "dns property query_name \"\(String(repeating: "a", count: 60)).\(String(repeating: "b", count: 60)).t.tunnel.io\"",
        "dns property long_name \"tunnel.io\"", "dns request 16",
      ]),
    Sample(
      "dns", "a stream has lengths in front",
      [.request("0016 1234 0100 0001 0000 0000 0000 | 04 'plc2' 00 001c 0001", serverPort: 53)],
      [
        "dns property query_name \"plc2\"",
        "dns request 28",
      ]),
    Sample(
      "dns", "a name that points to itself is an anomaly",
      [
        .response(
          "1234 8180 0000 0001 0000 0000 | c00c 0001 0001 0000003c 0004 c0a80007", isStream: false, serverPort: 53)
      ],
      [
        "anomaly name invalid at 12",
        "dns response 0 success",
      ]),
    Sample(
      "mdns", "a host announces its name and services",
      [
        frame(
          """
          0000 8400 0000 0002 0000 0001
          05 '_http' 04 '_tcp' 05 'local' 00 000c 0001 00001194 0006 03 'hmi' c00c
          03 'hmi' c017 0001 8001 00000078 0004 c0a80007
          c028 0021 8001 00000078 0008 0000 0000 0050 c02e # SRV behind the answers
          """
        ).port(5353)
      ],
      [
        "mdns sender application \"_http._tcp.local\"",
        "mdns sender application \"hmi._http._tcp.local\"",
        "mdns sender hostname \"hmi.local\"",
        "mdns sender application \"hmi._http._tcp.local\"",
        "mdns sender hostname \"hmi.local\"",
        "mdns response 0 success",
      ]),
    Sample(
      "llmnr", "a name is asked for on the link",
      [frame("4321 0000 0001 0000 0000 0000 | 04 'wpad' 00 0001 0001").port(5355)],
      [
        "llmnr property query_name \"wpad\"",
        "llmnr request 1",
      ]),
    Sample(
      "nbns", "a registration names host and workgroup, a query only asks",
      [
        frame(
          """
          0001 2910 0001 0000 0000 0001 # RFC 1002, section 4.2.2: registration
          20 'EIENEJDBCACACACACACACACACACACACA' 00 0020 0001 # HMI1 and suffix 0x20
          c00c 0020 0001 000493e0 0006 0000 0a000001
          """),
        frame(
          """
          0002 2910 0001 0000 0000 0001 | 20 'EIENEJDBCACACACACACACACACACACAAA' 00 0020 0001
          c00c 0020 0001 000493e0 0006 8000 0a000001 # a group
          """),
        frame("0003 0110 0001 0000 0000 0000 | 20 'EIENEJDBCACACACACACACACACACACACA' 00 0020 0001"),
      ],
      [
        "nbns sender hostname \"HMI1\"",
        "nbns request 5",
        "nbns sender domain \"HMI1\"",
        "nbns request 5",
        "nbns property query_name \"HMI1\"",
        "nbns request 0",
      ]),
    Sample(
      "nbns", "a node status lists the names of a host",
      [
        .response(
          """
          0004 8400 0000 0001 0000 0000 # RFC 1002, section 4.2.18
          20 'CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' 00 0021 0001 00000000 002b
          02 'HMI1           ' 00 0400 'CRANES         ' 00 8400 000c29aabbcc
          """, isStream: false)
      ],
      [
        "nbns sender hostname \"HMI1\"",
        "nbns sender domain \"CRANES\"",
        "nbns response 0 success",
      ]),
    Sample(
      "browser", "a host announces its name, version and comment",
      [
        frame(
          """
          11 02 0001 0a000001 008a 00bb 0000 # RFC 1002, section 4.4.2: direct group
          20 'EIENEJDBCACACACACACACACACACACACA' 00 | 20 'EIENEJDBCACACACACACACACACACACABN' 00
          ff 'SMB' 25 00000000 00 0000 0000 0000000000000000 0000 0000 0000 0000 0000 # [MS-CIFS] 2.2.3.1
          11 0000 2900 0000 0000 00 00 0000 00000000 0000 0000 0000 2900 5600 03 00 0100 0100 0200
          3a00 '\\MAILSLOT\\BROWSE' 00
          01 00 80fc0a00 'HMI1' 000000000000000000000000 06 01 03900000 0f 01 55aa 'Crane 7' 0000
          """)
      ],
      [
        "nbdgm publish 0x11",
        "nbdgm sender hostname \"HMI1\"",
        "browser publish 0x01",
        "browser sender hostname \"HMI1\"",
        "browser sender software_version \"6.1\"",
        "browser sender description \"Crane 7\"",
      ]),
  ]

  private static let housekeeping: [Sample] = [
    Sample(
      "dhcp", "a client names itself and gets a lease",
      [
        frame(
          dhcp(op: "01", client: "00000000", your: "00000000")
            + "\n35 01 03 | 32 04 0a000063 | 0c 05 'crane' | 3c 08 'MSFT 5.0' | 51 08 00 00 00 'crane' | ff"),
        .response(
          dhcp(op: "02", client: "00000000", your: "0a000063") + "\n35 01 05 | 36 04 0a000002 | ff", isStream: false),
      ],
      [
        "dhcp address(00:00:00:00:00:aa) hostname \"crane\"",
        "dhcp address(00:00:00:00:00:aa) description \"MSFT 5.0\"",
        "dhcp address(00:00:00:00:00:aa) hostname \"crane\"",
        "dhcp request 3 [10.0.0.99]",
        "binding 10.0.0.99 00:00:00:00:00:aa dhcp",
        "dhcp response 5 [10.0.0.99]",
      ]),
    Sample(
      "dhcpv6", "a client names itself",
      [
        frame(
          """
          01 aabbcc # RFC 8415, section 8: solicit, transaction
          0010 000e 00000137 0008 'MSFT 5.0' # vendor class
          0027 0007 00 05 'crane' # RFC 4704: client FQDN, a partial name
          """)
      ],
      [
        "dhcpv6 request 1",
        "dhcpv6 sender description \"MSFT 5.0\"",
        "dhcpv6 sender hostname \"crane\"",
      ]),
    Sample(
      "ntp", "a server tells its stratum once",
      [
        frame("23 00 06 ec" + String(repeating: " 00", count: 44)),
        .response("24 01 06 ec 00000000 00000000 'GPS' 00" + String(repeating: " 00", count: 32), isStream: false),
        frame("16 02 0001 0000 0000 0000 0000 # RFC 9327: control message, read variables"),
        .response("16 82 0001 0000 0000 0000 0017 'version=\"ntpd 4.2.6\", x'", isStream: false),
        frame("17 00 03 2a 00000000"),
      ],
      [
        "ntp request 3",
        "ntp response 4",
        "ntp property protocol_version \"4\"",
        "ntp property stratum \"1\"",
        "ntp property other \"GPS\"",
        "ntp request 6/2", "ntp response 6/2 success", "ntp sender software_version \"ntpd 4.2.6\"", "ntp request 7/42",
      ]),
    Sample(
      "syslog", "both headers name the host",
      [
        frame("'<34>Oct 11 22:14:15 sw-qc7 su: failed'"),
        frame("'<165>1 2026-01-01T00:00:00Z plc7 evntslog - ID47 - text'"),
        .request("3332 20 '<34>Oct 11 22:14:15 sw-qc8 su: x' | '<34>Oct 11 22:14:15 sw-qc9 su: y' 0a"),
      ],
      [
        "syslog publish 34",
        "syslog sender hostname \"sw-qc7\"",
        "syslog publish 165",
        "syslog sender hostname \"plc7\"",
        "syslog sender application \"evntslog\"",
        "syslog publish 34",
        "syslog sender hostname \"sw-qc8\"",
        "syslog publish 34",
        "syslog sender hostname \"sw-qc9\"",
      ]),
    Sample(
      "snmp", "an agent says what it is to a known community",
      [
        frame(
          """
          30 26 02 01 01 04 06 'public' # RFC 1901: version 2c, community
          a0 19 02 01 01 02 01 00 02 01 00 30 0e 30 0c 06 08 2b06010201010100 05 00
          """),
        .response(
          """
          30 3f 02 01 01 04 06 'public'
          a2 32 02 01 01 02 01 00 02 01 00 30 27
          30 11 06 08 2b06010201010100 04 05 'SW 10'
          30 12 06 08 2b06010201010200 06 06 2b0601040109
          """, isStream: false),
        frame(
          "30 2a 02 01 00 04 06 'secr3t' a3 1d 02 01 02 02 01 00 02 01 00 30 12 30 10 06 08 2b06010201010500 04 04 'name'"
        ),
      ],
      [
        "snmp property protocol_version \"2c\"",
        "snmp request 0",
        "snmp credential SNMP community \"\" well-known default",
        "snmp sender description \"SW 10\"",
        "snmp sender product_code \"1.3.6.1.4.1.9\"",
        "snmp response 2 success",
        "snmp credential SNMP community \"\" well-known default accepted",
        "snmp property protocol_version \"1\"",
        "snmp request 3 [1.3.6.1.2.1.1.5.0]",
        "snmp credential SNMP community \"\" other",
      ]),
    Sample(
      "snmp", "version 3 names its user and security level",
      [
        frame(
          """
          30 3a 02 01 03 # RFC 3412, section 6
          30 0d 02 01 01 02 02 05dc 04 01 07 02 01 03 # msgGlobalData: authPriv, reportable; user-based model
          04 1c 30 1a 04 04 80001f88 02 01 01 02 01 02 04 05 'pippo' 04 02 aabb 04 02 ccdd
          04 08 0102030405060708 # encrypted
          """)
      ],
      [
        "snmp property protocol_version \"3\"",
        "snmp request encrypted",
        "snmp sender user_name \"pippo\"",
        "snmp property security_mode \"authPriv\"",
      ]),
  ]

  /// RFC 2131, figure 1, up to the magic cookie.
  private static func dhcp(op: String, client: String, your: String) -> String {
    """
    \(op) 01 06 00 12345678 0000 0000 \(client) \(your) 00000000 00000000
    0000000000aa 00000000000000000000
    """ + String(repeating: " 00", count: 192) + "\n63825363"
  }
}

extension Message {
  /// The same message to a server on this port.
  fileprivate func port(_ port: UInt16) -> Message {
    var message = self
    message.serverPort = port
    return message
  }
}
