/// What administrators, and those who would like to be, do from afar.
extension Samples {
  static let remoteCalls2: [Sample] = pipes + management + files + shares + shells

  private static func wide(_ text: String) -> String {
    text.utf8.map { "\(String($0 >> 4, radix: 16))\(String($0 & 15, radix: 16))00" }.joined()
  }

  /// A conformant varying string with its closing NUL, C706 section 14.3.4.2.
  private static func ndr(_ text: String) -> String {
    let count = text.utf8.count + 1
    let number = length(of: String(repeating: "00", count: count), 4, little: true)
    return "\(number) 00000000 \(number) \(wide(text)) 0000" + (count % 2 == 0 ? "" : "0000")
  }

  /// Behind the mark of a named pipe, as SMB hands it on.
  private static func piped(_ type: String, _ body: String, pipe: String = "01") -> String {
    "fe \(pipe)000000000000 | 05 00 \(type) 03 10000000 \(length(of: body, 2, little: true, extra: 16)) 0000 01000000 \(body)"
  }

  private static func bind(_ interface: String, pipe: String = "01") -> String {
    piped(
      "0b", "b810 b810 00000000 01 000000 | 0000 01 00 \(interface) | 045d888a eb1c c911 9fe8 08002b104860 02000000",
      pipe: pipe)
  }

  private static func call(_ operation: String, _ stub: String, pipe: String = "01") -> String {
    piped("00", "00000000 0000 \(operation) | \(stub)", pipe: pipe)
  }

  private static let handle = String(repeating: "07", count: 20)

  private static let pipes: [Sample] = [
    Sample(
      "dcerpc", "a service is made on one pipe while another one is in use",
      [
        .request(bind("81bb7a36 4498 f135 ad32 98f038001003 02000000"), isStream: false),  // svcctl
        .request(bind("c84f324b 7016 d301 1278 5a47bf6ee188 03000000", pipe: "02"), isStream: false),  // srvsvc
        .request(
          call(
            "0c00",
            "\(handle) \(ndr("evil")) 00000000 ff010f00 10000000 03000000 00000000 \(ndr("%TEMP%\\evil.exe")) 00000000"),
          isStream: false),
        .response(piped("02", "18000000 0000 0000 00000000"), isStream: false),
        .request(call("0f00", "00000000", pipe: "02"), isStream: false),
      ],
      [
        "dcerpc request bind", "dcerpc request bind",
        "dcerpc file named \"%TEMP%\\evil.exe\"", "dcerpc request svcctl.op12 [evil: %TEMP%\\evil.exe]",
        "dcerpc response svcctl.op12 [evil: %TEMP%\\evil.exe] success",
        "dcerpc request srvsvc.op15 [interface 4b324fc8-1670-01d3-1278-5a47bf6ee188]",
      ]),
    Sample(
      "dcerpc", "a task with its command, a method of WMI, a challenge of zeros",
      [
        .request(bind("4959d386 c983 4440 b424 db363231fd0c 01000000"), isStream: false),  // ITaskSchedulerService
        .request(
          call(
            "0100",
            "00000200 \(ndr("\\t1")) \(ndr("<Exec><Command>cmd.exe</Command><Arguments>/c x</Arguments></Exec>"))"),
          isStream: false),
        .request(bind("99dc5695 8c82 cf11 a37e 00aa003240c7 00000000"), isStream: false),  // IWbemServices
        .request(
          call(
            "1800",
            """
            'User' 0d000000 1a000000 0d000000 \(wide("Win32_Process")) 0000
            'User' 06000000 0c000000 06000000 \(wide("Create"))
            """), isStream: false),
        .request(bind("78563412 3412 cdab ef00 01234567cffb 01000000"), isStream: false),  // netlogon
        .request(call("0400", "00000200 \(ndr("DC1")) \(ndr("PC1")) 0000000000000000"), isStream: false),
      ],
      [
        "dcerpc request bind", "dcerpc file named \"cmd.exe\"",
        "dcerpc request ITaskSchedulerService.op1 [\\t1: cmd.exe /c x]", "dcerpc request bind",
        "dcerpc request IWbemServices.op24 [Win32_Process::Create]", "dcerpc request bind",
        "dcerpc request netlogon.op4 [PC1 with a challenge of zeros]",
      ]),
  ]

