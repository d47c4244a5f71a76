"""The cast of North Quay: every host, what it is, what it says of itself and which parts it plays.

This table is the only place that knows the site. fabric.py builds the wires from it, visit.py starts the parts,
expect.py turns it into expected.json and then checks each line against the captures.
"""
from __future__ import annotations

from dataclasses import dataclass, field

PUBLIC_VENDOR = "185.12.45.9"   # looks public on purpose; lives on a loopback inside the lab (see fabric.py)
PUBLIC_UNKNOWN = "45.83.91.17"


@dataclass
class Segment:
    id: str        # bridge name, and the interface name a reader sees in the pcapng
    zone: str
    net: int       # 10.20.<net>.0/24
    what: str

    def address(self, octet: int) -> str:
        return f"10.20.{self.net}.{octet}"


SEGMENTS = {s.id: s for s in (
    Segment("sts01", "Z-STS-01", 1, "Quay crane 1"),
    Segment("sts02", "Z-STS-02", 2, "Quay crane 2"),
    Segment("sts03", "Z-STS-03", 3, "Quay crane 3"),
    Segment("yrd01", "Z-YRD-01", 5, "Yard crane block 1"),
    Segment("ops", "Z-ECS", 10, "Crane management, engineering, infrastructure"),
    Segment("gate", "Z-GATE", 20, "Truck gate"),
    Segment("rfr", "Z-RFR", 21, "Reefer racks"),
    Segment("pwr", "Z-PWR", 30, "Substation and metering"),
    Segment("bms", "Z-BMS", 40, "Building management and cameras"),
    Segment("tos", "Z-TOS", 60, "Terminal operating system"),
    Segment("ent", "Z-ENT", 100, "Office"),
)}

# Which segments one recording point sees. Two segments in one .pcap are a trunk port: finish.py adds VLAN tags there.
RECORDINGS = {
    "quay.pcapng": ["sts01", "sts02", "sts03", "yrd01"],
    "ops.pcap.gz": ["ops"],
    "gate-reefer.pcap": ["gate", "rfr"],
    "power-bms.pcap.zst": ["pwr", "bms"],
}
NIGHT_RECORDINGS = {"quay-night.pcapng": ["sts01", "sts02", "sts03", "yrd01"]}


@dataclass
class Part:
    run: str                       # a file of parts/ or, with a blank in it, a command line
    args: dict = field(default_factory=dict)
    at: float | None = None        # seconds after T0 for commands; None: before the recording starts
    scenes: tuple[str, ...] = ("day", "night")


@dataclass
class Host:
    name: str
    segment: str
    octet: int
    mac: str
    role: str
    identity: dict[str, object] = field(default_factory=dict)    # attribute -> value, or (value, bytes on the wire)
    services: tuple[str, ...] = ()                                # "tcp/102": somebody connects and it answers
    parts: tuple[Part, ...] = ()
    dhcp: bool = False

    @property
    def address(self) -> str:
        return SEGMENTS[self.segment].address(self.octet)


def play(run: str, at: float | None = None, scenes=("day", "night"), **args) -> Part:
    if at is not None:
        args["at"] = at
    return Part(run, args, None, scenes)


def daemon(command: str, at: float | None = None, scenes=("day", "night")) -> Part:
    return Part(command, {}, at, scenes)


def dhcp_client(hostname: str, vendor_class: str, at: float, scenes=("day", "night")) -> Part:
    return daemon(f"busybox udhcpc -f -i eth0 -x hostname:{hostname} -V '{vendor_class}' -s {{lab}}/parts/dhcp.sh", at, scenes)


def browse(url: str, at: float, period: float, *curl: str, scenes=("day",)) -> Part:
    """Fetch a page each period; https is checked against the lab's own CA."""
    options = ["--cacert", "{pki}/ca.pem", *curl] if url.startswith("https") else list(curl)
    return play("http_client", at=at, period=period, url=url, curl=options, scenes=scenes)


def each(period: float, at: float, command: str, scenes=("day", "night")) -> Part:
    return play("loop", at=at, period=period, command=command, scenes=scenes)


