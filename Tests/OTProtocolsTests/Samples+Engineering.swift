/// Remote calls and makers' engineering protocols. Clauses are those of the specification that the dissector names.
extension Samples {
  static let engineering: [Sample] = remoteCalls + codesys + makers

  private static func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }

  // MARK: C706 chapter 12

  private static let remoteCalls: [Sample] = [
    Sample(
      "dcerpc", "an OPC client binds and writes, and is refused",
      [
        .request(
          """
          05 00 0b 03 10000000 4800 0000 01000000 # 12.6.4.3: bind, little-endian, 72 octets
          d016 d016 00000000 | 01 000000 | 0000 01 00 # one context with one transfer syntax
          523ac139 1e01 d011 9675 0020afd8adb3 00000000 # IOPCSyncIO
          045d888a eb1c c911 9fe8 08002b104860 02000000 # NDR
          """),
        .response("05 00 0c 03 10000000 1800 0000 01000000 d016 d016 00000000"),
        .request("05 00 00 03 10000000 1c00 0000 02000000 | 04000000 0000 0400 | 00000000 # operation 4"),
        .response("05 00 03 03 10000000 2000 0000 02000000 | 00000000 0000 00 00 | 05000000 00000000 # fault"),
      ],
      [
        "dcerpc request bind",
        "opcda request IOPCSyncIO [interface 39c13a52-011e-11d0-9675-0020afd8adb3]",
        "dcerpc response bind success",
        "dcerpc request IOPCSyncIO.op4 [interface 39c13a52-011e-11d0-9675-0020afd8adb3]",
        "dcerpc response IOPCSyncIO.op4 [interface 39c13a52-011e-11d0-9675-0020afd8adb3] failure(5)",
      ]),
    Sample(
      "dcerpc", "a login in a verifier is told without its response",
      [
        .request(
          """
          05 00 10 03 10000000 6800 4c00 03000000 00000000 # auth3 with 76 octets of verifier
          0a 05 00 00 00000000 # NTLM, integrity
          'NTLMSSP' 00 03000000
          0000 0000 40000000 | 0000 0000 40000000 | 0000 0000 40000000 # responses and domain
          0600 0600 40000000 | 0600 0600 46000000 | 0000 0000 4c000000 | 00000000 # user and host
          'crane7' 'crane7'
          """)
      ],
      [
        "dcerpc sender user_name \"crane7\"", "dcerpc sender hostname \"crane7\"",
        "dcerpc property authentication \"LM\"",
        "dcerpc credential NTLM challenge-response \"crane7\" unknown",
      ]),
    Sample(
      "dcerpc", "a connectionless call names its interface itself",
      [
        .request(
          """
          04 00 08 00 100000 00 \(zeros(16)) # 12.5.3.1: request, little-endian, no object
          0883afe1 1f5d c911 91a4 08002b14a0fa # epmapper
          \(zeros(16)) 00000000 03000000 00000000 0200 ffff ffff 0000 0000 00 00
          """, isStream: false)
      ],
      ["dcerpc request epmapper.op2 [interface e1af8308-5d1f-11c9-91a4-08002b14a0fa]"]),
    Sample(
      "pn_io_cm", "a record that identifies a device is read",
      [
        .request(
          """
          04 00 20 00 000000 00 # request, big-endian
          dea00000 6c97 11d1 8271 0001 0301 002a # object: instance 1, device 0x0301, vendor 0x002a
          dea00001 6c97 11d1 8271 00a02442df7d # IO device interface
          \(zeros(16)) 00000000 00000001 00000000 0002 ffff ffff 0054 0000 00 00
          00001000 00000040 00001000 00000000 00000040 # bounds of the arguments
          0009 003c 0100 0001 \(zeros(16)) 00000000 0000 0001 0000 aff0 00001000 \(zeros(24))
          """, isStream: false),
        .response(
          """
          04 02 20 00 100000 00 # response, little-endian
          0000a0de 976c d111 8271 0001 0301 002a | 0100a0de 976c d111 8271 00a02442df7d
          \(zeros(16)) 00000000 01000000 00000000 0200 ffff ffff 9000 0000 00 00
          00000000 7c000000 00100000 00000000 7c000000
          8009 003c 0100 0001 \(zeros(16)) 00000000 0000 0001 0000 aff0 0000003c \(zeros(24))
          0020 0038 0100 002a '6ES7 151-3BA23-0AB0 ' 'S C-C2UM1234    ' 0003 'V' 070002 \(zeros(10)) # I&M0
          """, isStream: false),
      ],
      [
        "pn_io_cm receiver vendor_id \"0x002a\"", "pn_io_cm receiver device_id \"0x0301\"",
        "pn_io_cm request op2 [slot 0/1 record 0xaff0 (I&M0)]",
        "pn_io_cm sender vendor_id \"0x002a\"", "pn_io_cm sender order_number \"6ES7 151-3BA23-0AB0\"",
        "pn_io_cm sender serial_number \"S C-C2UM1234\"", "pn_io_cm sender hardware_version \"3\"",
        "pn_io_cm sender firmware_version \"V7.0.2\"",
        "pn_io_cm response op2 [slot 0/1 record 0xaff0 (I&M0)] success",
      ]),
    Sample(
      "pn_io_cm", "a controller that connects gives its station name",
      [
        .request(
          """
          04 00 20 00 000000 00 | \(zeros(16)) | dea00001 6c97 11d1 8271 00a02442df7d
          \(zeros(16)) 00000000 00000001 00000000 0000 ffff ffff 0051 0000 00 00
          00001000 0000003d 00001000 00000000 0000003d
          0101 0039 0100 0001 \(zeros(16)) 0001 001b1b000001 \(zeros(16)) 00000011 0258 8892 0003 'plc'
          """, isStream: false)
      ],
      ["pn_io_cm sender station_name \"plc\"", "pn_io_cm request op0"]),
    Sample(
      "pn_io_cm", "a place is written into a device, and the parameters are at their end",
      [
        .request(
          """
          04 00 20 00 000000 00 | \(zeros(16)) | dea00001 6c97 11d1 8271 00a02442df7d
          \(zeros(16)) 00000000 00000001 00000000 0003 ffff ffff 0090 0000 00 00
          00001000 0000007c 00001000 00000000 0000007c
          0008 003c 0100 0001 \(zeros(16)) 00000000 0000 0001 0000 aff1 0000003c \(zeros(24))
          0021 0038 0100 'hoist                           ' 'crane 7               ' # I&M1
          """, isStream: false),
        .request(
          """
          04 00 20 00 000000 00 | \(zeros(16)) | dea00001 6c97 11d1 8271 00a02442df7d
          \(zeros(16)) 00000000 00000001 00000000 0004 ffff ffff 0034 0000 00 00
          00001000 00000020 00001000 00000000 00000020
          0110 001c 0100 0000 \(zeros(16)) 0001 0000 0001 0000 # end of parameters
          """, isStream: false),
      ],
      [
        "pn_io_cm receiver plant_identification \"hoist\"", "pn_io_cm receiver location \"crane 7\"",
        "pn_io_cm request op3 [slot 0/1 record 0xaff1 (I&M1 function and location)]", "pn_io_cm request op4",
      ]),
  ]

  // MARK: Kaspersky ICS CERT 2019

  private static let codesys: [Sample] = [
    Sample(
      "codesys_v3", "a controller's names are told in answer to a broadcast",
      [
        .request("c5 0b 40 03 00 10 0014", isStream: false),
        .response(
          """
          c5 0b 40 04 00 11 0014 0010 0000 # header of 3 words, addresses of 1 word each, padding
          80c2 0004 00000000 # identification
          5000 4c00 4300 3100 0000 | 5000 4600 4300 0000 | 5700 4100 4700 4f00 0000
          """, isStream: false),
      ],
      [
        "codesys_v3 request blk", "codesys_v3 sender hostname \"PLC1\"", "codesys_v3 sender product_name \"PFC\"",
        "codesys_v3 sender vendor \"WAGO\"", "codesys_v3 response blk",
      ]),
    // Tag 81: user (10), password (11); tag 82: result (20). Number and length may have more octets than they need.
    Sample(
      "codesys_v3", "a user logs in, stops the program by the shell and reads a file; another one names nobody",
      [
        .request(
          """
          000117e8 57000000 | c5 0b 40 40 00 11 0014 0010 0000 | 01 81 0100 01000000 00000000 2f000000 00000000
          55cd 1000 0100 0200 11000000 1b000000 00000000 | 22 04 01000000 8101 12 10 06 'admin' 00 11 08 aabbccddaabbccdd
          """),
        .response(
          """
          000117e8 49000000 | c5 0b 40 40 00 11 0014 0010 0000 | 01 81 0100 01000000 00000000 21000000 00000000
          55cd 1000 8100 0200 11000000 0d000000 00000000 | 8201 0a 20 02 0000 21 04 78563412
          """),
        .request(
          """
          000117e8 50000000 | c5 0b 40 40 00 11 0014 0010 0000 | 01 81 0100 01000000 00000000 28000000 00000000
          55cd 1000 1100 0100 11000000 14000000 00000000 | 11 84 80 00 78563412 10 0a 'stopprg' 000000
          """),
        .response(
          """
          000117e8 4b000000 | c5 0b 40 40 00 11 0014 0010 0000 | 01 81 0100 01000000 00000000 23000000 00000000
          55cd 1000 8200 1400 11000000 0f000000 00000000 | 8201 0c 13 0a 0000 02000000 01100000
          """),
        .response(
          """
          000117e8 49000000 | c5 0b 40 40 00 11 0014 0010 0000 | 01 81 0100 01000000 00000000 21000000 00000000
          55cd 1000 8200 1800 11000000 0d000000 00000000 | 8101 0a 03 08 'Crane7' 0000
          """),
        .request(
          """
          000117e8 58000000 | c5 0b 40 40 00 11 0014 0010 0000 | 01 81 0100 01000000 00000000 30000000 00000000
          55cd 1000 0800 0500 11000000 1c000000 00000000 | 01 10 'Application.app' 00 02 08 0000000000000000
          """),
        .request(
          """
          000117e8 47000000 | c5 0b 40 40 00 11 0014 0010 0000 | 01 81 0100 01000000 00000000 1f000000 00000000
          55cd 1000 0100 0200 11000000 0b000000 00000000 | 22 02 0100 8101 04 10 02 0000
          """),
        .response(
          """
          000117e8 43000000 | c5 0b 40 40 00 11 0014 0010 0000 | 01 81 0100 01000000 00000000 1b000000 00000000
          55cd 1000 8100 0200 11000000 07000000 00000000 | 8201 04 20 02 1900
          """),
      ],
      [
        "codesys_v3 sender user_name \"admin\"", "codesys_v3 credential challenge-response \"admin\" unknown",
        "codesys_v3 request blk", "codesys_v3 credential challenge-response \"admin\" unknown accepted",
        "codesys_v3 response blk success", "codesys_v3 request blk [stopprg]", "codesys_v3 property mode \"stop\"",
        "codesys_v3 response blk", "codesys_v3 sender application \"Crane7\"", "codesys_v3 response blk",
        "codesys_v3 file to client \"Application.app\"", "codesys_v3 request blk [Application.app]",
        "codesys_v3 credential no authentication \"\" empty", "codesys_v3 request blk",
        "codesys_v3 credential no authentication \"\" empty refused", "codesys_v3 response blk failure(25)",
      ]),
    // Rapid7 2023, node information of version 4.00.
    Sample(
      "codesys_v3", "a controller tells its version, serial number and that it asks for encryption",
      [
        .response(
          """
          c5 0b 40 04 00 11 0014 0010 0000
          80c2 0004 00000000 | 0400 01 00 0000 0400 0300 0400 # channels, byte order, lengths of three names
          00100000 04120610 00040f05 03000000 | 05 00 05 00 00000000 00000000
          5000 4c00 4300 3100 0000 | 5000 4600 4300 0000 | 5700 4100 4700 4f00 0000 | '0438F'
          """, isStream: false)
      ],
      [
        "codesys_v3 sender hostname \"PLC1\"", "codesys_v3 sender product_name \"PFC\"",
        "codesys_v3 sender vendor \"WAGO\"", "codesys_v3 sender firmware_version \"5.15.4.0\"",
        "codesys_v3 sender serial_number \"0438F\"", "codesys_v3 property encryption \"required\"",
        "codesys_v3 response blk",
      ]),
    // The product's name is empty in the first one and no text in the second; what stands behind it is where it was.
    Sample(
      "codesys_v3", "a name that says nothing does not move the others",
      [
        .response(
          """
          c5 0b 40 04 00 11 0014 0010 0000
          80c2 0004 00000000 | 0400 01 00 0000 0400 0000 0400
          00100000 04120610 00040f05 00000000 | 05 00 05 00 00000000 00000000
          5000 4c00 4300 3100 0000 | 0000 | 5700 4100 4700 4f00 0000 | '0438F'
          """, isStream: false),
        .response(
          """
          c5 0b 40 04 00 11 0014 0010 0000
          80c2 0004 00000000 | 0400 01 00 0000 0400 0300 0400
          00100000 04120610 00000000 00000000 | 05 00 05 00 00000000 00000000
          5000 4c00 4300 3100 0000 | 4600 0500 4300 0000 | 5700 4100 4700 4f00 0000 | '0438G'
          """, isStream: false),
      ],
      [
        "codesys_v3 sender hostname \"PLC1\"", "codesys_v3 sender vendor \"WAGO\"",
        "codesys_v3 sender firmware_version \"5.15.4.0\"", "codesys_v3 sender serial_number \"0438F\"",
        "codesys_v3 response blk",
        "codesys_v3 sender hostname \"PLC1\"", "codesys_v3 sender vendor \"WAGO\"",
        "codesys_v3 sender serial_number \"0438G\"", "codesys_v3 response blk",
      ]),
    // Makers add commands, and what stands behind one may be a password.
    Sample(
      "codesys_v3", "of a command of the shell that nobody knows its name is told",
      [
        .request(
          """
          000117e8 50000000 | c5 0b 40 40 00 11 0014 0010 0000 | 01 81 0100 01000000 00000000 28000000 00000000
          55cd 1000 1100 0100 11000000 14000000 00000000 | 11 84 80 00 78563412 10 0a 'setpwd abc'
          """)
      ],
      ["codesys_v3 request blk [setpwd]"]),
    Sample(
      "codesys_v3", "an application is stopped over TCP",
      [
        .request(
          """
          000117e8 30000000 # block driver, 48 octets
          c5 0b 40 40 00 11 0014 0010 0000
          01 81 0100 01000000 00000000 10000000 00000000 # block of a channel
          55cd 1000 0200 1100 # to the application: stop
          """)
      ],
      ["codesys_v3 request blk"]),
  ]

  // MARK: makers' own

  private static let makers: [Sample] = [
    // com.tridium.fox.session: user, method of the challenge, proofs, welcome.
    Sample(
      "fox", "a workbench logs in",
      [
        .request("'fox a 2 -1 fox username' 0a '{' 0a 'username=s:gate' 0a '};;' 0a"),
        .response("'fox a 1 -1 fox challenge' 0a '{' 0a 'method=s:digest' 0a '};;' 0a"),
        .request("'fox a 3 -1 fox authMessage1' 0a '{' 0a 'authHandshake1=s:abc' 0a '};;' 0a"),
        .response("'fox a 2 -1 fox welcome' 0a '{' 0a '};;' 0a"),
        .request("'fox s 4 0 sys ping' 0a '{' 0a '};;' 0a"),
        .response("'fox n 3 0 sys ping' 0a '{' 0a '};;' 0a"),
      ],
      [
        "fox request fox username", "fox sender user_name \"gate\"",
        "fox credential challenge-response \"gate\" unknown", "fox response fox challenge",
        "fox property authentication \"digest\"", "fox request fox authmessage1", "fox response fox welcome",
        "fox credential challenge-response \"gate\" unknown accepted", "fox request sys ping",
        "fox response sys ping success",
      ]),
    Sample(
      "fox", "a workbench greets a station and is rejected",
      [
        .request(
          """
          'fox a 1 -1 fox hello' 0a '{' 0a 'hostName=s:crane-7' 0a 'app.version=s:3.7.44' 0a 'id=i:1' 0a '};;' 0a
          """),
        .response("'fox a 1 -1 fox rejected' 0a '{' 0a '};;' 0a"),
      ],
      [
        "fox request fox hello", "fox sender hostname \"crane-7\"", "fox sender software_version \"3.7.44\"",
        "fox response fox rejected",
      ]),
    Sample(
      "fox", "a question is answered, another one fails; a field has what ends a message",
      [
        .request("'fox s 2 -1 station read' 0a '{' 0a 'query=s:a};;b;;' 0a '};;' 0a"),
        .response("'fox r 3 2 station read' 0a '{' 0a '};;' 0a 'fox e 4 2 station write' 0a '{' 0a '};;' 0a"),
      ],
      ["fox request station read", "fox response station read success", "fox response station write failure(0)"]),
    Sample(
      "pcworx", "a controller tells its type",
      [
        .request("0106 000e 000c ac66 0000004c0400"),
        .response(
          """
          8106 00b0 000c 0001 00000000 0002 0000 004c 00000000 0098 8295 004a 0000
          'ILC 191 ETH 2TX' \(zeros(21)) '4.42' \(zeros(9)) '11/26/15' \(zeros(4)) '18:46:55' \(zeros(53))
          '2700976' \(zeros(17))
          """),
      ],
      [
        "pcworx request 0x0106", "pcworx response 0x8106", "pcworx sender product_name \"ILC 191 ETH 2TX\"",
        "pcworx sender firmware_version \"4.42\"", "pcworx sender other \"11/26/15\"",
        "pcworx sender other \"18:46:55\"",
        "pcworx sender order_number \"2700976\"",
      ]),
    Sample(
      "crimson", "a panel tells its maker",
      [.request("0004 012b 1b00"), .response("0016 012b 0300 'Red Lion Controls' 00")],
      ["crimson request 0x012b1b00", "crimson response 0x012b0300", "crimson sender vendor \"Red Lion Controls\""]),
    Sample(
      "tristation", "a safety controller is halted",
      [
        .request("01 00 0000 abcd", isStream: false),
        .request("05 00 0800 0001 15 01 0000 0000 abcd", isStream: false),
        .response("05 00 0800 0100 6e 01 0000 0000 abcd", isStream: false),
        .response("05 00 0800 0100 d4 01 0000 0000 abcd", isStream: false),
      ],
      [
        "tristation request type1", "tristation request cmd21", "tristation response cmd110 success",
        "tristation response cmd212 failure(212)",
      ]),
    // Direction, connection, function, number, 0, sum, length; data; CRC-16. Version 10.4; key 1, state 1; project at 80.
    Sample(
      "tristation", "a controller says what it is, that its key stands open, and refuses a program",
      [
        .request("05000a00 00000d01 0000 2200 0a00 c09c", isStream: false),
        .response("05001000 01006a01 0000 d000 1000 0300330a0400 49fb", isStream: false),
        .request("05000a00 00001302 0000 2900 0a00 7138", isStream: false),
        .response(
          """
          05005600 01006c02 0000 cc02 5600 | 0001 00 00 0d 00 01 01 01 \(zeros(57)) 'CRANE7' 00000000 | b910
          """, isStream: false),
        .request(
          "05002400 00003b03 0000 2602 2400 | \(zeros(10)) 'CRANE7' 00000000 000000000000 | e930", isStream: false),
        .response("05000a00 0100d403 0000 ec00 0a00 4147", isStream: false),
        .request("04 00 0000 abcd", isStream: false),
        .response("03 00 0000 abcd", isStream: false),
      ],
      [
        "tristation request cmd13", "tristation response cmd106 success", "tristation sender vendor \"Triconex\"",
        "tristation sender product_name \"Tricon main processor 3008\"",
        "tristation sender firmware_version \"10.4\"", "tristation request cmd19",
        "tristation response cmd108 success", "tristation property mode \"halted\"",
        "tristation property mode \"key switch: program\"", "tristation sender application \"CRANE7\"",
        "tristation file to server \"CRANE7\"", "tristation request cmd59 [CRANE7]",
        "tristation response cmd212 failure(212)", "tristation request type4", "tristation response type3 success",
      ]),
  ]
}
