"""PROFINET, built with scapy because no device stack installs: DCP (names) and the cyclic channel of one IO device.

job=controller: Identify-by-name at the start, then output data twice a second (real networks: every 2 to 8 ms;
the lab keeps the rhythm and saves the bytes). job=device: answers Identify, sends input data.
"""
import struct
import threading

from part import ARGS, RNG, begin, every, rest
from scapy.all import Ether, Raw, conf, get_if_hwaddr, sniff

IFACE = "eth0"
ME = get_if_hwaddr(IFACE)
sock = conf.L2socket(iface=IFACE)


def block(option, sub, data, info=True):
    body = (b"\0\0" if info else b"") + data
    return struct.pack(">BBH", option, sub, len(body)) + body + b"\0" * (len(body) % 2)


def dcp(frame_id, service, kind, xid, blocks, delay=0):
    return struct.pack(">HBBIHH", frame_id, service, kind, xid, delay, len(blocks)) + blocks


def send(target, payload):
    sock.send(Ether(dst=target, src=ME, type=0x8892) / Raw(payload.ljust(46, b"\0")))


def identify(name=None):
    blocks = block(2, 2, name.encode(), info=False) if name else block(255, 255, b"", info=False)
    send("01:0e:cf:00:00:00", dcp(0xFEFE, 5, 0, 0x1000001 + bool(name), blocks, 1))


def answer(p):
    """Identify response: vendor value, name of station, vendor/device id, role, IP suite."""
    raw = bytes(p[Ether].payload)
    if raw[:4] != b"\xfe\xfe\x05\x00" or p.src == ME:
        return
    wanted = raw[12:14]
    if wanted == b"\x02\x02" and raw[16:16 + struct.unpack(">H", raw[14:16])[0]] != ARGS["station"].encode():
        return
    ip = bytes(map(int, ARGS["address"].split(".")))
    blocks = (block(2, 1, ARGS["vendor"].encode()) + block(2, 2, ARGS["station"].encode())
              + block(2, 3, struct.pack(">HH", 0x002A, ARGS["device_id"])) + block(2, 4, bytes([ARGS["role"], 0]))
              + block(1, 2, ip + b"\xff\xff\xff\0" + ip[:3] + b"\x01"))
    send(p.src, dcp(0xFEFF, 5, 1, struct.unpack(">I", raw[4:8])[0], blocks))


def listen():
    sniff(iface=IFACE, filter="ether proto 0x8892", prn=answer, store=False)


threading.Thread(target=listen, daemon=True).start()
begin()
if ARGS.get("identify"):
    identify(ARGS["identify"])
if ARGS.get("identify_all"):
    identify()
if "cyclic" in ARGS:
    frame_id, peer = ARGS["cyclic"]
    for n in every(0.5):
        # user data, cycle counter, data status 0x35 (primary, valid, run, ok), transfer status
        data = bytes([0x80, n & 0xFF, RNG.randrange(256)]).ljust(40, b"\0")
        send(peer, struct.pack(">H", frame_id) + data + struct.pack(">HBB", n * 16000 & 0xFFFF, 0x35, 0))
rest()
