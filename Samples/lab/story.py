"""What was planted: weaknesses of each visit, changes between them, rhythms. Each line names a tshark filter as proof.

`rule` is the detection of the handbook (D-number) a reader may expect to fire. `visits` says where it is planted.
"""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass

BOTH = (1, 2)


@dataclass
class Weakness:
    id: str
    what: str
    client: str
    server: str
    protocol: str
    rule: str
    file: str
    proof: str
    visits: tuple[int, ...] = BOTH


WEAKNESSES = [
    Weakness("W01", "Telnet login to the quay switch, user and password readable",
             "10.20.10.20", "10.20.10.1", "telnet", "D21", "ops.pcap.gz",
             'telnet.data contains "Password" && ip.src == 10.20.10.1'),
    Weakness("W02", "FTP login of the gate camera with a shared account",
             "10.20.20.20", "10.20.20.11", "ftp", "D21", "gate-reefer.pcap",
             'ftp.response.code == 230 && ip.src == 10.20.20.11'),
    Weakness("W03", "SNMP v2c with the default community public, answered",
             "10.20.10.10", "10.20.10.1", "snmp", "D22", "ops.pcap.gz",
             'snmp.community == "public" && snmp.data == 2 && ip.src == 10.20.10.1'),
    Weakness("W04", "SMBv1 dialect negotiated and files written from the office",
             "10.20.100.50", "10.20.10.30", "smb", "D20", "ops.pcap.gz",
             "smb.cmd == 0x75 && smb.flags.response == 1 && ip.src == 10.20.10.30"),
    Weakness("W05", "Crane HMI talks TLS to a public address every 20 s",
             "10.20.3.20", "185.12.45.9", "tls", "D01", "quay.pcapng",
             "tls.handshake.type == 1 && ip.src == 10.20.3.20 && ip.dst == 185.12.45.9"),
    Weakness("W06", "HTTP basic authentication to the gate camera from the office",
             "10.20.100.50", "10.20.20.20", "http", "D21", "gate-reefer.pcap",
             "http.authbasic && ip.dst == 10.20.20.20"),
    Weakness("W07", "MQTT user and password in clear text",
             "10.20.21.21", "10.20.21.10", "mqtt", "D21", "gate-reefer.pcap",
             "mqtt.msgtype == 1 && mqtt.passwd && ip.dst == 10.20.21.10"),
    Weakness("W08", "OPC UA session without security, anonymous",
             "10.20.60.10", "10.20.10.10", "opcua", "D24", "ops.pcap.gz",
             'opcua.transport.type == "OPN" && opcua.security.spu contains "None"'),
    Weakness("W09", "VNC from the CMS to a crane HMI, screen and keys readable",
             "10.20.10.10", "10.20.1.20", "vnc", "D21", "quay.pcapng",
             "vnc.auth_result == 0 && ip.src == 10.20.1.20"),
    Weakness("W10", "Office PC reaches the server zone directly",
             "10.20.100.50", "10.20.10.30", "smb", "D03", "ops.pcap.gz",
             "ip.src == 10.20.100.50 && ip.dst == 10.20.10.30 && tcp.flags.syn == 1"),
    Weakness("W11", "VPN tunnel of the declared vendor gateway leaves the operations zone",
             "10.20.10.90", "185.12.45.9", "openvpn", "D06", "ops.pcap.gz",
             "openvpn && ip.src == 10.20.10.90"),
    Weakness("W12", "Breaker command to the substation RTU over unauthenticated IEC 104",
             "10.20.30.10", "10.20.30.11", "iec104", "D39", "power-bms.pcap.zst",
             "iec60870_asdu.typeid == 45 && ip.src == 10.20.30.10"),
    Weakness("W13", "Remote desktop to the CMS without network level authentication, user name readable",
             "10.20.10.20", "10.20.10.10", "rdp", "D23", "ops.pcap.gz",
             "rdp.neg_type == 2 && ip.src == 10.20.10.10 && rdp.negReq.selectedProtocol == 1"),
]


@dataclass
class Change:
    id: str
    kind: str
    subject: str
    what: str
    before: object
    after: object
    rule: str
    file: str
    proof: str                 # matches in visit 2 …
    gone: bool = False         # … or, for things that disappeared, in visit 1 only


