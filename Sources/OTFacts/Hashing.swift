import OTCore

/// Hash of two numbers for the folder's own tables. Their keys are numbers we give in order of arrival, so a seed of
/// its own would not make collisions harder to prepare.
@inline(__always)
func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
  OTCore.mix(a, b, seed: 0x2545_f491_4f6c_dd1d)
}

/// Hash of a text: eight bytes a round.
func hashBytes(_ bytes: Span<UInt8>) -> UInt64 {
  var hash = UInt64(bytes.count)
  var position = 0
  while position < bytes.count {
    var word: UInt64 = 0
    let end = Swift.min(position + 8, bytes.count)
    while position < end {
      word = word << 8 | UInt64(bytes[position])
      position += 1
    }
    hash = mix(hash, word)
  }
  return hash
}
