#!/usr/bin/env bash
# uk_sightings.sh HUBBUB DATA: running counts over 60 days of real signals, some persons in 179 days of
# them, held against the exact table of every day; runs are killed in between.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
hubbub=$(realpath "$1")
[ -d "$2" ] || { echo "uk_sightings: skipped, there is no folder $2"; exit 0; }
data=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

days=60 first=2017-06-15
zcat "$data/uk_sightings_events.csv.gz" > signals.csv
cut -d, -f2 signals.csv | tail -n +2 | sort -u > squares.txt
awk -F, -v first=$first -v last=$(date -ud "$first + $((days - 1)) days" +%F) \
  'NR > 1 && $7 >= first && $7 <= last { print $7 "," $2 "," $1 }' signals.csv | sort > window.csv

spec() { # NAME BOUNDS
  cat > "$1.yaml" <<END
name: sightings-$1
dataset: sightings
signals:
  files: [signals.csv]
  columns: {unit: user_id, region: region, time: date}
bounds: $2
group_by: [region]
regions: squares.txt
continual: {every: day, horizon: 365, from: $first}
budget: {epsilon: 1}
measures: [{count: signals}, {count: units}]
confidence: 0.99999999
output: {directory: out-$1}
END
}

# The exact running counts of a day: signals and distinct units of each square.
exact() { # DAY
  awk -F, -v day="$1" '$1 <= day { signals[$2]++; if (!seen[$2, $3]++) units[$2]++ }
    END { for (square in signals) print square "," signals[square] "," units[square] }' window.csv
}

# How far the released counts of a day are from the exact ones: no cell may be further than the
# half-width that holds for all cells at once (false alarm below 5e-6 over all days and measures). Bounds
# that cut make counts too low, never too high.
compare() { # NAME DAY CUTS
  local half
  half=$(grep -o '"simultaneous_half_width":[0-9]*' "out-$1/$2/release.json" | cut -d: -f2 | paste -sd,)
  exact "$2" > exact.csv
  awk -F, -v halves="$half" -v cuts="$3" -v place="$1 on $2" '
    BEGIN { split(halves, half, ",") }
    FILENAME == "exact.csv" { exact[$1, 1] = $2; exact[$1, 2] = $3; next }
    FNR == 1 { next }
    {
      for (measure = 1; measure <= 2; measure++) {
        difference = $(2 * measure) - exact[$1, measure]
        total[measure] += difference; sum[measure] += difference < 0 ? -difference : difference
        if (difference > half[measure] || (!cuts && -difference > half[measure])) {
          printf "%s: square %s is too far from the exact count\n", place, $1; bad = 1
        }
      }
      cells++
    }
    END {
      printf "%s: %d cells; signals: mean absolute difference %.1f, mean difference %.1f, half-width %d; units: %.1f, %.1f, %d\n",
        place, cells, sum[1] / cells, total[1] / cells, half[1], sum[2] / cells, total[2] / cells, half[2]
      exit bad || cells != 47
    }' exact.csv "out-$1/$2/counts.csv"
}

printf 'dataset: sightings\nlifetime: {epsilon: 2}\n' > policy.yaml
"$hubbub" ledger create ledger --policy policy.yaml > printed

# Wide enough for everybody in these days, and bounds that cut.
read -r squares signals all < <(awk -F, '
  { if (++cell[$3, $2] > signals) signals = cell[$3, $2]; if (++own[$3] > all) all = own[$3]
    if (cell[$3, $2] == 1 && ++squares[$3] > most) most = squares[$3] }
  END { print most, signals, all }' window.csv)
spec whole "{cells_per_unit: $squares, signals_per_cell: $signals, signals_per_unit: $all}"
spec bounded '{cells_per_unit: 2, signals_per_cell: 3, signals_per_unit: 4}'

begin=$(date +%s)
for name in whole bounded; do
  for ((i = 0; i < days; i++)); do
    day=$(date -ud "$first + $i days" +%F)
    # Every seventh day the first attempt is killed somewhere.
    if ((i % 7 == 3)); then
      "$hubbub" report "$name.yaml" --ledger ledger --day "$day" > printed 2> said & attempt=$!
      sleep "0.0$((RANDOM % 9))$((RANDOM % 10))"
      kill -9 $attempt 2> said || true
      wait $attempt 2> said || true
    fi
    "$hubbub" report "$name.yaml" --ledger ledger --day "$day" > printed 2> said || { cat said; exit 1; }
    cuts=0; [ $name = bounded ] && cuts=1
    compare $name "$day" $cuts > line || { cat line; exit 1; }
    case $((i + 1)) in 1 | 7 | 30 | 60) cat line ;; esac
  done
done
echo "uk_sightings: 120 runs and comparisons in $(($(date +%s) - begin)) s"

# Releases verify, nothing was paid twice, and a day that was released comes back byte for byte.
for name in whole bounded; do
  for day in $first 2017-07-14 2017-08-13; do
    "$hubbub" verify "out-$name/$day/release.json" --ledger ledger > printed || { cat printed; exit 1; }
  done
done
"$hubbub" ledger show ledger --format json | grep -q '"remaining": {"lifetime": \["0", "0"\]}'
cp out-whole/2017-07-14/release.json first.json
"$hubbub" report whole.yaml --ledger ledger --day 2017-07-14 > printed 2> said
cmp first.json out-whole/2017-07-14/release.json
[ "$(ls hubbub-store/sightings.sightings-whole | wc -l)" = 3 ]
"$hubbub" ledger verify ledger