CHANGES = [
    Change("C01", "controller_replaced", "10.20.3.10", "Controller of quay crane 3 is another piece of hardware",
           {"mac": "00:1b:1b:10:03:0a", "order_number": "6ES7 315-2EH14-0AB0", "firmware": "V3.2.6",
            "serial": "S C-C2UR31072012"},
           {"mac": "28:63:36:10:03:5c", "order_number": "6ES7 516-3FN02-0AB0", "firmware": "V2.9.2",
            "serial": "S C-N9T455102026"},
           "D15", "quay.pcapng", 'eth.src == 28:63:36:10:03:5c && s7comm && frame contains "S C-N9T455102026"'),
    Change("C02", "firmware_changed", "10.20.5.10", "Firmware of the yard crane controller, same hardware and serial number",
           {"firmware": "20.011"}, {"firmware": "20.014"},
           "D18", "quay.pcapng", "ip.src == 10.20.5.10 && cip.id.major_rev == 20 && cip.id.minor_rev == 14"),
    Change("C03", "new_host", "10.20.2.199",
           "Cellular router nobody ordered in quay crane 2: DHCP name RUT955, TLS and OpenVPN to a public address",
           None, {"mac": "00:1e:42:7a:31:c5", "hostname": "RUT955", "peer": "45.83.91.17"},
           "D05", "quay.pcapng", "eth.src == 00:1e:42:7a:31:c5 && ip.dst == 45.83.91.17"),
    Change("C04", "program_download", "10.20.1.10",
           "Controller of quay crane 1 stopped, OB1 and DB20 downloaded, started, at 02:40",
           None, {"client": "10.20.10.20", "blocks": ["OB1", "DB20"]},
           "D29", "quay-night.pcapng", "ip.src == 10.20.10.20 && ip.dst == 10.20.1.10 && s7comm.param.func == 0x1a"),
    Change("C05", "controller_stopped", "10.20.1.10", "Stop and warm start during the download",
           None, {"client": "10.20.10.20"},
           "D30", "quay-night.pcapng", "ip.src == 10.20.10.20 && ip.dst == 10.20.1.10 && s7comm.param.func == 0x29"),
    Change("C06", "new_writer", "10.20.2.10", "HMI of quay crane 1 writes DB20 in the controller of quay crane 2",
           None, {"client": "10.20.1.20", "object": "DB20"},
           "D11", "quay.pcapng", "ip.src == 10.20.1.20 && ip.dst == 10.20.2.10 && s7comm.param.func == 0x05"),
    Change("C07", "service_gone", "10.20.10.10", "Syslog from the quay switch to the CMS stopped",
           {"client": "10.20.10.1", "service": "udp/514"}, None,
           "D42", "ops.pcap.gz", "syslog && ip.src == 10.20.10.1", gone=True),
    Change("C08", "host_gone", "10.20.20.12", "Weighbridge gateway of lane 1 and its Modbus service are not there any more",
           {"mac": "00:90:e8:10:14:0c", "service": "tcp/502"}, None,
           "D16", "gate-reefer.pcap", "ip.src == 10.20.20.12 && modbus", gone=True),
]


@dataclass
class Cycle:
    client: str
    server: str
    protocol: str
    port: int
    period: float
    file: str
    visits: tuple[int, ...] = BOTH


CYCLES = [
    *(Cycle(f"10.20.{n}.20", f"10.20.{n}.10", "s7comm", 102, 1.0, "quay.pcapng") for n in (1, 2, 3)),
    *(Cycle(f"10.20.{n}.10", f"10.20.{n}.30", "modbus", 502, 1.0, "quay.pcapng") for n in (1, 2, 3)),
    *(Cycle("10.20.10.10", f"10.20.{n}.10", "s7comm", 102, 2.0, "ops.pcap.gz") for n in (1, 2, 3)),
    Cycle("10.20.5.20", "10.20.5.10", "enip", 44818, 1.0, "quay.pcapng"),
    Cycle("10.20.60.10", "10.20.10.10", "opcua", 4840, 2.0, "ops.pcap.gz"),
    Cycle("10.20.20.11", "10.20.20.10", "modbus", 502, 1.0, "gate-reefer.pcap"),
    Cycle("10.20.20.11", "10.20.20.12", "modbus", 502, 1.0, "gate-reefer.pcap", (1,)),
    Cycle("10.20.21.10", "10.20.21.30", "modbus", 502, 2.0, "gate-reefer.pcap"),
    Cycle("10.20.30.10", "10.20.30.31", "dnp3", 20000, 5.0, "power-bms.pcap.zst"),
]


def public(line: object, *without: str) -> dict:
    return {k: v for k, v in dataclasses.asdict(line).items() if k not in without}
