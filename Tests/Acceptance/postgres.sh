#!/usr/bin/env bash
# The ledger over a real PostgreSQL server: its tests, then a few commands. The server is made in a
# temporary directory, listens on loopback alone and is gone at the end, whatever happens.
#   postgres.sh            everything
#   postgres.sh COMMAND..  runs a command with $HUBBUB_POSTGRES naming such a server
set -euo pipefail
cd "$(dirname "$0")/../.."

binaries=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$binaries" ] || ! pkg-config --exists libpq; then
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends postgresql libpq-dev
  binaries=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
fi

# A server refuses to run as root; the package brings a user for it.
as_server() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

folder=$(mktemp -d /tmp/hubbub-postgres-XXXXXX)
cleanup() {
  as_server "$binaries/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap cleanup EXIT
if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
(umask 077 && printf '%s\n' "$password" >"$folder/password")
if [ "$(id -u)" = 0 ]; then chown postgres "$folder/password"; fi

cd "$folder"
as_server "$binaries/initdb" -D "$folder/data" -U owner -A scram-sha-256 -E UTF8 --locale=C \
  --pwfile="$folder/password" >"$folder/initdb.log" || { cat "$folder/initdb.log"; exit 3; }
# The tests kill processes, not the machine, so this server need not wait for its disk.
for _ in 1 2 3 4 5; do
  port=$((20000 + RANDOM % 20000))
  if as_server "$binaries/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 start \
    -o "-c listen_addresses=127.0.0.1 -p $port -k $folder -c max_connections=300 -c fsync=off" >/dev/null; then
    break
  fi
  port=
done
[ -n "$port" ] || { cat "$folder/log"; exit 3; }
cd - >/dev/null
export HUBBUB_POSTGRES="postgres://owner:$password@127.0.0.1:$port/postgres"

if [ $# -gt 0 ]; then "$@"; exit; fi

build=(--traits PostgreSQL --scratch-path .build-postgres)
swift build "${build[@]}" --build-tests -Xswiftc -warnings-as-errors
swift test "${build[@]}" -Xswiftc -warnings-as-errors --skip-build --filter LedgerStoreTests

hubbub=$PWD/.build-postgres/debug/hubbub
ledger=$HUBBUB_POSTGRES
cat >"$folder/policy.yaml" <<'POLICY'
dataset: signals
lifetime: {epsilon: 1, delta: 1e-6}
POLICY
"$hubbub" ledger create "$ledger" --policy "$folder/policy.yaml"
for _ in 1 2 3 4 5 6 7 8 9 10; do
  "$hubbub" ledger spend "$ledger" --dataset signals --epsilon 0.1 --format json >/dev/null
done
status=0
"$hubbub" ledger spend "$ledger" --dataset signals --epsilon 1e-30 --format json || status=$?
[ "$status" = 1 ] || { echo "one spend too many ended with $status"; exit 1; }
"$hubbub" ledger show "$ledger"
"$hubbub" ledger history "$ledger" | tail -n 3
"$hubbub" ledger verify "$ledger"
"$hubbub" ledger show "$ledger" 2>&1 | { ! grep -q "$password"; }
status=0
"$hubbub" ledger show "postgres://owner:wrong$password@127.0.0.1:$port/postgres" 2>"$folder/error" \
  || status=$?
[ "$status" = 3 ] || { echo "a wrong password ended with $status"; exit 1; }
if grep -q "$password" "$folder/error"; then echo "an error shows the password"; exit 1; fi
cat "$folder/error"
echo "A ledger in PostgreSQL holds."
