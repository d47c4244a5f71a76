import Glibc
import OTCapture
import OTCore
import OTFacts
import OTPipeline
import OTProtocols

/// Files of captures, and frames.
enum Captures {
  /// Where an input stands as a file; in memory.
  private static let path = "/dev/shm/otfuzz-\(getpid())"

  /// The whole file: each frame's bytes are touched, and the account of what was read is made.
  static func read(_ input: Span<UInt8>) {
    store(input)
    guard let set = try? CaptureSet(paths: [path]), var capture = try? LogicalCapture(set) else { return }
    var sum: UInt64 = 0
    var frames = 0
    while capture.next() {
      for index in capture.bytes.indices { sum &+= UInt64(capture.bytes[index]) }
      frames += 1
    }
    let summary = capture.manifest().files.first?.summary
    guard frames <= 1 << 22, summary?.damage.count ?? 0 <= CaptureReader.mostDamage else { fatalError("too much read") }
  }

  /// Link types read layer by layer, or as one protocol.
  private static let linkTypes: [UInt16] = [1, 0, 9, 50, 101, 104, 105, 108, 113, 127, 228, 229, 240, 276, 12, 165]

  /// Frames and made-up segments, to printed facts.
  ///
  /// An input: link type, two bytes that choose a port, then records. A record's head: bits 0 to 2 what it is (0 a
  /// frame, 1 a segment in its turn, 2 a segment out of turn, 3 a UDP datagram, 4 a fragment, 5 nothing but time that
  /// passes, 6 a frame cut by the snap length, 7 a segment of IPv6), bit 3 from the client, bits 4 to 7 what more there
  /// is to say.
  static func follow(_ input: Span<UInt8>) {
    guard input.count > 6 else { return }
    let linkType = linkTypes[Int(input[0]) % linkTypes.count]
    let ports = ProtocolTable.standard.claimedPorts(stream: input[1] & 1 == 0)
    var link = Link(server: ports[(Int(input[1]) >> 1 | Int(input[2]) << 7) % ports.count])
    var file: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0]
    file.put32le(UInt32(linkType))
    var time: UInt64 = 1_700_000_000_000_000
    var records = Records(input.extracting(3..<input.count))
    while records.next() {
      time += 1000
      let detail = records.head >> 4
      var frame: [UInt8] = []
      var missing = 0
      switch records.head & 7 {
      case 0: frame.append(records.body)
      case 5:
        time += UInt64(detail) * 3_000_000
        continue
      case 6:
        frame.append(records.body)
        missing = Int(detail) * 16
      default: frame = link.frame(records.head, records.body, isEthernet: linkType == 1)
      }
      file.put32le(UInt32(truncatingIfNeeded: time / 1_000_000))
      file.put32le(UInt32(truncatingIfNeeded: time % 1_000_000))
      file.put32le(UInt32(truncatingIfNeeded: frame.count))
      file.put32le(UInt32(truncatingIfNeeded: frame.count + missing))
      file += frame
    }
    store(file.span)
    guard let result = try? Analysis.runHere(.init(paths: [path], hashes: false)) else { return }
    let document = FactsDocument(result.facts).json()
    guard document.count <= 1 << 24 else { fatalError("too much told") }
  }

  /// Two hosts and what they have sent.
  private struct Link {
    let server: UInt16
    var sent: [UInt32] = [1000, 2_000_000_000]

    mutating func frame(_ head: UInt8, _ payload: Span<UInt8>, isEthernet: Bool) -> [UInt8] {
      let fromClient = head & 8 != 0
      let detail = head >> 4
      var bytes: [UInt8] = []
      if isEthernet {
        for side: UInt8 in fromClient ? [2, 1] : [1, 2] { bytes += [2, 0, 0, 0, 0, side] }
        bytes += head & 7 == 7 ? [0x86, 0xdd] : [8, 0]
      }
      let isTCP = head & 7 == 1 || head & 7 == 2 || head & 7 == 7
      let length = payload.count + (isTCP ? 20 : 8)
      if head & 7 == 7 {
        bytes += [0x60, 0, 0, 0]
        bytes.put16(UInt16(truncatingIfNeeded: length))
        bytes += [6, 64]
        for side: UInt8 in fromClient ? [1, 2] : [2, 1] { bytes += [0xfd] + Array(repeating: 0, count: 14) + [side] }
      } else {
        bytes += [0x45, 0]
        bytes.put16(UInt16(truncatingIfNeeded: length + 20))
        bytes += [0, head & 7 == 4 ? 7 : 0]
        bytes.put16(head & 7 == 4 ? UInt16(detail) * 3 | (detail < 12 ? 0x2000 : 0) : 0)
        bytes += [64, isTCP ? 6 : 17, 0, 0]
        for side: UInt8 in fromClient ? [1, 2] : [2, 1] { bytes += [10, 0, 0, side] }
      }
      let ports = fromClient ? [49152, server] : [server, 49152]
      for port in ports { bytes.put16(port) }
      if isTCP {
        let (own, other) = fromClient ? (0, 1) : (1, 0)
        let isInTurn = head & 7 != 2
        bytes.put32(isInTurn ? sent[own] : sent[own] &+ UInt32(detail) &* 48 &- 384)
        bytes.put32(sent[other])
        // Bits of detail: FIN, SYN, RST, no ACK.
        let flags = isInTurn ? detail & 7 | (detail & 8 == 0 ? 0x10 : 0) : 0x10
        bytes += [0x50, flags, 0x20, 0, 0, 0, 0, 0]
        if isInTurn { sent[own] &+= UInt32(truncatingIfNeeded: payload.count) &+ UInt32((flags & 3).nonzeroBitCount) }
      } else {
        bytes.put16(UInt16(truncatingIfNeeded: length))
        bytes += [0, 0]
      }
      bytes.append(payload)
      return bytes
    }
  }

  private static func store(_ bytes: Span<UInt8>) {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0 else { fatalError("\(path) cannot be written") }
    var left = 0
    while left < bytes.count {
      let done = unsafe bytes.extracting(left..<bytes.count).withUnsafeBufferPointer {
        unsafe write(file, $0.baseAddress, $0.count)
      }
      guard done > 0 else { fatalError("\(path) cannot be written") }
      left += done
    }
    close(file)
  }
}

extension Array where Element == UInt8 {
  mutating func put16(_ value: UInt16) {
    append(UInt8(truncatingIfNeeded: value >> 8))
    append(UInt8(truncatingIfNeeded: value))
  }
  mutating func put32(_ value: UInt32) {
    put16(UInt16(truncatingIfNeeded: value >> 16))
    put16(UInt16(truncatingIfNeeded: value))
  }
  mutating func put32le(_ value: UInt32) { put32(value.byteSwapped) }
}
