import OTCore

/// Messages between terminal, shipping lines and authorities: UN/EDIFACT, ISO 9735 syntax versions 1 to 4, as they
/// travel in clear text over FTP, HTTP or TCP.
public struct EDIFACT: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "edifact", name: "UN/EDIFACT", specification: "ISO 9735:2002 parts 1 and 2; ISO 6346:2022 (containers)",
      isIndustrial: false, depth: .operations,
      reads: "sender, recipient, type of each message, how many containers it names and how many of those have a wrong "
        + "check digit, that a password is sent; no cargo and no container numbers",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.inner(.httpBody)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var containers: UInt32 = 0
  private var wrongContainers: UInt32 = 0
  private var message: UInt64 = 0

  private static let segmentBytes = 4096
  private static let terminator = UInt8(ascii: "'")
  /// Code of what is told of an interchange itself.
  private static let interchange = pack("UNB")
  private static let equipment = pack("EQD")

  private static func pack(_ text: StaticString) -> UInt64 {
    text.withUTF8Buffer { bytes in
      var code: UInt64 = 0
      for index in bytes.indices { code = code << 8 | UInt64(unsafe bytes[index]) }
      return code
    }
  }

  // MARK: framing

  /// A segment and the line end behind it. An interchange begins with `UNA` and six service characters, or with `UNB+`.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let first = bytes.byte(0) else { return .needMore }
    if hint.isEstablished {
      if first == 13 || first == 10 { return .pdu(byteCount: 1) }
      guard isTag(first) else { return .notThisProtocol }
    } else if first != UInt8(ascii: "U") {
      return .notThisProtocol
    } else if bytes.count < 9 {
      return hint.isStream && bytes.clamped(from: 0, count: 2).count == 2 && bytes.hasASCII("UN")
        ? .needMore : .notThisProtocol
    } else if !(bytes.hasASCII("UNA:+") && isServiceString(bytes)) && !bytes.hasASCII("UNB+UNO") {
      return .notThisProtocol
    }
    if bytes.hasASCII("UNA"), isServiceString(bytes) { return .pdu(byteCount: 9) }
    guard let end = segmentEnd(bytes) else {
      guard bytes.count < segmentBytes else { return .notThisProtocol }
      return hint.isStream ? .needMore : .pdu(byteCount: bytes.count)
    }
    return .pdu(byteCount: end)
  }

  private static func isServiceString(_ bytes: Span<UInt8>) -> Bool { bytes.byte(8) == terminator }
  private static func isTag(_ byte: UInt8) -> Bool { byte >= 65 && byte <= 90 || byte >= 48 && byte <= 57 }

  /// Index behind the terminator; one behind the release character `?` is data.
  private static func segmentEnd(_ bytes: Span<UInt8>) -> Int? {
    var index = 0
    while index < Swift.min(bytes.count, segmentBytes) {
      if bytes[index] == UInt8(ascii: "?") {
        index += 1
      } else if bytes[index] == terminator {
        return index + 1
      }
      index += 1
    }
    return nil
  }

  // MARK: segments

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    // A body handed over by another protocol holds all segments, a stream one each time.
    for _ in 0..<Limits.itemsPerPDU * 8 {
      let rest = pdu.peekRest()
      guard !rest.isEmpty else { return }
      let end = rest.hasASCII("UNA") ? Swift.min(9, rest.count) : Self.segmentEnd(rest) ?? rest.count
      segment(rest.extracting(0..<end).trimmed(), into: &out)
      try pdu.skip(end, "segment")
    }
  }

  private mutating func segment(_ segment: Span<UInt8>, into out: inout ObservationBuffer) {
    if segment.hasASCII("UNB+") {
      readInterchange(segment, into: &out)
    } else if segment.hasASCII("UNH+") {
      (containers, wrongContainers) = (0, 0)
      // `UNH+reference+BAPLIE:D:95B:UN:SMDG22`.
      let type = Self.element(2, of: segment)
      message = Self.code(type)
      out.operation(Operation(message, .request, object: .text(out.text(type.untilTerminator()))))
    } else if segment.hasASCII("EQD+CN+") {
      let number = Self.component(Self.element(2, of: segment))
      containers += 1
      if !ContainerNumber.isValid(number) { wrongContainers += 1 }
    } else if segment.hasASCII("UNT+"), containers > 0 {
      var operation = Operation(Self.equipment, .request, object: .text(Self.name(message, into: &out)))
      operation.count = containers
      if wrongContainers > 0 {
        operation.values = Operation.Values(Double(wrongContainers))
        out.anomaly("container check digit", .invalid)
      }
      out.operation(operation)
      containers = 0
    }
  }

  /// `UNB+syntax+sender+recipient+date:time+reference+password…`
  private func readInterchange(_ segment: Span<UInt8>, into out: inout ObservationBuffer) {
    let sender = Self.component(Self.element(2, of: segment))
    let first = out.text(sender)
    _ = out.text(" to ")
    let parties = first.through(out.text(Self.component(Self.element(3, of: segment))))
    out.operation(Operation(Self.interchange, .request, object: .text(parties)))
    let password = Self.component(Self.element(6, of: segment))
    guard !password.isEmpty else { return }
    out.record(
      .credential(
        CredentialExposure(
          .clearText, account: out.text(sender),
          strength: CredentialExposure.Strength(account: sender, password: password))))
  }

  /// The data element of this number; 0 is the tag.
  @_lifetime(copy segment)
  private static func element(_ number: Int, of segment: Span<UInt8>) -> Span<UInt8> {
    var start = 0
    for _ in 0..<number {
      guard let plus = segment.first(UInt8(ascii: "+"), from: start) else { return segment.extracting(0..<0) }
      start = plus + 1
    }
    let end = segment.first(UInt8(ascii: "+"), from: start) ?? segment.count
    return segment.extracting(start..<end).untilTerminator()
  }

  @_lifetime(copy element)
  private static func component(_ element: Span<UInt8>) -> Span<UInt8> {
    element.extracting(0..<(element.first(UInt8(ascii: ":")) ?? element.count))
  }

  /// Six letters of a message type.
  private static func code(_ type: Span<UInt8>) -> UInt64 {
    var code: UInt64 = 0
    var index = 0
    while index < 6, let byte = type.byte(index), byte >= 65, byte <= 90 {
      code = code << 8 | UInt64(byte)
      index += 1
    }
    return code
  }

  private static func name(_ code: UInt64, into out: inout ObservationBuffer) -> TextRef {
    var letters: [UInt8] = []
    for shift: UInt64 in [40, 32, 24, 16, 8, 0] {
      let letter = UInt8(truncatingIfNeeded: code >> shift)
      if letter != 0 { letters.append(letter) }
    }
    return out.text(letters.span)
  }

  // MARK: words

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    var text = ""
    for shift: UInt64 in [40, 32, 24, 16, 8, 0] {
      let letter = UInt8(truncatingIfNeeded: code >> shift)
      if letter != 0 { text.unicodeScalars.append(Unicode.Scalar(letter)) }
    }
    let name =
      switch text {
      case "UNB": "interchange"
      case "EQD": "containers"
      case "BAPLIE": "stowage plan"
      case "MOVINS": "stowage instruction"
      case "COPRAR": "discharge or loading order"
      case "COARRI": "discharge or loading report"
      case "CODECO": "gate in or out report"
      case "COPARN": "container announcement"
      case "COPINO": "pick-up or delivery notice"
      case "COREOR": "release order"
      case "COSTCO", "COSTOR": "stuffing or stripping"
      case "CODENO": "permit expiry or clearance"
      case "CALINF", "VESDEP", "BERMAN": "vessel call"
      case "IFTMIN", "IFTMBF", "IFTMBC", "IFTSTA", "IFTDGN", "IFCSUM": "forwarding and transport"
      case "VERMAS": "verified gross mass"
      case "CUSCAR", "CUSREP", "CUSRES", "CUSDEC": "customs"
      case "CONTRL", "APERAK": "acknowledgement"
      default: "message"
      }
    return OperationDescription(code: text.isEmpty ? "?" : text, name: name, kind: .report)
  }
}

