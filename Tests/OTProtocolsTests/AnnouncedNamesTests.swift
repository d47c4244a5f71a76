import Testing

@testable import OTProtocols

/// Names in records of multicast DNS that are no addresses, and in the challenges of a web proxy.
struct AnnouncedNamesTests {
  /// RFC 1035 section 3.2.2: 13 HINFO, 5 CNAME; RFC 6762 section 6.1: 47 NSEC, also of a service.
  @Test func otherRecordsHaveAnOwner() {
    let answer = """
      0000 8400 0000 0004 0000 0000
      04 'box1' 05 'local' 00 | 000d 8001 00000078 000a 03 'ARM' 05 'LINUX'
      04 'box2' c011 | 002f 8001 00000078 0005 c033 00 01 40
      04 'box3' c011 | 0005 0001 00000078 0002 c00c
      04 'box4' 05 '_http' c011 | 002f 8001 00000078 0005 c00c 00 01 40
      """
    let lines = transcript(MulticastDNS.self, [.response(answer, isStream: false)])
    #expect(
      lines.filter { $0.contains("sender") } == [
        "mdns sender name \"box1.local\"", "mdns sender name \"box2.local\"", "mdns sender name \"box3.local\"",
        "mdns sender application \"box4._http.local\"",
      ])
  }

  /// [MS-NLMP] section 2.2.1.2: a challenge whose target is `PLC`; it counts although another scheme stands before it.
  @Test(arguments: ["407 X|Proxy", "401 X|WWW"])
  func aChallengeNamesTheServer(_ item: String) {
    let parts = item.split(separator: "|")
    let lines = transcript(
      HTTP.self,
      [
        .request("'GET / HTTP/1.1' 0d0a 0d0a"),
        .response(
          """
          'HTTP/1.1 \(parts[0])' 0d0a
          '\(parts[1])-Authenticate: Basic realm="x"' 0d0a
          '\(parts[1])-Authenticate: NTLM TlRMTVNTUAACAAAAAAAAADgAAAABAgAAAAAAAAAAAAAAAAAA'
          'AAAAAA4ADgA4AAAABgGxHQAAAA8BAAYAUABMAEMAAAAAAA==' 0d0a
          'Content-Length: 0' 0d0a 0d0a
          """),
      ])
    #expect(lines.contains("http sender hostname \"PLC\""))
  }
}
