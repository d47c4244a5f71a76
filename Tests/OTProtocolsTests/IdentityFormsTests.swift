import OTCore
import Testing

@testable import OTProtocols

/// Text in UTF-16, least significant byte first, in the notation of ``bytes(_:)``.
private func wide(_ text: String) -> String {
  text.utf8.map { "\(String($0 >> 4, radix: 16))\(String($0 & 15, radix: 16))00" }.joined()
}

/// The number of bytes of a notation, in so many digits.
private func length(_ notation: String, digits: Int, isLittleEndian: Bool = false) -> String {
  let text = String(bytes(notation).count, radix: 16)
  let padded = String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
  guard isLittleEndian else { return padded }
  return stride(from: digits - 2, through: 0, by: -2).map { String(padded.dropFirst($0).prefix(2)) }.joined()
}

/// What hosts say of themselves in forms that today's peers seldom send, and old ones do: Windows and its kin.
struct WindowsIdentityFormsTests {
  /// A message of SMB 1 behind the length of its session: [MS-CIFS] section 2.2.3.1 has command, status, flags, flags 2
  /// (without Unicode), twelve octets, tree, process, user, multiplex.
  private static func smb1(_ command: String, isResponse: Bool = false, _ body: String) -> Message {
    let message =
      "ff'SMB' \(command) 00000000 \(isResponse ? "98" : "18") 0140 000000000000000000000000 0000 fffe 0000 0100 \(body)"
    let notation = "00 \(length(message, digits: 6)) \(message)"
    return isResponse ? .response(notation) : .request(notation)
  }

