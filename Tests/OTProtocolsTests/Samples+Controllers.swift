/// OPC UA, MMS, S7comm-plus, UMAS, ADS, FINS, SLMP, MELSOFT and GE SRTP: one short conversation for each shape of
/// message.
extension Samples {
  static let controllers: [Sample] =
    opcua + opcuaIdentity + mms + s7commPlus + umas + ads + fins + slmp + melsoft + geSRTP

  private static func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }

  // MARK: OPC 10000-6 sections 6.7 and 7.1

  private static let opcuaRequestHeader = "0000 | 0000000000000000 01000000 00000000 ffffffff e8030000 0000 00"
  private static let opcuaResponseHeader = "0000000000000000 01000000 00000000 00 00000000 0000 00"

  static let opcua = [
    Sample(
      "opcua", "a channel is opened without security, a variable written and a method called",
      [
        .request("'HELF' 28000000 00000000 00000100 00000100 00000000 00000000 08000000 'opc.tcp:'"),
        .response("'ACKF' 1c000000 00000000 00000100 00000100 00000000 00000000"),
        .request(
          """
          'OPNF' 5b000000 00000000 06000000 'p#None' ffffffff ffffffff 01000000 01000000
          0100be01 \(opcuaRequestHeader)  # 446, open secure channel
          00000000 00000000 01000000 ffffffff 00000000
          """),
        .request(
          """
          'MSGF' 4f000000 01000000 01000000 02000000 02000000 0100a102 \(opcuaRequestHeader)
          01000000 | 01 01 0500 0d000000 ffffffff | 01 06 2a000000
          """),
        .response(
          """
          'MSGF' 34000000 01000000 01000000 02000000 02000000 0100a402
          0000000000000000 01000000 00001f80 00 00000000 0000 00
          """),
        .request(
          """
          'MSGF' 4f000000 01000000 01000000 03000000 03000000 0100c802 \(opcuaRequestHeader)
          01000000 | 0001 | 03 0100 05000000 'start' | ffffffff
          """),
      ],
      [
        "opcua receiver endpoint \"opc.tcp:\"", "opcua property security_policy \"None\"",
        "opcua property security_mode \"none\"", "opcua request 446", "opcua request 673 [ns=1;i=5] = 42.0",
        "opcua response 676 failure(2149515264)", "opcua request 712 [ns=1;s=start]",
      ]),
    Sample(
      "opcua", "a message in two chunks is one operation",
      [
        .request("'MSGC' 1c000000 01000000 01000000 02000000 02000000 01007702"),
        .request(
          """
          'MSGF' 45000000 01000000 01000000 03000000 02000000
          \(opcuaRequestHeader) 0000000000000000 00000000 ffffffff
          """),
      ],
      ["opcua request 631"]),
    Sample(
      "opcua", "what is encrypted is not read",
      [
        .request(
          """
          'OPNF' 3c000000 00000000 10000000 'u#Basic256Sha256' ffffffff ffffffff
          8a1c5d7700112233445566778899aabbccddeeff
          """),
        .request("'MSGF' 24000000 01000000 01000000 8a1c5d77 00112233 44556677 8899aabb ccddeeff"),
      ],
      ["opcua property security_policy \"Basic256Sha256\""]),
  ]

  static let opcuaIdentity = [
    Sample(
      "opcua", "a session tells the applications of both ends and the account",
      [
        .request(
          """
          'MSGF' 7c000000 01000000 01000000 02000000 02000000 0100cd01 \(opcuaRequestHeader)
          05000000 'urn:c' 05000000 'urn:p' 02 03000000 'HMI' 01000000 ffffffff ffffffff 00000000
          ffffffff 05000000 'opc:s' ffffffff ffffffff ffffffff
          """),
        .response(
          """
          'MSGF' af000000 01000000 01000000 02000000 02000000 0100d001 \(opcuaResponseHeader)
          0001 0002 0000000000000000 ffffffff ffffffff
          01000000 | 05000000 'opc:s' 05000000 'urn:s' 05000000 'urn:q' 02 03000000 'PLC' 00000000 ffffffff ffffffff
          00000000 ffffffff 01000000 06000000 'p#None' 01000000 | 01000000 '0' 00000000 ffffffff ffffffff ffffffff
          ffffffff 00
          """),
        .request(
          """
          'MSGF' 75000000 01000000 01000000 03000000 03000000 0100d301 \(opcuaRequestHeader)
          ffffffff ffffffff 00000000 00000000 | 01004401 01 1b000000
          01000000 '1' 04000000 'user' 06000000 'secret' ffffffff | ffffffff ffffffff
          """),
        .response("'MSGF' 34000000 01000000 01000000 03000000 03000000 0100d601 \(opcuaResponseHeader)"),
      ],
      [
        "opcua sender application \"urn:c\"", "opcua sender other \"urn:p\"", "opcua sender name \"HMI\"",
        "opcua receiver endpoint \"opc:s\"", "opcua request 461", "opcua sender endpoint \"opc:s\"",
        "opcua sender application \"urn:s\"", "opcua sender other \"urn:q\"", "opcua sender name \"PLC\"",
        "opcua property security_mode \"none\"", "opcua property security_policy \"None\"",
        "opcua property authentication \"anonymous\"", "opcua response 464 success", "opcua sender user_name \"user\"",
        "opcua credential clear text \"user\" well-known default", "opcua request 467",
        "opcua credential clear text \"user\" well-known default accepted", "opcua response 470 success",
      ]),
    Sample(
      "opcua", "an anonymous session is no authentication",
      [
        .request(
          """
          'MSGF' 5f000000 01000000 01000000 03000000 03000000 0100d301 \(opcuaRequestHeader)
          ffffffff ffffffff 00000000 00000000 | 01004101 01 05000000 01000000 '1' | ffffffff ffffffff
          """),
        .response("'MSGF' 34000000 01000000 01000000 03000000 03000000 0100d601 \(opcuaResponseHeader)"),
      ],
      [
        "opcua property authentication \"anonymous\"", "opcua request 467",
        "opcua credential no authentication \"\" empty accepted", "opcua response 470 success",
      ]),
    Sample(
      "opcua", "a read of the server's status tells its build",
      [
        .request(
          """
          'MSGF' 5b000000 01000000 01000000 04000000 04000000 01007702 \(opcuaRequestHeader)
          0000000000000000 00000000 01000000 | 0100d708 0d000000 ffffffff 0000 ffffffff
          """),
        .response(
          """
          'MSGF' 42000000 01000000 01000000 04000000 04000000 01007a02 \(opcuaResponseHeader)
          01000000 | 01 0c 04000000 'Acme'
          """),
        .response(
          """
          'MSGF' 75000000 01000000 01000000 05000000 05000000 01007a02 \(opcuaResponseHeader)
          01000000 | 01 16 01006003 01 32000000
          0000000000000000 0000000000000000 00000000 02000000 'pu' 02000000 'mn' 02000000 'pn' 02000000 'sv' ffffffff
          0000
          """),
      ],
      [
        "opcua request 631 [ns=0;i=2263]", "opcua sender vendor \"Acme\"", "opcua response 634 success",
        "opcua sender other \"pu\"", "opcua sender vendor \"mn\"", "opcua sender product_name \"pn\"",
        "opcua sender software_version \"sv\"", "opcua response 634 success",
      ]),
  ]

  // MARK: ISO 9506-2 behind ISO 8327-1 and ISO 8823-1

  private static let mmsData = "01000100 61"

  static let mms = [
    Sample(
      "mms", "an association is made with a password, and the device says who it is",
      [
        .request(
          """
          0d 44 | c1 42  # CONNECT, user data
          31 40 a0 03 800101 a2 39
          a4 11 30 0f 020103 0605 28ca220201 300306 0151  # presentation context 3 is MMS
          61 24 30 22 020101 a0 1d | 60 1b  # AARQ
          ac 06 80 04 '1234'
          be 11 28 0f 020103 a0 0a a8 08 800300fde8 81010a
          """, isStream: false),
        .response(
          """
          0e 23 | c1 21  # ACCEPT
          31 1f a2 1d 61 1b 30 19 020101 a0 14 | 61 12  # AARE
          a2 03 020100
          be 0b 28 09 020103 a0 04 a9 02 8000
          """, isStream: false),
        .request("\(mmsData) 0e 30 0c 020103 a0 07 | a0 05 020101 8200", isStream: false),
        .response(
          "\(mmsData) 1f 30 1d 020103 a0 18 | a1 16 020101 a2 11 8004 'Acme' 8104 'IED1' 8203 '1.0'", isStream: false),
      ],
      [
        "mms credential clear text \"\" well-known default", "mms request initiate",
        "mms credential clear text \"\" well-known default accepted", "mms response initiate success", "mms request 2",
        "mms sender vendor \"Acme\"", "mms sender product_name \"IED1\"", "mms sender firmware_version \"1.0\"",
        "mms response 2 success",
      ]),
    Sample(
      "mms", "domains are listed, a variable read and refused, a breaker operated, a report sent",
      [
        .request("\(mmsData) 19 30 17 020103 a0 12 | a0 10 020102 a1 0b a003 800109 a104 8002 'xx'", isStream: false),
        .response("\(mmsData) 1a 30 18 020103 a0 13 | a1 11 020102 a1 0c a007 1a05 'IEDCT' 8101 00", isStream: false),
        .request(
          "\(mmsData) 29 30 27 020103 a0 22 | a0 20 020103 a4 1b a119 a017 3015 a013 a111 1a05 'IEDCT' 1a08 'Q0$ST$Po'",
          isStream: false),
        .response("\(mmsData) 13 30 11 020103 a0 0c | a1 0a 020103 a4 05 a103 80010a", isStream: false),
        .request(
          """
          \(mmsData) 2c 30 2a 020103 a0 25 | a0 23 020104 a5 1e a017 3015 a013 a111 1a05 'IEDCT' 1a08 'Q0$CO$Po'
          a003 830101
          """, isStream: false),
        .response("\(mmsData) 10 30 0e 020103 a0 09 | a1 07 020104 a5 02 8100", isStream: false),
        .response("\(mmsData) 15 30 13 020103 a0 0e | a2 0c 800103 a207 a005 870102 0000", isStream: false),
        .response("\(mmsData) 16 30 14 020103 a0 0f | a3 0d a00b a105 8003 'RPT' a002 8000", isStream: false),
      ],
      [
        "mms request 1", "mms sender object_name \"IEDCT\"", "mms response 1 success",
        "mms receiver object_name \"IEDCT\"", "mms request 4 [IEDCT/Q0$ST$Po]", "mms response 4 failure(10)",
        "mms request 5 [IEDCT/Q0$CO$Po]", "mms response 5 success", "mms response 4 failure(1794)",
        "mms response unconf0 [RPT]",
      ]),
    // GetNamedVariableListAttributes-Response, ISO 9506-2 section 14.10: 80 deletable, a1 the variables, each 30 { a0 name },
    // a name a1 { 1a domain 1a item } or 80 of the whole device.
    Sample(
      "mms", "what a list of variables is made of names the domains of the one who answers",
      [
        .request("\(mmsData) 14 30 12 020103 a0 0d | a0 0b 020107 ac 06 a004 8002 'DS'", isStream: false),
        .response(
          """
          \(mmsData) 2a 30 28 020103 a0 23 | a1 21 020107 ac 1c 800101 a1 17
          30 0d a00b a109 1a04 'TIE1' 1a01 'V' | 3006 a004 8002 'TP'
          """, isStream: false),
      ],
      ["mms request 12 [DS]", "mms sender object_name \"TIE1\"", "mms response 12 success"]),
    Sample(
      "mms", "a message without session and presentation is read where one began so",
      [
        .request("a8 0a 800300fde8 810301020a", isStream: false),
        .request("a0 05 020105 8200", isStream: false),
      ],
      [
        "mms request initiate", "mms request 2",
      ]),
  ]

  // MARK: S7comm-plus

  static let s7commPlus = [
    Sample(
      "s7comm_plus", "a session names client and controller",
      [
        .request(
          """
          72 01 002b | 31 0000 04ca 0000 0001 00000120 36 0000011d 0004 0000000000
          a3822a 00 15 06 'PC_042' a3822b 00 04 01  # name of the client
          72 01 0000
          """, isStream: false),
        .response(
          """
          72 01 002c | 32 0000 04ca 0000 0001 36 00 | a3823f 00 15 1a '1;6ES7 511-1AK00-0AB0;V1.0' 00
          72 01 0000
          """, isStream: false),
      ],
      [
        "s7comm_plus property protocol_version \"1\"", "s7comm_plus request v1.0x04ca",
        "s7comm_plus sender client_id \"PC_042\"", "s7comm_plus response v1.0x04ca success",
        "s7comm_plus sender order_number \"6ES7 511-1AK00-0AB0\"", "s7comm_plus sender firmware_version \"V1.0\"",
      ]),
    Sample(
      "s7comm_plus", "a controller is stopped, with authentication code; a system event is told",
      [
        .request(
          """
          72 03 003f | 20 0000000000000000000000000000000000000000000000000000000000000000
          31 0000 04f2 0000 0009 00000392 34 00000034 01 9077 0008 01 000000000000
          72 03 0000
          """, isStream: false),
        .response(
          """
          72 03 002f | 20 0000000000000000000000000000000000000000000000000000000000000000
          32 0000 04f2 0000 0009 34 0000 0000
          72 03 0000
          """, isStream: false),
        .response("72 fe 0010 0000000000ffa0840000000000000000", isStream: false),
      ],
      [
        "s7comm_plus property protocol_version \"3\"",
        "s7comm_plus property signing \"message authentication code\"", "s7comm_plus request v3.0x04f2",
        "s7comm_plus response v3.0x04f2 success", "s7comm_plus response v254.keepalive",
      ]),
    // Attribute 1842 of the session: 1 may do everything. 304 is the proof of the password, which is refused with -107.
    Sample(
      "s7comm_plus", "a session may do everything, then proves a password and is refused",
      [
        .request(
          "72 02 0023 | 31 0000 0586 0000 0008 00000392 34 | 00000392 20 04 01 8e32 | 0000 04e8 8969 0012 0000 0000 | 7202 0000",
          isStream: false),
        .response("72 02 0014 | 32 0000 0586 0000 0008 34 00 00 | 00 04 01 0d 0000 0000 | 7202 0000", isStream: false),
        .request(
          "72 02 0021 | 31 0000 04f2 0000 0009 00000392 34 | 00000392 01 8230 10 02 02 aabb 000004 00 000000 | 7202 0000",
          isStream: false),
        .response(
          "72 02 0018 | 32 0000 04f2 0000 0009 34 | d381b2c080a5dbff95 00000000 00 | 7202 0000", isStream: false),
      ],
      [
        "s7comm_plus property protocol_version \"2\"", "s7comm_plus request v2.0x0586",
        "s7comm_plus response v2.0x0586 success",
        "s7comm_plus property security_mode \"full access without login\"", "s7comm_plus request v2.0x04f2",
        "s7comm_plus credential challenge-response \"\" unknown", "s7comm_plus response v2.0x04f2 failure(107)",
        "s7comm_plus credential challenge-response \"\" unknown refused",
      ]),
    Sample(
      "s7comm_plus", "after encryption was started nothing more is read",
      [
        .request("72 01 0016 | 31 0000 05b3 0000 0001 00000120 36 00000000 00000000 | 72 01 0000", isStream: false),
        .request("17 0303 0008 8a1c5d7700112233", isStream: false),
        .response("17 0303 0008 8a1c5d7700112233", isStream: false),
      ],
      [
        "s7comm_plus property protocol_version \"1\"", "s7comm_plus request v1.0x05b3", "s7comm_plus request tls",
        "s7comm_plus property encryption \"TLS\"", "s7comm_plus response tls",
      ]),
    // The module's I&M0 in a blob (00 14, root 00, 3c octets): block 0020, length 0038, version 0100, vendor 002a.
    Sample(
      "s7comm_plus", "an answer holds the order number, serial number and versions of the controller",
      [
        .response(
          """
          72 02 0052 | 32 0000 0586 0000 0002 34 00 | a3 8169 00 14 00 3c 0020 0038 0100 002a
          '6ES7 215-1AG40-0XB0 ' 'S V-L8BT7803    ' 000a 56 040301 0000 0000 0000 0001 0000
          72 02 0000
          """, isStream: false)
      ],
      [
        "s7comm_plus property protocol_version \"2\"", "s7comm_plus response v2.0x0586 success",
        "s7comm_plus sender vendor_id \"0x002a\"", "s7comm_plus sender order_number \"6ES7 215-1AG40-0XB0\"",
        "s7comm_plus sender serial_number \"S V-L8BT7803\"", "s7comm_plus sender hardware_version \"10\"",
        "s7comm_plus sender firmware_version \"V4.3.1\"",
      ]),
    Sample(
      "s7comm_plus", "a long message goes on without opcode until its trailer; a notification is told",
      [
        .response("72 02 000f | 32 0000 04bb 0000 0002 34 00 00000000", isStream: false),
        .response(
          "72 02 0028 | a38169 00 15 0a 'PLCProgram' 000015 14 '6ES7 215-1AG40-0XB0 ' 7202 0000", isStream: false),
        .response("72 02 0008 | 33 00000401 000000 | 7202 0000", isStream: false),
      ],
      [
        "s7comm_plus property protocol_version \"2\"",
        "s7comm_plus response v2.0x04bb success", "s7comm_plus response v2.fragment",
        "s7comm_plus sender object_name \"PLCProgram\"", "s7comm_plus sender order_number \"6ES7 215-1AG40-0XB0\"",
        "s7comm_plus response v2.ntf",
      ]),
    // The struct with which a client takes up a session has the controller of its project, whose firmware may be older than
    // what the controller says of itself; what is loaded has the type of the CPU (attribute 2256, a3 9150) and an I&M0.
    Sample(
      "s7comm_plus", "what a client says of a controller is its project's",
      [
        .request(
          """
          72 02 003c | 31 0000 0542 0000 0002 00000384 34 00000384 0102 82328231 01
          82 3f 00 15 1a '1;6ES7 215-1AG40-0XB0;V4.2' 00000000 | 72 02 0000
          """, isStream: false),
        .request(
          """
          72 02 0063 | 31 0000 04ca 0000 0003 00000384 34 00 | a39150 00 14 00 0a 'CPU 1215C '
          a3a012 00 14 00 3c 0020 0038 0100 002a '6ES7 215-1AG40-0XB0 ' '                ' 0000 56 040200
          0000 0000 0000 0001 0000 | 72 02 0000
          """, isStream: false),
      ],
      [
        "s7comm_plus property protocol_version \"2\"", "s7comm_plus request v2.0x0542",
        "s7comm_plus receiver order_number \"6ES7 215-1AG40-0XB0\"",
        "s7comm_plus sender project_device \"6ES7 215-1AG40-0XB0 V4.2\"", "s7comm_plus request v2.0x04ca",
        "s7comm_plus sender project_device \"CPU 1215C\"", "s7comm_plus sender project_device \"6ES7 215-1AG40-0XB0\"",
      ]),
  ]

  // MARK: UMAS in Modbus function 90

  static let umas = [
    Sample(
      "umas", "the controller tells its name, a computer reserves it, stops it and reads a program",
      [
        .request("0001 0000 0004 00 | 5a 00 02"),
        .response(
          "0001 0000 0025 00 | 5a 00 fe 10ff 5a010100 0000 7002 0000 2700 0900 0800 0000 0000 0a 'BMX P34 20'"),
        .request("0002 0000 000c 00 | 5a 00 10 434c0000 03 'ES1'"),
        .response("0002 0000 0005 00 | 5a 00 fe 01"),
        .request("0003 0000 0006 00 | 5a 01 41 ff00"),
        .response("0003 0000 0006 00 | 5a 01 fd 8083"),
        .request("0004 0000 0008 00 | 5a 01 33 0001 fb00"),
        .request("0005 0000 0008 00 | 5a 01 34 0001 0100"),
        .response("0005 0000 0010 00 | 5a 01 fe 0000 'Watchdog' 00 01"),
      ],
      [
        "modbus request 90 [unit 0]", "umas request 0x02", "modbus response 90 [unit 0] success",
        "umas response 0xfe success", "umas sender product_name \"BMX P34 20\"",
        "umas sender firmware_version \"2.70\"", "modbus request 90 [unit 0]", "umas request 0x10",
        "umas sender hostname \"ES1\"", "modbus response 90 [unit 0] success", "umas response 0xfe success",
        "modbus request 90 [unit 0]", "umas request 0x41", "modbus response 90 [unit 0] success",
        "umas response 0xfd failure(128)", "modbus request 90 [unit 0]", "umas request 0x33",
        "umas file to client \"program\"", "modbus request 90 [unit 0]", "umas request 0x34",
        "modbus response 90 [unit 0] success", "umas response 0xfe success", "umas sender other \"Watchdog\"",
      ]),
    Sample(
      "umas", "inside a signed message stands another one, and so it is answered",
      [
        .request(
          """
          0003 0000 0028 00 | 5a 01 38 01 0000000000000000000000000000000000000000000000000000000000000000
          5a 01 02
          """),
        .response(
          """
          0003 0000 0049 00 | 5a 01 fe 01 0000000000000000000000000000000000000000000000000000000000000000
          5a 01 fe 10ff 5a010100 0000 7002 0000 2700 0900 0800 0000 0000 0a 'BMX P34 20'
          """),
      ],
      [
        "modbus request 90 [unit 0]", "umas property signing \"signed messages\"", "umas request 0x38",
        "modbus response 90 [unit 0] success", "umas response 0xfe success", "umas sender product_name \"BMX P34 20\"",
        "umas sender firmware_version \"2.70\"",
      ]),
  ]

  // MARK: Beckhoff AMS/ADS

  static let ads = [
    Sample(
      "ads", "a device is asked for its state and name, and switched to configuration",
      [
        .request(
          "0000 20000000 | 050d75600101 1027 c0a801630101 8001 0100 0400 00000000 00000000 01000000"),
        .response(
          """
          0000 38000000 | c0a801630101 8001 050d75600101 1027 0100 0500 18000000 00000000 01000000
          00000000 02 0b 3708 'PLC Server' 000000000000
          """),
        .request(
          "0000 28000000 | 050d75600101 1027 c0a801630101 8001 0500 0400 08000000 00000000 02000000 0f00 0000 00000000"),
        .request(
          """
          0000 2c000000 | 050d75600101 5303 c0a801630101 8001 0200 0400 0c000000 00000000 03000000
          20400000 04000000 02000000
          """),
        .response("0000 24000000 | c0a801630101 8001 050d75600101 5303 0200 0500 04000000 00000000 03000000 02070000"),
      ],
      [
        "ads sender address \"192.168.1.99.1.1\"", "ads receiver address \"5.13.117.96.1.1\"",
        "ads request 1 [port 10000]", "ads sender address \"5.13.117.96.1.1\"",
        "ads receiver address \"192.168.1.99.1.1\"", "ads response 1 [port 10000] success",
        "ads sender application \"PLC Server 2.11.2103\"", "ads request 5 [port 10000 state config]",
        "ads request 2 [port 851 group 0x4020 offset 0x4]",
        "ads response 2 [port 851 group 0x4020 offset 0x4] failure(1794)",
      ]),
    Sample(
      "ads_discovery", "a system tells its name and version, a route is added with an account",
      [
        .request("03661471 00000000 01000000 c0a801630101 1027 00000000", isStream: false),
        .response(
          """
          03661471 00000000 01000080 050d75600101 1027 02000000
          0500 0600 'CX_01' 00 | 0300 0400 02 0b 3708
          """, isStream: false),
        .request(
          """
          03661471 00000000 06000000 c0a801630101 1027 03000000
          0c00 0300 'ES' 00 | 0d00 0300 'me' 00 | 0200 0200 '1' 00
          """, isStream: false),
        .response("03661471 00000000 06000080 050d75600101 1027 01000000 0100 0400 00000000", isStream: false),
      ],
      [
        "ads_discovery sender address \"192.168.1.99.1.1\"", "ads_discovery request 1",
        "ads_discovery sender address \"5.13.117.96.1.1\"",
        "ads_discovery sender hostname \"CX_01\"", "ads_discovery sender software_version \"2.11.2103\"",
        "ads_discovery response 1 success", "ads_discovery credential clear text \"me\" well-known default",
        "ads_discovery request 6 [ES]", "ads_discovery credential clear text \"me\" well-known default accepted",
        "ads_discovery response 6 success",
      ]),
  ]

  // MARK: Omron FINS

  static let fins = [
    Sample(
      "fins", "memory is read and written over UDP, an error is an end code",
      [
        .request("80 00 02 00 01 00 00 fb 00 19 | 0101 82 0064 00 0002", isStream: false),
        .response("c0 00 02 00 fb 00 00 01 00 19 | 0101 0000 00010002", isStream: false),
        .request("80 00 02 00 01 00 00 fb 00 1a | 0102 30 000a 03 0001 01", isStream: false),
        .response("c0 00 02 00 fb 00 00 01 00 1a | 0102 2002", isStream: false),
        .request("80 00 02 00 01 00 00 fb 00 1b | 0401 ffff 04", isStream: false),
      ],
      [
        "fins request 0x0101 [D100 x 2]", "fins response 0x0101 [D100 x 2] success", "fins request 0x0102 [CIO10.3]",
        "fins response 0x0102 [CIO10.3] failure(8194)", "fins request 0x0401 [network 0 node 1 unit 0]",
      ]),
    Sample(
      "fins", "the controller tells model and version over TCP",
      [
        .request("'FINS' 0000000c 00000000 00000000 00000000  # node address"),
        .request("'FINS' 00000015 00000002 00000000 | 80 00 02 00 01 00 00 fb 00 01 | 0501 00"),
        .response(
          """
          'FINS' 00000042 00000002 00000000 | c0 00 02 00 fb 00 00 01 00 01 | 0501 0000
          'CP1L-EL20DR-D       ' '01.00' 000000000000000000000000000000 00000000
          """),
      ],
      [
        "fins request 0x0501 [network 0 node 1 unit 0]", "fins response 0x0501 [network 0 node 1 unit 0] success",
        "fins sender product_name \"CP1L-EL20DR-D\"", "fins sender firmware_version \"01.00\"",
      ]),
  ]

  // MARK: SLMP, SH-080956ENG

  static let slmp = [
    Sample(
      "slmp", "registers are read in frame 3E, and the CPU stopped",
      [
        .request("5000 00 ff ff03 00 0c00 1000 | 0104 0000 64 00 00 a8 0300"),
        .response("d000 00 ff ff03 00 0800 0000 | 0100 0200 0300"),
        .request("5000 00 ff ff03 00 0800 1000 | 0210 0000 0100"),
        .response("d000 00 ff ff03 00 0200 51c0"),
      ],
      [
        "slmp request 0x0401 [D100 x 3]", "slmp response 0x0401 [D100 x 3] success", "slmp request 0x1002",
        "slmp response 0x1002 failure(49233)",
      ]),
    Sample(
      "slmp", "the type name is read in frame 4E, a password unlocks",
      [
        .request("5400 0700 0000 00 ff ff03 00 0600 1000 | 0101 0000"),
        .response("d400 0700 0000 00 ff ff03 00 1400 0000 | 'Q03UDECPU       ' 6802"),
        .request("5400 0800 0000 00 ff ff03 00 0c00 1000 | 3016 0000 0400 '1234'"),
        .response("d400 0800 0000 00 ff ff03 00 0200 0000"),
      ],
      [
        "slmp request 0x0101", "slmp response 0x0101 success", "slmp sender product_name \"Q03UDECPU\"",
        "slmp request 0x1630", "slmp credential clear text \"\" well-known default", "slmp response 0x1630 success",
        "slmp credential clear text \"\" well-known default accepted",
      ]),
    Sample(
      "slmp", "frames in ASCII are read as well",
      [
        .request("'500000FF03FF00' '0018' '0010' '14010000' 'D*000100' '0001'"),
        .response("'D00000FF03FF00' '0004' '0000'"),
      ],
      [
        "slmp request 0x1401 [D100]", "slmp response 0x1401 [D100] success",
      ]),
    Sample(
      "slmp", "random devices are told by the first, written words by their range",
      [
        // pymcprotocol 0.3.0 made the requests, the second for a controller of the iQ-R series (subcommand bit 1).
        .request("5000 00 ff ff03 00 1400 1000 | 0304 0000 | 02 01 | 010000 a8 | 020000 a8 | 640000 a8"),
        .request("5000 00 ff ff03 00 1200 1000 | 0114 0200 | e8030000 a800 0200 | 0100 ffff"),
        .request("'500000FF03FF00' '0022' '0010' '14020001' '02' 'X*0000A0' '01' 'M*000101' '00'"),
      ],
      [
        "slmp request 0x0403 [D1 and 2 more]", "slmp request 0x1401 [D1000 x 2] = 1.0...65535.0",
        "slmp request 0x1402 [XA0 and 1 more]",
      ]),
  ]

  // MARK: MELSOFT

  static let melsoft = [
    Sample(
      "melsoft", "the CPU tells its type name",
      [
        .request(
          """
          57 00 0000 00 111107 0000 ffff030000fe030000 1400
          1c080a080000000000000004 0101 01 00000000 01
          """),
        .response(
          """
          d7 00 1300 00 111107 0000 00e40300ffff030000 2700
          9c000c080000000006040000 0000 0101 01 00000000 'Q03UDECPU       ' 6802
          """),
      ],
      [
        "melsoft request 0x0101", "melsoft response 0x0101 success", "melsoft sender product_name \"Q03UDECPU\"",
      ]),
    Sample(
      "melsoft", "a connection is opened, a controller stopped and its user not let in (iQ-R, longer headers)",
      [
        .request("5a 0000 ff"),
        .response("da 0000 ff 0000 0000"),
        .request(
          """
          57 01 0000 00 111107 0000 ffff030000fe030000 2000
          1c0a1614 0000000000000000 0000000000000000 00000000 1002 0900 0000 0100
          """),
        .response(
          """
          d7 01 0000 00 11117f 0000 00a80300ffff030000 2000
          9c0a1814 0000 0000000000000000 0000000000000000 00000000 1002 0900 0000
          """),
        .request(
          """
          57 01 0100 00 111107 0000 ffff030000fe030000 2000
          1c0a1614 0000000000000000 0000000000000000 00000000 0131 0a00 0200 4100
          """),
        .response(
          """
          d7 00 0100 00 111107 0000 00a80300ffff030000 2000
          9c0a1814 0844 0000000000000000 0000000000000000 00000000 0131 0a00 0000
          """),
      ],
      [
        "melsoft request 0x1002", "melsoft response 0x1002 success", "melsoft request 0x0131",
        "melsoft sender user_name \"A\"", "melsoft response 0x0131 failure(17416)",
      ]),
    // A token of 16 octets and a hash of 32 prove the password; a user of a list has 40 octets of name, 32 of hash, a level.
    Sample(
      "melsoft", "a user logs in and reads who is registered (iQ-R)",
      [
        .request(
          """
          57 01 0100 00 111107 0000 ffff030000fe030000 2200
          1c0a1614 0000000000000000 0000000000000000 00000000 0131 0a00 0400 6700 7200
          """),
        .response(
          """
          d7 00 0100 00 111107 0000 00a80300ffff030000 3000
          9c0a1814 0000 0000000000000000 0000000000000000 00000000 0131 0a00 1000 \(zeros(16))
          """),
        .request(
          """
          57 01 0200 00 111107 0000 ffff030000fe030000 4e00
          1c0a1614 0000000000000000 0000000000000000 00000000 0132 0b00 3000 \(zeros(48))
          """),
        .response(
          """
          d7 00 0200 00 111107 0000 00a80300ffff030000 2000
          9c0a1814 0000 0000000000000000 0000000000000000 00000000 0132 0b00 0000
          """),
        .response(
          """
          d7 00 0300 00 111107 0000 00a80300ffff030000 6a00
          9c0a1814 0000 0000000000000000 0000000000000000 00000000 0134 0c00 4a00
          6100 6400 6d00 \(zeros(34)) \(zeros(32)) 0001
          """),
      ],
      [
        "melsoft request 0x0131", "melsoft sender user_name \"gr\"", "melsoft response 0x0131 success",
        "melsoft request 0x0132", "melsoft credential challenge-response \"gr\" unknown",
        "melsoft response 0x0132 success", "melsoft credential challenge-response \"gr\" unknown accepted",
        "melsoft response 0x0134 success", "melsoft sender known_account \"adm\"",
      ]),
    Sample(
      "melsoft", "a panel writes a bit over UDP",
      [
        .request(
          """
          57 00 0000 00 111107 0000 ffff03000000000000 2200
          1c000a08 0000000000000000 1402 2d00 00000001000090000a000000000000000100
          """, isStream: false, serverPort: 5006)
      ],
      ["melsoft request 0x1402"]),
  ]

  // MARK: GE SRTP

  static let geSRTP = [
    Sample(
      "ge_srtp", "registers are read and written, and the controller refuses",
      [
        .request(
          """
          02 00 be00 0000 0000 | 0001000000000000 0001000000000000 0000000000 00 b8 c0
          00000000 100e0000 0101 | 04 08 6300 0200 000000ffff00ffff
          """),
        .response(
          """
          03 00 be00 0400 0000 | 0000000000000000 0001000000000000 2158110000 00 b8 94
          100e0000 00340000 0101 | 0400a08104000101ff02330000 00 | 01000200
          """),
        .request(
          """
          02 00 bf00 0000 0000 | 0001000000000000 0001000000000000 0000000000 00 b9 c0
          00000000 100e0000 0101 | 23 01 0000 0000 000000ffff00ffff
          """),
        .response(
          """
          03 00 bf00 0000 0000 | 0000000000000000 0001000000000000 2158110000 00 b9 d1
          100e0000 34000001 0101 | 05f9 00000000000000000000 0000
          """),
      ],
      [
        "ge_srtp request svc0x04 [%R100 x 2]", "ge_srtp property mode \"run\"",
        "ge_srtp property security_mode \"privilege level 2\"",
        "ge_srtp response type3 [%R100 x 2] success", "ge_srtp request svc0x23",
        "ge_srtp response type3 failure(1529)",
      ])
  ]
}
