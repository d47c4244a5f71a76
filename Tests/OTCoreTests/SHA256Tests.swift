import OTCore
import Testing

/// FIPS 180-4, with the examples of NIST's "SHA256.pdf" and a length that needs a second block of padding.
@Suite struct SHA256Tests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (String(repeating: "a", count: 130), "1e3c4f4750c8c29bbfa9ced317788176b156d342e57f7777f62fd7221a44312f"),
  ])
  func digestsAreThoseOfTheStandard(_ text: String, _ expected: String) {
    let bytes = Array(text.utf8)
    let digits = SHA256.digest(bytes.span).flatMap { [hexDigit($0 >> 4), hexDigit($0)] }
    #expect(String(decoding: digits, as: UTF8.self) == expected)
  }
}
