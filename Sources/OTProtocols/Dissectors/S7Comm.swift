import OTCore

/// S7 communication, the protocol of SIMATIC S7-200, 300, 400 and (where enabled) 1200 and 1500.
/// No public specification; codes as named by Wireshark's `packet-s7comm` and Siemens' STL and SZL manuals.
public struct S7CommDissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "s7comm", name: "S7 communication",
      specification: "Siemens (unpublished); SIMATIC System Software manual for SZL",
      isIndustrial: true, depth: [.identity, .operations],
      reads:
        "variables read and written, blocks transferred, program invocations, stop, password, clock, alarms, block "
        + "lists; of status lists identity, mode, protection level and network interface",
      displayFilter: "s7comm")
  ]
  public static let claims: [Claim] = [.inner(.isoTransport)]

  /// Jobs by reference: what an acknowledgement stands for.
  var jobs = RequestTable<Job>()
  /// Texts of the items of jobs that name more than one.
  var lists = RepeatedOctets<[UInt8]>(maximum: 16)
  /// Name of the block that is being uploaded, whose further jobs only carry a number.
  var uploading: [UInt8] = []
  /// A system status list that comes in several parts.
  var partialList: [UInt8] = []

  struct Job: Sendable {
    var code: UInt64
    var object: Operation.Object
    var items = Items.none
  }

  /// What a job reads or writes.
  enum Items: Sendable {
    case none
    case one(Item)
    case several(RepeatedOctets<[UInt8]>.Reference)

    var single: Item? {
      if case .one(let item) = self { item } else { nil }
    }
  }

  public init() {}

  // MARK: framing

  /// Identifier 0x32, kind of message, redundancy 0, reference, lengths of parameters and data.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard bytes.byte(0) == 0x32 else { return bytes.isEmpty ? .needMore : .notThisProtocol }
    guard let kind = bytes.byte(1), let parameters = bytes.be16(6).map(Int.init), let data = bytes.be16(8).map(Int.init)
    else { return .needMore }
    let header: Int
    switch Kind(rawValue: kind) {
    case .job, .userData: header = 10
    case .acknowledgement, .acknowledgementWithData: header = 12
    default: return .notThisProtocol
    }
    let length = header + parameters + data
    // A data unit may be cut short by its sender; what is there is still read.
    return hint.isStream ? .pdu(byteCount: length) : .pdu(byteCount: min(length, bytes.count))
  }

  /// "ROSCTR", remote operating service control.
  struct Kind: Equatable {
    var rawValue: UInt8
    static let job = Kind(rawValue: 1)
    static let acknowledgement = Kind(rawValue: 2)
    static let acknowledgementWithData = Kind(rawValue: 3)
    static let userData = Kind(rawValue: 7)
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let header = try pdu.take(10, "header")
    let kind = Kind(rawValue: header[1])
    let reference = header.be16(4) ?? 0
    let parameterLength = Int(header.be16(6) ?? 0)
    let dataLength = Int(header.be16(8) ?? 0)
    var status: UInt16 = 0
    if kind == .acknowledgement || kind == .acknowledgementWithData { status = try pdu.u16("error class and code") }
    var parameters = ByteCursor(pdu.peekRest().clamped(from: 0, count: parameterLength))
    var data = ByteCursor(pdu.peekRest().clamped(from: parameterLength, count: dataLength))

    guard parameterLength > 0, kind != .acknowledgement else {
      return nameless(kind, reference, status, context, into: &out)
    }
    switch kind {
    case .job: try job(reference, &parameters, &data, context, into: &out)
    case .acknowledgementWithData: try answer(reference, status, &parameters, &data, context, into: &out)
    case .userData: try userData(reference, &parameters, &data, context, into: &out)
    default: throw DecodeError("kind of message", at: 1, .invalid)
    }
  }

  /// A message without parameters names no function and is told by its kind, as a refusal that is a status alone. What it
  /// answers is known by its reference.
  private func nameless(
    _ kind: Kind, _ reference: UInt16, _ status: UInt16, _ context: PDUContext, into out: inout ObservationBuffer
  ) {
    let isClient = context.senderIsClient
    let isAsking = kind == .job || kind == .userData && isClient
    var operation = Operation(OperationCode.nameless(kind), isAsking ? .request : .response)
    operation.isCallback = context.directionIsCertain && isAsking != isClient
    if kind == .acknowledgement || kind == .acknowledgementWithData {
      operation.outcome = Self.outcome(status)
      let key = Self.key(reference, isUserData: false, askedByClient: !isClient)
      if let asked = jobs.request(key) { operation.object = object(of: asked, into: &out) }
    }
    out.operation(operation)
  }

  /// Whose numbering a reference belongs to: both ends may ask.
  static func key(_ reference: UInt16, isUserData: Bool, askedByClient: Bool) -> UInt64 {
    UInt64(reference) | (isUserData ? 1 << 16 : 0) | (askedByClient ? 1 << 17 : 0)
  }

  static func outcome(_ status: UInt16) -> Operation.Outcome { status == 0 ? .success : .failure(UInt32(status)) }

  // MARK: jobs and their answers

  private mutating func job(
    _ reference: UInt16, _ parameters: inout ByteCursor, _ data: inout ByteCursor, _ context: PDUContext,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let function = try parameters.u8("function")
    let key = Self.key(reference, isUserData: false, askedByClient: context.senderIsClient)
    var job = Job(code: UInt64(function), object: .none)
    var operation = Operation(UInt64(function), .request)
    operation.isCallback = context.directionIsCertain && !context.senderIsClient
    defer {
      operation.object = job.object
      operation.code = job.code
      jobs.remember(job, for: key)
      out.operation(operation)
    }
    switch function {
    case Function.readVariable, Function.writeVariable:
      try readItems(&parameters, of: &job, into: &out)
      if function == Function.writeVariable, let item = job.items.single {
        operation.values = Self.value(&data, of: item)
      }
    case Function.requestDownload...Function.endUpload: try blockJob(function, &parameters, of: &job, into: &out)
    case Function.programInvocation: try programInvocation(&parameters, of: &job, into: &out)
    case Function.stop:
      try parameters.skip(5, "reserved")
      let length = Int(try parameters.u8("length of service name"))
      job.object = .text(out.text(try parameters.take(length, "service name")))
    default: break
    }
    // A text lives as long as this buffer: an answer gets its own from what is kept.
  }

  private mutating func answer(
    _ reference: UInt16, _ status: UInt16, _ parameters: inout ByteCursor, _ data: inout ByteCursor,
    _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let key = Self.key(reference, isUserData: false, askedByClient: !context.senderIsClient)
    let asked = jobs.request(key)
    guard let function = parameters.peek() ?? asked.map({ UInt8(truncatingIfNeeded: $0.code) }) else {
      throw DecodeError("function", at: 12, .truncated)
    }
    var operation = Operation(UInt64(function), .response, outcome: Self.outcome(status))
    operation.isCallback = context.directionIsCertain && context.senderIsClient
    if let asked, UInt8(truncatingIfNeeded: asked.code) == function {
      operation.code = asked.code
      operation.object = object(of: asked, into: &out)
    }
    switch function {
    case Function.readVariable:
      if let failure = Self.itemFailure(data.peek()), status == 0 { operation.outcome = failure }
      if let item = asked?.items.single { operation.values = Self.value(&data, of: item) }
    case Function.writeVariable:
      var index = 0
      while status == 0, let code = data.peek(index) {
        if let failure = Self.itemFailure(code) { operation.outcome = failure }
        index += 1
      }
    default: break
    }
    out.operation(operation)
  }

  /// Return code of one item: 0xff is success.
  private static func itemFailure(_ code: UInt8?) -> Operation.Outcome? {
    guard let code, code != 0xff else { return nil }
    return .failure(UInt32(code))
  }
}