  /// LAN Manager's session setup has 10 words. A tree connect follows it (section 2.2.3.4) 71 octets behind the start of
  /// the header: 33, twenty of words, two of a count and sixteen of strings.
  @Test func aChainOfLANManager() {
    let message = Self.smb1(
      "73",
      """
      0a | 75 00 4700 | 0011 0200 0000 00000000 0000 00000000          # AndX, buffers, session key, no password
      1000 'ENG' 00 'PLANT' 00 'OS' 00 'LM' 00
      04 | ff 00 0000 0000 0100 | 0a00 00 '\\\\S\\C' 00 'A:' 00        # AndX, flags, length of the password
      """)
    #expect(
      transcript(SMB1.self, [message]) == [
        "smb sender user_name \"ENG\"", "smb sender domain \"PLANT\"",
        "smb credential clear text \"ENG\" empty", "smb property authentication \"clear text\"",
        "smb sender operating_system \"OS\"", "smb sender software_version \"LM\"",
        "smb request 0x73", "smb receiver property share \"\\\\S\\C\"", "smb request 0x75 [\\\\S\\C]",
      ])
  }

  /// A chain that leads back, or out of the message, ends.
  @Test(arguments: ["2000", "2100", "ffff"])
  func aChainThatLeadsNowhere(_ offset: String) {
    let message = Self.smb1("75", isResponse: true, "02 | 75 00 \(offset) | 0000")
    #expect(transcript(SMB1.self, [message]) == ["smb response 0x75 success"])
  }

  /// Section 2.2.4.52: the answer names one of the dialects by its number; 13 words are LAN Manager's, with a challenge
  /// of eight octets before the domain.
  @Test func whatLANManagerAnswers() {
    let dialects = "02 'PC NETWORK PROGRAM 1.0' 00 02 'LANMAN2.1' 00"
    let words = "0100 0300 0411 0100 0100 0000 00000000 0000 0000 0000 0800 0000"
    let told = transcript(
      SMB1.self,
      [
        Self.smb1("72", "00 \(length(dialects, digits: 4, isLittleEndian: true)) \(dialects)"),
        Self.smb1("72", isResponse: true, "0d \(words) 0e00 0102030405060708 'PLANT' 00"),
      ])
    #expect(told.contains("smb property dialect \"LANMAN2.1\""))
    #expect(told.contains("smb sender domain \"PLANT\""))
    #expect(!told.contains { $0.contains("clear text") })
  }

  /// The first SMB answers with the number alone: it knows no challenge.
  @Test func whatTheFirstSMBAnswers() {
    let dialects = "02 'PC NETWORK PROGRAM 1.0' 00"
    let told = transcript(
      SMB1.self,
      [
        Self.smb1("72", "00 \(length(dialects, digits: 4, isLittleEndian: true)) \(dialects)"),
        Self.smb1("72", isResponse: true, "01 0000 0000"),
      ])
    #expect(told.contains("smb property dialect \"PC NETWORK PROGRAM 1.0\""))
    #expect(told.contains("smb property security_mode \"passwords in clear text\""))
  }

  /// Without extended security NT tells domain and server behind the challenge, in Unicode where bit 2 of the
  /// capabilities says so, and not aligned.
  @Test func whoNTIs() {
    let words = "0000 03 3200 0100 04410000 00000100 00000000 04000000 0000000000000000 0000 08"
    let names = "0102030405060708 \(wide("PLANT")) 0000 \(wide("PC1")) 0000"
    let told = transcript(
      SMB1.self,
      [Self.smb1("72", isResponse: true, "11 \(words) \(length(names, digits: 4, isLittleEndian: true)) \(names)")])
    #expect(told.contains("smb sender domain \"PLANT\""))
    #expect(told.contains("smb sender hostname \"PC1\""))
  }

  // MARK: NTLM

  private static func ntlm(_ notation: String) -> [String] {
    let message = bytes(notation)
    var out = ObservationBuffer()
    _ = NTLMSSP.read(message.span, into: &out)
    return out.observations.map { line($0, out) }
  }

  private static func line(_ observation: Observation, _ out: ObservationBuffer) -> String {
    switch observation {
    case .identity(let claim): "\(claim.subject) \(claim.attribute.name) \"\(out.string(claim.value))\""
    case .property(let property): "\(property.attribute.name) \"\(out.string(property.value))\""
    default: ""
    }
  }

  /// [MS-NLMP] section 2.2.1.3 as before NT 4.0 SP 4: six fields less the last, no flags; the text says how it is written.
  @Test func aLoginWithoutFlags() {
    let text = """
      'NTLMSSP' 00 03000000 | 0000 0000 34000000 | 1800 1800 34000000      # responses
      0400 0400 4c000000 | 0600 0600 50000000 | 0600 0600 56000000         # domain, account, workstation
      000000000000000000000000000000000000000000000000
      \(wide("D1")) \(wide("eng")) \(wide("PC1"))
      """
    #expect(
      Self.ntlm(text) == [
        "sender domain \"D1\"", "sender user_name \"eng\"", "sender hostname \"PC1\"", "authentication \"NTLMv1\"",
      ])
  }

  /// Section 2.2.1.2: a server without a list of its names has its target, which is the server itself with flag 0x20000.
  @Test(arguments: [("01000200", "hostname"), ("01000100", "domain")])
  func aChallengeWithItsTargetAlone(_ flags: String, _ attribute: String) {
    let text = "'NTLMSSP' 00 02000000 | 0600 0600 20000000 | \(flags) | 0102030405060708 | \(wide("PC1"))"
    #expect(Self.ntlm(text) == ["sender \(attribute) \"PC1\""])
  }

  /// Section 2.2.2.7: the answer of NTLMv2 repeats the names of the server behind 44 octets.
  @Test func whomALoginIsFor() {
    let response = """
      00000000000000000000000000000000 01 01 000000000000 0000000000000000 0000000000000000 00000000
      0100 0600 \(wide("SRV")) 0200 0400 \(wide("D2")) 0000 0000
      """
    let text = """
      'NTLMSSP' 00 03000000 | 0000 0000 40000000 | \(length(response, digits: 4, isLittleEndian: true)) 4200 40000000
      0000 0000 40000000 | 0000 0000 40000000 | 0000 0000 40000000 | 0000 0000 40000000 | 01000000
      \(response)
      """
    #expect(
      Self.ntlm(text) == [
        "receiver hostname \"SRV\"", "receiver domain \"D2\"", "authentication \"NTLMv2\"",
      ])
  }

  // MARK: Kerberos

  /// RFC 4121 section 4.1: mechanism, token 0100, AP-REQ; its ticket [3] has realm [1] and service [2] in clear text.
  @Test func whomATicketIsFor() {
    let ticket = "61 26 30 24 a0 03 020105 a1 07 1b05 'PLANT' a2 14 30 12 a0 03 020102 a1 0b 30 09 1b04 'cifs' 1b01 's'"
    let request = "6e 33 30 31 a0 03 020105 a3 28 \(ticket) a4 00"
    let message = bytes("60 42 06 09 2a864886f712010202 0100 \(request)")
    let whole = ["receiver domain \"PLANT\"", "receiver name \"s\""]
    var out = ObservationBuffer()
    KerberosTicket.read(message.span, into: &out)
    #expect(out.observations.map { Self.line($0, out) } == whole)
    for count in message.indices {
      var cut = ObservationBuffer()
      KerberosTicket.read(message.span.extracting(0..<count), into: &cut)
      #expect(cut.observations.allSatisfy { whole.contains(Self.line($0, cut)) })
    }
  }

  // MARK: RDP

  /// [MS-RDPBCGR] section 2.2.1.1: a routing token is a line of text.
  @Test func aRoutingToken() {
    let told = transcript(
      RDP.self, [.request("0300 0027 22 e0 0000 0000 00 'Cookie: msts=1.2.3' 0d0a 0100 0800 00000000")])
    #expect(told.contains("rdp sender other \"Cookie: msts=1.2.3\""))
    let other = transcript(RDP.self, [.request("0300 001c 17 e0 0000 0000 00 'tsv://x' 0d0a 0100 0800 00000000")])
    #expect(other.contains("rdp sender other \"tsv://x\""))
  }

  /// Section 2.2.1.1.2: behind what is asked for 36 octets tell connections apart.
  @Test func aRequestThatIsTraced() {
    let correlation = String(repeating: "00", count: 32)
    let told = transcript(
      RDP.self, [.request("0300 0037 32 e0 0000 0000 00 | 01 08 0800 01000000 | 06 00 2400 \(correlation)")])
    #expect(told == ["rdp request 0xe0", "rdp property offered_version \"TLS\""])
  }

  /// Without a cookie the first message says nothing on any port; the settings behind it do.
  @Test func settingsOnAnyPort() {
    func framing(_ key: String) -> Framing {
      let message = bytes("0300 0020 02 f0 80 7f65 82 0014 0000 \(key) 08 01c0 0800 04000800 000000000000")
      let hint = FramingHint(isStream: true, isClaimed: false, senderIsClient: true)
      return RDP.frame(message.span, hint)
    }
    #expect(framing("'Duca'") == .pdu(byteCount: 32))
    #expect(framing("'Xuca'") == .notThisProtocol)
  }

  // MARK: NetBIOS

  /// A datagram to a group with a mailslot: SMB's transaction has its data's length at 55 and their place at 57.
  private static func datagram(_ slot: String, _ data: String) -> Message {
    let name = "'\(slot)' 00"
    let place = 69 + bytes(name).count
    let smb = """
      ff'SMB' 25 \(String(repeating: "00", count: 27))
      11 0000 \(length(data, digits: 4, isLittleEndian: true)) 0000 0000 00 00 0000 00000000 0000 0000 0000
      \(length(data, digits: 4, isLittleEndian: true)) \(String(place, radix: 16))00 03 00 0100 0100 0200 0000
      \(name) \(data)
      """
    let encoded = "20 '\(String(repeating: "CA", count: 16))' 00"
    return .request(
      "11 0a 0001 0a000001 008a 0000 0000 \(encoded) \(encoded) \(smb)", isStream: false, serverPort: 138)
  }

  /// What LAN Manager announces in its own mailslot: command 1 in two octets, type of server, version 5.1, period.
  @Test func whatLANManagerAnnounces() {
    let told = transcript(
      NetBIOSDatagram.self,
      [Self.datagram("\\MAILSLOT\\LANMAN", "0100 03900000 05 01 c000 'GATE' 00 'weighbridge' 00")])
    #expect(
      told.filter { $0.hasPrefix("browser") } == [
        "browser publish 0x01", "browser sender hostname \"GATE\"", "browser sender software_version \"5.1\"",
        "browser sender description \"weighbridge\"",
      ])
  }

  /// What the snap length left of a text is not told; what stands in front of it is.
  @Test(arguments: [(1, ["hostname \"GATE\"", "software_version \"5.1\""]), (14, ["software_version \"5.1\""])])
  func halfOfWhatLANManagerAnnounces(_ missing: Int, _ left: [String]) {
    var message = Self.datagram("\\MAILSLOT\\LANMAN", "0100 03900000 05 01 c000 'GATE' 00 'weighbridge' 00")
    message.bytes.removeLast(missing)
    let told = transcript(NetBIOSDatagram.self, [message])
    #expect(told.filter { $0.hasPrefix("browser sender") } == left.map { "browser sender \($0)" })
  }

  @Test func halfANameOfAMaster() {
    var message = Self.datagram("\\MAILSLOT\\BROWSE", "0d 'GATEWAY' 00")
    message.bytes.removeLast(4)
    #expect(transcript(NetBIOSDatagram.self, [message]).filter { $0.hasPrefix("browser") } == ["browser publish 0x0d"])
  }

  /// Who asks for announcements names itself, and so does the master.
  @Test(arguments: ["02 00", "0d"])
  func whoAsksForAnnouncements(_ head: String) {
    let told = transcript(NetBIOSDatagram.self, [Self.datagram("\\MAILSLOT\\BROWSE", "\(head) 'GATE' 00")])
    #expect(told.contains("browser sender hostname \"GATE\""))
  }
}

