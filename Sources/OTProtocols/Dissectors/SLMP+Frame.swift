import OTCore

/// Header of an SLMP frame, SH-080956ENG chapter 3.
struct SLMPHeader {
  var isASCII: Bool
  var isResponse: Bool
  var serial: UInt16 = 0
  /// Number of the module that is asked: 0x03ff is the CPU of the station.
  var module: UInt16
  /// First octet behind the length: monitoring timer of a request, end code of an answer.
  var dataStart: Int
  var dataLength: Int

  init?(_ bytes: Span<UInt8>) {
    guard let first = bytes.be16(0) else { return nil }
    switch first {
    case 0x5000, 0x5400, 0xd000, 0xd400:
      isASCII = false
      isResponse = first & 0x8000 != 0
      let shift = first & 0x0400 != 0 ? 4 : 0
      if shift > 0 {
        guard let number = bytes.le16(2), bytes.be16(4) == 0 else { return nil }
        serial = number
      }
      guard let module = bytes.le16(4 + shift), let length = bytes.le16(7 + shift) else { return nil }
      self.module = module
      dataStart = 9 + shift
      dataLength = Int(length)
    case 0x3530, 0x3534, 0x4430, 0x4434:
      // `5000`, `5400`, `D000`, `D400`: every octet as two hexadecimal digits, most significant first.
      guard bytes.be16(2) == 0x3030 else { return nil }
      isASCII = true
      isResponse = first & 0xff00 == 0x4400
      let shift = first & 4 != 0 ? 8 : 0
      if shift > 0 {
        guard let number = bytes.hexWord(4), bytes.hexWord(8) == 0 else { return nil }
        serial = number
      }
      guard let module = bytes.hexWord(8 + shift), let length = bytes.hexWord(14 + shift) else { return nil }
      self.module = module
      dataStart = 18 + shift
      dataLength = Int(length)
    default: return nil
    }
  }

  static func mayBegin(_ bytes: Span<UInt8>) -> Bool {
    switch bytes.byte(0) {
    case 0x50, 0x54, 0xd0, 0xd4: bytes.byte(1) ?? 0 == 0
    case 0x35, 0x44: (bytes.byte(1).map { $0 == 0x30 || $0 == 0x34 } ?? true) && (bytes.byte(2) ?? 0x30) == 0x30
    default: bytes.isEmpty
    }
  }

  /// Whether length, module and command can belong together; a first frame must begin with a request that is known or
  /// an answer of the CPU.
  func isPlausible(_ bytes: Span<UInt8>, strictly: Bool) -> Bool {
    let width = isASCII ? 4 : 2
    guard dataLength >= (isResponse ? width : 3 * width), dataLength <= 16384 else { return false }
    guard module == 0x03ff || (0x03d0...0x03e3).contains(module) || (!strictly && module < 0x0200) else { return false }
    guard strictly, !isResponse else { return true }
    let data = SLMPData(isASCII: isASCII, bytes: bytes, start: dataStart)
    guard let command = data.word(1), let sub = data.word(2) else { return false }
    return SLMPDissector.isKnown(command) && sub & 0xff00 == 0
  }
}

/// Words behind the header, in binary or in hexadecimal digits.
struct SLMPData: ~Escapable {
  let isASCII: Bool
  let bytes: Span<UInt8>
  let start: Int

  @_lifetime(copy bytes)
  init(isASCII: Bool, bytes: Span<UInt8>, start: Int) {
    self.isASCII = isASCII
    self.bytes = bytes
    self.start = start
  }

  /// Octets of a word.
  var width: Int { isASCII ? 4 : 2 }

  func word(_ index: Int) -> UInt16? {
    isASCII ? bytes.hexWord(start + index * 4) : bytes.le16(start + index * 2)
  }

  /// A device that a command names.
  struct Device {
    var code: UInt32
    var number: UInt32
    var end: Int
  }

  /// Section 5.2: in binary a number of three octets and a code of one, with subcommand bit 1 (iQ-R) four and two; in ASCII
  /// the name comes first, with six or eight digits of number behind.
  func device(at index: Int, isWide: Bool) -> Device? {
    guard isASCII else {
      guard let low = bytes.le16(index), let high = bytes.byte(index + 2),
        let code = bytes.byte(index + (isWide ? 4 : 3))
      else { return nil }
      return Device(code: UInt32(code), number: UInt32(high) << 16 | UInt32(low), end: index + (isWide ? 6 : 4))
    }
    let name = bytes.clamped(from: index, count: 2)
    guard let known = SLMPDevice.all.first(where: { name.hasASCII($0.spelled) }) else { return nil }
    let start = index + (isWide ? 4 : 2)
    let end = start + (isWide ? 8 : 6)
    var number: UInt32 = 0
    for position in start..<end {
      guard let digit = bytes.byte(position).flatMap(hexValue), known.isHexadecimal || digit < 10 else { return nil }
      let (shifted, overflow) = number.multipliedReportingOverflow(by: known.isHexadecimal ? 16 : 10)
      guard !overflow else { return nil }
      number = shifted &+ UInt32(digit)
    }
    return Device(code: known.code, number: number, end: end)
  }

  /// A count of 16 bits, or of 8 in front of lists of devices.
  func count(at index: Int) -> UInt32? {
    isASCII ? bytes.hexWord(index).map(UInt32.init) : bytes.le16(index).map(UInt32.init)
  }

  func shortCount(at index: Int) -> UInt32? {
    guard isASCII else { return bytes.byte(index).map(UInt32.init) }
    guard let high = bytes.byte(index).flatMap(hexValue), let low = bytes.byte(index + 1).flatMap(hexValue) else {
      return nil
    }
    return UInt32(high) << 4 | UInt32(low)
  }
}

/// Devices of MELSEC controllers: code in binary frames, name in ASCII frames, whether its numbers are hexadecimal.
struct SLMPDevice {
  let code: UInt32
  let spelled: StaticString
  let isHexadecimal: Bool

  var name: String { spelled.description.filter { $0 != "*" } }

  private init(_ code: UInt32, _ spelled: StaticString, isHexadecimal: Bool = false) {
    self.code = code
    self.spelled = spelled
    self.isHexadecimal = isHexadecimal
  }

  static let all = [
    SLMPDevice(0x9c, "X*", isHexadecimal: true), SLMPDevice(0x9d, "Y*", isHexadecimal: true), SLMPDevice(0x90, "M*"),
    SLMPDevice(0x91, "SM"), SLMPDevice(0x92, "L*"), SLMPDevice(0x93, "F*"), SLMPDevice(0x94, "V*"),
    SLMPDevice(0xa0, "B*", isHexadecimal: true), SLMPDevice(0xa1, "SB", isHexadecimal: true), SLMPDevice(0xa8, "D*"),
    SLMPDevice(0xa9, "SD"), SLMPDevice(0xaf, "R*"), SLMPDevice(0xb0, "ZR", isHexadecimal: true),
    SLMPDevice(0xb4, "W*", isHexadecimal: true), SLMPDevice(0xb5, "SW", isHexadecimal: true), SLMPDevice(0xc1, "TS"),
    SLMPDevice(0xc2, "TN"), SLMPDevice(0xc4, "CS"), SLMPDevice(0xc5, "CN"),
  ]
}

extension Span where Element == UInt8 {
  /// Four hexadecimal digits at `index`.
  fileprivate func hexWord(_ index: Int) -> UInt16? {
    var value: UInt16 = 0
    for position in 0..<4 {
      guard let octet = byte(index + position), let digit = hexValue(octet) else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return value
  }
}
