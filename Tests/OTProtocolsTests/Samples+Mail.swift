/// Mail, logins over the network, proxies, telephones.
extension Samples {
  static let mail: [Sample] = text + radius + socks + sip

  /// RFC 5321 appendix D, RFC 4954 section 4, RFC 1939 section 10, RFC 3501 section 6.2.3; Base64 of `eng`, `test`.
  private static let text: [Sample] = [
    Sample(
      "smtp", "banner, login, sender and recipient are told, the mail is not",
      [
        .response(lines("220 mail.port ESMTP Postfix")), .request(lines("EHLO alarm1")),
        .response(lines("250-mail.port", "250 AUTH LOGIN")),
        .request(lines("AUTH LOGIN")), .response(lines("334 VXNlcm5hbWU6")), .request(lines("ZW5n")),
        .response(lines("334 UGFzc3dvcmQ6")), .request(lines("dGVzdA==")), .response(lines("235 ok")),
        .request(lines("MAIL FROM:<a@port> SIZE=1", "RCPT TO:<b@port>", "DATA")),
        .response(lines("250 ok", "550 no", "354 go")),
        .request(lines("Subject: alarm", "EHLO not a command", ".")), .request(lines("STARTTLS")),
        .response(lines("250 queued", "220 go")), .request("16 0301 0001 00"),
      ],
      [
        "smtp sender banner \"mail.port ESMTP Postfix\"", "smtp response greeting success",
        "smtp sender hostname \"alarm1\"", "smtp request EHLO [alarm1]", "smtp response EHLO success",
        "smtp property authentication \"LOGIN\"", "smtp request AUTH", "smtp sender user_name \"eng\"",
        "smtp credential clear text \"eng\" well-known default", "smtp response AUTH success",
        "smtp credential clear text \"eng\" well-known default accepted",
        "smtp request MAIL [<a@port>]", "smtp request RCPT [<b@port>]", "smtp request DATA",
        "smtp response MAIL success", "smtp response RCPT failure(550)", "smtp response DATA success",
        "smtp request STARTTLS", "smtp response STARTTLS success", "notThisProtocol at 0",
      ]),
    Sample(
      "pop", "a refused login is told",
      [
        .response(lines("+OK POP3 ready")), .request(lines("USER eng")), .response(lines("+OK")),
        .request(lines("PASS test")), .response(lines("-ERR no")), .request(lines("AUTH PLAIN")),
        .response(lines("+ ")), .request(lines("AGVuZwB0ZXN0")), .response(lines("+OK in")),
        .request(lines("RETR 1")), .response(lines("+OK", "Subject: x", ".")),
      ],
      [
        "pop sender banner \"POP3 ready\"", "pop response greeting success",
        "pop request USER", "pop sender user_name \"eng\"", "pop response USER success",
        "pop request PASS", "pop credential clear text \"eng\" well-known default", "pop response PASS failure(0)",
        "pop credential clear text \"eng\" well-known default refused",
        "pop request AUTH", "pop property authentication \"PLAIN\"", "pop sender user_name \"eng\"",
        "pop credential clear text \"eng\" well-known default", "pop response AUTH success",
        "pop credential clear text \"eng\" well-known default accepted", "pop request RETR",
        "pop response RETR success",
      ]),
    Sample(
      "imap", "a login is told, a literal skipped",
      [
        .response(lines("* OK IMAP4rev1 ready")), .request(lines("a1 LOGIN eng \"a b\"")),
        .response(lines("a1 OK in")), .request(lines("a2 SELECT INBOX")), .response(lines("* 1 FETCH {4}") + "'a OK'"),
        .response(lines("a2 NO none")),
      ],
      [
        "imap sender banner \"OK IMAP4rev1 ready\"", "imap response greeting success",
        "imap sender user_name \"eng\"", "imap credential clear text \"eng\" other", "imap request LOGIN",
        "imap response LOGIN success", "imap credential clear text \"eng\" other accepted",
        "imap request SELECT [INBOX]", "skip 4 bytes", "imap response SELECT failure(0)",
      ]),
  ]

  /// RFC 2865 section 7.1 (a login with PAP), RFC 5176 section 3.1.
  private static let radius: [Sample] = [
    Sample(
      "radius", "a login with PAP is rejected; the server is told to disconnect somebody",
      [
        .request(
          """
          01 07 003d \(String(repeating: "00", count: 16))   # Access-Request, identifier 7
          01 05 'eng' | 02 12 \(String(repeating: "ee", count: 16)) | 20 07 'nas-1' | 1f 0b '02-00-00-'
          """, isStream: false),
        .response("03 07 0014 \(String(repeating: "00", count: 16))", isStream: false),
        .request("28 08 0019 \(String(repeating: "00", count: 16)) 01 05 'eng'", isStream: false),
        .response("2a 08 0014 \(String(repeating: "00", count: 16))", isStream: false),
      ],
      [
        "radius request 1 [eng]", "radius sender name \"nas-1\"",
        "radius property other \"calling station 02-00-00-\"",
        "radius property signing \"no Message-Authenticator\"", "radius property authentication \"PAP\"",
        "radius credential protocol password \"eng\" unknown",
        "radius response 1 failure(3)", "radius credential protocol password \"eng\" unknown refused",
        "radius property signing \"no Message-Authenticator\"",
        "radius request 40 [eng]", "radius response 40 failure(42)",
      ])
  ]

