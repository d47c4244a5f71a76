/// Meters, rings, and makers' own protocols of controllers and operator stations. Clauses are those of the specification
/// that the dissector names; where there is none, bytes are as captured.
extension Samples {
  static let plant: [Sample] = dlms + phoenix + saia + middleware + rings

  private static func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }

  private static let saia = [
    Sample(
      "sbus", "a controller tells its type and firmware, and one without leave is refused",
      [
        .request("0000000d 01 00 0001 00 | 0a 20 | 5318   # length, version, sequence; station 10", isStream: false),
        .response("00000014 00 00 0001 01 | 'D2M48' '020' 00 | fac9", isStream: false),
        .request("0000000d 01 00 0006 00 | 0a 1b | 850d", isStream: false),
        .response("0000000d 00 00 0006 02 | 0002 | 3fdf   # refused because of the password", isStream: false),
      ],
      [
        "sbus request 0x20 [station 10]",
        "sbus sender vendor \"Saia-Burgess\"",
        "sbus sender product_name \"D2M48\"",
        "sbus sender firmware_version \"020\"",
        "sbus response 0x20 success",
        "sbus request 0x1b [station 10]",
        "sbus response 0x1b failure(2)",
      ])
  ]

  private static let dlms: [Sample] = [
    Sample(
      "dlms", "a client with a password reads a meter's name and disconnects its load",
      [
        .request(
          """
          0001 0010 0001 0038 # IEC 62056-4-7: version, client 16, logical device 1, length
          60 36 a109 0607 60857405080101 # 7.2: AARQ, logical name referencing
          8a02 0780 8b07 60857405080201 ac0a 8008 '00000000' # low-level security and its password
          be10 040e 01000000065f1f0400007e1f04b0 # initiate request
          """, serverPort: 4059),
        .response(
          """
          0001 0001 0010 002b
          61 29 a109 0607 60857405080101 a203 020100 a305 a103 020100 # AARE, accepted
          be10 040e 0800065f1f040000501f01f40007
          """, serverPort: 4059),
        .request("0001 0010 0001 000d | c0 01 81 0001 00002a0000ff 02 00 # 8.4: get 0-0:42.0.0.255", serverPort: 4059),
        .response("0001 0001 0010 0016 | c4 01 81 00 09 10 'KFM1000000012345'", serverPort: 4059),
        .request("0001 0010 0001 000f | c3 01 82 0046 000060030aff 01 01 0f00 # disconnect control", serverPort: 4059),
        .response("0001 0001 0010 0005 | c7 01 82 00 00", serverPort: 4059),
        .request(
          "0001 0010 0001 001b | c1 01 83 0008 0000010000ff 02 00 090c 07e80101010c00000080 0000 # set clock",
          serverPort: 4059),
        .response("0001 0001 0010 0004 | c5 01 83 03 # read-write denied", serverPort: 4059),
      ],
      [
        "dlms credential protocol password \"\" well-known default",
        "dlms property authentication \"low-level security (password)\"",
        "dlms request 0x60",
        "dlms credential protocol password \"\" well-known default accepted",
        "dlms response 0x61 success",
        "dlms request 0xc0 [class 1 0-0:42.0.0.255 attribute 2]",
        "dlms sender vendor \"KFM\"",
        "dlms sender name \"KFM1000000012345\"",
        "dlms response 0xc4 [class 1 0-0:42.0.0.255 attribute 2] success",
        "dlms request 0xc3 [class 70 0-0:96.3.10.255 method 1]",
        "dlms response 0xc7 [class 70 0-0:96.3.10.255 method 1] success",
        "dlms request 0xc1 [class 8 0-0:1.0.0.255 attribute 2]",
        "dlms response 0xc5 [class 8 0-0:1.0.0.255 attribute 2] failure(3)",
      ]),
    Sample(
      "dlms", "a reading over HDLC is refused",
      [
        .request("7e a007 03 21 93 0f01 7e # IEC 62056-46, 6.4: SNRM"),
        .response("7e a007 21 03 73 0140 7e"),
        .request("7e a019 03 21 10 7fda | e6e600 | c0 01 c1 0003 0100010800ff 02 00 | 3268 7e # get 1-0:1.8.0.255"),
        .response("7e a011 21 03 30 a5b8 | e6e700 | c4 01 c1 01 03 | 7382 7e # read-write denied"),
      ],
      [
        "dlms request snrm",
        "dlms response snrm success",
        "dlms request 0xc0 [class 3 1-0:1.8.0.255 attribute 2]",
        "dlms response 0xc4 [class 3 1-0:1.8.0.255 attribute 2] failure(3)",
      ]),
    Sample(
      "dlms", "a meter reports unasked, without authentication, ciphered, and refuses",
      [
        .request("0001 0010 0001 001f | 60 1d a109 0607 60857405080103 be10 040e 01000000065f1f0400007e1f04b0"),
        .response(
          """
          0001 0001 0010 0035
          61 33 a109 0607 60857405080103 a203 020100 a305 a103 020100 a40a 0408 'KAM' 0000012345
          be0e 040c 0800065f1f0400 0050 1f01f4
          """),
        .request("0001 0010 0001 0007 | c8 05 30 00000001"),
        .response("0001 0001 0010 0003 | d8 01 02"),
        .response("0001 0001 0010 000a | 0f 00000001 00 02 00 06 00"),
      ],
      [
        "dlms property encryption \"ciphered context\"",
        "dlms property authentication \"lowest security (none)\"",
        "dlms request 0x60",
        "dlms sender device_id \"4b414d0000012345\"",
        "dlms sender vendor \"KAM\"",
        "dlms credential no authentication \"\" empty accepted",
        "dlms response 0x61 success",
        "dlms request 0xc8",
        "dlms response 0xd8 failure(0)",
        "dlms publish 0x0f",
      ]),
  ]

  private static let phoenix: [Sample] = [
    Sample(
      "ade_remoting", "a controller is stopped",
      [
        .request("0100 0000 0000 2e00 0000 0000 0000 0000 'Ade.Remoting.Services.IProConOSControlService' 00"),
        .response("0100 0100 0000 0000 0200 0000 0000 fbff"),
        .request("0100 0200 0000 0000 0200 0700 0000 0000"),
        .response("0100 0300 0000 0000 0200 0700 0000 0000"),
        .request("0100 0200 0000 0600 0900 0300 0000 0000 010000000240 # an object nobody bound"),
      ],
      [
        "ade_remoting request bind.1 [Ade.Remoting.Services.IProConOSControlService]",
        "ade_remoting response bind.1 success",
        "ade_remoting request 1.7",
        "ade_remoting response 1.7 success",
        "ade_remoting request 0.3 [object 9]",
      ]),
    Sample(
      "ade_remoting", "the state is read, and a controller cold started",
      [
        .request("0100 0000 0000 2900 0000 0000 0000 0000 'Ade.Remoting.Services.IDeviceInfoService' 00"),
        .response("0100 0100 0000 0000 0100 0000 0000 fcff"),
        .request("0100 0200 0000 0600 0100 0300 0000 0000 | 01000000 0240 # item 4002: the state"),
        .response("0100 0300 0000 0c00 0100 0300 0000 0000 | 01000000 04090000 07 14 00 01"),
        .request("0100 0000 0000 2e00 0000 0000 0000 0000 'Ade.Remoting.Services.IProConOSControlService' 00"),
        .response("0100 0100 0000 0000 0200 0000 0000 fbff"),
        .request("0100 0200 0000 0200 0200 0600 0000 0000 0100"),
        .response("0100 0300 0000 0000 0200 0600 0000 0000"),
      ],
      [
        "ade_remoting request bind.2 [Ade.Remoting.Services.IDeviceInfoService]",
        "ade_remoting response bind.2 success", "ade_remoting request 2.3", "ade_remoting response 2.3 success",
        "ade_remoting property mode \"stop\"",
        "ade_remoting request bind.1 [Ade.Remoting.Services.IProConOSControlService]",
        "ade_remoting response bind.1 success", "ade_remoting request 1.6", "ade_remoting response 1.6 success",
      ]),
    // Function, flags, number, length, data, CRC-16. Phoenix Contact ILC 39x.
    Sample(
      "proconos", "the state of a controller is read and it is stopped",
      [
        .request("cc01 00 0f 40 07 0000 eafa", serverPort: 20547),
        .response("cc01 00 0f 40 07 0200 0200 fa46", serverPort: 20547),
        .request("cc01 00 01 40 0e 0000 4c07", serverPort: 20547),
        .request("cc01 00 0f 40 08 0000 2db0", serverPort: 20547),
        .response("cc01 00 0f 40 08 0200 0400 d678", serverPort: 20547),
      ],
      [
        "proconos request 0x0f", "proconos response 0x0f", "proconos property mode \"run\"",
        "proconos request 0x01", "proconos request 0x0f", "proconos response 0x0f", "proconos property mode \"stop\"",
      ]),
    Sample(
      "proconos", "a controller says what it is",
      [
        .request("cc01 00 0b 40 02 0000 47ee", serverPort: 20547),
        .response(
          """
          cc00 30 30 30 30 30 30 30 30 30 00
          'ProConOS V4.2.0214 Oct 28 2011' 00 ' V 3.95A.6         May  9 2012     ' 'Crane7' 00 'Boot7' 00
          """, serverPort: 20547),
      ],
      [
        "proconos request 0x0b",
        "proconos response 0x0b",
        "proconos sender software_version \"ProConOS V4.2.0214 Oct 28 2011\"",
        "proconos sender product_name \"V 3.95A.6         May  9 2012\"",
        "proconos sender application \"Crane7\"",
        "proconos sender name \"Boot7\"",
      ]),
  ]

  private static let middleware: [Sample] = [
    Sample(
      "suitelink", "an operator station subscribes to an item and writes it",
      [
        .request(
          """
          3a cafe8bbafe8bd311aa0500a0c9ecfd9f \(zeros(16)) 00000000
          4400 4100 0000 | 4800 3100 0000 | 6f00 7000 0000 # application, node, user
          0000 0000
          """, serverPort: 5413),
        .request(
          """
          1e00 0180 02 4400 4100 01 5400 000000 # connect to application DA, topic T
          02 4900 5400 01 4800 01 6f00 01 5300 0000 a5
          """, serverPort: 5413),
        .request("0c00 1080 07000000 02 6100 6200 a5 # subscribe item 7", serverPort: 5413),
        .response("0300 0300 a5", serverPort: 5413),
        .request("0900 0b08 07000000 0100 a5 # write item 7", serverPort: 5413),
        .response("0500 0900 0102 a5", serverPort: 5413),
      ],
      [
        "suitelink sender hostname \"H1\"",
        "suitelink sender user_name \"op\"",
        "suitelink request 0xffff [DA]",
        "suitelink sender application \"IT\"",
        "suitelink sender hostname \"H\"",
        "suitelink sender user_name \"o\"",
        "suitelink receiver hostname \"S\"",
        "suitelink request 0x8001 [DA/T]",
        "suitelink request 0x8010 [ab]",
        "suitelink response 0x0003 success",
        "suitelink request 0x080b [item 7]",
        "suitelink response 0x0009",
      ])
  ]

  private static let rings: [Sample] = [
    Sample(
      "mrp", "a manager tests its ring, which opens",
      [
        .request(
          """
          0001 # version
          02 12 8000 001122334455 0001 0001 0000 00000010 # test: priority, address, port role, ring closed
          01 12 0001 \(String(repeating: "ff", count: 16)) 00 00 # common: sequence, domain; end
          """, isStream: false),
        .request("0001 02 12 8000 001122334455 0001 0000 0001 00000020 | 00 00", isStream: false),
        .request("0001 04 0c 66778899aabb 0001 0014 0001 | 00 00 # link down", isStream: false),
      ],
      [
        "mrp sender device_type \"media redundancy manager\"",
        "mrp sender address \"00:11:22:33:44:55\"",
        "mrp property bridge \"priority 32768\"",
        "mrp property mode \"ring closed\"",
        "mrp publish 0x02 = 1.0",
        "mrp property other \"domain ffffffffffffffffffffffffffffffff\"",
        "mrp property mode \"ring open\"",
        "mrp publish 0x02 = 0.0",
        "mrp publish 0x04 [66:77:88:99:aa:bb]",
      ]),
    Sample(
      "safetynet_p", "a frame is recognised",
      [.request("0001 0000 0000", isStream: false), .request("0001 0000 0001", isStream: false)],
      ["safetynet_p property method \"real-time frame line\""]),
  ]
}
