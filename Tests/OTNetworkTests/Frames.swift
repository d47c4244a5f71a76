import OTCore

@testable import OTNetwork

/// Makers of annotated frames: each adds its header before a payload.
enum Make {
  static func u16(_ value: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
  }
  static func u32(_ value: Int) -> [UInt8] { u16(value >> 16) + u16(value) }

  static let macs: [UInt8] =
    [0x00, 0x1b, 0x1b, 0x00, 0x00, 0x02]  // destination
    + [0x00, 0x0e, 0x8c, 0x00, 0x00, 0x01]  // source

  /// IEEE 802.3 3.1.1.
  static func ethernet(_ type: Int, _ payload: [UInt8]) -> [UInt8] { macs + u16(type) + payload }

  /// IEEE 802.1Q 9.6: identifier, type of what follows.
  static func tag(_ identifier: Int, _ type: Int, _ payload: [UInt8]) -> [UInt8] {
    u16(identifier) + u16(type) + payload
  }

  /// RFC 791 3.1. `from` and `to` are the last octet of 10.0.0.x.
  static func ipv4(
    _ ipProtocol: UInt8, _ payload: [UInt8], from: UInt8 = 1, to: UInt8 = 2, total: Int? = nil, id: Int = 7,
    fragment: Int = 0
  ) -> [UInt8] {
    [0x45, 0]  // version 4, 5 words; type of service
      + u16(total ?? 20 + payload.count)
      + u16(id) + u16(fragment)  // identification; flags and offset in units of 8
      + [64, ipProtocol, 0, 0]  // time to live, protocol, checksum
      + [10, 0, 0, from] + [10, 0, 0, to] + payload
  }

  /// RFC 8200 3. Addresses fd00::1 and fd00::2.
  static func ipv6(_ next: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let address = [0xfd] + Array(repeating: UInt8(0), count: 14)
    return [0x60, 0, 0, 0] + u16(payload.count) + [next, 63] + address + [1] + address + [2] + payload
  }

  /// RFC 9293 3.1 without options.
  static func tcp(_ payload: [UInt8], from: Int = 49152, to: Int = 502, sequence: Int = 1000, flags: UInt8 = 0x18)
    -> [UInt8]
  {
    u16(from) + u16(to) + u32(sequence) + u32(2000) + [0x50, flags] + u16(8192) + [0, 0, 0, 0] + payload
  }

  /// RFC 768.
  static func udp(_ payload: [UInt8], from: Int = 47808, to: Int = 47808, length: Int? = nil) -> [UInt8] {
    u16(from) + u16(to) + u16(length ?? 8 + payload.count) + [0, 0] + payload
  }
}

extension FrameDecoder {
  /// Decodes an array and gives the payload with the frame.
  mutating func read(
    _ bytes: [UInt8], linkType: UInt16 = 1, originalLength: Int? = nil, second: Int64 = 0
  ) -> (frame: DecodedFrame, payload: [UInt8]) {
    let frame = decode(
      bytes.span, linkType: linkType, originalLength: originalLength ?? bytes.count,
      time: Timestamp(nanoseconds: second * 1_000_000_000))
    let home = frame.payloadIsReassembled ? reassembled : bytes
    return (frame, Array(home[frame.payloadStart..<(frame.payloadStart + frame.payloadCount)]))
  }
}
