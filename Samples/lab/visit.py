"""The director: builds the fabric, starts the cast, records, stops everything. One call is one scene.

    visit.py --visit 1 --scene day --seconds 200 --when 2026-03-10T10:05:00 --work DIR --out DIR
"""
from __future__ import annotations

import argparse
import datetime
import json
import os
import pathlib
import signal
import string
import subprocess
import sys
import time

import cast
import fabric
import finish

LAB = pathlib.Path(__file__).resolve().parent
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
WARM_UP = 45   # seconds to import forty Python stacks on two small cores before the first frame


def make_keys(pki: pathlib.Path) -> None:
    """Own CA and SSH keys, made once per run and used by both visits, so that no certificate differs between them."""
    if pki.exists():
        return
    pki.mkdir(parents=True)

    def run(command: str) -> None:
        subprocess.run(f"faketime '2026-01-05 08:00:00' {command}", shell=True, check=True, cwd=pki, capture_output=True)

    run("openssl req -x509 -newkey rsa:2048 -nodes -days 1460 -subj '/O=North Quay Lab/CN=North Quay Lab CA' "
        "-keyout ca.key -out ca.pem")
    for name, subject in (("cms", "cms.northquay.example"), ("vendor", "telemetry.harbour-remote.example"),
                          ("relay", "rms-relay.example"), ("client", "vendor-gw.northquay.example")):
        (pki / f"{name}.ext").write_text(f"subjectAltName=DNS:{subject}\n")
        run(f"openssl req -newkey rsa:2048 -nodes -subj '/O=North Quay Lab/CN={subject}' "
            f"-keyout {name}.key -out {name}.csr")
        run(f"openssl x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 730 "
            f"-extfile {name}.ext -out {name}.pem")
    for name in ("ssh_host", "ssh_key"):
        run(f"ssh-keygen -q -t ed25519 -N '' -C lab -f {name}")


class Stage:
    def __init__(self, visit: int, scene: str, seconds: int, when: datetime.datetime, work: pathlib.Path):
        self.visit, self.scene, self.work = visit, scene, work
        self.pki = work / "pki"
        make_keys(self.pki)
        self.hosts, self.internet = cast.cast(visit), cast.internet()
        self.t0 = time.monotonic() + WARM_UP
        self.end = self.t0 + seconds
        # Whole seconds between the clock of this machine and the clock of the story: the parts live in it through
        # libfaketime, the frames are moved by the same number afterwards, so payload and frame times agree.
        self.offset = round(when.timestamp() - (time.time() + WARM_UP))
        self.running: list[subprocess.Popen] = []

    def start(self, host: cast.Host, part: cast.Part) -> None:
        home = self.work / "hosts" / host.name.lower()
        values = {"work": str(home), "pki": str(self.pki), "lab": str(LAB)}

        def fill(text: str) -> str:
            for key, value in values.items():
                text = text.replace("{" + key + "}", value)
            return text

        if not home.exists():
            (home / "share").mkdir(parents=True)
            (home / "plan.txt").write_text("berth plan, week 11\n" * 40)
            vnc = subprocess.run(["vncpasswd", "-f"], input=b"quay\n", capture_output=True).stdout
            (home / "vnc.pass").write_bytes(vnc)
            for template in (LAB / "conf").iterdir():
                text = string.Template(template.read_text()).safe_substitute(values)
                (home / template.name).write_text(text)
        is_command = " " in part.run
        words = ["sh", "-c", "exec " + fill(part.run)] if is_command else \
            [sys.executable, str(LAB / "parts" / f"{part.run}.py"), fill(json.dumps(part.args))]
        env = {**os.environ, "LAB_T0": str(self.t0), "LAB_END": str(self.end), "LAB_HOST": host.name, "TZ": "UTC",
               "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1",
               "SNMP_PERSISTENT_DIR": str(home)}
        inner = (f'hostname {host.name}; exec env LD_PRELOAD={FAKETIME} FAKETIME={self.offset:+d}s '
                 f'DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_FAKE_MONOTONIC=1 "$@"')
        log = open(self.work / "logs" / f"{host.name}.log", "a")
        # setsid per part: smbd's end takes its whole process group with it (LIBRARIES.md §8)
        self.running.append(subprocess.Popen(
            ["timeout", "-k", "5", str(int(self.end - time.monotonic()) + 30),
             "ip", "netns", "exec", fabric.namespace(host.name), "unshare", "-u", "sh", "-c", inner, "sh", *words],
            env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True))

    def record(self, recordings: dict[str, list[str]]) -> list[subprocess.Popen]:
        raw = self.work / "raw"
        raw.mkdir(exist_ok=True)
        for old in raw.iterdir():
            old.unlink()
        inside = ["ip", "netns", "exec", fabric.FABRIC]
        jobs = []
        for name, bridges in recordings.items():
            if name.endswith(".pcapng"):   # one file, several named interfaces: what a consultant's laptop with taps writes
                command = ["dumpcap", "-q", "-w", str(raw / name)]
                for b in bridges:
                    command += ["-i", b]
                jobs.append(inside + command)
            else:
                jobs += [inside + ["tcpdump", "-Z", "root", "--immediate-mode", "-U", "-n", "-i", b,
                                   "-w", str(raw / f"{b}.pcap")] for b in bridges]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
        return [subprocess.Popen(j, **quiet) for j in jobs]

    def play(self, out: pathlib.Path) -> None:
        (self.work / "logs").mkdir(parents=True, exist_ok=True)
        recordings = cast.RECORDINGS if self.scene == "day" else cast.NIGHT_RECORDINGS
        try:
            fabric.build(self.hosts, self.internet)
            later = []
            for host in [*self.hosts, self.internet]:
                for part in host.parts:
                    if self.scene not in part.scenes:
                        continue
                    if part.at is None:
                        self.start(host, part)
                        time.sleep(0.1)
                    else:
                        later.append((part.at, host, part))
            print(f"  {len(self.hosts)} hosts, {len(self.running)} parts; T0 in {self.t0 - time.monotonic():.0f} s", flush=True)
            time.sleep(max(0, self.t0 - 2 - time.monotonic()))
            recorders = self.record(recordings)
            for at, host, part in sorted(later, key=lambda x: x[0]):
                time.sleep(max(0, self.t0 + at - time.monotonic()))
                self.start(host, part)
            time.sleep(max(0, self.end + 1 - time.monotonic()))
            for r in recorders:
                os.killpg(r.pid, signal.SIGINT)
            for r in recorders:
                r.wait(timeout=20)
        finally:
            fabric.teardown()
            for p in self.running:
                p.kill()
        finish.write(self.work / "raw", recordings, self.offset, out, f"North Quay lab, visit {self.visit}, {self.scene}")


if __name__ == "__main__":
    a = argparse.ArgumentParser()
    a.add_argument("--visit", type=int, required=True)
    a.add_argument("--scene", default="day")
    a.add_argument("--seconds", type=int, default=200)
    a.add_argument("--when", type=datetime.datetime.fromisoformat, required=True, help="UTC")
    a.add_argument("--work", type=pathlib.Path, required=True)
    a.add_argument("--out", type=pathlib.Path, required=True)
    o = a.parse_args()
    print(f"visit {o.visit}, {o.scene}, {o.seconds} s", flush=True)
    when = o.when.replace(tzinfo=datetime.timezone.utc)
    Stage(o.visit, o.scene, o.seconds, when, o.work.resolve()).play(o.out.resolve())
