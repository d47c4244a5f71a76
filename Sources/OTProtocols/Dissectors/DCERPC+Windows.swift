import OTCore

extension DCERPC {
  /// Interfaces of Windows that administrators use, and those who would like to be administrators: [C706] appendix O,
  /// [MS-DCOM], [MS-SCMR], [MS-TSCH], [MS-RRP], [MS-SAMR], [MS-LSAD], [MS-LSAT], [MS-NRPC], [MS-DRSR], [MS-SRVS],
  /// [MS-WKST], [MS-RPRN], [MS-PAR], [MS-EFSR], [MS-DFSNM], [MS-FSRVP], [MS-EVEN], [MS-EVEN6], [MS-WMI], [MS-RSP],
  /// [MS-BKRP], [MS-DNSP], [MS-ICPR]: the section "Message Processing Events and Sequencing Rules" of each.
  static let windows: [Interface] = [
    Interface(
      id: DCEIdentifier(0xe1af_8308_5d1f_11c9, 0x91a4_0800_2b14_a0fa), name: "epmapper",
      operations: [Call(2, "Lookup", .discover), Call(3, "Map", .discover)]),
    Interface(
      id: DCEIdentifier(0x99fc_fec4_5260_101b, 0xbbcb_00aa_0021_347a), name: "IOXIDResolver",
      operations: [
        Call(0, "ResolveOxid", .session), Call(3, "ServerAlive", .session), Call(4, "ResolveOxid2", .session),
        Call(5, "ServerAlive2", .discover),
      ], kind: .session),
    Interface(
      id: DCEIdentifier(0x0000_01a0_0000_0000, 0xc000_0000_0000_0046), name: "ISystemActivator",
      operations: [Call(3, "RemoteGetClassObject", .session), Call(4, "RemoteCreateInstance", .session)]),
    Interface(
      id: DCEIdentifier(0x4d9f_4ab8_7d1c_11cf, 0x861e_0020_af6e_7c57), name: "IRemoteActivation",
      operations: [Call(0, "RemoteActivation", .session)]),
    Interface(
      id: DCEIdentifier(0x0000_0131_0000_0000, 0xc000_0000_0000_0046), name: "IRemUnknown",
      operations: [
        Call(3, "RemQueryInterface", .session), Call(4, "RemAddRef", .session), Call(5, "RemRelease", .session),
      ]),
    Interface(
      id: DCEIdentifier(0x0000_0143_0000_0000, 0xc000_0000_0000_0046), name: "IRemUnknown2",
      operations: [
        Call(3, "RemQueryInterface", .session), Call(4, "RemAddRef", .session), Call(5, "RemRelease", .session),
        Call(6, "RemQueryInterface2", .session),
      ]),
    Interface(
      id: DCEIdentifier(0x0002_0400_0000_0000, 0xc000_0000_0000_0046), name: "IDispatch",
      operations: [Call(5, "GetIDsOfNames", .discover), Call(6, "Invoke", .control)]),
    Interface(
      id: DCEIdentifier(0x367a_bb81_9844_35f1, 0xad32_98f0_3800_1003), name: "svcctl",
      operations: [
        Call(0, "CloseServiceHandle", .session), Call(1, "ControlService", .control),
        Call(2, "DeleteService", .configure), Call(5, "SetServiceObjectSecurity", .configure),
        Call(6, "QueryServiceStatus", .discover), Call(7, "SetServiceStatus", .configure),
        Call(11, "ChangeServiceConfigW", .configure, .allTexts), Call(12, "CreateServiceW", .program, .nameAndPath),
        Call(13, "EnumDependentServicesW", .discover), Call(14, "EnumServicesStatusW", .discover),
        Call(15, "OpenSCManagerW", .session), Call(16, "OpenServiceW", .session, .text(0)),
        Call(17, "QueryServiceConfigW", .discover), Call(19, "StartServiceW", .control),
        Call(20, "GetServiceDisplayNameW", .discover), Call(21, "GetServiceKeyNameW", .discover),
        Call(23, "ChangeServiceConfigA", .configure), Call(24, "CreateServiceA", .program),
        Call(26, "EnumServicesStatusA", .discover), Call(27, "OpenSCManagerA", .session),
        Call(28, "OpenServiceA", .session), Call(29, "QueryServiceConfigA", .discover),
        Call(31, "StartServiceA", .control), Call(36, "ChangeServiceConfig2A", .configure),
        Call(37, "ChangeServiceConfig2W", .configure), Call(39, "QueryServiceConfig2W", .discover),
        Call(40, "QueryServiceStatusEx", .discover), Call(42, "EnumServicesStatusExW", .discover),
        Call(45, "CreateServiceWOW64A", .program), Call(60, "CreateServiceWOW64W", .program, .nameAndPath),
      ]),
    Interface(
      id: DCEIdentifier(0x1ff7_0682_0a51_30e8, 0x076d_740b_e8ce_e98b), name: "atsvc",
      operations: [
        Call(0, "NetrJobAdd", .program, .lastText), Call(1, "NetrJobDel", .configure),
        Call(2, "NetrJobEnum", .discover), Call(3, "NetrJobGetInfo", .discover),
      ]),
    Interface(
      id: DCEIdentifier(0x378e_52b0_c0a9_11cf, 0x822d_00aa_0051_e40f), name: "sasec",
      operations: [
        Call(0, "SASetAccountInformation", .configure), Call(1, "SASetNSAccountInformation", .configure),
        Call(2, "SAGetNSAccountInformation", .discover), Call(3, "SAGetAccountInformation", .discover),
      ]),
    Interface(
      id: DCEIdentifier(0x86d3_5949_83c9_4044, 0xb424_db36_3231_fd0c), name: "ITaskSchedulerService",
      operations: [
        Call(0, "SchRpcHighestVersion", .discover), Call(1, "SchRpcRegisterTask", .program, .task),
        Call(2, "SchRpcRetrieveTask", .read, .text(0)), Call(3, "SchRpcCreateFolder", .configure, .text(0)),
        Call(4, "SchRpcSetSecurity", .configure, .text(0)), Call(6, "SchRpcEnumFolders", .discover),
        Call(7, "SchRpcEnumTasks", .discover), Call(8, "SchRpcEnumInstances", .discover),
        Call(10, "SchRpcStopInstance", .control), Call(11, "SchRpcStop", .control, .text(0)),
        Call(12, "SchRpcRun", .control, .text(0)), Call(13, "SchRpcDelete", .configure, .text(0)),
        Call(14, "SchRpcRename", .configure, .text(0)), Call(15, "SchRpcScheduledRuntimes", .discover),
        Call(16, "SchRpcGetLastRunInfo", .discover, .text(0)), Call(17, "SchRpcGetTaskInfo", .discover, .text(0)),
        Call(19, "SchRpcEnableTask", .configure, .text(0)),
      ]),
    Interface(
      id: DCEIdentifier(0x338c_d001_2244_31f1, 0xaaaa_9000_3800_1003), name: "winreg",
      operations: [
        Call(0, "OpenClassesRoot", .session), Call(1, "OpenCurrentUser", .session),
        Call(2, "OpenLocalMachine", .session), Call(3, "OpenPerformanceData", .session),
        Call(4, "OpenUsers", .session), Call(5, "BaseRegCloseKey", .session),
        Call(6, "BaseRegCreateKey", .configure, .text(0)), Call(7, "BaseRegDeleteKey", .configure, .text(0)),
        Call(8, "BaseRegDeleteValue", .configure, .text(0)), Call(9, "BaseRegEnumKey", .read),
        Call(10, "BaseRegEnumValue", .read), Call(13, "BaseRegLoadKey", .configure),
        Call(15, "BaseRegOpenKey", .session, .text(0)), Call(16, "BaseRegQueryInfoKey", .read),
        Call(17, "BaseRegQueryValue", .read, .text(0)), Call(18, "BaseRegReplaceKey", .configure),
        Call(19, "BaseRegRestoreKey", .configure), Call(20, "BaseRegSaveKey", .read, .text(0)),
        Call(21, "BaseRegSetKeySecurity", .configure), Call(22, "BaseRegSetValue", .configure, .text(0)),
        Call(26, "BaseRegGetVersion", .discover), Call(31, "BaseRegSaveKeyEx", .read, .text(0)),
        Call(35, "BaseRegDeleteKeyEx", .configure, .text(0)),
      ]),
    Interface(
      id: DCEIdentifier(0x1234_5778_1234_abcd, 0xef00_0123_4567_89ac), name: "samr",
      operations: [
        Call(1, "SamrCloseHandle", .session), Call(5, "SamrLookupDomainInSamServer", .discover, .text(0)),
        Call(6, "SamrEnumerateDomainsInSamServer", .discover), Call(7, "SamrOpenDomain", .session),
        Call(8, "SamrQueryInformationDomain", .discover), Call(9, "SamrSetInformationDomain", .configure),
        Call(10, "SamrCreateGroupInDomain", .configure), Call(11, "SamrEnumerateGroupsInDomain", .discover),
        Call(12, "SamrCreateUserInDomain", .configure, .text(0)), Call(13, "SamrEnumerateUsersInDomain", .discover),
        Call(14, "SamrCreateAliasInDomain", .configure, .text(0)),
        Call(15, "SamrEnumerateAliasesInDomain", .discover), Call(17, "SamrLookupNamesInDomain", .discover, .text(0)),
        Call(18, "SamrLookupIdsInDomain", .discover), Call(22, "SamrAddMemberToGroup", .configure),
        Call(23, "SamrDeleteGroup", .configure), Call(24, "SamrRemoveMemberFromGroup", .configure),
        Call(25, "SamrGetMembersInGroup", .discover), Call(27, "SamrOpenAlias", .session),
        Call(30, "SamrDeleteAlias", .configure), Call(31, "SamrAddMemberToAlias", .configure),
        Call(32, "SamrRemoveMemberFromAlias", .configure), Call(33, "SamrGetMembersInAlias", .discover),
        Call(34, "SamrOpenUser", .session), Call(35, "SamrDeleteUser", .configure),
        Call(36, "SamrQueryInformationUser", .discover), Call(37, "SamrSetInformationUser", .configure),
        Call(38, "SamrChangePasswordUser", .configure), Call(39, "SamrGetGroupsForUser", .discover),
        Call(40, "SamrQueryDisplayInformation", .discover), Call(46, "SamrQueryInformationDomain2", .discover),
        Call(47, "SamrQueryInformationUser2", .discover), Call(50, "SamrCreateUser2InDomain", .configure, .text(0)),
        Call(51, "SamrQueryDisplayInformation3", .discover), Call(54, "SamrOemChangePasswordUser2", .configure),
        Call(55, "SamrUnicodeChangePasswordUser2", .configure), Call(57, "SamrConnect2", .session),
        Call(58, "SamrSetInformationUser2", .configure), Call(62, "SamrConnect4", .session),
        Call(64, "SamrConnect5", .session), Call(65, "SamrRidToSid", .discover),
        Call(66, "SamrSetDSRMPassword", .configure),
      ], kind: .discover),
    Interface(
      id: DCEIdentifier(0x1234_5778_1234_abcd, 0xef00_0123_4567_89ab), name: "lsarpc",
      operations: [
        Call(0, "LsarClose", .session), Call(6, "LsarOpenPolicy", .session),
        Call(7, "LsarQueryInformationPolicy", .discover), Call(11, "LsarEnumerateAccounts", .discover),
        Call(13, "LsarEnumerateTrustedDomains", .discover), Call(14, "LsarLookupNames", .discover, .text(0)),
        Call(15, "LsarLookupSids", .discover), Call(16, "LsarCreateSecret", .configure),
        Call(28, "LsarOpenSecret", .session, .text(0)), Call(29, "LsarSetSecret", .configure),
        Call(30, "LsarQuerySecret", .read), Call(35, "LsarEnumerateAccountsWithUserRight", .discover),
        Call(36, "LsarEnumerateAccountRights", .discover), Call(37, "LsarAddAccountRights", .configure),
        Call(38, "LsarRemoveAccountRights", .configure), Call(42, "LsarStorePrivateData", .configure, .text(0)),
        Call(43, "LsarRetrievePrivateData", .read, .text(0)), Call(44, "LsarOpenPolicy2", .session),
        Call(45, "LsarGetUserName", .discover), Call(46, "LsarQueryInformationPolicy2", .discover),
        Call(50, "LsarEnumerateTrustedDomainsEx", .discover), Call(57, "LsarLookupSids2", .discover),
        Call(58, "LsarLookupNames2", .discover), Call(68, "LsarLookupNames3", .discover, .text(0)),
        Call(76, "LsarLookupSids3", .discover), Call(77, "LsarLookupNames4", .discover),
      ], kind: .discover),
    Interface(
      id: DCEIdentifier(0x1234_5678_1234_abcd, 0xef00_0123_4567_cffb), name: "netlogon",
      operations: [
        Call(2, "NetrLogonSamLogon", .authenticate), Call(3, "NetrLogonSamLogoff", .session),
        Call(4, "NetrServerReqChallenge", .authenticate, .challenge),
        Call(5, "NetrServerAuthenticate", .authenticate), Call(6, "NetrServerPasswordSet", .configure),
        Call(7, "NetrDatabaseDeltas", .read), Call(8, "NetrDatabaseSync", .read),
        Call(12, "NetrLogonControl", .control), Call(15, "NetrServerAuthenticate2", .authenticate, .account),
        Call(18, "NetrLogonControl2Ex", .control), Call(20, "DsrGetDcName", .discover),
        Call(21, "NetrLogonGetCapabilities", .session), Call(26, "NetrServerAuthenticate3", .authenticate, .account),
        Call(27, "DsrGetDcNameEx", .discover), Call(28, "DsrGetSiteName", .discover),
        Call(29, "NetrLogonGetDomainInfo", .discover), Call(30, "NetrServerPasswordSet2", .configure, .account),
        Call(31, "NetrServerPasswordGet", .read, .account), Call(34, "DsrGetDcNameEx2", .discover),
        Call(36, "NetrEnumerateTrustedDomainsEx", .discover), Call(39, "NetrLogonSamLogonEx", .authenticate),
        Call(40, "DsrEnumerateDomainTrusts", .discover), Call(42, "NetrServerTrustPasswordsGet", .read, .account),
        Call(45, "NetrLogonSamLogonWithFlags", .authenticate), Call(46, "NetrServerGetTrustInfo", .read),
      ]),
    Interface(
      id: DCEIdentifier(0xe351_4235_4b06_11d1, 0xab04_00c0_4fc2_dcd2), name: "drsuapi",
      operations: [
        Call(0, "DRSBind", .session), Call(1, "DRSUnbind", .session), Call(2, "DRSReplicaSync", .control),
        Call(3, "DRSGetNCChanges", .read), Call(4, "DRSUpdateRefs", .configure), Call(5, "DRSReplicaAdd", .configure),
        Call(6, "DRSReplicaDel", .configure), Call(7, "DRSReplicaModify", .configure),
        Call(9, "DRSGetMemberships", .discover), Call(12, "DRSCrackNames", .discover),
        Call(13, "DRSWriteSPN", .configure), Call(14, "DRSRemoveDsServer", .configure),
        Call(15, "DRSRemoveDsDomain", .configure), Call(16, "DRSDomainControllerInfo", .discover),
        Call(17, "DRSAddEntry", .configure), Call(18, "DRSExecuteKCC", .control),
        Call(19, "DRSGetReplInfo", .discover), Call(20, "DRSAddSidHistory", .configure),
        Call(24, "DRSReplicaDemotion", .configure),
      ]),
    Interface(
      id: DCEIdentifier(0x4b32_4fc8_1670_01d3, 0x1278_5a47_bf6e_e188), name: "srvsvc",
      operations: [
        Call(8, "NetrConnectionEnum", .discover), Call(9, "NetrFileEnum", .discover),
        Call(11, "NetrFileClose", .control), Call(12, "NetrSessionEnum", .discover),
        Call(13, "NetrSessionDel", .control), Call(14, "NetrShareAdd", .configure),
        Call(15, "NetrShareEnum", .discover), Call(16, "NetrShareGetInfo", .discover, .text(1)),
        Call(17, "NetrShareSetInfo", .configure, .text(1)), Call(18, "NetrShareDel", .configure, .text(1)),
        Call(21, "NetrServerGetInfo", .discover), Call(22, "NetrServerSetInfo", .configure),
        Call(23, "NetrServerDiskEnum", .discover), Call(28, "NetrRemoteTOD", .discover),
        Call(31, "NetprPathCanonicalize", .discover), Call(32, "NetprPathCompare", .discover),
        Call(36, "NetrShareEnumSticky", .discover),
      ], kind: .discover),
    Interface(
      id: DCEIdentifier(0x6bff_d098_a112_3610, 0x9833_46c3_f87e_345a), name: "wkssvc",
      operations: [
        Call(0, "NetrWkstaGetInfo", .discover), Call(1, "NetrWkstaSetInfo", .configure),
        Call(2, "NetrWkstaUserEnum", .discover), Call(5, "NetrWkstaTransportEnum", .discover),
        Call(8, "NetrUseAdd", .session), Call(22, "NetrJoinDomain2", .configure),
        Call(23, "NetrUnjoinDomain2", .configure), Call(24, "NetrRenameMachineInDomain2", .configure),
        Call(27, "NetrAddAlternateComputerName", .configure),
      ], kind: .discover),
    Interface(
      id: DCEIdentifier(0x1234_5678_1234_abcd, 0xef00_0123_4567_89ab), name: "spoolss",
      operations: [
        Call(0, "RpcEnumPrinters", .discover), Call(1, "RpcOpenPrinter", .session, .text(0)),
        Call(5, "RpcAddPrinter", .configure), Call(9, "RpcAddPrinterDriver", .program, .lastExecutable),
        Call(10, "RpcEnumPrinterDrivers", .discover), Call(11, "RpcGetPrinterDriver", .discover),
        Call(12, "RpcGetPrinterDriverDirectory", .discover), Call(17, "RpcStartDocPrinter", .write),
        Call(26, "RpcGetPrinterData", .read), Call(29, "RpcClosePrinter", .session),
        Call(62, "RpcFindFirstPrinterChangeNotification", .authenticate, .lastText),
        Call(65, "RpcRemoteFindFirstPrinterChangeNotificationEx", .authenticate, .lastText),
        Call(69, "RpcOpenPrinterEx", .session, .text(0)), Call(70, "RpcAddPrinterEx", .configure),
        Call(84, "RpcDeletePrinterDriverEx", .configure),
        Call(89, "RpcAddPrinterDriverEx", .program, .lastExecutable),
      ]),
    Interface(
      id: DCEIdentifier(0x76f0_3f96_cdfd_44fc, 0xa22c_6495_0a00_1209), name: "IRemoteWinspool",
      operations: [
        Call(0, "RpcAsyncOpenPrinter", .session, .text(0)), Call(1, "RpcAsyncAddPrinter", .configure),
        Call(39, "RpcAsyncAddPrinterDriver", .program, .lastExecutable),
        Call(62, "RpcAsyncInstallPrinterDriverFromPackage", .program, .lastExecutable),
      ]),
    Interface(
      id: DCEIdentifier(0xc681_d488_d850_11d0, 0x8c52_00c0_4fd9_0f7e), name: "efsrpc",
      operations: [
        Call(0, "EfsRpcOpenFileRaw", .authenticate, .text(0)),
        Call(4, "EfsRpcEncryptFileSrv", .authenticate, .text(0)),
        Call(5, "EfsRpcDecryptFileSrv", .authenticate, .text(0)),
        Call(6, "EfsRpcQueryUsersOnFile", .authenticate, .text(0)),
        Call(7, "EfsRpcQueryRecoveryAgents", .authenticate, .text(0)),
        Call(8, "EfsRpcRemoveUsersFromFile", .authenticate, .text(0)),
        Call(9, "EfsRpcAddUsersToFile", .authenticate, .text(0)),
        Call(12, "EfsRpcFileKeyInfo", .authenticate, .text(0)),
        Call(13, "EfsRpcDuplicateEncryptionInfoFile", .authenticate, .text(0)),
        Call(15, "EfsRpcAddUsersToFileEx", .authenticate),
      ]),
    Interface(
      id: DCEIdentifier(0xdf19_41c5_fe89_4e79, 0xbf10_4636_57ac_f44d), name: "efsrpc",
      operations: [
        Call(0, "EfsRpcOpenFileRaw", .authenticate, .text(0)),
        Call(4, "EfsRpcEncryptFileSrv", .authenticate, .text(0)),
        Call(5, "EfsRpcDecryptFileSrv", .authenticate, .text(0)),
        Call(6, "EfsRpcQueryUsersOnFile", .authenticate, .text(0)),
        Call(7, "EfsRpcQueryRecoveryAgents", .authenticate, .text(0)),
        Call(8, "EfsRpcRemoveUsersFromFile", .authenticate, .text(0)),
        Call(9, "EfsRpcAddUsersToFile", .authenticate, .text(0)),
        Call(12, "EfsRpcFileKeyInfo", .authenticate, .text(0)),
        Call(13, "EfsRpcDuplicateEncryptionInfoFile", .authenticate, .text(0)),
        Call(15, "EfsRpcAddUsersToFileEx", .authenticate),
      ]),
    Interface(
      id: DCEIdentifier(0x4fc7_42e0_4a10_11cf, 0x8273_00aa_004a_e673), name: "netdfs",
      operations: [
        Call(1, "NetrDfsAdd", .configure), Call(5, "NetrDfsEnum", .discover),
        Call(12, "NetrDfsAddStdRoot", .authenticate, .text(0)),
        Call(13, "NetrDfsRemoveStdRoot", .authenticate, .text(0)), Call(21, "NetrDfsEnumEx", .discover),
      ]),
    Interface(
      id: DCEIdentifier(0xa8e0_653c_2744_4389, 0xa61d_7373_df8b_2292), name: "fsrvp",
      operations: [
        Call(0, "GetSupportedVersion", .discover), Call(8, "IsPathSupported", .authenticate, .text(0)),
        Call(9, "IsPathShadowCopied", .authenticate, .text(0)),
      ]),
    Interface(
      id: DCEIdentifier(0x8227_3fdc_e32a_18c3, 0x3f78_8279_29dc_23ea), name: "eventlog",
      operations: [
        Call(0, "ElfrClearELFW", .configure), Call(1, "ElfrBackupELFW", .read),
        Call(7, "ElfrOpenELW", .session, .text(0)), Call(10, "ElfrReadELW", .read),
        Call(12, "ElfrClearELFA", .configure),
      ]),
    Interface(
      id: DCEIdentifier(0xf6be_aff7_1e19_4fbb, 0x9f8f_b89e_2018_337c), name: "eventlog6",
      operations: [
        Call(5, "EvtRpcRegisterLogQuery", .read), Call(6, "EvtRpcClearLog", .configure, .text(0)),
        Call(7, "EvtRpcExportLog", .read, .text(0)),
      ]),
    Interface(
      id: DCEIdentifier(0xf309_ad18_d86a_11d0, 0xa075_00c0_4fb6_8820), name: "IWbemLevel1Login",
      operations: [Call(3, "EstablishPosition", .session), Call(6, "NTLMLogin", .session, .text(0))]),
    Interface(
      id: DCEIdentifier(0xd478_1cd6_e5d3_44df, 0xad94_930e_fe48_a887), name: "IWbemLoginClientID",
      operations: [Call(3, "SetClientInfo", .session)]),
    Interface(
      id: DCEIdentifier(0x9556_dc99_828c_11cf, 0xa37e_00aa_0032_40c7), name: "IWbemServices",
      operations: [
        Call(3, "OpenNamespace", .session), Call(6, "GetObject", .read, .text(0)),
        Call(7, "GetObjectAsync", .read, .text(0)), Call(8, "PutClass", .configure),
        Call(10, "DeleteClass", .configure, .text(0)), Call(12, "CreateClassEnum", .discover),
        Call(14, "PutInstance", .configure), Call(16, "DeleteInstance", .configure, .text(0)),
        Call(18, "CreateInstanceEnum", .read, .text(0)), Call(19, "CreateInstanceEnumAsync", .read, .text(0)),
        Call(20, "ExecQuery", .read, .text(1)), Call(21, "ExecQueryAsync", .read, .text(1)),
        Call(22, "ExecNotificationQuery", .read, .text(1)), Call(23, "ExecNotificationQueryAsync", .read, .text(1)),
        Call(24, "ExecMethod", .program, .classAndMethod), Call(25, "ExecMethodAsync", .program, .classAndMethod),
      ]),
    Interface(
      id: DCEIdentifier(0x0279_47e1_d731_11ce, 0xa357_0000_0000_0001), name: "IEnumWbemClassObject",
      operations: [Call(3, "Reset", .read), Call(4, "Next", .read), Call(5, "NextAsync", .read)], kind: .read),
    Interface(
      id: DCEIdentifier(0x1c1c_45ee_4395_11d2, 0xb60b_0010_4b70_3efd), name: "IWbemFetchSmartEnum",
      operations: [Call(3, "GetSmartEnum", .read)], kind: .read),
    Interface(
      id: DCEIdentifier(0x423e_c01e_2e35_11d2, 0xb604_0010_4b70_3efd), name: "IWbemWCOSmartEnum",
      operations: [Call(3, "Next", .read)], kind: .read),
    Interface(
      id: DCEIdentifier(0x894d_e0c0_0d55_11d3, 0xa322_00c0_4fa3_21a1), name: "InitShutdown",
      operations: [
        Call(0, "BaseInitiateShutdown", .control), Call(1, "BaseAbortShutdown", .control),
        Call(2, "BaseInitiateShutdownEx", .control),
      ]),
    Interface(
      id: DCEIdentifier(0xd95a_fe70_a6d5_4259, 0x822e_2c84_da1d_db0d), name: "WindowsShutdown",
      operations: [Call(0, "WsdrInitiateShutdown", .control), Call(1, "WsdrAbortShutdown", .control)]),
    Interface(
      id: DCEIdentifier(0x3dde_7c30_165d_11d1, 0xab8f_0080_5f14_db40), name: "BackupKey",
      operations: [Call(0, "BackuprKey", .read)]),
    Interface(
      id: DCEIdentifier(0x3919_286a_b10c_11d0, 0x9ba8_00c0_4fd9_2ef5), name: "dssetup",
      operations: [
        Call(0, "DsRolerGetPrimaryDomainInformation", .discover), Call(9, "DsRolerUpgradeDownlevelServer", .configure),
      ], kind: .discover),
    Interface(
      id: DCEIdentifier(0x50ab_c2a4_574d_40b3, 0x9d66_ee4f_d5fb_a076), name: "dnsserver",
      operations: [
        Call(0, "R_DnssrvOperation", .configure), Call(1, "R_DnssrvQuery", .discover),
        Call(5, "R_DnssrvOperation2", .configure), Call(6, "R_DnssrvQuery2", .discover),
        Call(8, "R_DnssrvEnumRecords2", .discover), Call(9, "R_DnssrvUpdateRecord2", .configure),
      ]),
    Interface(
      id: DCEIdentifier(0x91ae_6020_9e3c_11cf, 0x8d7c_00aa_00c0_91be), name: "ICertPassage",
      operations: [Call(0, "CertServerRequest", .authenticate)]),
    Interface(
      id: DCEIdentifier(0x5ca4_a760_ebb1_11cf, 0x8611_00a0_2454_20ed), name: "winstation",
      operations: [
        Call(0, "RpcWinStationOpenServer", .session), Call(6, "RpcWinStationQueryInformation", .discover),
        Call(16, "RpcWinStationReset", .control), Call(36, "RpcWinStationGetAllProcesses", .discover),
        Call(37, "RpcWinStationGetProcessSid", .discover), Call(38, "RpcWinStationTerminateProcess", .control),
      ], kind: .discover),
    Interface(
      id: DCEIdentifier(0x300f_3532_38cc_11d0, 0xa3f0_0020_af6b_0add), name: "trkwks"),
    Interface(
      id: DCEIdentifier(0x8fb6_d884_2388_11d0, 0x8c35_00c0_4fda_2795), name: "w32time"),
    Interface(
      id: DCEIdentifier(0x12b8_1e99_f207_4a4c, 0x85d3_77b4_2f76_fd14), name: "ISeclogon",
      operations: [Call(0, "SeclCreateProcessWithLogonW", .program)]),
  ]
}
