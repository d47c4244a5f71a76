/// Buildings, PROFINET, substations, MQTT. Clauses are those of the specification that the dissector names.
extension Samples {
  static let field: [Sample] = bacnet + profinet + substation + mqtt

  private static func datagram(_ notation: String) -> Message { .request(notation, isStream: false, serverPort: 47808) }
  private static func reply(_ notation: String) -> Message { .response(notation, isStream: false, serverPort: 47808) }

  private static let bacnet: [Sample] = [
    Sample(
      "bacnet", "a name is read from a device and told once",
      [
        datagram(
          """
          81 0a 0015 # J.2: BVLC, original unicast, length
          01 04 # 6.2: version, expecting reply
          00 03 19 0c # 20.1.2: confirmed request, up to 480 octets, invoke 25, readProperty
          0c 0200006f # [0] device 111
          19 4d # [1] object-name
          """),
        reply(
          """
          81 0a 0026 | 01 00 | 30 19 0c # 20.1.5: ComplexACK
          0c 0200006f 19 4d
          3e 75 0d 00 'SimpleServer' 3f # [3] { CharacterString, UTF-8 }
          """),
        reply("81 0a 0026 | 01 00 | 30 19 0c | 0c 0200006f 19 4d | 3e 75 0d 00 'SimpleServer' 3f"),
      ],
      [
        "bacnet request c12 [device 111 object-name]",
        "bacnet response c12 success",
        "bacnet sender name \"SimpleServer\"",
        "bacnet response c12 success",
      ]),
    Sample(
      "bacnet", "a written value comes with object, property and priority",
      [
        datagram(
          """
          81 0a 001d | 01 04 | 00 02 0f 0f # writeProperty
          0c 00400065 19 55 # [0] analog-output 101, [1] present-value
          3e 44 42480000 3f # [3] { Real 50.0 }
          49 0a # [4] priority 10
          """),
        reply("81 0a 0009 | 01 00 | 20 0f 0f # 20.1.4: SimpleACK"),
        reply("81 0a 000d | 01 00 | 50 0f 0f 91 02 91 28 # 20.1.7: Error, class property, code write-access-denied"),
      ],
      [
        "bacnet request c15 [analog-output 101 present-value priority 10] = 50.0",
        "bacnet response c15 success",
        "bacnet response c15 failure(131112)",
      ]),
    Sample(
      "bacnet", "restarting or silencing a device is control and its password a credential",
      [
        datagram("81 0a 0017 | 01 04 | 00 03 01 14 | 09 00 1d 09 00 'filister' # coldstart with password"),
        datagram("81 0a 0016 | 01 04 | 00 03 01 11 | 09 05 19 01 2d 06 00 'admin' # 5 minutes, disable, password"),
        reply("81 0a 0009 | 01 00 | 60 01 09 # 20.1.8: Reject, unrecognised service"),
      ],
      [
        "bacnet credential protocol password \"\" other",
        "bacnet request c20 [coldstart]",
        "bacnet credential protocol password \"\" well-known default",
        "bacnet request c17 [disable]",
        "bacnet response type6 failure(9)",
      ]),
    Sample(
      "bacnet", "a subscription, a notification and a new object name their object",
      [
        datagram("81 0a 0014 | 01 04 | 00 03 01 05 | 09 01 1c 00000001 29 01 # 13.14: process, analog-input 1"),
        datagram("81 0b 0015 | 01 00 | 10 02 | 09 01 1c 02000001 2c 00400002 # 13.7: device 1, analog-output 2"),
        datagram("81 0a 0011 | 01 04 | 00 03 02 0a | 0e 1c 00800003 0f # 15.3: analog-value 3"),
      ],
      [
        "bacnet request c5 [analog-input 1]", "bacnet request u2 [analog-output 2]",
        "bacnet request c10 [analog-value 3]",
      ]),
    Sample(
      "bacnet", "many properties are acknowledged in one message",
      [
        datagram(
          """
          81 0a 0024 | 01 04 | 02 75 02 0e # readPropertyMultiple
          0c 02000001 1e 09 79 09 46 09 2c 1f # device 1 { vendor-name model-name firmware-revision }
          0c 00000001 1e 09 55 1f # analog-input 1 { present-value }
          """),
        reply(
          """
          81 0a 0050 | 01 00 | 30 02 0e
          0c 02000001 1e
          29 79 4e 75 06 00 'Alpha' 4f # [2] vendor-name [4] { … }
          29 46 4e 75 0b 04 0043 0050 0020 0058 0031 4f # UCS-2, most significant octet first
          29 2c 5e 91 02 91 20 5f # [5] error
          1f
          0c 00000001 1e 29 4d 4e 74 00 'T-1' 4f 1f # analog-input 1, object-name
          """),
      ],
      [
        "bacnet request c14 [device 1 vendor-name]",
        "bacnet response c14 success",
        "bacnet sender vendor \"Alpha\"",
        "bacnet sender product_name \"CP X1\"",
        "bacnet sender object_name \"T-1\"",
      ]),
    Sample(
      "bacnet", "a device announces itself, directly and from behind a router",
      [
        datagram("81 0b 0018 | 01 20 ffff 00 ff | 10 00 c4 0200006f 22 01e0 91 00 21 2a # I-Am 111, vendor 42"),
        datagram("81 0b 001d | 01 28 ffff 00 0004 01 48 fe | 10 00 c4 02015062 22 01e0 91 03 22 0104"),
        datagram("81 04 001e | c0a80032 bac0 | 01 20 ffff 00 ff | 10 00 c4 0200006f 22 01e0 91 00 21 2a # forwarded"),
        datagram("81 0b 000c | 01 20 ffff 00 ff | 10 08 # Who-Is"),
        datagram("81 0b 001f | 01 20 ffff 00 ff | 10 01 c4 0200000c c4 00400007 74 00 'AO7' # I-Have"),
        datagram("81 0b 0016 | 01 20 ffff 00 ff | 10 07 3d 06 00 'CRANE' # Who-Has by name"),
      ],
      [
        "bacnet sender device_id \"111\"",
        "bacnet sender vendor_id \"42\"",
        "bacnet request u0",
        "bacnet sender device_id \"86114 in network 4 station 72\"",
        "bacnet request u0",
        "bacnet address(192.168.0.50) device_id \"111\"",
        "bacnet address(192.168.0.50) vendor_id \"42\"",
        "bacnet request u0",
        "bacnet request u8",
        "bacnet sender object_name \"AO7\"",
        "bacnet request u1 [analog-output 7]",
        "bacnet request u7 [CRANE]",
      ]),
    Sample(
      "bacnet", "messages of the link and of the network are counted as such",
      [
        datagram("81 05 0006 001e # J.2.6: register foreign device for 30 s"),
        reply("81 00 0006 0030 # J.2.1: result, registration refused"),
        datagram("81 01 000e c0a80001 bac0 ffffffff # J.2.2: write a distribution table of one peer"),
        reply("81 0b 000a | 01 80 01 0004 # 6.4.2: I am router to network 4"),
        datagram("81 0a 0006 | 01 00 # nothing inside"),
        datagram("81 0a 000a | 01 00 | 40 09 00 01 # 20.1.6: SegmentACK"),
        reply("81 0a 0009 | 01 00 | 71 09 04 # 20.1.9: Abort by the server, segmentation not supported"),
        reply("81 0a 0011 | 01 00 | 3c 09 01 04 0c | 0c 02000001 # a later segment is only counted"),
      ],
      [
        "bacnet request bvlc0x05 = 30.0",
        "bacnet response bvlc0x00 failure(48)",
        "bacnet request bvlc0x01 [192.168.0.1]",
        "bacnet request bvlc0x0b",
        "bacnet request bvlc0x0a",
        "anomaly APDU type truncated at 6",
        "bacnet request type4",
        "bacnet response type7 failure(4)",
        "bacnet response c12 success",
      ]),
    Sample(
      "bacnet", "MS/TP and LLC carry the same network layer",
      [
        datagram("55ff 05 0c 00 000f 01 | 01 04 | 02 03 f1 0c 0c 02000002 19 4c 29 | 2120 # 9.3: expecting reply"),
        datagram("55ff 00 00 1b 0000 06 # token"),
        datagram("0000 80 06 01 72 000d 9e | 01 00 | 10 00 c4 02015062 22 | da1e # cut behind the device"),
        datagram("01 20 ffff 00 ff | 10 08 # 6.3: an NPDU alone"),
        datagram("82 02 000d aabbcc | 01 00 | 10 08 | 0964 # U.2: IPv6, original broadcast, Who-Is cut short"),
        datagram("72 00 cd | 82 82 03 | 01 20 ffff 00 ff | 10 08 # clause 8: ARCNET, to everybody"),
        datagram("72 00 0000 cd | 82 82 03 | 01 20 ffff 00 ff | 10 08 # as Linux hands it out"),
      ],
      [
        "bacnet request c12 [device 2 object-list[33]]",
        "bacnet request u0",
        "anomaly tag truncated at 12",
        "bacnet request u8",
        "bacnet request u8",
        "bacnet request u8",
        "bacnet request u8",
      ]),
  ]

