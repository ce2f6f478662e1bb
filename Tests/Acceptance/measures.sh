#!/usr/bin/env bash
# measures.sh HUBBUB DATA VERIFIER: sums, means, quantiles and rankings on real signals, held against
# exact results. ATUS: minutes that people spend, by state and group of activities. Restaurant: money and
# minutes by day of the week.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
hubbub=$(realpath "$1")
data=$(realpath "$2")
verifier=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "$*" >&2; exit 1; }

exact="$data/atus/atus_exact_by_state_and_major_category.csv"
cut -d, -f1 "$exact" | tail -n +2 | sort -u > states.txt
cut -d, -f2 "$exact" | tail -n +2 | sort -u > groups.txt
printf 'dataset: d\nlifetime: {epsilon: 10000000}\n' > policy.yaml
"$hubbub" ledger create ledger --policy policy.yaml > created 2>&1

atus() { # NAME BOUNDS RANGE EPSILON
  cat > "$1.yaml" <<END
name: $1
dataset: d
signals:
  files: ["$data/atus/atus_events_*.csv.gz"]
  columns: {unit: user_id, region: region, intent: {column: category, prefix: 2}, value: minutes}
bounds: $2
group_by: [region, intent]
regions: states.txt
intents: groups.txt
budget: {epsilon: $4}
measures:
  - {count: signals}
  - {mean: value, range: $3, grid: 1}
  - {sum: value, range: $3, grid: 1}
  - {share: signals, over: intent}
  - {top: {key: intent, k: 3, per: region}}
confidence: 0.999999
output: {directory: out-$1, formats: [json, csv]}
END
  "$hubbub" report "$1.yaml" --ledger ledger > "$1.log" 2>&1 || { cat "$1.log" >&2; exit 1; }
  "$hubbub" verify "out-$1/release.json" --ledger ledger > /dev/null
  python3 "$verifier" "out-$1/release.json" > /dev/null || fail "$1: the second verifier refuses it"
}

# Bounds that cut nothing: every sum within its half-width of the exact minutes, every mean and share
# within its interval (false alarm: one cell in a million; there are 867).
atus loose '{cells_per_unit: 17, signals_per_cell: 38}' '[0, 1440]' 1900000
python3 - out-loose/counts.csv "$exact" <<'END'
import csv, sys
from fractions import Fraction
exact = {(r["region"], r["category"]): r for r in csv.DictReader(open(sys.argv[2]))}
rows, far = list(csv.DictReader(open(sys.argv[1]))), 0
totals = {}
for (region, _), row in exact.items():
    totals[region] = totals.get(region, 0) + int(row["events"])
for row in rows:
    events, minutes = (int(exact.get((row["region"], row["intent"]), {"events": 0, "minutes": 0})[name])
                       for name in ("events", "minutes"))
    if abs(int(row["sum"]) - minutes) > int(row["sum_half_width"]):
        far += 1
    if events:
        mean, share = Fraction(minutes, events), Fraction(events, totals[row["region"]])
        if not Fraction(row["mean_low"]) <= mean <= Fraction(row["mean_high"]):
            far += 1
        if not Fraction(row["share_low"]) <= share <= Fraction(row["share_high"]):
            far += 1
if len(rows) != 867 or far > 1:
    sys.exit(f"loose: {far} of {len(rows)} cells are too far from the exact minutes")
print(f"loose: {len(rows)} sums, means and shares are those of the exact table")
END

# What a report would ask for: the mean minutes of large cells are near the exact ones.
atus usual '{cells_per_unit: 8, signals_per_cell: 4}' '[0, 480]' 3
python3 - out-usual/counts.csv "$exact" <<'END'
import csv, sys
exact = {(r["region"], r["category"]): r for r in csv.DictReader(open(sys.argv[2]))}
errors = []
for row in csv.DictReader(open(sys.argv[1])):
    found = exact.get((row["region"], row["intent"]))
    if found and int(found["events"]) >= 2000 and row["mean"]:
        errors.append(abs(float(row["mean"]) - int(found["minutes"]) / int(found["events"])))
errors.sort()
middle = errors[len(errors) // 2]
if not errors or middle > 25:
    sys.exit(f"usual: the median error of {len(errors)} means is {middle:.1f} minutes")
print(f"usual: {len(errors)} means of cells with 2,000 events or more, median error {middle:.1f} minutes")
END

# The restaurant: its columns have names of several words.
cat > restaurant.yaml <<END
name: restaurant
dataset: d
signals:
  files: ["$data/restaurant/week_data.csv"]
  columns: {unit: VisitorId, region: Day, value: "Money spent (euros)"}
bounds: {cells_per_unit: 7, signals_per_cell: 5}
group_by: [region]
regions: ["1", "2", "3", "4", "5", "6", "7"]
budget: {epsilon: 20000}
measures:
  - {count: units}
  - {sum: value, range: [0, 120], grid: 0.01}
  - {quantiles: value, thresholds: [5, 10, 15, 20, 25, 30, 40], at: [1/4, 1/2, 3/4]}
confidence: 0.999999
output: {directory: out-restaurant, formats: [json, csv]}
END
"$hubbub" report restaurant.yaml --ledger ledger > log 2>&1 || { cat log >&2; exit 1; }
python3 "$verifier" out-restaurant/release.json > /dev/null || fail "restaurant: the second verifier refuses it"
python3 - out-restaurant/counts.csv "$data/restaurant/week_data.csv" <<'END'
import csv, sys
from decimal import Decimal
spent = {}
for row in csv.DictReader(open(sys.argv[2])):
    spent.setdefault(row["Day"], []).append(Decimal(row["Money spent (euros)"]))
levels = [5, 10, 15, 20, 25, 30, 40]
for row in csv.DictReader(open(sys.argv[1])):
    values = sorted(spent[row["region"]])
    if abs(Decimal(row["sum"]) - sum(values)) > Decimal(row["sum_half_width"]) + Decimal("0.01"):
        sys.exit(f"restaurant: the sum of day {row['region']} is too far from the exact one")
    for rank in ("0.25", "0.5", "0.75"):
        exact = next((t for t in levels
                      if sum(v <= t for v in values) >= Decimal(rank) * len(values)), None)
        if row["quantile_" + rank] != ("" if exact is None else str(exact)):
            sys.exit(f"restaurant: the quantile {rank} of day {row['region']} is not the exact one")
print("restaurant: sums and quartiles of seven days are the exact ones")
END
