import OTCore

extension EtherCAT {
  /// A mailbox in the data of a datagram, or in a frame of its own: what a master asks of one device besides the process
  /// data, IEC 61158-6-12 (ETG.1000.6) section 5.
  enum Mailbox {
    static let isMailbox: UInt64 = 1 << 16

    enum Kind {
      static let error: UInt8 = 0
      static let ads: UInt8 = 1
      static let ethernet: UInt8 = 2
      static let canOpen: UInt8 = 3
      static let file: UInt8 = 4
      static let drive: UInt8 = 5
    }

    /// What a mailbox came with.
    struct Way {
      /// Address of the device: its position or what it was configured to.
      var position: UInt16
      /// Whether the device speaks: its mailbox was read. Else the master does.
      var isFromDevice: Bool
      /// Whether this is the master's own frame on its way back.
      var isEcho: Bool
      /// Who has the devices behind it.
      var master: Subject
    }

    static func mark(_ kind: UInt8, _ service: UInt8, _ operation: inout Operation) {
      operation.code |= isMailbox | UInt64(kind) << 24 | UInt64(service) << 32
    }

    // MARK: names

    static func describe(_ code: UInt64) -> (String, OperationKind)? {
      guard code & isMailbox != 0 else { return nil }
      switch (UInt8(truncatingIfNeeded: code >> 24), code >> 32 & 0xff) {
      case (Kind.error, _): return ("mailbox error", .other)
      case (Kind.ads, _): return ("ADS", .other)
      case (Kind.ethernet, 2), (Kind.ethernet, 3): return ("EoE address set", .configure)
      case (Kind.ethernet, 4), (Kind.ethernet, 5): return ("EoE filter set", .configure)
      case (Kind.ethernet, _): return ("Ethernet frame", .other)
      case (Kind.canOpen, _): return describe(object: code)
      case (Kind.file, 1): return ("FoE read file", .read)
      case (Kind.file, 2): return ("FoE write file", .firmware)
      case (Kind.file, 3): return ("FoE file data", .other)
      case (Kind.file, 4): return ("FoE acknowledgement", .other)
      case (Kind.file, 6): return ("FoE busy", .other)
      case (Kind.file, _): return ("FoE error", .other)
      case (Kind.drive, 1), (Kind.drive, 2): return ("SoE parameter read", .read)
      case (Kind.drive, 3), (Kind.drive, 4): return ("SoE parameter write", .configure)
      case (Kind.drive, _): return ("SoE notification", .report)
      default: return nil
      }
    }

    private static func describe(object code: UInt64) -> (String, OperationKind) {
      let kind = CANopenObject.writeKind(UInt16(truncatingIfNeeded: code >> 40))
      let write =
        kind == .firmware ? "CoE program write" : kind == .write ? "CoE process object write" : "CoE object write"
      switch (code >> 36 & 15, code >> 32 & 15) {
      case (1, _): return ("CoE emergency", .report)
      case (2, 1): return (write, kind)
      case (2, 2): return ("CoE object read", .read)
      case (2, 0): return ("CoE segment write", .configure)
      case (2, 3): return ("CoE segment read", .read)
      case (2, 4): return ("CoE abort", .other)
      case (3, 2): return ("CoE object read", .read)
      case (3, 3): return (write, kind)
      case (3, 0): return ("CoE segment read", .read)
      case (3, 1): return ("CoE segment write", .configure)
      case (4...7, _): return ("CoE process data", .report)
      case (8, 7): return ("CoE object list error", .other)
      case (8, _): return ("CoE object list", .discover)
      default: return ("CoE", .other)
      }
    }
  }

  /// Section 5.1, header: length, address, channel and priority, type and counter. A mailbox is longer than what it holds,
  /// but what it says of itself must fit; else the data is process data.
  mutating func mailbox(
    _ data: Span<UInt8>, _ way: Mailbox.Way, _ operation: inout Operation, into out: inout ObservationBuffer
  ) {
    guard let length = data.le16(0), let channel = data.byte(4), let field = data.byte(5), field & 0x80 == 0,
      channel & 0x3f == 0, length >= 2, 6 + Int(length) <= data.count
    else { return }
    let body = data.extracting(6..<(6 + Int(length)))
    let kind = field & 15
    switch kind {
    case Mailbox.Kind.canOpen: readObject(body, way, &operation, into: &out)
    case Mailbox.Kind.file: readFile(body, way, &operation, into: &out)
    case Mailbox.Kind.drive: readDrive(body, way, &operation)
    case Mailbox.Kind.ethernet: readEthernet(body, way, &operation, into: &out)
    case Mailbox.Kind.ads where length >= 32: Mailbox.mark(kind, 0, &operation)
    case Mailbox.Kind.error where length == 4 && body.le16(0) == 1:
      Mailbox.mark(kind, 0, &operation)
      operation.outcome = .failure(UInt32(body.le16(2) ?? 0))
    default: break
    }
  }

