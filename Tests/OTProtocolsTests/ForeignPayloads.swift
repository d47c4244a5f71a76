/// Payloads that belong to no dissector: what floods, tunnels, media and programs put onto any port. Deterministic.
enum ForeignPayloads {
  struct Kind: Sendable {
    var name: String
    var payloads: [[UInt8]]
  }

  static let all: [Kind] = filled + text + structured + media + datagrams + [noise(300)]

  // MARK: nothing in particular

  private static let filled: [Kind] = [
    Kind(name: "zeros", payloads: lengths.map { Array(repeating: 0, count: $0) }),
    Kind(name: "ones", payloads: lengths.map { Array(repeating: 0xff, count: $0) }),
    Kind(name: "one value", payloads: [1, 0x20, 0x41, 0x55, 0x7f, 0x80, 0xaa].map { Array(repeating: $0, count: 40) }),
    Kind(name: "counting", payloads: [0, 1, 0x61].map { first in (0..<64).map { first &+ UInt8($0) } }),
  ]

  private static let lengths = [1, 2, 4, 6, 8, 12, 16, 20, 32, 48, 64, 100, 256, 512, 1400]

  /// Noise of any length, weighted towards short ones.
  static func noise(_ count: Int) -> Kind {
    var noise = Noise(state: 0x9e37_79b9_7f4a_7c15)
    let payloads = (0..<count).map { index in noise.bytes(index % 3 == 0 ? 2 + index % 200 : 8 + index % 56) }
    return Kind(name: "noise", payloads: payloads)
  }

  // MARK: text

