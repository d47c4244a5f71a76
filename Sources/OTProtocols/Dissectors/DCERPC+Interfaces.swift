import OTCore

extension DCERPC {
  /// An operation of an interface by its number.
  struct Call {
    let number: UInt16
    let name: String
    let kind: OperationKind
    /// What of the arguments is told.
    let argument: Argument

    init(_ number: UInt16, _ name: String, _ kind: OperationKind, _ argument: Argument = .none) {
      (self.number, self.name, self.kind, self.argument) = (number, name, kind, argument)
    }

    /// A call that waits for its answer.
    struct Asked {
      var code: UInt64
      var interface: DCEIdentifier?
      /// What the call was about, where its arguments were told.
      var text: [UInt8] = []

      mutating func keep(_ reference: TextRef, in out: borrowing ObservationBuffer) {
        if !reference.isEmpty { text = out.copy(reference) }
      }
    }
  }

  /// An interface whose operations have names here.
  struct Interface {
    let id: DCEIdentifier
    let name: String
    /// Name of an OPC Data Access interface, which is reported as a protocol of its own.
    var isOPC = false
    /// Operations worth a name.
    var operations: [Call] = []
    /// Kind of the others.
    var kind = OperationKind.other
  }

  private static let opcLow: UInt64 = 0x9675_0020_afd8_adb3

  /// OPC Alarms and Events 1.10 and Historical Data Access 1.20: interfaces that differ in their first word.
  private static func events(_ first: UInt64, _ name: String, _ kind: OperationKind) -> Interface {
    Interface(id: DCEIdentifier(first << 32 | 0x5783_11d1, 0x84a0_0060_8cb8_a7e9), name: name, kind: kind)
  }

  private static func history(_ first: UInt64, _ name: String, _ kind: OperationKind) -> Interface {
    Interface(id: DCEIdentifier(first << 32 | 0xdee0_11d2, 0xa5e5_0000_8633_9399), name: name, kind: kind)
  }

  private static func opc(
    _ first: UInt64, _ name: String, isData: Bool = true, _ operations: [Call] = []
  ) -> Interface {
    Interface(
      id: DCEIdentifier(first << 32 | 0x011e_11d0, opcLow), name: name, isOPC: isData, operations: operations,
      kind: .read)
  }

  /// Those of OPC (Data Access 3.00, Alarms and Events, Historical Data Access) and those of Windows. The position in
  /// this list is the upper half of an operation code.
  static let interfaces: [Interface] = opc + windows

