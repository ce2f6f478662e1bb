#!/usr/bin/env bash
# run.sh: times `hubbub report` beside plain counts, counts that are only bounded, and its peers.
# SPDX-License-Identifier: Apache-2.0
#
# Makes the signals, sets up virtual environments, runs everything in turn, compares the totals and
# writes the medians and plots into docs/performance.md. Needs python3 with venv, GNU time and a
# release build:
#
#   swift build -c release && Benchmarks/peers/run.sh
#
# COUNTS (numbers of signals, "100000 1000000 10000000"), ALONE (one more number, for `hubbub` alone;
# 100000000 takes about 12 GB of disk; none if left out), ROUNDS (7), SLOW_ROUNDS (1, for the peers
# that take minutes), FOLDER (for signals and environments) and HUBBUB (the program) can be set in
# the environment.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
counts=${COUNTS:-100000 1000000 10000000}
alone=${ALONE:-}
rounds=${ROUNDS:-7}
slow_rounds=${SLOW_ROUNDS:-1}
folder=${FOLDER:-/tmp/hubbub-peers}
hubbub=${HUBBUB:-$top/.build/release/hubbub}
here=$top/Benchmarks/peers

mkdir -p "$folder"
cd "$folder"

# Two environments, as the libraries want different versions of Polars.
if [ ! -x fast/bin/python ]; then
  python3 -m venv fast
  fast/bin/pip --quiet install polars duckdb matplotlib
fi
if [ ! -x private/bin/python ]; then
  python3 -m venv private
  private/bin/pip --quiet install 'opendp[polars]' pipeline-dp
fi

printf 'dataset: peers\nlifetime: {epsilon: 1000000}\n' > policy.yaml
rm -f peers.ledger runs.txt totals.txt
"$hubbub" ledger create peers.ledger --policy policy.yaml > /dev/null 2>&1

# make COUNT: the signals of one size, with the four columns of the goal and with all eight.
make() {
  local at=$1
  mkdir -p "$at"
  if [ ! -s "$at/four.csv" ]; then
    "$hubbub" signals generate --count "$at" --regions 3143 --intents 24 \
      --output "$at/eight.csv" --truth "$at/truth.csv"
    cut -d, -f1-4 "$at/eight.csv" > "$at/four.csv"
    cut -d, -f1 "$at/truth.csv" | tail -n +2 | sort -u > "$at/regions.txt"
    cut -d, -f2 "$at/truth.csv" | tail -n +2 | sort -u > "$at/intents.txt"
  fi
  for name in four eight; do
    cat > "$at/$name.yaml" <<SPEC
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
}

# timed NAME COMMAND...: a line in runs.txt of name, wall, user and system seconds, kilobytes, load.
timed() {
  local name=$1 load
  shift
  load=$(cut -d' ' -f1 /proc/loadavg)
  /usr/bin/time -q -a -o runs.txt -f "$name %e %U %S %M $load" "$@" > output.txt 2> errors.txt \
    || { cat errors.txt >&2; exit 1; }
}

# peer NAME ENVIRONMENT SCRIPT FOLDER FILE: a Python program, and the total that it printed.
peer() {
  local name=$1 python=$2/bin/python script=$3 at=$4 file=$5
  timed "$name:$at:$file" "$python" "$here/$script" \
    "$at/$file.csv" "$at/regions.txt" "$at/intents.txt"
  echo "$name:$at:$file $(tail -1 output.txt)" >> totals.txt
}

ours() {
  timed "hubbub:$1:$2" "$hubbub" report "$1/$2.yaml" --ledger peers.ledger
  echo "hubbub:$1:$2 $(tail -n +2 "$1/out/counts.csv" \
    | awk -F, '{ cells += 1; sum += $3 } END { print cells, sum }')" >> totals.txt
}

for at in $counts; do
  make "$at"
  largest=$at
  for _ in $(seq "$rounds"); do
    ours "$at" four
    peer polars fast plain_polars.py "$at" four
    peer duckdb fast plain_duckdb.py "$at" four
    peer polars-bounded fast bounded_polars.py "$at" four
    peer duckdb-bounded fast bounded_duckdb.py "$at" four
    timed "cat:$at:four" cat "$at/four.csv"
  done
  for _ in $(seq "$slow_rounds"); do
    peer opendp private private_opendp.py "$at" four
    peer pipelinedp private private_pipelinedp.py "$at" four
  done
done
for _ in $(seq "$rounds"); do
  ours "$largest" eight
  peer polars fast plain_polars.py "$largest" eight
  peer duckdb fast plain_duckdb.py "$largest" eight
  timed "cat:$largest:eight" cat "$largest/eight.csv"
done
if [ -n "$alone" ]; then
  make "$alone"
  ours "$alone" four
fi

fast/bin/python "$here/summary.py" runs.txt totals.txt private "$top/docs"
