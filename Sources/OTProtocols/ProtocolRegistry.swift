/// Every dissector of the program, in the order they are offered an unknown conversation. One line each.
public enum ProtocolRegistry {
  public static let dissectors: [any Dissector.Type] = [
    // Controllers, telecontrol
    CIPIODissector.self, DNP3Dissector.self, EtherNetIPDissector.self, IEC104Dissector.self,
    ISOTransportDissector.self, ModbusDissector.self, S7CommDissector.self,
    ADSDissector.self, ADSDiscoveryDissector.self, FINSDissector.self, GESRTPDissector.self, MELSOFTDissector.self,
    MMSDissector.self, OPCUADissector.self, S7CommPlusDissector.self, SLMPDissector.self,
    // Buildings, PROFINET, substations
    BACnet.self, ProfinetDCP.self, ProfinetRealTime.self, GOOSE.self, SampledValues.self, MQTT.self,
    // Windows' remote calls and what travels in them
    ProfinetCM.self, DCERPC.self,
    // Field instruments, meters, synchrophasors, makers' own
    CODESYSV3.self, C1222.self, Synchrophasor.self, HARTIP.self, KNXnetIP.self, EGD.self, ROCPlus.self, BSAPIP.self,
    BSAPSerial.self, Genisys.self, EtherSBus.self, Fox.self, PCWorx.self, Crimson.self, TriStation.self, NMEA0183.self,
    IEC61162Network.self,
    // Of a port: navigation, position, surveillance, sensors, gates, cameras, documents
    RTCM3.self, NTRIP.self, ASTERIX.self, CoLa.self, LLRP.self, TankGauge.self, GVCP.self, RTSP.self, WSDiscovery.self,
    SADP.self, Dahua.self, EDIFACT.self, PrintJob.self, OSDP.self, Weighbridge.self, IVEF.self,
    ONVIF.self, ContainerDocument.self, GVSP.self, MoxaConfiguration.self, ADDP.self, Lantronix.self,
    EtherCAT.self, Powerlink.self, FieldbusHSE.self, LonTalkIP.self, RTPS.self, DLMS.self, ADERemoting.self,
    ProConOS.self, SuiteLink.self, MediaRedundancy.self, SafetyNETp.self,
    // Links, names and housekeeping
    ARP.self, LLDP.self, CDP.self, SpanningTree.self, NTP.self, Syslog.self, SNMP.self,
    DTP.self, VTP.self, PAgP.self, UDLD.self, SlowProtocols.self, EAPOL.self, PPPoEDiscovery.self, WakeOnLAN.self,
    ICMP.self, ICMPv6.self, IGMP.self, VRRP.self, HSRP.self, GLBP.self, OSPF.self, EIGRP.self, RIP.self, BGP.self,
    DHCP.self, DHCPv6.self, DNS.self, MulticastDNS.self, LLMNR.self, NetBIOSName.self, NetBIOSDatagram.self,
    // Information technology of a terminal
    HTTP.self, SSDP.self, TLS.self, SSH.self, Telnet.self, FTP.self, FTPData.self, NetBIOSSession.self, SMB2.self,
    SMB1.self,
    RDP.self, VNC.self, Kerberos.self, LDAP.self, TFTP.self, TDS.self, SQLBrowser.self, MySQL.self, PostgreSQL.self,
    SIP.self, RTP.self, RTCP.self, OracleTNS.self, ONCRPC.self, RemoteShell.self, Redis.self, MongoDB.self,
    X11.self, ISCSI.self, Memcached.self, AFP.self, IPP.self, LPD.self,
    SMTP.self, POP3.self, IMAP.self, RADIUS.self, SOCKS.self,
    // Tunnels and what gets through firewalls
    IKE.self, ESP.self, STUN.self, DTLS.self, QUIC.self, WireGuard.self, OpenVPN.self, L2TP.self, L2TPv3.self,
    PPTP.self,
    TeamViewer.self, RustDesk.self, BitTorrent.self,
    // Messages and small devices
    HTTP2.self, AMQP.self, CoAP.self, MQTTSN.self, Kafka.self, NATS.self, ZMTP.self,
  ]
}
