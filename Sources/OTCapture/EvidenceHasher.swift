internal import COpenSSL
internal import Glibc
internal import OTCore

/// A SHA-256 digest (FIPS 180-4).
public struct SHA256Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  let words: [4 of UInt64]

  init(_ bytes: [UInt8]) {
    words = [4 of UInt64] { word in
      (0..<8).reduce(UInt64(0)) { value, index in
        value << 8 | UInt64(bytes.indices.contains(8 * word + index) ? bytes[8 * word + index] : 0)
      }
    }
  }

  private var tuple: (UInt64, UInt64, UInt64, UInt64) { (words[0], words[1], words[2], words[3]) }
  public static func == (left: Self, right: Self) -> Bool { left.tuple == right.tuple }
  public static func < (left: Self, right: Self) -> Bool { left.tuple < right.tuple }
  public func hash(into hasher: inout Hasher) { hasher.combine(words[0]) }

  /// 64 lower-case hexadecimal digits.
  public var description: String {
    var text: [UInt8] = []
    for word in 0..<4 {
      for shift in stride(from: UInt64(60), through: 0, by: -4) {
        text.append(hexDigit(UInt8(truncatingIfNeeded: words[word] >> shift)))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// Digests evidence with libcrypto, which uses the processor's SHA instructions (five times pure Swift).
@safe public struct EvidenceHasher: ~Copyable {
  // Owned: made here, freed in deinit, never handed out.
  private let context: OpaquePointer?

  public init() {
    unsafe context = EVP_MD_CTX_new()
    unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  public mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  public consuming func finish() -> SHA256Digest {
    var digest = [UInt8](repeating: 0, count: 32)
    unsafe EVP_DigestFinal_ex(context, &digest, nil)
    return SHA256Digest(digest)
  }

  /// The digest of a file as it lies on the disk, in blocks of 1 MiB. Shares nothing: call it from any thread.
  public static func hash(path: String) throws(CaptureError) -> SHA256Digest {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(path, "cannot be opened") }
    defer { close(descriptor) }
    var hasher = EvidenceHasher()
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = unsafe read(descriptor, &block, block.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw .system(path, "cannot be read") }
      if count == 0 { return hasher.finish() }
      hasher.update(block.span.extracting(..<count))
    }
  }
}