/// What hosts say of themselves in forms that today's peers seldom send: the internet's protocols.
struct InternetIdentityFormsTests {
  private static func told<D: Dissector>(_ type: D.Type, _ messages: [Message], _ word: String) -> [String] {
    transcript(type, messages).filter { $0.contains(word) }
  }

  // MARK: two hosts with one value

  /// RFC 6762: both ends of a conversation announce the same service.
  @Test func bothEndsMayBeCalledTheSame() {
    let answer = "0000 8400 0000 0001 0000 0000 | 03 'plc' 05 'local' 00 0001 0001 00000078 0004 0a000001"
    let lines = Self.told(
      MulticastDNS.self,
      [
        .request(answer, isStream: false, serverPort: 5353), .response(answer, isStream: false, serverPort: 5353),
        .request(answer, isStream: false, serverPort: 5353),
      ], "hostname")
    #expect(lines == ["mdns sender hostname \"plc.local\"", "mdns sender hostname \"plc.local\""])
  }

  /// RFC 2782: the target of a service is its host.
  @Test func theHostOfAService() {
    let answer = """
      0000 8400 0000 0001 0000 0000
      01 'i' 05 '_http' 04 '_tcp' 00 0021 0001 00000078 000b | 0000 0000 0050 03 'plc' 00
      """
    let lines = Self.told(MulticastDNS.self, [.request(answer, isStream: false, serverPort: 5353)], "sender")
    #expect(lines == ["mdns sender application \"i._http._tcp\"", "mdns sender hostname \"plc\""])
  }

