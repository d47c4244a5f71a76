import OTCore

extension DCERPC {
  /// An interface whose operations have names here.
  struct Interface {
    let id: DCEIdentifier
    let name: String
    /// Name of an OPC Data Access interface, which is reported as a protocol of its own.
    var isOPC = false
    /// Operations worth a name, by number.
    var operations: [(UInt16, String, OperationKind)] = []
    /// Kind of the others.
    var kind = OperationKind.other
  }

  private static let opcLow: UInt64 = 0x9675_0020_afd8_adb3

  private static func opc(
    _ first: UInt64, _ name: String, isData: Bool = true, _ operations: [(UInt16, String, OperationKind)] = []
  ) -> Interface {
    Interface(
      id: DCEIdentifier(first << 32 | 0x011e_11d0, opcLow), name: name, isOPC: isData, operations: operations,
      kind: .read)
  }

  /// OPC Data Access 3.00 appendix (interfaces), [MS-DCOM], [MS-SCMR], [MS-TSCH], [MS-RRP], [MS-SAMR], [MS-LSAD],
  /// [MS-DRSR], [MS-SRVS], [MS-EVEN6], [MS-WMI]. The position in this list is the upper half of an operation code.
  static let interfaces: [Interface] = [
    Interface(id: DCEIdentifier(0, 0), name: ""),
    opc(
      0x39c1_3a4d, "IOPCServer",
      [(3, "AddGroup", .session), (6, "GetStatus", .diagnose), (7, "RemoveGroup", .session)]),
    opc(0x39c1_3a4e, "IOPCServerPublicGroups"),
    opc(0x39c1_3a4f, "IOPCBrowseServerAddressSpace", [(5, "BrowseOPCItemIDs", .discover)]),
    opc(0x39c1_3a50, "IOPCGroupStateMgt", [(3, "GetState", .read), (4, "SetState", .session)]),
    opc(0x39c1_3a51, "IOPCPublicGroupStateMgt"),
    opc(0x39c1_3a52, "IOPCSyncIO", [(3, "Read", .read), (4, "Write", .write)]),
    opc(0x39c1_3a53, "IOPCAsyncIO", [(3, "Read", .read), (4, "Write", .write), (5, "Refresh", .read)]),
    opc(
      0x39c1_3a54, "IOPCItemMgt",
      [(3, "AddItems", .session), (4, "ValidateItems", .discover), (5, "RemoveItems", .session)]),
    opc(0x39c1_3a55, "IEnumOPCItemAttributes"),
    opc(
      0x39c1_3a70, "IOPCDataCallback",
      [(3, "OnDataChange", .report), (4, "OnReadComplete", .report), (5, "OnWriteComplete", .report)]),
    opc(
      0x39c1_3a71, "IOPCAsyncIO2",
      [(3, "Read", .read), (4, "Write", .write), (5, "Refresh2", .read), (7, "SetEnable", .session)]),
    // Properties describe items and move no values of the process.
    opc(0x39c1_3a72, "IOPCItemProperties", isData: false),
    Interface(
      id: DCEIdentifier(0x730f_5f0f_55b1_4c81, 0x9e18_ff8a_0904_e1fa), name: "IOPCSyncIO2", isOPC: true,
      operations: [(3, "Read", .read), (4, "Write", .write), (5, "ReadMaxAge", .read), (6, "WriteVQT", .write)]),
    Interface(
      id: DCEIdentifier(0x0967_b97b_36ef_423e, 0xb6f8_6bff_1e40_d39d), name: "IOPCAsyncIO3", isOPC: true,
      operations: [(3, "Read", .read), (4, "Write", .write), (9, "ReadMaxAge", .read), (10, "WriteVQT", .write)]),
    Interface(
      id: DCEIdentifier(0x85c0_b427_2893_4cbc, 0xbd78_e5fc_5146_f08f), name: "IOPCItemIO", isOPC: true,
      operations: [(3, "Read", .read), (4, "WriteVQT", .write)]),
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
    Interface(
      id: DCEIdentifier(0xe1af_8308_5d1f_11c9, 0x91a4_0800_2b14_a0fa), name: "epmapper",
      operations: [(2, "Lookup", .discover), (3, "Map", .discover)]),
    Interface(id: DCEIdentifier(0x99fc_fec4_5260_101b, 0xbbcb_00aa_0021_347a), name: "IOXIDResolver", kind: .session),
    Interface(
      id: DCEIdentifier(0x0000_01a0_0000_0000, 0xc000_0000_0000_0046), name: "ISystemActivator",
      operations: [(4, "RemoteCreateInstance", .session)]),
    Interface(id: DCEIdentifier(0x4d9f_4ab8_7d1c_11cf, 0x861e_0020_af6e_7c57), name: "IRemoteActivation"),
    Interface(id: DCEIdentifier(0x0000_0131_0000_0000, 0xc000_0000_0000_0046), name: "IRemUnknown"),
    Interface(id: DCEIdentifier(0x0000_0143_0000_0000, 0xc000_0000_0000_0046), name: "IRemUnknown2"),
    Interface(
      id: DCEIdentifier(0x367a_bb81_9844_35f1, 0xad32_98f0_3800_1003), name: "svcctl",
      operations: [
        (1, "ControlService", .control), (2, "DeleteService", .configure), (11, "ChangeServiceConfigW", .configure),
        (12, "CreateServiceW", .program), (19, "StartServiceW", .control), (24, "CreateServiceA", .program),
        (31, "StartServiceA", .control),
      ]),
    Interface(
      id: DCEIdentifier(0x1ff7_0682_0a51_30e8, 0x076d_740b_e8ce_e98b), name: "atsvc",
      operations: [(0, "NetrJobAdd", .program)]),
    Interface(
      id: DCEIdentifier(0x86d3_5949_83c9_4044, 0xb424_db36_3231_fd0c), name: "ITaskSchedulerService",
      operations: [(1, "SchRpcRegisterTask", .program), (12, "SchRpcRun", .control), (13, "SchRpcDelete", .configure)]),
    Interface(
      id: DCEIdentifier(0x338c_d001_2244_31f1, 0xaaaa_9000_3800_1003), name: "winreg",
      operations: [
        (6, "BaseRegCreateKey", .configure), (7, "BaseRegDeleteKey", .configure), (17, "BaseRegQueryValue", .read),
        (22, "BaseRegSetValue", .configure), (20, "BaseRegSaveKey", .read),
      ]),
    Interface(
      id: DCEIdentifier(0x1234_5778_1234_abcd, 0xef00_0123_4567_89ac), name: "samr",
      operations: [(50, "SamrCreateUser2InDomain", .configure), (58, "SamrSetInformationUser2", .configure)],
      kind: .discover),
    Interface(id: DCEIdentifier(0x1234_5778_1234_abcd, 0xef00_0123_4567_89ab), name: "lsarpc", kind: .discover),
    Interface(
      id: DCEIdentifier(0x1234_5678_1234_abcd, 0xef00_0123_4567_cffb), name: "netlogon",
      operations: [
        (4, "NetrServerReqChallenge", .authenticate), (26, "NetrServerAuthenticate3", .authenticate),
        (30, "NetrServerPasswordSet2", .configure),
      ]),
    Interface(
      id: DCEIdentifier(0xe351_4235_4b06_11d1, 0xab04_00c0_4fc2_dcd2), name: "drsuapi",
      operations: [(3, "DRSGetNCChanges", .read)]),
    Interface(
      id: DCEIdentifier(0x4b32_4fc8_1670_01d3, 0x1278_5a47_bf6e_e188), name: "srvsvc",
      operations: [(15, "NetrShareEnum", .discover), (12, "NetrSessionEnum", .discover)], kind: .discover),
    Interface(id: DCEIdentifier(0x6bff_d098_a112_3610, 0x9833_46c3_f87e_345a), name: "wkssvc", kind: .discover),
    Interface(
      id: DCEIdentifier(0x1234_5678_1234_abcd, 0xef00_0123_4567_89ab), name: "spoolss",
      operations: [(89, "RpcAddPrinterDriverEx", .program)]),
    Interface(
      id: DCEIdentifier(0xc681_d488_d850_11d0, 0x8c52_00c0_4fd9_0f7e), name: "efsrpc",
      operations: [(0, "EfsRpcOpenFileRaw", .authenticate)]),
    Interface(
      id: DCEIdentifier(0x8227_3fdc_e32a_18c3, 0x3f78_8279_29dc_23ea), name: "eventlog",
      operations: [(0, "ElfrClearELFW", .configure)]),
    Interface(
      id: DCEIdentifier(0x9556_dc99_828c_11cf, 0xa37e_00aa_0032_40c7), name: "IWbemServices",
      operations: [(20, "ExecQuery", .read), (24, "ExecMethod", .program)]),
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
    let known = interface.operations.first { $0.0 == number }
    return OperationDescription(
      code: "\(interface.name).op\(number)", name: "\(interface.name) \(known?.1 ?? "operation \(number)")",
      kind: known?.2 ?? interface.kind)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    "interface \(DCEIdentifier.text(a, b, c, d))"
  }
}
