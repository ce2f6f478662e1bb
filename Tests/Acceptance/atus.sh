#!/usr/bin/env bash
# atus.sh HUBBUB DATA: the main job on four years of real signals, held against the exact table beside
# them. What people did, by state; region = state, intent = two-digit group of activities.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
hubbub=$(realpath "$1")
data=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

exact="$data/atus_exact_by_state_and_major_category.csv"
cut -d, -f1 "$exact" | tail -n +2 | sort -u > states.txt
cut -d, -f2 "$exact" | tail -n +2 | sort -u > groups.txt

spec() { # NAME BOUNDS
  cat > "$1.yaml" <<END
name: atus-$1
dataset: atus
signals:
  files: ["$data/atus_events_*.csv.gz"]
  columns: {unit: user_id, region: region, intent: {column: category, prefix: 2}}
bounds: $2
group_by: [region, intent]
regions: states.txt
intents: groups.txt
budget: {epsilon: 1}
measures: [{count: signals}]
confidence: 0.999999
output: {directory: out-$1}
END
}

# How far the released counts are from the exact ones: no cell may be further than the half-width
# that holds for all cells at once (false alarm: one run in a million). A bound that cuts signals
# makes counts too low, never too high.
compare() { # NAME CUTS
  local half
  half=$(grep -o '"simultaneous_half_width":[0-9]*' "out-$1/release.json" | head -1 | cut -d: -f2)
  awk -F, -v half="$half" -v cuts="$2" -v name="$1" '
    NR == FNR { if (FNR > 1) exact[$1 "," $2] = $3; next }
    FNR == 1 { next }
    {
      difference = $3 - exact[$1 "," $2]
      total += difference
      if (difference < 0) difference_size = -difference; else difference_size = difference
      sum += difference_size
      if (difference > half || (!cuts && -difference > half)) {
        printf "%s: cell %s,%s is too far from the exact count\n", name, $1, $2; bad = 1
      }
      cells++
    }
    END {
      printf "%s: %d cells, mean absolute difference %.2f, mean difference %.2f, half-width over all cells %d\n",
        name, cells, sum / cells, total / cells, half
      exit bad || cells != 51 * 17
    }' "$exact" "out-$1/counts.csv"
}

printf 'dataset: atus\nlifetime: {epsilon: 2}\n' > policy.yaml
"$hubbub" ledger create ledger --policy policy.yaml

spec bounded '{cells_per_unit: 4, signals_per_cell: 2}'
"$hubbub" report bounded.yaml --ledger ledger --id bounded > table.txt
compare bounded 1
"$hubbub" verify out-bounded/release.json --ledger ledger

# Wide enough for everybody: 17 groups, and nobody has more than 38 signals. Nothing is cut.
spec whole '{cells_per_unit: 17, signals_per_cell: 38, signals_per_unit: 38}'
"$hubbub" report whole.yaml --ledger ledger --id whole > table.txt
compare whole 0

# The same id again: the same bytes, at no cost.
cp out-whole/release.json first.json
"$hubbub" report whole.yaml --ledger ledger --id whole > table.txt
cmp first.json out-whole/release.json

# The budget is spent: the next report is refused and reads nothing.
status=0
"$hubbub" report bounded.yaml --ledger ledger --id third > table.txt 2> refusal.txt || status=$?
[ "$status" = 1 ] || { echo "a third report was not refused (exit $status)"; exit 1; }
"$hubbub" ledger verify ledger
