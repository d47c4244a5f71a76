/// Where dissectors put what they saw. Reused for every packet: once grown, recording allocates nothing.
public struct ObservationBuffer: Sendable {
  /// Room for observations, of which the first ``count`` are there: keeping the others costs nothing, taking them away a
  /// call for each packet.
  @usableFromInline var room: [Observation] = []
  @usableFromInline var filled = 0
  @inlinable public var count: Int { filled }
  /// What was seen, as an array: for looking at it now and then.
  public var observations: ArraySlice<Observation> { room[0..<filled] }
  /// Texts of the observations, UTF-8 as made safe by the `text` functions.
  public private(set) var textBytes: [UInt8] = []
  /// Inner protocol data units handed to the engine.
  public private(set) var payloads: [Payload] = []
  /// Conversations said to come.
  public private(set) var announcements: [Announcement] = []
  /// Whether there are payloads or announcements: one question for what few data units have.
  public private(set) var hasErrands = false

  /// Bytes behind the data unit, of the same direction of the stream, that belong to it and need no look.
  public private(set) var skipCount = 0

  /// A protocol data unit carried inside another one, for whichever dissector claims the layer.
  public struct Payload: Sendable {
    public var layer: InnerLayer
    /// Where it stands: in the data unit at hand or, where that does not hold it in one piece, in ``textBytes``.
    public var bytes: TextRef
    public var isInPlace = false
    /// Bytes behind its end that are lost, of those that it was given alone.
    public var missingBytes: UInt32 = 0
  }

  /// Added to the `layer` of everything recorded: the engine sets it to the dissector's place in its table of protocols,
  /// so that whoever drains the buffer finds protocol numbers.
  public var layerBase: UInt8 = 0

  /// More observations than this are rare enough to give their room back.
  @usableFromInline static var mostRoom: Int { 1 << 14 }

  public init() {
    room.reserveCapacity(64)
    textBytes.reserveCapacity(4096)
  }

  @inlinable public var isEmpty: Bool { count == 0 && payloads.isEmpty }

  /// The observation at a place below ``count``.
  @inlinable public subscript(_ index: Int) -> Observation { room[index] }

  @inlinable @inline(__always)
  mutating func append(_ observation: Observation) {
    if filled < room.count { room[filled] = observation } else { grow(observation) }
    filled += 1
  }

  @inline(never) @usableFromInline
  mutating func grow(_ observation: Observation) { room.append(observation) }

  @inlinable @inline(__always)
  public mutating func removeAll() {
    if filled > Self.mostRoom || !textBytes.isEmpty || hasErrands || skipCount != 0 { removeRest() }
    filled = 0
  }

  @usableFromInline @inline(never)
  mutating func removeRest() {
    if count > Self.mostRoom { room.removeAll(keepingCapacity: false) }
    if !textBytes.isEmpty { textBytes.removeAll(keepingCapacity: true) }
    if hasErrands { clearErrands() }
    skipCount = 0
  }

  // MARK: recording

  /// The next `count` bytes of this direction's stream belong to this message (a body, an encrypted record) and are
  /// dropped without buffering. `Int.max`: the rest of the stream in this direction is opaque.
  public mutating func skip(_ count: Int) {
    let (sum, overflow) = skipCount.addingReportingOverflow(Swift.max(0, count))
    skipCount = overflow ? Int.max : sum
  }

  public mutating func clearSkip() { skipCount = 0 }

  public mutating func record(_ observation: Observation) {
    append(observation.raised(by: layerBase))
  }

  /// Most data units are operations: written where they are to be, they are not put together elsewhere first.
  @inlinable @inline(__always)
  public mutating func operation(_ operation: consuming Operation) {
    operation.layer &+= layerBase
    append(.operation(operation))
  }

  /// Claims an attribute of a host. An empty or blank value is no claim and is not recorded.
  public mutating func identity(
    _ subject: Subject, _ attribute: IdentityAttribute, _ value: TextRef, layer: UInt8 = 0
  ) {
    guard !value.isEmpty else { return }
    append(.identity(IdentityClaim(subject, attribute, value, layer: layer &+ layerBase)))
  }

  public mutating func property(
    _ attribute: SessionAttribute, _ value: TextRef, subject: Subject = .sender, layer: UInt8 = 0
  ) {
    guard !value.isEmpty else { return }
    append(.property(SessionProperty(attribute, value, subject: subject, layer: layer &+ layerBase)))
  }

