#!/usr/bin/env bash
# What the program makes of the samples, as kept in Reports/. A test fails where they are stale.
#   tools/make_reports.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
otassess=${OTASSESS:-.build/release/otassess}
out=${1:-Reports}
site=Samples/north-quay
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for visit in visit-1 visit-2; do
  "$otassess" analyze "$site/$visit" "$site/config" --site "$site/site.yaml" --out "$work/$visit" >/dev/null
done
# 1: something changed, which is what the two visits are for.
"$otassess" diff "$work/visit-1" "$work/visit-2" --out "$work/diff" >/dev/null || [ $? -eq 1 ]

mkdir -p "$out/north-quay"
for visit in visit-1 visit-2; do
  rm -f "$work/$visit/case.otcase"
  rm -rf "${out:?}/north-quay/$visit" && cp -r "$work/$visit" "$out/north-quay/$visit"
done
rm -rf "${out:?}/north-quay/diff" && mkdir "$out/north-quay/diff"
cp "$work/diff/diff.md" "$work/diff/diff.json" "$out/north-quay/diff/"
