#!/usr/bin/env python3
"""tshark.py: where `otassess facts` and tshark tell different things of the same capture.

    tshark.py --otassess PATH [--only PROTOCOL] [--it] [--names] [--list N] [--jobs N] [--cache DIR] CAPTURE…

Both read each capture. What is compared, for the protocols that tshark names (PEERS below):

    alone      a protocol between two addresses that only tshark or only otassess has; behind it what the other one
               sees between them
    operations how often each code was sent from one address to the other
    turned     the side that accepted the TCP connection is the client in facts
    name       with --names: what a host says of itself (NAMES below: fields of tshark), without case and punctuation,
               that is in no identity of that host in facts

It prints one line for each protocol (pairs that both have, only one has, whose operations agree) and with --list the
first N of each difference, with the capture and the first frame. With --it the protocols of IT are compared as well,
which is presence only, where both programs use one name. --known FILE leaves out what is written down there: one regular
expression a line that matches a printed difference; text behind two spaces and a # is a remark.

tshark is no judge: it believes ports more than content, keeps to one dissector for a port, and counts what is sent again.
Who is right, the bytes say. --cache keeps what tshark said (by content of the capture), which is most of the time.

    tshark.py --truth DIR CAPTURE…    compares with files TRUTH/<first 16 of the SHA-256>.json in place of tshark
"""
import argparse, collections, concurrent.futures, hashlib, json, os, re, subprocess, sys, tempfile


# MARK: what tshark says

def number(text):
    try:
        return int(text, 0)
    except ValueError:
        return None


def plain(field):
    return lambda f: [str(n) for n in map(number, f(field)) if n is not None]


def hexadecimal(field, digits=4):
    return lambda f: ["0x%0*x" % (digits, n) for n in map(number, f(field)) if n is not None]


def prefixed(prefix, field):
    return lambda f: [prefix + code for code in plain(field)(f)]


def s7comm(f):
    groups, parts = plain("s7comm.param.userdata.funcgroup")(f), plain("s7comm.param.userdata.subfunc")(f)
    return plain("s7comm.param.func")(f) + ["ud.%s.%s" % pair for pair in zip(groups, parts)]


def cip(f):
    services, classes = hexadecimal("cip.sc", 2)(f), hexadecimal("cip.class", 2)(f)
    # Which class belongs to which service is known only where each has one.
    if not classes:
        return [s + "/-" for s in services]
    return ["%s/%s" % pair for pair in zip(services, classes)] if len(services) == len(classes) else [
        s + "/?" for s in services]


def bacnet(f):
    kinds = plain("bacapp.type")(f)
    confirmed, unconfirmed = plain("bacapp.confirmed_service")(f), plain("bacapp.unconfirmed_service")(f)
    if confirmed or unconfirmed:
        return ["c" + c for c in confirmed] + ["u" + c for c in unconfirmed]
    return ["type" + k for k in kinds] or ["bvlc" + c for c in hexadecimal("bvlc.function", 2)(f)]


def mms(f):
    return (["initiate"] * (len(f("mms.initiate_RequestPDU_element")) + len(f("mms.initiate_ResponsePDU_element")))
            + plain("mms.confirmedServiceRequest")(f) + plain("mms.confirmedServiceResponse")(f)
            + prefixed("unconf", "mms.unconfirmedService")(f))


def pn_dcp(f):
    services = {2: "hello", 3: "get", 4: "set", 5: "identify", 6: "hello"}
    kinds = {0: "req", 1: "rsp", 5: "rsp"}
    pairs = zip(plain("pn_dcp.service_id")(f), plain("pn_dcp.service_type")(f))
    return ["%s.%s" % (services.get(int(s), s), kinds.get(int(k), k)) for s, k in pairs]


def hart_ip(f):
    commands = ["cmd" + c for c in plain("hart_ip.pt.command")(f)]
    return [m for m in prefixed("msg", "hart_ip.message_id")(f) if m != "msg3" or not commands] + commands


def ethercat(f):
    return [c for i in ["ecat.cmd"] + ["ecat.sub%d.cmd" % n for n in range(1, 11)] for c in hexadecimal(i, 2)(f)]