  private static let profinet: [Sample] = [
    Sample(
      "pn_dcp", "a station answers with what it is",
      [
        .request(
          """
          fefe 05 00 01000001 0001 0010 # 4.3.1: identify all filter, request, xid, delay, length
          0202 000b 'crane-7-plc' 00 # name of station
          """, isStream: false),
        .response(
          """
          feff 05 01 01000001 0000 0044
          0201 0009 0000 'S7-300X' 00 # type of station, padded
          0202 000d 0000 'crane-7-plc' 00 # name of station
          0203 0006 0000 002a 0101 # vendor 0x002a, device 0x0101
          0204 0004 0000 02 00 # role: controller
          0102 000e 0001 c0a80006 ffffff00 c0a80001 # IP parameters
          """, isStream: false),
      ],
      [
        "pn_dcp property query_name \"crane-7-plc\"",
        "pn_dcp request identify.req",
        "pn_dcp sender product_name \"S7-300X\"",
        "pn_dcp sender station_name \"crane-7-plc\"",
        "pn_dcp sender vendor_id \"0x002a\"",
        "pn_dcp sender device_id \"0x0101\"",
        "pn_dcp sender device_type \"IO controller\"",
        "binding 192.168.0.6 00:00:00:00:00:02 pn_dcp",
        "pn_dcp sender address \"192.168.0.6\"",
        "pn_dcp response identify.rsp success",
      ]),
    Sample(
      "pn_dcp", "setting a name, an address or the factory state is told apart",
      [
        .request("fefd 04 00 00000002 0000 000a | 0202 0006 0001 'crn1' # set, permanent", isStream: false),
        .response("fefd 04 01 00000002 0000 0008 | 0504 0003 0202 00 00 # response: no error", isStream: false),
        .request(
          "fefd 04 00 00000003 0000 0012 | 0102 000e 0000 c0a8000a ffffff00 c0a80001", isStream: false),
        .response("fefd 04 01 00000003 0000 0008 | 0504 0003 0102 03 00 # not set", isStream: false),
        .request("fefd 04 00 00000004 0000 0006 | 0506 0002 0004 # factory reset", isStream: false),
        .request("fefd 03 00 00000005 0000 0002 | 0202 # get", isStream: false),
      ],
      [
        "pn_dcp request set.req [crn1]",
        "pn_dcp response set.rsp success",
        "pn_dcp request set.req [192.168.0.10]",
        "pn_dcp response set.rsp failure(3)",
        "pn_dcp request set.req",
        "pn_dcp request get.req",
      ]),
    Sample(
      "pn_rt", "cyclic data and alarms are told by their frame id",
      [
        .request("8001 00 80 00 00 | 1a2b 35 00 # 4.7: data, cycle counter, data and transfer status", isStream: false),
        .request("8001 00 80 00 00 | 1a2c 25 00 # data status: provider stopped", isStream: false),
        .response("fe01 0001 0002 11 01 ffff fffe 0000 # low-priority alarm", isStream: false),
        .response(
          """
          fc01 0001 0002 | 11 11 ffff fffe 001c # 4.5.1: end points, data, numbers, length
          0001 0018 01 00 | 0001 00000000 0003 0001 00000010 00000011 8800 # 5.2.3: alarm, diagnosis of slot 3
          """, isStream: false),
        .request(
          """
          fc01 0002 0001 | 11 11 ffff ffff 0018 # the controller's answer
          8001 0014 01 00 | 0001 00000000 0003 0001 8800 00000000 0000
          """, isStream: false),
      ],
      [
        "pn_rt publish 32769",
        "pn_rt publish 32769",
        "pn_rt property mode \"provider stopped\"",
        "pn_rt publish 65025", "pn_rt publish 64513 [slot 3/1]", "pn_rt publish 64513 [slot 3/1]",
      ]),
    Sample(
      "pn_rt", "cyclic data and an alarm come in datagrams",
      [
        .request("c000 80 00 80 80 00 00 00 00 00 00 00 00 | c6e0 35 00", isStream: false, serverPort: 34962),
        .response("fe01 8001 8001 | 14 01 ffff fffe 0004 | cf81 fd0f # an abort", isStream: false, serverPort: 34962),
      ],
      ["pn_rt publish 49152", "pn_rt publish 65025"]),
    Sample(
      "pn_ptcp", "clock frames count for both layers",
      [.request("ff40 0000 0000 0000 0000 0000 0000 0000 0000 0000", isStream: false)],
      [
        "pn_rt publish 65344",
        "pn_ptcp publish 65344",
      ]),
  ]