DAY = ("day",)
IOS = "Cisco IOS Software, IE4000 Software (IE4000-UNIVERSALK9-M), Version 15.2(7)E3"
SYS_DESCR, SYS_UPTIME, SYS_NAME, IF_DESCR = (".1.3.6.1.2.1." + x for x in ("1.1.0", "1.3.0", "1.5.0", "2.2.1.2"))
NTP = daemon("chronyd -x -d -u root -f {work}/chrony-client.conf", at=4)


def simatic(order, firmware, module, serial, station, name):
    """Identity of a SIMATIC CPU and the part that answers with it: said once, so both cannot differ."""
    return (
        {"vendor": ("Siemens", b"Original Siemens Equipment"), "order_number": order, "model": module,
         "serial": serial, "station": station,
         "firmware": ("V%d.%d.%d" % firmware, b"\x00\xc0V" + bytes(firmware))},   # with the type before it: 3 bytes are few
        play("s7_plc", at=0, order=order, firmware=firmware, module=module, serial=serial, station=station,
             module_name=name))


def modbus(vendor, code, revision, product, model):
    """The same for a Modbus device: objects 0 to 5 of function 43/14."""
    texts = [vendor, code, revision, "", product, model]
    names = ["vendor", "product_code", "firmware", None, "product", "model"]
    said = {name: (text, bytes([i, len(text)]) + text.encode()) for i, (name, text) in enumerate(zip(names, texts)) if name}
    return said, play("modbus_server", identity=texts)


def http(server, title, **more):
    return play("http_device", server=server, title=title, **more)


def crane(n: int, visit: int) -> list[Host]:
    seg, net = f"sts0{n}", f"10.20.{n}"
    old_cpu = ("6ES7 315-2EH14-0AB0", (3, 2, 6), "CPU 315-2 PN/DP")
    new_cpu = ("6ES7 516-3FN02-0AB0", (2, 9, 2), "CPU 1516F-3 PN/DP")
    mac, (order, fw, module), serial = {
        1: ("28:63:36:10:01:0a", new_cpu, "S C-K4X812742019"),
        2: ("00:1b:1b:10:02:0a", old_cpu, "S C-C2UR28922012"),
        # Change (a): the controller of crane 3 is another piece of hardware in the second visit.
        3: ("00:1b:1b:10:03:0a", old_cpu, "S C-C2UR31072012") if visit == 1 else
           ("28:63:36:10:03:5c", new_cpu, "S C-N9T455102026"),
    }[n]
    identity, plc = simatic(order, fw, module, serial, f"STS0{n}", f"STS0{n}-PLC")
    drive_id, drive = modbus("ABB", "ACS880-01", "2.85", "Hoist drive", f"ACS880 hoist STS0{n}")
    plc_parts = [plc, play("modbus_client", at=3 + n / 10, peers=[f"{net}.30"], period=1, count=10, setpoint_every=5)]
    hmi_parts = [
        play("s7_client", at=2 + n / 10, job="poll", peers=[f"{net}.10"], period=1, bytes=12, setpoint_every=20), NTP]
    hmi_services: tuple[str, ...] = ()
    more: list[Host] = []
    if n == 1:
        plc_parts.append(play("profinet", at=5, station="sts01-plc", vendor="S7-1500", address=f"{net}.10",
                              device_id=0x010D, role=2, identify="sts01-io1", cyclic=[0x8001, "28:63:36:10:01:28"]))
        hmi_parts += [
            daemon("Xvnc :71 -geometry 320x200 -depth 16 -rfbport 5900 -SecurityTypes VncAuth -rfbauth {work}/vnc.pass "
                   "-desktop STS01-HMI"),
            play("profinet", at=20, station="sts01-hmi", vendor="SIMATIC-HMI", address=f"{net}.20", device_id=0x0301,
                 role=1, identify_all=True, scenes=DAY)]
        hmi_services = ("tcp/5900",)
        if visit == 2:  # change (e): crane 1 writes into crane 2
            hmi_parts.append(
                play("s7_client", at=70, job="write", peers=["10.20.2.10"], period=10, until=135, scenes=DAY))
        more = [
            Host("STS01-IO1", seg, 40, "28:63:36:10:01:28", "io",
                 {"station": "sts01-io1", "model": "ET 200SP"},
                 parts=(play("profinet", at=6, station="sts01-io1", vendor="ET 200SP", address=f"{net}.40", device_id=0x0313,
                             role=1, cyclic=[0x8000, mac]),)),
            Host("STS01-CAM", seg, 50, "44:19:b6:10:01:32", "camera",
                 {"model": "DS-2CD2T46G2"}, ("tcp/554",),
                 (play("camera", vendor="Hikvision", model="DS-2CD2T46G2", address=f"{net}.50"),)),
            Host("SW-STS01", seg, 2, "ec:e5:55:10:01:02", "switch",
                 {"description": "Hirschmann RED25-04002T1TT, HiOS-2S-08.7.02", "hostname": "SW-STS01"}, ("udp/161",),
                 (daemon("snmpd -f -C -c {work}/snmpd-v3.conf -Lf {work}/snmpd.log -p {work}/snmpd.pid udp:161"),
                  daemon("sh {lab}/parts/lldp.sh SW-STS01 eth0 'Hirschmann RED25-04002T1TT, HiOS-2S-08.7.02'", at=3))),
        ]
    if n == 3:  # planted in both visits: a crane HMI that phones a vendor over the Internet
        hmi_parts.append(browse("https://telemetry.harbour-remote.example/sts03", at=11, period=20))
    return [
        Host(f"STS0{n}-PLC", seg, 10, mac, "plc", identity, ("tcp/102",), tuple(plc_parts)),
        Host(f"STS0{n}-HMI", seg, 20, f"00:1b:1b:10:0{n}:14", "hmi", {}, hmi_services, tuple(hmi_parts)),
        Host(f"STS0{n}-DRV", seg, 30, f"00:24:59:10:0{n}:1e", "drive", drive_id, ("tcp/502",), (drive,)),
        *more]


