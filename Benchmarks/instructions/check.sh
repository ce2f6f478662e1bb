#!/usr/bin/env bash
# check.sh: counts the instructions and allocations of small jobs and holds them to thresholds.
# SPDX-License-Identifier: Apache-2.0
#
# Times are noisy on shared machines; instructions are not. Needs valgrind. With --update it writes
# what it counted into thresholds.tsv instead.
#
#   Benchmarks/instructions/check.sh [--update]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
thresholds=$here/thresholds.tsv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$here/.."
swift build -c release --product Instructions > "$work/build" 2>&1 || { cat "$work/build"; exit 1; }
# The checker cannot read the compiler's newest debugging information.
strip -o "$work/instructions" .build/release/Instructions

# counted HOW JOB: two numbers, instructions and allocations.
counted() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    "$work/instructions" "$1" "$2" "$work/$2" > "$work/out" 2> "$work/calls" \
    || { cat "$work/out" "$work/calls" >&2; exit 1; }
  rm -rf "$work/again" && cp -r "$work/$2" "$work/again"
  valgrind --undef-value-errors=no --leak-check=no \
    "$work/instructions" "$1" "$2" "$work/again" > "$work/out" 2> "$work/heap" \
    || { cat "$work/out" "$work/heap" >&2; exit 1; }
  echo "$(awk '/Collected/ { print $4 }' "$work/calls")" \
    "$(awk '/total heap usage/ { gsub(",", "", $5); print $5 }' "$work/heap")"
}

failed=0
: > "$work/table"
for job in noise accounting ledger csv jsonLines; do
  mkdir -p "$work/$job"
  "$work/instructions" prepare "$job" "$work/$job"
  # What the process itself takes is the same for every job.
  read -r idle idle_heap <<< "$(counted nothing "$job")"
  read -r calls heap <<< "$(counted run "$job")"
  calls=$((calls - idle)) heap=$((heap - idle_heap))
  printf '%s\t%s\t%s\n' "$job" "$calls" "$heap" >> "$work/table"
  [ "${1:-}" = --update ] && { echo "$job: $calls instructions, $heap allocations"; continue; }
  read -r most most_heap <<< "$(awk -v job="$job" '$1 == job { print $2, $3 }' "$thresholds")"
  # A tenth more is another program; a new compiler's few per cent are not.
  if [ "$calls" -gt $((most + most / 10)) ] || [ "$heap" -gt $((most_heap + most_heap / 10 + 100)) ]; then
    echo "$job: $calls instructions, $heap allocations; more than a tenth above $most and $most_heap"
    failed=1
  else
    echo "$job: $calls instructions, $heap allocations; within a tenth of $most and $most_heap"
  fi
done
[ "${1:-}" = --update ] && cp "$work/table" "$thresholds"
exit $failed
