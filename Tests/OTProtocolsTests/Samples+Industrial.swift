/// Modbus, S7, EtherNet/IP, DNP3 and IEC 60870-5-104: one short conversation for each shape of message.
extension Samples {
  static let industrial: [Sample] = modbus + isoTransport + s7comm + etherNetIP + dnp3 + iec104

  // MARK: MODBUS Application Protocol V1.1b3

  static let modbus = [
    Sample(
      "modbus", "a read names its registers, and the answer their values",
      [
        .request("0001 0000 0006 01 | 03 0010 0002  # section 6.3: 2 holding registers from 16"),
        .response("0001 0000 0007 01 | 03 04 0005 0009"),
      ],
      [
        "modbus request 3 [unit 1 holding registers 16-17]",
        "modbus response 3 [unit 1 holding registers 16-17] success = 5.0...9.0",
      ]),
    Sample(
      "modbus", "coils are read and written, one and several",
      [
        .request("0002 0000 0006 01 | 01 0000 000a  # section 6.1"),
        .response("0002 0000 0005 01 | 01 02 ff03"),
        .request("0003 0000 0006 01 | 05 0009 ff00  # section 6.5"),
        .response("0003 0000 0006 01 | 05 0009 ff00"),
        .request("0004 0000 0008 01 | 0f 0003 0002 01 01  # section 6.11"),
      ],
      [
        "modbus request 1 [unit 1 coils 0-9]", "modbus response 1 [unit 1 coils 0-9] success = 1.0",
        "modbus request 5 [unit 1 coil 9] = 1.0", "modbus response 5 [unit 1 coil 9] success",
        "modbus request 15 [unit 1 coils 3-4] = 0.0...1.0",
      ]),
    Sample(
      "modbus", "an exception is the failure of the function that was asked",
      [
        .request("0005 0000 000b 02 | 10 0000 0002 04 0001 ffff  # section 6.12"),
        .response("0005 0000 0003 02 | 90 02  # section 7: illegal data address"),
      ],
      [
        "modbus request 16 [unit 2 holding registers 0-1] = 1.0...65535.0",
        "modbus response 16 [unit 2 holding registers 0-1] failure(2)",
      ]),
    Sample(
      "modbus", "device identification names the device",
      [
        .request("0006 0000 0005 01 | 2b 0e 01 00  # section 6.21"),
        .response("0006 0000 0012 01 | 2b 0e 01 81 00 00 02 | 00 04 'Acme' | 02 02 'v2'"),
      ],
      [
        "modbus request 43 [unit 1]", "modbus response 43 [unit 1] success", "modbus sender vendor \"Acme\"",
        "modbus sender firmware_version \"v2\"",
      ]),
    Sample(
      "modbus", "frames of a serial line are known by their checksum",
      [
        .request("01 03 0000 0002 c40b  # could be a Modbus/TCP header as well"),
        .response("01 03 04 0007 0008 4a34"),
        .request("11 10 0001 0002 04 000a 0102 c6f0"),
        .response("11 10 0001 0002 1298", isStream: false),
        .response("01 83 02 c0f1"),
        .response("01 83 02 c0f2"),
      ],
      [
        "modbus property dialect \"RTU frames\"", "modbus request 3 [unit 1 holding registers 0-1]",
        "modbus response 3 [unit 1 holding registers 0-1] success = 7.0...8.0",
        "modbus request 16 [unit 17 holding registers 1-2] = 10.0...258.0",
        "modbus response 16 [unit 17 holding registers 1-2] success",
        "modbus response 3 [unit 1] failure(2)", "notThisProtocol at 0",
      ]),
    Sample(
      "modbus", "other functions name what they touch, over UDP as well",
      [
        .request("0007 0000 0002 01 | 11  # section 6.13: report server id", isStream: false),
        .response("0007 0000 000a 01 | 11 07 'ACME1' 00ff", isStream: false),
        .request("0008 0000 0006 01 | 08 0001 0000  # section 6.8: restart communications", isStream: false),
        .request("0009 0000 000c 01 | 14 09 06 0004 0001 0002 0000  # section 6.14: file 4, record 1", isStream: false),
        .request("000a 0000 0008 01 | 16 0004 00f2 0025  # section 6.16", isStream: false),
        .request("000b 0000 000d 01 | 17 0003 0006 000e 0001 02 00ff  # section 6.17", isStream: false),
        .request("000c 0000 0004 01 | 18 04de  # section 6.18", isStream: false),
      ],
      [
        "modbus request 17 [unit 1]", "modbus response 17 [unit 1] success", "modbus sender description \"ACME1\"",
        "modbus request 8 [unit 1]", "modbus request 20 [unit 1 file 4 record 1]",
        "modbus request 22 [unit 1 holding register 4]", "modbus request 23 [unit 1 holding register 14] = 255.0",
        "modbus request 24 [unit 1 fifo queue 1246]",
      ]),
    Sample(
      "modbus", "a request cut short keeps what was read",
      [.request("0001 0000 0004 01 | 03 0010")],
      ["modbus request 3 [unit 1]", "anomaly quantity truncated at 10"]),
  ]