def yard(visit: int) -> list[Host]:
    minor = 11 if visit == 1 else 14   # change (b): firmware 20.011 becomes 20.014, the hardware stays
    product = "1756-L71/B LOGIX5571"
    vendor_type_code = bytes([1, 0, 14, 0, 92, 0])   # Rockwell, programmable controller, 1756-L71
    return [
        Host("YRD01-PLC", "yrd01", 10, "00:00:bc:10:05:0a", "plc",
             {"product": product, "serial": ("00C41B7E", bytes.fromhex("7e1bc400")),
              "firmware": (f"20.{minor:03d}", vendor_type_code + bytes([20, minor])),
              "vendor": ("Rockwell Automation", vendor_type_code)},
             ("tcp/44818", "udp/44818"),
             (play("cip_plc", product=product, product_code=92, serial=0x00C41B7E, revision=[20, minor]),)),
        Host("YRD01-HMI", "yrd01", 20, "f4:54:33:10:05:14", "hmi", {}, (),
             (play("cip_client", at=3, job="poll", peer="10.20.5.10", period=1, setpoint_every=15),)),
    ]


def operations(visit: int) -> list[Host]:
    s = "ops"
    cranes = ["10.20.1.10", "10.20.2.10", "10.20.3.10"]
    ews_parts = [
        play("s7_client", at=30, job="browse", peers=cranes, scenes=DAY),
        play("cip_client", at=45, job="identify", peer="10.20.5.10", scenes=DAY),
        play("telnet_client", at=55, peer="10.20.10.1", user="admin", password="quay123", scenes=DAY),
        each(60, 65, "ssh -i {pki}/ssh_key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "
             "root@10.20.10.10 uptime", DAY),
        # xfreerdp draws somewhere, so the workstation gets a screen nobody sees
        daemon("Xvnc :72 -geometry 640x480 -depth 16 -rfbport 5972 -localhost -SecurityTypes None", scenes=DAY),
        each(600, 90, "HOME={work} DISPLAY=:72 timeout 6 xfreerdp /v:10.20.10.10 /u:operator /p:operator /cert:ignore "
             "/sec:tls /bpp:8 /size:320x240", DAY),
        NTP,
        # change (d): only the night scene of visit 2 plays this
        play("s7_client", at=14, job="download", peers=["10.20.1.10"], scenes=("night",)),
    ]
    cms_parts = [
        play("s7_client", at=6, job="poll", peers=cranes, period=2, bytes=12),
        play("cip_client", at=7, job="poll", peer="10.20.5.10", period=2),
        play("opcua_server", address="10.20.10.10"),
        daemon("nginx -c {work}/nginx.conf"),
        daemon("sh {lab}/parts/sshd.sh {work}/sshd.conf"),
        daemon("sh {lab}/parts/xrdp.sh {work}/xrdp.ini", scenes=DAY),
        each(15, 12, f"snmpget -v2c -c public -On 10.20.10.1 {SYS_DESCR} {SYS_UPTIME} {SYS_NAME}"),
        each(600, 40, f"snmpbulkwalk -v2c -c public -On 10.20.10.1 {IF_DESCR}", DAY),
        each(30, 14, "snmpget -v3 -l authPriv -u nms -a SHA -A lab-auth-pass -x AES -X lab-priv-pass -On 10.20.1.2 "
             + SYS_DESCR),
        each(20, 20, "for a in 10.20.1.2 10.20.10.1 10.20.5.10; do ping -c 1 -W 1 $a; done"),
        play("vnc_client", at=50, peer="10.20.1.20", password="quay", scenes=DAY),
        NTP,
    ]
    if visit == 1:
        cms_parts.append(play("syslog_sink"))
    return [
        Host("INFRA", s, 5, "3c:52:82:10:0a:05", "server", {}, ("udp/53", "udp/67"),
             (daemon("dnsmasq -k -C {work}/dnsmasq.conf --log-facility={work}/dnsmasq.log"),)),
        Host("NTP01", s, 6, "ec:46:70:10:0a:06", "server", {}, ("udp/123",),
             (daemon("chronyd -x -d -u root -f {work}/chrony-server.conf"),)),
        Host("CMS", s, 10, "00:50:56:10:0a:0a", "scada",
             {"software": "CraneCMS", "software_version": "4.2.1", "vendor": "Harbour Controls",
              "hostname": "cms.northquay.example", "ssh": "OpenSSH_9.2p1"},
             ("tcp/4840", "tcp/443", "tcp/22", "tcp/3389"), tuple(cms_parts)),
        Host("EWS", s, 20, "d4:be:d9:10:0a:14", "engineering_workstation", {}, (), tuple(ews_parts)),
        Host("FILESRV", s, 30, "3c:52:82:10:0a:1e", "server", {"software": ("Samba", "Samba".encode("utf-16le"))}, ("tcp/445",),
             (daemon("setsid smbd -F --no-process-group -s {work}/smb.conf -l {work}"),)),
        Host("VENDOR-GW", s, 90, "00:a0:d5:10:0a:5a", "gateway", {}, (),
             (daemon("openvpn --config {work}/openvpn-client.conf --remote 185.12.45.9 1194 udp", at=5),)),
        Host("TOS-GW", "tos", 10, "00:50:56:10:3c:0a", "server", {}, (),
             (play("opcua_client", at=8, peer="10.20.10.10", scenes=DAY),
              browse("https://cms.northquay.example/status", at=9, period=15))),
        Host("OFFICE-PC", "ent", 50, "d4:be:d9:10:64:32", "workstation",
             {"hostname": ("OFFICE-PC", "OFFICE-PC".encode("utf-16le"))}, (),
             (dhcp_client("OFFICE-PC", "MSFT 5.0", at=1),
              each(45, 25, "smbclient -s {work}/smb.conf --netbiosname=OFFICE-PC --option='client min protocol=NT1' "
                   "--option='client max protocol=NT1' //10.20.10.30/plans -U office%office "
                   "-c 'put {work}/plan.txt plan.txt; ls'", DAY),
              browse("http://10.20.20.20/lane1.jpg", 28, 30, "-u", "operator:gate2024")), dhcp=True),
    ]