  /// [MS-WSMV] section 3.1.4.1 and 2.2.4.8; DSP0226 section 5.
  private static let management: [Sample] = [
    Sample(
      "winrm", "a command in clear text",
      [
        .request(
          soap(
            action: "shell/Command",
            body:
              "<rsp:CommandLine><rsp:Command>whoami</rsp:Command><rsp:Arguments>/all</rsp:Arguments></rsp:CommandLine>")
        ),
        .response(lines("HTTP/1.1 200 OK", "Content-Length: 0", "")),
        .request(
          lines(
            "POST /wsman HTTP/1.1", "Authorization: Kerberos YII=", "Content-Length: 4",
            "Content-Type: multipart/encrypted;protocol=\"application/HTTP-Kerberos-session-encrypted\"", "") + "'data'"
        ),
      ],
      [
        "http request POST [/wsman]", "http credential HTTP Basic \"eng\" well-known default",
        "http sender user_name \"eng\"", "winrm property authentication \"Basic\"",
        "winrm property encryption \"none\"",
        "winrm request command [whoami /all]", "http response POST success", "winrm response command success",
        "http credential HTTP Basic \"eng\" well-known default accepted", "http request POST [/wsman]",
        "winrm property authentication \"Kerberos\"", "winrm property encryption \"message\"",
        "winrm request encrypted",
      ])
  ]

  private static func soap(action: String, body: String) -> String {
    let xml =
      "<s:Envelope><a:Action mustUnderstand=\"true\">http://schemas.microsoft.com/wbem/wsman/1/windows/\(action)</a:Action>\(body)</s:Envelope>"
    return lines(
      "POST /wsman HTTP/1.1", "Authorization: Basic ZW5nOnRlc3Q=", "Content-Type: application/soap+xml",
      "Content-Length: \(xml.utf8.count)", "") + "'\(xml)'"
  }

  /// RFC 1350 section 5, RFC 2349; RFC 5531 sections 9 and 14.
  private static let files: [Sample] = [
    Sample(
      "tftp", "a firmware image is sent, a configuration fetched",
      [
        .request("0002 'plc.bin' 00 'octet' 00 'tsize' 00 '4096' 00", isStream: false),
        .response("0004 0000", isStream: false),
        .request("0001 'startup-config' 00 'netascii' 00", isStream: false),
        .response("0005 0001 'no' 00", isStream: false), .response("0003 0001 'x'", isStream: false),
      ],
      [
        "tftp request 2/image [plc.bin]", "tftp file to server \"plc.bin\" 4096 bytes",
        "announce tftp sender udp 49152 \"plc.bin\"", "tftp response 4 = 0.0",
        "tftp request 1/configuration [startup-config]", "tftp file to client \"startup-config\"",
        "announce tftp sender udp 49152 \"startup-config\"",
        "tftp response 1/configuration failure(1)", "tftp response 3 = 1.0",
      ]),
    Sample(
      "rpc", "the portmapper is asked, a directory mounted, the caller names itself",
      [
        .request(
          "00000001 00000000 00000002 000186a0 00000002 00000003 00000000 00000000 00000000 00000000 000186a3 00000003 00000006 00000000",
          isStream: false),
        .response("00000001 00000001 00000000 00000000 00000000 00000000 00000801", isStream: false),
        .request(
          """
          00000002 00000000 00000002 000186a5 00000003 00000001 00000001 00000018   # MOUNT, AUTH_SYS
          00000000 00000003 'plc' 00 00000000 00000000 00000000 | 00000000 00000000 | 00000005 '/home' 000000
          """, isStream: false),
        .response("00000002 00000001 00000001 00000001 00000001", isStream: false),
      ],
      [
        "rpc request 100000.2.3 [nfs]", "rpc property authentication \"none\"", "rpc response 100000.2.3 success",
        "announce oncRPC sender tcp 2049",
        "rpc request 100005.3.1 [/home]", "rpc property authentication \"AUTH_SYS (claimed by the caller)\"",
        "rpc sender hostname \"plc\"", "rpc sender user_name \"uid 0\"", "rpc response 100005.3.1 failure(257)",
      ]),
  ]