  private static let opc: [Interface] = [
    Interface(id: DCEIdentifier(0, 0), name: ""),
    opc(
      0x39c1_3a4d, "IOPCServer",
      [Call(3, "AddGroup", .session), Call(6, "GetStatus", .diagnose), Call(7, "RemoveGroup", .session)]),
    opc(0x39c1_3a4e, "IOPCServerPublicGroups"),
    opc(0x39c1_3a4f, "IOPCBrowseServerAddressSpace", [Call(5, "BrowseOPCItemIDs", .discover)]),
    opc(0x39c1_3a50, "IOPCGroupStateMgt", [Call(3, "GetState", .read), Call(4, "SetState", .session)]),
    opc(0x39c1_3a51, "IOPCPublicGroupStateMgt"),
    opc(0x39c1_3a52, "IOPCSyncIO", [Call(3, "Read", .read), Call(4, "Write", .write)]),
    opc(0x39c1_3a53, "IOPCAsyncIO", [Call(3, "Read", .read), Call(4, "Write", .write), Call(5, "Refresh", .read)]),
    opc(
      0x39c1_3a54, "IOPCItemMgt",
      [Call(3, "AddItems", .session), Call(4, "ValidateItems", .discover), Call(5, "RemoveItems", .session)]),
    opc(0x39c1_3a55, "IEnumOPCItemAttributes"),
    opc(
      0x39c1_3a70, "IOPCDataCallback",
      [Call(3, "OnDataChange", .report), Call(4, "OnReadComplete", .report), Call(5, "OnWriteComplete", .report)]),
    opc(
      0x39c1_3a71, "IOPCAsyncIO2",
      [Call(3, "Read", .read), Call(4, "Write", .write), Call(5, "Refresh2", .read), Call(7, "SetEnable", .session)]),
    // Properties describe items and move no values of the process.
    opc(0x39c1_3a72, "IOPCItemProperties", isData: false),
    Interface(
      id: DCEIdentifier(0x730f_5f0f_55b1_4c81, 0x9e18_ff8a_0904_e1fa), name: "IOPCSyncIO2", isOPC: true,
      operations: [
        Call(3, "Read", .read), Call(4, "Write", .write), Call(5, "ReadMaxAge", .read), Call(6, "WriteVQT", .write),
      ]),
    Interface(
      id: DCEIdentifier(0x0967_b97b_36ef_423e, 0xb6f8_6bff_1e40_d39d), name: "IOPCAsyncIO3", isOPC: true,
      operations: [
        Call(3, "Read", .read), Call(4, "Write", .write), Call(9, "ReadMaxAge", .read), Call(10, "WriteVQT", .write),
      ]),
    Interface(
      id: DCEIdentifier(0x85c0_b427_2893_4cbc, 0xbd78_e5fc_5146_f08f), name: "IOPCItemIO", isOPC: true,
      operations: [Call(3, "Read", .read), Call(4, "WriteVQT", .write)]),
    Interface(
      id: DCEIdentifier(0x3922_7004_a18f_4b57, 0x8b0a_5235_670f_4468), name: "IOPCBrowse", isOPC: true,
      kind: .discover),
    Interface(
      id: DCEIdentifier(0x8e36_8666_d72e_4f78, 0x87ed_6476_11c6_1c9f), name: "IOPCGroupStateMgt2", isOPC: true),
    Interface(
      id: DCEIdentifier(0x1348_6d50_4821_11d2, 0xa494_3cb3_06c1_0000), name: "IOPCServerList", kind: .discover),
    Interface(
      id: DCEIdentifier(0x9dd0_b56c_ad9e_43ee, 0x8305_487f_3188_bf7a), name: "IOPCServerList2", kind: .discover),
    Interface(id: DCEIdentifier(0xf31d_fde2_07b6_11d2, 0xb2d8_0060_083b_a1fb), name: "IOPCCommon"),
    events(0x6516_8851, "IOPCEventServer", .session),
    events(0x6516_8855, "IOPCEventSubscriptionMgt", .session),
    events(0x6516_8857, "IOPCEventAreaBrowser", .discover),
    events(0x6516_885f, "IOPCEventSink", .report),
    history(0x1f12_17b0, "IOPCHDA_Server", .session),
    history(0x1f12_17b1, "IOPCHDA_Browser", .discover),
    history(0x1f12_17b2, "IOPCHDA_SyncRead", .read),
    history(0x1f12_17b3, "IOPCHDA_SyncUpdate", .write),
    history(0x1f12_17b5, "IOPCHDA_AsyncRead", .read),
    history(0x1f12_17b6, "IOPCHDA_AsyncUpdate", .write),
    history(0x1f12_17b9, "IOPCHDA_DataCallback", .report),
  ]

  /// Position of an interface in the list; 0 for an unknown one.
  static func index(of id: DCEIdentifier) -> Int {
    for index in interfaces.indices where interfaces[index].id == id { return index }
    return 0
  }

  /// Packet type in the lowest byte, operation number above it, then the interface.
  static func code(_ type: UInt8, _ operation: UInt16, _ interface: Int) -> UInt64 {
    UInt64(type) | UInt64(operation) << 8 | UInt64(interface) << 24
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let index = Int(truncatingIfNeeded: code >> 24 & 0xffff)
    let interface = index < interfaces.count ? interfaces[index] : interfaces[0]
    if layer == Int(opcLayer) {
      return OperationDescription(code: interface.name, name: "use \(interface.name)", kind: .session)
    }
    let number = UInt16(truncatingIfNeeded: code >> 8)
    switch UInt8(truncatingIfNeeded: code) {
    case PacketType.bind: return OperationDescription(code: "bind", name: "bind", kind: .session)
    case PacketType.alterContext:
      return OperationDescription(code: "alter_context", name: "alter context", kind: .session)
    default: break
    }
    guard index > 0 else { return OperationDescription(code: "op\(number)", name: "operation \(number)", kind: .other) }
    let known = interface.operations.first { $0.number == number }
    return OperationDescription(
      code: "\(interface.name).op\(number)", name: "\(interface.name) \(known?.name ?? "operation \(number)")",
      kind: known?.kind ?? interface.kind)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    "interface \(DCEIdentifier.text(a, b, c, d))"
  }
}
