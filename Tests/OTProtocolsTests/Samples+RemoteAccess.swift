extension Samples {
  static let remoteAccess = ssh + telnet + ftp + vnc + rdp

  /// RFC 4253 sections 4.2 and 7.1.
  private static let ssh = [
    Sample(
      "ssh", "a server may greet with lines of its own",
      [.response("'Welcome to crane 7' 0d0a 'SSH-2.0-dropbear_2019.78' 0d0a  # RFC 4253 section 4.2")],
      [
        "ssh response 0", "ssh sender banner \"SSH-2.0-dropbear_2019.78\"",
        "ssh property protocol_version \"2.0\"", "ssh sender software_version \"dropbear_2019.78\"",
      ]),
    Sample(
      "ssh", "identification and offered algorithms are told, what follows is skipped",
      [
        .response("'SSH-2.0-dropbear_2016.74 old' 0d0a"),
        .request("'SSH-2.0-PuTTY_Release_0.70' 0d0a"),
        .request(
          """
          0000003b 04 14 000102030405060708090a0b0c0d0e0f   # packet, padding, KEXINIT, cookie
          00000003 'dh1' 00000007 'ssh-dss' 00000003 'rc4'
          00000000 00000000                                 # lists that are not told, cut short
          00000000 00000000
          """),
        .request("00000006 04 15 00000000 'encrypted from here'"),
      ],
      [
        "ssh response 0",
        "ssh sender banner \"SSH-2.0-dropbear_2016.74 old\"",
        "ssh property protocol_version \"2.0\"",
        "ssh sender software_version \"dropbear_2016.74\"",
        "ssh request 0",
        "ssh sender banner \"SSH-2.0-PuTTY_Release_0.70\"",
        "ssh property protocol_version \"2.0\"",
        "ssh sender software_version \"PuTTY_Release_0.70\"",
        "ssh request 20",
        "ssh property key_exchange \"dh1\"",
        "ssh property host_key \"ssh-dss\"",
        "ssh property cipher_suite \"rc4\"",
        "ssh request 21",
        "skip the rest",
      ]),
    Sample(
      "ssh", "a server that speaks either version, and a client that asks for the older one",
      [.response("'SSH-1.99-Cisco-1.25' 0d0a"), .request("'SSH-1.5-Old_3.1' 0d0a")],
      [
        "ssh response 0",
        "ssh sender banner \"SSH-1.99-Cisco-1.25\"",
        "ssh property protocol_version \"1.99\"",
        "ssh sender software_version \"Cisco-1.25\"",
        "ssh request 0",
        "ssh sender banner \"SSH-1.5-Old_3.1\"",
        "ssh property protocol_version \"1.5\"",
        "ssh property weakness \"version 1 of the protocol\"",
        "ssh sender software_version \"Old_3.1\"",
      ]),
    Sample(
      "ssh", "of what both ends know the client's first choice is used, and told where it is weak",
      [
        .response("'SSH-1.99-Cisco-1.25' 0d0a"),
        .request(
          """
          0000005b 04 14 000102030405060708090a0b0c0d0e0f
          0000001a 'diffie-hellman-group1-sha1' 00000007 'ssh-rsa' 00000008 'aes-3des' 00000000
          00000008 'hmac-md5' 00000000
          """),
        .response(
          """
          00000060 04 14 000102030405060708090a0b0c0d0e0f
          0000001f 'dh14,diffie-hellman-group1-sha1' 00000007 'ssh-rsa' 00000003 'aes' 00000000
          0000000d 'hmac-md5,sha1' 00000000
          """),
      ],
      [
        "ssh response 0",
        "ssh sender banner \"SSH-1.99-Cisco-1.25\"",
        "ssh property protocol_version \"1.99\"",
        "ssh sender software_version \"Cisco-1.25\"",
        "ssh request 20",
        "ssh property key_exchange \"diffie-hellman-group1-sha1\"",
        "ssh property host_key \"ssh-rsa\"",
        "ssh property cipher_suite \"aes-3des\"",
        "ssh response 20",
        "ssh property key_exchange \"dh14,diffie-hellman-group1-sha1\"",
        "ssh property host_key \"ssh-rsa\"",
        "ssh property cipher_suite \"aes\"",
        "ssh property weakness \"key exchange diffie-hellman-group1-sha1\"",
        "ssh property weakness \"check value hmac-md5\"",
      ]),
  ]

  /// RFC 854 page 13, RFC 855.
  private static let telnet = [
    Sample(
      "telnet", "the account typed at a prompt is told, and whether it was let in",
      [
        .response("ff fd 18 ff fa 18 01 ff f0 'VxWorks 5.5' 0d0a 'login: '"),
        .request("'ad'"), .request("'x' 08 'min' 0d00"),
        .response("0d0a 'Password: '"),
        .request("'1234' 0d00"),
        .response("0d0a 'Login incorrect' 0d0a 'login: '"),
        .request("'root' 0d0a"), .response("'Password:'"), .request("'a long secret' 0d0a"),
        .response("0d0a '-> ' 0d0a '[vxWorks]# '"),
      ],
      [
        "telnet response negotiation",
        "telnet response data",
        "telnet sender banner \"VxWorks 5.5 login:\"",
        "telnet request data",
        "telnet sender user_name \"admin\"",
        "telnet request data",
        "telnet response data",
        "telnet request login",
        "telnet credential clear text \"admin\" well-known default",
        "telnet request data",
        "telnet response data",
        "telnet credential clear text \"admin\" well-known default refused",
        "telnet sender user_name \"root\"",
        "telnet request data",
        "telnet response data",
        "telnet request login",
        "telnet credential clear text \"root\" other",
        "telnet request data",
        "telnet response data",
        "telnet credential clear text \"root\" other accepted",
      ])
  ]

  /// RFC 959 sections 4 and 5.
  private static let ftp = [
    Sample(
      "ftp", "banner, login and files are told",
      [
        .response(lines("220-Welcome", "220 crane4 FTP server ready.")),
        .request(lines("USER engineer")), .response(lines("331 Password required")),
        .request(lines("PASS engineer")), .response(lines("230 Logged in")),
        .request(lines("syst")), .response(lines("215 UNIX Type: L8")),
        .request(lines("STOR fw.bin")), .response(lines("150 Opening", "226 Done")),
        .request(lines("RETR none.cfg")), .response(lines("550 No such file")),
      ],
      [
        "ftp sender banner \"Welcome\"",
        "ftp response greeting success",
        "ftp request USER [engineer]",
        "ftp sender user_name \"engineer\"",
        "ftp response USER success",
        "ftp request PASS",
        "ftp credential clear text \"engineer\" well-known default",
        "ftp response PASS success",
        "ftp credential clear text \"engineer\" well-known default accepted",
        "ftp request SYST",
        "ftp sender operating_system \"UNIX Type: L8\"",
        "ftp response SYST success",
        "ftp request STOR [fw.bin]",
        "ftp file to server \"fw.bin\"",
        "ftp response STOR success",
        "ftp request RETR [none.cfg]",
        "ftp file to client \"none.cfg\"",
        "ftp response RETR failure(550)",
      ]),
    Sample(
      "ftp", "data connections are announced, whoever waits for them",
      [
        .response(lines("220 FTP")),
        .request(lines("PASV")), .response(lines("227 Entering Passive Mode (10,0,0,2,19,137)")),
        .request(lines("RETR plc.bin")), .request(lines("PORT 10,0,0,1,19,138")), .request(lines("STOR a.cfg")),
        .request(lines("EPSV")), .response(lines("229 Extended (|||5003|)")),
        .request(lines("EPRT |2|fd00::1|5004|")), .request(lines("LIST")), .request(lines("LIST")),
        .response(lines("227 (10,0,0,2,19)", "227 10,0,0,2,1999,1", "229 (|||70000|)")),
      ],
      [
        "ftp sender banner \"FTP\"", "ftp response greeting success",
        "ftp request PASV", "ftp response PASV success", "announce ftpData sender tcp 5001",
        "ftp request RETR [plc.bin]", "ftp file to client \"plc.bin\"",
        "announce ftpData receiver tcp 5001 \"plc.bin\"",
        "ftp request PORT [10,0,0,1,19,138]", "announce ftpData sender tcp 5002",
        "ftp request STOR [a.cfg]", "ftp file to server \"a.cfg\"", "announce ftpData sender tcp 5002 \"a.cfg\"",
        "ftp request EPSV", "ftp response EPSV success", "announce ftpData sender tcp 5003",
        "ftp request EPRT [|2|fd00::1|5004|]", "announce ftpData sender tcp 5004",
        "ftp request LIST", "announce ftpData sender tcp 5004", "ftp request LIST",
        "ftp response LIST success", "ftp response greeting success", "ftp response greeting success",
      ]),
    Sample(
      "ftp-data", "a data connection is told once",
      [.request("'listing' 0d0a"), .request("'more'")],
      ["ftp-data request data", "skip the rest", "ftp-data request data", "skip the rest"]),
    Sample(
      "ftp", "a refused login is told, TLS ends the text",
      [
        .request(lines("PASS x")), .response(lines("530 Not logged in")), .request(lines("AUTH TLS", "XYZZY")),
        .request("16 0301 0001 00"),
      ],
      [
        "ftp request PASS",
        "ftp credential clear text \"\" other",
        "ftp response PASS failure(530)",
        "ftp credential clear text \"\" other refused",
        "ftp request AUTH [TLS]",
        "ftp request ?",
        "notThisProtocol at 0",
      ]),
  ]

  /// RFC 6143 section 7.
  private static let vnc = [
    Sample(
      "vnc", "a number is told to a repeater before the protocol begins",
      [
        .response("'RFB 000.000' 0a"), .request("'ID:1234' \(String(repeating: "00", count: 243))"),
        .response("'RFB 003.008' 0a"),
      ],
      [
        "vnc response version", "vnc property protocol_version \"000.000\"", "vnc request repeater",
        "vnc property mode \"repeater\"", "vnc sender client_id \"1234\"", "vnc response version",
        "vnc property protocol_version \"003.008\"",
      ]),
    Sample(
      "vnc", "a challenge is answered",
      [
        .response("'RFB 003.008' 0a"), .request("'RFB 003.008' 0a"), .response("02 02 10"), .request("02"),
        .response("00112233445566778899aabbccddeeff"), .request("ffeeddccbbaa99887766554433221100"),
        .response("00000000"), .request("01"),
        .response("0400 0300 20180001 00ff00ff00ff 100800 000000 00000005 'HMI-4' 'pixels'"),
      ],
      [
        "vnc response version",
        "vnc property protocol_version \"003.008\"",
        "vnc request version",
        "vnc property protocol_version \"003.008\"",
        "vnc property security_mode \"VNC authentication\"",
        "vnc property security_mode \"Tight\"",
        "vnc request security",
        "vnc receiver property authentication \"VNC authentication\"",
        "vnc request login",
        "vnc credential VNC challenge-response \"\" unknown",
        "vnc response login success",
        "vnc credential VNC challenge-response \"\" unknown accepted",
        "vnc response init success",
        "vnc sender name \"HMI-4\"",
        "skip the rest",
      ]),
    Sample(
      "vnc", "version 3.3 without a password",
      [.response("'RFB 003.003' 0a"), .request("'RFB 003.003' 0a"), .response("00000001"), .request("01")],
      [
        "vnc response version",
        "vnc property protocol_version \"003.003\"",
        "vnc request version",
        "vnc property protocol_version \"003.003\"",
        "vnc response security",
        "vnc property authentication \"none\"",
        "vnc credential no authentication \"\" empty accepted",
      ]),
  ]

  /// [MS-RDPBCGR] sections 2.2.1.1 to 2.2.1.4.
  private static let rdp = [
    Sample(
      "rdp", "the cookie's user, the protocols asked for and chosen",
      [
        .request("0300 0029 24 e0 0000 0000 00 'Cookie: mstshash=op1' 0d0a | 01 00 0800 03000000"),
        .response("0300 0013 0e d0 0000 1234 00 | 02 1f 0800 02000000"),
      ],
      [
        "rdp request 0xe0",
        "rdp sender user_name \"op1\"",
        "rdp property authentication \"Cookie: mstshash=op1\"",
        "rdp property offered_version \"CredSSP (network level authentication)\"",
        "rdp response 0xd0 success",
        "rdp property security_mode \"CredSSP (network level authentication)\"",
      ]),
    Sample(
      "rdp", "client's name and build, server's encryption level",
      [
        .request("0300 000b 06 e0 0000 0000 00"), .response("0300 000b 06 d0 0000 1234 00"),
        .request(
          """
          0300 004a 02 f0 80 7f65 82 0000        # TPKT, X.224 data, MCS Connect-Initial
          'Duca' 80 38                           # H.221 key, length
          01c0 3800 04000800 0004 0003 01ca 03aa 07040000 280a0000   # CS_CORE up to clientBuild
          '4' 00 'B' 00 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000
          """),
        .response("0300 0021 02 f0 80 7f66 82 0000 'McDn' 0c | 020c 0c00 00000000 00000000 | 010c 0400"),
      ],
      [
        "rdp request 0xe0",
        "rdp response 0xd0 success",
        "rdp property security_mode \"standard RDP security\"",
        "rdp request 0x7f",
        "rdp sender application \"RDP client build 2600\"",
        "rdp sender hostname \"4B\"",
        "skip the rest",
        "rdp response 0x7f",
        "rdp property encryption \"none\"",
        "skip the rest",
      ]),
    Sample(
      "rdp", "an ISO transport with TSAPs is not RDP",
      [.request("0300 0016 11 e0 0000 0001 00 c1020100 c2020102 c0010a")],
      [
        "notThisProtocol at 0"
      ]),
  ]
}
