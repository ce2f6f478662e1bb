# accounting.py: what `hubbub account` takes over the number of releases, and the same compositions
# through it and through dp-accounting; writes both into docs/performance.md, between their marks.
# SPDX-License-Identifier: Apache-2.0
#
#   accounting.py HUBBUB [PAGE]
#
# dp-accounting computes in doubles and calls its answer pessimistic: it must not be below the truth.
# Hubbub prints bounds on the truth. Where dp-accounting is below the lower one it is wrong, and
# where it is above the upper one the difference is budget that it wastes. All comparisons here are
# exact: a double is a fraction.

import importlib.metadata
import json
import os
import platform
import re
import resource
import subprocess
import sys
import time
from fractions import Fraction

from dp_accounting.pld import privacy_loss_distribution

DIGITS = 40
# Scale, sensitivity and number of releases of the first table.
SCHEDULES = [("100", 1, 10**power) for power in range(6)] + [("40", 4, 365)]
# Scale, sensitivity, number of releases, and what is asked: ("epsilon" at a delta) or ("delta" at
# an epsilon).
CASES = [
    ("100", 1, 1, "epsilon", "1e-9"),
    ("100", 1, 10, "epsilon", "1e-9"),
    ("100", 1, 100, "epsilon", "1e-9"),
    ("100", 1, 1000, "epsilon", "1e-9"),
    ("100", 1, 10000, "epsilon", "1e-9"),
    ("100", 1, 100000, "epsilon", "1e-9"),
    ("40", 4, 365, "epsilon", "1e-6"),
    ("40", 4, 365, "epsilon", "1e-9"),
    ("30000", 1, 1000, "epsilon", "1e-6"),
    ("1000/3", 7, 52, "epsilon", "1e-9"),
    ("40", 1, 1000, "delta", "5/2"),
    ("40", 1, 1000, "delta", "25/4"),
    ("40", 1, 1000, "delta", "25/2"),
    ("100", 1, 1000, "delta", "2"),
    ("100", 1, 1000, "delta", "3"),
    ("40", 4, 365, "delta", "20"),
    ("1/2", 1, 5, "delta", "9"),
    ("8", 5, 1, "delta", "5/16"),
]
# The time of one question is the smallest processor time of so many runs.
ROUNDS = 5


def timed(command: list[str]) -> tuple[str, float]:
    best = float("inf")
    for _ in range(ROUNDS):
        start = resource.getrusage(resource.RUSAGE_CHILDREN)
        output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime)
    return output, best


def ours(
    hubbub: str, case: tuple, digits: int = DIGITS
) -> tuple[Fraction, Fraction, float, str]:
    scale, sensitivity, times, asked, at = case
    given = "delta" if asked == "epsilon" else "epsilon"
    output, best = timed([
        hubbub, "account",
        "--mechanism", f"laplace:scale={scale},sensitivity={sensitivity},times={times}",
        f"--{given}", at, "--digits", str(digits), "--format", "json",
    ])
    bounds = json.loads(output)[asked]
    return Fraction(bounds["lower"]), Fraction(bounds["upper"]), best, bounds["upper"]


def theirs(case: tuple) -> tuple[float, float]:
    scale, sensitivity, times, asked, at = case
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        composed = privacy_loss_distribution.from_discrete_laplace_mechanism(
            float(1 / Fraction(scale)), sensitivity
        )
        if times > 1:
            composed = composed.self_compose(times)
        point = float(Fraction(at))
        value = (
            composed.get_epsilon_for_delta(point)
            if asked == "epsilon"
            else composed.get_delta_for_epsilon(point)
        )
        best = min(best, time.process_time() - start)
    return float(value), best


def relative(difference: Fraction, to: Fraction) -> str:
    ratio = difference / to
    if ratio < Fraction(1, 1000):
        return f"{float(ratio):.0e} of it"
    if ratio < 10:
        return f"{float(ratio):.1%}"
    if ratio < 1000:
        return f"{float(ratio):.0f} times it"
    # A ratio can be larger than any double.
    return f"10^{len(str(ratio.numerator // ratio.denominator)) - 1} times it"


