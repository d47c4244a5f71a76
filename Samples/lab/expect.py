"""expected.json: what is in the captures. Said by cast.py and story.py, checked here against the bytes.

    expect.py ../north-quay        exit code 1 and a list if something planted is not on the wire

Two ways of checking, both independent of the product: a reader of forty lines for "this host sent these bytes from
this address", and tshark for everything that takes a decoder.
"""
from __future__ import annotations

import collections
import datetime
import hashlib
import json
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile

import cast
import story

problems: list[str] = []


def tshark(path: pathlib.Path, *arguments: str) -> str:
    done = subprocess.run(["tshark", "-n", "-r", str(path), *arguments], capture_output=True, text=True)
    if done.returncode:
        problems.append(f"tshark {path.name} {' '.join(arguments)}: {done.stderr.strip()[:200]}")
    return done.stdout


class Frame:
    __slots__ = ("file", "number", "time", "mac", "sender", "target", "protocol", "sport", "dport", "flags", "payload", "raw")

    def __init__(self, file: str, number: int, time: float, raw: bytes):
        self.file, self.number, self.time, self.raw = file, number, time, raw
        self.mac = ":".join(f"{b:02x}" for b in raw[6:12])
        self.sender = self.target = self.protocol = None
        self.sport = self.dport = self.flags = 0
        self.payload = b""
        kind, at = struct.unpack_from(">H", raw, 12)[0], 14
        if kind == 0x8100:
            kind, at = struct.unpack_from(">H", raw, 16)[0], 18
        if kind == 0x0806:
            self.protocol, self.sender = "arp", ".".join(map(str, raw[at + 14:at + 18]))
        elif kind == 0x0800:
            self.sender, self.target = (".".join(map(str, raw[at + o:at + o + 4])) for o in (12, 16))
            up = at + (raw[at] & 15) * 4
            self.protocol = {6: "tcp", 17: "udp"}.get(raw[at + 9], "ip")
            if self.protocol in ("tcp", "udp"):
                self.sport, self.dport = struct.unpack_from(">HH", raw, up)
                end = at + struct.unpack_from(">H", raw, at + 2)[0]
                if self.protocol == "tcp":
                    self.flags = raw[up + 13]
                    up += (raw[up + 12] >> 4) * 4 - 8
                self.payload = raw[up + 8:end]


def frames(path: pathlib.Path) -> list[Frame]:
    with tempfile.TemporaryDirectory() as d:
        plain = pathlib.Path(d) / "plain.pcap"
        subprocess.run(["editcap", "-F", "nsecpcap", str(path), str(plain)], check=True)   # reads .gz, .zst and pcapng alike
        data = plain.read_bytes()
    found, at = [], 24
    while at + 16 <= len(data):
        seconds, nano, captured, _ = struct.unpack_from("<IIII", data, at)
        found.append(Frame(path.name, len(found) + 1, seconds + nano / 1e9, data[at + 16:at + 16 + captured]))
        at += 16 + captured
    return found


def describe(path: pathlib.Path, seen: list[Frame]) -> dict:
    def utc(t: float) -> str:
        return datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    protocols: collections.Counter = collections.Counter()
    for line in tshark(path, "-T", "fields", "-e", "frame.protocols").splitlines():
        protocols.update(set(line.split(":")) - {"eth", "ethertype", "data", "vlan", "llc"})
    bad = len(tshark(path, "-Y", "_ws.malformed").splitlines())
    if bad:
        problems.append(f"{path.name}: {bad} malformed frames")
    name = path.name
    bridges = {**cast.RECORDINGS, **cast.NIGHT_RECORDINGS}[name]
    return {"file": name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size,
            "frames": len(seen), "first": utc(min(f.time for f in seen)), "last": utc(max(f.time for f in seen)), "segments": bridges,
            "vlan_tags": [100 + cast.SEGMENTS[b].net for b in bridges] if len(bridges) == 2 else [],
            "frames_by_protocol": dict(sorted(protocols.items())), "malformed": bad}


