#!/usr/bin/env bash
# run.sh: times `hubbub report` beside plain, non-private counts by Polars and DuckDB.
# SPDX-License-Identifier: Apache-2.0
#
# Makes the signals, sets up a virtual environment, runs everything in turn and writes the medians
# into docs/performance.md. Needs python3 with venv, GNU time and a release build:
#
#   swift build -c release && Benchmarks/peers/run.sh
#
# COUNT (signals, 10000000), ROUNDS (7), FOLDER (for signals and environment, about 1.5 GB) and
# HUBBUB (the program) can be set in the environment.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
count=${COUNT:-10000000}
rounds=${ROUNDS:-7}
folder=${FOLDER:-/tmp/hubbub-peers}
hubbub=${HUBBUB:-$top/.build/release/hubbub}
here=$top/Benchmarks/peers

mkdir -p "$folder"
cd "$folder"

if [ ! -x venv/bin/python ]; then
  python3 -m venv venv
  venv/bin/pip --quiet install polars duckdb
fi

if [ ! -s signals.csv ] || [ "$(cat signals.count 2>/dev/null)" != "$count" ]; then
  "$hubbub" signals generate --count "$count" --regions 3143 --intents 24 \
    --output wide.csv --truth truth.csv
  # The four columns of the goal: unit, region, intent and time, about 50 bytes a signal.
  cut -d, -f1-4 wide.csv > signals.csv
  cut -d, -f1 truth.csv | tail -n +2 | sort -u > regions.txt
  cut -d, -f2 truth.csv | tail -n +2 | sort -u > intents.txt
  echo "$count" > signals.count
fi

for name in signals wide; do
  cat > "$name.yaml" <<SPEC
name: peers
dataset: peers
signals:
  files: [$name.csv]
  columns: {unit: user_id, region: region, intent: intent}
bounds: {cells_per_unit: 4, signals_per_cell: 2}
group_by: [region, intent]
regions: {file: regions.txt}
intents: {file: intents.txt}
budget: {epsilon: 1}
measures: [{count: signals}]
output: {directory: out, formats: [json, csv, html]}
SPEC
done
printf 'dataset: peers\nlifetime: {epsilon: 1000}\n' > policy.yaml
rm -f peers.ledger
"$hubbub" ledger create peers.ledger --policy policy.yaml > /dev/null 2>&1

# One line a run: name, wall seconds, user seconds, system seconds, kilobytes of memory, load.
timed() {
  local name=$1
  shift
  local load
  load=$(cut -d' ' -f1 /proc/loadavg)
  /usr/bin/time -q -a -o runs.txt -f "$name %e %U %S %M $load" "$@" > /dev/null 2> errors.txt \
    || { cat errors.txt >&2; exit 1; }
}

rm -f runs.txt
for _ in $(seq "$rounds"); do
  for name in signals wide; do
    timed "hubbub:$name" "$hubbub" report "$name.yaml" --ledger peers.ledger
    timed "polars:$name" venv/bin/python "$here/plain_polars.py" "$name.csv"
    timed "duckdb:$name" venv/bin/python "$here/plain_duckdb.py" "$name.csv"
    timed "cat:$name" cat "$name.csv"
  done
done

venv/bin/python "$here/summary.py" runs.txt "$count" "$top/docs/performance.md" signals.csv wide.csv