  private static let text: [Kind] = [
    Kind(
      name: "lines of text",
      payloads: [
        "hello\n", "hello world\r\n", "OK\r\n", "login: ", "user admin\r\npass secret\r\n", "ping\r\n", "quit\r\n",
        "1\r\n",
        "Temperature=23.5;Humidity=40\r\n", "START\r\nSTOP\r\n", "The quick brown fox jumps over the lazy dog.\n",
        "2026-11-23 07:30:00,STS01,HOIST,12.5,kN\r\n2026-11-23 07:30:01,STS01,HOIST,12.7,kN\r\n", "a=1&b=2",
        "key: value\nother: 2\n", "+OK\r\n", "200 done\r\n", "\u{2}W  12.34 kg\r\n\u{3}", "# comment\n",
        "#!/bin/sh\nls -l\n",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "admin", "\r\n", "\r\n\r\n",
      ].map { Array($0.utf8) }),
    Kind(
      name: "json",
      payloads: [
        #"{"jsonrpc":"2.0","method":"status","id":1}"#, #"{"a":1}"# + "\n", #"[1,2,3]"#,
        #"{"timestamp":"2026-11-23T07:30:00Z","crane":"STS01","load":12500}"# + "\r\n",
      ].map { Array($0.utf8) }),
    Kind(
      name: "xml",
      payloads: [
        "<?xml version=\"1.0\"?><status><crane id=\"1\"/></status>", "<event><t>1</t></event>\n",
        "<?xml version='1.0'?><stream:stream to='host' xmlns='jabber:client' version='1.0'>",
      ].map { Array($0.utf8) }),
    Kind(
      name: "base64",
      payloads: [
        "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=\n", "SGVsbG8gd29ybGQ=",
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA7\r\n",
      ].map { Array($0.utf8) }),
    Kind(
      name: "UTF-16",
      payloads: ["hello world", "Administrator", "C:\\Windows\\system32"].flatMap { text in
        [
          text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] },
          text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] },
        ]
      }),
  ]

  // MARK: files and messages

  private static let structured: [Kind] = [
    Kind(
      name: "compressed",
      payloads: [
        bytes("1f8b 08 00 00000000 00 03") + tail(1, 90), bytes("789c") + tail(2, 120), bytes("7801") + tail(3, 60),
        bytes("28b52ffd 2058") + tail(4, 90), bytes("'PK' 0304 1400 0000 0800") + tail(5, 80),
        bytes("'BZh9' 314159265359") + tail(6, 80), bytes("fd377a585a00 0004") + tail(7, 80),
      ]),
    Kind(
      name: "TLS application data, in its middle",
      payloads: [bytes("17 0303 0100") + tail(8, 256), tail(9, 500), tail(10, 37)]),
    Kind(
      name: "protobuf",
      payloads: [
        bytes("0a 05 'crane' 10 01 1a 04 'load' 25 0000c842"), bytes("08 96 01"), bytes("12 07 'testing' 18 2a"),
        bytes("00 00000012 0a10") + tail(11, 16),
      ]),
    Kind(
      name: "message pack and CBOR",
      payloads: [bytes("82 a1 'a' 01 a1 'b' c3"), bytes("a2 61 'a' 01 61 'b' f5"), bytes("93 01 02 03")]),
    Kind(
      name: "lengths before messages",
      payloads: [
        bytes("00000010") + tail(12, 16), bytes("10000000") + tail(13, 16), bytes("0010") + tail(14, 16),
        bytes("1000") + tail(15, 16), bytes("10") + tail(16, 16), bytes("0000 0020") + tail(17, 28),
        bytes("0100 0020") + tail(18, 28), bytes("0001 0000 0010") + tail(19, 16),
      ]),
    Kind(
      name: "records of numbers",
      payloads: [
        bytes("0000803f 00000040 00004040 00008040 0000a040"), bytes("3f800000 40000000 40400000 40800000"),
        bytes("01000000 02000000 03000000 04000000"), bytes("00000001 00000002 00000003 00000004"),
        bytes("0001 0002 0003 0004 0005 0006"), bytes("0100 0200 0300 0400 0500 0600"),
        bytes("000000000000f03f 0000000000000040 0000000000000840"), bytes("00 01 00 02 00 03 01 01"),
      ]),
    Kind(
      name: "executables",
      payloads: [
        bytes("'MZ' 9000 0300 0000 0400 0000 ffff 0000 b800") + tail(20, 60),
        bytes("7f 'ELF' 0201 0100") + tail(21, 60),
      ]),
  ]

  // MARK: pictures and sound

  private static let media: [Kind] = [
    Kind(
      name: "pictures",
      payloads: [
        bytes("ffd8ffe0 0010 'JFIF' 00 0101 0000 0001 0001 0000") + tail(22, 80),
        bytes("89 'PNG' 0d0a1a0a 0000000d 'IHDR' 00000010 00000010 0806000000") + tail(23, 40),
        bytes("'GIF89a' 1000 1000 f000 00"), bytes("'RIFF' 24080000 'WAVEfmt ' 10000000 0100 0200"),
        bytes("'%PDF-1.7' 0a 25e2e3cfd3 0a"),
      ]),
    Kind(
      name: "H.264 and transport streams",
      payloads: [
        bytes("00000001 67 42c01e") + tail(24, 20), bytes("000001 65 8884") + tail(25, 200),
        bytes("47 4000 10 0000b00d 0001c100000001f0002ab104b2") + Array(repeating: 0xff, count: 167),
        bytes("47 0100 1a") + tail(26, 184),
      ]),
    Kind(
      name: "RTP and RTCP",
      payloads: [
        bytes("80 60 0001 00000000 12345678") + tail(27, 160), bytes("80 08 1234 00010000 deadbeef") + tail(28, 160),
        bytes("80 e0 4321 11223344 0badcafe 7c85") + tail(29, 400),
        bytes("90 e3 0a0b 01020304 05060708 bede0001 10ff0000")
          + tail(30, 100),
        bytes("80 c8 0006 12345678 e0000000 00000000 00000000 00000001 000000a0"),
        bytes("81 c9 0007 12345678 87654321 00000000 00000000 00000000 00000000 00000000"),
      ]),
  ]

  // MARK: datagrams of programs

  private static let datagrams: [Kind] = [
    Kind(
      name: "QUIC, short headers",
      payloads: [bytes("40") + tail(31, 50), bytes("5c") + tail(32, 1200), bytes("43") + tail(33, 27)]),
    Kind(
      name: "uTP",
      payloads: [
        bytes("41 00 1234 00010203 00000000 00100000 0001 0000"),
        bytes("01 00 1235 0a0b0c0d 00000100 00100000 0002 0001")
          + tail(34, 300),
        bytes("21 00 1234 0a0b0c0d 00000100 00100000 0001 0001"),
        bytes("11 00 1234 0a0b0c0d 00000100 00100000 0003 0001"),
      ]),
    Kind(
      name: "games and telephony",
      payloads: [
        bytes("ffffffff 'TSource Engine Query' 00"), bytes("00"), bytes("0000 0000"), bytes("fffffffe 01000000 02"),
        bytes("fefd 09 00000000"), bytes("01 0000000000000000 00ffff00fefefefefdfdfdfd12345678 0000000000000000"),
        bytes("'IAX'"), bytes("8001 0000 00000001 0000 06 01"),
      ]),
    Kind(
      name: "tunnels and flows",
      payloads: [
        bytes("0000 08 00 45000054 00004000 4001") + tail(35, 60), bytes("08000000 00000100") + tail(36, 80),
        bytes("0009 0001 12345678 65000000 00000001 00000000 0000 001c 0100 0014"),
        bytes("000a 0020 65000000 00000001 00000000 0002 0010 0100 0002 0008 0004"),
        bytes("0005 0001 12345678 65000000 00000000 00000001 00 00 0000") + tail(37, 48),
        bytes("00000005 00000001 0a000001 00000000 00000001 00000100 00000001"),
      ]),
    Kind(
      name: "directory, management and small services",
      payloads: [
        bytes("02 01 0000 36 0000 0000 0001 0002 'en' 0000 0015 'service:directory-agent' 0007 'default' 0000"),
        bytes("30 26 02 01 01 63 21 04 00 0a 01 00 0a 01 00 02 01 00 02 01 00 01 01 00 87 0b 'objectClass' 30 00"),
        bytes("06 00 ff 07 00000000 0000 0000 9000 0080"), bytes("0600ff06 000011be 80 00 0000"),
        bytes("60 00 00 00 01 02 03 04"), bytes("'M-SEARCH * HTTP/1.1' 0d0a 'HOST: 239.255.255.250:1900' 0d0a0d0a"),
        bytes("'BTP0' 0000"), bytes("'SPSB' 0000 0001"), bytes("'beacon'"), bytes("'DISCOVER'"),
        bytes("'discovery' 00"),
        bytes("'{\"version\":[2,0],\"port\":17500,\"host_int\":1}'"),
      ]),
  ]

  // MARK: making of

  /// Noise that stands for compressed or enciphered bytes.
  private static func tail(_ seed: UInt64, _ count: Int) -> [UInt8] {
    var noise = Noise(state: seed &* 0x9e37_79b9_7f4a_7c15)
    return noise.bytes(count)
  }
}

/// Xorshift: small, and the same each time.
struct Noise {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 24) }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }
}
