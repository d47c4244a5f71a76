import OTCore

extension EtherNetIPDissector {
  /// Services that are read closer. Volume 1, appendix A; the connection manager's from section 3-5.5.
  enum Service {
    static let getAttributesAll: UInt8 = 0x01
    static let getAttributeList: UInt8 = 0x03
    static let multipleServicePacket: UInt8 = 0x0a
    static let getAttributeSingle: UInt8 = 0x0e
    static let executePCCC: UInt8 = 0x4b
    static let readTag: UInt8 = 0x4c
    static let writeTag: UInt8 = 0x4d
    static let forwardClose: UInt8 = 0x4e
    static let unconnectedSend: UInt8 = 0x52
    static let forwardOpen: UInt8 = 0x54
    static let largeForwardOpen: UInt8 = 0x5b
  }

  enum ObjectClass {
    static let identity: UInt16 = 0x01
    static let messageRouter: UInt16 = 0x02
    static let connectionManager: UInt16 = 0x06
    static let safetySupervisor: UInt16 = 0x39
    static let safetyValidator: UInt16 = 0x3a
    static let cipSecurity: UInt16 = 0x5d
    static let ethernetIPSecurity: UInt16 = 0x5e
    static let certificates: UInt16 = 0x5f
    static let pccc: UInt16 = 0x67
    static let port: UInt16 = 0xf4
    static let networkInterface: UInt16 = 0xf5
    static let ethernetLink: UInt16 = 0xf6
  }

  /// One explicit message, request or response (bit 7 of the service tells), section 2-4 of Volume 1, of the connection
  /// with this number where it is known.
  mutating func explicitMessage(
    _ bytes: inout ByteCursor, _ key: UInt64, connection: Int?, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard let service = bytes.peek() else { return }
    if service & 0x80 == 0 {
      let octets = bytes.peekRest()
      let salt = connections.salt(connection)
      guard let known = exchanges.requests.find(octets, salt: salt) else {
        return try firstRequest(&bytes, key, connection, salt: salt, into: &out)
      }
      exchanges.remember(known, for: key)
      Self.record(&exchanges.requests[known], .request, .none, nil, into: &out)
    } else if let asked = exchanges.request(of: key) {
      if Self.isPlainAnswer(bytes.peekRest(), to: &exchanges.requests[asked]) {
        let value =
          exchanges.requests[asked].parts[0].readsTag
          ? Self.tagValue(bytes.bytes, at: bytes.offset + 4, counted: false) : nil
        Self.record(&exchanges.requests[asked], .response, .success, value, into: &out)
        return
      }
      operations.empty()
      try Self.response(&bytes, to: &exchanges.requests[asked], &operations, &shown, &connections, into: &out)
    } else {
      begin(connection)
      try Self.response(&bytes, to: &message, &operations, &shown, &connections, into: &out)
    }
  }

  /// Reads a request and keeps it for its answers, and so that it need not be read again when it is repeated.
  private mutating func firstRequest(
    _ bytes: inout ByteCursor, _ key: UInt64, _ connection: Int?, salt: UInt64, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    begin(connection)
    let octets = bytes.peekRest()
    var failure: DecodeError?
    do throws(DecodeError) { try request(&bytes, depth: 0, into: &out) } catch { failure = error }
    Self.record(operations, of: message.classes, into: &out)
    // What is broken, long or tells more than its parts do is read every time.
    let isRepeatable = failure == nil && !message.tellsMore && octets.count <= Limits.textBytes
    let known = octets.extracting(first: isRepeatable ? octets.count : 0)
    if isRepeatable { message.settle() }
    let kept = exchanges.requests.exchange(&message, for: MessageSurvey(), of: known, salt: salt)
    exchanges.remember(kept, for: key)
    if let failure { throw failure }
  }

  /// Begins a message of this connection, whose classes its requests speak of.
  private mutating func begin(_ connection: Int?) {
    message.begin()
    operations.empty()
    if let connection { connections.appendClasses(of: connection, to: &message.classes) }
  }

