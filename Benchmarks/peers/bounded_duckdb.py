# bounded_duckdb.py: bounds contributions with DuckDB and counts: a random choice, but no noise.
# SPDX-License-Identifier: Apache-2.0

import random
import sys

import duckdb

key = random.getrandbits(62)
[(cells, total)] = duckdb.sql(f"""
    with pairs as (
      select user_id, region, intent, least(count(*), 2) as signals
      from read_csv('{sys.argv[1]}', types = {{'region': 'varchar'}})
      group by all
    ),
    kept as (
      select * from pairs
      qualify row_number() over (
        partition by user_id order by hash(user_id, region, intent, {key})
      ) <= 4
    ),
    counts as (select region, intent, sum(signals) as signals from kept group by all)
    select count(*), sum(signals) from counts
""").fetchall()
print(cells, total)
