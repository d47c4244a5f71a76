"""CMS operator looks at the crane HMI over VNC: RFB 3.8, password challenge (DES), a few updates of a small screen."""
import socket
import struct
import time

from Crypto.Cipher import DES
from part import ARGS, begin


def need(s, n):
    data = b""
    while len(data) < n:
        if not (more := s.recv(n - len(data))):
            raise EOFError
        data += more
    return data


begin()
with socket.create_connection((ARGS["peer"], ARGS.get("port", 5900)), 10) as s:
    s.settimeout(10)
    s.sendall(need(s, 12))
    need(s, need(s, 1)[0])
    s.sendall(b"\x02")
    key = bytes(int(f"{b:08b}"[::-1], 2) for b in ARGS["password"].encode().ljust(8, b"\0")[:8])  # VNC mirrors key bits
    s.sendall(DES.new(key, DES.MODE_ECB).encrypt(need(s, 16)))
    need(s, 4)
    s.sendall(b"\x01")
    w, h = struct.unpack(">HH", need(s, 24)[:4])
    s.sendall(struct.pack(">BxHi", 2, 1, 0))
    for _ in range(3):
        s.sendall(struct.pack(">BBHHHH", 3, 0, 0, 0, min(w, 32), min(h, 32)))
        s.recv(65536)
        time.sleep(2)