def gate_and_reefers(visit: int) -> list[Host]:
    plc_id, plc = modbus("Schneider Electric", "BMX P34 2020", "V3.20", "Modicon M340", "Gate barriers")
    wb_id, wb = modbus("Moxa", "MGate MB3170", "4.3", "Weighbridge gateway", "Lane 1 weighbridge")
    rfr_id, rfr = modbus("Moxa", "MGate MB3270", "4.1", "Reefer power line modem", "Rack block A")
    peers = ["10.20.20.10", "10.20.20.12"] if visit == 1 else ["10.20.20.10"]
    hosts = [
        Host("GATE-PLC", "gate", 10, "00:80:f4:10:14:0a", "plc", plc_id, ("tcp/502",), (plc,)),
        Host("GATE-CTRL", "gate", 11, "00:0b:ab:10:14:0b", "scada", {"software": "GateDrop FTP 1.4"}, ("tcp/21",),
             (play("modbus_client", at=4, peers=peers, period=1, count=8, setpoint_every=30),
              play("ftp_server", user="ocr", password="ocr", banner="GateDrop FTP 1.4 ready."))),
        Host("GATE-OCR1", "gate", 20, "c0:56:e3:10:14:14", "camera", {"web_server": "OCR-Portal/2.3"}, ("tcp/80",),
             (dhcp_client("GATE-OCR1", "HIKVISION", at=1.5),
              http("OCR-Portal/2.3", "Gate lane 1 OCR", login="operator:gate2024"),
              play("ftp_client", at=15, peer="10.20.20.11", user="ocr", password="ocr", period=25)), dhcp=True),
        Host("RFR-SRV", "rfr", 10, "3c:52:82:10:15:0a", "server", {}, ("tcp/1883",),
             (daemon("mosquitto -c {work}/mosquitto.conf"),
              play("mqtt_reefer", at=3, job="watch", client_id="rfr-monitor", broker="10.20.21.10", user="reefer",
                   password="cold18"),
              play("modbus_client", at=5, peers=["10.20.21.30"], period=2, count=24))),
        Host("RFR-GW", "rfr", 30, "00:90:e8:10:15:1e", "gateway", rfr_id, ("tcp/502",), (rfr,)),
        *(Host(f"RFR-RACK{i}", "rfr", 20 + i, f"00:30:de:10:15:{20 + i:02x}", "sensor", {"client_id": f"rack-{i:02d}"}, (),
               (play("mqtt_reefer", at=6 + i, job="publish", client_id=f"rack-{i:02d}", rack=f"A{i}",
                     broker="10.20.21.10", user="reefer", password="cold18"),)) for i in (1, 2, 3)),
    ]
    if visit == 1:  # change (f2): the weighbridge is gone in visit 2
        hosts.append(Host("GATE-WB1", "gate", 12, "00:90:e8:10:14:0c", "gateway", wb_id, ("tcp/502",), (wb,)))
    return hosts


