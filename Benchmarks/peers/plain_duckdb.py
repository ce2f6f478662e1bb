# plain_duckdb.py: counts signals per region and intent with DuckDB: exact, nothing private.
# SPDX-License-Identifier: Apache-2.0

import sys

import duckdb

rows = duckdb.sql(
    f"select region, intent, count(*) from read_csv('{sys.argv[1]}') group by all"
).fetchall()
print(len(rows), sum(row[2] for row in rows))
