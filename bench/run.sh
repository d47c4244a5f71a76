#!/usr/bin/env bash
# bench/run.sh: what a run costs, against libpcap's own counting loop on the same capture in the same round; and tshark,
# ndpiReader and Zeek beside it, those that are installed, on a piece of the same capture.
#
#   OT_MIX=FILE       the capture (default: made by ../shared/tools/bench/make_ot_mix.sh, OT_MIX_MB megabytes, 1000)
#   OT_ROUNDS=N       interleaved rounds, of which the median counts (default 3)
#   OT_PEERS=0        no other programs; OT_PEER_PACKETS=N sets the size of their piece (default 700000, some 100 MB)
#   OT_BIN=FOLDER     otbench and otassess as they stand there, instead of building them
#
# CPU is user and system time of the process. Instructions a packet are the difference of two cuts of the capture under
# cachegrind, which has no noise; they want valgrind, and are left out without it.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$PWD/.build/bench
mkdir -p "$work"
rounds=${OT_ROUNDS:-3}
megabytes=${OT_MIX_MB:-1000}
maker=../shared/tools/bench/make_ot_mix.sh

mix=${OT_MIX:-$work/ot-$megabytes.pcap}
if [ ! -s "$mix" ]; then
  if [ ! -x "$maker" ]; then
    echo "bench: no capture. Give one with OT_MIX=FILE; $maker, which makes the mix, is not here." >&2
    exit 1
  fi
  "$maker" "$mix" "$megabytes"
fi
mix=$(realpath "$mix")

bin=${OT_BIN:-}
if [ -z "$bin" ]; then
  swift build -c release --product otbench
  swift build -c release --product otassess
  bin=$(swift build -c release --show-bin-path)
fi
"${CC:-cc}" -O2 -o "$work/pcap_count" bench/pcap_count.c -lpcap

# The first packets of the mix, cut at a record's end.
cut_mix() {
  python3 - "$mix" "$1" "$2" <<'PYTHON'
import struct, sys
source, target, limit = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(source, "rb") as capture, open(target, "wb") as cut:
    head = capture.read(24)
    order = "<" if head[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    cut.write(head)
    for _ in range(limit):
        record = capture.read(16)
        if len(record) < 16: break
        cut.write(record + capture.read(struct.unpack(order + "I", record[8:12])[0]))
PYTHON
}

# measure NAME COMMAND…: appends "name cpu wall rss-in-MiB" of one run; a failed one is told and counts nothing.
measure() {
  python3 - "$times" "$@" <<'PYTHON'
import os, subprocess, sys, time
times, name, command = sys.argv[1], sys.argv[2], sys.argv[3:]
start = time.monotonic()
process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
wall = time.monotonic() - start
if os.waitstatus_to_exitcode(status) != 0: sys.exit(print("bench:", name, "failed", file=sys.stderr))
with open(times, "a") as out:
    print(name, used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, sep="\t", file=out)
PYTHON
}

# analyze WORKERS FILE: one whole run of the program, evidence hashed.
analyze() {
  rm -rf "$work/out"
  measure "analyze, workers: $1" "$bin/otassess" analyze --workers "$1" --out "$work/out" "$2"
}

# tell FILE: the table of the runs in $times.
tell() {
  local packets
  packets=$("$work/pcap_count" "$1" | awk '{ print $1 }')
  echo
  echo "$1: $packets packets, $(stat -c %s "$1") bytes, load $(cut -d' ' -f1 /proc/loadavg)"
  python3 - "$times" "$packets" <<'PYTHON'
import statistics, sys
rows = {}
for line in open(sys.argv[1]):
    name, *figures = line.rstrip("\n").split("\t")
    rows.setdefault(name, []).append([float(x) for x in figures])
packets = int(sys.argv[2])
loop = [row[0] for row in rows["libpcap loop"]]
print(f"{'':34}{'CPU s':>8}{'wall s':>8}{'RSS MiB':>9}{'x loop':>8}{'packets/CPU s':>15}")
for name, runs in rows.items():
    cpu, wall = (statistics.median(row[i] for row in runs) for i in (0, 1))
    rss = max(row[2] for row in runs)
    ratio = statistics.median(row[0] / base for row, base in zip(runs, loop) if base > 0)
    print(f"{name:34}{cpu:8.2f}{wall:8.2f}{rss:9.0f}{ratio:8.1f}{packets / cpu if cpu else 0:15,.0f}")
for name in "otbench workers", "analyze, workers:":
    one, two = rows.get(f"{name} 1"), rows.get(f"{name} 2")
    if one and two:
        gain = statistics.median(a[1] / b[1] for a, b in zip(one, two))
        print(f"{name} 2: {gain:.2f} times as fast as {name} 1 (wall)")
PYTHON
}

times=$work/times
: > "$times"
for _ in $(seq "$rounds"); do
  measure "libpcap loop" "$work/pcap_count" "$mix"
  for stage in read fold facts case report; do measure "otbench $stage" "$bin/otbench" "$stage" "$mix"; done
  # The whole run but the hash, which has a core of its own with one worker and none with two.
  for workers in 1 2; do measure "otbench workers $workers" "$bin/otbench" workers "$workers" "$mix"; done
  for workers in 1 2; do analyze "$workers" "$mix"; done
  measure "sha-256 alone" openssl dgst -sha256 "$mix"
done
tell "$mix"

if command -v valgrind > /dev/null; then
  packets=$("$work/pcap_count" "$mix" | awk '{ print $1 }')
  half=$(((packets < 200000 ? packets : 200000) / 2))
  cut_mix "$work/one.pcap" "$half"
  cut_mix "$work/two.pcap" $((2 * half))
  cp "$bin/otbench" "$work/otbench"
  objcopy --strip-debug "$work/otbench"
  # Valgrind has no room to let the heap grow: glibc takes what it needs at once, elsewhere.
  count() {
    GLIBC_TUNABLES=glibc.malloc.top_pad=536870912 \
      valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "$work/otbench" "$1" "$2" 2>&1 |
      awk '/I *refs/ { gsub(",", "", $NF); print $NF }'
  }
  echo
  echo "instructions a packet (the second $half packets of the mix); report is the whole run, evidence not hashed"
  for stage in read fold facts case report; do
    echo "  otbench $stage: $((($(count "$stage" "$work/two.pcap") - $(count "$stage" "$work/one.pcap")) / half))"
  done
fi

has() { command -v "$1" > /dev/null; }
if [ "${OT_PEERS:-1}" != 0 ] && { has tshark || has ndpiReader || has zeek; }; then
  piece=$work/piece.pcap
  cut_mix "$piece" "${OT_PEER_PACKETS:-700000}"
  times=$work/peer-times
  : > "$times"
  for _ in $(seq "$rounds"); do
    measure "libpcap loop" "$work/pcap_count" "$piece"
    measure "otbench facts" "$bin/otbench" facts "$piece"
    analyze 1 "$piece"
    if has ndpiReader; then measure "ndpiReader -q" ndpiReader -q -i "$piece"; fi
    if has tshark; then measure "tshark -q -z conv,ip -z io,phs" tshark -q -z conv,ip -z io,phs -r "$piece"; fi
    if has zeek; then
      rm -rf "$work/zeek" && mkdir "$work/zeek"
      measure "zeek -C -r" bash -c 'cd "$0" && exec zeek -C -r "$1"' "$work/zeek" "$piece"
    fi
  done
  echo
  echo "beside others: they do other work than ours, and less or more of it; docs/performance.md says what"
  tell "$piece"
fi
