#!/usr/bin/env bash
# hierarchy.sh HUBBUB DATA: the nation and its states by the main job on four years of real signals, held
# against the exact table beside them, and every county of the land with made-up signals.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
hubbub=$(realpath "$1")
data=$(realpath "$2")
verifier=$(realpath "$(dirname "$0")/../../Sources/verify-release/verify_release.py")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

exact="$data/atus/atus_exact_by_state_and_major_category.csv"
{ echo code,parent; echo US,; cut -d, -f1 "$exact" | tail -n +2 | sort -u | sed 's/$/,US/'; } > states.csv
cut -d, -f2 "$exact" | tail -n +2 | sort -u > groups.txt
printf 'dataset: d\nlifetime: {epsilon: 100}\n' > policy.yaml
"$hubbub" ledger create ledger --policy policy.yaml > /dev/null

# Wide enough for everybody, so that nothing is cut.
cat > atus.yaml <<END
name: atus
dataset: d
signals:
  files: ["$data/atus/atus_events_*.csv.gz"]
  columns: {unit: user_id, region: region, intent: {column: category, prefix: 2}}
bounds: {cells_per_unit: 17, signals_per_cell: 38, signals_per_unit: 38}
group_by: [region, intent]
regions: {hierarchy: states.csv, levels: [nation, state], optimise: average, consistent: whole}
intents: groups.txt
budget: {epsilon: 2}
measures: [{count: signals, share: 3/4}, {count: units}]
confidence: 0.999999
output: {directory: atus}
END
"$hubbub" plan atus.yaml
"$hubbub" report atus.yaml --ledger ledger --id atus > /dev/null

# Estimates add up exactly, and no noise leaves its half-width (the smallest of two in a million runs).
cat > check.py <<'END'
import csv, json, sys
from fractions import Fraction
release = json.load(open(sys.argv[1]))
hierarchy, cells = release["hierarchy"], release["cells"]
keys = [key["name"] for key in release["query"]["keys"]]
others = [key for key in keys if key != "region"]
codes = list(dict.fromkeys(cell["region"] for cell in cells))
parent = dict(zip(codes, hierarchy["parents"]))
values, whole, sums, totals = {}, {}, {}, {}
for cell, value, count in zip(cells, hierarchy["estimates"]["values"], hierarchy["estimates"]["whole"]):
    place = (cell["region"], *(cell[key] for key in others))
    values[place], whole[place] = Fraction(value), count
for place in values:
    above = (parent[place[0]], *place[1:])
    sums[above] = sums.get(above, 0) + values[place]
    totals[above] = totals.get(above, 0) + whole[place]
inner = [place for place in sums if place[0]]
assert inner and all(sums[place] == values[place] and totals[place] == whole[place] for place in inner)
assert min(whole.values()) >= 0
print(f"{len(values)} cells, {len(inner)} of them the exact sum of others")
if len(sys.argv) > 2:
    truth = {}
    for row in csv.DictReader(open(sys.argv[2])):
        for region in (row["region"], "US"):
            place = region, row["category"]
            truth[place] = truth.get(place, 0) + int(row["events"])
    widths = dict(zip(codes, hierarchy["estimates"]["half_widths"]))
    raw = {(cell["region"], cell["intent"]): cell["signals"] for cell in cells}
    errors = {place: abs(values[place] - truth.get(place, 0)) for place in values}
    assert all(errors[place] <= widths[place[0]] for place in values)
    before = sum(abs(raw[place] - truth.get(place, 0)) for place in raw) / len(raw)
    print(f"mean absolute error {before:.1f} raw, {float(sum(errors.values()) / len(raw)):.1f} once it adds up")
END
python3 check.py atus/release.json "$exact"
"$hubbub" verify atus/release.json --ledger ledger
python3 -B "$verifier" atus/release.json --ledger ledger > verified.txt
head -1 verified.txt

# Nation, state and county: 3,235 counties and made-up signals.
{
  echo nation,state,county
  tail -n +2 "$data/geo/us_counties.csv" | awk -F, '{print "US," $2 "," $1}'
} > counties.csv
{
  echo user,fips
  tail -n +2 "$data/geo/us_counties.csv" | awk -F, '{for (i = 0; i < 20 + NR % 60; i++) print "u" (NR * 7 + i) "," $1}'
} > signals.csv
cat > counties.yaml <<END
name: counties
dataset: d
signals: {files: [signals.csv], columns: {unit: user, region: fips}}
bounds: {cells_per_unit: 3, signals_per_cell: 1}
group_by: [region]
regions: {hierarchy: counties.csv, shares: [1/10, 3/10, 6/10], consistent: whole}
budget: {epsilon: 1}
measures: [{count: signals}, {count: units}]
output: {directory: counties}
END
"$hubbub" report counties.yaml --ledger ledger --id counties > /dev/null
python3 check.py counties/release.json
"$hubbub" verify counties/release.json --ledger ledger
python3 -B "$verifier" counties/release.json --ledger ledger > verified.txt
head -1 verified.txt
