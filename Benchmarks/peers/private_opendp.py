# private_opendp.py: the same report by OpenDP over Polars: bounded, noised with its Laplace mechanism.
# SPDX-License-Identifier: Apache-2.0

import sys
import warnings

import opendp.prelude as dp
import polars as pl

warnings.filterwarnings("ignore")
dp.enable_features("contrib", "honest-but-curious")

signals, regions, intents = sys.argv[1:4]


def column(path: str, name: str) -> pl.DataFrame:
    with open(path) as lines:
        return pl.DataFrame({name: lines.read().split()})


# Its sampling of groups fails in this version (a field that is named twice), so the first ones stay.
public = column(regions, "region").join(column(intents, "intent"), how="cross")
context = dp.Context.compositor(
    data=pl.scan_csv(signals, schema_overrides={"region": pl.String}).select("user_id", "region", "intent"),
    privacy_unit=dp.unit_of(contributions=1, identifier="user_id"),
    privacy_loss=dp.loss_of(epsilon=1.0),
    split_evenly_over=1,
)
counts = (
    context.query()
    .truncate_per_group(2, by=["region", "intent"])
    .truncate_num_groups(4, by=["region", "intent"], keep="first")
    .group_by("region", "intent")
    .agg(dp.len())
    .with_keys(public)
    .release()
    .collect()
)
print(len(counts), counts["len"].sum())
