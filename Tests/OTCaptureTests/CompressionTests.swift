import CZlib
import CZstd
import Testing

@testable import OTCapture

private func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = unsafe z_stream()
  var out = [UInt8](repeating: 0, count: bytes.count + 1024)
  var input = bytes
  unsafe deflateInit2_(
    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
  let count = unsafe input.withUnsafeMutableBufferPointer { from in
    unsafe out.withUnsafeMutableBufferPointer { to in
      unsafe stream.next_in = from.baseAddress
      unsafe stream.avail_in = UInt32(from.count)
      unsafe stream.next_out = to.baseAddress
      unsafe stream.avail_out = UInt32(to.count)
      unsafe deflate(&stream, Z_FINISH)
      return unsafe to.count - Int(stream.avail_out)
    }
  }
  unsafe deflateEnd(&stream)
  return Array(out[..<count])
}

private func zstd(_ bytes: [UInt8]) -> [UInt8] {
  var out = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
  let count = unsafe ZSTD_compress(&out, out.count, bytes, bytes.count, 3)
  return Array(out[..<count])
}

/// Enough frames for several buffers, compressing well and badly by turns.
private let frames = (0..<4000).map { index in
  var frame = TestFrame.marked(UInt8(index & 255), at: start + Int64(index) * oneSecond, count: 900)
  var noise = UInt32(index)
  if index % 3 == 0 {
    frame.bytes = frame.bytes.map { _ in
      noise = noise &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: noise >> 24)
    }
  }
  frame.number = UInt64(index + 1)
  return frame
}

@Test(arguments: [Compression.gzip, .zstd], [false, true])
func compressedCapturesAreReadWhateverTheirName(compression: Compression, inTwoMembers: Bool) throws {
  let plain = Bytes.pcap(frames)
  let pack = compression == .gzip ? gzip : zstd
  // A second member or frame continues the first: what `cat a.gz b.gz` makes.
  let packed = inTwoMembers ? pack(Array(plain[..<100_001])) + pack(Array(plain[100_001...])) : pack(plain)
  let folder = Folder()
  let (read, summary) = try readAll(folder.write("misnamed.pcap", packed))
  #expect(read == frames)
  #expect(summary.compression == compression)
  #expect(summary.damage.isEmpty)
}

@Test(arguments: [Compression.gzip, .zstd])
func aCutCompressedCaptureIsReadAsFarAsItGoes(compression: Compression) throws {
  let packed = compression == .gzip ? gzip(Bytes.pcap(frames)) : zstd(Bytes.pcap(frames))
  let folder = Folder()
  let (read, summary) = try readAll(folder.write("a.pcap", Array(packed[..<(packed.count / 2)])))
  #expect(read.count > 1000)
  #expect(read == Array(frames[..<read.count]))
  #expect(summary.damage.count == 1)
  #expect(summary.damage.first?.reason.contains("the compressed data ends early") == true)
}

@Test func damageInsideCompressedDataIsReported() throws {
  var packed = gzip(Bytes.pcap(frames))
  for index in packed.count / 2..<(packed.count / 2 + 64) { packed[index] ^= 0x5a }
  let folder = Folder()
  let (read, summary) = try readAll(folder.write("a.pcap", packed))
  #expect(read.count > 1000)
  #expect(summary.damage.last?.reason.contains("the gzip data is damaged") == true)
}

@Test func aFewCompressedBytesThatAreNoCaptureAreRefused() throws {
  let folder = Folder()
  let file = folder.write("a.pcap", gzip([1]))
  let error = #expect(throws: CaptureError.self) { _ = try readAll(file) }
  #expect(error?.description == "\(file): has only 1 bytes, which is no capture")
}
