import OTCore

/// An input as a list of records: a head byte, a length in 16 bits least significant byte first, that many bytes. The
/// last record may be shorter than it says, so that whatever libFuzzer makes of an input still is one.
struct Records: ~Escapable {
  private let bytes: Span<UInt8>
  private var position = 0
  private(set) var head: UInt8 = 0
  private var start = 0
  private var end = 0

  /// Most records read from one input, so that its time is bounded by its length alone.
  static let most = 256
  private var count = 0

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  mutating func next() -> Bool {
    guard bytes.count - position >= 3, count < Self.most else { return false }
    count += 1
    head = bytes[position]
    start = position + 3
    end = Swift.min(bytes.count, start + Int(bytes.le16(position + 1) ?? 0))
    position = end
    return true
  }

  var body: Span<UInt8> {
    @_lifetime(copy self)
    get { bytes.extracting(start..<end) }
  }

  static func append(_ head: UInt8, _ body: [UInt8], to input: inout [UInt8]) {
    let body = body.prefix(0xffff)
    input.append(head)
    input.append(UInt8(truncatingIfNeeded: body.count))
    input.append(UInt8(truncatingIfNeeded: body.count >> 8))
    input.append(contentsOf: body)
  }
}
