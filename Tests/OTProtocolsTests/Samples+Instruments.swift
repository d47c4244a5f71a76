/// Meters, instruments, motion and navigation. Clauses are those of the specification that the dissector names.
extension Samples {
  static let instruments: [Sample] = meters + telecontrol + motion + buildings

  private static func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }

  private static let meters: [Sample] = [
    Sample(
      "c1222", "a meter is asked who it is and refuses",
      [
        .request(
          """
          60 21 a20a 0608 2b06010401828563 # called title
          a604 8002 7b04 | a803 020105 # calling title, relative; invocation
          be08 2806 8104 80 01 20 00 # EPSEM in clear text: identify
          """),
        .response("60 0a be08 2806 8104 80 01 0a 00"),
      ],
      [
        "c1222 receiver address \"1.3.6.1.4.1.33507\"", "c1222 sender address \".123.4\"",
        "c1222 property security_mode \"clear text\"", "c1222 request 0x20",
        "c1222 property other \"refused: invalid service sequence state\"",
      ]),
    Sample(
      "c1222", "a table is read behind a password, and a cipher text tells only that it is one",
      [
        .request("60 22 be20 281e 811c 80 | 03 300003 | 15 51 'METERPW1            ' | 00"),
        .request("60 0c be0a 2808 8106 88 1122334455"),
      ],
      [
        "c1222 property security_mode \"clear text\"", "c1222 request 0x30 [table 3]",
        "c1222 credential protocol password \"\" other", "c1222 request 0x51",
        "c1222 property security_mode \"cipher text with authentication\"",
      ]),
    Sample(
      "synphasor", "data of a measurement unit is switched on",
      [
        .request("aa41 0012 003c 489a0000 00000000 0002 0000"),
        .response(
          """
          aa31 004a 003c 489a0000 00000000 000f4240 0001 # table 9: time base, one unit
          'PMU1            ' 003d 000f 0001 0000 0000 'VA              ' 00000001 0001 0000 001e 0000
          """),
        .response("aa01 0010 003c 489a0001 00000000 0000"),
      ],
      [
        "synphasor request frtype4 [stream 60]", "synphasor sender station_name \"PMU1\"",
        "synphasor response frtype3 [stream 60]", "synphasor response frtype0 [stream 60]",
      ]),
    Sample(
      "hart_ip", "an instrument identifies itself and is given a tag",
      [
        .request("01 00 00 00 0001 000d 01 000927c0"),
        .response("01 01 00 00 0001 000d 01 000927c0"),
        .response(
          """
          01 01 03 00 0003 0025 # pass-through
          06 c0 00 18 0010 fe f9fd 00 07 02 32 4e 00 95266f 00 03 0001 01 00f9 00f9 41 d3
          """),
        .request("01 00 03 00 0030 0026 82 2695eb27b8 12 15 001509585409 \(zeros(11)) ff7b080a dd"),
        .request("01 00 04 00 0004 000e 0000 0036 01 00"),
      ],
      [
        "hart_ip request msg0", "hart_ip response msg0 success", "hart_ip sender device_type \"0xf9fd\"",
        "hart_ip sender device_id \"95266f\"", "hart_ip sender software_version \"50\"",
        "hart_ip sender hardware_version \"9\"", "hart_ip sender vendor_id \"249\"",
        "hart_ip response cmd0 [polling address 0] success",
        "hart_ip request cmd18 [device type 0x2695 id 0xeb27b8]", "hart_direct request cmd54",
      ]),
    Sample(
      "ff_hse", "a session is opened",
      [.request("00 f8 04 81 00000000 00000010 00000000", isStream: false)],
      ["ff_hse property method \"FDA session management\""]),
  ]

  private static let telecontrol: [Sample] = [
    Sample(
      "egd", "a controller produces data",
      [.request("0d 01 d4f0 c0a8084d 7b000000 \(zeros(20)) 0102", isStream: false)],
      ["egd publish type13 [producer 192.168.8.77 exchange 123]"]),
    Sample(
      "roc_plus", "an operator logs in and meets an error",
      [.request("0102 0304 11 06 'OP1' 1234 01 41bc"), .response("0102 0304 ff 02 0606 4182")],
      [
        "roc_plus sender user_name \"OP1\"", "roc_plus credential protocol password \"OP1\" other",
        "roc_plus request op17 [unit 1 group 2]",
        "roc_plus credential protocol password \"OP1\" other refused",
        "roc_plus response op255 [unit 3 group 4] failure(6)",
      ]),
    // A6127 table 2-7: thirty octets of operator, forty of password, access level; a key is asked for; LOGOUT behind it.
    Sample(
      "roc_plus", "an operator logs in by a long name and out, and asks for a session key",
      [
        .request(
          """
          0102 0304 11 47 'OPERATOR1                     ' '1234                                    ' 01 8035
          0102 0304 11 0d 'SESSION_KEY_1' 8644
          0102 0304 11 0b 'OP1' 1234 'LOGOUT' b593
          """),
        .response("0304 0102 11 00 5d84"),
      ],
      [
        "roc_plus sender user_name \"OPERATOR1\"",
        "roc_plus credential protocol password \"OPERATOR1\" well-known default",
        "roc_plus request op17 [unit 1 group 2]", "roc_plus request op17 [unit 1 group 2]",
        "roc_plus request op17 [unit 1 group 2]",
        "roc_plus credential protocol password \"OPERATOR1\" well-known default accepted",
        "roc_plus response op17 [unit 1 group 2] success",
      ]),
    // Table 2-2: mode 1, port, security, compatibility, revision, subtype, reserved, type 6; table 2-27: command 1, option
    // 2 (create to write), folder of 100 and name of 25 octets.
    Sample(
      "roc_plus", "a controller tells its type, and a file is opened to be written",
      [
        .response("0304 0102 06 17 01 0001 00 02 01 01 0000000000000000000000 06 00000000 25b0"),
        .request(
          """
          0102 0304 cb 7f 01 02 '/flash/' \(String(repeating: "00", count: 93))
          'a.cfg' \(String(repeating: "00", count: 20)) 9bd6
          """),
      ],
      [
        "roc_plus property mode \"run\"", "roc_plus sender product_name \"ROC800\"",
        "roc_plus response op6 [unit 1 group 2] success", "roc_plus file to server \"/flash/a.cfg\"",
        "roc_plus request op203 [/flash/a.cfg]",
      ]),
    Sample(
      "bsap_ip", "a signal is read by name and acknowledged",
      [
        .request("0e00 0100 0600 834b0000 744b0000 | 10000000 0c 834b0000 a0 00 04 03", isStream: false),
        .response("0e00 0000 0000 00000000 754b0000", isStream: false),
      ],
      ["bsap_ip request type1", "bsap_ip request type0"]),
    // DLE STX, address, serial number, task a0 (database), sequence, task 03 (a computer), status, function; DLE ETX and
    // the CRC of HDLC over all between and ETX. A DLE of the content is doubled, as that of the second sequence number.
    Sample(
      "bsap_serial", "frames of serial lines: a signal is read, another one written and refused, a station polled",
      [
        .request("1002 01 07 a0 1010 08 03 00 04 01400f01 '@GV.P1.' 00 1003 6c50", isStream: false),
        .response("1002 00 07 03 1010 08 a0 00 00 01 82df82be 1003 7c1b", isStream: false),
        .request("1002 01 08 a0 1108 03 00 80 02000001 2034 12 01 1003 f97f", isStream: false),
        .response("1002 00 08 03 1108 a0 00 84 01 1003 d3cc", isStream: false),
        .request("1002 01 09 85 1003 6b43", isStream: false),
      ],
      [
        "bsap_serial request 0xa0/0x04 [@GV.P1.]", "bsap_serial response 0xa0/0x04 [station 0] success",
        "bsap_serial request 0xa0/0x80 [station 1]", "bsap_serial response 0xa0/0x80 [station 0] failure(132)",
        "bsap_serial request 0x85 [station 1]",
      ]),
    Sample(
      "genisys", "a poll is answered, once with a checksum that looks like an end",
      [.request("fb 01 8340 f6"), .response("f1 01 f6"), .response("f2 01 05f640 f6")],
      ["genisys request 0xfb [station 1]", "genisys response 0xf1 [station 1]", "genisys response 0xf2 [station 1]"]),
    Sample(
      "nmea0183", "a datagram holds two sentences",
      [.request("'$GPGLL,5907.1920,N,01222.9510,E,000006,V*34' 0d0a '$SDMTW,,,C*36' 0d0a", isStream: false)],
      ["nmea0183 publish GPGLL", "nmea0183 publish SDMTW"]),
    Sample(
      "iec61162_450", "a tag block names the source of a sentence",
      [.request("'UdPbC' 00 '\\s:GP0001,n:1*2b\\$SDMTW,,,C*36' 0d0a", isStream: false)],
      ["iec61162_450 sender device_id \"GP0001\"", "iec61162_450 publish SDMTW"]),
  ]

  private static let motion: [Sample] = [
    Sample(
      "ethercat", "a device is set to run",
      [
        .request(
          """
          1d10 # 29 octets of datagrams, type 1
          08 02 0000 2001 0280 0000 1100 0000 # broadcast write of the state, more follow
          05 03 e903 2001 0200 0000 0800 0100
          00 # padding
          """, isStream: false)
      ],
      ["ethercat request 0x08", "ethercat request 0x05 [device 1001 register 0x0120]"]),
    Sample(
      "ethercat", "objects and files pass through mailboxes, a device's memory through registers",
      [
        .request(
          """
          1c10 # IEC 61158-6-12 section 5: a download of object 0x1f50:1, one octet in the command itself
          05 04 e903 0010 1000 0000 | 0a00 0000 00 13 | 0020 2f 501f 01 5a000000 | 0000
          """, isStream: false),
        .request(
          """
          2610 # 5.8: the file firmware.efw is written, password 0
          05 05 e903 0010 1a00 0000 | 1200 0000 00 24 | 02 00 00000000 'firmware.efw' 0000 | 0000
          """, isStream: false),
        .request(
          """
          1410 # the memory is told to write
          05 06 e903 0205 0800 0000 | 0102 00000000 adde | 0000
          """, isStream: false),
      ],
      [
        "ethercat request 0x05 [device 1001 object 0x1f50:1] = 90.0", "ethercat file to server \"firmware.efw\"",
        "ethercat request 0x05 [firmware.efw]",
        "ethercat request 0x05 [device 1001 register 0x0502]",
      ]),
    Sample(
      "ethercat", "a mailbox comes over TCP",
      [
        .request(
          """
          1050 # ETG.8200 section 4: 16 octets, type 5; a mailbox of ten for device 1001: object 0x1009 is asked for
          0a00 e903 00 13 | 0020 40 0910 00 00000000
          """, serverPort: 34980),
        .response("1050 | 0a00 e903 00 13 | 0030 4f 0910 00 'B' 000000", serverPort: 34980),
        .request("1050 | 0a00 e903 00 23 | 0020 23 0080 01 05000000", serverPort: 34980),
        .response("1050 | 0a00 e903 00 23 | 0020 80 0080 01 00000206 # there is no such object", serverPort: 34980),
      ],
      [
        "ethercat request mailbox [device 1001 object 0x1009:0]",
        "ethercat sender module_name \"device 1001 hardware version B\"",
        "ethercat response mailbox [device 1001 object 0x1009:0] success",
        "ethercat request mailbox [device 1001 object 0x8000:1] = 5.0",
        "ethercat response mailbox [device 1001 object 0x8000:1] failure(100794368)",
      ]),
    Sample(
      "epl", "objects are read and written in datagrams",
      [
        .request("06 11 f0 05 | 01 01 0000 # a connection is asked for", isStream: false, serverPort: 3819),
        .request("06 11 f0 05 | 02 06 0000 | 00 01 00 02 0400 0000 | 0a10 00 00", isStream: false, serverPort: 3819),
        .response("06 f0 11 05 | 06 06 0000 | 00 01 80 02 0400 0000 | 'V2.1'", isStream: false, serverPort: 3819),
        .request("06 11 f0 05 | 06 0a 0000 | 00 02 00 01 0500 0000 | 0062 01 00 5a", isStream: false, serverPort: 3819),
        .response("06 f0 11 05 | 0a 0a 0000 | 00 02 c0 01 0400 0000 | 0200 0106", isStream: false, serverPort: 3819),
      ],
      [
        "epl property method \"asynchronous send\"", "epl sender device_id \"240\"",
        "epl sender device_type \"managing node\"", "epl_asnd request sdo0x02 [object 0x100a:0]",
        "epl property method \"asynchronous send\"", "epl sender device_id \"17\"",
        "epl sender software_version \"V2.1\"", "epl_asnd response sdo0x02 [object 0x100a:0] success",
        "epl_asnd request sdo0x01 [object 0x6200:1] = 90.0",
        "epl_asnd response sdo0x01 [object 0x6200:1] failure(100728834)",
      ]),
    Sample(
      "epl", "a node identifies itself",
      [
        .request("01 ff f0 00", isStream: false),
        .response(
          """
          06 ff 11 01 # to all, from node 17: identity
          \(zeros(22)) 91010100 a5000000 10270000 01000000 39300000 \(zeros(36)) 'io-17' \(zeros(27))
          """, isStream: false),
      ],
      [
        "epl property method \"start of cycle\"", "epl sender device_id \"240\"",
        "epl sender device_type \"managing node\"",
        "epl property method \"asynchronous send\"", "epl sender device_id \"17\"",
        "epl sender device_type \"0x00010191\"", "epl sender vendor_id \"0x000000a5\"",
        "epl sender product_code \"0x00002710\"", "epl sender hardware_version \"0x00000001\"",
        "epl sender serial_number \"12345\"", "epl sender hostname \"io-17\"",
      ]),
    Sample(
      "rtps", "a participant sends data",
      [
        .request(
          "'RTPS' 0201 0103 0102030405060708090a0b0c | 09 01 0800 0000000000000000 | 15 05 0000 00001000",
          isStream: false)
      ],
      [
        "rtps property protocol_version \"2.1\"", "rtps sender vendor \"OCI OpenDDS\"",
        "rtps property method \"timestamp\"", "rtps property method \"data\"",
      ]),
  ]

  private static let buildings: [Sample] = [
    Sample(
      "knxip", "a router is found and a value written through it",
      [
        .response(
          """
          0610 0202 0044 | 08 01 c0a80002 0e57 # control endpoint
          36 01 02 00 1101 0000 00c501020304 e000170c 001122334455 'KNX IP Router' \(zeros(17))
          """, isStream: false),
        .request("0610 0420 0015 | 04 01 00 00 | 11 00 bc e0 0000 0901 01 0081", isStream: false),
        .request(
          "0610 0420 0014 | 04 01 01 00 | 11 00 b0 60 0000 1105 00 80 # 03_03_04: a device is connected to",
          isStream: false),
        .request(
          "0610 0310 0011 | 04 02 00 00 | fc 000b 01 34 1001 # 03_06_03: a property of the interface", isStream: false),
        .request("0610 0530 0011 | 29 00 bc d0 1101 0902 01 0080 # 03_08_05: to all routers", isStream: false),
        .request("0610 0532 000c | 06 00 0064 0000 # busy", isStream: false),
      ],
      [
        "knxip sender address \"1.1.1\"", "knxip sender serial_number \"00c501020304\"",
        "knxip sender name \"KNX IP Router\"", "knxip response 0x0202", "knxip request 0x0420 [group 1/1/1]",
        "knxip request 0x0420 [device 1.1.5]", "knxip request 0x0310 [object type 11 property 52]",
        "knxip request 0x0530 [group 1/1/2]", "knxip publish 0x0532",
      ]),
    Sample(
      "lon", "a network variable is tunnelled",
      [.request("0020 01 01 00 00 0000 6b8b4567 00000000 00000000 0109 01aa01a9 01 03 810d 00ca", isStream: false)],
      ["lon property method \"data\""]),
  ]
}
