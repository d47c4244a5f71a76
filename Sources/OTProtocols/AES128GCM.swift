import OTCore

/// AES-128 in Galois/Counter Mode, FIPS 197 and NIST SP 800-38D: opening only.
///
/// It opens the Initial packets of QUIC, whose key follows from what the packet itself says (RFC 9001 section 5.2), so
/// nothing secret passes through here and no care is taken of the time it takes. One packet of 1,200 bytes costs some
/// 80 blocks; it is done for the first packets of a connection and never again.
struct AES128GCM {
  typealias Block = InlineArray<16, UInt8>
  private static let roundCount = 10

  /// Eleven round keys of sixteen bytes.
  private var schedule: [UInt8] = []

  /// A key shorter than 16 bytes is filled with zeros: what it opens will not be authentic.
  init(key: [UInt8]) {
    schedule = Array((key + Array(repeating: 0, count: 16)).prefix(16))
    var constant: UInt8 = 1
    // Section 5.2: each word is the one four before it, with the last one mixed in.
    for word in 4..<(4 * (Self.roundCount + 1)) {
      var last = Array(schedule[(4 * word - 4)..<(4 * word)])
      if word % 4 == 0 {
        last = [last[1], last[2], last[3], last[0]].map { substitutions[Int($0)] }
        last[0] ^= constant
        constant = Self.doubled(constant)
      }
      for index in 0..<4 { schedule.append(schedule[4 * word - 16 + index] ^ last[index]) }
    }
  }

  /// The clear text of `sealed`, which ends in its tag of sixteen bytes; nil where the tag does not fit.
  func open(_ sealed: Span<UInt8>, nonce: [UInt8], authenticating header: Span<UInt8>) -> [UInt8]? {
    guard sealed.count >= 16, nonce.count == 12 else { return nil }
    let text = sealed.extracting(0..<(sealed.count - 16))
    var hash = Hash(key: encrypt(Block(repeating: 0)))
    hash.add(header)
    hash.add(text)
    hash.add(lengths: header.count, text.count)
    let mask = encrypt(counter(nonce, 1))
    for index in 0..<16 where hash.value[index] ^ mask[index] != sealed[text.count + index] { return nil }
    var clear: [UInt8] = []
    clear.reserveCapacity(text.count)
    var number: UInt32 = 2
    while clear.count < text.count {
      let stream = encrypt(counter(nonce, number))
      for index in 0..<16 where clear.count < text.count { clear.append(text[clear.count] ^ stream[index]) }
      number &+= 1
    }
    return clear
  }

  /// SP 800-38D section 7.1: the nonce and a counter.
  private func counter(_ nonce: [UInt8], _ number: UInt32) -> Block {
    var block = Block(repeating: 0)
    for index in 0..<12 { block[index] = nonce[index] }
    for index in 0..<4 { block[12 + index] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * index)) }
    return block
  }

  /// One block, FIPS 197 section 5.1. The state stands column by column, as the bytes come.
  func encrypt(_ block: Block) -> Block {
    var state = block
    addRoundKey(&state, 0)
    for round in 1...Self.roundCount {
      var next = Block(repeating: 0)
      // SubBytes and ShiftRows: row r moves r columns to the left.
      for column in 0..<4 {
        for row in 0..<4 { next[4 * column + row] = substitutions[Int(state[4 * ((column + row) % 4) + row])] }
      }
      if round < Self.roundCount { mixColumns(&next) }
      state = next
      addRoundKey(&state, round)
    }
    return state
  }

  private func addRoundKey(_ state: inout Block, _ round: Int) {
    for index in 0..<16 { state[index] ^= schedule[16 * round + index] }
  }

  /// Section 5.1.3: each column times a fixed polynomial over GF(2⁸).
  private func mixColumns(_ state: inout Block) {
    for column in 0..<4 {
      let (a, b, c, d) = (state[4 * column], state[4 * column + 1], state[4 * column + 2], state[4 * column + 3])
      let all = a ^ b ^ c ^ d
      state[4 * column] = a ^ all ^ Self.doubled(a ^ b)
      state[4 * column + 1] = b ^ all ^ Self.doubled(b ^ c)
      state[4 * column + 2] = c ^ all ^ Self.doubled(c ^ d)
      state[4 * column + 3] = d ^ all ^ Self.doubled(d ^ a)
    }
  }

  /// Times x in GF(2⁸) of FIPS 197 section 4.2.
  private static func doubled(_ byte: UInt8) -> UInt8 { byte << 1 ^ (byte & 0x80 != 0 ? 0x1b : 0) }

  /// GHASH, SP 800-38D section 6.4.
  private struct Hash {
    private let high: UInt64
    private let low: UInt64
    private var sumHigh: UInt64 = 0
    private var sumLow: UInt64 = 0

    init(key: Block) {
      high = Self.word(key, 0)
      low = Self.word(key, 8)
    }

    var value: Block {
      var block = Block(repeating: 0)
      for index in 0..<8 {
        block[index] = UInt8(truncatingIfNeeded: sumHigh >> UInt64(56 - 8 * index))
        block[index + 8] = UInt8(truncatingIfNeeded: sumLow >> UInt64(56 - 8 * index))
      }
      return block
    }

    /// All bytes, the last block filled with zeros.
    mutating func add(_ bytes: Span<UInt8>) {
      var start = 0
      while start < bytes.count {
        var block = Block(repeating: 0)
        for index in 0..<Swift.min(16, bytes.count - start) { block[index] = bytes[start + index] }
        multiply(Self.word(block, 0), Self.word(block, 8))
        start += 16
      }
    }

    mutating func add(lengths header: Int, _ text: Int) {
      multiply(UInt64(truncatingIfNeeded: header) << 3, UInt64(truncatingIfNeeded: text) << 3)
    }

    /// Section 6.3: (sum + block) times the key in GF(2¹²⁸), bit by bit.
    private mutating func multiply(_ blockHigh: UInt64, _ blockLow: UInt64) {
      let (x, y) = (sumHigh ^ blockHigh, sumLow ^ blockLow)
      var (factorHigh, factorLow) = (high, low)
      (sumHigh, sumLow) = (0, 0)
      for bit: UInt64 in 0..<128 {
        let isSet = bit < 64 ? x >> (63 - bit) & 1 : y >> (127 - bit) & 1
        if isSet == 1 {
          sumHigh ^= factorHigh
          sumLow ^= factorLow
        }
        let carry = factorLow & 1
        factorLow = factorLow >> 1 | factorHigh << 63
        factorHigh = factorHigh >> 1 ^ (carry == 1 ? 0xe100_0000_0000_0000 : 0)
      }
    }

    private static func word(_ block: Block, _ start: Int) -> UInt64 {
      var word: UInt64 = 0
      for index in start..<(start + 8) { word = word << 8 | UInt64(block[index]) }
      return word
    }
  }
}

