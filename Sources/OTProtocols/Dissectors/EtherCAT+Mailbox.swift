import OTCore

extension EtherCAT {
  /// A mailbox in the data of a datagram: what a master asks of one device besides the process data, IEC 61158-6-12
  /// (ETG.1000.6) section 5.
  enum Mailbox {
    private static let isMailbox: UInt64 = 1 << 16

    private enum Kind {
      static let error: UInt8 = 0
      static let ads: UInt8 = 1
      static let ethernet: UInt8 = 2
      static let canOpen: UInt8 = 3
      static let file: UInt8 = 4
      static let drive: UInt8 = 5
    }

    /// Header: length, address, channel and priority, type and counter. A mailbox is longer than what it holds, but what
    /// it says of itself must fit; else the data is process data.
    static func read(
      _ data: Span<UInt8>, of position: UInt16, into operation: inout Operation, text out: inout ObservationBuffer
    ) {
      guard let length = data.le16(0), let channel = data.byte(4), let field = data.byte(5), field & 0x80 == 0,
        channel & 0x3f == 0, length >= 2, 6 + Int(length) <= data.count
      else { return }
      let body = data.extracting(6..<(6 + Int(length)))
      let kind = field & 15
      switch kind {
      case Kind.canOpen: readObject(body, of: position, into: &operation)
      case Kind.file: readFile(body, into: &operation, text: &out)
      case Kind.drive: readDrive(body, of: position, into: &operation)
      case Kind.ethernet where length >= 18: mark(kind, 0, &operation)
      case Kind.ads where length >= 32: mark(kind, 0, &operation)
      case Kind.error where length == 4 && body.le16(0) == 1: mark(kind, 0, &operation)
      default: break
      }
    }

    private static func mark(_ kind: UInt8, _ service: UInt8, _ operation: inout Operation) {
      operation.code |= isMailbox | UInt64(kind) << 24 | UInt64(service) << 32
    }

    // MARK: CoE

    /// Section 5.6: number (9 bits), reserved, service (1 emergency, 2 SDO request, 3 SDO response, 8 SDO information);
    /// then a CANopen service: command specifier, index, subindex, four octets of value, which some devices leave out of
    /// their answers.
    private static func readObject(_ body: Span<UInt8>, of position: UInt16, into operation: inout Operation) {
      guard let header = body.le16(0), header & 0x0e00 == 0, (1...8).contains(header >> 12) else { return }
      let service = UInt8(truncatingIfNeeded: header >> 12)
      guard service == 2 || service == 3 else { return mark(Kind.canOpen, service << 4, &operation) }
      guard let command = body.byte(2), let index = body.le16(3), let sub = body.byte(5) else { return }
      let specifier = command >> 5
      mark(Kind.canOpen, service << 4 | specifier, &operation)
      // Segments repeat no index.
      guard isInitiate(specifier, service) else { return }
      operation.code |= UInt64(index) << 40
      operation.object = .numbers(UInt32(position), UInt32(index), UInt32(sub), 1)
      // A download with its value (expedited) says how many of the four octets are none.
      if service == 2, specifier == 1, command & 3 == 3, let value = body.le32(6) {
        let unused = UInt32(command >> 2 & 3)
        operation.values = Operation.Values(Double(value & (.max >> (8 * unused))))
      }
    }

    private static func isInitiate(_ specifier: UInt8, _ service: UInt8) -> Bool {
      service == 2 ? specifier == 1 || specifier == 2 || specifier == 4 : specifier == 2 || specifier == 3
    }

    /// Objects that take a program (CiA 302-3), those of the device's own settings, those of its process (from 0x6000).
    private static func writeKind(_ index: UInt64) -> OperationKind {
      switch index {
      case 0x1f50...0x1f5f: .firmware
      case 0x6000...0xffff: .write
      default: .configure
      }
    }

    private static func object(_ code: UInt64) -> (String, OperationKind) {
      let index = code >> 40 & 0xffff
      switch (code >> 36 & 15, code >> 32 & 15) {
      case (1, _): return ("CoE emergency", .report)
      case (2, 1): return ("CoE object write", writeKind(index))
      case (2, 2): return ("CoE object read", .read)
      case (2, 0): return ("CoE segment write", .configure)
      case (2, 3): return ("CoE segment read", .read)
      case (2, 4): return ("CoE abort", .other)
      case (3, 2): return ("CoE object read", .read)
      case (3, 3): return ("CoE object write", writeKind(index))
      case (3, 0): return ("CoE segment read", .read)
      case (3, 1): return ("CoE segment write", .configure)
      case (4...7, _): return ("CoE process data", .report)
      case (8, _): return ("CoE object list", .discover)
      default: return ("CoE", .other)
      }
    }

    // MARK: FoE, SoE

    /// Section 5.8: operation (1 read, 2 write, 3 data, 4 acknowledgement, 5 error, 6 busy), reserved 0, password or packet
    /// number, name of the file.
    private static func readFile(
      _ body: Span<UInt8>, into operation: inout Operation, text out: inout ObservationBuffer
    ) {
      guard body.count >= 6, let code = body.byte(0), (1...6).contains(code), body.byte(1) == 0 else { return }
      mark(Kind.file, code, &operation)
      guard code <= 2 else { return }
      let name = body.extracting(6..<body.count).untilNUL()
      if !name.isEmpty, name.isPlainText { operation.object = .text(out.text(name)) }
    }

    /// Section 5.9: operation (1, 2 read, 3, 4 write, 5 notification, 6 emergency) with flags, elements, identification.
    private static func readDrive(_ body: Span<UInt8>, of position: UInt16, into operation: inout Operation) {
      guard body.count >= 4, let code = body.byte(0), (1...6).contains(code & 7), let number = body.le16(2) else {
        return
      }
      mark(Kind.drive, code & 7, &operation)
      if code & 7 < 5 { operation.object = .numbers(UInt32(position), UInt32(number), 0, 1) }
    }

    // MARK: names

    static func describe(_ code: UInt64) -> (String, OperationKind)? {
      guard code & isMailbox != 0 else { return nil }
      switch (UInt8(truncatingIfNeeded: code >> 24), code >> 32 & 0xff) {
      case (Kind.error, _): return ("mailbox error", .other)
      case (Kind.ads, _): return ("ADS", .other)
      case (Kind.ethernet, _): return ("Ethernet frame", .other)
      case (Kind.canOpen, _): return object(code)
      case (Kind.file, 1): return ("FoE read file", .read)
      case (Kind.file, 2): return ("FoE write file", .firmware)
      case (Kind.file, 3): return ("FoE file data", .other)
      case (Kind.file, 4): return ("FoE acknowledgement", .other)
      case (Kind.file, _): return ("FoE error", .other)
      case (Kind.drive, 1), (Kind.drive, 2): return ("SoE parameter read", .read)
      case (Kind.drive, 3), (Kind.drive, 4): return ("SoE parameter write", .configure)
      case (Kind.drive, _): return ("SoE notification", .report)
      default: return nil
      }
    }
  }
}
