# summary.py: writes the medians of timed runs into docs/performance.md, between its two marks.
# SPDX-License-Identifier: Apache-2.0

import importlib.metadata
import os
import platform
import re
import statistics
import sys

BEGIN = "<!-- figures -->"
END = "<!-- end of figures -->"
NAMES = {
    "hubbub": "`hubbub report`, from CSV to the release, all private",
    "polars": "Polars {}, plain group-by, nothing private",
    "duckdb": "DuckDB {}, plain group-by, nothing private",
    "cat": "`cat`, to read the file",
}


def processor() -> str:
    with open("/proc/cpuinfo") as lines:
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} processors ({names[0]})" if names else platform.machine()


def main(runs: str, count: str, page: str, *files: str) -> None:
    taken: dict[str, list[tuple[float, float, float, float]]] = {}
    with open(runs) as lines:
        for line in lines:
            name, wall, user, system, memory, load = line.split()
            row = (float(wall), float(user) + float(system), float(memory) / 1024, float(load))
            taken.setdefault(name, []).append(row)
    loads = [row[3] for rows in taken.values() for row in rows]
    rounds = len(next(iter(taken.values())))
    text = [
        BEGIN,
        "",
        f"{int(count):,} signals, {processor()}, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}. Medians of {rounds} runs in turn; the load of the"
        f" machine was {min(loads):.1f} to {max(loads):.1f}.",
    ]
    for file in files:
        shape = file.removesuffix(".csv")
        plain = statistics.median(row[1] for row in taken[f"polars:{shape}"])
        size = os.path.getsize(file)
        with open(file) as lines:
            columns = len(lines.readline().split(","))
        text += [
            "",
            f"{columns} columns, {size / 1e6:,.0f} MB:",
            "",
            "| | CPU seconds | of Polars' | wall seconds | peak memory, MB |",
            "| --- | --- | --- | --- | --- |",
        ]
        for kind, title in NAMES.items():
            rows = taken[f"{kind}:{shape}"]
            wall, cpu, memory, _ = (statistics.median(column) for column in zip(*rows))
            if "{}" in title:
                title = title.format(importlib.metadata.version(kind))
            text.append(f"| {title} | {cpu:.2f} | {cpu / plain:.2f} | {wall:.2f} | {memory:.0f} |")
    text += ["", END]
    with open(page) as file:
        old = file.read()
    new = re.sub(f"{BEGIN}.*{END}", lambda _: "\n".join(text), old, flags=re.DOTALL)
    with open(page, "w") as file:
        file.write(new)
    print("\n".join(text))


main(*sys.argv[1:])
