/// Tunnels, what gets through firewalls, and remote access: one short conversation for each shape of message.
extension Samples {
  static let tunnels =
    ike + quic + dtls + stun + wireguard + openvpn + l2tp + pptp + remoteServices + bittorrent

  private static func dtlsRecord(_ sequence: String, _ rest: String) -> String {
    "16 fefd 0000 00000000\(sequence) \(rest)"
  }
  private static let zeros32 = String(repeating: "00", count: 32)
  private static let zeros16 = String(repeating: "00", count: 16)

  // MARK: RFC 2408 section 3, RFC 2409 section 5.4, RFC 7296 section 3

  private static let ike = [
    Sample(
      "ike", "aggressive mode with a pre-shared key tells its name, its maker and what is weak",
      [
        .request(
          """
          1111111111111111 0000000000000000 01 10 04 00 00000000 00000072  # aggressive mode
          04 00 002c 00000001 00000001                                     # security association
          0000 0020 01 01 00 01 | 0000 0018 01 01 0000                     # proposal, transform
          80010005 80020001 80030001 80040002                              # 3DES, MD5, pre-shared key, group 2
          0d 00 0008 01020304                                              # key exchange
          05 00 0014 12f5f28c457168a9702d9fe274cc0100                      # vendor id of Cisco Unity
          00 00 000e 02 11 01f4 'plc.no'                                   # identification, a name
          """, isStream: false),
        .response(
          """
          1111111111111111 2222222222222222 01 10 04 00 00000000 00000048
          00 00 002c 00000001 00000001 0000 0020 01 01 00 01 | 0000 0018 01 01 0000 80010005 80020001 80030001 80040002
          """, isStream: false),
        .request(
          "1111111111111111 2222222222222222 08 10 20 01 01020304 00000020 aabbccdd  # quick mode, encrypted",
          isStream: false),
        .response(
          """
          1111111111111111 2222222222222222 0b 10 05 00 01020304 00000028
          00 00 000c 00000001 01 00 000e                                   # notification: no proposal chosen
          """, isStream: false),
      ],
      [
        "ike property protocol_version \"1.0\"",
        "ike property cipher_suite \"3DES MD5 pre-shared key group 2\"",
        "ike property weakness \"aggressive mode with a pre-shared key\"",
        "ike sender vendor \"Cisco\"",
        "ike sender hostname \"plc.no\"",
        "ike request v1.4",
        "ike property cipher_suite \"3DES MD5 pre-shared key group 2\"",
        "ike property weakness \"aggressive mode with a pre-shared key\"",
        "ike property weakness \"cipher 3DES\"",
        "ike property weakness \"hash MD5\"",
        "ike property weakness \"group 2 of 1024 bits\"",
        "ike response v1.4",
        "ike request v1.32",
        "ike response v1.5 failure(14)",
      ]),
    Sample(
      "ike", "version 2 behind the marker of NAT traversal",
      [
        .request(
          """
          00000000 | 3333333333333333 0000000000000000 21 20 22 08 00000000 00000058
          2b 00 0030 | 0000 002c 01 01 00 04
          0300 000c 01 00 000c 800e0100 | 0300 0008 02 00 0005 | 0300 0008 03 00 000c | 0000 0008 04 00 0002
          00 00 000c 'FRAGMENT'                                            # vendor id in letters
          """, isStream: false),
        .response(
          """
          00000000 | 3333333333333333 4444444444444444 29 20 22 20 00000000 00000024
          00 00 0008 00 00 000e                                            # no proposal chosen
          """, isStream: false),
      ],
      [
        "ike property protocol_version \"2.0\"",
        "ike property cipher_suite \"AES-CBC-256 SHA-256-128 group 2\"",
        "ike sender vendor_id \"FRAGMENT\"",
        "ike request v2.34",
        "ike response v2.34 failure(14)",
      ]),
    Sample(
      "esp", "an encapsulated payload is recognised",
      [.request("c0ffee01 00000001 \(zeros16)\(zeros16)", isStream: false)], []),
  ]

  // MARK: RFC 9000, RFC 9001 appendix A

