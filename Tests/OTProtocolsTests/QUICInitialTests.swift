import OTCore
import Testing

@testable import OTProtocols

/// RFC 9001 appendix A and RFC 9369 appendix A, FIPS 197 appendix B, RFC 4231.
@Suite struct QUICInitialTests {
  private func hex(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.flatMap { [hexDigit($0 >> 4), hexDigit($0 & 15)] }, as: UTF8.self)
  }

  @Test func aBlockIsEncryptedAsInTheStandard() {
    let cipher = AES128GCM(key: bytes("2b7e1516 28aed2a6 abf71588 09cf4f3c"))
    var block = AES128GCM.Block(repeating: 0)
    for (index, byte) in bytes("3243f6a8 885a308d 313198a2 e0370734").enumerated() { block[index] = byte }
    let sealed = cipher.encrypt(block)
    #expect(hex((0..<16).map { sealed[$0] }) == "3925841d02dc09fbdc118597196a0b32")
  }

  /// Test case 4 of the submission of GCM to NIST (McGrew and Viega): text and header that fill no whole block.
  @Test func aTextIsOpenedAndAChangedOneIsNot() {
    let cipher = AES128GCM(key: bytes("feffe9928665731c6d6a8f9467308308"))
    let header = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    var sealed = bytes(
      """
      42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
      21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091 5bc94fbc3221a5db94fae95ae7121a47
      """)
    let nonce = bytes("cafebabefacedbaddecaf888")
    let clear = cipher.open(sealed.span, nonce: nonce, authenticating: header.span) ?? []
    #expect(hex(clear).hasPrefix("d9313225f88406e5a55909c5aff5269a") && clear.count == 60)
    sealed[3] ^= 1
    let changed = cipher.open(sealed.span, nonce: nonce, authenticating: header.span)
    #expect(changed == nil)
  }

  @Test func secretsAreThoseOfTheAppendix() {
    let connection = bytes("8394c8f03e515708")
    let salt = bytes("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
    let initial = QUICInitialKeys.authenticate(connection.span, key: salt)
    #expect(hex(initial) == "7db5df06e7a69e432496adedb00851923595221596ae2ae9fb8115c1e9ed0a44")
    let client = QUICInitialKeys.expand(initial, "client in", 32)
    #expect(hex(client) == "c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea")
    #expect(hex(QUICInitialKeys.expand(client, "quic key", 16)) == "1f369613dd76d5467730efcbe3b1a22d")
    #expect(hex(QUICInitialKeys.expand(client, "quic iv", 12)) == "fa044b2f42a3fd3b46fb255c")
    #expect(hex(QUICInitialKeys.expand(client, "quic hp", 16)) == "9f50449e04a0e810283a1e9933adedd2")
  }

  /// RFC 9369 sections A.1 and A.3: the server's Initial packet of version 2.
  @Test func aServersPacketOfVersionTwoIsOpened() {
    let packet = bytes(
      """
      dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698baeea26b91eb761d9b89237bbf872630
      17915358230035f7fd3945d88965cf17f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2
      c984c707f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce7ca84bed8521e2e140
      """)
    let connection = bytes("8394c8f03e515708")
    let keys = QUICInitialKeys(version: 0x6b33_43cf, connection: connection.span, fromClient: false)
    let frames = keys?.open(packet.span, numberStart: 18) ?? []
    #expect(hex(Array(frames.prefix(12))) == "02000000000600405a020000")
    let unknown = QUICInitialKeys(version: 0x5130_3433, connection: connection.span, fromClient: false)
    #expect(unknown.map { _ in true } == nil, "its salt is not published")
  }
}
