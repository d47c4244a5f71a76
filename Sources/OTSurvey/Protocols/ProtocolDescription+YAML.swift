import OTCore
import OTKnowledge
import OTProtocols

extension ProtocolDescriptions.Description {
  private static let keys = [
    "protocol", "title", "specification", "industrial", "transport", "ports", "ether_types", "magic", "framing",
    "direction", "command", "status", "objects", "value", "identity",
  ]

  /// Reads one description; what it does not understand is refused by line.
  public init(yaml text: String, file: String) throws(YAMLError) {
    guard let document = try YAMLValue.document(text, file: file) else {
      throw YAMLError(file: file, line: 1, path: "", message: "empty")
    }
    let top = try document.mapping(Self.keys)
    let transport = try top.required("transport").choice(["tcp", "udp", "ethernet"])
    let claims = try Self.claims(top, transport)
    var info = ProtocolInfo(
      id: try Self.identifier(top), name: try top.required("title").string(),
      specification: try top["specification"]?.string() ?? "described in \(file)",
      isIndustrial: try top["industrial"]?.bool() ?? true, depth: [], reads: "", displayFilter: "")

    var described = DescribedProtocol(info: info, claims: claims, isStream: transport == "tcp")
    described.magic = try Self.magic(top["magic"])
    described.framing = try Self.framing(top, transport)
    described.direction = try Self.direction(top["direction"])
    try Self.readCommand(top["command"], into: &described)
    if let status = top["status"] { described.status = try Self.status(status) }
    if let objects = top["objects"] { described.objects = try Self.objects(objects, described) }
    if let value = top["value"] { described.value = try Self.value(value, described) }
    if let identity = top["identity"] { described.identities = try Self.identities(identity, described) }
    described.leastBytes = Self.leastBytes(described)
    try Self.check(described, top)

    var depth: ProtocolInfo.Depth = []
    if !described.identities.isEmpty { depth.insert(.identity) }
    if !described.names.isEmpty { depth.insert(.operations) }
    info = ProtocolInfo(
      id: info.id, name: info.name, specification: info.specification, isIndustrial: info.isIndustrial, depth: depth,
      reads: Self.summary(described), displayFilter: "")
    described.info = info
    self.init(described: described, file: file, notes: Self.notes(described))
  }

  // MARK: who and where

  private static func identifier(_ top: YAMLMapping) throws(YAMLError) -> String {
    let value = try top.required("protocol")
    let id = try value.string()
    let isPlain = id.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
    guard isPlain, id.utf8.count <= 40,
      id.utf8.first.map({ $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }) == true
    else { throw value.error("expected a short name of a-z, 0-9, - and _ that begins with a letter, found \"\(id)\"") }
    return id
  }

  private static func claims(_ top: YAMLMapping, _ transport: String) throws(YAMLError) -> [Claim] {
    let key = transport == "ethernet" ? "ether_types" : "ports"
    let other = transport == "ethernet" ? "ports" : "ether_types"
    if let wrong = top[other] { throw wrong.error("\(transport) has \(key), not \(other)") }
    guard let list = top[key] else {
      guard transport != "ethernet" else { throw top.owner.error("ether_types is missing") }
      return []
    }
    var claims: [Claim] = []
    for value in try list.list() {
      let number = UInt16(truncatingIfNeeded: try value.number((transport == "ethernet" ? 0x600 : 1)...0xffff))
      let claim: Claim =
        switch transport {
        case "tcp": .tcp(number)
        case "udp": .udp(number)
        default: .etherType(number)
        }
      if claims.contains(claim) { throw value.error("\(number) stands twice") }
      claims.append(claim)
    }
    if claims.isEmpty { throw list.error("an empty list") }
    return claims
  }

  private static func magic(_ value: YAMLValue?) throws(YAMLError) -> [DescribedProtocol.Match] {
    guard let value else { return [] }
    var matches: [DescribedProtocol.Match] = []
    for item in try value.list() {
      let entry = try item.mapping(["offset", "bytes", "text", "mask"])
      let offset = try entry.required("offset").offset()
      let bytes: [UInt8]
      switch (entry["bytes"], entry["text"]) {
      case (let value?, nil): bytes = try value.hexadecimalBytes()
      case (nil, let value?): bytes = Array(try value.string().utf8)
      default: throw item.error("expected either bytes or text")
      }
      let mask = try entry["mask"]?.hexadecimalBytes()
      if let mask, mask.count != bytes.count {
        throw item.error("the mask has \(mask.count) bytes and what it is laid on has \(bytes.count)")
      }
      if let mask, zip(bytes, mask).contains(where: { $0 & ~$1 != 0 }) {
        throw item.error("bits stand in bytes that the mask takes away")
      }
      matches.append(DescribedProtocol.Match(offset: offset, bytes: bytes, mask: mask))
    }
    return matches
  }

  // MARK: how

