#!/usr/bin/env bash
# fuzz.sh: libFuzzer with AddressSanitizer on the dissection engine, for $SECONDS_TO_RUN (300) on all cores.
# A crash is written to fuzz/crash-*; make it a fixture of the dissector's tests before mending it.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${SECONDS_TO_RUN:-300}
OT_FUZZ=1 swift build --scratch-path .build-fuzz --sanitize fuzzer --sanitize address --product otfuzz
mkdir -p .build-fuzz/corpus fuzz
ASAN_OPTIONS=detect_leaks=0 .build-fuzz/debug/otfuzz -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
  -max_len=4096 -jobs="$(nproc)" -workers="$(nproc)" -artifact_prefix=fuzz/ .build-fuzz/corpus
echo "no crash in $seconds s on $(nproc) cores"