  public mutating func anomaly(
    _ field: StaticString, _ reason: DecodeError.Reason, at offset: Int = 0, layer: UInt8 = 0
  ) {
    append(.anomaly(Anomaly(field, reason, at: offset, layer: layer &+ layerBase)))
  }

  /// Hands inner bytes to whichever dissector claims `layer`; bounded by ``Limits/pduBytes``.
  ///
  /// - Parameter missing: how many bytes behind them were lost, at least; 0 where it is whole.
  public mutating func handOff(_ layer: InnerLayer, _ bytes: Span<UInt8>, missing: Int = 0) {
    guard bytes.count <= Limits.pduBytes else {
      anomaly("inner data unit", .tooDeep)
      return
    }
    let start = UInt32(truncatingIfNeeded: textBytes.count)
    textBytes.append(bytes)
    payloads.append(
      Payload(
        layer: layer, bytes: TextRef(start: start, count: UInt32(truncatingIfNeeded: bytes.count)),
        missingBytes: UInt32(clamping: missing)))
    hasErrands = true
  }

  /// The same for bytes that stand in the data unit at hand, which need no copy.
  public mutating func handOff(_ layer: InnerLayer, from start: Int, count: Int) {
    let bytes = TextRef(start: UInt32(truncatingIfNeeded: start), count: UInt32(truncatingIfNeeded: count))
    payloads.append(Payload(layer: layer, bytes: bytes, isInPlace: true))
    hasErrands = true
  }

  /// Says that a conversation is to come.
  public mutating func announce(_ announcement: Announcement) {
    guard announcement.port > 0 else { return }
    announcements.append(announcement)
    hasErrands = true
  }

  /// Forgets payloads and announcements, which somebody has seen to.
  public mutating func clearErrands() {
    payloads.empty()
    announcements.empty()
    hasErrands = false
  }

  @inlinable public var payloadCount: Int { payloads.count }

  /// Copies the payloads from `index` on that stand in a data unit which is about to go away.
  public mutating func keepPayloads(from index: Int, of unit: Span<UInt8>) {
    var index = index
    while index < payloads.count {
      if payloads[index].isInPlace {
        let bytes = unit.clamped(from: Int(payloads[index].bytes.start), count: Int(payloads[index].bytes.count))
        payloads[index].bytes.start = UInt32(truncatingIfNeeded: textBytes.count)
        payloads[index].bytes.count = UInt32(truncatingIfNeeded: bytes.count)
        payloads[index].isInPlace = false
        textBytes.append(bytes)
      }
      index += 1
    }
  }

  /// Moves the bytes of a payload out of ``textBytes`` into `bytes`, whose room is reused.
  public func copyPayload(_ payload: Payload, into bytes: inout [UInt8]) {
    bytes.empty()
    bytes.append(octets(payload.bytes))
  }

  // MARK: text

  /// Text from the wire in ASCII, UTF-8 or Latin-1: trailing NULs and blanks dropped, control characters shown as
  /// `\xNN`, bytes that are no UTF-8 read as Latin-1, cut at ``Limits/textBytes`` with `…`.
  public mutating func text(_ bytes: Span<UInt8>) -> TextRef {
    WireText.append(bytes, to: &textBytes)
  }

  /// Text in UTF-16, least significant byte first (Windows), with the same rules.
  public mutating func text(utf16le bytes: Span<UInt8>) -> TextRef {
    WireText.append(utf16le: bytes, to: &textBytes)
  }

  /// A text these functions made before, as it is.
  public mutating func text(made bytes: Span<UInt8>) -> TextRef {
    let start = UInt32(truncatingIfNeeded: textBytes.count)
    textBytes.append(bytes)
    return TextRef(start: start, count: UInt32(truncatingIfNeeded: bytes.count))
  }

  /// A text of our own.
  public mutating func text(_ string: StaticString) -> TextRef {
    let start = UInt32(truncatingIfNeeded: textBytes.count)
    let count = string.utf8CodeUnitCount
    if count < 8 {
      string.withUTF8Buffer { for index in 0..<count { unsafe textBytes.append($0[index]) } }
    } else {
      string.withUTF8Buffer { unsafe textBytes.append(contentsOf: $0) }
    }
    return TextRef(start: start, count: UInt32(truncatingIfNeeded: count))
  }