  // MARK: HTTP

  /// RFC 9112 section 7.1.2: fields may stand behind the last chunk, before the blank line.
  @Test func fieldsBehindChunks() {
    let messages: [Message] = [
      .response(
        """
        'HTTP/1.1 200 OK' 0d0a 'Transfer-Encoding: chunked' 0d0a 0d0a
        '0' 0d0a 'Expires: 0' 0d0a 'X-Sum: 1' 0d0a 0d0a
        'HTTP/1.1 200 OK' 0d0a 'Server: Boa' 0d0a 'Content-Length: 0' 0d0a 0d0a
        """)
    ]
    #expect(
      transcript(HTTP.self, messages) == [
        "http response ? success", "http response ? success", "http sender software_version \"Boa\"",
      ])
  }

  /// RFC 4559: what is negotiated may stand behind another challenge, and names the server in base 64.
  @Test func theChallengeThatNamesTheServer() {
    // NTLMSSP, challenge, target of six octets at 32, flags Unicode and server, challenge, PC1 in UTF-16.
    let token = "TlRMTVNTUAACAAAABgAGACAAAAABAAIAAQIDBAUGBwhQAEMAMQA="
    for scheme in ["NTLM", "Negotiate"] {
      let response =
        "'HTTP/1.1 401 No' 0d0a 'WWW-Authenticate: Basic realm=x' 0d0a 'WWW-Authenticate: \(scheme) \(token)' 0d0a"
        + "'Content-Length: 0' 0d0a 0d0a"
      #expect(Self.told(HTTP.self, [.response(response)], "hostname") == ["http sender hostname \"PC1\""])
    }
  }

  // MARK: greetings

  /// RFC 4253 section 4.2: lines may stand before the identification, also where the client was first to speak.
  @Test func linesBeforeAnIdentification() {
    let lines = Self.told(
      SSH.self,
      [.request("'SSH-2.0-PuTTY' 0d0a"), .response("'Welcome' 0d0a 'SSH-2.0-OpenSSH_5.3' 0d0a")], "banner")
    #expect(lines == ["ssh sender banner \"SSH-2.0-PuTTY\"", "ssh sender banner \"SSH-2.0-OpenSSH_5.3\""])
    let hint = FramingHint(isStream: true, isClaimed: true, senderIsClient: false)
    #expect(SSH.frame(bytes("'Welc'").span, hint) == .needMore)
  }

  /// Two requests of RFC 854 for options are believed on any port; MPEG audio starts with the same octets.
  @Test func negotiationOnAnyPort() {
    let hint = FramingHint(isStream: true, isClaimed: false, senderIsClient: false)
    #expect(Telnet.frame(bytes("fffb01 fffb03").span, hint) == .pdu(byteCount: 6))
    #expect(Telnet.frame(bytes("fffb9064 0000").span, hint) == .notThisProtocol)
    #expect(Telnet.frame(bytes("fffb01").span, hint) == .notThisProtocol)
  }

  @Test(arguments: [("Benutzername: ", "Passwort: "), ("Identifiant : ", "Mot de passe : ")])
  func promptsOfOtherLanguages(_ account: String, _ password: String) {
    let lines = Self.told(
      Telnet.self,
      [
        .response("'\(account)'"), .request("'eng' 0d0a"), .response("'\(password)'"), .request("'plc' 0d0a"),
      ], "credential")
    #expect(lines == ["telnet credential clear text \"eng\" well-known default"])
  }

  /// Elsewhere than on their ports greetings must say what they are; others answer `+OK` as well.
  @Test func greetingsOfMailOnAnyPort() {
    let hint = FramingHint(isStream: true, isClaimed: false, senderIsClient: false)
    #expect(POP3.frame(bytes("'+OK <1.2@host>' 0d0a").span, hint) == .pdu(byteCount: 16))
    #expect(POP3.frame(bytes("'+OK 5' 0d0a").span, hint) == .notThisProtocol)
    #expect(IMAP.frame(bytes("'* OK IMAP4 ready' 0d0a").span, hint) == .pdu(byteCount: 18))
    #expect(IMAP.frame(bytes("'* OK' 0d0a").span, hint) == .notThisProtocol)
  }

  // MARK: logins

  /// RFC 7616 section 3.4 writes the account in quotes; not everybody does, and a realm may hold the word.
  @Test(
    arguments: [
      "username=22eng22, realm=22x22", "realm=22my username here22, username = 22eng22", "username=eng, realm=22x22",
      "realm=22x22,username=22eng",
    ])
  func accountsOfDigest(_ answer: String) {
    #expect(Self.account(answer) == "eng")
  }

  @Test(arguments: ["username", "username=", "myusername=22eng22", "realm=22username=eng22"])
  func noAccountOfDigest(_ answer: String) {
    #expect(Self.account(answer) == "")
  }

  /// The account that an answer names, in which 22 stands for a quote.
  private static func account(_ answer: String) -> String {
    let octets = Array(answer.replacing("22", with: "\"").utf8)
    guard let account = octets.span.digestAccount() else { return "" }
    var text: [UInt8] = []
    for index in account.indices { text.append(account[index]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// A login in the address: account and password are told of, neither is printed with it.
  @Test func aLoginInTheAddress() {
    let told = transcript(HTTP.self, [.request("'GET /in.cgi?user=eng&pwd=admin HTTP/1.0' 0d0a 0d0a")])
    #expect(
      told == [
        "http request GET [/in.cgi]", "http credential HTTP form \"eng\" well-known default",
        "http sender user_name \"eng\"",
      ])
    for question in ["pass=1", "user=eng&passenger=1", "user=eng&bypass=1"] {
      let others = transcript(HTTP.self, [.request("'GET /x?\(question) HTTP/1.0' 0d0a 0d0a")])
      #expect(others == ["http request GET [/x]"])
    }
  }

  /// RFC 3501 section 4.3: account and password as literals, which are announced by their lengths; RFC 7888 does not wait.
  @Test(arguments: ["", "+"])
  func literalsOfALogin(_ sign: String) {
    let lines = Self.told(
      IMAP.self,
      [
        .response("'* OK hi' 0d0a"), .request("'a LOGIN {3\(sign)}' 0d0a"), .request("'eng {5\(sign)}' 0d0a"),
        .request("'admin' 0d0a"), .response("'a OK' 0d0a"),
      ], "credential")
    #expect(
      lines == [
        "imap credential clear text \"eng\" well-known default",
        "imap credential clear text \"eng\" well-known default accepted",
      ])
  }

  @Test func quotedNamesWithBlanks() {
    let lines = Self.told(IMAP.self, [.request("'a LOGIN ' 22 'my name' 22 20 22 'p w' 22 0d0a")], "sender")
    #expect(lines == ["imap sender user_name \"my name\""])
  }

  /// Proofs name their account: CRAM-MD5 (RFC 2195), SCRAM (RFC 5802), in base 64.
  @Test(
    arguments: [
      ("CRAM-MD5", "ZW5nIDAwMTEyMjMzNDQ1NTY2Nzc4ODk5YWFiYmNjZGRlZWZm"), ("SCRAM-SHA-1", "biwsbj1lbmcscj1hYmM="),
    ])
  func accountsOfProofs(_ mechanism: String, _ proof: String) {
    let lines = Self.told(
      SMTP.self,
      [
        .response("'220 mail ESMTP' 0d0a"), .request("'AUTH \(mechanism)' 0d0a"), .response("'334 ' 0d0a"),
        .request("'\(proof)' 0d0a"),
      ], "eng")
    #expect(lines == ["smtp sender user_name \"eng\"", "smtp credential challenge-response \"eng\" unknown"])
  }

  /// A password is no name of an account, whatever became of the line that asks for it: here both questions are one line.
  @Test func aDamagedQuestionTellsNoPassword() {
    let lines = transcript(
      SMTP.self,
      [
        .response("'220 mail ESMTP' 0d0a"), .request("'AUTH LOGIN' 0d0a"), .request("'ZW5n' 0d0a"),
        .response("'334 VXNlcm5hbWU6' 0d00 '334 UGFzc3dvcmQ6' 0d0a"), .request("'c2VjcmV0' 0d0a"),
      ])
    #expect(lines.filter { $0.contains("user_name") } == ["smtp sender user_name \"eng\""])
    #expect(!lines.contains { $0.contains("secret") })
  }

  /// RFC 3501 section 4.3: a server may refuse the literal. What comes then is the next command and not the account.
  @Test func aLiteralThatIsRefused() {
    let lines = transcript(
      IMAP.self,
      [
        .response("'* OK IMAP4 ready' 0d0a"), .request("'a LOGIN {40}' 0d0a"), .response("'a BAD no literals' 0d0a"),
        .request("'b LOGIN eng geheim7' 0d0a"), .response("'b OK' 0d0a"),
      ])
    #expect(lines.filter { $0.contains("user_name") } == ["imap sender user_name \"eng\""])
    #expect(!lines.contains { $0.contains("geheim7") })
    #expect(lines.contains("imap credential clear text \"eng\" other accepted"))
  }

  /// A field that speaks of a password names no account, though its name holds the word.
  @Test func aPasswordOfAUserIsNoAccount() {
    for question in ["user_pass=geheim7&pwd=admin&user=eng", "userpwd=geheim7&user=eng&password=admin"] {
      let told = transcript(HTTP.self, [.request("'GET /x?\(question) HTTP/1.0' 0d0a 0d0a")])
      #expect(told.contains("http sender user_name \"eng\""))
      #expect(!told.contains { $0.contains("geheim7") })
    }
  }

  @Test(arguments: ["User passcode: ", "Benutzer-PIN: ", "Palavra-passe do usuario: "])
  func secretsOfUsersAreNoAccounts(_ question: String) {
    let lines = transcript(Telnet.self, [.response("'\(question)'"), .request("'4711' 0d0a")])
    #expect(!lines.contains { $0.contains("4711") })
    #expect(lines.contains("telnet credential clear text \"\" other"))
  }

  /// The login has number 1. Where it was lost, an answer to a later question may be the password itself.
  @Test func aPasswordBehindALostLoginIsNoAccount() {
    let lines = transcript(
      MySQL.self,
      [
        .response("1e0000 00 0a '5.7.1' 00 01000000 0000000000000000 00 ffff 21 0200 000000000000"),
        .request("0a0000 03 'Secret123' 00"),
      ])
    #expect(!lines.contains { $0.contains("123") })
  }

  /// The server of MySQL may ask for the password itself.
  @Test func aPasswordAskedFor() {
    let messages: [Message] = [
      .response("1e0000 00 0a '5.7.1' 00 01000000 0000000000000000 00 ffff 21 0200 000000000000"),
      .request("270000 01 00820000 00000001 21 \(String(repeating: "00", count: 23)) 'eng' 00 01 61 00"),
      .response("160000 02 fe 'mysql_clear_password' 00"), .request("060000 03 'admin' 00"),
    ]
    #expect(
      Self.told(MySQL.self, messages, "clear text") == ["mysql credential clear text \"eng\" well-known default"])
  }

  /// Before MySQL 4.1: flags, longest packet, account, scrambled password.
  @Test func aLoginOfOldMySQL() {
    let messages: [Message] = [
      .response("1b0000 00 0a '3.23.1' 00 01000000 0000000000000000 00 2c00 21 0200 0000"),
      .request("0b0000 01 0500 ffffff 'eng' 00 'A' 00"),
    ]
    #expect(Self.told(MySQL.self, messages, "user_name") == ["mysql sender user_name \"eng\""])
  }

  /// RFC 6066 section 3: a list of names, of which only those of type 0 are known.
  @Test func aListOfServerNames() {
    let data = bytes(
      """
      0303 \(String(repeating: "00", count: 32)) 00 0002 002f 01 00                # version, random, session, ciphers
      0014 | 0000 0010 | 000e 07 0001 'x' 00 0001 'a' 00 0003 'b.c'
      """)
    var cursor = ByteCursor(data.span)
    var out = ObservationBuffer()
    do { try TLS.readClientHello(&cursor, into: &out) } catch { Issue.record(error) }
    let names = out.observations.compactMap { observation -> String? in
      guard case .identity(let claim) = observation else { return nil }
      return out.string(claim.value)
    }
    #expect(names == ["a", "b.c"])
  }

  /// RFC 4120 section 5.9.1: a KDC that refuses tells its realm [9].
  @Test func theRealmOfAKDC() {
    let error = "7e 11 30 0f a6 03 020119 a9 08 1b06 'PLANT1'"
    let lines = Self.told(Kerberos.self, [.response(error, isStream: false, serverPort: 88)], "domain")
    #expect(lines == ["kerberos sender domain \"PLANT1\""])
  }
}