/// The S-box, FIPS 197 section 5.1.1.
private let substitutions: [UInt8] = [
  0x63, 0x7c, 0x77, 0x7b, 0xf2, 0x6b, 0x6f, 0xc5, 0x30, 0x01, 0x67, 0x2b, 0xfe, 0xd7, 0xab, 0x76,
  0xca, 0x82, 0xc9, 0x7d, 0xfa, 0x59, 0x47, 0xf0, 0xad, 0xd4, 0xa2, 0xaf, 0x9c, 0xa4, 0x72, 0xc0,
  0xb7, 0xfd, 0x93, 0x26, 0x36, 0x3f, 0xf7, 0xcc, 0x34, 0xa5, 0xe5, 0xf1, 0x71, 0xd8, 0x31, 0x15,
  0x04, 0xc7, 0x23, 0xc3, 0x18, 0x96, 0x05, 0x9a, 0x07, 0x12, 0x80, 0xe2, 0xeb, 0x27, 0xb2, 0x75,
  0x09, 0x83, 0x2c, 0x1a, 0x1b, 0x6e, 0x5a, 0xa0, 0x52, 0x3b, 0xd6, 0xb3, 0x29, 0xe3, 0x2f, 0x84,
  0x53, 0xd1, 0x00, 0xed, 0x20, 0xfc, 0xb1, 0x5b, 0x6a, 0xcb, 0xbe, 0x39, 0x4a, 0x4c, 0x58, 0xcf,
  0xd0, 0xef, 0xaa, 0xfb, 0x43, 0x4d, 0x33, 0x85, 0x45, 0xf9, 0x02, 0x7f, 0x50, 0x3c, 0x9f, 0xa8,
  0x51, 0xa3, 0x40, 0x8f, 0x92, 0x9d, 0x38, 0xf5, 0xbc, 0xb6, 0xda, 0x21, 0x10, 0xff, 0xf3, 0xd2,
  0xcd, 0x0c, 0x13, 0xec, 0x5f, 0x97, 0x44, 0x17, 0xc4, 0xa7, 0x7e, 0x3d, 0x64, 0x5d, 0x19, 0x73,
  0x60, 0x81, 0x4f, 0xdc, 0x22, 0x2a, 0x90, 0x88, 0x46, 0xee, 0xb8, 0x14, 0xde, 0x5e, 0x0b, 0xdb,
  0xe0, 0x32, 0x3a, 0x0a, 0x49, 0x06, 0x24, 0x5c, 0xc2, 0xd3, 0xac, 0x62, 0x91, 0x95, 0xe4, 0x79,
  0xe7, 0xc8, 0x37, 0x6d, 0x8d, 0xd5, 0x4e, 0xa9, 0x6c, 0x56, 0xf4, 0xea, 0x65, 0x7a, 0xae, 0x08,
  0xba, 0x78, 0x25, 0x2e, 0x1c, 0xa6, 0xb4, 0xc6, 0xe8, 0xdd, 0x74, 0x1f, 0x4b, 0xbd, 0x8b, 0x8a,
  0x70, 0x3e, 0xb5, 0x66, 0x48, 0x03, 0xf6, 0x0e, 0x61, 0x35, 0x57, 0xb9, 0x86, 0xc1, 0x1d, 0x9e,
  0xe1, 0xf8, 0x98, 0x11, 0x69, 0xd9, 0x8e, 0x94, 0x9b, 0x1e, 0x87, 0xe9, 0xce, 0x55, 0x28, 0xdf,
  0x8c, 0xa1, 0x89, 0x0d, 0xbf, 0xe6, 0x42, 0x68, 0x41, 0x99, 0x2d, 0x0f, 0xb0, 0x54, 0xbb, 0x16,
]