  /// RFC 1928 sections 3–6, RFC 1929 section 2, SOCKS 4a.
  private static let socks: [Sample] = [
    Sample(
      "socks", "a login and a target",
      [
        .request("05 02 00 02"), .response("05 02"), .request("01 03 'eng' 04 'test'"), .response("01 00"),
        .request("05 01 00 03 06 'plc.qc' 01f6"), .response("05 00 00 01 00000000 0000"),
      ],
      [
        "socks property protocol_version \"5\"", "socks request methods", "socks response methods success",
        "socks property authentication \"user name and password\"", "socks sender user_name \"eng\"",
        "socks request login", "socks credential clear text \"eng\" well-known default",
        "socks response login success", "socks credential clear text \"eng\" well-known default accepted",
        "socks request 1 [plc.qc:502]", "socks response 1 success",
      ]),
    Sample(
      "socks", "version 4a names the target",
      [.request("04 01 0050 00000001 'me' 00 'a.b' 00"), .response("00 5b 0000 00000000")],
      [
        "socks property protocol_version \"4a\"", "socks sender user_name \"me\"", "socks request 1 [a.b:80]",
        "socks response 1 failure(91)",
      ]),
  ]

  /// RFC 3261 sections 7, 22.4 and 24.1.
  private static let sip: [Sample] = [
    Sample(
      "sip", "a telephone registers",
      [
        .request(
          lines(
            "REGISTER sip:pbx.port SIP/2.0", "To: Gate <sip:4711@pbx.port>", "CSeq: 1 REGISTER",
            "User-Agent: Intercom 3",
            "Authorization: Digest username=\"4711\", realm=\"r\"", "Content-Length: 0", ""), isStream: false),
        .response(lines("SIP/2.0 100 Trying", "CSeq: 1 REGISTER", ""), isStream: false),
        .response(
          lines(
            "SIP/2.0 401 Unauthorized", "CSeq: 1 REGISTER", "Server: Asterisk 18",
            "WWW-Authenticate: Digest realm=\"r\"", ""), isStream: false),
      ],
      [
        "sip request REGISTER [sip:pbx.port]", "sip sender application \"Intercom 3\"",
        "sip sender user_name \"4711@pbx.port\"", "sip credential HTTP Digest \"4711\" unknown",
        "sip response REGISTER failure(401)", "sip sender software_version \"Asterisk 18\"",
        "sip credential HTTP Digest \"4711\" unknown refused", "sip property authentication \"Digest\"",
      ]),
    Sample(
      "sip", "a call on a stream has a body",
      [
        .request(
          lines("INVITE sip:a@b;x=1 SIP/2.0", "l: 4", "") + "'v=0' 0a 0d0a 0d0a"
            + lines("BYE sip:a@b SIP/2.0", "CSeq: 2 BYE", ""))
      ],
      ["sip request INVITE [sip:a@b]", "sip request BYE [sip:a@b]"]),
    Sample(
      "sip", "a session description announces media",
      [
        .request(
          lines("INVITE sip:a@b SIP/2.0", "CSeq: 1 INVITE", "")
            + lines(
              "v=0", "c=IN IP4 10.0.0.1", "m=audio 49170 RTP/AVP 0 8", "m=video 49200/2 RTP/SAVP 31",
              "a=rtcp:53020 IN IP4 10.0.0.1", "m=audio 0 RTP/AVP 0", "m=image 49300 udptl t38",
              "m=audio 65535 RTP/AVP 0"),
          isStream: false)
      ],
      [
        "sip request INVITE [sip:a@b]", "announce rtp sender udp 49170", "announce rtcp sender udp 49171",
        "announce rtp sender udp 49200", "announce rtcp sender udp 53020", "announce rtp sender udp 65535",
      ]),
    // RFC 3550 section 5.1.
    Sample(
      "rtp", "media packets tell their payload type and source",
      [
        .request("80 88 0001 00000000 1a2b3c4d | ffff", isStream: false),
        .request("90 60 0002 00000000 1a2b3c4d | bede 0001 00000000 | ffff", isStream: false),
        .request("90 60 0002 00000000 1a2b3c4d | bede 0009", isStream: false),
      ],
      [
        "rtp publish 8 [source 0x1a2b3c4d]", "rtp publish 96 [source 0x1a2b3c4d]", "notThisProtocol at 0",
      ]),
    // RFC 3550 sections 6.4.2 and 6.5.
    Sample(
      "rtcp", "control packets tell who sends",
      [
        .request(
          "80 c9 0001 1a2b3c4d | 81 ca 0005 1a2b3c4d 01 06 'a@b.de' 06 03 'fax' 00 0000 00", isStream: false),
        .request("80 c9 0009 1a2b3c4d", isStream: false),
      ],
      [
        "rtcp publish 201 [source 0x1a2b3c4d]", "rtcp publish 202 [source 0x1a2b3c4d]", "rtcp sender name \"a@b.de\"",
        "rtcp sender application \"fax\"", "notThisProtocol at 0",
      ]),
  ]
}
