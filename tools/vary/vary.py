#!/usr/bin/env python3
"""vary.py: what `otassess facts` still recognises when a capture is worse than it was, or comes another way.

    vary.py --otassess PATH [--kinds snap96,lost7,…] [--only PROTOCOL] [--list N] [--jobs N] CAPTURE…

Each capture is changed and read again; conversations (protocol and both addresses) are compared with those of the
unchanged one. Of a conversation of which no frame is left nothing is expected. Kinds:

    drop3 drop10    the first frames are missing: no handshake, no greeting
    first second    only the side that sent first, or only the other one
    snap96 snap128  frames are cut off
    lost7           each seventh frame is missing
    ports           each server's port is 20000 higher: nothing speaks for a protocol but its content
    vlan            a tag of IEEE 802.1Q
    gre vxlan erspan ip6    frames in GRE, VXLAN and ERSPAN type II; IPv4 packets in IPv6

It prints for each kind how many conversations were kept, lost, gained (a false claim, unless a protocol was known by another
name before) and turned (client and server changed places), then the same by protocol, and with --list the first of each.
Needs editcap (of Wireshark) to read any format.
"""
import argparse, collections, concurrent.futures, json, struct, subprocess, sys, tempfile

ETHERNET = 1


# MARK: frames

def read(path):
    """Link type and frames, each (time in ns, bytes, original length); None for what is not one link type."""
    data = subprocess.run(["editcap", "-F", "nsecpcap", path, "-"], capture_output=True).stdout
    if len(data) < 24:
        return None
    link = struct.unpack_from("<I", data, 20)[0] & 0xffff
    frames, at = [], 24
    while at + 16 <= len(data):
        seconds, nanoseconds, count, original = struct.unpack_from("<IIII", data, at)
        frames.append((seconds * 10**9 + nanoseconds, data[at + 16:at + 16 + count], original))
        at += 16 + count
    return link, frames


def write(link, frames, out):
    out.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 1 << 18, link))
    for time, frame, original in frames:
        out.write(struct.pack("<IIII", time // 10**9, time % 10**9, len(frame), original))
        out.write(frame)
    out.flush()


def network_start(frame):
    """Where the IP header of an Ethernet frame starts, and its type."""
    at, kind = 14, int.from_bytes(frame[12:14], "big")
    while kind in (0x8100, 0x88a8) and len(frame) >= at + 4:
        kind, at = int.from_bytes(frame[at + 2:at + 4], "big"), at + 4
    return at, kind


def ends(link, frame):
    """Source and destination of a frame, by IP where there is IP."""
    at, kind = network_start(frame) if link == ETHERNET else ({113: 16, 276: 20}.get(link, 0), 0x0800)
    if kind == 0x0800 and len(frame) >= at + 20 and frame[at] >> 4 == 4:
        return frame[at + 12:at + 16], frame[at + 16:at + 20]
    if len(frame) >= at + 40 and frame[at] >> 4 == 6:
        return frame[at + 8:at + 24], frame[at + 24:at + 40]
    return frame[6:12], frame[:6]


# MARK: changes

def resized(frames, change):
    return [(t, changed, original + len(changed) - len(f)) for t, f, original in frames for changed in [change(f)]]


def one_side(link, frames, wanted):
    first, kept = {}, []
    for frame in frames:
        source, destination = ends(link, frame[1])
        side = first.setdefault(frozenset((source, destination)), source)
        if (source == side) == wanted:
            kept.append(frame)
    return kept


def ipv4(payload_length, protocol):
    header = bytearray(struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + payload_length, 1, 0, 64, protocol, 0,
                                   bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])))
    total = sum(struct.unpack(">10H", header))
    total = (total & 0xffff) + (total >> 16)
    header[10:12] = struct.pack(">H", 0xffff - (total & 0xffff) - (total >> 16))
    return bytes(header)


def outer(protocol, payload):
    return bytes.fromhex("020000000002020000000001") + b"\x08\x00" + ipv4(len(payload), protocol) + payload


def vxlan(frame):
    inner = bytes.fromhex("0800000000000100") + frame
    return outer(17, struct.pack(">HHHH", 49152, 4789, 8 + len(inner), 0) + inner)


def in_ipv6(frame):
    at, kind = network_start(frame)
    if kind != 0x0800:
        return frame
    packet = frame[at:]
    header = struct.pack(">IHBB", 6 << 28, len(packet), 4, 64) + bytes(15) + b"\1" + bytes(15) + b"\2"
    return frame[:12] + b"\x86\xdd" + header + packet


def in_gre(frame):
    at, kind = network_start(frame)
    return outer(47, b"\0\0" + struct.pack(">H", kind) + frame[at:]) if kind in (0x0800, 0x86dd) else frame


def moved(link, frames, servers):
    """Each server's port 20000 higher (or lower)."""
    if link != ETHERNET:
        return None
    def change(frame):
        at, kind = network_start(frame)
        if kind == 0x0800 and len(frame) >= at + 20 and not int.from_bytes(frame[at + 6:at + 8], "big") & 0x1fff:
            protocol, start = frame[at + 9], at + (frame[at] & 15) * 4
        elif kind == 0x86dd and len(frame) >= at + 40:
            protocol, start = frame[at + 6], at + 40
        else:
            return frame
        if protocol not in (6, 17) or len(frame) < start + 4:
            return frame
        source, destination = ends(link, frame)
        p, q = struct.unpack_from(">HH", frame, start)
        if (source, p) in servers:
            p = shifted(p)
        if (destination, q) in servers:
            q = shifted(q)
        # A UDP checksum of zero is none; TCP's is left wrong.
        rest = frame[start + 4:]
        if protocol == 17:
            rest = rest[:2] + b"\0\0" + rest[4:]
        return frame[:start] + struct.pack(">HH", p, q) + rest
    return resized(frames, change)


