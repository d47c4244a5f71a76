/// Text in UTF-16, least significant byte first, in the notation of ``bytes(_:)``.
private func wide(_ text: String) -> String {
  text.utf8.map { "\(String($0 >> 4, radix: 16))\(String($0 & 15, radix: 16))00" }.joined()
}

extension Samples {
  static let windows = smb1 + smb2 + kerberos + ldap

  /// Header of an SMB 2 message, [MS-SMB2] section 2.2.1.2.
  private static func header2(_ command: String, _ status: String, isResponse: Bool, message: String = "01") -> String {
    """
    fe'SMB' 4000 0000 \(status) \(command)00 0100 \(isResponse ? "01" : "00")000000 00000000
    \(message)00000000000000 00000000 00000000 0000000000000000 00000000000000000000000000000000
    """
  }

  private static let smb2 = [
    Sample(
      "smb2", "dialect, signing and encryption are told",
      [
        .response(
          """
          00 000080 \(header2("00", "00000000", isResponse: true))
          4100 0100 1103 0000 00000000000000000000000000000000 40000000   # dialect, GUID, capabilities
          00000000 00000000 00000000 0000000000000000 0000000000000000 0000 0000 00000000
          """)
      ],
      [
        "smb2 response 0 success",
        "smb2 property dialect \"SMB 3.1.1\"",
        "smb2 property signing \"enabled\"",
        "smb2 property encryption \"supported\"",
      ]),
    Sample(
      "smb2", "a login, a share and a written file",
      [
        .request(
          """
          00 0000c0 \(header2("01", "00000000", isResponse: false))
          1900 00 01 00000000 00000000 5800 6800 0000000000000000        # blob at 88, 104 bytes
          'NTLMSSP' 00 03000000                                          # [MS-NLMP] section 2.2.1.3
          0000 0000 00000000 | 1800 1800 40000000 | 0400 0400 58000000   # LM, NT, domain
          0600 0600 5c000000 | 0600 0600 62000000 | 0000 0000 00000000   # user, workstation, key
          01000000 | 000000000000000000000000000000000000000000000000 | \(wide("D1")) \(wide("eng")) \(wide("PC1"))
          """),
        .response("00 000048 \(header2("01", "6d0000c0", isResponse: true)) 0900 0000 0000 0000"),
        .request(
          """
          00 00005c \(header2("03", "00000000", isResponse: false))
          0900 0000 4800 1400 \(wide("\\\\s\\ADMIN$"))
          """),
        .response(
          "00 000050 \(header2("03", "00000000", isResponse: true)) 1000 01 00 00000000 00000000 ff011f00"),
        .request(
          """
          00 000084 \(header2("05", "00000000", isResponse: false, message: "07"))
          3900 00 00 02000000 0000000000000000 0000000000000000 02000000 00000000 00000000 05000000 00000000
          7800 0c00 00000000 00000000 \(wide("ps.exe"))
          """),
        .response(
          """
          00 000090 \(header2("05", "00000000", isResponse: true, message: "07"))
          5900 00 00 01000000 | 0000000000000000 0000000000000000 0000000000000000 0000000000000000
          0000000000000000 0000000000000000 00000000 00000000 | 0102030405060708 1112131415161718
          """),
        .request(
          """
          00 000074 \(header2("09", "00000000", isResponse: false))
          3100 7000 04000000 0000000000000000 0102030405060708 1112131415161718
          00000000 00000000 0000 0000 00000000 'MZ' 9000
          """),
      ],
      [
        "smb2 sender domain \"D1\"",
        "smb2 sender user_name \"eng\"",
        "smb2 sender hostname \"PC1\"",
        "smb2 property authentication \"NTLMv1\"",
        "smb2 credential NTLM challenge-response \"eng\" unknown",
        "smb2 request 1",
        "smb2 response 1 failure(3221225581)",
        "smb2 credential NTLM challenge-response \"eng\" unknown refused",
        "smb2 receiver property share \"\\\\s\\ADMIN$\"",
        "smb2 request 3 [\\\\s\\ADMIN$]",
        "smb2 response 3 success",
        "smb2 request 5 [ps.exe]",
        "smb2 response 5 success",
        "smb2 file to server \"ADMIN$\\ps.exe\"",
        "smb2 request 9",
      ]),
    Sample(
      "smb2", "a rename tells the new name",
      [
        .request(
          """
          00 00007e \(header2("11", "00000000", isResponse: false))
          2100 01 0a 1e000000 6000 0000 00000000 0102030405060708 1112131415161718   # 2.2.39: FileRenameInformation
          00 00000000000000 0000000000000000 0a000000 \(wide("a.enc"))
          """)
      ],
      ["smb2 request 17/10 [a.enc]"]),
    Sample(
      "smb2", "a bulk read is framed as its head",
      [
        .response(
          "00 020000 \(header2("08", "00000000", isResponse: true))" + String(repeating: "00", count: 400))
      ],
      [
        "smb2 response 8 success",
        "skip 130816 bytes",
      ]),
    Sample(
      "nbss", "a session request names both hosts",
      [
        .request(
          """
          81 000044                                     # RFC 1002 section 4.3.2
          20 'FDFCFGCACACACACACACACACACACACACA' 00      # called: SRV
          20 'FAEDDBCACACACACACACACACACACACACA' 00      # calling: PC1
          """),
        .response("82 000000"), .response("83 000001 82"),
      ],
      [
        "nbss request 0x81",
        "nbss receiver hostname \"SRV\"",
        "nbss sender hostname \"PC1\"",
        "nbss response 0x81 success",
        "nbss response 0x81 failure(130)",
      ]),
  ]

