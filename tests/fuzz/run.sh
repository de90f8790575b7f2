#!/bin/sh
# Fuzzes one target for so many seconds: tests/fuzz/run.sh TARGET [SECONDS]. See tests/fuzz/README.md.
set -eu
cd "$(dirname "$0")/../.."
target=$1
seconds=${2:-600}
corpus=tests/fuzz/corpus/$target
mkdir -p "$corpus"
cp tests/fuzz/seeds/"$target"/* "$corpus"/ 2>/dev/null || true
length=4096
case $target in
  parser|fmt)
    n=0
    for file in $(find tests/cases policies tests/fuzz -name '*.cwr' 2>/dev/null); do
      n=$((n + 1)) && cp "$file" "$corpus/case-$n"
    done ;;
  jsonl|table|counts) length=16384 ;;
  parquet) length=32768 && cp tests/cases/history/*.parquet "$corpus"/ ;;
  state) length=16384 && cp tests/fuzz/rich.history.jsonl "$corpus"/ ;;
  compressed) length=8192 ;;
esac
[ -d tests/cases/fuzz/"$target" ] && cp tests/cases/fuzz/"$target"/* "$corpus"/
RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz --target-dir target/fuzz --sanitizer none "$target" "$corpus" -- \
  -max_total_time="$seconds" -max_len="$length" -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=1024 \
  -dict=tests/fuzz/dictionary.txt -len_control=20 -print_final_stats=1