  /// Records the operations of a message of these classes.
  private static func record(
    _ operations: [Operation], of classes: [UInt16], into out: inout ObservationBuffer
  ) {
    let shared = OperationCode.shared(by: classes)
    for index in operations.indices {
      var operation = operations[index]
      operation.code |= classes.count == operations.count ? OperationCode.printing(classes[index]) : shared
      out.operation(operation)
    }
  }

  // MARK: requests

  private mutating func request(
    _ bytes: inout ByteCursor, depth: Int, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let service = try bytes.u8("service") & 0x7f
    let firstClass = message.classes.count
    var path: Path
    do throws(DecodeError) {
      let words = Int(try bytes.u8("request path size"))
      var pathBytes = try bytes.slice(words * 2, "request path")
      path = try message.readPath(&pathBytes)
    } catch {
      // Of a request whose path is cut the service is known.
      operations.append(Operation(UInt64(service), .request, layer: Self.messageLayer))
      throw error
    }
    guard message.parts.count < Limits.itemsPerPDU else { return }
    message.keepText(of: &path, into: &out)
    var part = Part(service, path)
    part.pathClasses = firstClass..<message.classes.count
    message.parts.append(part)
    var operation = Operation(
      part.code, .request, layer: Self.messageLayer, object: Self.object(path, message.symbols.span, into: &out))
    switch (service, path.classID) {
    case (Service.executePCCC, ObjectClass.pccc):
      operation.code |= Self.pccc(bytes.peekRest(), isResponse: false)
      message.tellsMore = true
    case (Service.writeTag, _):
      operation.values = Self.tagValue(bytes.bytes, at: bytes.offset, counted: true)
      message.tellsMore = true
    default: break
    }
    operations.append(operation)

    switch (service, path.classID) {
    case (Service.multipleServicePacket, _):
      guard depth < 4 else { throw DecodeError("multiple service packet", at: bytes.offset, .tooDeep) }
      let data = bytes.peekRest()
      for index in 0..<Self.innerCount(data) {
        guard let range = Self.innerRange(data, index) else { continue }
        var inner = ByteCursor(data.extracting(range))
        try request(&inner, depth: depth + 1, into: &out)
      }
    case (Service.unconnectedSend, ObjectClass.connectionManager):
      guard depth < 4 else { throw DecodeError("unconnected send", at: bytes.offset, .tooDeep) }
      try bytes.skip(2, "priority and timeout")
      let length = Int(try bytes.u16le("message request size"))
      var inner = try bytes.slice(length, "message request")
      try request(&inner, depth: depth + 1, into: &out)
    case (Service.forwardOpen, ObjectClass.connectionManager):
      try connectionPath(&bytes, skipping: 35, into: &out)
    case (Service.largeForwardOpen, ObjectClass.connectionManager):
      try connectionPath(&bytes, skipping: 39, into: &out)
    case (Service.forwardClose, ObjectClass.connectionManager):
      try bytes.skip(10, "timeout and connection triad")
      let words = Int(try bytes.u8("connection path size"))
      try bytes.skip(1, "reserved")
      var closed = try bytes.slice(words * 2, "connection path")
      _ = try message.readConnectionPath(&closed)
    default: break
    }
  }

  /// Tables 3-5.17 and 3-5.18: identifiers, timing and parameters, then the path the connection shall lead to.
  private mutating func connectionPath(
    _ bytes: inout ByteCursor, skipping count: Int, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try bytes.skip(count, "connection parameters")
    let words = Int(try bytes.u8("connection path size"))
    var path = try bytes.slice(words * 2, "connection path")
    let target = try message.readConnectionPath(&path)
    if target.isSafety {
      out.property(.mode, out.text("CIP Safety connection"), layer: Self.messageLayer)
      message.tellsMore = true
    }
  }

  /// Volume 1, section: count, offsets from the count on, then messages.
  static func innerCount(_ data: Span<UInt8>) -> Int {
    min(data.le16(0).map(Int.init) ?? 0, Limits.itemsPerPDU)
  }

  static func innerRange(_ data: Span<UInt8>, _ index: Int) -> Range<Int>? {
    guard let start = data.le16(2 + 2 * index).map(Int.init) else { return nil }
    var end = data.count
    if index + 1 < innerCount(data), let next = data.le16(4 + 2 * index) { end = min(end, Int(next)) }
    return start < end ? start..<end : nil
  }

