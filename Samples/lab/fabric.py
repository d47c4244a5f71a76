"""The wires: one namespace per host, one bridge per segment, all bridges inside one more namespace.

Nothing here touches the interfaces of the machine: bridges and cables live in namespaces named nq-*, so no frame of
the lab can leave it and cleaning up is deleting namespaces. The "public" addresses are loopback addresses of
nq-internet; the only default route of the lab ends there.
"""
from __future__ import annotations

import pathlib
import shutil
import subprocess

from cast import PUBLIC_UNKNOWN, PUBLIC_VENDOR, SEGMENTS, Host

FABRIC = "nq-fabric"


def sh(command: str, check: bool = True) -> None:
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    if check and done.returncode:
        raise SystemExit(f"{command}\n{done.stderr}")


def namespace(name: str) -> str:
    return "nq-" + name.lower()


def teardown() -> None:
    names = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout.split("\n")
    for name in (n.split()[0] for n in names if n.startswith("nq-")):
        pids = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True).stdout.split()
        if pids:
            sh("kill -9 " + " ".join(pids), check=False)
        sh(f"ip netns del {name}", check=False)
        shutil.rmtree(f"/etc/netns/{name}", ignore_errors=True)
    for display in ("71", "72"):   # Xvnc leaves its lock when it is killed
        for left in (f"/tmp/.X{display}-lock", f"/tmp/.X11-unix/X{display}"):
            pathlib.Path(left).unlink(missing_ok=True)


def new_namespace(name: str) -> None:
    sh(f"ip netns add {name} && ip -n {name} link set lo up && "
       f"ip netns exec {name} sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1")
    # names are asked at INFRA, so DNS is on the wire; ip netns exec binds this file over /etc/resolv.conf
    etc = pathlib.Path("/etc/netns") / name
    etc.mkdir(parents=True, exist_ok=True)
    (etc / "resolv.conf").write_text("nameserver 10.20.10.5\noptions timeout:2 attempts:2\n")


def cable(ns: str, interface: str, mac: str, bridge: str, port: str, address: str | None) -> None:
    # Offloads off, or every recorded checksum would be the half-finished one a real network card completes.
    sh(f"ip link add {interface} netns {ns} address {mac} type veth peer name {port} netns {FABRIC} && "
       f"ip -n {FABRIC} link set {port} master {bridge} up && ip -n {ns} link set {interface} up && "
       f"ip netns exec {ns} ethtool -K {interface} tx off tso off gso off gro off")
    if address:
        sh(f"ip -n {ns} addr add {address}/24 brd + dev {interface}")


def build(hosts: list[Host], internet: Host) -> None:
    teardown()
    new_namespace(FABRIC)
    for bridge in [*SEGMENTS, "wan"]:
        # mask 0x4000 forwards LLDP's 01:80:c2:00:00:0e; a plain bridge would swallow it
        sh(f"ip -n {FABRIC} link add {bridge} type bridge && "
           f"ip -n {FABRIC} link set {bridge} type bridge group_fwd_mask 0x4000 && ip -n {FABRIC} link set {bridge} up")
    for n, host in enumerate(hosts):
        ns = namespace(host.name)
        new_namespace(ns)
        if host.role == "switch" and host.octet == 1:   # the layer 3 switch: a leg, an SVI, in every zone
            for segment in SEGMENTS.values():
                cable(ns, f"vlan{100 + segment.net}", f"00:07:7d:20:00:{segment.net:02x}", segment.id, f"svi{segment.net}",
                      segment.address(1))
            cable(ns, "wan0", "00:07:7d:20:00:fe", "wan", "svi-wan", "10.20.254.1")
            sh(f"ip netns exec {ns} sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 && "
               f"ip -n {ns} route add default via 10.20.254.2")
        else:
            cable(ns, "eth0", host.mac, host.segment, f"p{n}", None if host.dhcp else host.address)
            if not host.dhcp:
                sh(f"ip -n {ns} route add default via {SEGMENTS[host.segment].address(1)}")
    ns = namespace(internet.name)
    new_namespace(ns)
    cable(ns, "eth0", internet.mac, "wan", "pinet", "10.20.254.2")
    for public in (PUBLIC_VENDOR, PUBLIC_UNKNOWN):
        sh(f"ip -n {ns} addr add {public}/32 dev lo")
    sh(f"ip -n {ns} route add 10.20.0.0/16 via 10.20.254.1")


if __name__ == "__main__":
    teardown()