  /// RFC 8010 appendix A (shortened); RFC 1179 sections 5 and 6; header of the Data Stream Interface.
  private static let shares: [Sample] = [
    Sample(
      "ipp", "a job is printed by somebody, a printer says what it is",
      [
        .request(
          """
          0101 0002 00000001 | 01 47 0012 'attributes-charset' 0005 'utf-8' | 42 0014 'requesting-user-name' 0004 'gate'
          03 '%!PS'
          """, isStream: false),
        .response(
          """
          0101 0001 00000001 | 01 47 0012 'attributes-charset' 0005 'utf-8'
          04 41 0016 'printer-make-and-model' 0002 'X1' | 44 0000 0001 '?' | 03
          """, isStream: false),
        .response("0101 0400 00000001 | 01 47 0012 'attributes-charset' 0009 'u'", isStream: false),
      ],
      [
        "ipp request 0x0002", "ipp sender user_name \"gate\"", "ipp response 0x0002 success",
        "ipp sender product_name \"X1\"", "ipp response 0x0002 failure(1024)", "anomaly value truncated at 32",
      ]),
    Sample(
      "lpd", "a label is sent to a queue, its contents are skipped",
      [
        .request("02 'labels' 0a"), .response("00"), .request("02 '12 cfA001gate' 0a 'Hgate' 0a 'Pops' 0a '.' 00"),
        .response("00 00"), .request("03 '4 dfA001gate' 0a '^XA.' 00"), .request("04 'labels all' 0a"),
      ],
      [
        "lpd request 2 [labels]", "lpd request 2.2 [cfA001gate]", "skip 12 bytes", "lpd request 2.3 [dfA001gate]",
        "lpd file to server \"dfA001gate\" 4 bytes", "skip 4 bytes", "lpd request 4 [labels]",
      ]),
    Sample(
      "afp", "a session is opened and a login refused",
      [
        .request("00 04 0001 00000000 00000006 00000000 | 0104 00000400"),
        .response("01 04 0001 00000000 00000000 00000000"),
        .request("00 02 0002 00000000 00000008 00000000 | 12 06 'AFP3.4'"),
        .response("01 02 0002 ffffec6f 00000000 00000000"), .response("00 05 0000 00000000 00000000 00000000"),
      ],
      [
        "afp request 4", "skip 5 bytes", "afp response 4 success", "afp request 2.18", "skip 7 bytes",
        "afp response 2.18 failure(4294962287)", "afp request 5",
      ]),
  ]

  /// RFC 1282, rexec(3).
  private static let shells: [Sample] = [
    Sample(
      "rsh", "rexec shows account, password and command",
      [.request("00 'eng' 00 'test' 00 'reboot' 00", serverPort: 512), .response("00", serverPort: 512)],
      [
        "rsh request rexec [reboot]", "rsh sender user_name \"eng\"",
        "rsh credential clear text \"eng\" well-known default",
        "rsh response rexec success",
      ]),
    Sample(
      "rsh", "rlogin believes who is named",
      [.request("00 'me' 00 'root' 00 'xterm/9600' 00", serverPort: 513), .response("01 'no'", serverPort: 513)],
      [
        "rsh request rlogin", "rsh sender user_name \"me\"", "rsh credential no authentication \"root\" empty",
        "rsh response rlogin failure(1)",
      ]),
  ]
}
