internal import CZlib
internal import CZstd

/// One step of decompression.
struct DecompressionStep {
  var consumed = 0
  var produced = 0
  var failure: String?
}

/// A streaming decompressor: bounded memory whatever the input claims to expand to.
protocol Decompressor: AnyObject {
  func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecompressionStep
  /// Whether the bytes so far end where a compressed stream may end.
  var isComplete: Bool { get }
}

/// gzip (RFC 1952), any number of members.
@safe final class GzipDecompressor: Decompressor {
  // zlib keeps the address of its stream and checks it, so the stream must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var isComplete = false
  private var hadMember = false

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 16 above the largest window: gzip wrapper only.
    _ = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecompressionStep {
    var step = DecompressionStep()
    if isComplete {
      // A further member may follow; zero padding (tapes, block devices) may too and says nothing.
      if hadMember, unsafe input.first != 0x1f {
        step.consumed = input.count
        if unsafe !input.allSatisfy({ $0 == 0 }) { step.failure = "something else follows the compressed data" }
        return step
      }
      unsafe inflateReset(stream)
      isComplete = false
    }
    unsafe stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    unsafe stream.pointee.avail_in = UInt32(clamping: input.count)
    unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = UInt32(clamping: output.count)
    let result = unsafe inflate(stream, Z_NO_FLUSH)
    step.consumed = unsafe input.count - Int(stream.pointee.avail_in)
    step.produced = unsafe output.count - Int(stream.pointee.avail_out)
    switch result {
    case Z_STREAM_END:
      isComplete = true
      hadMember = true
    case Z_OK, Z_BUF_ERROR: break
    default:
      let words = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "no reason given"
      step.failure = "the gzip data is damaged: \(words)"
    }
    return step
  }
}

/// Zstandard (RFC 8878), any number of frames.
@safe final class ZstdDecompressor: Decompressor {
  // Owned: made here, freed in deinit, never handed out.
  private let context: OpaquePointer?
  private(set) var isComplete = false

  /// Whether a file with these first bytes is a Zstandard frame, or a skippable one before it (section 3.1).
  static func begins(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) -> Bool {
    (first, second, third, fourth) == (0x28, 0xb5, 0x2f, 0xfd)
      || (first & 0xf0, second, third, fourth) == (0x50, 0x2a, 0x4d, 0x18)
  }

  init() { unsafe context = ZSTD_createDStream() }
  deinit { unsafe ZSTD_freeDStream(context) }

  func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecompressionStep {
    var from = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var to = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let result = unsafe ZSTD_decompressStream(context, &to, &from)
    var step = unsafe DecompressionStep(consumed: from.pos, produced: to.pos)
    if ZSTD_isError(result) != 0 {
      let name = unsafe ZSTD_getErrorName(result).map { unsafe String(cString: $0) } ?? ""
      step.failure = "the zstd data is damaged: \(name)"
    } else {
      isComplete = result == 0
    }
    return step
  }
}
