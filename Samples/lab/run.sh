#!/bin/sh
# Rebuild Samples/north-quay from nothing. Debian 12, root, about 11 minutes, no network once packages are installed.
# usage: run.sh [WORK]       WORK: scratch directory (default: a new one under /tmp)
set -eu
cd "$(dirname "$0")"
work=${1:-$(mktemp -d /tmp/north-quay.XXXXXX)}
out=../north-quay

[ "$(id -u)" = 0 ] || { echo "run.sh needs root: namespaces and raw sockets" >&2; exit 1; }
missing=$(for p in $(grep -v '^#' packages.txt); do dpkg -s "$p" >/dev/null 2>&1 || echo "$p"; done)
[ -z "$missing" ] || { echo "please install first: apt-get install --no-install-recommends" $missing >&2; exit 1; }

[ -x "$work/venv/bin/python" ] || { python3 -m venv "$work/venv" && "$work/venv/bin/pip" -q install -r requirements.txt; }
python="$work/venv/bin/python -B"
trap '$python fabric.py' EXIT INT TERM        # whatever happens, no namespace stays behind

$python visit.py --visit 1 --scene day   --seconds 200 --when 2026-03-10T10:05:00 --work "$work" --out $out/visit-1
$python visit.py --visit 2 --scene day   --seconds 200 --when 2026-09-15T10:20:00 --work "$work" --out $out/visit-2
$python visit.py --visit 2 --scene night --seconds 45  --when 2026-09-15T02:40:00 --work "$work" --out $out/visit-2
$python expect.py $out
