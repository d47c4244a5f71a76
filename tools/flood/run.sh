#!/usr/bin/env bash
# run.sh [KIND…]: has every flood (tools/flood/flood.c) assessed and holds each below 1 GB of memory and an hour.
# Prints for each: seconds, megabytes, and which limits the report names. FLOOD_SCALE divides the counts,
# OTASSESS names the program, FLOOD_COMMAND=facts leaves out case and report.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=${OTASSESS:-.build/release/otassess}
scale=${FLOOD_SCALE:-1}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cc -O2 -o "$out/flood" tools/flood/flood.c

# What the issue names, and what else an attacker can make up.
counts="syn=10000000 ipv6=1000000 hosts=1000000 udp=1000000 arp=1000000 arp-replies=1000000 mac=1000000
ethertypes=1000000 ports=1000000 sweep=1000000 hole=100 holes=1000000 fragments=100000 dns=1000000
dns-answers=1000000 dhcp=1000000 modbus=1000000 notable=1000000 snmp=1000000 lldp=1000000 bacnet-names=1000000
http-headers=100000 http-servers=1000000 trickle=1000000 announced=2000 tls=100000 smb=100000 cip=10000 ber=100000
bacnet=100000 opcua=100000"
failed=0
for entry in $counts; do
  kind=${entry%=*}
  if [ $# -gt 0 ] && [[ " $* " != *" $kind "* ]]; then continue; fi
  count=$((${entry#*=} / scale))
  rm -rf "$out/case"
  if [ "${FLOOD_COMMAND:-analyze}" = facts ]; then arguments=(facts -); else arguments=(analyze - --out "$out/case"); fi
  "$out/flood" "$kind" "$count" | python3 tools/flood/measure.py 1000 3600 "$program" "${arguments[@]}" \
    >"$out/told" || failed=1
  printf '%-14s %9d  %s\n' "$kind" "$count" "$(head -1 "$out/told")"
  if [ -f "$out/case/case.otcase" ]; then
    "$program" query "SELECT detail, count FROM limit_reached WHERE kind = 'limit' ORDER BY 1" --format csv \
      "$out/case" 2>/dev/null | tail -n +2 | sed 's/^/    /' || true
  fi
done
exit $failed