class Peer:
    """A protocol as tshark knows it: its layers, how its operations are spelt (None: not compared), and what else must hold."""
    def __init__(self, layers, fields=(), codes=None, when=None):
        self.layers, self.fields, self.codes, self.when = set(layers.split()), tuple(fields), codes, when


PEERS = {
    "modbus": Peer("mbtcp mbudp mbrtu", ["modbus.func_code"], plain("modbus.func_code")),
    "s7comm": Peer("s7comm", ["s7comm.param.func", "s7comm.param.userdata.funcgroup", "s7comm.param.userdata.subfunc"],
                   s7comm),
    "enip": Peer("enip", ["enip.command"], hexadecimal("enip.command")),
    "cip": Peer("cip", ["cip.sc", "cip.class"], cip),
    "cipio": Peer("cipio", [], lambda f: ["io"]),
    "dnp3": Peer("dnp3", ["dnp3.al.func"], plain("dnp3.al.func")),
    "iec104": Peer("iec60870_asdu iec60870_104", ["iec60870_asdu.typeid"], plain("iec60870_asdu.typeid")),
    "bacnet": Peer("bacnet bvlc bacapp",
                   ["bacapp.type", "bacapp.confirmed_service", "bacapp.unconfirmed_service", "bvlc.function"], bacnet),
    "opcua": Peer("opcua", ["opcua.servicenodeid.numeric"], plain("opcua.servicenodeid.numeric")),
    "mms": Peer("mms", ["mms.initiate_RequestPDU_element", "mms.initiate_ResponsePDU_element",
                        "mms.confirmedServiceRequest", "mms.confirmedServiceResponse", "mms.unconfirmedService"], mms),
    "goose": Peer("goose r-goose", ["goose.appid"], hexadecimal("goose.appid")),
    "sv": Peer("sv r-sv", ["sv.appid"], hexadecimal("sv.appid")),
    "pn_rt": Peer("pn_rt", ["pn_rt.frame_id"], plain("pn_rt.frame_id"), lambda names, f: "pn_dcp" not in names),
    "pn_ptcp": Peer("pn_ptcp", ["pn_rt.frame_id"], plain("pn_rt.frame_id")),
    "pn_dcp": Peer("pn_dcp", ["pn_dcp.service_id", "pn_dcp.service_type"], pn_dcp),
    "pn_io_cm": Peer("dcerpc", ["dcerpc.opnum", "dcerpc.dg_if_id"], prefixed("op", "dcerpc.opnum"),
                     lambda names, f: "dea0000" in "".join(f("dcerpc.dg_if_id"))),
    "fins": Peer("omron", ["omron.command"], hexadecimal("omron.command")),
    "c1222": Peer("c1222", ["c1222.cmd"], hexadecimal("c1222.cmd", 2)),
    "synphasor": Peer("synphasor", ["synphasor.frtype"], prefixed("frtype", "synphasor.frtype")),
    "hart_ip": Peer("hart_ip", ["hart_ip.message_id", "hart_ip.pt.command"], hart_ip),
    "ads": Peer("ams", ["ams.cmdid"], plain("ams.cmdid")),
    "mqtt": Peer("mqtt", ["mqtt.msgtype"], plain("mqtt.msgtype")),
    "mqtt_sn": Peer("mqttsn"),
    "knxip": Peer("kip", ["knxip.service"], hexadecimal("knxip.service")),
    "ethercat": Peer("ecat", ["ecat.cmd"] + ["ecat.sub%d.cmd" % n for n in range(1, 11)], ethercat),
    "egd": Peer("egd", ["egd.type"], prefixed("type", "egd.type")),
    "epl": Peer("epl"),
    "lon": Peer("lon cnip"),
    "ff_hse": Peer("ff"),
    "rtps": Peer("rtps"),
    "nmea0183": Peer("nmea0183"),
    "asterix": Peer("asterix"),
    "sbus": Peer("sbus"),
    "gvcp": Peer("gvcp"),
    "gvsp": Peer("gvsp"),
    "mrp": Peer("pn_mrp"),
}
# Fields with what their sender says of itself. Kerberos, as SNMP, names the client in the answer as well.
NAMES = {
    "ntlm": ["ntlmssp.auth.hostname", "ntlmssp.auth.username", "ntlmssp.auth.domain", "ntlmssp.challenge.target_name",
             "ntlmssp.challenge.target_info.nb_computer_name", "ntlmssp.challenge.target_info.nb_domain_name",
             "ntlmssp.challenge.target_info.dns_computer_name", "ntlmssp.challenge.target_info.dns_domain_name"],
    "smb": ["smb.native_os", "smb.native_lanman", "smb.primary_domain", "smb.server", "smb.account"],
    "http": ["http.server", "http.user_agent"],
    "ssh": ["ssh.protocol"],
    "rdp": ["rdp.client.name", "rdp.rt_cookie"],
    "kerberos": ["kerberos.CNameString"],
    "tls": ["tls.handshake.extensions_server_name"],
    "snmp": ["snmp.msgUserName"],
    "browser": ["browser.server", "browser.comment"],
    "mqtt": ["mqtt.clientid", "mqtt.username"],
    "sip": ["sip.User-Agent", "sip.Server"],
    "lldp": ["lldp.tlv.system.name", "lldp.tlv.system.desc"],
    "cdp": ["cdp.deviceid", "cdp.platform", "cdp.software_version"],
    "dhcp": ["dhcp.option.hostname", "dhcp.option.vendor_class_id"],
    "goose": ["goose.gocbRef", "goose.goID"],
    "sv": ["sv.svID"],
}
# Names of opcda's interfaces are layers of their own in neither program; its bind is compared as DCE/RPC under --it.

