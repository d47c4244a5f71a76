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
  var rest = bytes
  while rest.count >= 8 {
    hash = mix(hash, rest.word(0))
    rest = rest.extracting(droppingFirst: 8)
  }
  var word: UInt64 = 0
  for index in rest.indices { word = word << 8 | UInt64(rest[index]) }
  return rest.isEmpty ? hash : mix(hash, word)
}