  // MARK: responses

  /// Service, reserved, general status, additional status, data; of what was asked, if that was seen.
  ///
  /// `shown` are the classes of what is answered: of the connection, then of each service in its turn.
  private static func response(
    _ bytes: inout ByteCursor, to asked: inout MessageSurvey, _ operations: inout [Operation],
    _ shown: inout [UInt16], _ connections: inout Connections, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    // Codes depend on all classes of the message, so its operations are recorded when it is read, whole or not.
    defer { record(operations, of: shown, into: &out) }
    shown.empty()
    shown.append(contentsOf: asked.classes.prefix(asked.parts.first?.pathClasses.lowerBound ?? asked.classes.count))
    let service = (bytes.peek() ?? 0) & 0x7f
    // An unconnected send is answered by the message it carried, whose service may have the same number, or by a router
    // that could not pass it on.
    var position = 0
    while position + 1 < asked.parts.count, asked.parts[position].carriesMessage { position += 1 }
    let isPassedOn =
      position > 0
      && (service == Service.unconnectedSend
        ? !isRoutingFailure(bytes.peekRest()) : asked.parts[position].service == service)
    if isPassedOn {
      for outer in asked.parts[..<position] { shown.append(contentsOf: asked.classes[outer.pathClasses]) }
    } else {
      position = asked.parts.first?.service == service ? 0 : asked.parts.count
    }
    try answer(&bytes, to: &asked, &position, depth: 0, &operations, &shown, &connections, into: &out)
  }

  /// Whether an answer tells that a message was not passed on: no resources, a wrong path, or a connection failure that
  /// concerns the way (timed out, no such port, no such link address, invalid segment). Volume 1, section 3-5.5.4.
  private static func isRoutingFailure(_ answer: Span<UInt8>) -> Bool {
    switch answer.byte(2) {
    case 0x02, 0x04: return true
    case 0x01:
      guard answer.byte(3) ?? 0 > 0 else { return false }
      switch answer.le16(4) {
      case 0x0204, 0x0311, 0x0312, 0x0315: return true
      default: return false
      }
    default: return false
    }
  }

