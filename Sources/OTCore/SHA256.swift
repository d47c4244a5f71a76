/// SHA-256, FIPS 180-4 section 6.2, for fingerprints of short texts; evidence files are hashed by libcrypto.
public struct SHA256: Sendable {
  private var state: InlineArray<8, UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]

  /// The digest of `bytes`, 32 bytes.
  public static func digest(_ bytes: Span<UInt8>) -> [UInt8] {
    var hash = SHA256()
    var rest = bytes
    while rest.count >= 64 {
      hash.block(rest.extracting(0..<64))
      rest = rest.extracting(64..<rest.count)
    }
    // Padding (section 5.1.1): 0x80, zeros, the length in bits as 64 bits.
    var tail = InlineArray<128, UInt8>(repeating: 0)
    for index in rest.indices { tail[index] = rest[index] }
    tail[rest.count] = 0x80
    let end = rest.count < 56 ? 64 : 128
    let bits = UInt64(bytes.count) << 3
    for index in 1...8 { tail[end - index] = UInt8(truncatingIfNeeded: bits >> UInt64(8 * index - 8)) }
    hash.block(tail.span.extracting(0..<64))
    if end == 128 { hash.block(tail.span.extracting(64..<128)) }
    var digest: [UInt8] = []
    digest.reserveCapacity(32)
    for index in 0..<32 {
      digest.append(UInt8(truncatingIfNeeded: hash.state[index >> 2] >> UInt32(24 - 8 * (index & 3))))
    }
    return digest
  }

  private mutating func block(_ bytes: Span<UInt8>) {
    var words = InlineArray<64, UInt32>(repeating: 0)
    for index in 0..<16 { words[index] = bytes.be32(index * 4) ?? 0 }
    for index in 16..<64 {
      let (early, late) = (words[index - 15], words[index - 2])
      let small0 = rotate(early, 7) ^ rotate(early, 18) ^ early >> 3
      let small1 = rotate(late, 17) ^ rotate(late, 19) ^ late >> 10
      words[index] = words[index - 16] &+ small0 &+ words[index - 7] &+ small1
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    // What a round changes of the eight values. They then stand one place further, which is said by their order here
    // instead of moving them.
    @inline(__always)
    func round(
      _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
      _ h: inout UInt32, _ index: Int
    ) {
      let big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      let first = h &+ big1 &+ (g ^ (e & (f ^ g))) &+ roundConstants[index] &+ words[index]
      let big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      d = d &+ first
      h = first &+ big0 &+ ((a & b) | (c & (a | b)))
    }
    for eight in 0..<8 {
      let index = eight * 8
      round(a, b, c, &d, e, f, g, &h, index)
      round(h, a, b, &c, d, e, f, &g, index + 1)
      round(g, h, a, &b, c, d, e, &f, index + 2)
      round(f, g, h, &a, b, c, d, &e, index + 3)
      round(e, f, g, &h, a, b, c, &d, index + 4)
      round(d, e, f, &g, h, a, b, &c, index + 5)
      round(c, d, e, &f, g, h, a, &b, index + 6)
      round(b, c, d, &e, f, g, h, &a, index + 7)
    }
    let added: InlineArray<8, UInt32> = [a, b, c, d, e, f, g, h]
    for index in 0..<8 { state[index] &+= added[index] }
  }

  private func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }
}

/// First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4 section 4.2.2).
private let roundConstants: InlineArray<64, UInt32> = [
  0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
  0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
  0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
  0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
  0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
  0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
  0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
  0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
]
