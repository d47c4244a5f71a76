/// `0x` and at least `digits` lower-case hexadecimal digits.
func hexadecimal(_ number: some BinaryInteger, digits: Int) -> String {
  let text = String(number, radix: 16)
  return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
}