COMMON = ["frame.number", "frame.protocols", "eth.src", "eth.dst", "sll.src.eth", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
          "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport", "tcp.flags"]
FIELDS = COMMON + sorted({field for peer in PEERS.values() for field in peer.fields})
# Layers that say nothing of who speaks what.
CARRIERS = set("eth ethertype ip ipv6 tcp udp data frame vlan llc sll tcp.segments ip.fragments raw null loop ppp "
               "data-text-lines media text".split())


def layers_of(text):
    names = text.split(":")
    # What an error of ICMP quotes was not sent by its sender.
    for end in ("icmp", "icmpv6"):
        if end in names:
            names = names[:names.index(end) + 1]
    return names


def ends_of(get, names):
    inner = [n for n in names if n in ("ip", "ipv6")]
    if inner:
        source, destination = get(inner[-1] + ".src"), get(inner[-1] + ".dst")
        count = inner.count(inner[-1])
        if len(source) >= count and len(destination) >= count:
            return source[count - 1], destination[count - 1]
    source = get("eth.src") or get("sll.src.eth")
    return (source[-1] if source else "-"), (get("eth.dst") or ["-"])[-1]


def said_by_tshark(path, peculiar=()):
    """(protocol, source, destination) → {code: [count, first frame]}; pairs → layers; connections accepted."""
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|"]
    for name in FIELDS:
        command += ["-e", name]
    done = subprocess.run(command + list(peculiar), capture_output=True, timeout=1200)
    sent, seen, accepted = {}, {}, {}
    for line in done.stdout.decode(errors="replace").splitlines():
        values = line.split("\t")
        if len(values) != len(FIELDS):
            continue
        row = dict(zip(FIELDS, values))
        get = lambda name: [v for v in row[name].split("|") if v]
        names = layers_of(row["frame.protocols"])
        source, destination = ends_of(get, names)
        pair = "%s %s" % tuple(sorted((source, destination)))
        for name in set(names) - CARRIERS:
            seen.setdefault(pair, {}).setdefault(name, int(row["frame.number"]))
        flags = number((get("tcp.flags") or ["0"])[-1])
        if flags is not None and flags & 0x12 == 0x02:
            accepted.setdefault("%s %s %s" % (source, destination, (get("tcp.dstport") or [""])[-1]), 1)
        for protocol, peer in PEERS.items():
            if peer.layers.isdisjoint(names) or peer.when and not peer.when(names, get):
                continue
            codes = sent.setdefault("%s %s %s" % (protocol, source, destination), {})
            codes.setdefault("", [0, int(row["frame.number"])])[0] += 1
            for code in peer.codes(get) if peer.codes else ():
                codes.setdefault(code, [0, int(row["frame.number"])])[0] += 1
    return {"sent": sent, "seen": seen, "accepted": accepted}