def host_facts(host: cast.Host, seen: list[Frame]) -> dict | None:
    own = [f for f in seen if f.mac == host.mac and (f.sender in (host.address, None, "0.0.0.0"))]
    said = [f for f in seen if f.sender == host.address] + [f for f in own if f.sender in (None, "0.0.0.0")]
    recorded = {b for bridges in cast.RECORDINGS.values() for b in bridges}
    routed = host.segment not in recorded   # seen only behind the quay switch: its own MAC address never shows
    if routed:
        own = said
    if not own:
        problems.append(f"{host.name}: never seen with {host.mac} {host.address}")
        return None

    def proof(f: Frame) -> dict:
        return {"file": f.file, "frame": f.number}

    identity = []
    for attribute, value in host.identity.items():
        text, wire = value if isinstance(value, tuple) else (value, str(value).encode())
        hit = next((f for f in said if wire in f.raw), None)
        if hit:
            identity.append({"attribute": attribute, "value": text, "evidence": proof(hit)})
        else:
            problems.append(f"{host.name}: nobody heard {attribute} = {text}")
    services = []
    for service in host.services:
        protocol, port = service.split("/")
        # tcp: it accepted a connection (SYN and ACK); udp: it answered from that port
        hit = next((f for f in said if f.protocol == protocol and f.sport == int(port)
                    and (protocol == "udp" or f.flags & 0x12 == 0x12)), None)
        if hit:
            services.append({"protocol": protocol, "port": int(port), "evidence": proof(hit)})
        else:
            problems.append(f"{host.name}: no answer from {service}")
    facts = {"address": host.address, "mac": None if routed else host.mac, "name": host.name,
             "zone": cast.SEGMENTS[host.segment].zone, "role": host.role, "first_frame": proof(own[0]),
             "identity": identity, "services": services}
    if routed:
        facts["seen_only_routed"] = True
    if host.role == "switch" and host.octet == 1:
        facts["also"] = [{"address": a, "mac": m} for a, m in sorted(
            {(f.sender, f.mac) for f in seen if f.mac.startswith("00:07:7d:20:00:") and f.protocol == "arp"})]
    return facts


def rhythm(cycle: story.Cycle, seen: list[Frame]) -> dict:
    """Median distance of the first request of each burst; a burst ends with a pause of a third of the period."""
    times = [f.time for f in seen if f.file == cycle.file and f.sender == cycle.client and f.target == cycle.server
             and f.dport == cycle.port and f.payload]
    times = sorted(times)
    starts = [t for i, t in enumerate(times) if i == 0 or t - times[i - 1] > cycle.period / 3]
    gaps = [b - a for a, b in zip(starts, starts[1:])]
    median = statistics.median(gaps) if gaps else 0
    near = sum(abs(g - cycle.period) < cycle.period / 10 for g in gaps)
    if not gaps or abs(median - cycle.period) > cycle.period / 20 or near < 0.9 * len(gaps):
        problems.append(f"no rhythm {cycle.client} -> {cycle.server} {cycle.protocol}: median {median:.3f}, {near} of {len(gaps)}")
    return {**story.public(cycle, "visits"), "measured_median": round(median, 3), "cycles": len(gaps)}


def main(root: pathlib.Path) -> int:
    answer: dict = {"site": "North Quay Container Terminal", "made_by": "Samples/lab/run.sh", "visits": {}, "changes": []}
    for visit in (1, 2):
        folder = root / f"visit-{visit}"
        files, seen = [], []
        for path in sorted(folder.iterdir()):
            own = frames(path)
            files.append(describe(path, own))
            seen += own
        day = [f for f in seen if "night" not in f.file]
        weaknesses = []
        for w in story.WEAKNESSES:
            hits = tshark(folder / w.file, "-Y", w.proof, "-T", "fields", "-e", "frame.number").split()
            if (visit in w.visits) != bool(hits):
                problems.append(f"visit {visit} {w.id} {w.what}: {len(hits)} frames")
            if hits:
                weaknesses.append({**story.public(w, "visits"), "frames": len(hits), "first_frame": int(hits[0])})
        answer["visits"][f"visit-{visit}"] = {
            "files": files, "hosts": [h for h in (host_facts(h, day) for h in cast.cast(visit)) if h],
            "external_peers": sorted({f.target for f in seen if f.protocol in ("tcp", "udp")
                                      and not f.target.startswith(("10.20.", "224.", "239.", "255."))}),
            "cyclic": [rhythm(c, day) for c in story.CYCLES if visit in c.visits], "weaknesses": weaknesses}
    for c in story.CHANGES:
        counts = {}
        for visit in (1, 2):
            path = root / f"visit-{visit}" / c.file
            counts[visit] = len(tshark(path, "-Y", c.proof).splitlines()) if path.exists() else 0
        if bool(counts[1]) != c.gone or bool(counts[2]) == c.gone:
            problems.append(f"{c.id} {c.what}: {counts}")
        answer["changes"].append({**story.public(c, "gone"), "frames_visit_1": counts[1], "frames_visit_2": counts[2]})
    (root / "expected.json").write_text(json.dumps(answer, indent=1, ensure_ascii=False) + "\n")
    for v, facts in answer["visits"].items():
        total = collections.Counter()
        for f in facts["files"]:
            total.update(f["frames_by_protocol"])
        print(f"{v}: {len(facts['hosts'])} hosts, {sum(f['frames'] for f in facts['files'])} frames, "
              f"{sum(f['bytes'] for f in facts['files']) // 1024} KB\n  " + ", ".join(f"{k} {n}" for k, n in total.most_common()))
    print("\n".join(["not on the wire:", *problems]) if problems else "everything that is claimed is on the wire")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