  /// Header of an SMB 1 message in Unicode, [MS-CIFS] section 2.2.3.1.
  private static func header1(_ command: String, flags: String, status: String = "00000000") -> String {
    "ff'SMB' \(command) \(status) \(flags) 01c8 0000 0000000000000000 0000 0000 0000 0000 0700"
  }

  private static let smb1 = [
    Sample(
      "smb", "dialects, signing and passwords in clear text",
      [
        .request("00 000037 \(header1("72", flags: "08")) 00 1400 02'LANMAN1.0' 00 02'NT 0.12' 00"),
        .response(
          """
          00 000045 \(header1("72", flags: "88"))
          11 0000 05 0100 0100 00000000 00000000 00000000 00000000 0000000000000000 0000 00 0000
          """),
      ],
      [
        "smb property offered_version \"NT 0.12\"",
        "smb request 0x72",
        "smb response 0x72 success",
        "smb property dialect \"NT LM 0.12\"",
        "smb property signing \"enabled\"",
        "smb property security_mode \"passwords in clear text\"",
      ]),
    Sample(
      "smb", "a session setup tells the systems of both sides",
      [
        .request(
          """
          00 00006e \(header1("73", flags: "08"))
          0d ff000000 0010 0100 0000 00000000 1800 0000 00000000 00000000 # 13 words; a response of 24 bytes
          3100 000000000000000000000000000000000000000000000000          # ByteCount, response
          00 \(wide("op")) 0000 \(wide("W")) 0000 \(wide("XP")) 0000 \(wide("5.1")) 0000
          """),
        .response(
          """
          00 000036 \(header1("73", flags: "88")) 03 ff000000 0100 0d00      # action: guest
          00 \(wide("NT")) 0000 0000 \(wide("G")) 0000
          """),
        .request(
          """
          00 000038 \(header1("75", flags: "08")) 04 ff000000 0000 0100 0d00
          00 \(wide("\\C")) 0000 '?????' 00
          """),
      ],
      [
        "smb sender user_name \"op\"",
        "smb sender domain \"W\"",
        "smb credential NTLM challenge-response \"op\" unknown",
        "smb property authentication \"NTLMv1\"",
        "smb sender operating_system \"XP\"",
        "smb sender software_version \"5.1\"",
        "smb request 0x73",
        "smb response 0x73 success",
        "smb property authentication \"guest\"",
        "smb sender operating_system \"NT\"",
        "smb sender domain \"G\"",
        "smb credential NTLM challenge-response \"op\" unknown accepted",
        "smb receiver property share \"\\C\"",
        "smb request 0x75 [\\C]",
      ]),
  ]

  /// RFC 4120 sections 5.4.1 and 5.9.1, DER by hand.
  private static let kerberos = [
    Sample(
      "kerberos", "an authentication request names client, realm and service; an error its code",
      [
        .request(
          """
          6a 3f 30 3d a1 03 020105 a2 03 02010a         # AS-REQ, pvno, msg-type
          a4 31 30 2f a0 07 0305 00 00000000            # req-body, kdc-options
          a1 10 30 0e a0 03 020101 a1 07 30 05 1b 03 'eng'
          a2 06 1b 04 'PORT'
          a3 0a 30 08 a1 06 30 04 1b 02 'tg'
          """, isStream: false),
        .response(
          "7e 1c 30 1a a6 03 020106 a8 13 30 11 a0 03 020101 a1 0a 30 08 1b 02 'pc' 1b 02 '$1'", isStream: false),
        .response("7e 12 30 10 a6 03 020117 a8 09 30 07 a1 05 30 03 1b 01 'b'", isStream: false),
      ],
      [
        "kerberos sender user_name \"eng\"",
        "kerberos sender domain \"PORT\"",
        "kerberos request 10 [tg]",
        "kerberos receiver user_name \"pc/$1\"",
        "kerberos response 30 failure(6)",
        "kerberos receiver user_name \"b\"",
        // Error 23, its key has expired: the account is known, unlike that of error 6.
        "kerberos sender known_account \"b\"",
        "kerberos response 30 failure(23)",
      ]),
    Sample(
      "kerberos", "a reply on a stream",
      [.response("00000017 6b 15 30 13 a3 05 1b 03 'PRT' a4 0a 30 08 a1 06 30 04 1b 02 'me'")],
      [
        "kerberos receiver domain \"PRT\"",
        "kerberos sender domain \"PRT\"",
        "kerberos receiver user_name \"me\"",
        "kerberos sender known_account \"me\"",
        "kerberos response 10 success",
      ]),
  ]

  /// RFC 4511 sections 4.2, 4.5.
  private static let ldap = [
    Sample(
      "ldap", "a simple bind shows its account",
      [
        .request("30 14 02 01 01 60 0f 02 01 03 04 04 'cn=a' 80 04 'test'"),
        .response("30 0c 02 01 01 61 07 0a 01 31 04 00 04 00"),
        .request("30 0b 02 01 02 63 06 04 04 'dc=p'"), .response("30 08 02 01 02 65 03 0a 01 00"),
      ],
      [
        "ldap property authentication \"simple\"",
        "ldap sender user_name \"cn=a\"",
        "ldap credential clear text \"cn=a\" well-known default",
        "ldap request 0 [cn=a]",
        "ldap response 0 failure(49)",
        "ldap credential clear text \"cn=a\" well-known default refused",
        "ldap request 3 [dc=p]",
        "ldap response 3 success",
      ])
  ]
}