  /// The CRYPTO frame of RFC 9001 section A.2 without its padding, protected with the keys of section A.1.
  private static let quicClientInitial = """
    c000000001088394c8f03e515708000041097b9aec34d1b1c98dd7689fb8ec11d242b123dc9bd8bab936b47d92ec356c
    0bab7df5976d27cd449f63300099f3991c260ec4c60d17b31f8429157bb35a1282a643a8d2262cad67500cadb8e7378c
    8eb7539ec4d4905fed1bee1fc8aafba17c750e2c7ace01e6005f80fcb7df621230c83711b39343fa028cea7f7fb5ff89
    eac2308249a02252155e2347b63d58c5457afd84d05dfffdb20392844ae812154682e9cf012f9021a6f0be17ddd0c208
    4dce25ff9b06cde535d0f920a2db1bf362c23e596d11a4f5a6cf3948838a3aec4e15daf8500a6ef69ec4e3feb6b1d98e
    610ac8b7ec3faf6ad760b7bad1db4ba3485e8a94dc250ae3fdb41ebc3c6cf128bbd7f8611561cdfa09e7de
    """
  /// The same hello in two CRYPTO frames that overlap and come in the wrong order, behind an acknowledgement.
  private static let quicScattered = """
    cc00000001088394c8f03e5157080000412b8c2ef95941b611da9a7ca567a7e6c290c78877c3221023fe8d50331bac76
    9ffdea94c97ea80a5ed4b05ee8b4c6621a1a600c9580e61e898a720a2e9ad00a988b1a691731a9545bf5f9138eb36a42
    887fdc3fbc42a4b03aeb95fa887d6515de4521bc0400c2e325c36c2a552ac36302efa1dcab0f90e8a5c139604cc70b4a
    38f78e5f651ff398ea88439d7e07535bb6bd9a54fafc1e1dcad6fff3bd8c12f0456a0cc6e30c54d9862d4d83a23f993c
    5d31a75a6541eddaeecfa72e3451a4e3554390e0556963c9180c11df02064da11f2f0359f6d8bf53905afa4b6dccf685
    275df5f5c6d13a22f5dc7c09ebcb3132222354f150a8ecaa8869462eb8751da89be7b7629ec75a3b85ef7ec663b48e53
    37bf5a7a458e59bf49950aebdbdfb60ddc52677537fa54d884e0ab7847
    """
  /// RFC 9001 section A.3, whole.
  private static let quicServerInitial = """
    cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb3
    8cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84
    022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee
    """

  private static let quic = [
    Sample(
      "quic", "the hellos of an example of the standard are opened; what follows is opaque",
      [
        .request(quicClientInitial, isStream: false), .response(quicServerInitial, isStream: false),
        .request("e0 00000001 08 f067a5502a4262b5 00 05 0102030405", isStream: false),
        .request("4f f067a5502a4262b5 00112233445566778899", isStream: false),
      ],
      [
        "quic property protocol_version \"1\"",
        "quic request 0",
        "quic receiver property server_name \"example.com\"",
        "quic sender other \"example.com\"",
        "quic property alpn \"alpn\"",
        "quic property ja4 \"q13d0211an_62ed6f6ca7ad_4d634acda6c0\"",
        "quic response 0",
        "quic property cipher_suite \"TLS_AES_128_GCM_SHA256\"",
        "quic request 2",
      ]),
    Sample(
      "quic", "a hello in pieces is put together",
      [.request(quicScattered, isStream: false)],
      [
        "quic property protocol_version \"1\"",
        "quic request 0",
        "quic receiver property server_name \"example.com\"",
        "quic sender other \"example.com\"",
        "quic property alpn \"alpn\"",
        "quic property ja4 \"q13d0211an_62ed6f6ca7ad_4d634acda6c0\"",
      ]),
    Sample(
      "quic", "versions are negotiated, a client is sent to begin anew, and Google's own is recognised",
      [
        .response("80 00000000 00 08 f067a5502a4262b5 6b3343cf 00000001", isStream: false),
        // RFC 9001 section A.4.
        .response(
          "ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba", isStream: false),
        .request("0d 0001020304050607 'Q043' 01 00000000", isStream: false),
      ],
      [
        "quic response 4",
        "quic property protocol_version \"1\"",
        "quic response 3",
        "quic property protocol_version \"Q043\"",
        "quic request 5",
      ]),
  ]

  // MARK: RFC 6347 section 4

