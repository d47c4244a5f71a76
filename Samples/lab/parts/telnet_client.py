"""The engineer on the switch, over Telnet: login, show version, exit. Each key press is a packet, as people type."""
import socket
import time

from part import ARGS, begin

IAC, DONT, DO, WONT, WILL = 255, 254, 253, 252, 251


def answer(s, data):
    """Refuse or accept options the way a plain client does: echo and suppress-go-ahead yes, the rest no."""
    i = 0
    while (i := data.find(bytes([IAC]), i)) >= 0 and i + 2 < len(data):
        verb, option = data[i + 1], data[i + 2]
        if verb == WILL:
            s.sendall(bytes([IAC, DO if option in (1, 3) else DONT, option]))
        elif verb == DO:
            s.sendall(bytes([IAC, WILL if option == 3 else WONT, option]))
        i += 3


def wait(s, text):
    seen = b""
    while text not in seen:
        data = s.recv(1024)
        if not data:
            return
        answer(s, data)
        seen += data


begin()
with socket.create_connection((ARGS["peer"], 23), 10) as s:
    s.settimeout(10)
    for prompt, line in ((b"Username:", ARGS["user"]), (b"Password:", ARGS["password"]), (b"#", "show version"), (b"#", "exit")):
        wait(s, prompt)
        for key in line + "\r":
            s.sendall(key.encode())
            time.sleep(0.12)
    while s.recv(1024):
        pass