  // MARK: CoE

  /// Section 5.6: number (9 bits), reserved, service (1 emergency, 2 SDO request, 3 SDO response, 8 SDO information);
  /// then a CANopen service: command specifier, index, subindex, four octets of value, which some devices leave out of
  /// their answers.
  private mutating func readObject(
    _ body: Span<UInt8>, _ way: Mailbox.Way, _ operation: inout Operation, into out: inout ObservationBuffer
  ) {
    guard let header = body.le16(0), header & 0x0e00 == 0, (1...8).contains(header >> 12) else { return }
    let service = UInt8(truncatingIfNeeded: header >> 12)
    switch service {
    case 2, 3: break
    case 8:
      // Information on objects: what is asked (7 refuses), with a bit for more.
      let isError = (body.byte(2) ?? 0) & 0x7f == 7
      if isError { operation.outcome = .failure(body.le32(6) ?? 0) }
      return Mailbox.mark(Mailbox.Kind.canOpen, service << 4 | (isError ? 7 : 0), &operation)
    default: return Mailbox.mark(Mailbox.Kind.canOpen, service << 4, &operation)
    }
    guard let command = body.byte(2), let index = body.le16(3), let sub = body.byte(5) else { return }
    let specifier = command >> 5
    // Whoever gives up says so with a request.
    if specifier == Specifier.abort { return abort(body, index, sub, way, &operation) }
    Mailbox.mark(Mailbox.Kind.canOpen, service << 4 | specifier, &operation)
    if service == 3, way.isFromDevice { operation.outcome = .success }
    // Segments repeat no index.
    guard service == 2 ? specifier == 1 || specifier == 2 : specifier == 2 || specifier == 3 else { return }
    operation.code |= UInt64(index) << 40
    operation.object = .numbers(UInt32(way.position), UInt32(index), UInt32(sub), ObjectForm.entry)
    if service == 2 {
      // What comes back is a conversation of its own, in which the master's frame stands as well.
      requests.remember(specifier, for: UInt64(way.position))
      // A download with its value (expedited) says how many of the four octets are none.
      if specifier == 1, command & 3 == 3, let value = body.le32(6) {
        let unused = UInt32(command >> 2 & 3)
        operation.values = Operation.Values(Double(value & (.max >> (8 * unused))))
      }
    } else if specifier == 2, way.isFromDevice {
      // An upload holds its value, or its length and the value behind that.
      let isShort = command & 2 != 0
      let unused = isShort && command & 1 != 0 ? Int(command >> 2 & 3) : 0
      let value = isShort ? body.clamped(from: 6, count: 4 - unused) : body.rest(from: 10)
      told(index, sub, value, way, into: &out)
    }
  }

  private enum Specifier { static let abort: UInt8 = 4 }

  /// The device refuses what was asked of it last, with a reason of four octets; the master merely ends a transfer.
  private func abort(
    _ body: Span<UInt8>, _ index: UInt16, _ sub: UInt8, _ way: Mailbox.Way, _ operation: inout Operation
  ) {
    operation.object = .numbers(UInt32(way.position), UInt32(index), UInt32(sub), ObjectForm.entry)
    operation.code |= UInt64(index) << 40
    let asked = way.isFromDevice ? requests.request(UInt64(way.position)) : nil
    switch asked {
    case 1: Mailbox.mark(Mailbox.Kind.canOpen, 0x33, &operation)
    case 2: Mailbox.mark(Mailbox.Kind.canOpen, 0x32, &operation)
    default: Mailbox.mark(Mailbox.Kind.canOpen, 0x20 | Specifier.abort, &operation)
    }
    if way.isFromDevice { operation.outcome = .failure(body.le32(6) ?? 0) }
  }