def power_and_buildings(visit: int) -> list[Host]:
    ahus = [(1021, "10.20.40.21"), (1022, "10.20.40.22")]
    return [
        Host("PWR-SCADA", "pwr", 10, "3c:52:82:10:1e:0a", "scada", {}, (),
             (play("iec104_master", at=4, peer="10.20.30.11", ca=47),
              play("dnp3_master", at=6, peer="10.20.30.31", address=10))),
        Host("SS1-RTU", "pwr", 11, "00:12:93:10:1e:0b", "rtu", {}, ("tcp/2404",), (play("iec104_rtu", at=0, ca=47),)),
        Host("SS1-MTR", "pwr", 31, "00:30:a7:10:1e:1f", "meter", {}, ("tcp/20000",), (play("dnp3_meter", address=10),)),
        Host("BMS-SRV", "bms", 10, "3c:52:82:10:28:0a", "server", {}, ("udp/47808",),
             (play("bacnet_client", at=5, address="10.20.40.10/24", peers=ahus),)),
        *(Host(f"AHU-0{i}", "bms", 20 + i, f"00:10:8d:10:28:{20 + i:02x}", "plc",
               {"vendor": "Johnson Controls", "model": "MS-NAE5510", "firmware": "9.0.7", "name": f"AHU-0{i}"},
               ("udp/47808",),
               (play("bacnet_device", address=f"10.20.40.{20 + i}/24", instance=1020 + i, name=f"AHU-0{i}",
                     model="MS-NAE5510", firmware="9.0.7", location="Workshop roof"),)) for i in (1, 2)),
        Host("CAM-Q1", "bms", 50, "b8:a4:4f:10:28:32", "camera", {"vendor": "Axis", "model": "P1448-LE"},
             ("tcp/554", "udp/3702", "tcp/80"),
             (play("camera", vendor="Axis", model="P1448-LE", address="10.20.40.50"),
              http("Axis P1448-LE", "AXIS P1448-LE"))),
        Host("VMS", "bms", 60, "d4:be:d9:10:28:3c", "server", {"software": "NQ-VMS/3.1"}, (),
             (play("vms", at=7, address="10.20.40.60", peers=["10.20.40.50", "10.20.1.50"]),
              browse("http://10.20.40.50/snapshot.jpg", at=16, period=40, scenes=("day", "night")))),
    ]