  private static func answer(
    _ bytes: inout ByteCursor, to asked: inout MessageSurvey, _ position: inout Int, depth: Int,
    _ operations: inout [Operation], _ shown: inout [UInt16], _ connections: inout Connections,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if position < asked.parts.count { shown.append(contentsOf: asked.classes[asked.parts[position].pathClasses]) }
    if position < asked.parts.count, asked.parts[position].isPlain,
      asked.parts[position].isAnswered(by: bytes.peekRest())
    {
      // Nearly all of those of a message with several services.
      let part = asked.parts[position]
      position += 1
      operations.append(
        Operation(
          OperationCode.own(part.service, part.path), .response, layer: messageLayer, outcome: .success,
          object: object(part.path, asked.symbols.span, into: &out)))
      return
    }
    let service = try bytes.u8("service") & 0x7f
    let (status, additional): (UInt8, Span<UInt8>)
    do throws(DecodeError) {
      try bytes.skip(1, "reserved")
      status = try bytes.u8("general status")
      let additionalWords = Int(try bytes.u8("additional status size"))
      additional = try bytes.take(additionalWords * 2, "additional status")
    } catch {
      // Of an answer whose status is cut the service is known.
      operations.append(Operation(UInt64(service), .response, layer: messageLayer))
      throw error
    }

    var path = Path()
    if position < asked.parts.count, asked.parts[position].service == service {
      path = asked.parts[position].path
      // What is told of a connection, opened or not, tells which one; a refusal may tell nothing.
      if path.classID == ObjectClass.connectionManager, tellsConnection(service, status, bytes.peekRest()) {
        shown.append(contentsOf: asked.classes[asked.parts[position].connectionClasses])
      }
    }
    let connectionClasses = position < asked.parts.count ? asked.parts[position].connectionClasses : 0..<0
    position += 1
    // Partial transfer (0x06) and an inner failure of a multiple-service packet (0x1e) are answers, not refusals.
    let isGood = status == 0 || status == 6 || (status == 0x1e && service == Service.multipleServicePacket)
    var operation = Operation(
      OperationCode.own(service, path), .response, layer: messageLayer,
      outcome: isGood ? .success : .failure(UInt32(status) | UInt32(additional.le16(0) ?? 0) << 16),
      object: object(path, asked.symbols.span, into: &out))
    switch (service, path.classID) {
    case (Service.executePCCC, ObjectClass.pccc):
      operation.code |= pccc(bytes.peekRest(), isResponse: true)
      if isGood, let failure = pcccFailure(bytes.peekRest()) { operation.outcome = .failure(failure) }
    case (Service.readTag, nil) where isGood && path.isSymbolic:
      operation.values = tagValue(bytes.bytes, at: bytes.offset, counted: false)
    default: break
    }
    operations.append(operation)
    // A packet of several services may be refused with the answers it has got so far.
    guard isGood || service == Service.multipleServicePacket else { return }

    switch (service, path.classID) {
    case (Service.multipleServicePacket, _):
      guard depth < 4 else { throw DecodeError("multiple service packet", at: bytes.offset, .tooDeep) }
      let data = bytes.peekRest()
      for index in 0..<innerCount(data) {
        guard let range = innerRange(data, index) else { continue }
        var inner = ByteCursor(data.extracting(range))
        try answer(&inner, to: &asked, &position, depth: depth + 1, &operations, &shown, &connections, into: &out)
      }
    case (Service.forwardOpen, ObjectClass.connectionManager),
      (Service.largeForwardOpen, ObjectClass.connectionManager):
      guard let toTarget = bytes.bytes.le32(bytes.offset),
        let toOriginator = bytes.bytes.le32(bytes.offset + 4)
      else { return }
      connections.open(toTarget, toOriginator, Array(asked.classes[connectionClasses]))
    case (_, ObjectClass.identity) where path.instance == 1: try identity(service, path, &bytes, into: &out)
    case (_, ObjectClass.networkInterface) where path.instance > 0:
      linkClasses(service, path, bytes.peekRest(), to: &shown)
      try networkInterface(service, path, &bytes, into: &out)
    case (_, ObjectClass.port) where path.instance > 0:
      linkClasses(service, path, bytes.peekRest(), to: &shown)
      if service == Service.getAttributeSingle { namedClasses(path, bytes.peekRest(), to: &shown) }
    case (Service.getAttributeSingle, ObjectClass.ethernetIPSecurity),
      (Service.getAttributeSingle, ObjectClass.certificates):
      namedClasses(path, bytes.peekRest(), to: &shown)
    case (_, ObjectClass.ethernetLink):
      // All attributes begin with speed and flags; the hardware address is the third one.
      let start = service == Service.getAttributesAll ? 8 : path.attribute == 3 ? 0 : nil
      if let start, let mac = bytes.bytes.mac(bytes.offset + start), mac != .zero {
        out.identity(
          .sender, .address, out.text(mac: bytes.bytes.clamped(from: bytes.offset + start, count: 6)),
          layer: messageLayer)
      }
    default: break
    }
  }

  /// Whether an answer to opening or closing a connection holds what tells it: serial numbers and vendor, and as much of
  /// an application's reply as it announces; a refusal has the size of the rest of the path in its place. Volume 1, tables
  /// 3-5.19 to 3-5.24.
  private static func tellsConnection(_ service: UInt8, _ status: UInt8, _ data: Span<UInt8>) -> Bool {
    switch service {
    case Service.forwardOpen, Service.largeForwardOpen: data.count >= 10
    case Service.forwardClose: data.count >= 10 + (status == 0 ? 2 * Int(data.byte(8) ?? 0) : 0)
    default: false
    }
  }