  /// A device is no host: what it says of itself is a module of its master's, with its address and what it is in front.
  mutating func told(
    _ index: UInt16, _ sub: UInt8, _ data: Span<UInt8>, _ way: Mailbox.Way, into out: inout ObservationBuffer
  ) {
    guard let object = CANopenObject.identity(index, sub),
      told.isNew(data, salt: UInt64(way.position) << 32 | UInt64(index) << 8 | UInt64(sub))
    else { return }
    let start = out.text("device ")
    _ = out.text(UInt64(way.position))
    switch (index, sub) {
    case (0x1008, _): _ = out.text(": ")
    case (0x1000, _): _ = out.text(" type ")
    case (0x1009, _): _ = out.text(" hardware version ")
    case (0x100a, _): _ = out.text(" software version ")
    case (_, 1): _ = out.text(" vendor ")
    case (_, 2): _ = out.text(" product ")
    case (_, 3): _ = out.text(" revision ")
    default: _ = out.text(" serial number ")
    }
    guard let value = CANopenObject.value(data, of: object, into: &out) else { return }
    out.identity(way.master, .moduleName, start.through(value))
  }

  // MARK: FoE

  /// Section 5.8: operation (1 read, 2 write, 3 data, 4 acknowledgement, 5 error, 6 busy), reserved 0, password, packet
  /// number or error, name of the file.
  private mutating func readFile(
    _ body: Span<UInt8>, _ way: Mailbox.Way, _ operation: inout Operation, into out: inout ObservationBuffer
  ) {
    guard body.count >= 6, let code = body.byte(0), (1...6).contains(code), body.byte(1) == 0 else { return }
    switch code {
    case 1, 2:
      Mailbox.mark(Mailbox.Kind.file, code, &operation)
      files.remember(code, for: UInt64(way.position))
      let name = body.extracting(6..<body.count).untilNUL()
      guard !name.isEmpty, name.isPlainText else { return }
      let text = out.text(name)
      operation.object = .text(text)
      guard !way.isEcho else { return }
      if let password = body.le32(2), password != 0 {
        out.record(.credential(CredentialExposure(.protocolPassword, account: .none, strength: .other)))
      }
      out.record(.file(FileSeen(text, code == 1 ? .toClient : .toServer)))
    case 5:
      // The device refuses the file that was asked for last.
      let asked = way.isFromDevice ? files.request(UInt64(way.position)) : nil
      Mailbox.mark(Mailbox.Kind.file, asked ?? code, &operation)
      operation.outcome = .failure(body.le32(2) ?? 0)
    default: Mailbox.mark(Mailbox.Kind.file, code, &operation)
    }
  }

  // MARK: SoE, EoE

  /// Section 5.9: operation (1, 2 read, 3, 4 write, 5 notification, 6 emergency) with flags, of which one is for an error,
  /// elements, identification of the parameter.
  private func readDrive(_ body: Span<UInt8>, _ way: Mailbox.Way, _ operation: inout Operation) {
    guard body.count >= 4, let code = body.byte(0), (1...6).contains(code & 7), let number = body.le16(2) else {
      return
    }
    Mailbox.mark(Mailbox.Kind.drive, code & 7, &operation)
    guard code & 7 < 5 else { return }
    operation.object = .numbers(UInt32(way.position), UInt32(number), UInt32(code >> 5), ObjectForm.drive)
    guard way.isFromDevice, code & 1 == 0 else { return }
    operation.outcome = code & 0x10 == 0 ? .success : .failure(UInt32(body.le16(4) ?? 0))
  }

  /// Section 5.7: type (0 a part of a frame, 2 and 3 set the addresses and answer, 4 and 5 set the filter and answer) with
  /// flags, place or result; then which parameters follow, of which the second is the IP address.
  private func readEthernet(
    _ body: Span<UInt8>, _ way: Mailbox.Way, _ operation: inout Operation, into out: inout ObservationBuffer
  ) {
    guard let type = body.byte(0).map({ $0 & 15 }) else { return }
    switch type {
    case 0 where body.count >= 18: Mailbox.mark(Mailbox.Kind.ethernet, 0, &operation)
    case 2 where body.count >= 8:
      Mailbox.mark(Mailbox.Kind.ethernet, type, &operation)
      guard let parameters = body.byte(4), parameters & 2 != 0 else { return }
      if let address = body.le32(parameters & 1 != 0 ? 14 : 8) {
        operation.object = .text(out.text(ipv4: address))
      }
    case 4 where body.count >= 8: Mailbox.mark(Mailbox.Kind.ethernet, type, &operation)
    case 3, 5:
      guard body.count == 4, let result = body.le16(2) else { return }
      Mailbox.mark(Mailbox.Kind.ethernet, type, &operation)
      operation.outcome = result == 0 ? .success : .failure(UInt32(result))
    default: break
    }
  }
}
