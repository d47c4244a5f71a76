internal import Glibc

/// The bytes of a file, a pipe or standard input, decompressed where their first bytes say so.
///
/// Owns the descriptor. A read that fails ends the bytes and leaves its reason in ``failure``.
final class ByteSource {
  private let descriptor: CInt
  private var decompressor: (any Decompressor)?
  /// Compressed bytes, or the first bytes looked at; `next ..< filled` is not used yet.
  private var input: [UInt8]
  private var next = 0
  private var filled = 0
  private var hasher: EvidenceHasher?

  /// Why there are no bytes at all.
  private(set) var openError: CaptureError?
  private(set) var compression = Compression.none
  /// Why the bytes ended before they should have, in words.
  private(set) var failure: String?
  private(set) var isAtEnd = false
  /// Bytes of the file itself read so far.
  private(set) var bytesRead: UInt64 = 0

  private static let blockBytes = 1 << 18

  /// Opens `path` (`-` is standard input). `hashing`: digests the bytes as they pass, for what cannot be read twice.
  init(path: String, hashing: Bool = false) {
    if path == "-" {
      descriptor = dup(STDIN_FILENO)
    } else {
      descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    }
    input = [UInt8](repeating: 0, count: 64)
    guard descriptor >= 0 else {
      openError = .system(path, "cannot be opened")
      return
    }
    if hashing { hasher = EvidenceHasher() }
    while filled < 4, fetch(upTo: 64) {}
    if let failure { openError = CaptureError(.system, path, failure) }
    guard filled > 0 else {
      if openError == nil { openError = CaptureError(.empty, path, "is empty") }
      return
    }
    if filled >= 3, input[0] == 0x1f, input[1] == 0x8b, input[2] == 8 {
      compression = .gzip
      decompressor = GzipDecompressor()
    } else if filled >= 4, ZstdDecompressor.begins(input[0], input[1], input[2], input[3]) {
      compression = .zstd
      decompressor = ZstdDecompressor()
    }
    if decompressor != nil {
      input.append(contentsOf: repeatElement(0, count: Self.blockBytes - 64))
    }
  }

  deinit { close(descriptor) }

  /// Fills as much of `target` as one block gives; 0 only at the end.
  func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    guard !isAtEnd else { return 0 }
    if let decompressor { return unsafe readCompressed(into: target, decompressor) }
    if next < filled {
      let count = min(filled - next, target.count)
      for index in 0..<count { unsafe target[index] = input[next + index] }
      next += count
      return count
    }
    let count = unsafe readBlock(target)
    if count == 0 { isAtEnd = true }
    return count
  }

  /// Reads what is left, only to digest it, and gives the SHA-256 of all bytes.
  func finishHash() -> SHA256Digest? {
    guard hasher != nil else { return nil }
    if input.count < Self.blockBytes { input = [UInt8](repeating: 0, count: Self.blockBytes) }
    filled = 0
    while fetch(upTo: input.count) { filled = 0 }
    return hasher.take()?.finish()
  }

  private func readCompressed(into target: UnsafeMutableRawBufferPointer, _ decompressor: any Decompressor) -> Int {
    while true {
      if next == filled {
        next = 0
        filled = 0
        if !fetch(upTo: input.count) {
          // What was read may still hold more than fitted into the last target.
          let rest =
            unsafe decompressor.isComplete
            ? DecompressionStep() : decompressor.decompress(UnsafeRawBufferPointer(start: nil, count: 0), into: target)
          if rest.produced > 0 { return rest.produced }
          if failure == nil, !decompressor.isComplete { failure = "the compressed data ends early" }
          isAtEnd = true
          return 0
        }
      }
      let step = unsafe input.withUnsafeBytes { bytes in
        unsafe decompressor.decompress(UnsafeRawBufferPointer(rebasing: bytes[next..<filled]), into: target)
      }
      next += step.consumed
      if let problem = step.failure {
        failure = problem
        isAtEnd = true
        return step.produced
      }
      if step.produced > 0 { return step.produced }
      if step.consumed == 0, next < filled {
        failure = "the compressed data makes no progress"
        isAtEnd = true
        return 0
      }
    }
  }

  /// Appends to `input`; false at the end of the file.
  private func fetch(upTo limit: Int) -> Bool {
    let start = filled
    let count = unsafe input.withUnsafeMutableBytes { bytes in
      unsafe readBlock(UnsafeMutableRawBufferPointer(rebasing: bytes[start..<limit]))
    }
    filled += count
    return count > 0
  }

  /// One `read(2)`, again where a signal interrupted it.
  private func readBlock(_ target: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      let count = unsafe Glibc.read(descriptor, target.baseAddress, target.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 {
        failure = "cannot be read: \(systemMessage(errno))"
        return 0
      }
      bytesRead += UInt64(count)
      if count > 0 { unsafe hasher?.update(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(target)[..<count])) }
      return count
    }
  }
}
