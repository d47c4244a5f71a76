/// Length of what the notation says, in so many bytes of hexadecimal, most significant first unless `little`; `extra` is
/// added where a length counts more than what follows it.
func length(of notation: String, _ width: Int, little: Bool = false, extra: Int = 0) -> String {
  let count = bytes(notation).count + extra
  let octets = (0..<width).map { index -> String in
    let shift = 8 * (little ? index : width - 1 - index)
    let octet = count >> shift & 255
    return String(octet >> 4, radix: 16) + String(octet & 15, radix: 16)
  }
  return octets.joined()
}

/// Databases behind historians and terminal systems.
extension Samples {
  static let databases: [Sample] = tds + mysql + postgresql + oracle + redis + mongo + stores

  /// [MS-TDS] section 2.2.3.1: header of a packet that is the end of its message.
  private static func tds(_ type: String, _ body: String) -> String {
    "\(type) 01 \(length(of: body, 2, extra: 8)) 0000 01 00 \(body)"
  }

  private static let tds: [Sample] = [
    Sample(
      "tds", "a prelogin says versions and that only the login is encrypted",
      [
        .request(
          tds(
            "12",
            """
            00 000b 0006 | 01 0011 0001 | ff     # 2.2.6.5: VERSION at 11, ENCRYPTION at 17
            0f00 0c37 0000 | 00                  # 15.0.3127, off
            """)),
        .response(tds("04", "00 000b 0006 | 01 0011 0001 | ff 0a00 0640 0000 | 02")),
      ],
      [
        "tds request 18", "tds sender software_version \"15.0.3127\"", "tds property encryption \"login only\"",
        "tds response 18 success", "tds sender software_version \"10.0.1600\"",
        "tds property encryption \"not supported\"",
      ]),
    Sample(
      "tds", "a login in clear text is told without its password, then a shell command",
      [
        .request(
          tds(
            "10",
            """
            7c000000 04000074 00100000 00000007 00000000 00000000 e0 03 00 00 00000000 00000000   # 2.2.6.4: LOGIN7
            5e00 0200 | 6200 0200 | 6600 0200 | 6a00 0300 | 0000 0000 | 0000 0000   # host, user, password, application
            0000 0000 | 0000 0000 | 7000 0600 | 000000000000 | 0000 0000 | 0000 0000 | 0000 0000 00000000
            'H' 00 '1' 00 | 's' 00 'a' 00 | 92a5 b3a5 | 'h' 00 'm' 00 'i' 00 | 'm' 00 'a' 00 's' 00 't' 00 'e' 00 'r' 00
            """)),
        .response(
          tds(
            "04",
            """
            ad 1000 01 74000004 04 'S' 00 'Q' 00 'L' 00 '!' 00 0f000c37   # 2.2.7.14: LOGINACK
            fd 0000 0000 0000000000000000
            """)),
        .request(
          tds(
            "01",
            "'E' 00 'X' 00 'E' 00 'C' 00 ' ' 00 'x' 00 'p' 00 '_' 00 'c' 00 'm' 00 'd' 00 's' 00 'h' 00 'e' 00 'l' 00 'l' 00"
          )),
        .response(tds("04", "aa 0a00 e5000000 01 10 0000 00 00 0000")),
        .request(tds("03", "ffff 0d00 0000")), .request(tds("03", "0300 'p' 00 '_' 00 'x' 00 0000")),
      ],
      [
        "tds request 16",
        "tds sender hostname \"H1\"", "tds sender user_name \"sa\"", "tds sender application \"hmi\"",
        "tds property path \"database master\"", "tds property authentication \"SQL Server\"",
        "tds credential clear text \"sa\" well-known default",
        "tds credential clear text \"sa\" well-known default accepted", "tds sender product_name \"SQL!\"",
        "tds response 16 success",
        "tds request 1/xp_cmdshell", "tds response 1/xp_cmdshell failure(229)",
        "tds request 3/13", "tds request 3 [p_x]",
      ]),
    Sample(
      "mssql_browser", "instances, versions and ports are told",
      [
        .request("03", isStream: false),
        .response(
          """
          05 4300 'ServerName;SCADA1;InstanceName;HIST;IsClustered;No;Version;10.0;'
          'tcp;1433;;'
          """.replacingLength(), isStream: false),
      ],
      [
        "mssql_browser request 3", "mssql_browser response 3 success",
        "mssql_browser sender hostname \"SCADA1\"", "mssql_browser sender object_name \"HIST\"",
        "mssql_browser sender software_version \"SQL Server 10.0\"", "mssql_browser sender endpoint \"tcp 1433\"",
      ]),
    Sample(
      "mssql_browser", "a name that is too long is an anomaly",
      [.request("04" + String(repeating: "01", count: 40), isStream: false)],
      ["anomaly INSTANCENAME invalid at 1", "mssql_browser request 4"]),
  ]