  /// A made-up text (a version joined from numbers, say). Allocates: not for every packet of a cycle, and named so that
  /// no literal takes this way.
  public mutating func text(string: String) -> TextRef {
    let start = UInt32(truncatingIfNeeded: textBytes.count)
    textBytes.append(contentsOf: string.utf8.prefix(Limits.textBytes))
    return TextRef(start: start, count: UInt32(truncatingIfNeeded: textBytes.count) - start)
  }

  /// Bytes as lower-case hexadecimal.
  public mutating func text(hex bytes: Span<UInt8>) -> TextRef {
    let start = UInt32(truncatingIfNeeded: textBytes.count)
    for index in 0..<Swift.min(bytes.count, Limits.textBytes / 2) {
      textBytes.append(hexDigit(bytes[index] >> 4))
      textBytes.append(hexDigit(bytes[index] & 15))
    }
    return TextRef(start: start, count: UInt32(truncatingIfNeeded: textBytes.count) - start)
  }

  /// A number in decimal.
  public mutating func text(_ number: UInt64) -> TextRef {
    let start = UInt32(truncatingIfNeeded: textBytes.count)
    appendDecimal(number)
    return TextRef(start: start, count: UInt32(truncatingIfNeeded: textBytes.count) - start)
  }

  /// Numbers joined by a separator: a firmware `3.2.17`, an address `1.2.3.4`.
  public mutating func text(joined first: UInt64, _ rest: UInt64..., separator: StaticString = ".") -> TextRef {
    let start = UInt32(truncatingIfNeeded: textBytes.count)
    appendDecimal(first)
    for number in rest {
      separator.withUTF8Buffer { unsafe textBytes.append(contentsOf: $0) }
      appendDecimal(number)
    }
    return TextRef(start: start, count: UInt32(truncatingIfNeeded: textBytes.count) - start)
  }

  private mutating func appendDecimal(_ number: UInt64) {
    if number >= 100_000_000 {
      appendDecimal(number / 100_000_000)
      return appendDigits(number % 100_000_000, atLeast: 8)
    }
    appendDigits(number, atLeast: 1)
  }

  /// Appends up to eight digits, collected from the last one on in a word: dividing by a constant is a multiplication.
  private mutating func appendDigits(_ number: UInt64, atLeast width: Int) {
    var rest = number
    var digits: UInt64 = 0
    var count = 0
    while rest > 0 || count < width {
      digits = digits << 8 | (48 + rest % 10)
      rest /= 10
      count += 1
    }
    for _ in 0..<count {
      textBytes.append(UInt8(truncatingIfNeeded: digits))
      digits >>= 8
    }
  }

  /// The bytes of a text; none for one of another buffer.
  @inlinable @_lifetime(borrow self)
  public func octets(_ reference: TextRef) -> Span<UInt8> {
    let start = Int(reference.start)
    let end = start + Int(reference.count)
    return textBytes.span.extracting(end <= textBytes.count ? start..<end : 0..<0)
  }

  /// The bytes of a text in an array of their own, `limit` of them at most. An `Array` made of a range of all texts may be
  /// their whole storage, with all its room, which the buffer then cannot use any more.
  public func copy(_ reference: TextRef, atMost limit: Int = .max) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(octets(reference).extracting(first: limit))
    return bytes
  }

  /// The text as a `String` (tests and cold paths).
  public func string(_ reference: TextRef) -> String {
    let start = Int(reference.start)
    let end = start + Int(reference.count)
    guard end <= textBytes.count else { return "" }
    return String(decoding: textBytes[start..<end], as: UTF8.self)
  }
}

/// A layer that carries other protocols' data units; dissectors claim it with `Claim.inner`.
public enum InnerLayer: UInt8, Sendable, CaseIterable {
  /// User data of the ISO 8073 transport over TPKT (RFC 1006): S7comm, S7comm-plus, MMS.
  case isoTransport
  /// DCE/RPC stub over a named pipe or TCP.
  case dceRPC
  /// Corrections of a satellite reference station, one message each (from a caster): RTCM 3.
  case positionCorrections
  /// Body of an HTTP message that says what it is: EDI, SOAP.
  case httpBody
  /// A packet of RTP or RTCP inside RTSP.
  case media
}