def cached(options, path):
    if not options.cache:
        return said_by_tshark(path)
    with open(path, "rb") as handle:
        key = hashlib.sha256(handle.read() + repr(FIELDS).encode()).hexdigest()
    kept = os.path.join(options.cache, key[:32] + ".json")
    if not os.path.exists(kept):
        os.makedirs(options.cache, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=options.cache, delete=False) as handle:
            json.dump(said_by_tshark(path), handle)
        os.rename(handle.name, kept)
    with open(kept) as handle:
        return json.load(handle)


def said_by_truth(options, path):
    """As `said_by_tshark`, from a file of truth; None without one."""
    with open(path, "rb") as handle:
        name = hashlib.sha256(handle.read()).hexdigest()[:16]
    try:
        with open(os.path.join(options.truth, name + ".json")) as handle:
            truth = json.load(handle)
    except FileNotFoundError:
        return None
    sent, seen = {}, {}
    for c in truth["conversations"]:
        if c.get("source") != "tshark":
            continue
        there, back = (c["client"], c["server"]), (c["server"], c["client"])
        for (source, destination), which, packets in ((there, "req", c["packets_c2s"]), (back, "rsp", c["packets_s2c"])):
            if not packets:
                continue
            codes = sent.setdefault("%s %s %s" % (c["protocol"], source, destination), {})
            codes.setdefault("", [0, c["first_frame"]])[0] += packets
            for code, counted in c["functions"].items():
                if counted.get(which):
                    codes.setdefault(code, [0, counted["first_frame"]])[0] += counted[which]
    return {"sent": sent, "seen": seen, "accepted": {}}


# MARK: names

def plain_name(text):
    return re.sub(r"[^0-9a-z]+", "", str(text).lower())


def names_of_tshark(path, only):
    """(kind, address, value) → first frame."""
    fields = {field: kind for kind, group in NAMES.items() if only in (None, kind) for field in group}
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|"]
    for name in COMMON + sorted(fields):
        command += ["-e", name]
    done = subprocess.run(command, capture_output=True, timeout=1200)
    found = {}
    for line in done.stdout.decode(errors="replace").splitlines():
        values = line.split("\t")
        if len(values) != len(COMMON) + len(fields) or not any(values[len(COMMON):]):
            continue
        row = dict(zip(COMMON + sorted(fields), values))
        get = lambda name: [v for v in row[name].split("|") if v]
        source, _ = ends_of(get, layers_of(row["frame.protocols"]))
        if source == "0.0.0.0":
            source = (get("eth.src") or ["-"])[-1]
        for field, kind in fields.items():
            # An empty name of NTLM is NULL.
            for value in get(field):
                if len(plain_name(value)) >= 3 and value != "NULL":
                    found.setdefault((kind, source, value), int(row["frame.number"]))
    return found


def names_of_otassess(options, path):
    done = subprocess.run([options.otassess, "facts", path], capture_output=True, timeout=600)
    said = collections.defaultdict(list)
    for host in json.loads(done.stdout or b"{}").get("hosts", []):
        for address in [host["address"]] + host.get("macs", []):
            said[address] += [plain_name(item["value"]) for item in host.get("identity", [])]
    return said


def compare_names(options, path):
    theirs, ours = names_of_tshark(path, options.only), names_of_otassess(options, path)
    name, rows = path if options.paths else os.path.basename(path), []
    for (kind, address, value), frame in sorted(theirs.items(), key=lambda item: item[1]):
        wanted = plain_name(value)
        # One may say the name with its domain, or a banner whole.
        is_told = any(wanted in have or (len(have) >= 3 and have in wanted) for have in ours[address])
        rows.append(("both" if is_told else "name", kind, "%s %s %s frame %d: %s" % (name, kind, address, frame, value)))
    return rows


# MARK: what otassess says