  private static func framing(
    _ top: YAMLMapping, _ transport: String
  ) throws(YAMLError) -> DescribedProtocol.FramingRule {
    guard let value = top["framing"] else {
      if transport == "tcp" { throw top.owner.error("framing is missing: tcp is a stream, say where a message ends") }
      return .whole
    }
    guard value.isMapping else {
      _ = try value.choice(["segment"])
      if transport != "tcp" { throw value.error("\(transport) has no segments; leave framing out") }
      return .whole
    }
    let rule = try value.mapping(["length", "fixed", "terminator", "longest"])
    if let fixed = rule["fixed"], rule.entries.count == 1 { return .fixed(try fixed.number(1...Limits.pduBytes)) }
    if let terminator = rule["terminator"], rule["length"] == nil, rule["fixed"] == nil {
      let bytes = try terminator.hexadecimalBytes()
      if bytes.count > 8 { throw terminator.error("longer than 8 bytes") }
      let longest = try rule["longest"]?.number(bytes.count...65536) ?? DescribedProtocol.terminatedBytes
      return .terminator(bytes, longest: longest)
    }
    guard let length = rule["length"], rule.entries.count == 1 else {
      throw value.error("expected one of length, fixed, terminator (with longest)")
    }
    let field = try length.mapping(["offset", "width", "endian", "mask", "scale", "adjust"])
    return .length(
      try numberField(field), scale: try field["scale"]?.number(1...8) ?? 1,
      adjust: try field["adjust"]?.number(-65536...65536) ?? 0)
  }

  private static func direction(_ value: YAMLValue?) throws(YAMLError) -> DescribedProtocol.Direction {
    guard let value else { return .port }
    guard value.isMapping else { return try value.choice(["port", "publish"]) == "port" ? .port : .publish }
    let entry = try value.mapping(["offset", "width", "endian", "mask", "request"])
    let field = try numberField(entry)
    return .field(field, request: try code(try entry.required("request"), field))
  }

  private static func readCommand(_ value: YAMLValue?, into described: inout DescribedProtocol) throws(YAMLError) {
    guard let value else { return }
    let entry = try value.mapping(["offset", "response_offset", "width", "endian", "mask", "in", "names", "other"])
    let field = try numberField(entry)
    described.requestCommand = field
    let isBoth = try entry["in"]?.choice(["both", "request"]) != "request"
    if let other = entry["response_offset"] {
      guard isBoth else { throw other.error("answers have no command (in: request)") }
      var moved = field
      moved.offset = try other.offset()
      described.responseCommand = moved
    } else if isBoth {
      described.responseCommand = field
    }
    if let names = entry["names"] {
      for (key, value) in try names.mapping(nil).entries {
        guard let code = YAMLValue.number(key) else { throw value.error("expected a number before the colon") }
        let name = try value.mapping(["name", "kind"])
        guard code >= 0, code <= Int(field.mask), UInt32(code) & field.mask == UInt32(code) else {
          throw value.error("the command can never be \(key): width or mask do not hold it")
        }
        if described.names.contains(where: { $0.code == UInt32(code) }) { throw value.error("\(key) stands twice") }
        let kind = try name.required("kind").choice(OperationKind.allCases.map(\.name))
        described.names.append(
          DescribedProtocol.CommandName(
            code: UInt32(code), name: try name.required("name").string(),
            kind: OperationKind.allCases.first { $0.name == kind } ?? .other))
      }
    }
    described.names.sort { $0.code < $1.code }
    described.takesOtherCommands = try entry["other"]?.bool() ?? true
    if !described.takesOtherCommands, described.names.isEmpty { throw value.error("other: false needs names") }
  }

  // MARK: what

  private static func status(_ value: YAMLValue) throws(YAMLError) -> DescribedProtocol.Status {
    let entry = try value.mapping(["offset", "width", "endian", "mask", "success"])
    let field = try numberField(entry)
    var success: [UInt32] = []
    for value in try entry.required("success").list() { success.append(try code(value, field)) }
    return DescribedProtocol.Status(field: field, success: success)
  }

  private static func objects(
    _ value: YAMLValue, _ described: DescribedProtocol
  ) throws(YAMLError) -> [DescribedProtocol.ObjectField] {
    var fields: [DescribedProtocol.ObjectField] = []
    for item in try value.list() {
      if fields.count == 4 { throw item.error("more than 4 objects") }
      let entry = try item.mapping(["name", "offset", "width", "endian", "mask", "in", "commands"])
      fields.append(
        DescribedProtocol.ObjectField(
          name: try entry.required("name").string(), field: try numberField(entry),
          side: try side(entry, or: .request), commands: try commands(entry, described)))
    }
    return fields
  }