  private static func mysql(_ sequence: String, _ body: String) -> String {
    "\(length(of: body, 3, little: true)) \(sequence) \(body)"
  }

  private static let mysql: [Sample] = [
    Sample(
      "mysql", "a greeting, a login with an empty password, statements",
      [
        .response(
          mysql(
            "00",
            """
            0a '5.5.5-10.6.12-MariaDB' 00 05000000 'saltsalt' 00 fff7 08 0200 3f80 15   # Protocol::HandshakeV10
            00000000000000000000 'moresaltmore' 00 'mysql_native_password' 00
            """)),
        .request(
          mysql(
            "01",
            """
            0d820800 00000001 08 0000000000000000000000000000000000000000000000   # Protocol::HandshakeResponse41
            'root' 00 00 'plant' 00 'mysql_native_password' 00
            """)),
        .response(mysql("02", "00 00 00 0200 0000")),
        .request(mysql("00", "03 'SELECT 1'")), .response(mysql("01", "01")), .response(mysql("02", "03 'def'")),
        .request(mysql("00", "03 '/* x */ drop table t'")), .response(mysql("01", "ff 1b04 '#42S02'")),
        .request(mysql("00", "03 'select 1 into outfile 2'")),
        .request(mysql("00", "08")), .request(mysql("00", "01")),
      ],
      [
        "mysql response greeting success", "mysql sender software_version \"10.6.12-MariaDB\"",
        "mysql sender product_name \"MariaDB\"", "mysql property encryption \"not offered\"",
        "mysql request login [root]", "mysql sender user_name \"root\"", "mysql property path \"database plant\"",
        "mysql property authentication \"mysql_native_password\"",
        "mysql credential challenge-response \"root\" empty",
        "mysql response login success", "mysql credential challenge-response \"root\" empty accepted",
        "mysql request 3/select", "mysql response 3/select success",
        "mysql request 3/drop", "mysql response 3/drop failure(1051)",
        "mysql request 3/into outfile", "mysql request 8", "mysql request 1",
      ]),
    Sample(
      "mysql", "where TLS is asked for the text ends",
      [
        .response(mysql("00", "0a '8.0.36' 00 05000000 'saltsalt' 00 ffff ff 0200 ffcf 15 00000000000000000000 00")),
        .request(mysql("01", "85ae9f19 00000001 ff 0000000000000000000000000000000000000000000000")),
        .request("16 0301 0005 01 00000100"),
      ],
      [
        "mysql response greeting success", "mysql sender software_version \"8.0.36\"",
        "mysql sender product_name \"MySQL\"", "mysql property encryption \"offered\"",
        "mysql property encryption \"TLS\"", "notThisProtocol at 0",
      ]),
  ]

  private static func postgres(_ type: String, _ body: String) -> String {
    "'\(type)' \(length(of: body, 4, extra: 4)) \(body)"
  }