  private static let dtls = [
    Sample(
      "dtls", "hellos and a certificate in fragments are read, what is encrypted is not",
      [
        .request(
          """
          \(dtlsRecord("0000", "0036")) 01 00002a 0000 000000 00002a   # client hello, whole
          fefd \(zeros32) 00 00 0002 c02b 01 00                         # no session, no cookie, one cipher
          """, isStream: false),
        .response(
          """
          \(dtlsRecord("0000", "0032")) 02 000026 0000 000000 000026   # server hello
          fefd \(zeros32) 00 000a 00                                    # 3DES
          """, isStream: false),
        .response(
          """
          \(dtlsRecord("0001", "000e")) 0b 000003 0001 000000 000002 0000
          \(dtlsRecord("0002", "000d")) 0b 000003 0001 000002 000001 00   # no certificate at all
          """, isStream: false),
        .response("15 fefd 0000 000000000003 0002 02 28               # handshake failure", isStream: false),
        .request("17 fefd 0001 000000000001 0003 aabbcc", isStream: false),
      ],
      [
        "dtls request 1",
        "dtls property offered_version \"DTLS 1.2\"",
        "dtls property ja4 \"dd2i010000_648b5c445417_000000000000\"",
        "dtls response 2",
        "dtls property protocol_version \"DTLS 1.2\"",
        "dtls property cipher_suite \"TLS_RSA_WITH_3DES_EDE_CBC_SHA\"",
        "dtls property weakness \"cipher 3DES\"",
        "dtls response 11",
        "dtls response alert.40 failure(40)",
      ])
  ]

  // MARK: RFC 8489 section 14, RFC 8656

  private static let stun = [
    Sample(
      "stun", "an account at a relay, its realm and its software are told, and that it was refused",
      [
        .request(
          """
          0003 001c 2112a442 000102030405060708090a0b                  # allocate
          0006 0003 'bob' 00 | 0014 0005 'realm' 000000 | 8022 0004 'turn'
          """, isStream: false),
        .response("0113 0008 2112a442 000102030405060708090a0b 0009 0004 0000 0401  # 401", isStream: false),
        .request("4000 0004 01020304", isStream: false),
      ],
      [
        "stun receiver property server_name \"realm\"",
        "stun sender application \"turn\"",
        "stun sender user_name \"bob\"",
        "stun request 3",
        "stun response 3 failure(401)",
      ]),
    Sample(
      "stun", "between peers on a stream a length comes first, and a name of one call is not told",
      [
        .request("001c | 0001 0008 2112a442 000102030405060708090a0b 0006 0003 'a:b' 00"),
        .response("0014 | 0101 0000 2112a442 000102030405060708090a0b"),
      ],
      [
        "stun request 1",
        "stun response 1 success",
      ]),
  ]

  // MARK: Donenfeld 2020, section 5.4

  private static let wireguard = [
    Sample(
      "wireguard", "a handshake is told, data is not counted",
      [
        .request("01000000 0a0b0c0d \(String(repeating: "5a", count: 124)) \(zeros16)", isStream: false),
        .response("02000000 01020304 0a0b0c0d \(String(repeating: "5a", count: 64)) \(zeros16)", isStream: false),
        .request("04000000 01020304 0000000000000000 \(zeros16)", isStream: false),
      ],
      [
        "wireguard request 1",
        "wireguard response 2",
      ])
  ]

  // MARK: OpenVPN's protocol documentation

  private static let openvpn = [
    Sample(
      "openvpn", "a control channel without protection shows its TLS handshake",
      [
        .request("38 0102030405060708 00 00000000", isStream: false),
        .response("40 1112131415161718 01 00000000 0102030405060708 00000000", isStream: false),
        .request(
          """
          20 0102030405060708 00 00000001                              # control, nothing acknowledged, packet 1
          16 0301 002d | 01 000029 0303 \(zeros32) 00 0002 c02f 01 00
          """, isStream: false),
        .request("48 000001 00000001 aabbccdd", isStream: false),
      ],
      [
        "openvpn request 7",
        "openvpn property authentication \"TLS only\"",
        "openvpn response 8",
        "openvpn request 4",
        "openvpn_tls request 1",
        "openvpn_tls property offered_version \"TLS 1.2\"",
        "openvpn_tls property ja4 \"t12i010000_f06271c2b022_000000000000\"",
      ]),
    Sample(
      "openvpn", "protections are told apart, on a stream too",
      [
        .request(
          "002a 38 0102030405060708 \(String(repeating: "5a", count: 20)) 00000001 5e3e7b98 00 00000000  # SHA-1")
      ],
      [
        "openvpn request 7",
        "openvpn property authentication \"tls-auth\"",
      ]),
    Sample(
      "openvpn", "a client's key is wrapped",
      [
        .request(
          """
          50 0102030405060708 0f000001 5e3e7b98 \(zeros32) 0000000000  # reset of tls-crypt-v2
          \(zeros32)00 0023                                            # wrapped key, with its length
          """, isStream: false)
      ],
      [
        "openvpn request 10",
        "openvpn property authentication \"tls-crypt-v2\"",
      ]),
  ]

