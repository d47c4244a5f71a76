import OTCore

extension DLMS {
  /// Octets of an association that are read: IEC 62056-5-3 section 7.2 (ACSE, ISO/IEC 8650-1).
  private enum Field {
    static let context: UInt8 = 0xa1
    static let result: UInt8 = 0xa2
    static let respondingTitle: UInt8 = 0xa4
    static let callingTitle: UInt8 = 0xa6
    static let mechanism: UInt8 = 0x8b
    static let authentication: UInt8 = 0xac
  }

  /// Who opens an association, in which context, and what proves it; the answer tells whether it was believed.
  mutating func association(_ tag: UInt8, _ content: Span<UInt8>, into out: inout ObservationBuffer) {
    let isRequest = tag == Tag.associate || tag == Tag.release
    var operation = Operation(UInt64(tag), isRequest ? .request : .response, outcome: isRequest ? .none : .success)
    defer { out.operation(operation) }
    guard tag == Tag.associate || tag == Tag.associated else { return }
    var mechanism: UInt8 = 0
    var fields = BERReader(content)
    for _ in 0..<24 {
      guard let field = fields.next() else { break }
      switch field.identifier {
      case Field.context:
        if isRequest, let kind = field.content.byte(field.content.count - 1), kind >= 3 {
          out.property(.encryption, out.text("ciphered context"))
        }
      case Field.callingTitle where isRequest: title(field.content, into: &out)
      case Field.respondingTitle where !isRequest: title(field.content, into: &out)
      case Field.mechanism: mechanism = field.content.byte(field.content.count - 1) ?? 0
      case Field.authentication where isRequest && mechanism == 1: password(field.content, into: &out)
      case Field.result:
        if let result = field.content.byte(field.content.count - 1), result != 0 {
          operation.outcome = .failure(UInt32(result))
        }
      default: break
      }
    }
    if isRequest {
      out.property(.authentication, out.text(Self.mechanism(mechanism)))
      if mechanism == 0 { anonymous = true }
      return
    }
    let isAccepted = operation.outcome == .success
    login.answered(isAccepted, into: &out)
    if anonymous, isAccepted {
      out.record(
        .credential(
          CredentialExposure(
            .none, account: .none, strength: .empty, accepted: true, senderAuthenticates: false)))
    }
    anonymous = false
  }

  /// A system title: three letters of the maker (DLMS UA 1000-1), then a number of the device.
  private mutating func title(_ field: Span<UInt8>, into out: inout ObservationBuffer) {
    var reader = BERReader(field)
    guard let title = reader.next(), title.content.count == 8, told.isNew(title.content, salt: 1) else { return }
    out.identity(.sender, .deviceID, out.text(hex: title.content))
    let maker = title.content.extracting(0..<3)
    if maker.isPlainText { out.identity(.sender, .vendor, out.text(maker)) }
  }

  /// Low-level security sends its password as it is.
  private mutating func password(_ field: Span<UInt8>, into out: inout ObservationBuffer) {
    var reader = BERReader(field)
    guard let value = reader.next() else { return }
    login.name(value.content.extracting(0..<0))
    login.sent(.protocolPassword, login.judge(password: value.content), into: &out)
  }

  private static func mechanism(_ number: UInt8) -> StaticString {
    switch number {
    case 0: "lowest security (none)"
    case 1: "low-level security (password)"
    case 2: "high-level security"
    case 3: "high-level security, MD5"
    case 4: "high-level security, SHA-1"
    case 5: "high-level security, GMAC"
    case 6: "high-level security, SHA-256"
    case 7: "high-level security, ECDSA"
    default: "unknown mechanism"
    }
  }
}