def shifted(port):
    return port + 20000 if port < 45536 else port - 20000


def address(text):
    import ipaddress
    try:
        return ipaddress.ip_address(text).packed
    except ValueError:
        return b""


def varied(kind, link, frames, conversations):
    if kind.startswith("drop"):
        return frames[int(kind[4:]):]
    if kind.startswith("snap"):
        return [(t, f[:int(kind[4:])], original) for t, f, original in frames]
    if kind.startswith("lost"):
        return [f for i, f in enumerate(frames, 1) if i % int(kind[4:])]
    if kind in ("first", "second"):
        return one_side(link, frames, kind == "first")
    if kind == "ports":
        servers = {(address(c["server"]), c["server_port"]) for c in conversations if c["server_port"] is not None}
        return moved(link, frames, servers)
    if link != ETHERNET:
        return None
    if kind == "vlan":
        return resized(frames, lambda f: f[:12] + b"\x81\x00\x00\x2a" + f[12:])
    if kind == "gre":
        return resized(frames, in_gre)
    if kind == "vxlan":
        return resized(frames, vxlan)
    if kind == "erspan":
        number = iter(range(1 << 30))
        return resized(frames, lambda f: outer(
            47, struct.pack(">HHI", 0x1000, 0x88be, next(number)) + bytes.fromhex("1000000000000000") + f))
    if kind == "ip6":
        return resized(frames, in_ipv6)
    sys.exit("no such kind: " + kind)


# MARK: comparing

def facts(otassess, path):
    done = subprocess.run([otassess, "facts", path], capture_output=True, timeout=300)
    if done.returncode:
        return None
    return json.loads(done.stdout)["conversations"]


def keys(conversations):
    """Protocol and both addresses of each conversation → client."""
    found = {}
    for c in conversations:
        found.setdefault((c["protocol"], frozenset((c["client"] or "-", c["server"] or "-"))), c["client"])
    return found


KINDS = "drop3 drop10 first second snap96 snap128 lost7 ports vlan gre vxlan erspan ip6".split()


def compare(job):
    options, path = job
    rows, capture, before = [], read(path), facts(options.otassess, path)
    if capture is None or before is None:
        return rows
    link, frames = capture
    wanted = keys(before)
    for kind in options.kinds:
        changed = varied(kind, link, frames, before)
        if not changed:
            continue
        with tempfile.NamedTemporaryFile(suffix=".pcap") as out:
            write(link, changed, out)
            after = facts(options.otassess, out.name)
        if after is None:
            rows.append((kind, "failed", "-", path))
            continue
        found, there = keys(after), {frozenset(ends(link, f)) for _, f, _ in changed}
        for key in sorted(wanted.keys() | found.keys(), key=lambda k: (k[0], sorted(k[1]))):
            text = "%s %s %s" % (path.split("/")[-1], key[0], " ".join(sorted(key[1])))
            if key not in found:
                left = kind in ("vlan", "gre", "vxlan", "erspan", "ip6", "ports") or frozenset(
                    address(a) for a in key[1]) in there or any(":" in a and len(a) == 17 for a in key[1])
                if left:
                    rows.append((kind, "lost", key[0], text))
            elif key not in wanted:
                rows.append((kind, "gained", key[0], text))
            else:
                rows.append((kind, "turned" if wanted[key] != found[key] else "kept", key[0], text))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--otassess", required=True)
    parser.add_argument("--kinds", default=",".join(KINDS), type=lambda text: text.split(","))
    parser.add_argument("--only", help="of the lists: this protocol alone")
    parser.add_argument("--list", type=int, default=0, help="print the first N of each kind that were lost or gained")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("captures", nargs="+")
    options = parser.parse_args()
    rows = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for found in pool.map(compare, [(options, path) for path in options.captures]):
            rows += found
    print("%-8s %7s %7s %7s %7s %7s" % ("kind", "kept", "lost", "gained", "turned", "failed"))
    for kind in options.kinds:
        counts = collections.Counter(result for k, result, _, _ in rows if k == kind)
        print("%-8s %7d %7d %7d %7d %7d" % ((kind,) + tuple(
            counts[r] for r in ("kept", "lost", "gained", "turned", "failed"))))
    for kind in options.kinds:
        for result in ("lost", "gained"):
            of = collections.Counter(p for k, r, p, _ in rows if k == kind and r == result)
            all_of = collections.Counter(p for k, r, p, _ in rows if k == kind and r != "gained")
            if of:
                print("%s %s: %s" % (kind, result, ", ".join(
                    "%s %d/%d" % (p, n, all_of[p]) for p, n in sorted(of.items(), key=lambda i: (-i[1], i[0])))))
            texts = [t for k, r, p, t in rows if k == kind and r == result and options.only in (None, p)]
            for text in texts[:options.list]:
                print("   " + text)


main()
