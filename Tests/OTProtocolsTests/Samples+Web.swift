/// Lines of text in the notation of ``bytes(_:)``, each with CR LF.
func lines(_ lines: String...) -> String { lines.map { "'\($0)' 0d0a" }.joined(separator: "\n") }

extension Samples {
  static let web = http + ssdp + tls

  /// RFC 9112; the credentials are those of RFC 7617 section 2 and a default.
  private static let http = [
    Sample(
      "http", "a Basic login is told without its password, with the server's answer",
      [
        .request(lines("GET /Portal.mwsl?PriNav=Start HTTP/1.1", "Host: crane4", "User-Agent: Mozilla/5.0", "")),
        .response(
          lines(
            "HTTP/1.1 401 Unauthorized", "Server: SIMATIC S7", "WWW-Authenticate: Basic realm=\"PLC\"",
            "Content-Length: 4", "") + "'oops'"),
        // admin:admin
        .request(lines("GET /Portal.mwsl HTTP/1.1", "Authorization: Basic YWRtaW46YWRtaW4=", "")),
        .response(lines("HTTP/1.1 200 OK", "Server: SIMATIC S7", "Content-Length: 0", "")),
      ],
      [
        "http request GET [/Portal.mwsl]",
        "http sender application \"Mozilla/5.0\"",
        "http receiver property server_name \"crane4\"",
        "http response GET failure(401)",
        "http sender software_version \"SIMATIC S7\"",
        "http property authentication \"Basic realm=\"PLC\"\"",
        "skip 4 bytes",
        "http request GET [/Portal.mwsl]",
        "http credential HTTP Basic \"admin\" well-known default",
        "http sender user_name \"admin\"",
        "http response GET success",
        "http credential HTTP Basic \"admin\" well-known default accepted",
      ]),
    Sample(
      "http", "a connection goes over to a WebSocket",
      [
        .request(lines("GET /live HTTP/1.1", "Upgrade: websocket", "")),
        .response(lines("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "") + "81 02 'hi'"),
      ],
      [
        "http request GET [/live]", "http response GET success", "http property dialect \"websocket\"",
        "skip the rest",
      ]),
    Sample(
      "http", "chunks are skipped, and the next response is read",
      [
        .request(lines("GET / HTTP/1.1", "") + lines("HEAD /logo HTTP/1.1", "")),
        .response(
          lines("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "") + lines("5;x=1", "hello", "0", "")
            + lines("HTTP/1.1 200 OK", "Content-Length: 7777", "")),
        .request(lines("PUT /fw.bin HTTP/1.1", "Content-Length: 3", "") + "'abc'"),
        .response(lines("HTTP/1.1 204 No Content", "")),
      ],
      [
        "http request GET [/]",
        "http request HEAD [/logo]",
        "http response GET success",
        "http response HEAD success",
        "skip 7 bytes",
        "http request PUT [/fw.bin]",
        "http file to server \"/fw.bin\" 3 bytes",
        "skip 3 bytes",
        "http response PUT success",
      ]),
    Sample(
      "http", "a form and a digest name the account",
      [
        .request(
          lines(
            "POST /login HTTP/1.0", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 27", "")
            + "'username=eng&password=x9%21'"),
        .response(lines("HTTP/1.0 302 Found", "Content-Length: 0", "")),
        .request(lines("GET /a HTTP/1.1", "Authorization: Digest username=\"Mufasa\", realm=\"r\"", "")),
        .response(
          lines("HTTP/1.1 403 Forbidden", "Content-Disposition: attachment; filename=\"a.cfg\"", "") + "'gone'"),
      ],
      [
        "http request POST [/login]",
        "http credential HTTP form \"eng\" other",
        "http sender user_name \"eng\"",
        "http response POST success",
        "http credential HTTP form \"eng\" other accepted",
        "http request GET [/a]",
        "http credential HTTP Digest \"Mufasa\" unknown",
        "http sender user_name \"Mufasa\"",
        "http response GET failure(403)",
        "http file to client \"a.cfg\"",
        "http credential HTTP Digest \"Mufasa\" unknown refused",
        "skip the rest",
      ]),
    Sample(
      "http", "what only looks like a request is refused", [.request("'GET out of here' 0d0a")],
      [
        "notThisProtocol at 0"
      ]),
  ]

  /// UPnP Device Architecture 2.0 sections 1.2.2 and 1.3.3.
  private static let ssdp = [
    Sample(
      "ssdp", "a search and its answer are datagrams",
      [
        .request(lines("M-SEARCH * HTTP/1.1", "ST: ssdp:all", ""), isStream: false),
        .response(lines("HTTP/1.1 200 OK", "SERVER: UPnP/1.0 BLR-TX4S/1.0", ""), isStream: false),
        .response(lines("NOTIFY * HTTP/1.1", "NT: upnp:rootdevice"), isStream: false),
      ],
      [
        "ssdp request M-SEARCH",
        "ssdp response M-SEARCH success",
        "ssdp sender software_version \"UPnP/1.0 BLR-TX4S/1.0\"",
        "ssdp publish NOTIFY",
      ])
  ]

  private static let tls = [
    Sample(
      "tls", "a hello shows versions, name, protocol and fingerprint",
      [
        .request(
          """
          16 0301 0069                     # RFC 8446 section 5.1: handshake record
          01 000065 0303                   # section 4.1.2: ClientHello, legacy_version
          00000000000000000000000000000000 00000000000000000000000000000000
          00                               # session_id
          0006 0a0a c02f 1301              # cipher_suites, the first a GREASE value
          0100                             # compression_methods
          0036 1a1a 0000                   # extensions, the first a GREASE value
          0000 000b 0009 00 0006 'crane4'  # server_name, RFC 6066 section 3
          0010 000e 000c 02 'h2' 08 'http/1.1'
          000d 0006 0004 0403 0804         # signature_algorithms
          002b 0003 02 0304                # supported_versions
          """),
        .response("15 0303 0002 02 28"),
      ],
      [
        "tls request 1",
        "tls receiver property server_name \"crane4\"",
        "tls sender other \"crane4\"",
        "tls property alpn \"h2\"",
        "tls property offered_version \"TLS 1.3\"",
        "tls property ja4 \"t13d0204h2_c1929292aa6b_ef5f37ab036a\"",
        "tls response alert.40 failure(40)",
      ]),
    Sample(
      "tls", "a certificate that two records share is told",
      [
        .response("16 0303 0050 \(serverHello) \(certificateMessage.prefix(76))"),
        .response("16 0303 0167 \(certificateMessage.dropFirst(76))"),
        .response("14 0303 0001 01 | 16 0303 0004 ffffffff | 17 0303 0020"),
      ],
      [
        "tls response 2",
        "tls property protocol_version \"TLS 1.2\"",
        "tls property cipher_suite \"TLS_RSA_WITH_RC4_128_SHA\"",
        "tls property weakness \"cipher RC4\"",
        "tls response 11",
        "tls property certificate_subject \"CN=plc1, O=Port\"",
        "tls property certificate_issuer \"CN=plc1, O=Port\"",
        "tls property certificate_serial \"1234\"",
        "tls property certificate_not_before \"2026-11-23\"",
        "tls property certificate_not_after \"2036-11-20\"",
        "tls property certificate_signature \"ecdsa-with-SHA256\"",
        "tls property certificate_trust \"self-signed\"",
        "tls property certificate_key \"EC P-256\"",
        "skip the rest",
      ]),
    Sample(
      "tls", "a server that still speaks SSL 2.0",
      [
        .response(
          """
          801e 04 00 01 0002 0000 0003 0010    # no session, X.509, version, lengths: certificate, ciphers, connection
          010080 00112233445566778899aabbccddeeff
          """)
      ],
      ["tls response v2.4", "tls property protocol_version \"SSL 2.0\"", "skip the rest"]),
    Sample(
      "tls", "a hello of SSL 2.0",
      [.request("80 22 01 0300 0009 0000 0010 000004 010080 000005 00112233445566778899aabbccddeeff")],
      [
        "tls request v2.1",
        "tls property offered_version \"SSL 3.0\"",
      ]),
    Sample(
      "tls", "a length beyond a record's is refused", [.request("16 0301 4900 01")],
      [
        "notThisProtocol at 0"
      ]),
  ]

  /// RFC 5246 section 7.4.1.3: TLS 1.2, no session, TLS_RSA_WITH_RC4_128_SHA.
  private static let serverHello =
    "02 000026 0303" + String(repeating: "00", count: 32) + "00 0005 00"

  /// RFC 5246 section 7.4.2: one self-signed certificate, made for this test by `openssl req -x509`.
  private static let certificateMessage =
    "0b000189000186000183" + certificate

  private static let certificate = """
    3082017f30820125a00302010202021234300a06082a8648ce3d040302301e310d300b06035504030c04706c6331310d300b0603 \
    55040a0c04506f7274301e170d3236313132333032303535365a170d3336313132303032303535365a301e310d300b0603550403 \
    0c04706c6331310d300b060355040a0c04506f72743059301306072a8648ce3d020106082a8648ce3d03010703420004b67864c0 \
    e88d23e1dff68fc9fcd44be77416bf7d4627c33a335caa7e5c9636e8f087771435663328711516438f5479159794689c142b81be \
    4d104ea283697f8da3533051301d0603551d0e041604144c7a0274c9dedb951fab27c55783fb1cadf4dc39301f0603551d230418 \
    301680144c7a0274c9dedb951fab27c55783fb1cadf4dc39300f0603551d130101ff040530030101ff300a06082a8648ce3d0403 \
    020348003045022100c032fa8c0be2a7f3a1d0764decab2c557f68e7a14579788c8e35bc32879d8b4a022024512ed96f3466f879 \
    8ef4831cc68c958797be9af22b4822240486606478405d
    """
}
