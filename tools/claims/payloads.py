#!/usr/bin/env python3
"""payloads.py: the payloads of captures, one a line, labelled with what `otassess facts` said of their conversation.

    payloads.py --otassess PATH CAPTURE… >payloads.txt
    OT_CLAIMS_PAYLOADS=payloads.txt OT_CLAIMS_MATRIX=matrix.txt swift test --filter FalseClaims

A line: label, transport (tcp or udp), server's port, c or s (who sent it), payload in hexadecimal. At most --each payloads
of a conversation and --total of a label, so that nothing common hides what is rare. Link types: Ethernet, Linux cooked,
raw IP, null. Needs editcap for pcapng.
"""
import argparse, collections, ipaddress, json, struct, subprocess, sys


def frames(path):
    data = subprocess.run(["editcap", "-F", "pcap", path, "-"], capture_output=True).stdout
    if len(data) < 24:
        return
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link = struct.unpack_from(order + "I", data, 20)[0] & 0xffff
    at = 24
    while at + 16 <= len(data):
        _, _, count, _ = struct.unpack_from(order + "IIII", data, at)
        at += 16
        yield link, data[at:at + count]
        at += count


def network(link, frame):
    """The IP packet of a frame, or None."""
    if link == 1:
        at, kind = 14, int.from_bytes(frame[12:14], "big")
        while kind in (0x8100, 0x88a8):
            kind, at = int.from_bytes(frame[at + 2:at + 4], "big"), at + 4
        return frame[at:] if kind in (0x0800, 0x86dd) else None
    start = {113: 16, 276: 20, 101: 0, 12: 0, 228: 0, 229: 0, 0: 4}.get(link)
    return None if start is None else frame[start:]


def segment(packet):
    """(source, destination, 'tcp' or 'udp', source port, destination port, payload) of an IP packet, or None."""
    if len(packet) < 20:
        return None
    if packet[0] >> 4 == 4:
        if int.from_bytes(packet[6:8], "big") & 0x1fff:
            return None
        size, protocol = (packet[0] & 15) * 4, packet[9]
        source, destination = packet[12:16], packet[16:20]
        packet = packet[size:int.from_bytes(packet[2:4], "big") or None]
    elif packet[0] >> 4 == 6 and len(packet) >= 40:
        protocol, source, destination = packet[6], packet[8:24], packet[24:40]
        packet = packet[40:]
    else:
        return None
    if protocol == 6 and len(packet) >= 20:
        transport, payload = "tcp", packet[(packet[12] >> 4) * 4:]
    elif protocol == 17 and len(packet) >= 8:
        transport, payload = "udp", packet[8:]
    else:
        return None
    return (str(ipaddress.ip_address(source)), str(ipaddress.ip_address(destination)), transport,
            int.from_bytes(packet[:2], "big"), int.from_bytes(packet[2:4], "big"), payload)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--otassess", required=True)
    parser.add_argument("--each", type=int, default=4)
    parser.add_argument("--total", type=int, default=150)
    parser.add_argument("captures", nargs="+")
    options = parser.parse_args()
    totals, seen = collections.Counter(), set()
    for path in options.captures:
        done = subprocess.run([options.otassess, "facts", path], capture_output=True)
        if done.returncode:
            continue
        labels = {}
        for c in json.loads(done.stdout)["conversations"]:
            if c["server_port"] is not None:
                labels.setdefault((c["client"], c["server"], c["server_port"]), c["protocol"])
        counts = collections.Counter()
        for link, frame in frames(path):
            packet = network(link, frame)
            found = segment(packet) if packet else None
            if not found or len(found[5]) < 2:
                continue
            a, b, transport, p, q, payload = found
            if (a, b, q) in labels:
                label, port, side, key = labels[a, b, q], q, "c", (a, b, transport, q)
            elif (b, a, p) in labels:
                label, port, side, key = labels[b, a, p], p, "s", (b, a, transport, p)
            else:
                label, port, side, key = "?", min(p, q), "c" if q <= p else "s", (a, b, transport, min(p, q))
            counts[key + (side,)] += 1
            if counts[key + (side,)] > options.each or totals[label, transport] >= options.total or payload in seen:
                continue
            seen.add(payload)
            totals[label, transport] += 1
            print(label, transport, port, side, payload[:4096].hex())


main()
