# plain_polars.py: counts signals per region and intent with Polars: exact, nothing private.
# SPDX-License-Identifier: Apache-2.0

import sys

import polars as pl

counts = (
    pl.scan_csv(sys.argv[1])
    .group_by(["region", "intent"])
    .len()
    .collect(engine="streaming")
)
print(len(counts), counts["len"].sum())
