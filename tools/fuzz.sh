#!/usr/bin/env bash
# fuzz.sh [MODE…]: libFuzzer with AddressSanitizer on everything that reads what strangers wrote, SECONDS_TO_RUN (300) in
# all. Modes: capture network engine dissector importer yaml site description (Sources/otfuzz/Fuzz.swift says what each
# is).
#
# Seeds are made from Samples/ (and from the captures named in FUZZ_CAPTURES), from the messages of the dissectors' tests
# and from Samples' texts. A trap, a hang of 5 s (FUZZ_TIMEOUT on a busy machine), memory beyond 1 GB and a leak end the run; the input is then in fuzz/.
# Make it a fixture of the tests (docs/limits.md says where) before mending it.
set -euo pipefail
cd "$(dirname "$0")/.."
modes=("$@")
[ ${#modes[@]} -gt 0 ] || modes=(engine dissector network capture importer yaml site description)
seconds=${SECONDS_TO_RUN:-300}
jobs=${FUZZ_JOBS:-$(nproc)}
fuzzer=.build-fuzz/debug/otfuzz
seeds=.build-fuzz/seeds
if [ "${FUZZ_BUILD:-1}" = 1 ]; then
  OT_FUZZ=1 swift build --scratch-path .build-fuzz --sanitize fuzzer --sanitize address --product otfuzz
fi
mkdir -p fuzz "$seeds"/{capture,network,engine,dissector,importer,yaml,site,description}

# Conversations and frames of captures.
# shellcheck disable=SC2086
OT_FUZZ_SEEDS=$seeds "$fuzzer" Samples/north-quay/visit-*/*.pcap* ${FUZZ_CAPTURES:-} >"$seeds/captures.txt"
# Messages of the dissectors' tests, if the tests are built.
if [ "${FUZZ_TESTS:-1}" = 1 ]; then
  OT_FUZZ_SEEDS=$PWD/$seeds swift test --filter theFuzzerLearnsFromEverySample >/dev/null
fi
# Files: the beginnings of captures, plain and compressed, and texts.
for file in Samples/north-quay/visit-*/*.pcap*; do
  name=$(basename "$(dirname "$file")")-$(basename "$file")
  case $file in
    *.gz) gzip -dc "$file" ;; *.zst) zstd -qdc "$file" ;; *) cat "$file" ;;
  esac 2>/dev/null | head -c 3000 >"$seeds/capture/$name" || true
  gzip -c "$seeds/capture/$name" >"$seeds/capture/$name-gz"
  if command -v zstd >/dev/null; then zstd -qc "$seeds/capture/$name" >"$seeds/capture/$name-zst"; fi
done
find Samples -path '*/config/*' -type f -size -200k -exec cp {} "$seeds/importer/" \;
find Sources/OTKnowledge/Rules -name '*.yaml' -exec cp {} "$seeds/yaml/" \;
find Samples -name 'site.yaml' -exec cp {} "$seeds/site/" \;
# A description, NUL, then flags and messages, as behind the number of a dissector.
for file in Samples/protocols/*.yaml; do
  for messages in "$seeds"/engine/{modbus,fins,egd,ads,snmp,ftp}-*; do
    [ -f "$messages" ] || continue
    { grep -v '^ *#' "$file" && printf '\0' && tail -c +3 "$messages" | head -c 600; } \
      >"$seeds/description/$(basename "$file" .yaml)-$(basename "$messages")"
  done
done

export ASAN_OPTIONS=detect_leaks=${FUZZ_LEAKS:-1}:quarantine_size_mb=16:allocator_may_return_null=0
limit=${FUZZ_TIMEOUT:-5}
share=$((seconds / ${#modes[@]}))
for mode in "${modes[@]}"; do
  length=4096
  [ "$mode" = network ] && length=16384
  mkdir -p ".build-fuzz/corpus/$mode"
  many=()
  case $mode in yaml | site | description) many+=(-dict=tools/fuzz.dict) ;; esac
  [ "$jobs" -gt 1 ] && many+=(-jobs="$jobs" -workers="$jobs")
  echo "== $mode, $share s"
  OT_FUZZ_MODE=$mode "$fuzzer" -max_total_time="$share" -timeout="$limit" -report_slow_units="$limit" -rss_limit_mb=1024 -malloc_limit_mb=256 \
    -max_len=$length -len_control=0 -use_value_profile=0 -reload=1 -print_final_stats=1 "${many[@]}" \
    -artifact_prefix="fuzz/$mode-" ".build-fuzz/corpus/$mode" "$seeds/$mode" 2>&1 |
    grep -E 'ERROR|SUMMARY|Fatal|stat::|Test unit|DONE|deadly' || true
  if compgen -G "fuzz/$mode-*" >/dev/null; then
    echo "found: $(ls fuzz/"$mode"-*)"
    exit 1
  fi
done
echo "no trap, hang, leak or growth in $seconds s on $jobs jobs"
