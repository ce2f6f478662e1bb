#!/usr/bin/env bash
# accounting.sh: runs `hubbub account` beside dp-accounting and writes docs/performance.md.
# SPDX-License-Identifier: Apache-2.0
#
# Sets up a virtual environment with dp-accounting from PyPI. Needs python3 with venv and a release
# build:
#
#   swift build -c release && Benchmarks/peers/accounting.sh
#
# FOLDER (for the environment) and HUBBUB (the program) can be set in the environment.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
folder=${FOLDER:-/tmp/hubbub-peers}
hubbub=${HUBBUB:-$top/.build/release/hubbub}

mkdir -p "$folder"
if ! "$folder/accounting/bin/python" -c 'import dp_accounting' 2>/dev/null; then
  python3 -m venv "$folder/accounting"
  "$folder/accounting/bin/pip" --quiet install dp-accounting
fi
"$folder/accounting/bin/python" "$top/Benchmarks/peers/accounting.py" "$hubbub" \
  "$top/docs/performance.md"
