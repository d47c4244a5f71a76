import OTCore

/// Documents of a terminal's systems (XML, JSON) that name freight containers: ISO 6346:2022.
public struct ContainerDocument: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "container_ids", name: "Container numbers in documents", specification: "ISO 6346:2022 section 4, annex A",
      isIndustrial: false, depth: .operations,
      reads: "how many container numbers with a right check digit an XML or JSON body of HTTP names; not which",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.inner(.httpBody)]

  public init() {}

  private static let numberBytes = 11

  /// A text that names at least one container.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, let first = bytes.byte(0),
      first == UInt8(ascii: "<") || first == UInt8(ascii: "{")
        || first == UInt8(ascii: "[") || first == 0xef, next(bytes, from: 0) != nil
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  /// Index behind the next number, which no letter or digit may touch.
  private static func next(_ bytes: Span<UInt8>, from start: Int) -> Int? {
    var index = start
    while index <= bytes.count - numberBytes {
      // The category letter is rare enough to look for it first.
      let category = bytes[index + 3]
      if category == UInt8(ascii: "U") || category == UInt8(ascii: "J") || category == UInt8(ascii: "Z"),
        ContainerNumber.isValid(bytes.extracting(index..<(index + numberBytes))),
        !isWord(bytes.byte(index - 1)), !isWord(bytes.byte(index + numberBytes))
      {
        return index + numberBytes
      }
      index += 1
    }
    return nil
  }

  private static func isWord(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte >= 48 && byte <= 57 || byte >= 65 && byte <= 90 || byte >= 97 && byte <= 122
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let text = pdu.rest()
    var count: UInt32 = 0
    var index = 0
    while let end = Self.next(text, from: index) {
      count += 1
      index = end
    }
    guard count > 0 else { return }
    out.operation(Operation(0, context.senderIsClient ? .request : .response, count: count))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "containers", name: "containers named", kind: .report)
  }
}