  /// PostgreSQL 17 documentation, section 53.7.
  private static let postgresql: [Sample] = [
    Sample(
      "pgsql", "encryption is refused, the password shown, a statement fails",
      [
        .request("00000008 04d2162f"), .response("'N'"),
        .request("00000028 00030000 'user' 00 'eng' 00 'database' 00 'scada' 00 'x' 00 'yyyy' 00 00"),
        .response(postgres("R", "00000003")), .request(postgres("p", "'eng' 00")),
        .response(postgres("R", "00000000") + postgres("S", "'server_version' 00 '15.2' 00") + postgres("Z", "'I'")),
        .request(postgres("Q", "'COPY t FROM PROGRAM x' 00")),
        .response(postgres("E", "'SERROR' 00 'C42501' 00 'Mno' 00 00")),
        .request(postgres("P", "'s1' 00 'select 1' 00 0000")), .response(postgres("1", "")),
        .request(postgres("X", "")),
      ],
      [
        "pgsql request encryption", "pgsql response encryption success", "pgsql property encryption \"refused\"",
        "pgsql property protocol_version \"3.0\"", "pgsql sender user_name \"eng\"",
        "pgsql property path \"database scada\"", "pgsql request startup [eng]",
        "pgsql response startup success", "pgsql property authentication \"clear-text password\"",
        "pgsql request p", "pgsql credential clear text \"eng\" well-known default",
        "pgsql credential clear text \"eng\" well-known default accepted", "pgsql response p success",
        "pgsql sender software_version \"PostgreSQL 15.2\"",
        "pgsql request Q/from program", "pgsql response Q/from program failure(42501)",
        "pgsql request P/select", "pgsql response P/select success", "pgsql request X",
      ]),
    Sample(
      "pgsql", "a server that asks nothing lets everybody in",
      [.request("00000012 00030000 'user' 00 'a' 00 00 0000"), .response(postgres("R", "00000000"))],
      [
        "pgsql property protocol_version \"3.0\"", "pgsql sender user_name \"a\"", "pgsql request startup [a]",
        "pgsql property authentication \"none asked for\"", "pgsql credential no authentication \"a\" empty",
        "pgsql credential no authentication \"a\" empty accepted", "pgsql response startup success",
      ]),
  ]

  private static let oracle: [Sample] = [
    Sample(
      "tns", "a connect descriptor names program, computer, user and service; a refusal its reason",
      [
        .request(connect),
        .response(
          refusal("'(DESCRIPTION=(TMP=)(VSNNUM=186647552)(ERR=12514))'")),
      ],
      [
        "tns request 1 [ORCL]", "tns sender application \"hmi.exe\"", "tns sender hostname \"QC7\"",
        "tns sender user_name \"eng\"", "tns receiver property server_name \"ORCL\"",
        "tns response 1 failure(12514)", "tns sender software_version \"Oracle 11.2.0.4.0\"",
      ]),
    Sample(
      "tns", "an accepted connection goes on with data",
      [.response("000c 0000 02 00 0000 | 013b 0000"), .request("000b 0000 06 00 0000 | 0000 00")],
      ["tns response 1 success", "tns property protocol_version \"315\"", "tns request 6"]),
  ]

  private static var connect: String {
    let descriptor =
      "'(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=ORCL)(CID=(PROGRAM=hmi.exe)(HOST=QC7)(USER=eng)))(ADDRESS=(HOST=db)))'"
    let body = "013a 012c 0000 2000 7fff 7f08 0000 0001 \(length(of: descriptor, 2)) 0022 00000000 00 00 \(descriptor)"
    return "\(length(of: body, 2, extra: 8)) 0000 01 00 0000 \(body)"
  }

  private static func refusal(_ text: String) -> String {
    "\(length(of: text, 2, extra: 12)) 0000 04 00 0000 | 22 00 \(length(of: text, 2)) \(text)"
  }

  private static let redis: [Sample] = [
    Sample(
      "resp", "a configuration is changed, the account told, not the password",
      [
        .request(
          lines("*3", "$4", "AUTH", "$3", "ops", "$5", "admin")), .response(lines("+OK")),
        .request(lines("*4", "$6", "CONFIG", "$3", "SET", "$3", "dir", "$4", "/tmp")),
        .response(lines("-NOAUTH Authentication required.")),
        .request(lines("*1", "$4", "info")), .response(lines("$30", "redis_version:7.0.5", "os:Linux 6", "")),
      ],
      [
        "resp request AUTH", "resp credential clear text \"ops\" well-known default", "resp response AUTH success",
        "resp credential clear text \"ops\" well-known default accepted",
        "resp request CONFIG [SET]", "resp response CONFIG failure(1)", "resp property authentication \"required\"",
        "resp request INFO", "resp response INFO success", "resp sender software_version \"Redis 7.0.5\"",
        "resp sender operating_system \"Linux 6\"",
      ])
  ]

