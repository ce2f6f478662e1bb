# bounded_polars.py: bounds contributions with Polars and counts: a random choice, but no noise.
# SPDX-License-Identifier: Apache-2.0

import random
import sys

import polars as pl

key = random.getrandbits(64)
kept = (
    pl.scan_csv(sys.argv[1], schema_overrides={"region": pl.String})
    .group_by("user_id", "region", "intent")
    .agg(pl.len().clip(0, 2).alias("signals"))
    .with_columns(place=pl.concat_str("user_id", "region", "intent", separator=" ").hash(key))
    .filter(pl.col("place").rank("ordinal").over("user_id") <= 4)
)
counts = (
    kept.group_by("region", "intent").agg(pl.col("signals").sum()).collect(engine="streaming")
)
print(len(counts), counts["signals"].sum())
