/// Makes text from the wire safe to keep: bounded, valid UTF-8, control characters visible.
///
/// The one place where wire bytes become text. Escaping for HTML, Markdown, CSV or a terminal is each renderer's own.
public enum WireText {
  /// Appends the text of `bytes` (ASCII, UTF-8, or Latin-1 where it is no UTF-8) and says where it stands.
  public static func append(_ bytes: Span<UInt8>, to out: inout [UInt8]) -> TextRef {
    let start = out.count
    var end = bytes.count
    while end > 0, bytes[end - 1] == 0 || bytes[end - 1] == 0x20 { end -= 1 }
    var index = 0
    while index < end, bytes[index] == 0x20 { index += 1 }
    // Most texts are printable ASCII and short: one copy.
    var plain = bytes.extracting(0..<end).endOfPlainWords(from: index)
    while plain < end, bytes[plain] >= 0x20, bytes[plain] < 0x7f { plain += 1 }
    if plain - index > Limits.textBytes { plain = index + Limits.textBytes }
    out.append(bytes.extracting(index..<plain))
    index = plain
    while index < end {
      if out.count - start >= Limits.textBytes {
        appendEllipsis(to: &out)
        break
      }
      let byte = bytes[index]
      if byte >= 0x20, byte < 0x7f {
        out.append(byte)
        index += 1
      } else if byte < 0x80 {
        appendEscape(byte, to: &out)
        index += 1
      } else {
        let length = utf8Length(bytes, at: index, end: end)
        if length > 0 {
          for position in index..<(index + length) { out.append(bytes[position]) }
          index += length
        } else {
          appendScalar(UInt32(byte), to: &out)
          index += 1
        }
      }
    }
    return reference(start, out.count)
  }

  /// Appends the text of UTF-16 units, least significant byte first; a lone surrogate becomes U+FFFD.
  public static func append(utf16le bytes: Span<UInt8>, to out: inout [UInt8]) -> TextRef {
    let start = out.count
    var end = bytes.count & ~1
    while end > 0, bytes[end - 1] == 0, bytes[end - 2] == 0 || bytes[end - 2] == 0x20 { end -= 2 }
    var index = 0
    while index < end {
      if out.count - start >= Limits.textBytes {
        appendEllipsis(to: &out)
        break
      }
      let unit = UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8
      index += 2
      if unit >= 0x20, unit < 0x7f {
        out.append(UInt8(truncatingIfNeeded: unit))
        continue
      }
      if unit >= 0xd800, unit < 0xdc00, index < end {
        let second = UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8
        if second >= 0xdc00, second < 0xe000 {
          index += 2
          appendScalar(0x10000 + (unit - 0xd800) << 10 + (second - 0xdc00), to: &out)
          continue
        }
      }
      appendScalar(unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit, to: &out)
    }
    return reference(start, out.count)
  }

  private static func reference(_ start: Int, _ end: Int) -> TextRef {
    TextRef(start: UInt32(truncatingIfNeeded: start), count: UInt32(truncatingIfNeeded: end - start))
  }

  /// Length of the well-formed multi-byte UTF-8 sequence at `index` that is no C1 control, or 0.
  private static func utf8Length(_ bytes: Span<UInt8>, at index: Int, end: Int) -> Int {
    let lead = bytes[index]
    func continuation(_ offset: Int) -> Bool { index + offset < end && bytes[index + offset] & 0xc0 == 0x80 }
    switch lead {
    case 0xc2: return continuation(1) && bytes[index + 1] >= 0xa0 ? 2 : 0
    case 0xc3...0xdf: return continuation(1) ? 2 : 0
    case 0xe0: return continuation(1) && bytes[index + 1] >= 0xa0 && continuation(2) ? 3 : 0
    case 0xed: return continuation(1) && bytes[index + 1] < 0xa0 && continuation(2) ? 3 : 0
    case 0xe1...0xef: return continuation(1) && continuation(2) ? 3 : 0
    case 0xf0: return continuation(1) && bytes[index + 1] >= 0x90 && continuation(2) && continuation(3) ? 4 : 0
    case 0xf4: return continuation(1) && bytes[index + 1] < 0x90 && continuation(2) && continuation(3) ? 4 : 0
    case 0xf1...0xf3: return continuation(1) && continuation(2) && continuation(3) ? 4 : 0
    default: return 0
    }
  }

  private static func appendEscape(_ byte: UInt8, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\\"))
    out.append(UInt8(ascii: "x"))
    out.append(hexDigit(byte >> 4))
    out.append(hexDigit(byte))
  }

  private static func appendEllipsis(to out: inout [UInt8]) {
    out.append(0xe2)
    out.append(0x80)
    out.append(0xa6)
  }

  /// Appends one Unicode scalar as UTF-8; C0, DEL and C1 controls as `\xNN`.
  private static func appendScalar(_ scalar: UInt32, to out: inout [UInt8]) {
    switch scalar {
    case 0..<0x20, 0x7f..<0xa0: appendEscape(UInt8(truncatingIfNeeded: scalar), to: &out)
    case 0..<0x80: out.append(UInt8(truncatingIfNeeded: scalar))
    case 0..<0x800:
      out.append(0xc0 | UInt8(truncatingIfNeeded: scalar >> 6))
      out.append(0x80 | UInt8(truncatingIfNeeded: scalar & 63))
    case 0..<0x10000:
      out.append(0xe0 | UInt8(truncatingIfNeeded: scalar >> 12))
      out.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 63))
      out.append(0x80 | UInt8(truncatingIfNeeded: scalar & 63))
    default:
      out.append(0xf0 | UInt8(truncatingIfNeeded: scalar >> 18 & 7))
      out.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 12 & 63))
      out.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 63))
      out.append(0x80 | UInt8(truncatingIfNeeded: scalar & 63))
    }
  }
}