  private static func mongo(_ document: String, answers: String) -> String {
    let body = "00000000 00 \(document)"
    return "\(length(of: body, 4, little: true, extra: 16)) 01000000 \(answers) dd070000 \(body)"
  }

  private static let mongo: [Sample] = [
    Sample(
      "mongo", "a command is told with its collection",
      [
        .request(mongo("18000000 02 'find' 00 06000000 'crane' 00 00", answers: "00000000")),
        .response(mongo("18000000 01 'ok' 00 000000000000f03f 00", answers: "01000000")),
        .request(mongo("18000000 10 'buildInfo' 00 01000000 00", answers: "00000000")),
        .response(mongo("18000000 02 'version' 00 06000000 '6.0.1' 00 00", answers: "01000000")),
      ],
      [
        "mongo request find [crane]", "mongo response find success", "mongo request buildinfo",
        "mongo response buildinfo success", "mongo sender software_version \"MongoDB 6.0.1\"",
      ])
  ]

  private static let stores: [Sample] = [
    Sample(
      "memcache", "keys and version",
      [
        .request(lines("get crane")), .response(lines("END")), .request(lines("version")),
        .response(lines("VERSION 1.6.9")),
        .request("0001 0000 0001 0000" + lines("stats"), isStream: false),
      ],
      [
        "memcache request get [crane]", "memcache response get success", "memcache request version",
        "memcache sender software_version \"memcached 1.6.9\"", "memcache response version success",
        "memcache request stats",
      ]),
    Sample(
      "iscsi", "a login names initiator, target and account",
      [
        .request(
          iscsi("03 87 0000", "'InitiatorName=iqn.qc' 00 'TargetName=iqn.d1' 00 'AuthMethod=CHAP' 00 'CHAP_N=u' 00")),
        .response(iscsi("23 87 0000", "", status: "0201")), .request(iscsi("01 c1 0000", "")),
        .response(iscsi("21 80 0000", "")),
      ],
      [
        "iscsi request 0x03", "iscsi sender name \"iqn.qc\"", "iscsi receiver property server_name \"iqn.d1\"",
        "iscsi property authentication \"CHAP\"", "iscsi sender user_name \"u\"",
        "iscsi credential challenge-response \"u\" unknown",
        "iscsi response 0x03 failure(2)", "iscsi credential challenge-response \"u\" unknown refused",
        "iscsi request 0x01", "iscsi response 0x01 success",
      ]),
    Sample(
      "x11", "a display that asks for no key",
      [
        .request("6c 00 0b00 0000 0000 0000 0000"),
        .response(
          "01 00 0b00 0000 0000 | 20afb800 00000000 00000000 00000000 0500 ffff 00 00 00 00 00 00 00 00 00000000 'X.Org'"
        ),
      ],
      [
        "x11 request setup", "x11 property authentication \"none\"", "skip the rest", "x11 response setup success",
        "x11 sender vendor \"X.Org\"", "x11 sender software_version \"release 12103456\"", "skip the rest",
      ]),
  ]

  /// RFC 7143 section 11: 48 bytes of header, then data padded to words.
  private static func iscsi(_ start: String, _ data: String, status: String = "0000") -> String {
    let count = bytes(data).count
    let padding = String(repeating: "00", count: (4 - count % 4) % 4)
    let zeros = { (count: Int) in String(repeating: "00", count: count) }
    return "\(start) 00 \(length(of: data, 3)) \(zeros(28)) \(status) \(zeros(10)) \(data) \(padding)"
  }
}

extension String {
  /// The notation with the two bytes of its length, behind the first byte, made right.
  fileprivate func replacingLength() -> String {
    let all = bytes(self)
    let rest = all.dropFirst(3)
    let hex = rest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    return "05 \(length(of: hex, 2, little: true)) \(hex)"
  }
}