  private static let substation: [Sample] = [
    Sample(
      "goose", "a control block is told once and its state number stays",
      [
        .request(goose(state: "02"), isStream: false), .request(goose(state: "03"), isStream: false),
      ],
      [
        "goose sender object_name \"L1/G$GO$1\"",
        "goose sender module_name \"L1/DS\"",
        "goose sender name \"G1\"",
        "goose property mode \"simulation\"",
        "goose publish 0x3001 = 2.0",
        "goose publish 0x3001 = 3.0",
      ]),
    Sample(
      "goose", "a message that ends early gives what is there as a whole",
      [.request("3001 0060 0000 0000 | 61 56 | 80 09 'L1/G$GO$1' 81 02 07d0 82 04 'L1'", isStream: false)],
      [
        "goose sender object_name \"L1/G$GO$1\"",
        "goose publish 0x3001",
        "anomaly goosePdu truncated at 8",
      ]),
    Sample(
      "goose", "a state number that goes back was replayed",
      [
        .request(goose(state: "05"), isStream: false), .request(goose(state: "04"), isStream: false),
        .request(goose(state: "01"), isStream: false),
      ],
      [
        "goose sender object_name \"L1/G$GO$1\"", "goose sender module_name \"L1/DS\"", "goose sender name \"G1\"",
        "goose property mode \"simulation\"", "goose publish 0x3001 = 5.0",
        "anomaly stNum went back inconsistent at 0", "goose publish 0x3001 = 4.0", "goose publish 0x3001 = 1.0",
      ]),
    Sample(
      "goose", "an event is routed over UDP",
      [
        .request(
          """
          01 40 # ISO 8602: length, unit data
          a1 17 80 15 0000003b 00009646 0002 00000000 0000 00000000 00 # IEC TR 61850-90-5, 8.3: session header
          00000017 81 00 3002 0011 # payload length, GOOSE, no simulation, APPID, APDU length
          61 0f 80 09 'L1/G$RG$1' 85 02 0102 # goosePdu
          """, isStream: false)
      ],
      [
        "goose sender object_name \"L1/G$RG$1\"",
        "goose publish 0x3002 = 258.0",
      ]),
    Sample(
      "sv", "samples without a common clock are told",
      [
        .request(
          """
          4000 0020 8000 0000 # the simulation bit of annex C
          60 16 80 01 01 a2 11 30 0f 80 04 'MU01' 82 02 0001 85 01 00 87 00 # smpSynch: not synchronised
          """, isStream: false)
      ],
      [
        "sv publish 0x4000", "sv property mode \"simulation\"", "sv sender name \"MU01\"",
        "sv property mode \"not synchronised\"",
      ]),
    Sample(
      "sv", "a stream of samples names its source once",
      [
        .request(samples(count: "0001"), isStream: false), .request(samples(count: "0002"), isStream: false),
      ],
      [
        "sv publish 0x4000",
        "sv sender name \"MU01\"",
        "sv publish 0x4000",
      ]),
  ]