  // MARK: RFC 1006, ISO/IEC 8073

  static let isoTransport = [
    Sample(
      "cotp", "a connection tells its selectors, rack and slot",
      [
        .request("0300 0016 | 11 e0 0000 0001 00 | c0 01 0a | c1 02 0100 | c2 02 0102  # section 13.3"),
        .response("0300 000b | 06 d0 0001 0002 00"),
        .response("0300 000b | 06 80 0001 0002 00  # section 13.5: disconnect"),
      ],
      [
        "cotp request 0xe0", "cotp property tsap \"0100\"", "cotp receiver property tsap \"0102\"",
        "cotp receiver property rack \"0/2\"", "cotp response 0xd0 success", "cotp response 0x80",
      ]),
    Sample(
      "cotp", "user data is handed on when its end has come",
      [
        .request("0300 0009 | 02 f0 00 | 3201  # section 13.7: more follows"),
        .request("0300 000a | 02 f0 80 | 010203"),
        .response("0300 0008 | 02 f0 80 | 32"),
      ],
      ["handOff isoTransport 5 bytes", "handOff isoTransport 1 bytes"]),
  ]

  // MARK: S7 communication

  static let s7comm = [
    Sample(
      "s7comm", "one variable is read with its value",
      [
        .request("32 01 0000 0001 000e 0000 | 04 01 | 12 0a 10 04 0001 0005 84 000020", isStream: false),
        .response("32 03 0000 0001 0002 0006 0000 | 04 01 | ff 04 0010 0102", isStream: false),
        .response("32 03 0000 0001 0002 0001 0000 | 04 01 | 0a", isStream: false),
      ],
      [
        "s7comm request 4 [DB5.DBW4]", "s7comm response 4 [DB5.DBW4] success = 258.0",
        "s7comm response 4 [DB5.DBW4] failure(10)",
      ]),
    Sample(
      "s7comm", "several variables are listed, for the answer as well",
      [
        .request(
          """
          32 01 0000 0002 001a 000d | 05 02
          12 0a 10 01 0001 0000 83 00001b   # M3.3
          12 0a 10 02 0004 0001 84 000000   # 4 octets of DB1
          00 03 0001 01                     # one bit
          00 04 0020 01020304
          """, isStream: false),
        .response("32 03 0000 0002 0002 0002 0000 | 05 02 | ff 05", isStream: false),
      ],
      [
        "s7comm request 5 [M3.3, DB1.DBB0 x 4]",
        "s7comm response 5 [M3.3, DB1.DBB0 x 4] failure(5)",
      ]),
    Sample(
      "s7comm", "a block is downloaded and activated, and the controller stopped",
      [
        .request(
          "32 01 0000 0003 0020 0000 | 1a 00 0000 00000000 09 '_0800001P' 0d '1000340000212'", isStream: false),
        .response("32 03 0000 0003 0001 0000 0000 | 1a", isStream: false),
        .response("32 01 0000 0001 0012 0000 | 1b 00 0000 00000000 09 '_0800001P'", isStream: false),
        .request("32 03 0000 0001 0002 0004 0000 | 1b 00 | 0001 00fb", isStream: false),
        .request("32 01 0000 0004 001a 0000 | 28 000000000000fd 000a 01 00 '0800001P' 05 '_INSE'", isStream: false),
        .request("32 01 0000 0005 0014 0000 | 28 000000000000fd 0000 09 'P_PROGRAM'", isStream: false),
        .request("32 01 0000 0006 0010 0000 | 29 0000000000 09 'P_PROGRAM'", isStream: false),
        .response("32 02 0000 0006 0000 0000 8104", isStream: false),
      ],
      [
        "s7comm file to server \"OB1\" 340 bytes", "s7comm request 26 [OB1]", "s7comm response 26 success",
        "s7comm request 27 [OB1]", "s7comm response 27 success", "s7comm request 40 [_INSE OB1]",
        "s7comm request 40 [P_PROGRAM]", "s7comm request 41 [P_PROGRAM]", "s7comm response rosctr2 failure(33028)",
      ]),
    Sample(
      "s7comm", "an upload keeps the name of its block",
      [
        .request("32 01 0000 0007 0012 0000 | 1d 00 0000 00000000 09 '_0A00007A'", isStream: false),
        .request("32 01 0000 0008 0008 0000 | 1e 00 0000 00000007", isStream: false),
        .request("32 01 0000 0009 0008 0000 | 1f 00 0000 00000007", isStream: false),
      ],
      [
        "s7comm file to client \"DB7\"", "s7comm request 29 [DB7]", "s7comm request 30 [DB7]",
        "s7comm request 31 [DB7]",
      ]),
    Sample(
      "s7comm", "a status list in two parts names the module",
      [
        .request("32 07 0000 000a 0008 0008 | 000112 04 11 44 01 00 | ff 09 0004 0011 0001", isStream: false),
        .response(
          """
          32 07 0000 000a 000c 0018 | 000112 08 12 84 01 01 00 01 0000  # another unit follows
          ff 09 0014 | 0011 0001 001c 0001 | 0001 '6ES7 315-2'
          """, isStream: false),
        .response(
          "32 07 0000 000a 000c 0014 | 000112 08 12 84 01 01 00 00 0000 | ff 09 0010 | 'EH14-0AB0 ' 00c0 0003 0001",
          isStream: false),
      ],
      [
        "s7comm request ud.4.1 [SZL 0x0011 index 0x0001]", "s7comm response ud.4.1 [SZL 0x0011 index 0x0001] success",
        "s7comm response ud.4.1 [SZL 0x0011 index 0x0001] success",
        "s7comm sender order_number \"6ES7 315-2EH14-0AB0\"", "s7comm sender hardware_version \"3\"",
      ]),
    Sample(
      "s7comm", "firmware, station, mode and protection come from their lists",
      [
        .response(
          """
          32 07 0000 000b 000c 0028 | 000112 08 12 84 01 01 00 00 0000
          ff 09 0024 | 0011 0007 001c 0001 | 0007 '                    ' 00c0 5603 0207
          """, isStream: false),
        .response(
          """
          32 07 0000 000c 000c 0026 | 000112 08 12 84 01 01 00 00 0000
          ff 09 0022 | 001c 0001 001a 0001 | 0001 'STS03' 00000000000000000000000000000000000000
          """, isStream: false),
        .response(
          """
          32 07 0000 000d 000c 0010 | 000112 08 12 84 01 01 00 00 0000
          ff 09 000c | 0424 0000 0004 0001 | 5144 ff08
          """, isStream: false),
        .response(
          """
          32 07 0000 000e 000c 0016 | 000112 08 12 84 01 01 00 00 0000
          ff 09 0012 | 0232 0004 000a 0001 | 0004 0001 0000 0003 0002
          """, isStream: false),
      ],
      [
        "s7comm response ud.4.1 [SZL 0x0011 index 0x0007] success", "s7comm sender firmware_version \"V3.2.7\"",
        "s7comm response ud.4.1 [SZL 0x001c index 0x0001] success", "s7comm sender station_name \"STS03\"",
        "s7comm response ud.4.1 [SZL 0x0424 index 0x0000] success", "s7comm property mode \"RUN\"",
        "s7comm response ud.4.1 [SZL 0x0232 index 0x0004] success",
        "s7comm property security_mode \"protection level 3, selector RUN-P\"",
      ]),
    Sample(
      "s7comm", "the lights and the network interface of a module have lists of their own",
      [
        .response(
          """
          32 07 0000 000b 000c 0014 | 000112 08 12 84 01 01 00 00 0000
          ff 09 0014 | 0074 0000 0004 0002 | 0004 01 00 0005 00 00
          """, isStream: false),
        .response(
          """
          32 07 0000 000c 000c 0020 | 000112 08 12 84 01 01 00 00 0000
          ff 09 001c | 0037 0000 0014 0001 | 07ff c0a80001 ffffff00 c0a80001 001b1b3434cb
          """, isStream: false),
      ],
      [
        "s7comm response ud.4.1 [SZL 0x0074 index 0x0000] success", "s7comm property mode \"RUN\"",
        "s7comm response ud.4.1 [SZL 0x0037 index 0x0000] success", "binding 192.168.0.1 00:1b:1b:34:34:cb other",
      ]),
    Sample(
      "s7comm", "a password is an exposed credential, a clock set is told, a stop is reported",
      [
        .request("32 07 0000 000f 0008 000c | 000112 04 11 45 01 00 | ff 09 0008 6464616164646161", isStream: false),
        .response("32 07 0000 000f 000c 0004 | 000112 08 12 85 01 01 00 00 d602 | 0a 00 0000", isStream: false),
        .request("32 07 0000 0010 0008 0004 | 000112 04 11 47 02 00 | ff 09 0000", isStream: false),
        .request("32 07 0000 0011 0008 000c | 000112 04 11 43 03 00 | ff 09 0008 '0A00007A'", isStream: false),
        .response("32 07 0000 0000 0008 0000 | 000112 04 11 00 00 00", isStream: false),
      ],
      [
        "s7comm credential protocol password \"\" unknown", "s7comm request ud.5.1",
        "s7comm response ud.5.1 failure(54786)", "s7comm request ud.7.2", "s7comm request ud.3.3 [DB7]",
        "s7comm response ud.0.0 success", "s7comm property mode \"STOP\"",
      ]),
  ]

