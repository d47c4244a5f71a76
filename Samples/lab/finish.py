"""From raw recordings to the files of a visit: move the time, tag the trunks, mix the formats."""
from __future__ import annotations

import pathlib
import struct
import subprocess

from cast import SEGMENTS


def run(*command: str) -> None:
    subprocess.run(command, check=True)


def tag(source: pathlib.Path, target: pathlib.Path, vlan: int) -> None:
    """Add an 802.1Q tag to each frame, as a trunk port shows it. (This kernel has no vlan device to do it for us.)"""
    data = source.read_bytes()
    out, at = bytearray(data[:24]), 24
    while at + 16 <= len(data):
        seconds, fraction, captured, length = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + captured]
        out += struct.pack("<IIII", seconds, fraction, captured + 4, length + 4)
        out += frame[:12] + struct.pack(">HH", 0x8100, vlan) + frame[12:]
        at += 16 + captured
    target.write_bytes(out)


def write(raw: pathlib.Path, recordings: dict[str, list[str]], offset: int, out: pathlib.Path, comment: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, bridges in recordings.items():
        target = out / name
        if name.endswith(".pcapng"):
            run("editcap", "-t", str(offset), "--capture-comment", comment, str(raw / name), str(target))
            continue
        plain = raw / name.split(".pcap")[0]
        if len(bridges) == 1:
            run("editcap", "-F", "pcap", "-t", str(offset), str(raw / f"{bridges[0]}.pcap"), str(plain))
        else:
            for b in bridges:
                tag(raw / f"{b}.pcap", raw / f"{b}.tagged", 100 + SEGMENTS[b].net)
            run("mergecap", "-F", "pcap", "-w", str(raw / "merged"), *(str(raw / f"{b}.tagged") for b in bridges))
            run("editcap", "-F", "pcap", "-t", str(offset), str(raw / "merged"), str(plain))
        if name.endswith(".gz"):
            target.write_bytes(subprocess.run(["gzip", "-9nc", str(plain)], check=True, capture_output=True).stdout)
        elif name.endswith(".zst"):
            run("zstd", "-q", "-f", "-19", str(plain), "-o", str(target))
        else:
            target.write_bytes(plain.read_bytes())