def said_by_otassess(options, path):
    done = subprocess.run([options.otassess, "facts", path], capture_output=True, timeout=600)
    if done.returncode not in (0, 1) or not done.stdout:
        return None
    sent, ports = {}, {}
    for c in json.loads(done.stdout)["conversations"]:
        client, server = c["client"] or "-", c["server"] or "-"
        ports["%s %s %s" % (c["protocol"], client, server)] = c["server_port"]
        for source, destination in ((client, server), (server, client)):
            sent.setdefault("%s %s %s" % (c["protocol"], source, destination), {})
        for o in c["operations"]:
            for source, destination, which in ((client, server, "requests"), (server, client, "responses")):
                if o[which]:
                    codes = sent["%s %s %s" % (c["protocol"], source, destination)]
                    codes.setdefault(o["code"], [0, o["first_frame"]])[0] += o[which]
    return {"sent": sent, "ports": ports}


# MARK: comparing

def by_pair(sent):
    """protocol, pair → (source, destination) → codes"""
    found = {}
    for key, codes in sent.items():
        protocol, source, destination = key.split(" ")
        found.setdefault((protocol, tuple(sorted((source, destination)))), {})[source, destination] = codes
    return found


def first_frame(directions):
    return min((c[1] for codes in directions.values() for c in codes.values()), default=0)


def operations(protocol, directions):
    """Counts by direction; classes that tshark's fields do not say are left out of both sides by `differing`."""
    return {(s, d, code): n[0] for (s, d), codes in directions.items() for code, n in codes.items() if code}


def differing(protocol, ours, theirs):
    if protocol == "cip":
        # Numbers of classes are written with two digits or with four.
        ours, theirs = ({(s, d, code.replace("/0x0", "/0x").replace("/0x00", "/0x")): n for (s, d, code), n in counts.items()}
                        for counts in (ours, theirs))
        # A service whose class is not known is compared as a service alone.
        loose = {key[2][:4] for key in theirs if key[2].endswith("/?")}
        def folded(counts):
            total = collections.Counter()
            for (s, d, code), n in counts.items():
                total[s, d, code[:4] if code[:4] in loose else code] += n
            return total
        ours, theirs = folded(ours), folded(theirs)
    return [(key, ours.get(key, 0), theirs.get(key, 0)) for key in sorted(ours.keys() | theirs.keys())
            if ours.get(key, 0) != theirs.get(key, 0)]


def compare(job):
    options, path = job
    if options.names_too:
        return compare_names(options, path)
    try:
        theirs = said_by_truth(options, path) if options.truth else cached(options, path)
    except subprocess.TimeoutExpired:
        return [("failed", "-", "%s: tshark takes too long" % path)]
    ours = said_by_otassess(options, path)
    if theirs is None:
        return []
    if ours is None:
        return [("failed", "-", path)]
    rows, name = [], path if options.paths else os.path.basename(path)
    mine, peers = by_pair(ours["sent"]), by_pair(theirs["sent"])
    told = {}
    for protocol, pair in mine:
        told.setdefault(pair, set()).add(protocol)
    for protocol, pair in sorted(mine.keys() | peers.keys()):
        if protocol not in PEERS or options.only not in (None, protocol):
            continue
        place = "%s %s %s" % (name, protocol, " ".join(pair))
        if (protocol, pair) not in mine:
            rows.append(("tshark", protocol, "%s frame %d; otassess: %s" % (
                place, first_frame(peers[protocol, pair]), " ".join(sorted(told.get(pair, ()))) or "nothing")))
            continue
        if (protocol, pair) not in peers:
            rows.append(("otassess", protocol, "%s frame %d; tshark: %s" % (
                place, first_frame(mine[protocol, pair]),
                " ".join(sorted(theirs["seen"].get(" ".join(pair), ()))) or "nothing")))
            continue
        rows.append(("both", protocol, place))
        if PEERS[protocol].codes:
            differences = differing(protocol, operations(protocol, mine[protocol, pair]),
                                    operations(protocol, peers[protocol, pair]))
            rows.append(("same" if not differences else "differ", protocol, "%s frame %d; otassess/tshark: %s" % (
                place, first_frame(peers[protocol, pair]), ", ".join(
                    "%s%s %d/%d" % ("<" if key[0] == pair[1] else ">", key[2], a, b) for key, a, b in differences[:8])
                + (" …" if len(differences) > 8 else ""))))
        for client, server in (pair, pair[::-1]):
            port = ours["ports"].get("%s %s %s" % (protocol, client, server), 0)
            # The port of what facts calls the server was dialled from, not to.
            if client != server and port and "%s %s %s" % (server, client, port) in theirs["accepted"] \
                    and "%s %s %s" % (client, server, port) not in theirs["accepted"]:
                rows.append(("turned", protocol, place))
    if options.it:
        for pair in sorted(told.keys() | {tuple(p.split(" ")) for p in theirs["seen"]}):
            seen = theirs["seen"].get(" ".join(pair), {})
            for protocol in sorted((told.get(pair, set()) | seen.keys()) & options.names - PEERS.keys()):
                if options.only not in (None, protocol):
                    continue
                place = "%s %s %s" % (name, protocol, " ".join(pair))
                if protocol not in seen:
                    rows.append(("otassess", protocol, "%s; tshark: %s" % (place, " ".join(sorted(seen)) or "nothing")))
                elif protocol not in told.get(pair, ()):
                    rows.append(("tshark", protocol, "%s frame %d; otassess: %s" % (
                        place, seen[protocol], " ".join(sorted(told.get(pair, ()))) or "nothing")))
                else:
                    rows.append(("both", protocol, place))
    return rows