  // MARK: RFC 2661 section 4.4, RFC 3931 section 4.1.1

  private static let l2tp = [
    Sample(
      "l2tp", "a control connection tells host name, vendor and firmware, and is stopped",
      [
        .request(
          """
          c802 0038 0000 0000 0000 0000 | 8008 0000 0000 0001 | 8008 0000 0002 0100
          0008 0000 0006 0690 | 8009 0000 0007 'lac' | 000b 0000 0008 'Cisco'
          """, isStream: false),
        .response("c802 001c 0001 0000 0000 0001 | 8008 0000 0000 0004 | 8008 0000 0001 0002", isStream: false),
        .request("0002 0001 0001 ff03 0021", isStream: false),
      ],
      [
        "l2tp property protocol_version \"2\"",
        "l2tp sender firmware_version \"1680\"",
        "l2tp sender hostname \"lac\"",
        "l2tp sender vendor \"Cisco\"",
        "l2tp request 1",
        "l2tp request 4 failure(2)",
      ]),
    Sample(
      "l2tpv3", "over IP a session id of zero comes before control messages",
      [
        .request("00000000 | c803 0014 00000000 0000 0000 | 8008 0000 0000 0006", isStream: false),
        .request("0000ccaa ca03 1078 001c ca03", isStream: false),
      ],
      [
        "l2tpv3 property protocol_version \"3\"",
        "l2tpv3 request 6",
      ]),
  ]

  // MARK: RFC 2637 section 2

  private static let pptp = [
    Sample(
      "pptp", "both ends tell host name and vendor",
      [
        .request(
          """
          009c 0001 1a2b3c4d 0001 0000 | 0100 00 00 00000001 00000001 0000 0106
          'gw' \(String(repeating: "00", count: 62)) 'MikroTik' \(String(repeating: "00", count: 56))
          """),
        .response(
          """
          009c 0001 1a2b3c4d 0002 0000 | 0100 05 00 00000001 00000001 0000 0000
          \(String(repeating: "00", count: 64)) \(String(repeating: "00", count: 64))
          """),
        .response(
          "0020 0001 1a2b3c4d 0008 0000 | 0001 0002 02 00 0000 00000000 0000 0000 00000000  # outgoing call refused"),
      ],
      [
        "pptp sender firmware_version \"262\"",
        "pptp sender hostname \"gw\"",
        "pptp sender vendor \"MikroTik\"",
        "pptp request 1",
        "pptp response 2 failure(5)",
        "pptp response 8 failure(2)",
      ])
  ]

  // MARK: observation; rendezvous.proto

  private static let remoteServices = [
    Sample(
      "teamviewer", "its messages are recognised",
      [.request("1724 0a 20 0000000000"), .response("1724 0a 20 0000000000")],
      [
        "teamviewer request 10",
        "skip the rest",
        "teamviewer response 10",
        "skip the rest",
      ]),
    Sample(
      "teamviewer", "in datagrams too",
      [.request("00 0000000000000000 0000 1724 0a 00", isStream: false)],
      [
        "teamviewer request datagram"
      ]),
    Sample(
      "rustdesk", "a machine announces its number",
      [
        .request("32 0d | 0a 09 '123456789' 10 01", isStream: false), .response("3a 02 08 01", isStream: false),
        .request("7a 0b | 0a 09 '123456789'", isStream: false),
      ],
      [
        "rustdesk request 6",
        "rustdesk sender client_id \"123456789\"",
        "rustdesk response 7",
        "rustdesk request 15",
      ]),
  ]

  // MARK: BEP 3, BEP 5

  private static let bittorrent = [
    Sample(
      "bittorrent", "a handshake names the client's software",
      [
        .request(
          "13 'BitTorrent protocol' 0000000000100005 0102030405060708090a0b0c0d0e0f1011121314 '-UT3530-abcdefghijkl'")
      ],
      [
        "bittorrent request handshake",
        "bittorrent sender application \"UT3530\"",
        "skip the rest",
      ]),
    Sample(
      "bittorrent", "a question to the distributed table",
      [.request("'d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe'", isStream: false)],
      [
        "bittorrent request dht"
      ]),
  ]
}