  // MARK: IEC 60870-5-104

  static let iec104 = [
    Sample(
      "iec104", "transfer is started, and a measured value reported",
      [
        .request("68 04 07 00 00 00  # section 5.3: STARTDT act"),
        .response("68 04 0b 00 00 00"),
        .response("68 12 0000 0000 | 0d 01 03 00 0100 | 000100 0000c03f 00  # 1.5, spontaneous"),
        .request("68 04 01 00 02 00  # S format"),
      ],
      ["iec104 property mode \"STARTDT\"", "iec104 response 13 [station 1 object 256] success = 1.5"]),
    Sample(
      "iec104", "a command is executed, then refused; two data units share a segment",
      [
        .request("68 0e 0000 0000 | 2d 01 06 00 0300 | 050000 01"),
        .response(
          """
          68 0e 0000 0200 | 2d 01 07 00 0300 | 050000 01
          68 0e 0200 0200 | 2d 01 4a 00 0300 | 050000 01  # termination, negative
          """),
        .request("68 0e 0200 0000 | 2d 01 06 00 0300 | 050000 81  # select"),
      ],
      [
        "iec104 request 45 [station 3 object 5] = 1.0", "iec104 response 45 [station 3 object 5] success = 1.0",
        "iec104 response 45 [station 3 object 5] failure(10) = 1.0", "iec104 request 45 [station 3 object 5] = 1.0",
      ]),
    Sample(
      "iec104", "a sequence of points has a range of objects and values",
      [
        .response("68 10 0000 0000 | 01 83 14 00 0100 | 0a0000 00 01 00"),
        .request("68 14 0000 0000 | 67 01 06 00 0100 | 000000 00000000000000  # clock"),
      ],
      [
        "iec104 response 1 [station 1 objects 10-12] success = 0.0...1.0",
        "iec104 request 103 [station 1 object 0]",
      ]),
    Sample(
      "iec104", "an ASDU shorter than its objects is read as far as it goes",
      [.response("68 10 0000 0000 | 0d 03 14 00 0100 | 0a0000 00 01 00")],
      [
        "iec104 response 13 [station 1 object 10 and 2 more] success",
        "anomaly number of objects inconsistent at 7",
      ]),
  ]
}
