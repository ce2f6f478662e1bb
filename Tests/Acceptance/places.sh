#!/usr/bin/env bash
# places.sh HUBBUB DATA: circles, a grid and polygons over real sightings with coordinates, held to counts
# that awk finds. Epsilon is so large that the noise is zero but for a chance below e^-400 a cell.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
hubbub=$(realpath "$1")
data=$(realpath "$2")/uk_sightings_events.csv.gz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > places.csv <<END
name,latitude,longitude
Oxford,51.752,-1.2577
London,51.5074,-0.1278
Wallingford,51.5995,-1.1255
Cardiff,51.4816,-3.1791
Edinburgh,55.9533,-3.1883
Penzance,50.1188,-5.5371
END
cat > policy.yaml <<END
dataset: d
lifetime: {epsilon: 100000}
END
"$hubbub" ledger create l.db --policy policy.yaml > policy.txt 2>&1
spec() { # spec NAME REGIONS
  cat > "$1.yaml" <<END
name: $1
dataset: d
signals: {files: ["$data"], columns: {unit: user_id, latitude: lat, longitude: lon}}
bounds: {cells_per_unit: 20, signals_per_cell: 300}
group_by: region
regions: $2
budget: {epsilon: 10000}
measures: [{count: units, share: 9/10}, {count: signals, share: 1/10}]
output: {directory: $1}
END
  "$hubbub" report "$1.yaml" --ledger l.db --id "$1" > /dev/null 2>&1
  "$hubbub" verify "$1/release.json" --ledger l.db
}

# Circles: distances on a sphere of the local radius are right to some 0.5 %, so awk decides all but the
# signals in a strip of 1 % at the border, and the count lies between the two.
spec circles '{file: places.csv, radius: [10 mi, 20 mi, 100 km]}'
gzip -dc "$data" | awk -F, '
  NR == FNR { if (FNR > 1) { n++; name[n] = $1; la[n] = $2; lo[n] = $3 } next }
  FNR > 1 {
    r = 3.14159265358979 / 180
    for (i = 1; i <= n; i++) {
      h = sin(($4 - la[i]) * r / 2) ^ 2 + cos($4 * r) * cos(la[i] * r) * sin(($5 - lo[i]) * r / 2) ^ 2
      d = 2 * 6371008.8 * atan2(sqrt(h), sqrt(1 - h))
      split("16093.44 32186.88 100000", m, " ")
      for (j = 1; j <= 3; j++) {
        if (d < 0.99 * m[j] && !(($1, i, j) in low)) { low[$1, i, j] = 1; least[i, j]++ }
        if (d < 1.01 * m[j] && !(($1, i, j) in high)) { high[$1, i, j] = 1; most[i, j]++ }
      }
    }
  }
  END {
    split("10 mi,20 mi,100 km", t, ",")
    for (i = 1; i <= n; i++) for (j = 1; j <= 3; j++)
      print name[i] " " t[j] "," least[i, j] + 0 "," most[i, j] + 0
  }' places.csv - > expected.csv
awk -F, '
  NR == FNR { least[$1] = $2; most[$1] = $3; n++; next }
  FNR == 1 { for (i = 1; i <= NF; i++) if ($i == "units") u = i; next }
  { seen++; if ($u < least[$1] || $u > most[$1]) { print "wrong: " $0 " outside " least[$1] " to " most[$1]; bad = 1 } }
  END { if (seen != n) { print "wrong: " seen " circles"; bad = 1 } exit bad }
' expected.csv circles/counts.csv

# The grid and squares of whole degrees as polygons: both exact.
spec grid '{geohash: 3, within: [49, -8, 61, 2]}'
{
  echo '{"type":"FeatureCollection","features":['
  comma=
  for south in 50 51 52 53 54 55 56 57; do
    for west in -6 -5 -4 -3 -2 -1 0; do
      e=$((west + 1)); n=$((south + 1))
      printf '%s{"type":"Feature","properties":{"NAME":"%s %s"},"geometry":{"type":"Polygon","coordinates":[[[%s,%s],[%s,%s],[%s,%s],[%s,%s],[%s,%s]]]}}\n' \
        "$comma" "$south" "$west" "$west" "$south" "$e" "$south" "$e" "$n" "$west" "$n" "$west" "$south"
      comma=,
    done
  done
  echo ']}'
} > squares.geojson
spec squares '{geojson: squares.geojson, key: NAME}'
gzip -dc "$data" | awk -F, '
  function down(x) { return x < int(x) ? int(x) - 1 : int(x) }
  FNR > 1 { k = down($4) " " down($5); if (!(($1, k) in seen)) { seen[$1, k] = 1; units[k]++ } }
  END { for (k in units) print k "," units[k] }' > expected.csv
awk -F, '
  NR == FNR { expected[$1] = $2; next }
  FNR == 1 { for (i = 1; i <= NF; i++) if ($i == "units") u = i; next }
  { sum += $u; if ($u != expected[$1] + 0) { print "wrong: " $0 ", not " expected[$1] + 0; bad = 1 } }
  END { if (sum == 0) { print "wrong: nobody"; bad = 1 } exit bad }
' expected.csv squares/counts.csv
echo "places.sh: circles, a grid and polygons over $(gzip -dc "$data" | wc -l) lines hold"
