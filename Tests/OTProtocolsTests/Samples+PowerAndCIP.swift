extension Samples {
  // MARK: IEEE 1815-2012

  static let dnp3 = [
    Sample(
      "dnp3", "a control relay output is operated and refused",
      [
        .request(
          """
          0564 1a c4 0a00 0100 8a1c              # link header: 26 octets, from master 1 to outstation 10
          c0 | c1 05 | 0c01 28 0100 | 0300 03 01 6400 0000 f3b9
          6400 0000 00 005b
          """),
        .response(
          """
          0564 1c 44 0100 0a00 7636
          c0 | c1 81 0000 | 0c01 28 0100 | 0300 03 01 6400 da8b
          0000 6400 0000 04 7882                 # status 4: not supported
          """),
      ],
      [
        "dnp3 request 5 [station 10 g12v1 3] = 3.0", "dnp3 response 129 [station 10 g12v1 3] failure(1024) = 3.0",
      ]),
    Sample(
      "dnp3", "segments become one unsolicited response",
      [
        .response("0564 0e 44 0100 0a00 0068 | 40 | e1 82 0000 0202 28 01 039f", isStream: false),
        .response("0564 10 44 0100 0a00 c4e1 | 81 | 00 0700 81 010203040506 521f", isStream: false),
      ],
      ["dnp3 response 130 [station 10 g2v2 7] success"]),
    Sample(
      "dnp3", "link frames alone tell nothing, and a restart, a clock and a read are told",
      [
        .request(
          """
          0564 05 c9 0a00 0100 feda
          0564 08 c4 0a00 0100 fc42 | c0 c3 0d 3736
          0564 12 c4 0a00 0100 5686 | c0 c4 02 3201 07 01 000102030405 a3bc
          0564 11 c4 0a00 0100 0615 | c0 c5 01 3c02 06 3c03 06 3c04 06 287c
          """)
      ],
      [
        "dnp3 request 13 [station 10]", "dnp3 request 2 [station 10 g50v1]",
        "dnp3 request 1 [station 10 g60v2, g60v3, g60v4]",
      ]),
    Sample(
      "dnp3", "an attribute names the maker, and a file its name",
      [
        .response("0564 14 44 0100 0a00 aaac | c0 c2 81 0000 00fc 00 00 00 01 03 'ACM' 48fb"),
        .request(
          """
          0564 2d c4 0a00 0100 f74b
          c0 c6 19 4603 5b 01 1f00 | 1a00 0500 000000 ef9d
          000000 ff01 00000000 64000000 0200 00 90a8    # mode 2: write 100 octets
          04 0100 'a.cfg' c4da
          """),
      ],
      [
        "dnp3 sender vendor \"ACM\"", "dnp3 response 129 [station 10 g0v252] success",
        "dnp3 file to server \"a.cfg\" 100 bytes", "dnp3 request 25 [station 10 g70v3]",
      ]),
    Sample(
      "dnp3", "a block with a wrong CRC ends the fragment",
      [.request("0564 08 c4 0a00 0100 fc42 | c0 c3 0d 3737")],
      ["anomaly data block CRC invalid at 15"]),
  ]

  // MARK: CIP Networks Library

  static let etherNetIP = [
    Sample(
      "enip", "an identity is listed",
      [
        .request("6300 0000 00000000 00000000 0000000000000000 00000000", isStream: false),
        .response(
          """
          6300 3000 00000000 00000000 0000000000000000 00000000
          0100 | 0c00 2a00 | 0100 0002af120a0101a40000000000000000  # version, socket address
          0100 0c00 3a00 0403 3000 8e4d5200 08 'ENBT/A  ' 03
          """, isStream: false),
      ],
      [
        "enip request 0x0063", "enip response 0x0063 success", "enip sender vendor_id \"1\"",
        "enip sender device_type \"12\"",
        "enip sender product_code \"58\"", "enip sender firmware_version \"4.3\"",
        "enip sender serial_number \"0x00524d8e\"", "enip sender product_name \"ENBT/A\"",
      ]),
    Sample(
      "cip", "an unconnected send is answered by the message it carried",
      [
        .request(
          """
          6f00 2600 01000000 00000000 0000000000000001 00000000
          00000000 0000 0200 | 0000 0000 | b200 1600
          52 02 20062401 05f7 0800           # to the connection manager
          0e 03 200124013007 | 01 00 0100    # get attribute 7 of the identity object, through port 1
          """),
        .response(
          """
          6f00 1a00 01000000 00000000 0000000000000001 00000000
          00000000 0000 0200 | 0000 0000 | b200 0a00
          8e 00 00 00 | 05 'L61/B'
          """),
      ],
      [
        "enip request 0x006f", "cip request 0x52/0x06 [class 0x06 instance 1]",
        "cip request 0x0e/0x01 [class 0x01 instance 1 attribute 7]", "enip response 0x006f success",
        "cip sender product_name \"L61/B\"",
        "cip response 0x0e/* [class 0x01 instance 1 attribute 7] success",
      ]),
    Sample(
      "cip", "the network interface tells its name, a safety connection what it is",
      [
        .request(
          """
          6f00 1800 01000000 00000000 0000000000000001 00000000
          00000000 0000 0200 | 0000 0000 | b200 0800 | 0e 03 20f524013006
          """),
        .response(
          """
          6f00 1b00 01000000 00000000 0000000000000001 00000000
          00000000 0000 0200 | 0000 0000 | b200 0b00 | 8e 00 00 00 | 0500 'RTG07'
          """),
        .request(
          """
          6f00 4000 01000000 00000000 0000000000000002 00000000
          00000000 0000 0200 | 0000 0000 | b200 3000
          54 02 20062401 | 07 f9 00000000 00000000 0000 0000 00000000 00 000000 00000000 0000 00000000 0000 03
          03 | 50 01 0000 2004  # safety network segment, assembly
          """),
      ],
      [
        "enip request 0x006f", "cip request 0x0e/0xf5 [class 0xf5 instance 1 attribute 6]",
        "enip response 0x006f success", "cip sender hostname \"RTG07\"",
        "cip response 0x0e/0xf5 [class 0xf5 instance 1 attribute 6] success", "enip request 0x006f",
        "cip property mode \"CIP Safety connection\"", "cip request 0x54/* [class 0x06 instance 1]",
      ]),
    Sample(
      "cip", "each service of a packet of several is told, tags by their name",
      [
        .request(
          """
          7000 3800 01000000 00000000 0000000000000000 00000000
          00000000 0000 0200 | a100 0400 01000000 | b100 2400 0700
          0a 02 20022401 | 0200 0600 1000
          4c 03 91 03 'Pos' 00 0100
          4d 02 91 02 'Sp' c300 0100 fbff
          """),
        .response(
          """
          7000 2c00 01000000 00000000 0000000000000000 00000000
          00000000 0000 0200 | a100 0400 02000000 | b100 1800 0700
          8a 00 00 00 | 0200 0600 0e00
          cc 00 00 00 c300 2a00
          cd 00 0f 00
          """),
      ],
      [
        "enip request 0x0070", "cip request 0x0a/0x02 [class 0x02 instance 1]", "cip request 0x4c/0x02 [Pos]",
        "cip request 0x4d/0x02 [Sp] = -5.0", "enip response 0x0070 success",
        "cip response 0x0a/0x02 [class 0x02 instance 1] success", "cip response 0x4c/0x02 [Pos] success = 42.0",
        "cip response 0x4d/0x02 [Sp] failure(15)",
      ]),
    Sample(
      "cip", "a connection is opened, used and closed",
      [
        .request(
          """
          6f00 4200 01000000 00000000 0000000000000002 00000000
          00000000 0000 0200 | 0000 0000 | b200 3200
          54 02 20062401 05f7 00000000 01000000 0200 4c54 c0a8002e 02 000000
          80841e00 f443 80841e00 f443 a3 04 0100 20022401 2c01
          """),
        .response(
          """
          6f00 2e00 01000000 00000000 0000000000000002 00000000
          00000000 0000 0200 | 0000 0000 | b200 1e00
          d4 00 00 00 41119400 01000000 0200 4c54 c0a8002e 80841e00 80841e00 0000
          """),
        .request(
          """
          7000 1c00 01000000 00000000 0000000000000000 00000000
          00000000 0000 0200 | a100 0400 41119400 | b100 0800 0100 07 02 208e2401   # stop the controller
          """),
        .request(
          """
          6f00 2800 01000000 00000000 0000000000000003 00000000
          00000000 0000 0200 | 0000 0000 | b200 1800
          4e 02 20062401 05f7 0200 4c54 c0a8002e 03 00 0100 20022401
          """),
      ],
      [
        "enip request 0x006f", "cip request 0x54/* [class 0x06 instance 1]", "enip response 0x006f success",
        "cip response 0x54/* [class 0x06 instance 1] success", "enip request 0x0070",
        "cip request 0x07/* [class 0x8e instance 1]", "enip request 0x006f",
        "cip request 0x4e/* [class 0x06 instance 1]",
      ]),
    Sample(
      "cip", "connections opened before count for themselves; each answer is of the request with its count",
      [
        .request(
          """
          7000 1e00 07000000 00000000 0000000000000000 00000000
          00000000 0000 | 0200 a100 0400 01000000 b100 0a00 a886 0e03208e24013001
          """),
        .request(
          """
          7000 1e00 07000000 00000000 0000000000000000 00000000
          00000000 0000 | 0200 a100 0400 02000000 b100 0a00 a852 0e0320ac24013001
          """),
        .response(
          """
          7000 1c00 07000000 00000000 0000000000000000 00000000
          00000000 0000 | 0200 a100 0400 03000000 b100 0800 a886 8e000000ff00
          """),
        .response(
          """
          7000 1c00 07000000 00000000 0000000000000000 00000000
          00000000 0000 | 0200 a100 0400 04000000 b100 0800 a852 8e000000ee00
          """),
      ],
      [
        "enip request 0x0070", "cip request 0x0e/0x8e [class 0x8e instance 1 attribute 1]", "enip request 0x0070",
        "cip request 0x0e/0xac [class 0xac instance 1 attribute 1]", "enip response 0x0070 success",
        "cip response 0x0e/0x8e [class 0x8e instance 1 attribute 1] success", "enip response 0x0070 success",
        "cip response 0x0e/0xac [class 0xac instance 1 attribute 1] success",
      ]),
    Sample(
      "cip", "a PCCC command travels in CIP",
      [
        .request(
          """
          6f00 2200 01000000 00000000 0000000000000004 00000000
          00000000 0000 0200 | 0000 0000 | b200 1200
          4b 02 20672401 | 07 4d00 01000000 | 0f 00 0100 80   # change mode
          """)
      ],
      ["enip request 0x006f", "cip request 0x4b/0x67 [class 0x67 instance 1]"]),
    // 1770-6.5.16 chapter 8: STS f0 has EXT STS 0b, access denied, behind the transaction number; STS 10, illegal command.
    Sample(
      "cip", "CIP carries a PCCC command well, which itself is refused",
      [
        .request(
          """
          6f00 2200 01000000 00000000 0000000000000004 00000000
          00000000 0000 0200 | 0000 0000 | b200 1200
          4b 02 20672401 | 07 4d00 01000000 | 0f 00 0100 80
          """),
        .response(
          """
          6f00 2000 01000000 00000000 0000000000000004 00000000
          00000000 0000 0200 | 0000 0000 | b200 1000
          cb 00 00 00 | 07 4d00 01000000 | 4f f0 0100 0b
          """),
        .response(
          """
          6f00 1f00 01000000 00000000 0000000000000004 00000000
          00000000 0000 0200 | 0000 0000 | b200 0f00
          cb 00 00 00 | 07 4d00 01000000 | 4f 10 0200
          """),
        .response(
          """
          6f00 1f00 01000000 00000000 0000000000000004 00000000
          00000000 0000 0200 | 0000 0000 | b200 0f00
          cb 00 00 00 | 07 4d00 01000000 | 4f 00 0300
          """),
      ],
      [
        "enip request 0x006f", "cip request 0x4b/0x67 [class 0x67 instance 1]", "enip response 0x006f success",
        "cip response 0x4b/0x67 [class 0x67 instance 1] failure(721136)", "enip response 0x006f success",
        "cip response 0x4b/0x67 [class 0x67 instance 1] failure(16)", "enip response 0x006f success",
        "cip response 0x4b/0x67 [class 0x67 instance 1] success",
      ]),
    Sample(
      "cipio", "cyclic data is published on its connection",
      [.request("0200 | 0280 0800 787b3a00 01000000 | b100 0400 01000000", isStream: false)],
      ["cipio publish io [connection 0x003a7b78]"]),
  ]
}