def network(visit: int) -> list[Host]:
    """The quay switch routes between all zones: one namespace with a leg in each (fabric.py adds the other legs)."""
    parts = [
        daemon("snmpd -f -C -c {work}/snmpd-v2c.conf -Lf {work}/snmpd.log -p {work}/snmpd.pid udp:161"),
        daemon("inetd -i {work}/inetd.conf"),
        daemon("dnsmasq -k -p 0 -C /dev/null --pid-file={work}/relay.pid --dhcp-relay=10.20.100.1,10.20.10.5 "
               "--dhcp-relay=10.20.20.1,10.20.10.5 --dhcp-relay=10.20.2.1,10.20.10.5"),
        daemon("sh {lab}/parts/lldp.sh sw-quay-01 'vlan*' '" + IOS + "' -ccccc", at=2),
    ]
    if visit == 1:  # change (f1): logging is switched off in visit 2
        parts.append(play("syslog_sender", at=10, peer="10.20.10.10"))
    return [Host("SW-QUAY-01", "ops", 1, "00:07:7d:20:00:0a", "switch",
                 {"description": IOS, "hostname": "sw-quay-01", "firmware": "15.2(7)E3"},
                 ("udp/161", "tcp/23"), tuple(parts))]


def newcomer(visit: int) -> list[Host]:
    if visit == 1:
        return []
    # change (c): a cellular router nobody ordered, plugged into crane 2
    return [Host("UNKNOWN-MODEM", "sts02", 199, "00:1e:42:7a:31:c5", "gateway", {"hostname": "RUT955"}, (),
                 (dhcp_client("RUT955", "Teltonika RUT955", at=20, scenes=DAY),
                  browse("https://rms-relay.example/beacon", at=26, period=20),
                  daemon("openvpn --config {work}/openvpn-client.conf --remote 45.83.91.17 1194 udp", at=30, scenes=DAY)),
                 dhcp=True)]


def internet() -> Host:
    """What the site believes to be the Internet: one namespace behind the quay switch with two public addresses."""
    return Host("INTERNET", "wan", 2, "00:1a:2b:00:00:02", "unknown", parts=(
        daemon("openssl s_server -accept 185.12.45.9:443 -www -cert {pki}/vendor.pem -key {pki}/vendor.key -quiet"),
        daemon("openssl s_server -accept 45.83.91.17:443 -www -cert {pki}/relay.pem -key {pki}/relay.key -quiet"),
        daemon("openvpn --config {work}/openvpn-server.conf --local 185.12.45.9 --cert {pki}/vendor.pem --key {pki}/vendor.key"),
        daemon("openvpn --config {work}/openvpn-server.conf --local 45.83.91.17 --cert {pki}/relay.pem --key {pki}/relay.key")))


def cast(visit: int) -> list[Host]:
    hosts = network(visit)
    for n in (1, 2, 3):
        hosts += crane(n, visit)
    for area in (yard, operations, gate_and_reefers, power_and_buildings, newcomer):
        hosts += area(visit)
    return hosts