  private static func value(
    _ value: YAMLValue, _ described: DescribedProtocol
  ) throws(YAMLError) -> DescribedProtocol.ValueField {
    let entry = try value.mapping(["offset", "width", "endian", "format", "in", "commands"])
    let field = try numberField(entry)
    let format: DescribedProtocol.ValueField.Format =
      switch try entry["format"]?.choice(["unsigned", "signed", "float"]) {
      case "signed": .signed
      case "float": .float
      default: .unsigned
      }
    if format == .float, field.width != 4 { throw value.error("a float has width 4") }
    return DescribedProtocol.ValueField(
      field: field, format: format, side: try side(entry, or: .request), commands: try commands(entry, described))
  }

  private static func identities(
    _ value: YAMLValue, _ described: DescribedProtocol
  ) throws(YAMLError) -> [DescribedProtocol.IdentityField] {
    var fields: [DescribedProtocol.IdentityField] = []
    for item in try value.list() {
      if fields.count == 16 { throw item.error("more than 16 identity fields") }
      let entry = try item.mapping(["attribute", "offset", "length", "after", "until", "format", "in", "commands"])
      let word = try entry.required("attribute").choice(IdentityAttribute.allCases.map(\.name))
      let place: DescribedProtocol.IdentityField.Place
      switch (entry["offset"], entry["after"]) {
      case (let offset?, nil):
        if let until = entry["until"] { throw until.error("until goes with after; offset has length") }
        place = .fixed(offset: try offset.offset(), count: try entry["length"]?.number(1...Limits.textBytes))
      case (nil, let after?):
        if let length = entry["length"] { throw length.error("length goes with offset; after has until") }
        place = .after(marker: Array(try after.string().utf8), end: Array(try entry["until"]?.string().utf8 ?? "".utf8))
      default: throw item.error("expected either offset or after")
      }
      fields.append(
        DescribedProtocol.IdentityField(
          IdentityAttribute.allCases.first { $0.name == word } ?? .other, place,
          format: try entry["format"]?.choice(["text", "hex"]) == "hex" ? .hexadecimal : .text,
          side: try side(entry, or: .response), commands: try commands(entry, described)))
    }
    return fields
  }

  // MARK: parts

  private static func numberField(_ entry: YAMLMapping) throws(YAMLError) -> DescribedProtocol.NumberField {
    let width = try entry["width"]?.number(1...4) ?? 1
    let isBig = try entry["endian"]?.choice(["big", "little"]) != "little"
    if width > 1, entry["endian"] == nil { throw entry.owner.error("endian is missing: big or little") }
    let whole = width == 4 ? 0xffff_ffff : (1 << (8 * width)) - 1
    let mask = try entry["mask"]?.number(1...whole) ?? whole
    return DescribedProtocol.NumberField(
      offset: try entry.required("offset").offset(), width: width, isBig: isBig, mask: UInt32(truncatingIfNeeded: mask))
  }

  /// A value the field can have.
  private static func code(
    _ value: YAMLValue, _ field: DescribedProtocol.NumberField
  ) throws(YAMLError) -> UInt32 {
    let code = UInt32(truncatingIfNeeded: try value.number(0...0xffff_ffff))
    guard code & field.mask == code else { throw value.error("never there: width or mask do not hold it") }
    return code
  }

  private static func side(
    _ entry: YAMLMapping, or standard: DescribedProtocol.Side
  ) throws(YAMLError) -> DescribedProtocol.Side {
    switch try entry["in"]?.choice(["request", "response", "both"]) {
    case "request": .request
    case "response": .response
    case "both": .either
    default: standard
    }
  }

  private static func commands(_ entry: YAMLMapping, _ described: DescribedProtocol) throws(YAMLError) -> [UInt32] {
    guard let list = entry["commands"] else { return [] }
    guard let field = described.requestCommand else { throw list.error("there is no command to tell them by") }
    var codes: [UInt32] = []
    for value in try list.list() { codes.append(try code(value, field)) }
    return codes
  }
}

extension YAMLValue {
  /// Decimal, or hexadecimal behind `0x`.
  static func number(_ text: String) -> Int? {
    text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
  }

  func number(_ range: ClosedRange<Int>) throws(YAMLError) -> Int {
    let text = try string()
    guard let value = Self.number(text) else { throw error("expected a whole number, found \"\(text)\"") }
    guard range.contains(value) else {
      throw error("expected a number from \(range.lowerBound) to \(range.upperBound), found \(text)")
    }
    return value
  }

  /// Bytes from the beginning of the data unit.
  func offset() throws(YAMLError) -> Int { try number(0...DescribedProtocol.furthestOffset) }

  /// `aa 55 01`, 1 to 64 bytes.
  func hexadecimalBytes() throws(YAMLError) -> [UInt8] {
    let text = try string()
    var bytes: [UInt8] = []
    for pair in text.split(separator: " ") {
      guard pair.utf8.count == 2, let byte = UInt8(pair, radix: 16), pair.utf8.first != UInt8(ascii: "+") else {
        throw error("expected bytes as two hexadecimal digits each with blanks between, found \"\(text)\"")
      }
      bytes.append(byte)
    }
    guard (1...64).contains(bytes.count) else { throw error("expected 1 to 64 bytes") }
    return bytes
  }
}
