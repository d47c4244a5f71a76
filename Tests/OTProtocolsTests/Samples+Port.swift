/// What a terminal's cameras, gates, quays and pilots speak. Bytes come from the stacks named beside them, or are made
/// from the section that is named.
extension Samples {
  static let port = cameras + navigation + position + gates + documents + webServices + serialServers

  private static func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }

  // MARK: cameras

  private static let envelope =
    "'<s:Envelope xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><s:Header><a:Action>"
    + "http://schemas.xmlsoap.org/ws/2005/04/discovery/"

  private static let cameras: [Sample] = [
    Sample(
      "rtsp", "a camera asks for a login and says what it is",
      [
        .request(
          lines("DESCRIBE rtsp://admin:12345@10.0.0.2:554/h264?ch=1 RTSP/1.0", "CSeq: 2", "User-Agent: VMS/3", "")),
        .response(
          lines(
            "RTSP/1.0 401 Unauthorized", "CSeq: 2",
            "WWW-Authenticate: Digest realm=\"IP Camera(C6404)\", nonce=\"abc\"", "")),
        .request(
          lines(
            "DESCRIBE rtsp://10.0.0.2/h264 RTSP/1.0", "CSeq: 3",
            "Authorization: Digest username=\"admin\", realm=\"IP Camera(C6404)\", response=\"0\"", "")),
        .response(
          lines("RTSP/1.0 200 OK", "CSeq: 3", "Server: Rtsp Server/2.0", "Content-Length: 35", "")
            + lines("v=0", "s=DS-2CD2032", "a=tool:LIVE555")),
        .request(lines("SETUP rtsp://10.0.0.2/h264/track1 RTSP/1.0", "CSeq: 4", "Transport: RTP/AVP/TCP", "")),
        .response(lines("RTSP/1.0 200 OK", "CSeq: 4", "Session: 1", "") + "24 00 000c | 8060 0001 00000000 00000001"),
      ],
      [
        "rtsp credential clear text \"admin\" well-known default",
        "rtsp request DESCRIBE [/h264?ch=1]", "rtsp sender application \"VMS/3\"",
        "rtsp response DESCRIBE failure(401)", "rtsp property authentication \"Digest realm=\"IP Camera(C6404)\"\"",
        "rtsp credential clear text \"admin\" well-known default refused",
        "rtsp request DESCRIBE [/h264]", "rtsp credential HTTP Digest \"admin\" unknown",
        "rtsp sender user_name \"admin\"",
        "rtsp response DESCRIBE success", "rtsp sender software_version \"Rtsp Server/2.0\"",
        "rtsp credential HTTP Digest \"admin\" unknown accepted",
        "rtsp sender description \"DS-2CD2032\"", "rtsp sender software_version \"LIVE555\"",
        "rtsp request SETUP [/h264/track1]", "rtsp response SETUP success", "handOff media 12 bytes",
      ]),
    Sample(
      "rtsp", "a password in the path of a stream is told as a login and not shown",
      [
        .request(lines("PLAY rtsp://10.0.0.3/user=admin_password=_channel=1.sdp RTSP/1.0", "CSeq: 1", "")),
        .request(lines("OPTIONS * RTSP/1.0", "CSeq: 2", "Authorization: Basic cm9vdDpzM2NyZXQ=", "")),
      ],
      [
        "rtsp credential clear text \"admin\" empty", "rtsp request PLAY [/]", "rtsp request OPTIONS [*]",
        "rtsp credential HTTP Basic \"root\" other", "rtsp sender user_name \"root\"",
      ]),
    Sample(
      "rtsp", "media over UDP is announced",
      [
        .request(
          lines(
            "SETUP rtsp://10.0.0.2/v RTSP/1.0", "CSeq: 1", "Transport: RTP/AVP;unicast;client_port=4588-4589", "")),
        .response(
          lines(
            "RTSP/1.0 200 OK", "CSeq: 1", "Transport: RTP/AVP;unicast;client_port=4588;server_port=6256-6257;ssrc=1-2",
            "")),
      ],
      [
        "rtsp request SETUP [/v]", "announce rtp sender udp 4588", "announce rtcp sender udp 4589",
        "rtsp response SETUP success", "announce rtp receiver udp 4588", "announce rtp sender udp 6256",
        "announce rtcp sender udp 6257",
      ]),
    Sample(
      "ws_discovery", "a camera matches a probe with its ONVIF scopes",
      [
        .request(
          envelope + "Probe</a:Action></s:Header><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe>'",
          isStream: false),
        .response(
          envelope
            + "ProbeMatches</a:Action></s:Header><d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:1</a:Address>"
            + "</a:EndpointReference><d:Types>dn:NVT</d:Types><d:Scopes>onvif://www.onvif.org/name/Gate%204 "
            + "onvif://www.onvif.org/hardware/DS-2CD2032 onvif://www.onvif.org/location/lane</d:Scopes>"
            + "<d:XAddrs>http://10.0.0.2/onvif</d:XAddrs></d:ProbeMatch>'", isStream: false),
        .response(envelope + "Bye</a:Action></s:Header><d:Bye/>'", isStream: false),
      ],
      [
        "ws_discovery request probe [dn:NetworkVideoTransmitter]", "ws_discovery response probe success",
        "ws_discovery sender device_type \"dn:NVT\"", "ws_discovery sender device_id \"urn:uuid:1\"",
        "ws_discovery sender name \"Gate 4\"", "ws_discovery sender product_name \"DS-2CD2032\"",
        "ws_discovery sender location \"lane\"", "ws_discovery sender endpoint \"http://10.0.0.2/onvif\"",
        "ws_discovery publish bye",
      ]),
    Sample(
      "sadp", "a camera without a password answers and is given an address",
      [
        .request("'<?xml version=\"1.0\"?><Probe><Uuid>A</Uuid><Types>inquiry</Types></Probe>'", isStream: false),
        .response(
          "'<?xml version=\"1.0\"?><ProbeMatch><Uuid>A</Uuid><Types>inquiry</Types><DeviceDescription>DS-2CD2032"
            + "</DeviceDescription><DeviceSN>DS-2CD2032-I42</DeviceSN><MAC>44-19-b6-00-00-01</MAC>"
            + "<IPv4Address>10.0.0.2</IPv4Address><SoftwareVersion>V5.4.5</SoftwareVersion>"
            + "<Activated>false</Activated></ProbeMatch>'", isStream: false),
        .request(
          "'<Probe><Uuid>B</Uuid><Types>update</Types><MAC>44-19-b6-00-00-01</MAC><Password>x</Password></Probe>'",
          isStream: false),
        .response(
          "'<ProbeMatch><Uuid>B</Uuid><Types>update</Types><Result>failed</Result></ProbeMatch>'", isStream: false),
      ],
      [
        "sadp request inquiry", "sadp response inquiry success", "sadp sender product_name \"DS-2CD2032\"",
        "sadp sender serial_number \"DS-2CD2032-I42\"", "sadp sender firmware_version \"V5.4.5\"",
        "sadp sender address \"44-19-b6-00-00-01\"", "sadp sender endpoint \"10.0.0.2\"",
        "sadp property security_mode \"not activated\"", "sadp request update [44-19-b6-00-00-01]",
        "sadp credential protocol password \"\" unknown", "sadp response update failure(1)",
      ]),
    Sample(
      "dahua", "a recorder announces itself",
      [
        .request("\(dahua(49)) '{\"method\":\"DHDiscover.search\",\"params\":{\"uni\":1}}'", isStream: false),
        .response(
          "\(dahua(159)) '{\"mac\":\"3c:ef:8c:00:00:01\",\"method\":\"client.notifyDevInfo\",\"params\":{\"deviceInfo\":"
            + "{\"DeviceType\":\"NVR5416\",\"SerialNo\":\"3K01\",\"Vendor\":\"Dahua\",\"Version\":\"3.2\"}}}'",
          isStream: false),
      ],
      [
        "dahua request dhdiscover.search [DHDiscover.search]", "dahua response dhdiscover.search success",
        "dahua sender vendor \"Dahua\"", "dahua sender product_name \"NVR5416\"",
        "dahua sender serial_number \"3K01\"", "dahua sender firmware_version \"3.2\"",
        "dahua sender address \"3c:ef:8c:00:00:01\"",
      ]),
    Sample(
      "dahua", "a login is challenged and refused",
      [
        .request(
          "\(dahua(75)) '{\"method\":\"global.login\",\"params\":{\"userName\":\"admin\",\"password\":\"0F\"}}    '"),
        .response("\(dahua(43)) '{\"error\":{\"code\":268632071},\"result\":false}'"),
      ],
      [
        "dahua request global.login [global.login]", "dahua credential protocol password \"admin\" unknown",
        "dahua sender user_name \"admin\"", "dahua response global.login failure(268632071)",
        "dahua credential protocol password \"admin\" unknown refused",
      ]),
    Sample(
      "gvcp", "a camera answers the discovery and its control is taken",
      [
        .request("42 11 0002 0000 ffff", isStream: false),
        // Recorded from aravis 0.8.26 (arv-fake-gv-camera), with a hardware address put in; section 16.1.1.
        .response(
          """
          0000 0003 00f8 ffff | \(zeros(10)) 000f31000001 \(zeros(20)) 7f000001 \(zeros(32))
          'Aravis' \(zeros(26)) 'Fake' \(zeros(28)) '0.8.26' \(zeros(26)) 'none' \(zeros(44)) 'GV01' \(zeros(28))
          """, isStream: false),
        .request("42 01 0082 0008 0002 | 00000a00 00000002", isStream: false),
        .response("8006 0083 0004 0002 | 0000 0000", isStream: false),
        .request("42 01 0080 0004 0003 | 00000938", isStream: false),
        .response("0000 0081 0004 0003 | 00000bb8", isStream: false),
        .request("42 01 0082 0010 0004 | 00000d00 0001c350 | 00000d04 000005dc", isStream: false),
      ],
      [
        "gvcp request 0x0002", "gvcp response 0x0002 success", "gvcp sender address \"00:0f:31:00:00:01\"",
        "binding 127.0.0.1 00:0f:31:00:00:01 other", "gvcp sender vendor \"Aravis\"",
        "gvcp sender product_name \"Fake\"", "gvcp sender firmware_version \"0.8.26\"",
        "gvcp sender description \"none\"", "gvcp sender serial_number \"GV01\"",
        "gvcp request 0x0082 [control channel privilege] = 2.0",
        "gvcp response 0x0082 [control channel privilege] failure(32774)",
        "gvcp request 0x0080 [heartbeat timeout]", "gvcp response 0x0080 [heartbeat timeout] success = 3000.0",
        "gvcp request 0x0082 [stream channel 0 port] = 115536.0 ×2", "announce gvsp sender udp 50000",
      ]),
  ]

  private static func dahua(_ count: Int) -> String {
    let low = String(count & 255, radix: 16)
    let length = (low.count == 1 ? "0" : "") + low + "000000"
    return "20000000 'DHIP' 00000000 01000000 \(length) 00000000 \(length) 00000000"
  }

  // MARK: navigation

  private static let navigation: [Sample] = [
    Sample(
      "nmea0183", "a maker's sentence has four letters",
      [.request("'$PSTT,10A,003738*4C' 0d0a")], ["nmea0183 publish PSTT"]),
    Sample(
      "nmea0183", "a transponder tells of a ship in two parts, and of its own",
      [
        // pyais 3.3.1: message 5 of another ship, then of the own one, then a position report.
        .request(
          lines(
            "!AIVDM,2,1,0,A,539S:k02>?0d@48<000EHE:0LUHDp0000000001600000000000TQCADR0EQ,0*2A",
            "!AIVDM,2,2,0,A,CP000000000,2*37",
            "!AIVDM,1,1,,A,139S:k?P1s0Vr?0NW>`00001P000,0*3F", "!AIVDM,1,1,,A,4020o0Qs8@P00000000000000000,0*45")),
        .request(
          lines(
            "!AIVDO,2,1,0,A,539S:k02>?0d@48<000EHE:0LUHDp0000000000000000000000000000000,0*2A",
            "!AIVDO,2,2,0,A,00000000000,2*26")),
      ],
      [
        "nmea0183 publish AIVDM", "nmea0183 publish AIVDM", "ais publish 5 [MMSI 211339980]",
        "ais sender object_name \"MMSI 211339980, IMO 9321483, call sign DABC, EVER GIVEN\"",
        "nmea0183 publish AIVDM", "ais publish 1 [MMSI 211339980] = 12.3", "nmea0183 publish AIVDM",
        "ais publish 4 [MMSI 002111234]", "nmea0183 publish AIVDO", "nmea0183 publish AIVDO",
        "ais publish 5 [MMSI 211339980]", "ais sender device_id \"MMSI 211339980\"",
        "ais sender serial_number \"IMO 9321483\"", "ais sender station_name \"DABC\"",
        "ais sender name \"EVER GIVEN\"",
      ]),
    Sample(
      "nmea0183", "fixes have a quality, equipment a version, transponders a password",
      [
        .request(
          """
          '\\s:GP0001*33\\$GPGGA,123519,4807.038,N,01131.000,E,4,08,0.9,545.4,M,46.9,M,,*42' 0d0a
          '$AIVER,1,1,AI,ACM,0123,S-77,R5,1.2,H3,0*71' 0d0a
          '$AISPW,SSD,211339980,1,SESAME*1F' 0d0a
          '$ECGPQ,GGA*2D' 0d0a
          """)
      ],
      [
        "nmea0183 sender device_id \"GP0001\"", "nmea0183 publish GPGGA = 4.0", "nmea0183 publish AIVER",
        "nmea0183 sender device_type \"AI\"", "nmea0183 sender vendor_id \"ACM\"",
        "nmea0183 sender device_id \"0123\"", "nmea0183 sender serial_number \"S-77\"",
        "nmea0183 sender product_name \"R5\"", "nmea0183 sender software_version \"1.2\"",
        "nmea0183 sender hardware_version \"H3\"", "nmea0183 publish AISPW",
        "nmea0183 credential protocol password \"SSD\" other", "nmea0183 publish ECGPQ",
      ]),
    Sample(
      "iec61162_450", "a message is addressed, an image has a source",
      [
        .request(
          """
          'UdPbC' 00 '\\s:AI0001,d:EI0002,n:7*11\\!AIVDM,1,1,,A,139S:k?P1s0Vr?0NW>`00001P000,0*3F' 0d0a
          """, isStream: false),
        .request("'RaUdP' 00 0001 'RA0001' 'EI0002' 0001 00000001 00000001 00000001", isStream: false),
      ],
      [
        "iec61162_450 sender device_id \"AI0001\"", "iec61162_450 publish AIVDM [EI0002]",
        "iec61162_450 publish 1 [MMSI 211339980] = 12.3", "iec61162_450 publish file",
        "iec61162_450 sender device_id \"RA0001\"",
      ]),
    Sample(
      "asterix", "a sector crossing and a target report, each of one radar",
      [
        // Sample data of the PyPI package asterix_decoder 0.7.11: categories 34 and 48.
        .request("22 0010 f6 190e 02 3a692b 40 | 88 40 40 | 80 00", isStream: false),
        .request(
          """
          30 0030 fdf702 19c9 356d4d a0 c5aff1e0 0200 0528 | 3c660c10 c236d418 2001c078 0031bc00 00400deb 07b9582e 410020f5
          """, isStream: false),
      ],
      [
        "asterix publish 34 [SAC 25 SIC 14]", "asterix sender device_id \"SAC 25 SIC 14\"",
        "asterix publish 48 [SAC 25 SIC 201]", "asterix sender device_id \"SAC 25 SIC 201\"",
      ]),
    Sample(
      "ivef", "a login in clear text is refused",
      [
        .request(
          "'<MSG_LoginRequest><Body><LoginRequest Name=\"vts\" Password=\"vts\" Encryption=\"1\"/></Body>"
            + "</MSG_LoginRequest>'"),
        .response("'<MSG_IVEF><Body><LoginResponse Result=\"2\"/></Body></MSG_IVEF>'"),
      ],
      [
        "ivef request LoginRequest", "ivef credential clear text \"vts\" well-known default",
        "ivef response LoginRequest failure(2)", "ivef credential clear text \"vts\" well-known default refused",
      ]),
  ]

  // MARK: position

  /// Checked with pyrtcm 1.2.1: messages 1005 and 1033 of station 2003.
  private static let coordinates = "d3 0013 3ed7d3 03800000000000000000000000000000 29d224"
  private static let descriptors =
    "d3 0030 4097d3 0b 'TRM55971.00' 00 07 '1440911' 0d 'TRIMBLE ALLOY' 04 '6.20' 04 'R123' 3682a1"

  private static let position: [Sample] = [
    Sample(
      "rtcm3", "a base station says where it is and what it is made of",
      [.request(coordinates + descriptors), .request("d3 0013 3ed7d3 03800000000000000000000000000000 29d225")],
      [
        "rtcm3 publish 1005 [station 2003]", "rtcm3 publish 1033 [station 2003]",
        "rtcm3 sender module_name \"TRM55971.00\"", "rtcm3 sender other \"1440911\"",
        "rtcm3 sender product_name \"TRIMBLE ALLOY\"", "rtcm3 sender firmware_version \"6.20\"",
        "rtcm3 sender serial_number \"R123\"", "anomaly CRC invalid at 22",
      ]),
    Sample(
      "ntrip", "a vehicle logs in to a mount point and gets corrections in chunks",
      [
        .request(
          lines(
            "GET /QUAY1 HTTP/1.1", "Ntrip-Version: Ntrip/2.0", "User-Agent: NTRIP RTG7/1.0",
            "Authorization: Basic cnRnOnJ0Zw==", "")),
        .response(
          lines(
            "HTTP/1.1 200 OK", "Ntrip-Version: Ntrip/2.0", "Server: NTRIP Caster 2.0", "Transfer-Encoding: chunked", "")
            + "'19' 0d0a \(coordinates) 0d0a"),
        .request("'$GPGGA,1,2,N,3,E,1,08,0.9,5,M,4,M,,*00' 0d0a"),
      ],
      [
        "ntrip request stream [QUAY1]", "ntrip sender application \"NTRIP RTG7/1.0\"",
        "ntrip credential HTTP Basic \"rtg\" well-known default", "ntrip sender user_name \"rtg\"",
        "ntrip response stream success", "ntrip credential HTTP Basic \"rtg\" well-known default accepted",
        "ntrip sender software_version \"NTRIP Caster 2.0\"", "handOff positionCorrections 25 bytes",
        "ntrip request position",
      ]),
    Sample(
      "ntrip", "a source feeds a caster of version 1, and the table of another is read",
      [
        .request(lines("SOURCE letmein /QUAY1", "Source-Agent: NTRIP Base/1", "")),
        .response(lines("ICY 200 OK", "")),
        .request(coordinates),
        .response(
          lines("SOURCETABLE 200 OK", "Server: NTRIP Caster/1.0", "Content-Length: 58", "")
            + lines("STR;QUAY1;Quay;RTCM 3.2;;2;GPS;N;DEU;1;2", "ENDSOURCETABLE")),
      ],
      [
        "ntrip request feed [QUAY1]", "ntrip credential clear text \"QUAY1\" well-known default",
        "ntrip sender application \"NTRIP Base/1\"", "ntrip response feed success",
        "ntrip credential clear text \"QUAY1\" well-known default accepted", "handOff positionCorrections 25 bytes",
        "ntrip response feed success", "ntrip sender software_version \"NTRIP Caster/1.0\"",
        "ntrip property path \"QUAY1\"",
      ]),
    Sample(
      "sick_cola", "a scanner says what it is, a client logs in with the manual's password",
      [
        .request("02 'sRN DeviceIdent' 03 02 'sMN SetAccessMode 03 F4724744' 03"),
        .response("02 'sRA DeviceIdent 6 LMS111 5 V1.80' 03 02 'sAN SetAccessMode 1' 03"),
        .request("02 'sEN LMDscandata 1' 03"),
        .response("02 'sFA 2' 03"),
      ],
      [
        "sick_cola request sRN [DeviceIdent]", "sick_cola request sMN [SetAccessMode]",
        "sick_cola credential protocol password \"authorised client\" well-known default",
        "sick_cola response sRA [DeviceIdent] success", "sick_cola sender vendor \"SICK\"",
        "sick_cola sender product_name \"LMS111\"", "sick_cola sender firmware_version \"V1.80\"",
        "sick_cola response sAN [SetAccessMode] success",
        "sick_cola credential protocol password \"authorised client\" well-known default accepted",
        "sick_cola request sEN [LMDscandata]", "sick_cola response sFA failure(2)",
      ]),
    Sample(
      "sick_cola", "the same in binary, with a checksum, and a safety scanner's session",
      [
        .request("02020202 00000017 'sMN SetAccessMode ' 03 11223344 72"),
        .response("02020202 00000013 'sAN SetAccessMode ' 00 39"),
        .response("02020202 00000017 'sRA SerialNumber ' 0004 '1234' 63"),
        .request("02020202 0000000e 00 00 00000001 0000 'RI' 0000 0000"),
      ],
      [
        "sick_cola request sMN [SetAccessMode]", "sick_cola credential protocol password \"authorised client\" other",
        "sick_cola response sAN [SetAccessMode] failure(0)",
        "sick_cola credential protocol password \"authorised client\" other refused",
        "sick_cola response sRA [SerialNumber] success", "sick_cola sender serial_number \"1234\"",
        "sick_cola2 request RI [session 0x00000001 index 0]",
      ]),
  ]

  // MARK: gates

  private static let gates: [Sample] = [
    Sample(
      "llrp", "a reader says what it is, its reader specification is enabled, tags are told",
      [
        // sllurp 3.0.5 made the requests.
        .request("0401 0000000b 00000001 00"),
        .response(
          """
          040b 00000036 00000001 | 011f 0008 0000 0000 | 0089 001c 0004 4000 0000651a 001e8b1a 000a '6.4.1.240' 00
          00da 0008 00 0001 02
          """),
        .request("0418 0000000e 00000007 00000001"),
        .response("0422 00000012 00000007 | 011f 0008 0066 0000"),
        .response("043d 0000001a 00000008 | 00f0 0008 8d000000 | 00f0 0008 8d000000"),
        .request("0429 0000000e 00000005 00000000"),
        .response("07ff 0000000f 00000009 | 0000651a 16 # section 8.1: a maker's own message"),
      ],
      [
        "llrp request 1", "llrp response 1 success", "llrp sender vendor_id \"25882\"",
        "llrp sender vendor \"Impinj\"", "llrp sender product_code \"2001690\"",
        "llrp sender firmware_version \"6.4.1.240\"", "llrp sender device_id \"02\"",
        "llrp request 24 [reader specification 1]", "llrp response 24 failure(102)", "llrp response 61 ×2",
        "llrp request 41 [every access specification]", "llrp response 1023",
      ]),
    Sample(
      "veeder_root", "a console is known by what ends its answers, whoever is taken for the client",
      [
        .response("01 'I20100' 0d0a 01 'I90200' 0d0a"),
        .request("01 'i20100260101100001100045' 03"),
      ],
      [
        "veeder_root request I201 [00]", "veeder_root request I902 [00]", "veeder_root response I201 success",
      ]),
    Sample(
      "veeder_root", "an inventory is asked for and printed, a label changed with a code and refused",
      [
        .request("01 'I20100' 0d0a"),
        .response(
          "01 0d0a 'I20100' 0d0a 'JAN 24, 2026  2:04 PM' 0d0a 0d0a 'JETTY 3' 0d0a 0d0a 'IN-TANK INVENTORY' 0d0a 03"),
        .request("01 '123456S60201X' 0d0a"),
        .response("01 '9999FF1B' 03"),
        .request("01 'I90200'"),
        .response(
          "01 0d0a 'I90200' 0d0a 'JAN 24' 0d0a 0d0a 'SOFTWARE REVISION LEVEL' 0d0a 'VERSION 131.02' 0d0a "
            + "'SOFTWARE# 346331-100' 0d0a 03"),
      ],
      [
        "veeder_root request I201 [00]", "veeder_root response I201 success",
        "veeder_root sender location \"JETTY 3\"", "veeder_root request S602 [01]",
        "veeder_root credential protocol password \"\" well-known default", "veeder_root response 9999 failure(9999)",
        "veeder_root credential protocol password \"\" well-known default refused", "veeder_root request I902 [00]",
        "veeder_root response I902 success",
        "veeder_root sender software_version \"131.02\"", "veeder_root sender product_code \"346331-100\"",
      ]),
    Sample(
      "osdp", "a reader is identified and an output switched",
      [
        // Checked with the PyPI package osdp 1.6.
        .request("53 00 0900 04 61 00 c066"),
        .response("53 80 1400 05 45 00068e 01 02 04030201 0a 0b 0c b79f"),
        .request("53 00 0d00 06 68 0002000000 3a01"),
        .response("53 80 0900 06 41 03 05ea"),
      ],
      [
        "osdp property encryption \"none\"", "osdp request 0x61 [reader 0]", "osdp response 0x61 [reader 0] success",
        "osdp sender vendor_id \"00068e\"", "osdp sender product_code \"1.2\"",
        "osdp sender serial_number \"16909060\"", "osdp sender firmware_version \"10.11.12\"",
        "osdp request 0x68 [reader 0]", "osdp response 0x68 [reader 0] failure(3)",
      ]),
    Sample(
      "mt_sics", "a weighbridge is asked for its weight and what it is",
      [
        .request(lines("SI", "I4", "Z")), .response(lines("S S   38240.0 kg", "I4 A \"B021002593\"", "Z I")),
        .response(lines("S D     -20 kg")),
      ],
      [
        "mt_sics request SI", "mt_sics request I4", "mt_sics request Z", "mt_sics response S success = 38240.0",
        "mt_sics response I4 success", "mt_sics sender serial_number \"B021002593\"",
        "mt_sics response Z failure(73)", "mt_sics response S success = -20.0",
      ]),
  ]

  // MARK: documents

  private static let documents: [Sample] = [
    Sample(
      "edifact", "a stowage plan names two containers, one with a wrong check digit",
      [
        .request(
          """
          'UNA:+.? ' 27 0d0a 'UNB+UNOA:2+MAEU+DEHAM+260101:1200+77+SESAM' 27
          'UNH+1+BAPLIE:D:95B:UN:SMDG22' 27 'EQD+CN+CSQU3054383+22G1' 27 'EQD+CN+CSQU3054384+22G1' 27
          'FTX+AAA+++it?' 27 's' 27 'UNT+5+1' 27 'UNZ+1+77' 27
          """)
      ],
      [
        "edifact request UNB [MAEU to DEHAM]", "edifact credential clear text \"MAEU\" other",
        "edifact request BAPLIE [BAPLIE:D:95B:UN:SMDG22]", "anomaly container check digit invalid at 0",
        "edifact request EQD [BAPLIE] = 1.0 ×2",
      ]),
    Sample(
      "print_job", "a printer is asked what it is, a file is written to it",
      [
        .request("1b '%-12345X@PJL INFO ID' 0d0a"),
        .response("'@PJL INFO ID' 0d0a '\"HP LaserJet 4250\"' 0d0a"),
        .request("'@PJL FSDOWNLOAD FORMAT:BINARY NAME=\"0:/x\"' 0d0a '@PJL JOB USERNAME=\"lisa\"' 0d0a"),
      ],
      [
        "print_job request info [ID]", "print_job sender product_name \"HP LaserJet 4250\"",
        "print_job request fsdownload [FORMAT:BINARY NAME=\"0:/x\"]", "print_job request job [USERNAME=\"lisa\"]",
        "print_job sender user_name \"lisa\"",
      ]),
    Sample(
      "print_job", "a label printer says what it is",
      [
        .request("'~HI'"), .response("02 'ZT410-300dpi,V75.20.01,12,8192KB' 03 0d0a"),
        .request("'^XA^FDCSQU3054383^FS^XZ' 0d0a '^XA^JUF^XZ' 0d0a"),
      ],
      [
        "print_job request ~HI", "print_job sender vendor \"Zebra Technologies\"",
        "print_job sender product_name \"ZT410-300dpi\"", "print_job sender firmware_version \"V75.20.01\"",
        "print_job request ^XA", "print_job request ^XA", "print_job request ^JU",
      ]),
  ]

  // MARK: web services

  /// ONVIF Core 23.06 section 8.1.4 and 5.9.4; ISAPI `/System/deviceInfo`.
  static let webServices: [Sample] = [
    Sample(
      "onvif", "a camera says what it is to who logs in with a clear-text token",
      [
        .request(
          "'<e:Envelope xmlns:t=\"http://www.onvif.org/ver10/device/wsdl\"><e:Header><w:UsernameToken><w:Username>admin"
            + "</w:Username><w:Password Type=\"x#PasswordText\">admin</w:Password></w:UsernameToken></e:Header><e:Body>"
            + "<t:GetDeviceInformation/></e:Body></e:Envelope>'", isStream: false),
        .response(
          "'<e:Envelope xmlns:t=\"http://www.onvif.org/ver10/device/wsdl\"><e:Body><t:GetDeviceInformationResponse>"
            + "<t:Manufacturer>Acme</t:Manufacturer><t:Model>C1</t:Model><t:FirmwareVersion>1.2</t:FirmwareVersion>"
            + "<t:SerialNumber>77</t:SerialNumber></t:GetDeviceInformationResponse></e:Body></e:Envelope>'",
          isStream: false),
        .request(
          "'<e:Envelope xmlns:t=\"http://www.onvif.org/ver20/ptz/wsdl\"><e:Body><t:ContinuousMove/></e:Body></e:Envelope>'",
          isStream: false),
        .response(
          "'<?xml version=\"1.0\"?><DeviceInfo><deviceName>lane</deviceName><model>DS-2CD</model></DeviceInfo>'",
          isStream: false),
      ],
      [
        "onvif request getdeviceinformation [GetDeviceInformation]", "onvif sender user_name \"admin\"",
        "onvif credential clear text \"admin\" well-known default",
        "onvif response getdeviceinformation [GetDeviceInformation] success", "onvif sender vendor \"Acme\"",
        "onvif sender product_name \"C1\"", "onvif sender firmware_version \"1.2\"",
        "onvif sender serial_number \"77\"", "onvif request continuousmove [ContinuousMove]",
        "onvif response isapi success", "onvif sender product_name \"DS-2CD\"", "onvif sender name \"lane\"",
      ]),
    Sample(
      "container_ids", "containers with a right check digit are counted",
      [
        .request(
          "'{\"units\":[\"CSQU3054383\",\"CSQU3054384\",\"XCSQU3054383\"],\"id\":\"CSQU3054383\"}'", isStream: false)
      ],
      ["container_ids request containers ×2"]),
    Sample(
      "http", "the thin client of a terminal operating system sends what anybody can inflate",
      [.request(lines("POST /apex/n4.ulc HTTP/1.1", "Content-Length: 400", "") + "789c 6364")],
      [
        "http request POST [/apex/n4.ulc]",
        "http receiver property dialect \"Ultra Light Client, zlib\"", "skip 398 bytes",
      ]),
    Sample(
      "http", "a document is handed on with its head, and the next answer is read",
      [
        .request(
          lines("POST /edi HTTP/1.1", "Content-Type: application/EDIFACT", "Content-Length: 19", "")
            + "'UNB+UNOA:2+A+B+1+2' 27"),
        .response(
          lines("HTTP/1.1 200 OK", "Content-Type: text/xml", "Content-Length: 4", "") + "'<a/>'"
            + lines("HTTP/1.1 204 No Content", "")),
      ],
      [
        "http request POST [/edi]", "handOff httpBody 19 bytes", "http response POST success",
        "http response ? success", "handOff httpBody 4 bytes",
      ]),
  ]

  // MARK: serial servers

  private static let serialServers: [Sample] = [
    Sample(
      "moxa", "a serial server is found and named",
      [
        .request("01 00 0008 00000000", isStream: false),
        .response("81 00 0018 00000000 | 1051 0080 1051 0090e8000001 c0a87ffe", isStream: false),
        .response("90 00 0020 00000000 | 1051 0080 1051 0090e8000001 'STS03' 000000 00000000", isStream: false),
      ],
      [
        "moxa request 0x01", "moxa response 0x01 success", "moxa sender vendor \"Moxa\"",
        "moxa sender product_code \"0x5110\"", "moxa sender address \"00:90:e8:00:00:01\"",
        "binding 192.168.127.254 00:90:e8:00:00:01 other", "moxa response 0x10 success",
        "moxa sender name \"STS03\"",
      ]),
    // 0x2c: communities at octets 24 and 64, password at 200.
    Sample(
      "moxa", "a serial server tells its communities and its password to whoever asks",
      [
        .request("16 00 0018 00000000 | 1051 0080 1051 0090e8000001 c0a87ffe", isStream: false),
        .request("2c 00 0018 00000000 | 1051 0080 1051 0090e8000001 c0a87ffe", isStream: false),
        .response(
          """
          ac 00 00d8 00000000 | 1051 0080 1051 0090e8000001 c0a87ffe | 'public' 0000 \(zeros(32))
          'quay7' 000000 \(zeros(128)) 'moxa' 00000000 \(zeros(8))
          """, isStream: false),
      ],
      [
        "moxa request 0x16", "moxa request 0x2c", "moxa response 0x2c success",
        "moxa credential SNMP community \"\" well-known default", "moxa credential SNMP community \"\" other",
        "moxa credential clear text \"\" well-known default",
      ]),
    Sample(
      "addp", "a gateway is found and rebooted with its default password",
      [
        .request("'DIGI' 0001 0006 ffffffffffff", isStream: false),
        .response(
          """
          'DIGI' 0002 002c | 01 06 00409d000001 02 04 0a000002 04 03 'rtg' 08 04 '1.2b' 07 01 03
          0d 0b 'PortServer ' | 0a 01 00
          """, isStream: false),
        .request("'DIGI' 0005 000b 00409d000001 04 'dbps'", isStream: false),
      ],
      [
        "addp request 1", "addp response 1 success", "addp sender vendor \"Digi\"",
        "addp sender address \"00:40:9d:00:00:01\"", "binding 10.0.0.2 00:40:9d:00:00:01 other",
        "addp sender name \"rtg\"", "addp sender product_name \"PortServer\"",
        "addp sender firmware_version \"1.2b\"", "addp sender hardware_version \"3\"",
        "addp request 5 [00:40:9d:00:00:01]", "addp credential clear text \"\" well-known default",
      ]),
    Sample(
      "lantronix", "a serial server is found, its set-up record shows its password",
      [
        .request("000000f6", isStream: false),
        .response("000000f7 \(zeros(20)) 00204a000001", isStream: false),
        .request("000000f8", isStream: false),
        .response("000000f9 0a000002 00000000 'LTXA' \(zeros(16))", isStream: false),
      ],
      [
        "lantronix request 0xf6", "lantronix response 0xf6 success", "lantronix sender vendor \"Lantronix\"",
        "lantronix sender address \"00:20:4a:00:00:01\"", "lantronix request 0xf8",
        "lantronix response 0xf8 success", "lantronix credential clear text \"\" other",
      ]),
    Sample(
      "gvsp", "a picture has a leader, payload and a trailer",
      [
        // Recorded from aravis 0.8.26 (arv-fake-gv-camera).
        .response(
          """
          0000 0001 01000000 | 0000 0001 0000000000000001 01080001 00000040 00000030 00000000 00000000 0000 0000
          """, isStream: false),
        .response("0000 0001 03000001 | 00010203", isStream: false),
        .response("0000 0001 02000002 | 0000 0001 00000030", isStream: false),
      ],
      ["gvsp publish 1 [image 64 by 48]", "gvsp publish 3", "gvsp publish 2"]),
  ]
}
