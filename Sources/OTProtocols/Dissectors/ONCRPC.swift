import OTCore

/// Open Network Computing Remote Procedure Call, RFC 5531, with the portmapper (RFC 1833), MOUNT and NFS (RFC 1813, RFC
/// 7530) in it. VxWorks controllers and old Unix systems speak it; who one is, one says oneself.
public struct ONCRPC: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "rpc", name: "ONC RPC, NFS", specification: "RFC 5531, RFC 1833, RFC 1813, RFC 7530", isIndustrial: false,
      depth: [.identity, .operations],
      reads:
        "programs and procedures, name and user number of the caller, directories mounted, ports told; no contents",
      displayFilter: "rpc")
  ]
  public static let claims: [Claim] = [.tcp(111), .udp(111), .tcp(2049), .udp(2049), .announced(.oncRPC)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var calls = RequestTable<UInt64>()
  private var told = RecentValues()
  /// The question for a program's port that waits for its answer: number, and whether TCP.
  private var askedPort: (number: UInt64, isStream: Bool)?

  private static let headBytes = 4096

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else {
      return message(bytes, 0, hint) ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    // Record marking, section 11: 31 bits of length behind the mark of the last fragment.
    guard let mark = bytes.be32(0) else { return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol }
    let length = Int(mark & 0x7fff_ffff)
    guard length >= 24 || (hint.isEstablished && length > 0), length <= 1 << 24 else { return .notThisProtocol }
    if !hint.isEstablished {
      guard bytes.count >= 28 else { return hint.isClaimed ? .needMore : .notThisProtocol }
      guard message(bytes, 4, hint) else { return .notThisProtocol }
    }
    return .pdu(byteCount: min(4 + length, headBytes))
  }

  /// A call of version 2 to a program of the ranges that are used, or (where expected) an accepted or denied reply.
  private static func message(_ bytes: Span<UInt8>, _ start: Int, _ hint: FramingHint) -> Bool {
    guard let type = bytes.be32(start + 4), let third = bytes.be32(start + 8), let fourth = bytes.be32(start + 12),
      let fifth = bytes.be32(start + 16)
    else { return false }
    if type == 0 {
      guard third == 2, let sixth = bytes.be32(start + 20), let flavor = bytes.be32(start + 24),
        let size = bytes.be32(start + 28)
      else { return false }
      return fourth >= 100_000 && fourth < 0x6000_0000 && fifth <= 64 && sixth < 256 && flavor < 0x0010_0000
        && size <= 400
    }
    return type == 1 && third <= 1 && (hint.isClaimed || hint.isEstablished) && fourth <= 6
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if context.isStream {
      let length = Int(try pdu.u32("record mark") & 0x7fff_ffff)
      if 4 + length > pdu.bytes.count { out.skip(4 + length - pdu.bytes.count) }
    }
    let number = UInt64(try pdu.u32("xid"))
    let type = try pdu.u32("message type")
    // Not the first fragment of a record.
    guard type <= 1 else { return }
    if type == 1 {
      guard let code = calls.request(number) else { return }
      let denied = try pdu.u32("reply status")
      let verifier = denied == 0 ? Int(try pdu.u64("verifier") & 0xffff) : 0
      try pdu.skip(min(verifier, pdu.remaining), "verifier")
      let status = try pdu.u32("accept status")
      out.operation(
        Operation(code, .response, outcome: denied == 0 && status == 0 ? .success : .failure(denied << 8 | status)))
      if let asked = askedPort, asked.number == number, denied == 0, status == 0 {
        askedPort = nil
        out.announce(
          Announcement(
            .oncRPC, isStream: asked.isStream, isSenders: true,
            port: UInt16(truncatingIfNeeded: pdu.peekRest().be32(0) ?? 0)))
      }
      return
    }
    try pdu.skip(4, "version of RPC")
    let program = try pdu.u32("program")
    let version = try pdu.u32("program version")
    let procedure = try pdu.u32("procedure")
    let code = UInt64(program) << 24 | UInt64(version & 0xff) << 16 | UInt64(procedure & 0xffff)
    calls.remember(code, for: number)
    let flavor = try pdu.u32("flavor")
    let length = Int(try pdu.u32("credentials length"))
    var credentials = try pdu.slice(length, "credentials")
    try pdu.skip(4, "verifier")
    let verifier = Int(try pdu.u32("verifier length"))
    try pdu.skip(verifier, "verifier")
    if program == Self.portmapper, version == 2, procedure == 3, let transport = pdu.peekRest().be32(8) {
      askedPort = (number, transport == 6)
    }
    let object = target(program, version, procedure, &pdu, into: &out)
    out.operation(Operation(code, .request, object: object.isEmpty ? .none : .text(object)))
    try authentication(flavor, &credentials, into: &out)
  }

  /// AUTH_SYS (1), appendix A: stamp, machine name, user and group number, as the caller likes.
  private mutating func authentication(
    _ flavor: UInt32, _ body: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard told.isNew(body.bytes.rest(from: 4), salt: UInt64(flavor)) else { return }
    switch flavor {
    case 1:
      out.property(.authentication, out.text("AUTH_SYS (claimed by the caller)"))
      try body.skip(4, "stamp")
      let length = Int(try body.u32("machine name length"))
      let name = try body.take(length, "machine name")
      out.identity(.sender, .hostname, out.text(name))
      try body.skip(min((4 - length % 4) % 4, body.remaining), "padding")
      let word = out.text("uid ")
      out.identity(.sender, .userName, word.through(out.text(UInt64(try body.u32("user number")))))
    case 0: out.property(.authentication, out.text("none"))
    case 6: out.property(.authentication, out.text("RPCSEC_GSS"))
    default: break
    }
  }

  private static let portmapper: UInt32 = 100_000
  private static let nfs: UInt32 = 100_003
  private static let mount: UInt32 = 100_005

  /// The directory that is mounted; the program whose port is asked for; the name that is looked up, made or removed.
  private func target(
    _ program: UInt32, _ version: UInt32, _ procedure: UInt32, _ pdu: inout ByteCursor,
    into out: inout ObservationBuffer
  ) -> TextRef {
    let body = pdu.peekRest()
    if program == Self.mount, procedure == 1 || procedure == 3 {
      return out.text(body.clamped(from: 4, count: Int(min(body.be32(0) ?? 0, 1024))))
    }
    if program == Self.portmapper, version == 2, procedure == 3, let asked = body.be32(0) {
      return Self.programs[asked].map { out.text(string: $0) } ?? out.text(UInt64(asked))
    }
    // NFS 3: a handle, then a name, for lookup, create, mkdir, symlink, mknod, remove, rmdir, rename.
    if program == Self.nfs, version == 3, procedure == 3 || (8...14).contains(procedure), let handle = body.be32(0),
      handle <= 64
    {
      let index = 4 + (Int(handle) + 3) / 4 * 4
      return out.text(body.clamped(from: index + 4, count: Int(min(body.be32(index) ?? 0, 255))))
    }
    return .none
  }

  // MARK: names

  /// IANA RPC program numbers.
  private static let programs: [UInt32: String] = [
    100_000: "portmapper", 100_001: "rstat", 100_002: "rusers", 100_003: "nfs", 100_004: "ypserv", 100_005: "mountd",
    100_007: "ypbind", 100_008: "walld", 100_011: "rquotad", 100_012: "sprayd", 100_021: "nlockmgr", 100_024: "status",
    100_068: "cmsd", 100_083: "ttdbserver", 100_227: "nfs_acl", 100_232: "sadmind", 100_300: "nisd",
    150_001: "pcnfsd", 395_183: "VXI-11 core", 395_184: "VXI-11 abort", 395_185: "VXI-11 interrupt",
  ]

  private static let portmapperCalls: [UInt32: (String, OperationKind)] = [
    0: ("null", .diagnose), 1: ("set", .configure), 2: ("unset", .configure), 3: ("get port", .discover),
    4: ("dump", .discover), 5: ("call", .other),
  ]
  private static let mountCalls: [UInt32: (String, OperationKind)] = [
    0: ("null", .diagnose), 1: ("mount", .session), 2: ("dump", .discover), 3: ("unmount", .session),
    4: ("unmount all", .session), 5: ("export", .discover),
  ]
  private static let nfsCalls: [UInt32: (String, OperationKind)] = [
    0: ("null", .diagnose), 1: ("get attributes", .read), 2: ("set attributes", .write), 3: ("lookup", .read),
    4: ("access", .read), 5: ("read link", .read), 6: ("read", .read), 7: ("write", .write), 8: ("create", .write),
    9: ("make directory", .write), 10: ("symbolic link", .write), 11: ("make node", .write), 12: ("remove", .write),
    13: ("remove directory", .write), 14: ("rename", .write), 15: ("link", .write), 16: ("read directory", .read),
    17: ("read directory plus", .read), 18: ("file system status", .read), 19: ("file system information", .read),
    20: ("path configuration", .read), 21: ("commit", .write),
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let program = UInt32(truncatingIfNeeded: code >> 24)
    let version = code >> 16 & 0xff
    let procedure = UInt32(truncatingIfNeeded: code & 0xffff)
    let name = programs[program] ?? "program \(program)"
    let known: (String, OperationKind)? =
      switch program {
      case portmapper: portmapperCalls[procedure]
      case mount: mountCalls[procedure]
      case nfs where version == 3: nfsCalls[procedure]
      case nfs where version == 4: procedure == 0 ? ("null", .diagnose) : ("compound", .other)
      default: procedure == 0 ? ("null", .diagnose) : nil
      }
    return OperationDescription(
      code: "\(program).\(version).\(procedure)", name: "\(name) " + (known?.0 ?? "procedure \(procedure)"),
      kind: known?.1 ?? .other)
  }
}