  /// Annex C header, then goosePdu with simulation set.
  private static func goose(state: String) -> String {
    """
    3001 0038 0000 0000
    61 2e # goosePdu
    80 09 'L1/G$GO$1' # gocbRef
    81 02 07d0 # timeAllowedtoLive
    82 05 'L1/DS' # datSet
    83 02 'G1' # goID
    85 01 \(state) # stNum
    86 01 00 # sqNum
    87 01 01 # simulation
    89 01 00 # ndsCom
    8a 01 01 # numDatSetEntries
    ab 03 83 01 01 # allData
    """
  }

  /// Section 8.5: savPdu { noASDU, seqOfASDU { ASDU { svID, smpCnt, … } } }.
  private static func samples(count: String) -> String {
    """
    4000 001d 0000 0000
    60 13
    80 01 01
    a2 0e 30 0c 80 04 'MU01' 82 02 \(count) 87 00
    """
  }

  private static let mqtt: [Sample] = [
    Sample(
      "mqtt", "a client logs in, publishes and subscribes",
      [
        .request(
          """
          10 25 # 3.1: CONNECT
          0004 'MQTT' 04 c2 003c # protocol name, level 3.1.1, user name and password, 60 s
          0006 'crane7' 0005 'admin' 000a 'Hoist-9-up' # client id, user name, password
          """),
        .response("20 02 00 00 # 3.2: CONNACK, accepted"),
        .request("82 0f 0001 | 0003 't/1' 00 | 0003 't/2' 01 | 00 # 3.8: SUBSCRIBE, then an odd octet"),
        .response("90 04 0001 00 01 # 3.9: SUBACK"),
        .request("32 0b 0004 'cr/7' 0002 'run' # 3.3: PUBLISH with packet identifier"),
        .response("40 02 0002"), .response("30 06 0002 'ab' 3131"),
        .request("c0 00"), .response("d0 00"), .request("e0 00"),
      ],
      [
        "mqtt property protocol_version \"3.1.1\"",
        "mqtt property keep_alive \"60\"",
        "mqtt sender client_id \"crane7\"",
        "mqtt sender user_name \"admin\"",
        "mqtt credential MQTT password \"admin\" other",
        "mqtt request 1",
        "mqtt response 2 success",
        "mqtt property topic \"t/2\"",
        "mqtt request 8 [t/1]",
        "anomaly topic filter truncated at 16",
        "mqtt response 9",
        "mqtt request 3 [cr/7]",
        "mqtt response 4",
        "mqtt response 3 [ab]",
        "mqtt request 12",
        "mqtt response 13",
        "mqtt request 14",
      ]),
    Sample(
      "mqtt", "version 5 without a user is no authentication",
      [
        .request("10 15 | 0004 'MQTT' 05 02 000a | 05 11 0000000a | 0003 'abc' # with properties"),
        .response("20 03 00 00 00"),
        .request("82 08 0001 00 | 0002 '#a' 00"),
      ],
      [
        "mqtt property protocol_version \"5.0\"",
        "mqtt property keep_alive \"10\"",
        "mqtt sender client_id \"abc\"",
        "mqtt request 1",
        "mqtt credential no authentication \"\" empty accepted",
        "mqtt response 2 success",
        "mqtt request 8 [#a]",
      ]),
    Sample(
      "mqtt", "other bytes on the port are not MQTT", [.request("16 03 01 02 00 01 00 01 fc 03 03")],
      [
        "notThisProtocol at 0"
      ]),
  ]
}
