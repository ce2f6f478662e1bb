#!/usr/bin/env bash
# browser.sh HUBBUB [DATA] [SHOTS]: makes reports with maps and time series, and looks at them in headless
# Chromium at 400 and 1,600 px, light and dark. DATA is the folder of shared data, for real shapes and
# signals; SHOTS is where pictures of the pages go. Skipped where there is no Chromium.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
hubbub=$(realpath "$1")
data=$(realpath "${2:-../shared/data}" 2>/dev/null || true)
shots=${3:+$(realpath -m "$3")}
here=$(cd "$(dirname "$0")" && pwd)
if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null; then
  echo "skipped: there is no chromium here (apt-get install chromium)"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

pages=()
report() { # NAME SPEC...: reports what the spec on standard input asks for
  cat > "$1.yaml"
  "$hubbub" report "$1.yaml" --ledger ledger --id "$1" > table.txt 2> said.txt || {
    cat said.txt
    exit 1
  }
  pages+=("$1/report.html")
}

printf 'dataset: d\nlifetime: {epsilon: 100, delta: 1e-3}\n' > policy.yaml
"$hubbub" ledger create ledger --policy policy.yaml > /dev/null 2>&1
"$hubbub" demo --directory demo > table.txt
pages+=(demo/out/report.html)

# Made-up signals of 60 days in eight states, one of them with hardly any; names that would do harm.
awk 'BEGIN {
  print "user,region,intent,at"
  srand(7)
  split("CA NY TX FL IL OH GA WY", states, " ")
  for (i = 0; i < 40000; i++) {
    state = states[int(rand() * rand() * 7) + 1]
    if (i % 900 == 0) state = "WY"
    intent = rand() < .6 ? "auto.suv" : "<script>alert(1)</script>"
    day = int(rand() * 60)
    printf "u%d,%s,%s,%d\n", rand() * 20000, state, intent, 1793491200 + 86400 * day + 3600
  }
}' > signals.csv
columns='{unit: user, region: region, intent: intent, time: at}'
intents='[auto.suv, "<script>alert(1)</script>"]'

report tiles <<END
dataset: d
signals: {files: signals.csv, columns: $columns}
bounds: {cells_per_unit: 2, signals_per_cell: 2}
group_by: [region, intent]
regions: [CA, NY, TX, FL, IL, OH, GA, WY]
intents: $intents
budget: {epsilon: 1/4}
measures: [{count: signals}, {count: units}]
output: {directory: tiles}
END

report days <<END
dataset: d
signals: {files: signals.csv, columns: $columns}
window: {from: 2026-11-01, to: 2026-12-31}
bounds: {cells_per_unit: 4, signals_per_cell: 1}
group_by: [region, intent, day]
regions: [CA, NY, WY]
intents: $intents
budget: {epsilon: 1}
measures: [{count: units}]
output: {directory: days}
END

# Running counts of five days; the last page shows them all.
cat > running.yaml <<END
dataset: d
signals: {files: signals.csv, columns: $columns}
bounds: {cells_per_unit: 4, signals_per_cell: 2}
group_by: [region, intent]
regions: [CA, NY, WY]
intents: $intents
budget: {epsilon: 1}
measures: [{count: signals}, {count: units}]
continual: {every: day, horizon: 60, from: 2026-11-01}
output: {directory: running}
END
for day in 01 02 03 04 05; do
  "$hubbub" report running.yaml --ledger ledger --day "2026-11-$day" > table.txt 2> said.txt || {
    cat said.txt
    exit 1
  }
done
pages+=(running/2026-11-05/report.html)

# Regions that nobody listed: only some are selected, so the map has gaps.
report found <<END
dataset: d
signals: {files: signals.csv, columns: $columns}
bounds: {cells_per_unit: 2, signals_per_cell: 1}
group_by: [region, intent]
regions: private
intents: $intents
budget: {epsilon: 1, delta: 1e-6}
measures: [{count: units}]
output: {directory: found}
END

if [ -n "$data" ] && [ -d "$data/geo" ]; then
  geo="$data/geo"
  atus() { # NAME MAP EPSILON
    report "$1" <<END
dataset: d
signals:
  files: ["$data/atus/atus_events_*.csv.gz"]
  columns: {unit: user_id, region: region, intent: {column: category, prefix: 2}}
bounds: {cells_per_unit: 4, signals_per_cell: 2}
group_by: [region, intent]
regions: {file: "$geo/us_states.csv", column: usps}
intents: ["01", "02", "05", "12", "18"]
budget: {epsilon: $3}
measures: [{count: signals}, {count: units}]
output: {directory: $1$2}
END
  }
  atus atus-tiles "" 1/2
  atus atus-shapes ", map: {file: \"$geo/us-10m.topo.json\", object: states}" 1/2

  # Every county, and countries of the world: made-up signals, real shapes.
  awk -F, 'NR > 1 { for (i = 0; i < NR % 40; i++) printf "%s-%d,%s\n", $1, i, $1 }
    BEGIN { print "user,region" }' "$geo/us_counties.csv" > counties.csv
  report counties <<END
dataset: d
signals: {files: counties.csv, columns: {unit: user, region: region}}
bounds: {cells_per_unit: 1, signals_per_cell: 1}
group_by: region
regions: {file: "$geo/us_counties.csv", column: fips}
budget: {epsilon: 1/3}
measures: [{count: units}]
output: {directory: counties, map: {file: "$geo/us-10m.topo.json", object: counties}}
END
  awk -F, 'NR > 1 { for (i = 0; i < NR % 50; i++) printf "%s-%d,%s\n", $3, i, $3 }
    BEGIN { print "user,region" }' "$geo/countries.csv" > countries.csv
  awk -F, 'NR > 1 && !seen[$3]++ { print $3 }' "$geo/countries.csv" > countries.txt
  report world <<END
dataset: d
signals: {files: countries.csv, columns: {unit: user, region: region}}
bounds: {cells_per_unit: 1, signals_per_cell: 1}
group_by: region
regions: countries.txt
budget: {epsilon: 1/3}
measures: [{count: units}]
output: {directory: world, map: {file: "$geo/world-110m.topo.json", object: countries}}
END
  report nordic <<END
dataset: d
signals: {files: countries.csv, columns: {unit: user, region: region}}
bounds: {cells_per_unit: 1, signals_per_cell: 1}
group_by: region
regions: ["208", "246", "352", "578", "752"]
budget: {epsilon: 1/3}
measures: [{count: units}]
output: {directory: nordic, map: {file: "$geo/world-110m.topo.json", object: countries}}
END
  size=$(wc -c < counties/report.html)
  echo "a map of every county: a page of $size bytes"
  [ "$size" -lt 1500000 ] || { echo "that is too large"; exit 1; }
else
  echo "without real shapes: there is no ../shared/data/geo"
fi

python3 "$here/browser.py" "${pages[@]}" ${shots:+--shots "$shots"}
