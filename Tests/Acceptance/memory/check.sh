#!/usr/bin/env bash
# check.sh: no leak, no use after free, no read out of bounds in exact arithmetic.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile() { # NAME FLAGS...
  local name=$1
  shift
  swiftc "$@" -swift-version 6 -package-name hubbub -enable-upcoming-feature MemberImportVisibility \
    -I Sources/CGMP -Xcc -fmodule-map-file=Sources/CGMP/module.modulemap \
    Sources/ExactArithmetic/*.swift Tests/Acceptance/memory/main.swift -o "$work/$name" \
    2> "$work/messages" || { cat "$work/messages"; exit 1; }
}

compile sanitized -sanitize=address -g
ASAN_OPTIONS=detect_leaks=0 "$work/sanitized" > "$work/first"

# The checker cannot read the compiler's newest debugging information, so there is none.
compile plain -O -gnone
strip "$work/plain"
valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
  "$work/plain" > "$work/second"
cmp "$work/first" "$work/second"
echo "exact arithmetic: no leak, no use after free"