def names_of_both(otassess):
    known = json.loads(subprocess.run([otassess, "protocols", "--format", "json"], capture_output=True).stdout)
    layers = subprocess.run(["tshark", "-G", "protocols"], capture_output=True).stdout.decode(errors="replace")
    return {row["protocol"] for row in known} & {line.split("\t")[2] for line in layers.splitlines() if line.count("\t") > 1}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--otassess", required=True)
    parser.add_argument("--only", help="this protocol alone (id of otassess)")
    parser.add_argument("--it", action="store_true", help="compare protocols of IT as well")
    parser.add_argument("--names", dest="names_too", action="store_true",
                        help="compare what hosts say of themselves, and nothing else")
    parser.add_argument("--list", type=int, default=0, help="print the first N differences of each kind and protocol")
    parser.add_argument("--known", help="file of differences that are settled")
    parser.add_argument("--paths", action="store_true", help="print whole paths")
    parser.add_argument("--cache", help="folder that keeps what tshark said")
    parser.add_argument("--truth", help="folder of truth files, in place of tshark")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("captures", nargs="+")
    options = parser.parse_args()
    options.names = names_of_both(options.otassess) if options.it else set()
    known = []
    if options.known:
        with open(options.known) as handle:
            known = [re.compile(text) for line in handle for text in [line.split("  #")[0].strip()] if text]
    rows, settled = [], 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for found in pool.map(compare, [(options, path) for path in options.captures]):
            for row in found:
                if row[0] not in ("both", "same") and any(k.search(row[2]) for k in known):
                    settled += 1
                else:
                    rows.append(row)
    counts = collections.Counter((kind, protocol) for kind, protocol, _ in rows)
    kinds = ("both", "name") if options.names_too else ("both", "tshark", "otassess", "same", "differ", "turned")
    print(("%-16s" + " %8s" * len(kinds)) % (("protocol",) + kinds))
    for protocol in sorted({protocol for _, protocol in counts} - {"-"}):
        print(("%-16s" + " %8d" * len(kinds)) % ((protocol,) + tuple(counts[kind, protocol] for kind in kinds)))
    print("captures %d, failed %d, differences settled %d" % (len(options.captures), counts["failed", "-"], settled))
    for kind in ("failed", "tshark", "otassess", "differ", "turned", "name"):
        for protocol in sorted({p for k, p, _ in rows if k == kind}):
            texts = [text for k, p, text in rows if (k, p) == (kind, protocol)]
            for text in texts[:options.list]:
                print("%-8s %s" % (kind, text))
            if options.list and len(texts) > options.list:
                print("%-8s … %d more of %s" % (kind, len(texts) - options.list, protocol))


main()