  /// Classes in the path to the object of the link, an attribute of the TCP/IP Interface object (Volume 2, section
  /// 5-4.3.2.4) and of the Port object (Volume 1, section 3-8.2).
  private static func linkClasses(
    _ service: UInt8, _ path: Path, _ data: Span<UInt8>, to shown: inout [UInt16]
  ) {
    let isPort = path.classID == ObjectClass.port
    let wanted: UInt16 = isPort ? 3 : 4
    // All attributes in front of it have this size.
    let size = isPort ? 2 : 4
    var place = 0
    switch service {
    case Service.getAttributesAll: place = size * Int(wanted - 1)
    case Service.getAttributeSingle: guard path.attribute == wanted else { return }
    case Service.getAttributeList:
      place = 2
      while let attribute = data.le16(place), attribute != wanted {
        guard attribute < wanted else { return }
        place += 4 + (data.le16(place + 2) == 0 ? size : 0)
      }
      guard data.le16(place + 2) == 0 else { return }
      place += 4
    default: return
    }
    guard let words = data.le16(place).map(Int.init), words > 0, place + 2 + 2 * words <= data.count else { return }
    appendClasses(of: data.clamped(from: place + 2, count: 2 * words), to: &shown)
  }

  /// Classes in the paths of other attributes, each with its size in an octet: the objects that use a port (Volume 1,
  /// section 3-8.2), a device's certificates, those it trusts and the list of those withdrawn (Volume 8, chapter 5).
  private static func namedClasses(_ path: Path, _ data: Span<UInt8>, to shown: inout [UInt16]) {
    var (place, count) = (1, 1)
    switch (path.classID, path.attribute) {
    case (ObjectClass.port, 11), (ObjectClass.ethernetIPSecurity, 6), (ObjectClass.ethernetIPSecurity, 7):
      count = Int(data.byte(0) ?? 0)
    case (ObjectClass.ethernetIPSecurity, 8): place = 0
    // The state of the certificate stands in front.
    case (ObjectClass.certificates, 3), (ObjectClass.certificates, 4): break
    default: return
    }
    for _ in 0..<count {
      guard let size = data.byte(place).map({ 2 * Int($0) }), size > 0, place + 1 + size <= data.count else { return }
      appendClasses(of: data.clamped(from: place + 1, count: size), to: &shown)
      place += 1 + size
    }
  }

  private static func appendClasses(of path: Span<UInt8>, to shown: inout [UInt16]) {
    var cursor = ByteCursor(path)
    var survey = MessageSurvey()
    _ = try? survey.readPath(&cursor)
    shown.append(contentsOf: survey.classes)
  }

  /// Answers of the Identity object: all attributes, a list of them, or one. Volume 1, section 5A-2.
  private static func identity(
    _ service: UInt8, _ path: Path, _ bytes: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    switch service {
    case Service.getAttributesAll: try identityObject(&bytes, layer: messageLayer, into: &out)
    case Service.getAttributeSingle:
      if let attribute = path.attribute { _ = try identityAttribute(attribute, &bytes, into: &out) }
    case Service.getAttributeList:
      let count = Int(try bytes.u16le("attribute count"))
      for _ in 0..<min(count, Limits.itemsPerPDU) {
        let attribute = try bytes.u16le("attribute")
        let status = try bytes.u16le("attribute status")
        guard status == 0 else { continue }
        guard try identityAttribute(attribute, &bytes, into: &out) else { return }
      }
    default: break
    }
  }

  /// Answers of the TCP/IP Interface object: names of host and domain. Volume 2, section 5-4.3.
  private static func networkInterface(
    _ service: UInt8, _ path: Path, _ bytes: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    switch (service, path.attribute) {
    case (Service.getAttributesAll, _):
      try bytes.skip(12, "status, capability and control")
      let words = Int(try bytes.u16le("path size"))
      try bytes.skip(words * 2, "path of the link object")
      try interfaceConfiguration(&bytes, into: &out)
      try name(&bytes, .hostname, into: &out)
    case (Service.getAttributeSingle, 5): try interfaceConfiguration(&bytes, into: &out)
    case (Service.getAttributeSingle, 6): try name(&bytes, .hostname, into: &out)
    default: break
    }
  }

  private static func interfaceConfiguration(
    _ bytes: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try bytes.skip(20, "address, mask, gateway and name servers")
    try name(&bytes, .domain, into: &out)
  }

  /// STRING: length, text, padded to a whole number of words.
  private static func name(
    _ bytes: inout ByteCursor, _ attribute: IdentityAttribute, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let length = Int(try bytes.u16le("length of name"))
    out.identity(.sender, attribute, out.text(try bytes.take(length, "name")), layer: messageLayer)
    try bytes.skip(min(length & 1, bytes.remaining), "pad")
  }