extension Span where Element == UInt8 {
  /// Without the segment terminator.
  @_lifetime(copy self)
  fileprivate func untilTerminator() -> Span<UInt8> {
    extracting(0..<(first(UInt8(ascii: "'")) ?? count))
  }
}

/// Identification of a freight container: ISO 6346:2022 section 4 and annex A.
enum ContainerNumber {
  /// Owner code of three letters, `U`, `J` or `Z`, six digits of serial number and the check digit over them.
  static func isValid(_ text: Span<UInt8>) -> Bool {
    guard text.count == 11, let check = text.byte(10), check >= 48, check <= 57 else { return false }
    var sum = 0
    var weight = 1
    for index in 0..<10 {
      let byte = text[index]
      if index < 4 {
        guard byte >= 65, byte <= 90 else { return false }
        // 10 for A and up, leaving out multiples of 11.
        let order = Int(byte) - 65
        sum += weight * (order + 10 + (order + 9) / 10)
      } else {
        guard byte >= 48, byte <= 57 else { return false }
        sum += weight * (Int(byte) - 48)
      }
      weight *= 2
    }
    guard text[3] == UInt8(ascii: "U") || text[3] == UInt8(ascii: "J") || text[3] == UInt8(ascii: "Z") else {
      return false
    }
    return sum % 11 % 10 == Int(check) - 48
  }
}
