import OTCore

/// Manufacturing Message Specification, as IEC 61850-8-1 and ICCP/TASE.2 use it over ISO session and presentation.
/// ISO 9506-2:2003 section 7 and on; ISO 8327-1 section 8.3 (session), ISO 8823-1 section 8.4 (presentation),
/// ISO 8650-1 section 9 (association).
public struct MMSDissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "mms", name: "MMS (IEC 61850)", specification: "ISO 9506-2:2003; IEC 61850-8-1:2011", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "associations and their passwords, all confirmed services with errors, reports, domains, named variables, "
        + "vendor, model and revision",
      displayFilter: "mms")
  ]
  public static let claims: [Claim] = [.inner(.isoTransport)]
  public static let probe = ProbeStrength.weak

  /// Requests by invocation and asker.
  private var requests = RequestTable<Request>()
  private var told = RecentValues()
  private var login = PendingLogin()
  /// Whether the association was seen to be for another application (X.400, FTAM) than MMS.
  private var isForeign = false

  struct Request: Sendable {
    var code: UInt64
    /// Object class of a GetNameList.
    var objectClass: Int64 = -1
  }

  public init() {}

  // MARK: framing

  /// A session data unit: data transfer behind give tokens, or one whose own length fits.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let kind = bytes.byte(0), let length = bytes.byte(1) else { return .notThisProtocol }
    switch kind {
    case SessionUnit.giveTokens:
      guard let start = userData(bytes), bytes.byte(start) == 0x61 else { return .notThisProtocol }
    case SessionUnit.connect, SessionUnit.accept, SessionUnit.refuse, SessionUnit.finish, SessionUnit.disconnect,
      SessionUnit.abort, SessionUnit.abortAccept, SessionUnit.notFinished:
      let whole = length == 0xff ? 4 + Int(bytes.be16(2) ?? 0) : 2 + Int(length)
      guard whole + 4 >= bytes.count else { return .notThisProtocol }
      return .pdu(byteCount: max(whole, bytes.count))
    default:
      guard isBare(bytes, hint) else { return .notThisProtocol }
    }
    return .pdu(byteCount: bytes.count)
  }

  /// Where the user information of a data transfer begins: behind the parameters (tokens; whether this is all of it) of both
  /// of the concatenated data units, which mostly have none. ISO 8327-1 section 8.3.
  private static func userData(_ bytes: Span<UInt8>) -> Int? {
    if bytes.be32(0) == 0x0100_0100 { return 4 }
    var place = 0
    for _ in 0..<2 {
      guard bytes.byte(place) == SessionUnit.giveTokens, let short = bytes.byte(place + 1) else { return nil }
      guard short == 0xff else {
        place += 2 + Int(short)
        continue
      }
      guard let long = bytes.be16(place + 2) else { return nil }
      place += 4 + Int(long)
    }
    return place
  }

  /// A message without session and presentation, as small stacks send it: one element that fills the data unit. It must
  /// begin with an association.
  private static func isBare(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Bool {
    guard let tag = bytes.byte(0), BERReader.elementLength(bytes) == bytes.count else { return false }
    switch tag {
    case 0xa8, 0xa9: return bytes.count >= 12
    // Confirmed and unconfirmed services, reject; cancel; refusal of an association; conclude.
    case 0xa0...0xa4, 0x85, 0x86, 0xa7, 0xaa, 0x8b, 0x8c, 0xad: return hint.isEstablished
    default: return false
    }
  }

  /// ISO 8327-1 section 8.3, identifiers of session data units.
  private enum SessionUnit {
    static let giveTokens: UInt8 = 1
    static let notFinished: UInt8 = 8
    static let finish: UInt8 = 9
    static let disconnect: UInt8 = 10
    static let refuse: UInt8 = 12
    static let connect: UInt8 = 13
    static let accept: UInt8 = 14
    static let abort: UInt8 = 25
    static let abortAccept: UInt8 = 26
  }

  // MARK: session, presentation, association

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if let first = pdu.peek(), first & 0x80 != 0 {
      var bare = BERReader(pdu.rest())
      try message(try bare.required("MMS PDU"), context, into: &out)
      return
    }
    let whole = pdu.bytes
    switch try pdu.u8("session identifier") {
    case SessionUnit.giveTokens:
      try pdu.skip((Self.userData(whole) ?? 4) - 1, "give tokens and data transfer")
      try presentationData(pdu.rest(), context, into: &out)
    case SessionUnit.connect, SessionUnit.accept:
      var parameters = try Self.slice(&pdu, "session parameters")
      while !parameters.isAtEnd {
        let code = try parameters.u8("session parameter")
        let value = try Self.slice(&parameters, "session parameter").bytes
        // User data and extended user data; the others are selectors and versions.
        if code == 193 || code == 194 { try connection(value, context, into: &out) }
      }
    default: break
    }
  }

  /// Length in one octet, or 255 and two octets.
  @_lifetime(copy cursor)
  private static func slice(_ cursor: inout ByteCursor, _ field: StaticString) throws(DecodeError) -> ByteCursor {
    var length = Int(try cursor.u8(field))
    if length == 255 { length = Int(try cursor.u16(field)) }
    return try cursor.slice(length, field)
  }

  /// CP and CPA of ISO 8823-1: the syntaxes that are agreed upon, and the association in the user data.
  private mutating func connection(
    _ bytes: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var outer = BERReader(bytes)
    let set = try outer.required(0x31, "connect presentation")
    var parameters = BERReader(set)
    while let parameter = parameters.next() {
      guard parameter.identifier == 0xa2 else { continue }
      var fields = BERReader(parameter.content)
      while let field = fields.next() {
        switch field.identifier {
        case 0xa4: isForeign = !Self.namesMMS(field.content)
        case 0x61: try values(field.content, context, into: &out)
        default: break
        }
      }
    }
  }

  /// Object identifier 1.0.9506.2.1 (or ICCP's 2.3) anywhere in the list of contexts.
  private static func namesMMS(_ list: Span<UInt8>) -> Bool {
    var index = 0
    while let word = list.be32(index) {
      if word == 0x28ca_2202 { return true }
      index += 1
    }
    return false
  }

  private mutating func presentationData(
    _ bytes: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var outer = BERReader(bytes)
    try values(try outer.required(0x61, "presentation data"), context, into: &out)
  }

  /// PDV-list, ISO 8823-1 section 8.4.2: context, then one value of its syntax.
  private mutating func values(
    _ bytes: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var lists = BERReader(bytes)
    while let list = lists.next() {
      var fields = BERReader(list.content)
      while let field = fields.next() {
        // A value of its syntax, or the same as octets.
        guard field.identifier == 0xa0 || field.identifier == 0x81 else { continue }
        var value = BERReader(field.content)
        let element = try value.required("presentation data value")
        if element.identifier & 0xc0 == 0x40 {
          try association(element, context, into: &out)
        } else if !isForeign {
          try message(element, context, into: &out)
        }
      }
    }
  }

  /// ISO 8650-1 section 9.1: AARQ and AARE with the first message as user information, and the password of the caller.
  private mutating func association(
    _ element: borrowing BERElement, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var fields = element.reader
    while let field = fields.next() {
      switch (element.identifier, field.identifier) {
      case (0x60, 0xac):
        var value = field.reader
        guard let password = value.content(of: 0x80) else { continue }
        login.sent(.clearText, login.judge(password: password), into: &out)
      case (0x61, 0xa2):
        var result = field.reader
        login.answered(result.next()?.integer == 0, into: &out)
      case (_, 0xbe):
        var external = field.reader
        guard let content = external.content(of: 0x28), !isForeign else { continue }
        try values(external: content, context, into: &out)
      default: break
      }
    }
  }

  private mutating func values(
    external: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var fields = BERReader(external)
    while let field = fields.next() {
      guard field.identifier == 0xa0 || field.identifier == 0x81 else { continue }
      var value = field.reader
      try message(try value.required("MMS PDU"), context, into: &out)
    }
  }

  // MARK: messages

  /// MMSpdu, ISO 9506-2 section 7.
  private mutating func message(
    _ element: borrowing BERElement, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let unit = Unit(rawValue: UInt8(truncatingIfNeeded: element.number))
    guard element.identifier & 0xc0 == 0x80 else { throw DecodeError("MMS PDU", at: 0, .invalid) }
    switch unit {
    case .confirmedRequest: try confirmedRequest(element.content, context, into: &out)
    case .confirmedResponse: try confirmedResponse(element.content, context, into: &out)
    case .confirmedError: try confirmedError(element.content, context, into: &out)
    case .unconfirmed:
      var services = element.reader
      let service = try services.required("unconfirmed service")
      var operation = Operation(Self.code(unit, service.number), .response)
      if service.number == 0 {
        operation.object = object(service.content, of: .sender, into: &out)
        domains(ofVariablesOf: .informationReport, service.content, of: .sender, into: &out)
      }
      out.operation(operation)
    // The end of an association tells nothing.
    case .concludeRequest, .concludeResponse: break
    case .initiateRequest, .cancelRequest:
      out.operation(Operation(Self.code(unit, 0), .request))
    case .initiateResponse, .cancelResponse:
      out.operation(Operation(Self.code(unit.request, 0), .response, outcome: .success))
    case .initiateError, .concludeError:
      let status = Self.serviceError(element.content)
      out.operation(Operation(Self.code(unit.request, 0), .response, outcome: .failure(status)))
    case .cancelError:
      var fields = element.reader
      var status: UInt32 = 0
      while let field = fields.next() {
        if field.identifier == 0xa1 { status = Self.serviceError(field.content) }
      }
      out.operation(Operation(Self.code(unit.request, 0), .response, outcome: .failure(status)))
    case .reject:
      out.operation(
        Operation(
          Self.code(unit, 0), context.senderIsClient ? .request : .response,
          outcome: .failure(Self.rejection(element.content))))
    default: throw DecodeError("MMS PDU", at: 0, .unsupported)
    }
  }

  private static func key(_ invocation: Int64, askedByClient: Bool) -> UInt64 {
    UInt64(bitPattern: invocation) & 0xffff_ffff | (askedByClient ? 1 << 32 : 0)
  }

  private mutating func confirmedRequest(
    _ content: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var fields = BERReader(content)
    let invocation = try fields.requiredInteger("invoke id")
    _ = fields.content(of: 0x30)
    let service = try fields.required("service")
    guard service.identifier & 0xc0 == 0x80 else { throw DecodeError("service", at: 0, .invalid) }
    var request = Request(code: Self.code(.confirmedRequest, service.number))
    var operation = Operation(request.code, .request)
    switch service.number {
    case Service.getNameList:
      var parameters = service.reader
      while let parameter = parameters.next() {
        if parameter.identifier == 0xa0 {
          var choice = parameter.reader
          if let value = choice.next() { request.objectClass = value.integer ?? -1 }
        } else if parameter.identifier == 0xa1 {
          var scope = parameter.reader
          guard let domain = scope.next(), domain.identifier == 0x81, !domain.isCut else { continue }
          operation.object = .text(tell(domain.content, of: .receiver, into: &out))
        }
      }
    case Service.fileOpen, Service.fileDelete, Service.fileDirectory:
      operation.object = Self.fileName(service.content, into: &out)
    case Service.downloadSegment, Service.initiateUploadSequence, Service.deleteDomain, Service.getDomainAttributes:
      // The name of the domain alone. Who is loaded asks for the segments.
      guard !service.isConstructed, !service.isCut, !service.content.isEmpty, service.content.isPlainText else { break }
      let subject: Subject = service.number == Service.downloadSegment ? .sender : .receiver
      operation.object = .text(tell(service.content, of: subject, into: &out))
    default:
      guard service.isConstructed else { break }
      operation.object = object(service.content, of: .receiver, into: &out)
      switch service.number {
      case Service.read: domains(ofVariablesOf: .read, service.content, of: .receiver, into: &out)
      case Service.write: domains(ofVariablesOf: .write, service.content, of: .receiver, into: &out)
      case Service.defineNamedVariableList:
        domains(ofVariablesOf: .definition, service.content, of: .receiver, into: &out)
      default: break
      }
      if service.number == Service.write { request.code |= Self.variant(of: operation.object, in: out) }
    }
    operation.code = request.code
    requests.remember(request, for: Self.key(invocation, askedByClient: context.senderIsClient))
    out.operation(operation)
    if service.number == Service.fileOpen || service.number == Service.obtainFile,
      case .text(let name) = operation.object
    {
      let direction: FileSeen.Direction = service.number == Service.fileOpen ? .toClient : .toServer
      out.record(.file(FileSeen(name, direction)))
    }
  }

  private mutating func confirmedResponse(
    _ content: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var fields = BERReader(content)
    let invocation = try fields.requiredInteger("invoke id")
    let service = try fields.required("service")
    guard service.identifier & 0xc0 == 0x80 else { throw DecodeError("service", at: 0, .invalid) }
    let code = Self.code(.confirmedRequest, service.number)
    let request = requests.request(Self.key(invocation, askedByClient: !context.senderIsClient))
    let asked = request.flatMap { $0.code & 0xffff_ffff == code ? $0 : nil }
    var operation = Operation(asked?.code ?? code, .response, outcome: .success)
    switch service.number {
    case Service.read, Service.write:
      if let failure = Self.accessFailure(service.content, isRead: service.number == Service.read) {
        operation.outcome = .failure(failure)
      }
    case Service.identify: identity(service.content, into: &out)
    case Service.getNameList where asked?.objectClass == ObjectClass.domain: domains(service.content, into: &out)
    case Service.getNamedVariableListAttributes: members(service.content, into: &out)
    default: break
    }
    out.operation(operation)
  }

  private mutating func confirmedError(
    _ content: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var fields = BERReader(content)
    let invocation = try fields.required("invoke id").integer ?? -1
    var status: UInt32 = 0
    while let field = fields.next() {
      guard field.identifier == 0xa2 else { continue }
      status = Self.serviceError(field.content)
    }
    let request = requests.request(Self.key(invocation, askedByClient: !context.senderIsClient))
    out.operation(
      Operation(request?.code ?? Self.code(.confirmedError, 0), .response, outcome: .failure(status)))
  }

  /// ServiceError, ISO 9506-2 section 7.4: class and code of the error, [0] { [class] code }; the class in the upper bits.
  private static func serviceError(_ content: Span<UInt8>) -> UInt32 {
    var parts = BERReader(content)
    guard let errorClass = parts.content(of: 0xa0) else { return 0 }
    var choice = BERReader(errorClass)
    guard let error = choice.next() else { return 0 }
    return error.number << 8 | UInt32(truncatingIfNeeded: (error.integer ?? 0) & 0xff)
  }

  /// RejectPDU, section 7.5: invocation [0], where it is known, then which unit is refused [1] to [11] and why; the unit
  /// in the upper bits.
  private static func rejection(_ content: Span<UInt8>) -> UInt32 {
    var fields = BERReader(content)
    while let field = fields.next() {
      guard field.identifier & 0xc0 == 0x80, (1...11).contains(field.number) else { continue }
      return field.number << 8 | UInt32(truncatingIfNeeded: (field.integer ?? 0) & 0xff)
    }
    return 0
  }

  // MARK: identity

  /// Identify-Response, ISO 9506-2 section 10.5: vendor, model, revision.
  private mutating func identity(_ content: Span<UInt8>, into out: inout ObservationBuffer) {
    var fields = BERReader(content)
    while let field = fields.next() {
      guard !field.isCut else { return }
      switch field.identifier {
      case 0x80: out.identity(.sender, .vendor, out.text(field.content))
      case 0x81: out.identity(.sender, .productName, out.text(field.content))
      case 0x82: out.identity(.sender, .firmwareVersion, out.text(field.content))
      default: break
      }
    }
  }

  private mutating func domains(_ content: Span<UInt8>, into out: inout ObservationBuffer) {
    var fields = BERReader(content)
    guard let list = fields.content(of: 0xa0) else { return }
    var names = BERReader(list)
    for _ in 0..<Limits.itemsPerPDU {
      guard let name = names.next(), !name.isCut else { return }
      _ = tell(name.content, of: .sender, into: &out)
    }
  }

  /// GetNamedVariableListAttributes-Response, ISO 9506-2 section 14.10: whether it may be deleted, then the variables.
  private mutating func members(_ content: Span<UInt8>, into out: inout ObservationBuffer) {
    var fields = BERReader(content)
    guard let list = fields.first(0xa1) else { return }
    domains(ofVariables: list.content, of: .sender, into: &out)
  }

  /// A domain (logical device) that the server has, claimed once a conversation.
  @discardableResult
  mutating func tell(
    _ domain: Span<UInt8>, of subject: Subject, into out: inout ObservationBuffer
  ) -> TextRef {
    let text = out.text(domain)
    if told.isNew(domain, salt: subject == .sender ? 1 : 2) { out.identity(subject, .objectName, text) }
    return text
  }
}
