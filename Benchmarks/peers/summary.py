# summary.py: writes the medians of timed runs into docs/performance.md, with plots, and checks totals.
# SPDX-License-Identifier: Apache-2.0

import math
import os
import platform
import re
import statistics
import subprocess
import sys

BEGIN = "<!-- figures -->"
END = "<!-- end of figures -->"
# What each program does, and the package whose version it has.
NAMES = {
    "hubbub": ("`hubbub report`: bounded, noised, paid and written", None),
    "opendp": ("OpenDP {}: bounded and noised", "opendp"),
    "pipelinedp": ("PipelineDP {}, local: bounded and noised", "pipeline-dp"),
    "polars-bounded": ("Polars {}: bounded, no noise", "polars"),
    "duckdb-bounded": ("DuckDB {}: bounded, no noise", "duckdb"),
    "polars": ("Polars {}: plain group-by, nothing private", "polars"),
    "duckdb": ("DuckDB {}: plain group-by, nothing private", "duckdb"),
    "cat": ("`cat`, to read the file", None),
}
# Of totals: who kept the same bounds, and the scale of the noise of each cell (4 * 2 / 1).
BOUNDED = ["hubbub", "pipelinedp", "polars-bounded", "duckdb-bounded"]
SCALE = 8
# Signals that one unit may add to a cell, and units for each signal that is generated.
SIGNALS_PER_CELL = 2
UNITS_PER_SIGNAL = 0.1


def processor() -> str:
    with open("/proc/cpuinfo") as lines:
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} processors ({names[0]})" if names else platform.machine()


def version(environment: str, package: str) -> str:
    code = f"import importlib.metadata as m; print(m.version('{package}'))"
    return subprocess.check_output([f"{environment}/bin/python", "-c", code], text=True).strip()


def read_runs(path: str) -> dict:
    """Rows of (wall, CPU, megabytes, load) by (name, signals, file)."""
    taken: dict = {}
    with open(path) as lines:
        for line in lines:
            name, wall, user, system, memory, load = line.split()
            kind, count, file = name.split(":")
            row = (float(wall), float(user) + float(system), float(memory) / 1024, float(load))
            taken.setdefault((kind, int(count), file), []).append(row)
    return {key: (len(rows), *map(statistics.median, zip(*rows))) for key, rows in taken.items()}


def check_totals(path: str) -> list[str]:
    """Compares bounded totals; they differ by noise and by which cells each unit happened to keep."""
    totals: dict = {}
    with open(path) as lines:
        for line in lines:
            name, cells, total = line.split()
            kind, count, file = name.split(":")
            totals.setdefault((int(count), file), {}).setdefault(kind, []).append(
                (int(cells), float(total))
            )
    text = []
    for (count, file), found in sorted(totals.items()):
        if "polars-bounded" not in found:
            continue
        exact = found["polars-bounded"][0][1]
        for kind in BOUNDED:
            for cells, total in found.get(kind, []):
                # Noise of every cell has a variance below 2 b^2; a unit's choice moves the total by at
                # most 2 signals in each of 4 cells, on its own. Six deviations of both together.
                choice = count * UNITS_PER_SIGNAL * (SIGNALS_PER_CELL * 4) ** 2 / 4
                noise = 2 * SCALE**2 * cells if kind in ("hubbub", "pipelinedp") else 0
                if abs(total - exact) > 6 * math.sqrt(choice + noise):
                    raise SystemExit(f"{kind} kept {total} of {count} signals, not about {exact}")
        kinds = ", ".join(kind for kind in BOUNDED if kind in found)
        text.append(f"{count:,} signals ({kinds})")
    return text


def table(runs: dict, count: int, file: str, names: dict) -> list[str]:
    plain = runs["polars", count, file][2]
    text = [
        "| | CPU seconds | of Polars' plain count | wall seconds | peak memory, MB | runs |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for kind, title in names.items():
        if (kind, count, file) in runs:
            taken, wall, cpu, memory, _ = runs[kind, count, file]
            text.append(
                f"| {title} | {cpu:.2f} | {cpu / plain:.2f} | {wall:.2f} | {memory:.0f} | {taken} |"
            )
    return text


def plot(runs: dict, names: dict, column: int, label: str, path: str) -> None:
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams["svg.hashsalt"] = "hubbub"
    figure, axes = plt.subplots(figsize=(7, 4.2))
    for kind, title in names.items():
        points = sorted((c, runs[k, c, f][column]) for k, c, f in runs if (k, f) == (kind, "four"))
        style = {"linewidth": 2.5, "color": "black"} if kind == "hubbub" else {"linewidth": 1}
        axes.plot(*zip(*points), marker="o", label=title.replace("`", ""), **style)
    axes.set(xscale="log", yscale="log", xlabel="signals", ylabel=label)
    axes.grid(True, which="major", linewidth=0.3)
    axes.legend(fontsize=6, loc="upper left")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main(runs_path: str, totals_path: str, private: str, docs: str) -> None:
    runs = read_runs(runs_path)
    agreed = check_totals(totals_path)
    names = {
        kind: title.format(version("fast" if package in ("polars", "duckdb") else private, package))
        if package
        else title
        for kind, (title, package) in NAMES.items()
    }
    loads = [row[4] for row in runs.values()]
    text = [
        BEGIN,
        "",
        f"{processor()}, {platform.system()} {platform.release()}, Python"
        f" {platform.python_version()}. Medians of runs in turn; the load of the machine was"
        f" {min(loads):.1f} to {max(loads):.1f}.",
    ]
    for count, file in sorted({(count, file) for kind, count, file in runs if kind == "polars"}):
        path = f"{count}/{file}.csv"
        with open(path) as lines:
            columns = len(lines.readline().split(","))
        size = os.path.getsize(path) / 1e6
        text += ["", f"{count:,} signals, {columns} columns, {size:,.0f} MB:", ""]
        text += table(runs, count, file, names)
    for kind, count, file in runs:
        if kind == "hubbub" and (("polars", count, file) not in runs):
            _, wall, cpu, memory, _ = runs[kind, count, file]
            size = os.path.getsize(f"{count}/{file}.csv") / 1e6
            text += [
                "",
                f"{count:,} signals, {size:,.0f} MB, `hubbub report` alone: {cpu:.1f} CPU seconds,"
                f" {wall:.1f} wall seconds, {memory:.0f} MB.",
            ]
    text += [
        "",
        f"The bounded totals agree within six deviations of noise and choice: {'; '.join(agreed)}.",
        "OpenDP holds counts at zero and more, so its total says nothing.",
        "",
        "![CPU seconds over signals](performance-cpu.svg)",
        "![Peak memory over signals](performance-memory.svg)",
        "",
        END,
    ]
    plot(runs, names, 2, "CPU seconds", f"{docs}/performance-cpu.svg")
    plot(runs, names, 3, "peak memory, MB", f"{docs}/performance-memory.svg")
    page = f"{docs}/performance.md"
    with open(page) as file:
        old = file.read()
    new = re.sub(f"{BEGIN}.*{END}", lambda _: "\n".join(text), old, flags=re.DOTALL)
    with open(page, "w") as file:
        file.write(new)
    print("\n".join(text))


main(*sys.argv[1:])