def verdict(value: float, lower: Fraction, upper: Fraction) -> str:
    exact = Fraction(value)
    if exact < 0:
        return "**below: negative**"
    if exact < lower:
        return f"**below** by {relative(lower - exact, lower)}"
    if exact > upper:
        return f"above by {relative(exact - upper, upper)}"
    return "within the bounds"


def short(text: str) -> str:
    digits, _, exponent = text.partition("e")
    return digits[:15] + (f"e{exponent}" if exponent else "")


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}" if seconds >= 0.01 else f"{seconds * 1000:.1f}"


def processor() -> str:
    with open("/proc/cpuinfo") as lines:
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} processors ({names[0]})" if names else platform.machine()


def machine(loads: list[float]) -> str:
    return (
        f"{processor()}, shared with other work; its load was {min(loads):.1f} to {max(loads):.1f}"
    )


def over_times(hubbub: str) -> list[str]:
    loads = [os.getloadavg()[0]]
    _, start = timed([hubbub, "--version"])
    rows = []
    for scale, sensitivity, times in SCHEDULES:
        cells = []
        for digits in (20, 40):
            _, _, best, _ = ours(hubbub, (scale, sensitivity, times, "epsilon", "1e-9"), digits)
            cells.append(milliseconds(best))
        loads.append(os.getloadavg()[0])
        rows.append(f"| {scale} | {sensitivity} | {times:,} | {cells[0]} | {cells[1]} |")
        print(rows[-1], flush=True)
    return [
        f"Epsilon at delta 1e-9, one thread, processor time in milliseconds, the smallest of {ROUNDS};"
        f" {milliseconds(start)} of each is the start of the process. {machine(loads)}.",
        "",
        "| scale | sensitivity | releases | to 20 digits | to 40 digits |",
        "| --- | --- | --- | --- | --- |",
        *rows,
    ]


def beside(hubbub: str) -> list[str]:
    loads = [os.getloadavg()[0]]
    rows = []
    below = worse = 0
    for case in CASES:
        lower, upper, our_time, printed = ours(hubbub, case)
        value, their_time = theirs(case)
        loads.append(os.getloadavg()[0])
        below += Fraction(value) < lower
        worse += Fraction(value) < lower * (1 - Fraction(sys.float_info.epsilon))
        scale, sensitivity, times, asked, at = case
        given = "delta" if asked == "epsilon" else "epsilon"
        rows.append(
            f"| {scale}, {sensitivity}, {times:,} | {asked} at {given} {at} | {short(printed)} |"
            f" {value!r} | {verdict(value, lower, upper)} | {milliseconds(our_time)} |"
            f" {milliseconds(their_time)} |"
        )
        print(rows[-1], flush=True)
    return [
        f"dp-accounting {importlib.metadata.version('dp-accounting')} with its default grid of 1e-4,"
        f" Python {platform.python_version()}. Processor time in milliseconds, the smallest of"
        f" {ROUNDS}: `hubbub account` to {DIGITS} digits with the start of the process, dp-accounting"
        f" in doubles inside a running interpreter. {machine(loads)}.",
        "",
        "| scale, sensitivity, releases | asked for | certified, first digits | dp-accounting |"
        " against the bounds | ms, Hubbub | ms, dp-accounting |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *rows,
        "",
        f"In {below} of {len(CASES)} questions the pessimistic answer is below the certified lower"
        f" bound, so that it understates the loss; in {worse} of them by more than the last digit of"
        " a double.",
    ]


def write(page: str, name: str, lines: list[str]) -> None:
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    with open(page) as file:
        old = file.read()
    if begin not in old:
        sys.exit(f"{page} has no line {begin}")
    text = "\n".join([begin, "", *lines, "", end])
    with open(page, "w") as file:
        file.write(re.sub(f"{begin}.*{end}", lambda _: text, old, flags=re.DOTALL))


def main(hubbub: str, page: str | None = None) -> None:
    tables = {"accounting over k": over_times(hubbub), "accounting figures": beside(hubbub)}
    if page is not None:
        for name, lines in tables.items():
            write(page, name, lines)


main(*sys.argv[1:])
