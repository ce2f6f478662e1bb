#!/usr/bin/env bash
# private-cells.sh HUBBUB DATA: keys that nobody listed, on real signals with long tails; the same cells on
# every number of threads and in little memory; and neighbouring data sets through the command itself.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
hubbub=$(realpath "$1")
data=$(realpath "$2" 2> /dev/null || true)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
if [ ! -d "${data:-}/uk_sightings" ]; then
  echo "skipped: there is no real data beside the checkout"
  exit 0
fi
birds="$data/uk_sightings/uk_sightings_events.csv.gz"
printf 'dataset: d\nlifetime: {epsilon: 100000, delta: 999/1000}\n' > policy.yaml

# A report by some keys; both its cells and what they leave are printed, and its release is verified.
report() { # NAME COLUMNS KEYS FILES RULE [OPTIONS]
  cat > "$1.yaml" <<END
name: $1
dataset: d
signals: {files: ["$4"], columns: $2}
bounds: {cells_per_unit: 8, signals_per_cell: 2}
$3
budget: {epsilon: 8, delta: 1e-6}
selection: {rule: $5, share: 1/2, other: true}
measures: [{count: signals}, {count: units}]
output: {directory: out-$1, formats: [json, csv]}
END
  rm -f ledger*
  "$hubbub" ledger create ledger --policy policy.yaml > /dev/null 2>&1
  "$hubbub" report "$1.yaml" --ledger ledger "${@:6}" > table.txt 2> errors.txt || {
    cat errors.txt; return 1
  }
  "$hubbub" verify "out-$1/release.json" --ledger ledger > verified.txt
  echo "$1 ($5, ${*:6}): $(($(wc -l < "out-$1/counts.csv") - 2)) cells, other $(tail -1 "out-$1/counts.csv")"
}

columns='{unit: user_id, region: region, intent: category, time: date, source: km_sq}'
for rule in threshold optimal geometric; do
  report species "$columns" $'group_by: intent\nintents: private' "$birds" $rule
  report square-species "$columns" $'group_by: [region, intent]\nregions: private\nintents: private' \
    "$birds" $rule --threads 1
done
# 5,226 squares of a kilometre, most with one person.
report squares "$columns" $'group_by: source\ncells: {source: private}' "$birds" threshold --memory 60M
# A list beside a private key: only the species of the list.
report listed "$columns" $'group_by: [region, intent]\nregions: private\nintents: [species26, species63]' \
  "$birds" geometric
cut -d, -f2 out-listed/counts.csv | sort -u | grep -v -e '^species26$' -e '^species63$' -e '^intent$' \
  -e '^""$' && exit 1
# Months that nobody listed, beside a list and a private key.
report months "$columns" $'group_by: [month, region]\nregions: private\ncells: {month: private}' "$birds" optimal
# Activities by the first characters of their codes, three private keys at once.
report activities '{unit: user_id, region: region, intent: {column: category, prefix: 4}, time: date}' \
  $'group_by: [region, intent, month]\nregions: private\nintents: private\ncells: {month: private}' \
  "$data/atus/atus_events_*.csv.gz" threshold --threads 2
# Whoever is in none of the others' cells shows with at most delta; here nobody does (chance 1e-6 each).
join -t, -j 1 <(zcat "$birds" | tail -n +2 | cut -d, -f1,3 | sort -u | cut -d, -f2 | sort | uniq -c |
  awk '$1 == 1 {print $2}' | sort) <(cut -d, -f1 out-squares/counts.csv | sort) > single.txt
test ! -s single.txt || { echo "a square of a single person shows"; exit 1; }

# Neighbours: 400 runs with a person whose cell nobody else is in. With delta 1/20 it shows in at most one
# run of twenty: 20 times, with a deviation of 4.4; 48 or more have a chance below 1e-6. A threshold that is
# one too low would show it in one of seven. The cell of thirty shows in nearly every run, and its count
# without noise would be the same in all.
{ echo unit,region; for n in $(seq 1 30); do echo "u$n,many"; done; echo one,alone; } > near.csv
runs=400
for rule in threshold optimal; do
  shown=0 many=0 differ=0
  for _ in $(seq 1 $runs); do
    cat > near.yaml <<END
name: near
dataset: d
signals: {files: [near.csv], columns: {unit: unit, region: region}}
bounds: {cells_per_unit: 1, signals_per_cell: 1}
group_by: region
regions: private
budget: {epsilon: 2, delta: 0.05}
selection: {rule: $rule, share: 1/2}
measures: [{count: units}]
output: {directory: out-near, formats: [csv]}
END
    # Each run spends a delta of 0.05, so that one ledger pays for few: each has its own.
    rm -f near-ledger*
    "$hubbub" ledger create near-ledger --policy policy.yaml > /dev/null 2>&1
    "$hubbub" report near.yaml --ledger near-ledger > /dev/null 2>&1
    grep -q ^alone, out-near/counts.csv && shown=$((shown + 1))
    count=$(grep ^many, out-near/counts.csv | cut -d, -f2 || true)
    [ -n "$count" ] && many=$((many + 1)) && [ "$count" != 30 ] && differ=$((differ + 1))
  done
  echo "$rule: the cell of one person shows in $shown of $runs runs, that of thirty in $many"
  [ $shown -lt 48 ] || { echo "too often for delta 1/20"; exit 1; }
  [ $many -ge $((runs - 5)) ] || { echo "a cell of thirty persons hardly ever fails to show"; exit 1; }
  # At epsilon 1 a count is exact with a chance of 0.46: as good as never in all runs.
  [ $differ -gt 100 ] || { echo "counts without noise"; exit 1; }
done
