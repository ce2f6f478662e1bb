# private_pipelinedp.py: the same report by PipelineDP on its local backend: bounded and noised.
# SPDX-License-Identifier: Apache-2.0

import csv
import sys

import pipeline_dp

signals, regions, intents = sys.argv[1:4]


def words(path: str) -> list[str]:
    with open(path) as lines:
        return lines.read().split()


public = [(region, intent) for region in words(regions) for intent in words(intents)]
with open(signals, newline="") as file:
    reader = csv.reader(file)
    next(reader)
    rows = [(row[0], (row[1], row[2])) for row in reader]
accountant = pipeline_dp.NaiveBudgetAccountant(total_epsilon=1, total_delta=0)
engine = pipeline_dp.DPEngine(accountant, pipeline_dp.LocalBackend())
result = engine.aggregate(
    rows,
    pipeline_dp.AggregateParams(
        metrics=[pipeline_dp.Metrics.COUNT],
        noise_kind=pipeline_dp.NoiseKind.LAPLACE,
        max_partitions_contributed=4,
        max_contributions_per_partition=2,
    ),
    pipeline_dp.DataExtractors(
        privacy_id_extractor=lambda row: row[0],
        partition_extractor=lambda row: row[1],
        value_extractor=lambda row: 0,
    ),
    public_partitions=public,
)
accountant.compute_budgets()
counts = [row[1].count for row in result]
print(len(counts), round(sum(counts)))