  /// One attribute; false where its length is not known.
  private static func identityAttribute(
    _ attribute: UInt16, _ bytes: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) -> Bool {
    let layer = messageLayer
    switch attribute {
    case 1: out.identity(.sender, .vendorID, out.text(UInt64(try bytes.u16le("vendor id"))), layer: layer)
    case 2: out.identity(.sender, .deviceType, out.text(UInt64(try bytes.u16le("device type"))), layer: layer)
    case 3: out.identity(.sender, .productCode, out.text(UInt64(try bytes.u16le("product code"))), layer: layer)
    case 4:
      let major = try bytes.u8("major revision")
      let minor = try bytes.u8("minor revision")
      out.identity(.sender, .firmwareVersion, out.text(joined: UInt64(major), UInt64(minor)), layer: layer)
    case 5: try bytes.skip(2, "status")
    case 6: serialNumber(try bytes.u32le("serial number"), layer: layer, into: &out)
    case 7:
      let length = Int(try bytes.u8("product name length"))
      out.identity(.sender, .productName, out.text(try bytes.take(length, "product name")), layer: layer)
    default: return false
    }
    return true
  }

  // MARK: objects, values, codes

  /// A tag by name, else class, instance and attribute.
  static func object(
    _ path: Path, _ symbols: Span<UInt8>, into out: inout ObservationBuffer
  ) -> Operation.Object {
    if path.isSymbolic {
      return .text(out.text(made: symbols.clamped(from: Int(path.symbolStart), count: Int(path.symbolCount))))
    }
    guard let classID = path.classID else { return .none }
    return .numbers(UInt32(classID), path.instance, path.attribute.map(UInt32.init) ?? .max, 0)
  }

  /// Type, (count,) value of a tag that is one elementary number. Rockwell 1756-PM020, "Data type values".
  private static func tagValue(_ bytes: Span<UInt8>, at offset: Int, counted: Bool) -> Operation.Values? {
    guard let type = bytes.le16(offset) else { return nil }
    if counted, bytes.le16(offset + 2) != 1 { return nil }
    let data = offset + (counted ? 4 : 2)
    let size = bytes.count - data
    switch type {
    case 0xc1, 0xc6: return bytes.byte(data).map { .init(Double($0)) }
    case 0xc2: return bytes.byte(data).map { .init(Double(Int8(bitPattern: $0))) }
    case 0xc3 where size == 2 || counted: return bytes.le16(data).map { .init(Double(Int16(bitPattern: $0))) }
    case 0xc7 where size == 2 || counted: return bytes.le16(data).map { .init(Double($0)) }
    case 0xc4 where size == 4 || counted: return bytes.le32(data).map { .init(Double(Int32(bitPattern: $0))) }
    case 0xc8 where size == 4 || counted: return bytes.le32(data).map { .init(Double($0)) }
    case 0xca where size == 4 || counted:
      let real = bytes.le32(data).map { Double(Float(bitPattern: $0)) }
      return real.flatMap { $0.isFinite ? .init($0) : nil }
    default: return nil
    }
  }

  /// PCCC behind its requester's identification: command and, where there is one, function (1770-6.5.16 chapter 7).
  private static func pccc(_ data: Span<UInt8>, isResponse: Bool) -> UInt64 {
    guard let length = data.byte(0).map(Int.init), let command = data.byte(length) else { return 0 }
    // An answer has status and number behind its command, and no function.
    let function = isResponse ? noFunction : data.byte(length + 4) ?? 0
    return OperationCode.pcccFlag | UInt64(command & 0xbf) << 48 | UInt64(function) << 56
  }

  /// Status of an answer behind its command: STS and, where its upper half is all ones, EXT STS behind the transaction
  /// number (1770-6.5.16 chapter 8). nil where it is none or was carried out.
  private static func pcccFailure(_ data: Span<UInt8>) -> UInt32? {
    guard let length = data.byte(0).map(Int.init), let command = data.byte(length), command & 0x40 != 0,
      let status = data.byte(length + 1), status != 0
    else { return nil }
    let extended = status & 0xf0 == 0xf0 ? data.byte(length + 4) ?? 0 : 0
    return UInt32(status) | UInt32(extended) << 16
  }
}
