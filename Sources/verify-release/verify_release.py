#!/usr/bin/env python3
# verify_release.py: checks a release.json without the data and without any part of Hubbub.
# SPDX-License-Identifier: Apache-2.0
"""Checks what a release claims, from the file alone.

A release is a table of counts to which random noise was added, so that nobody can tell from it
whether any one person is in the data. The file `release.json` says how much noise that was, how
much of the privacy budget it cost, and how far a count may lie from the exact one. None of this has
to be believed: it follows from a few numbers in the file. This program derives it again.

  1. The form. One release can be written in one way only, so a digest of it means something.
  2. The noise. The bounds say how much one person can change the counts in all (the sensitivity).
     The scale of the noise must be the sensitivity divided by epsilon, the cost of the measure;
     the costs of all measures add up to the cost of the release. Every number is an exact fraction.
  3. The half-widths. Noise X of scale b has P(|X| > k) = 2 q^(k+1) / (1 + q), q = exp(-1/b). The
     half-width is the smallest k for which this is at most 1 - confidence; the simultaneous one the
     smallest for which all cells together stay within k. Both are decided with bounds that are
     rounded outward until the answer is certain; no floating-point number is used anywhere.
  4. The schedule, if the release is one of several runs that were declared and paid together: its
     days, and what all runs cost. By the sum rule that is so many times the cost of one. By the
     certified rule it is less, at a small delta: the chance of every total loss is computed from
     the law of the noise, rounded up, and with it the delta that goes with the epsilon stated.
     Running counts are noised together, through a tree over all periods: there the cost of one
     release is that of all. The tree says how much a person can change in all, how many draws of
     noise are in the count of each period, and with them the half-widths and the variance.
  5. The cells. They must be all combinations of the listed values, once, in order, so that the
     choice of cells tells nothing about the data; the digests of the lists follow from them. Where
     cells were found in the data instead, they were selected at random, at a cost of their own: the
     threshold follows from that cost and the bounds, and the cells stand in the order of their bytes.
     Of a list beside such keys the release need not hold all values: that list is not verified.
     Where regions were told from coordinates, the circles, or the cells of a grid, are those that the
     cells name, each with the radius of its name; that a point is where it should be is not verified.
     Where regions lie in one another, each level has noise and a cost of its own, and the estimates
     that add up are the least squares of the noisy counts, worked out again in exact fractions.
  6. The digests. The body is the file without the line of the certificate.
  7. The signature (Ed25519), if there is one, and --public-key to insist on one by a certain key.
  8. With --ledger, the ledger of the owner: that every entry is linked to the one before it and
     follows from it, each run being the next of a schedule that was paid and still stands, that
     this release was paid before it was made, and that no budget was passed.

It cannot show that the noise was really drawn, or that the data is what it is said to be: for that
one has to trust the owner's program and machine. A release that was edited with its digest computed
anew shows only against the ledger, a signature, or a digest that was noted elsewhere.

The exit status is 0 if everything holds, 1 if something does not, 2 if a file cannot be read.
The format is described in docs/formats.md of the project.
"""

import argparse
import base64
import binascii
import datetime
import hashlib
import itertools
import json
import math
import pathlib
import re
import sqlite3
import sys
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

LONGEST_NUMBER = 10_000  # characters
if hasattr(sys, "set_int_max_str_digits"):  # Python's own limit is below that of the format
    sys.set_int_max_str_digits(LONGEST_NUMBER + 1)


class Malformed(Exception):
    """The file is not a release in form; the text says where and why."""


class Unreadable(Exception):
    """A file cannot be read at all."""


def shown(value):
    """A value from the file, fit for one line of a message."""
    return brief(ascii(value))


def brief(number):
    """A number or a text of our own, cut where it is enormous."""
    text = str(number)
    return text if len(text) <= 120 else text[:117] + "..."


# ---------------------------------------------------------------------------------------------
# 1. The form: read strictly, and write again in the one way in which a release can be written.
# ---------------------------------------------------------------------------------------------


def parse(data):
    """JSON in which no name is given twice and every number is a whole number."""

    def distinct(pairs):
        members = dict(pairs)
        if len(members) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise Malformed(f"the member {shown(twice)} is given twice")
        return members

    def whole(text):
        if len(text) > LONGEST_NUMBER:
            raise Malformed("a number has too many digits")
        return int(text)

    def refused(text):
        raise Malformed(f"{shown(text)} is not a whole number")

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=distinct, parse_int=whole,
                          parse_float=refused, parse_constant=refused)
    except UnicodeDecodeError:
        raise Malformed("it is not text in UTF-8")
    except (json.JSONDecodeError, RecursionError) as error:
        raise Malformed(f"it is not JSON, or only a part of it ({error})")


# What the members must be. Each function takes a value and the name of its place.

def text(value, place):
    if not isinstance(value, str):
        raise Malformed(f"{place} must be a text, not {shown(value)}")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed(f"{place} holds half a character")


def like(pattern, meaning):
    def check(value, place):
        text(value, place)
        if not re.fullmatch(pattern, value, re.ASCII):
            raise Malformed(f"{place} must be {meaning}, not {shown(value)}")
    return check


def one_of(*choices):
    def check(value, place):
        if value not in choices:
            raise Malformed(f"{place} must be {' or '.join(choices)}, not {shown(value)}")
    return check


def integer(low, high=None):
    def check(value, place):
        if type(value) is not int or value < low or (high is not None and value > high):
            limit = f" and at most {high}" if high is not None else ""
            raise Malformed(f"{place} must be a whole number of at least {low}{limit}, "
                            f"not {shown(value)}")
    return check


def boolean(value, place):
    if type(value) is not bool:
        raise Malformed(f"{place} must be true or false, not {shown(value)}")


def refuse(place):
    raise Malformed(f"{place} must be true, or left out")


def fraction(positive=False, below_one=False, negative=False):
    """A text p/q in lowest terms, or p alone for a whole number."""
    sign, limit = ("-?", "") if negative else ("", " of zero or more")
    def check(value, place):
        text(value, place)
        if len(value) > LONGEST_NUMBER or not re.fullmatch(sign + r"(0|[1-9]\d*)(/[1-9]\d*)?",
                                                           value, re.ASCII):
            raise Malformed(f"{place} must be a fraction p/q{limit}, not {shown(value)}")
        number = Fraction(value)
        if str(number) != value:
            raise Malformed(f"{place} must be in lowest terms, which is {brief(number)}, "
                            f"not {shown(value)}")
        if positive and number == 0 or below_one and number >= 1:
            raise Malformed(f"{place} is out of range: {shown(value)}")
    return check


def members(required, optional={}):
    def check(value, place):
        if not isinstance(value, dict):
            raise Malformed(f"{place} must be an object")
        inside = "" if place == "the file" else place + "."
        for name in required:
            if name not in value:
                raise Malformed(f"{inside}{name} is missing")
        for name, member in value.items():
            rule = required.get(name) or optional.get(name)
            if rule is None:
                raise Malformed(f"{inside}{shown(name)} is no part of a release")
            rule(member, inside + name)
    return check


def each(rule):
    def check(value, place):
        if not isinstance(value, list):
            raise Malformed(f"{place} must be a list")
        for index, element in enumerate(value):
            rule(element, f"{place}[{index}]")
    return check


def pair(rule):
    def check(value, place):
        each(rule)(value, place)
        if len(value) != 2:
            raise Malformed(f"{place} must have two elements")
    return check


def day(value, place):
    like(r"\d{4}-\d\d-\d\d", "a day, YYYY-MM-DD")(value, place)
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        raise Malformed(f"{place} is not a day of the calendar: {shown(value)}")


def by_name(rule):
    def check(value, place):
        if not isinstance(value, dict):
            raise Malformed(f"{place} must be an object")
        for name, member in value.items():
            text(name, place)
            rule(member, f"{place}.{shown(name)}")
    return check


def person(value, place):
    """What the unit means for a person, and what a person loses who was active in all periods."""
    members({"meaning": text}, {"periods": integer(1, 2**31 - 1), **LOSS})(value, place)
    if ("epsilon" in value) != ("delta" in value):
        raise Malformed(f"{place} has half a loss")


def consent(value, place):
    """Whether a column said so; or what else had to allow a purpose."""
    if not isinstance(value, dict):
        boolean(value, place)
        return
    members({"by": each(text), "purpose": text})(value, place)
    if value["by"] not in (["registry"], ["column", "registry"]) or not value["purpose"]:
        raise Malformed(f"{place} must name a purpose, and the registry after the column if any")


DIGEST = like("[0-9a-f]{64}", "64 lower-case hexadecimal digits")
LIMIT = integer(1, 2**31 - 1)
LOSS = {"epsilon": fraction(), "delta": fraction(below_one=True)}
LIST = {"count": integer(0), "list_sha256": DIGEST}
LIST_FILE = {"file_sha256": DIGEST}
LAW = "P(X = x) = (1-q)/(1+q) q^|x|, q = exp(-1/scale)"
GENERATOR = "AES-256-CTR keyed from the kernel, one key per release"
MEASURE = {
    "name": one_of("signals", "units", "sum", "deviation"), "mechanism": one_of("discrete-laplace"),
    "sensitivity": integer(0), "epsilon": fraction(positive=True), "scale": fraction(positive=True),
    "confidence": fraction(positive=True, below_one=True),
    "half_width": integer(0), "simultaneous_half_width": integer(0),
}
VALUES = {"grid": fraction(positive=True), "range": pair(fraction(negative=True)),
          "per_cell": lambda value, place: boolean(value, place) or value or refuse(place)}
CERTIFICATE = {
    "body_sha256": DIGEST, "cells": by_name(members(LIST, LIST_FILE)),
    "data": one_of("pinned", "unpinned"),
    "ledger": members({"dataset": text, "position": integer(1), "entry_sha256": DIGEST,
                       "previous_sha256": DIGEST}),
    "noise": members({"mechanism": one_of("discrete-laplace"), "law": one_of(LAW),
                      "generator": one_of(GENERATOR)}),
    "postprocessing": each(text), "relation": one_of("add-remove"), "version": integer(1, 1),
}
SIGNATURE = {
    "algorithm": one_of("ed25519"), "public_key": DIGEST,
    "value": like("[0-9a-f]{128}", "128 lower-case hexadecimal digits"),
}
ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
ID = like(ID_PATTERN, "1 to 128 letters, digits, dots, _ and -")
MOST_RUNS = 10_000
PRICE_RULES = one_of("sum", "certified", "horizon", "disjoint")
SCHEDULE = {
    "name": ID, "every": one_of("day", "week", "month"), "days": pair(day), "day": day,
    "times": integer(1, MOST_RUNS), "run": integer(1, MOST_RUNS),
    "rule": PRICE_RULES, **LOSS,
}
LATE = "not counted"
WITHDRAWALS = "do not alter counts of earlier periods"
CONTINUAL = {
    "mechanism": one_of("balanced-tree"), "arity": integer(3, 255),
    "levels": integer(1), "draws": integer(1), "horizon": integer(1, MOST_RUNS),
    "t": integer(1, MOST_RUNS), "late_signals": one_of(LATE), "withdrawals": one_of(WITHDRAWALS),
    "state": like("[0-9a-f]{32}", "32 lower-case hexadecimal digits"),
    "variances": by_name(fraction(positive=True)),
    "series": members({"days": each(text), "half_widths": by_name(each(integer(0))),
                       "values": by_name(each(each(integer(-2**63, 2**63 - 1))))}),
}
SELECTION = {
    "rule": one_of("threshold", "optimal", "geometric"), "keys": each(text),
    "epsilon": fraction(positive=True), "delta": fraction(positive=True, below_one=True),
}
DECIMAL = like(r"(?!-0$)-?(0|[1-9]\d{0,11})(\.\d{0,11}[1-9])?",
               "a decimal number as a text in its shortest form")
CIRCLE = {"name": text, "latitude": DECIMAL, "longitude": DECIMAL, "radius": DECIMAL}
RULES = {
    "circle": members({"rule": text, "circles": each(members(CIRCLE))}),
    "polygon": members({"rule": text, "key": text}),
    "geohash": members({"rule": text, "length": integer(1, 12)}, {"within": each(DECIMAL)}),
}


def places(value, place):
    if not isinstance(value, dict) or not isinstance(value.get("rule"), str) \
            or value["rule"] not in RULES:
        raise Malformed(f"{place} must have a rule of circle, polygon or geohash")
    RULES[value["rule"]](value, place)
    if len(value.get("within", "4444")) != 4:
        raise Malformed(f"{place}.within must be south, west, north and east")


RELEASE = {
    "id": ID,
    "name": text, "dataset": text, "spec_sha256": DIGEST,
    "created": like(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "a time, YYYY-MM-DDThh:mm:ssZ"),
    "privacy": members({"unit": one_of("person", "person-day", "person-week"),
                        "relation": one_of("add-remove"), **LOSS}, {"person": person}),
    "bounds": members({"cells_per_unit": LIMIT, "signals_per_cell": LIMIT},
                      {"signals_per_unit": LIMIT}),
    "query": members({"keys": each(members({"name": text, **LIST}, LIST_FILE)),
                      "filters": by_name(each(text)), "consent": consent, "nonnegative": boolean},
                     {"window": members({"from": text, "to": text})}),
    "measures": each(members(MEASURE, VALUES)), "cells": each(by_name(lambda value, place: None)),
    "remaining": members({"lifetime": members(LOSS)},
                         {"daily": members(LOSS), "analyst": members(LOSS)}),
    "certificate": members(CERTIFICATE, {"signature": members(SIGNATURE)}),
}


INTERVAL = members({}, {part: fraction(negative=True) for part in ("estimate", "low", "high")})
NOISE = integer(-2**63, 2**63 - 1)
STATISTICS = {
    "mean": members({"cells": each(INTERVAL), "deviation_half_width": integer(0),
                     "signals_half_width": integer(0)}),
    "share": members({"cells": each(INTERVAL), "half_width": integer(0),
                      "rest_half_width": integer(0)}, {"over": text}),
    "quantiles": members({
        "thresholds": each(fraction(negative=True)), "at": each(fraction(positive=True)),
        "epsilon": fraction(positive=True), "scale": fraction(positive=True),
        "sensitivity": integer(0), "half_width": integer(0),
        "mechanism": one_of("discrete-laplace"), "bins": each(each(NOISE)),
        "cells": each(each(INTERVAL))}),
    "top": members({"key": text, "k": integer(1), "half_width": integer(0), "groups": each(members({
        "others": each(text), "entries": each(members({
            "value": text, "count": NOISE, "best": integer(1), "worst": integer(1)}))}))}),
}
LEVEL_NOISE = {
    "name": text, "epsilon": fraction(positive=True), "scale": fraction(positive=True),
    "sensitivity": integer(0), "half_width": integer(0), "simultaneous_half_width": integer(0),
}
ESTIMATES = {"values": each(fraction(negative=True)), "variances": each(fraction(positive=True)),
             "half_widths": each(integer(0))}
HIERARCHY = {
    "levels": each(members({"name": text, "count": integer(1),
                            "measures": each(members(LEVEL_NOISE))})),
    "parents": each(text),
}


def check_form(release):
    """Every member that a release has, each of its type, and nothing else."""
    members(RELEASE, {"schedule": members(SCHEDULE),
                      "statistics": members({"confidence": fraction(positive=True, below_one=True)},
                                            STATISTICS), "places": places,
                      "continual": members(CONTINUAL),
                      "hierarchy": members(HIERARCHY, {
                          "estimates": members(ESTIMATES, {"whole": each(integer(0))})}),
                      "selection": members(SELECTION, {
                          "threshold": integer(-2**80), "count": one_of("signals"),
                          "other": by_name(integer(-2**63, 2**63 - 1))})})(
        release, "the file")
    keys = [key["name"] for key in release["query"]["keys"]]
    measures = [measure["name"] for measure in release["measures"]]
    for names, place in ((keys, "query.keys"), (measures, "measures")):
        if len(set(names)) < len(names):
            raise Malformed(f"{place} gives a name twice")
    for measure in release["measures"]:
        check_range(measure)
    if set(keys) & {"signals", "units", "sum", "deviation"}:
        raise Malformed("query.keys has a key that is named like a measure")
    for index, cell in enumerate(release["cells"]):
        if set(cell) != set(keys + measures):
            raise Malformed(f"cells[{index}] must have a value for each key and each measure, and "
                            "nothing else")
        for name in keys:
            text(cell[name], f"cells[{index}].{name}")
        for name in measures:
            integer(-2**63, 2**63 - 1)(cell[name], f"cells[{index}].{name}")


MOST_STEPS = 2**31 - 1


def check_range(measure):
    """A measure of values has a range whose ends are multiples of its grid, which ends in decimal."""
    name = measure["name"]
    if name in ("signals", "units"):
        if set(measure) & set(VALUES):
            raise Malformed(f"measures: {name} has no values, and so no grid and no range")
        return
    if "grid" not in measure or "range" not in measure:
        raise Malformed(f"measures: the grid or the range of {name} is missing")
    if name == "deviation" and "per_cell" in measure:
        raise Malformed("measures: a deviation is that of single values")
    grid = Fraction(measure["grid"])
    if not Fraction(1, 10**9) <= grid <= 10**9 or (grid * 10**9).denominator != 1:
        raise Malformed("measures: a grid has at most nine decimal places and is at most 10^9")
    low, high = (Fraction(end) / grid for end in measure["range"])
    if (low >= high or low.denominator != 1 or high.denominator != 1
            or max(abs(low), abs(high)) > MOST_STEPS):
        raise Malformed(f"measures: the range of {name} must be two multiples of the grid, the "
                        "smaller first, within 2^31 steps of zero")


def steps_of(measure):
    """The ends of the range and the lower multiple of the grid in the middle, in steps."""
    low, high = (int(Fraction(end) / Fraction(measure["grid"])) for end in measure["range"])
    return low, high, (low + high) // 2


def canonical(value):
    """The one text of a value: keys sorted by their bytes, no white space, few escapes."""
    if isinstance(value, dict):
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name])
                              for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return (json.dumps(value, ensure_ascii=False)
            .replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def canonical_file(release):
    """The bytes of a release: each member, each cell and each measure on a line of its own."""
    lines = []
    for name in sorted(release):
        value = release[name]
        if name in ("cells", "measures"):
            written = "[\n" + ",\n".join(map(canonical, value)) + ("\n]" if value else "]")
        else:
            written = canonical(value)
        lines.append(f"{canonical(name)}:{written}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8")


# ---------------------------------------------------------------------------------------------
# 2. The noise: sensitivity, scale and cost, in exact fractions.
# ---------------------------------------------------------------------------------------------


def contribution(measure):
    """The most that one contribution adds, up or down: one to a count, to a sum the larger end of the
    range, to a deviation the larger distance of an end from the middle, in steps of the grid."""
    if measure["name"] in ("signals", "units"):
        return 1
    low, high, middle = steps_of(measure)
    return high - middle if measure["name"] == "deviation" else max(abs(low), abs(high))


def is_per_unit(measure):
    """Whether a person changes a cell by one contribution, however many signals are in it."""
    return measure["name"] == "units" or "per_cell" in measure


def sensitivity(measure, bounds):
    """The most that one person can change a measure, added up over all cells.

    A person counts in at most c cells, with at most m signals in each and at most t in all: for
    the measure `signals` that is c m, for `units` (who is there) c, and never more than t. For sums
    it is that many contributions, each of the most that one value, or one person's sum in a cell,
    can be.
    """
    most = bounds["cells_per_unit"]
    if not is_per_unit(measure):
        most *= bounds["signals_per_cell"]
    return min(most, bounds.get("signals_per_unit", most)) * contribution(measure)


def histogram_epsilon(release):
    """What the histogram of values costs, if there is one."""
    quantiles = release.get("statistics", {}).get("quantiles")
    return Fraction(quantiles["epsilon"]) if quantiles else Fraction(0)


def signals_sensitivity(bounds):
    """The most that a person can change numbers of signals, over all cells, or over all bins."""
    return sensitivity({"name": "signals"}, bounds)


def check_noise(release, found):
    measures = release["measures"]
    if not measures and "quantiles" not in release.get("statistics", {}):
        found.append("measures: the release measures nothing.")
    for measure in measures:
        if "hierarchy" in release:  # each level has noise of its own
            check_half_widths(measure, max(1, len(release["cells"])), draws_of(release), found)
            continue
        name = measure["name"]
        most = sensitivity(measure, release["bounds"]) * levels_of(release)
        scale = Fraction(most) / Fraction(measure["epsilon"])
        if measure["sensitivity"] != most:
            found.append(f"{name}: the sensitivity is {shown(measure['sensitivity'])}, but the "
                         f"bounds make it {most}.")
        if Fraction(measure["scale"]) != scale:
            found.append(f"{name}: the scale is {brief(measure['scale'])}, but sensitivity divided "
                         f"by epsilon is {brief(scale)}.")
        check_half_widths(measure, max(1, noisy_counts(release)), draws_of(release), found)
    selection = release.get("selection", {"epsilon": "0", "delta": "0"})
    total = sum((Fraction(measure["epsilon"]) for measure in measures),
                Fraction(selection["epsilon"])) + histogram_epsilon(release)
    if Fraction(release["privacy"]["epsilon"]) != total:
        found.append(f"privacy: the cost is given as epsilon "
                     f"{brief(release['privacy']['epsilon'])}, but the measures, and the selection "
                     f"of cells if there was one, cost {brief(total)} together.")
    if release["privacy"]["delta"] != selection["delta"]:
        found.append("privacy: delta is not that of the selection of cells; cells from public lists "
                     "use none.")


# ---------------------------------------------------------------------------------------------
# 3. The half-widths: decided with bounds that are rounded outward.
# ---------------------------------------------------------------------------------------------


def rounding(digits, direction):
    return Context(prec=digits, rounding=direction, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


class Bounds:
    """Two decimals between which a number above zero lies; every step rounds them apart."""

    def __init__(self, low, high, digits):
        self.low, self.high, self.digits = low, high, digits
        self.down, self.up = rounding(digits, ROUND_FLOOR), rounding(digits, ROUND_CEILING)

    @classmethod
    def exp_of_minus(cls, x, digits):
        """exp(-x) for a fraction x. Python's decimal exp is correctly rounded, so the exact value
        lies between the neighbours of what it gives."""
        down, up = rounding(digits, ROUND_FLOOR), rounding(digits, ROUND_CEILING)
        top, bottom = Decimal(x.numerator), Decimal(x.denominator)
        low, high = up.divide(top, bottom), down.divide(top, bottom)
        return cls(down.next_minus(down.exp(low.copy_negate())),
                   up.next_plus(up.exp(high.copy_negate())), digits)

    def times(self, other):
        return Bounds(self.down.multiply(self.low, other.low),
                      self.up.multiply(self.high, other.high), self.digits)

    def plus(self, other):
        return Bounds(self.down.add(self.low, other.low), self.up.add(self.high, other.high),
                      self.digits)

    def over(self, other):
        return Bounds(self.down.divide(self.low, other.high),
                      self.up.divide(self.high, other.low), self.digits)

    def power(self, count):
        result = Bounds(Decimal(1), Decimal(1), self.digits)
        square = self
        while count:
            if count & 1:
                result = result.times(square)
            square, count = square.times(square), count >> 1
        return result


def stays_within(k, scale, alpha, draws):
    """Whether P(some |X_i| > k) <= alpha for so many independent draws, exactly.

    One draw leaves k with probability t = 2 q^(k+1) / (1 + q); all n stay inside with (1 - t)^n,
    and n t - n(n-1)/2 t^2 <= 1 - (1 - t)^n <= n t, which is enough to decide where t is small.
    The two sides are never equal, because q is transcendental: more digits always decide.
    """
    digits = 30
    while True:
        q = Bounds.exp_of_minus(1 / scale, digits)
        far = Bounds.exp_of_minus((k + 1) / scale, digits)
        t_low = q.down.divide(q.down.multiply(2, far.low), q.up.add(1, q.high))
        t_high = q.up.divide(q.up.multiply(2, far.high), q.down.add(1, q.low))
        decision = within(t_low, t_high, q, alpha, draws)
        if decision is not None:
            return decision
        digits *= 2


def within(t_low, t_high, q, alpha, draws):
    """Whether 1 - (1 - t)^n <= alpha; None where the bounds of t do not say."""
    low, high = Fraction(t_low), Fraction(t_high)
    if draws * high <= alpha:
        return True
    if draws * low - draws * (draws - 1) // 2 * high * high > alpha:
        return False
    if draws > 1:
        stay = Bounds(max(Decimal(0), q.down.subtract(1, t_high)),
                      q.up.subtract(1, t_low), q.digits).power(draws)
        inside = Decimal((1 - alpha).numerator), Decimal((1 - alpha).denominator)
        if stay.low >= q.up.divide(*inside):
            return True
        if stay.high < q.down.divide(*inside):
            return False
    return None


def sum_stays_within(k, scale, alpha, cells, draws):
    """The same for sums S of so many draws in each of so many cells.

    P(|S| > k) = 2 (p / (1+q))^m  sum over r = 1 .. m of g_(m-r) p^(-r) P_r q^(k+1), where p = 1 - q,
    P_r = sum over i < r of C(k+i, i) p^i, and g_j is the coefficient of u^j in
    (1 + f u / (1 - u/D))^m with D = 1 - q^2 and f = q^2 / D: all terms are above zero. It follows
    from the partial fractions of the generating function of S.
    """
    digits = 30 + 2 * len(str(int(scale)))
    while True:
        q = Bounds.exp_of_minus(1 / scale, digits)
        far = Bounds.exp_of_minus((k + 1) / scale, digits)
        one = Bounds(Decimal(1), Decimal(1), digits)
        p = Bounds(q.down.subtract(1, q.high), q.up.subtract(1, q.low), digits)
        above = Bounds(q.down.add(1, q.low), q.up.add(1, q.high), digits)
        inverse = one.over(p.times(above))  # 1/D
        first = q.times(q).times(inverse)
        parts = [one]
        for j in range(1, draws):
            part = None
            for i in range(1, j + 1):
                number = Decimal(math.comb(draws, i) * math.comb(j - 1, i - 1))
                term = Bounds(q.down.plus(number), q.up.plus(number), digits)
                term = term.times(first.power(i)).times(inverse.power(j - i))
                part = term if part is None else part.plus(term)
            parts.append(part)
        total, chance = None, None
        for r in range(1, draws + 1):
            number = Decimal(math.comb(k + r - 1, r - 1))
            term = Bounds(q.down.plus(number), q.up.plus(number), digits).times(p.power(r - 1))
            chance = term if chance is None else chance.plus(term)
            term = parts[draws - r].times(chance).over(p.power(r))
            total = term if total is None else total.plus(term)
        tail = total.times(p.over(above).power(draws)).times(far)
        decision = within(q.down.multiply(2, tail.low), q.up.multiply(2, tail.high), q, alpha, cells)
        if decision is not None:
            return decision
        digits *= 2


def half_width_of_sum(scale, alpha, cells, draws):
    """The smallest k >= 0 that `sum_stays_within` accepts."""
    if draws == 1:
        return half_width(scale, alpha, cells)
    return smallest(lambda k: sum_stays_within(k, scale, alpha, cells, draws), 0,
                    max(1, int(scale)))


def half_width(scale, alpha, draws=1):
    """The smallest k >= 0 that `stays_within` accepts, by halving an interval around it."""
    below, above = -1, 0
    step = max(1, int(scale))
    while not stays_within(above, scale, alpha, draws):
        below, above, step = above, above + step, 2 * step
    while above - below > 1:
        middle = (below + above) // 2
        if stays_within(middle, scale, alpha, draws):
            above = middle
        else:
            below = middle
    return above


MOST_EXACT_DRAWS = 16


def total_stays_within(k, scale, alpha, draws, exponent):
    """Whether 2 M^m e^(-t (k + 1) / b) <= alpha, which bounds the two tails of a sum of m draws, with
    M = E e^(t X / b) = (1 - q)^2 / ((1 - q^(1-t)) (1 - q^(1+t))). More digits always decide."""
    digits = 30 + 2 * len(str(int(scale))) + len(str(draws))
    while True:
        def gap(power):
            q = Bounds.exp_of_minus(power / scale, digits)
            return Bounds(q.down.subtract(1, q.high), q.up.subtract(1, q.low), digits)
        top, bottom = gap(1).times(gap(1)), gap(1 - exponent).times(gap(1 + exponent))
        if gap(1).low > 0 and gap(1 - exponent).low > 0:
            moment = Bounds(top.down.divide(top.low, bottom.high),
                            top.up.divide(top.high, bottom.low), digits).power(draws)
            bound = moment.times(Bounds.exp_of_minus(exponent * (k + 1) / scale, digits))
            if 2 * Fraction(bound.high) <= alpha:
                return True
            if 2 * Fraction(bound.low) > alpha:
                return False
        digits *= 2


def half_width_of_total(scale, alpha, draws):
    """A k with P(|X_1 + ... + X_m| > k) <= alpha: the smallest for few draws; for more the smaller of
    m times the half-width of all draws at once and the best k of `total_stays_within` for t = 0.8,
    0.8^2, ..."""
    if draws <= MOST_EXACT_DRAWS:
        return half_width_of_sum(scale, alpha, 1, draws) if draws else 0
    best = draws * half_width(scale, alpha, draws)
    for power in range(1, 41):
        exponent = Fraction(4, 5)**power
        if best == 0 or not total_stays_within(best - 1, scale, alpha, draws, exponent):
            continue
        below, best = -1, best - 1
        while best - below > 1:
            middle = (below + best) // 2
            if total_stays_within(middle, scale, alpha, draws, exponent):
                best = middle
            else:
                below = middle
    return best


def noisy_counts(release):
    """The noisy numbers of one measure: those of the cells, and that of all others together."""
    return len(release["cells"]) + ("other" in release.get("selection", {}))


def check_half_widths(measure, cells, sums, found):
    scale, alpha = Fraction(measure["scale"]), 1 - Fraction(measure["confidence"])
    if not Fraction(1, 1000) <= scale <= 2**40 or alpha < Fraction(1, 10**1000):
        found.append(f"{measure['name']}: the half-widths cannot be derived for a scale outside "
                     "1/1000 to 2^40 or a confidence above 1 - 10^-1000.")
        return
    for member, draws, words in (("half_width", 1, "one cell by itself"),
                                 ("simultaneous_half_width", cells, f"all {cells} cells")):
        derived = half_width_of_sum(scale, alpha, draws, sums)
        if measure[member] != derived:
            found.append(f"{measure['name']}: the {member} is {shown(measure[member])}, but for "
                         f"{words} it follows as {derived}.")


# ---------------------------------------------------------------------------------------------
# 4. The schedule: its days, and what all of its runs cost together.
# ---------------------------------------------------------------------------------------------

SMALLEST_DELTA = Fraction(1, 10**100)
MOST_LOSSES = 2**16  # of one measure that are told apart, and of all measures together


def begin_of(period, every, first):
    """The day on which a period begins; the first is number 0."""
    if every != "month":
        return first + datetime.timedelta(days=period * {"day": 1, "week": 7}[every])
    months = first.year * 12 + first.month - 1 + period
    return first.replace(year=months // 12, month=months % 12 + 1)


def noise_of(measure, bounds, times, adds_up):
    """How the noise of a measure, over all runs, enters the price: scale, change, and copies.

    A person changes at most c counts of a run, each by at most m: that is at most c copies of noise
    against a change of m. Where all signals together are bounded, the worst way to spend the whole
    sensitivity is on one count; so it is where one number adds up cells. Where there would be too
    many losses to tell apart, each count is replaced by the worst noise of its epsilon, and at last
    each run by one such; both only cost more.
    """
    scale = Fraction(measure["scale"])
    most, change = sensitivity(measure, bounds), contribution(measure)
    if not is_per_unit(measure):
        change = min(bounds["signals_per_cell"] * change, most)
    copies = most // change
    if adds_up or not is_per_unit(measure) and copies != bounds["cells_per_unit"]:
        change, copies = most, 1
    for shape in ((scale, change, copies * times), (scale / change, 1, copies * times)):
        if shape[1] * shape[2] <= MOST_LOSSES:
            return shape
    return scale / (change * copies), 1, times


def whole_noise(release, times):
    """How the noise of a histogram enters the price: one change of a run by the whole sensitivity."""
    most = signals_sensitivity(release["bounds"])
    scale = most / histogram_epsilon(release)
    return (scale, most, times) if most * times <= MOST_LOSSES else (scale / most, 1, times)


def multiplied(left, right, digits):
    """The product of two polynomials whose coefficients have so many digits behind the point.

    The coefficients are written one after another, far enough apart that nothing is carried from
    one to the next; one multiplication of the two long numbers does it. Rounded up.
    """
    width = 2 * digits + len(str(min(len(left), len(right)))) + 2
    count = len(left) + len(right) - 1
    one, other = (Decimal("".join(str(c).zfill(width) for c in factor)) for factor in (left, right))
    exact = Context(prec=width * (count + 2), Emax=MAX_EMAX, Emin=MIN_EMIN)
    written = format(exact.multiply(one, other), "f").zfill(width * count)
    return [int(written[at:at + width - digits]) + 1
            for at in range(0, width * count, width)]


def chances_of(scale, change, copies, digits):
    """The chance of each total loss of one measure, the largest loss first, rounded up.

    One draw loses (change - 2x) / scale for x = 0, 1, ..., change: with the chance 1 / (1 + q) for
    x = 0, q^change / (1 + q) for the last, and (1 - q) q^x / (1 + q) in between.
    """
    unit = 10**digits
    q = Bounds.exp_of_minus(1 / scale, digits + 20)
    q_low, q_high = math.floor(q.low.scaleb(digits, q.down)), math.ceil(q.high.scaleb(digits, q.up))
    first = unit * unit // (unit + q_low) + 1
    inner = (unit - q_low) * unit // (unit + q_low) + 1
    one, power = [first], unit
    for x in range(1, change + 1):
        power = power * q_high // unit + 1
        one.append(power * (first if x == change else inner) // unit + 1)
    result = [unit]
    while copies:
        if copies & 1:
            result = multiplied(result, one, digits)
        copies >>= 1
        if copies:
            one = multiplied(one, one, digits)
    return result


def largest_delta(epsilon, release, times, delta):
    """A bound on the delta that goes with epsilon for all runs: sum P(loss) (1 - e^(epsilon - loss))
    over the losses above epsilon, every step rounded up."""
    adds_up = "other" in release.get("selection", {})
    noises = [noise_of(measure, release["bounds"], times, adds_up)
              for measure in release["measures"]]
    if histogram_epsilon(release):  # the worst is to change one bin by all of the sensitivity
        noises.append(whole_noise(release, times))
    fails = Fraction(0)
    if "selection" in release:  # it tells all with the chance delta, else it is the worst of epsilon
        fails = Fraction(release["selection"]["delta"])
        noises.append((1 / Fraction(release["selection"]["epsilon"]), 1, times))
    digits = 45 + len(str(int(1 / delta))) + max(len(str(int(scale))) for scale, _, _ in noises)
    unit = 10**digits
    largest = sum(change * copies / scale for scale, change, copies in noises)
    steps = [2 / scale for scale, _, _ in noises]
    step = steps[0]
    for other in steps[1:]:
        bottom = step.denominator * other.denominator
        step = Fraction(math.gcd(step.numerator * other.denominator,
                                 other.numerator * step.denominator), bottom)
    if len(noises) > 1 and 2 * largest / step >= MOST_LOSSES:
        step = 2 * largest / MOST_LOSSES  # coarser: every loss is rounded up to the next
    chances = [unit]
    for noise, own in zip(noises, steps):
        found = chances_of(*noise, digits)
        ratio = own / step
        placed = [0] * ((len(found) - 1) * ratio.numerator // ratio.denominator + 1)
        for index, chance in enumerate(found):
            placed[index * ratio.numerator // ratio.denominator] += chance
        chances = multiplied(chances, placed, digits)
    above = min(len(chances), math.ceil((largest - epsilon) / step))
    sound = Bounds(*(context.divide(Decimal((1 - fails).numerator), Decimal((1 - fails).denominator))
                     for context in (rounding(digits, ROUND_FLOOR), rounding(digits, ROUND_CEILING))),
                   digits).power(times)
    sound = Fraction(sound.low)
    if above <= 0:
        return 1 - sound
    decay = Bounds.exp_of_minus(step, digits + 20)
    decay = math.floor(decay.low.scaleb(digits, decay.down))
    total, weighted = 0, 0
    for chance in chances[:above]:
        total += chance
        weighted = weighted * decay // unit + chance
    last = Bounds.exp_of_minus(largest - step * (above - 1) - epsilon, digits + 20)
    last = math.floor(last.low.scaleb(digits, last.down))
    return 1 - sound * (1 - Fraction(total - weighted * last // unit, unit))


TIME = (r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?"
        r"(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?)?")


def moment(written):
    """A time in UTC as a spec writes it, a date alone being 00:00, in seconds; None for any other
    text. A leap second counts with the second before it."""
    parts = re.fullmatch(TIME, written, re.ASCII)
    if parts is None:
        return None
    date, *clock, sign, hours, minutes = parts.groups(default="0")
    try:
        days = datetime.date.fromisoformat(date).toordinal()
    except ValueError:
        return None
    hour, minute, second, hours, minutes = map(int, (*clock, hours, minutes))
    if hour > 23 or minute > 59 or second > 60 or hours > 23 or minutes > 59:
        return None
    ahead = (hours * 60 + minutes) * (-60 if sign == "-" else 60)
    return days * 86_400 + hour * 3600 + minute * 60 + min(second, 59) - ahead


def check_window(release, found):
    """The window has two ends, one after the other; the run of a schedule has one wherever times
    are read, which is so for keys of time and where a person is protected by the day or week."""
    query, schedule = release["query"], release.get("schedule")
    timed = (release["privacy"]["unit"] != "person"
             or any(key["name"] in ("day", "week", "month") for key in query["keys"]))
    if "window" not in query:
        if schedule is not None and timed:
            found.append("query: the run of a schedule counts its own period where times are read, "
                         "but there is no window.")
        return
    begin, end = moment(query["window"]["from"]), moment(query["window"]["to"])
    if begin is None or end is None or begin >= end:
        found.append("query: the window is not from one time to a later one.")


MEANINGS = {
    "person": "All signals of one person are protected together, from every source and every day.",
    "person-day": "The signals of one person on one day (UTC) are protected together; for a person "
                  "who was active on several days the losses add up.",
    "person-week": "The signals of one person in one week (ISO, UTC) are protected together; for a "
                   "person who was active in several weeks the losses add up.",
}


def periods_of(release):
    """The days or weeks in UTC that the window touches; None where there is no limit, where running
    counts cover a horizon, and where the person is protected as a whole."""
    unit, window = release["privacy"]["unit"], release["query"].get("window")
    if unit == "person" or window is None or "continual" in release:
        return None
    begin, end = moment(window["from"]), moment(window["to"])
    if begin is None or end is None or begin >= end:
        return None
    first, last = begin // 86_400, (end - 1) // 86_400
    if unit == "person-week":  # day 1 of the proleptic calendar is a Monday
        first, last = (first - 1) // 7, (last - 1) // 7
    return last - first + 1


def check_person(release, found):
    """A person who was active in k periods is k units: a pure loss counts k times, and selecting at
    (e, d) is (k e, d (exp(k e) - 1) / (exp(e) - 1))-private for them."""
    claimed = release["privacy"].get("person")
    if claimed is None:
        return
    if claimed["meaning"] != MEANINGS[release["privacy"]["unit"]]:
        found.append("privacy.person: the meaning is not that of the unit.")
    periods = periods_of(release)
    if claimed.get("periods") != periods:
        found.append(f"privacy.person: the periods are {shown(claimed.get('periods'))}, but the unit "
                     f"and the window make them {periods}.")
        return
    if periods is None:
        if "epsilon" in claimed:
            found.append("privacy.person: a loss without a number of periods.")
        return
    low, high = person_delta(release, periods)
    if low >= 1 or ("epsilon" not in claimed and high * (1 + Fraction(1, 10**11)) >= 1):
        if "epsilon" in claimed:
            found.append("privacy.person: a loss, but its delta would not be below 1.")
        return
    epsilon = Fraction(release["privacy"]["epsilon"]) * periods
    delta = Fraction(claimed.get("delta", 0))
    if ("epsilon" not in claimed or Fraction(claimed["epsilon"]) != epsilon
            or not low <= delta <= high * (1 + Fraction(1, 10**11))):
        found.append(f"privacy.person: the loss is not epsilon {brief(epsilon)} with the delta of "
                     f"{periods} units.")


def person_delta(release, periods):
    """Bounds on the delta of so many units together."""
    selection = release.get("selection")
    if selection is None or periods == 1:
        delta = Fraction(release["privacy"]["delta"])
        return delta, delta
    epsilon, delta = Fraction(selection["epsilon"]), Fraction(selection["delta"])
    if epsilon * periods > 5000:
        return Fraction(1), Fraction(1)
    each, one = Bounds.exp_of_minus(epsilon, 80), Bounds(Decimal(1), Decimal(1), 80)
    every = one.over(Bounds.exp_of_minus(epsilon * periods, 80))
    each = one.over(each)
    less = [Bounds(bound.down.subtract(bound.low, 1), bound.up.subtract(bound.high, 1), 80)
            for bound in (every, each)]
    total = less[0].over(less[1])
    return delta * Fraction(total.low), delta * Fraction(total.high)


def check_days(schedule, window, running, found):
    first = datetime.date.fromisoformat(schedule["days"][0])
    every, times, run = schedule["every"], schedule["times"], schedule["run"]
    if every == "month" and first.day > 28:
        found.append("schedule: a monthly schedule cannot begin on a day that not every month has.")
        return
    if run > times:
        found.append(f"schedule: it has {times} runs, so this cannot be run {run}.")
        return
    try:
        last, here, after = (begin_of(period, every, first).isoformat()
                             for period in (times - 1, run - 1, run))
    except (OverflowError, ValueError):
        found.append("schedule: it goes beyond the calendar.")
        return
    if schedule["days"][1] != last:
        found.append(f"schedule: its last run begins on {last}, not on {schedule['days'][1]}.")
    if schedule["day"] != here:
        found.append(f"schedule: run {run} begins on {here}, not on {schedule['day']}.")
    if running:
        if window != {"from": schedule["days"][0], "to": after}:
            found.append("query: the window of running counts is that of all periods so far, from "
                         f"{schedule['days'][0]} to {after}.")
        return
    if window is None:
        return
    begin, end, own, next_own = map(moment, (window["from"], window["to"], here, after))
    if begin is None or end is None or not (own <= begin < own + 86_400
                                            and end <= next_own + begin - own):
        found.append(f"query: the window is not a part of the run's own period, which is from "
                     f"{schedule['day']} to {after}.")


def schedule_name(dataset, spec):
    """The name of the schedule of a spec in the ledger: both names with a dot between, and where
    they cannot be read off it, a hash of both; None where that is no id."""
    kept = [re.sub(r"[^A-Za-z0-9._-]", "-", name) for name in (dataset, spec)]
    name = ".".join(kept)
    if kept != [dataset, spec] or "." in dataset or not re.fullmatch(ID_PATTERN, name):
        both = "".join(f"{len(part.encode())}:{part}" for part in (dataset, spec))
        digest = hashlib.sha256(both.encode()).hexdigest()[:12]
        name = f"{name.lstrip('._-') or 'schedule'}-{digest}"
    return name if re.fullmatch(ID_PATTERN, name) else None


# Running counts: the tree over all periods, through which they are noised.

def digits_of(number, arity, count):
    """The digits of a number in an odd base, from -(k-1)/2 to (k-1)/2, the lowest first."""
    half, found = (arity - 1) // 2, []
    for _ in range(count):
        found.append((number + half) % arity - half)
        number = (number - found[-1]) // arity
    return found


def tree_levels(arity, horizon):
    """The smallest number of digits with which every number up to the horizon can be written."""
    count = 1
    while (arity**count - 1) // 2 < horizon:
        count += 1
    return count


def tree_draws(continual, t):
    """The draws of noise in the running count of period t: so many nodes are added or taken off."""
    return sum(map(abs, digits_of(t, continual["arity"], continual["levels"])))


def levels_of(release):
    """How often a signal is counted in sums that are noised: in one node of each level."""
    return release["continual"]["levels"] if "continual" in release else 1


def draws_of(release):
    continual = release.get("continual")
    return 1 if continual is None else max(1, tree_draws(continual, continual["t"]))


def holds_variance(claimed, scale, draws):
    """Whether a number is 2 m q / (1 - q)^2, rounded up to twelve digits."""
    digits = 60 + 2 * len(str(int(scale)))
    q = Bounds.exp_of_minus(1 / scale, digits)
    p = Bounds(q.down.subtract(1, q.high), q.up.subtract(1, q.low), digits)
    twice = Bounds(Decimal(2 * draws), Decimal(2 * draws), digits)
    value = twice.times(q).over(p.times(p))
    return any(Fraction(rounding(12, ROUND_CEILING).plus(end)) == claimed
               for end in (value.low, value.high))


def check_continual(release, found):
    continual, schedule = release.get("continual"), release.get("schedule")
    priced = schedule is not None and schedule["rule"] == "horizon"
    if continual is None or not priced:
        if priced or continual is not None:
            found.append("continual: running counts and the price of a horizon go together.")
        return
    if continual["arity"] % 2 == 0:
        found.append("continual: the arity of a balanced tree is odd.")
        return
    t, horizon = continual["t"], continual["horizon"]
    if (t, horizon) != (schedule["run"], schedule["times"]):
        found.append("continual: the period and the horizon are not those of the schedule.")
        return
    levels = tree_levels(continual["arity"], horizon)
    if continual["levels"] != levels or t > horizon:
        found.append(f"continual: the tree has {levels} levels, not {continual['levels']}.")
        return
    if continual["draws"] != tree_draws(continual, t):
        found.append(f"continual: the count of period {t} has {tree_draws(continual, t)} draws, not "
                     f"{continual['draws']}.")
    if any(schedule[part] != release["privacy"][part] for part in LOSS):
        found.append("schedule: the price of a horizon is the loss of its running counts.")
    if "selection" in release:
        found.append("selection: running counts have listed cells.")
    if any(key["name"] in ("day", "week", "month") for key in release["query"]["keys"]):
        found.append("query: running counts have no key of time.")
    check_running_counts(release, continual, found)


def check_running_counts(release, continual, found):
    series, cells, t = continual["series"], release["cells"], continual["t"]
    measures = {measure["name"]: measure for measure in release["measures"]}
    for place, members_of in (("variances", continual["variances"]), ("values", series["values"]),
                              ("half_widths", series["half_widths"])):
        if set(members_of) != set(measures):
            found.append(f"continual: the {place} are not one for each measure.")
            return
    length = min(t, max(1, 2**17 // max(1, len(cells) * len(measures))))
    schedule = release["schedule"]
    try:
        first = datetime.date.fromisoformat(schedule["days"][0])
        days = [begin_of(period, schedule["every"], first).isoformat()
                for period in range(t - length, t)]
    except (OverflowError, ValueError):
        return  # found with the schedule
    if series["days"] != days:
        found.append(f"continual: the days of the series are not those of the last {length} periods.")
    lowest = 0 if release["query"]["nonnegative"] else -2**63
    for name, measure in measures.items():
        values = series["values"][name]
        if len(values) != len(cells) or any(
                len(counts) != length or counts[-1] != cell[name] or min(counts) < lowest
                for counts, cell in zip(values, cells)):
            found.append(f"continual: the series of {name} is not {length} counts for each cell of "
                         "which the last is that of the release.")
        scale, alpha = Fraction(measure["scale"]), 1 - Fraction(measure["confidence"])
        if not Fraction(1, 1000) <= scale <= 2**40 or alpha < Fraction(1, 10**1000):
            continue  # found with the measure
        if not holds_variance(Fraction(continual["variances"][name]), scale, continual["draws"]):
            found.append(f"continual: the variance of {name} is not that of {continual['draws']} "
                         f"draws of scale {brief(scale)}, rounded up to twelve digits.")
        draws = [tree_draws(continual, period) for period in range(t - length + 1, t + 1)]
        known = {count: half_width_of_sum(scale, alpha, 1, count) for count in set(draws)}
        if series["half_widths"][name] != [known[count] for count in draws]:
            found.append(f"continual: the half-widths of the series of {name} do not follow.")


def is_separated(schedule, release):
    """Whether every day or week of a person lies in one run alone: all periods begin at midnight, and
    for weeks all but the first on a Monday."""
    unit, window = release["privacy"]["unit"], release["query"].get("window")
    begin = None if window is None else moment(window["from"])
    if unit == "person" or begin is None or begin % 86_400:
        return False
    first = datetime.date.fromisoformat(schedule["days"][0])
    if schedule["every"] == "month" and first.day > 28:
        return False
    return unit == "person-day" or all(
        begin_of(number, schedule["every"], first).weekday() == 0
        for number in range(1, schedule["times"]))


def check_schedule(release, found):
    schedule = release.get("schedule")
    if schedule is None:
        return
    name = schedule_name(release["dataset"], release["name"])
    if schedule["name"] != name:
        found.append(f"schedule: its name is {shown(schedule['name'])}, but it follows from the data "
                     f"set and the name of the spec as {shown(name)}.")
    check_days(schedule, release["query"].get("window"), "continual" in release, found)
    if schedule["rule"] == "horizon":
        return  # the price is that of the running counts
    measures, times = release["measures"], schedule["times"]
    if not measures and not histogram_epsilon(release) or any(
            Fraction(measure["scale"]) * Fraction(measure["epsilon"])
                           != sensitivity(measure, release["bounds"]) for measure in measures):
        return  # found already, and no price follows from it
    epsilon, delta = Fraction(schedule["epsilon"]), Fraction(schedule["delta"])
    selection = release.get("selection", {"epsilon": 0, "delta": 0})
    added = times * (sum(Fraction(measure["epsilon"]) for measure in measures)
                     + Fraction(selection["epsilon"]) + histogram_epsilon(release))
    fails = times * Fraction(selection["delta"])
    if schedule["rule"] == "disjoint":
        if not is_separated(schedule, release):
            found.append(f"schedule: its runs share units, so they cost the sum, epsilon "
                         f"{brief(added)}, or a certified price.")
        elif (epsilon, delta) != (added / times, fails / times):
            found.append(f"schedule: runs that share no unit cost what one costs, epsilon "
                         f"{brief(added / times)} and delta {brief(fails / times)}.")
        return
    if schedule["rule"] == "sum":
        if (epsilon, delta) != (added, fails):
            found.append(f"schedule: {times} runs cost epsilon {brief(added)} and delta "
                         f"{brief(fails)} by the sum rule, not {brief(epsilon)} and {brief(delta)}.")
        return
    if delta < SMALLEST_DELTA or epsilon >= added:
        found.append("schedule: the certified rule has a delta of at least 1e-100, and an epsilon "
                     f"below {brief(added)}, the sum.")
        return
    if largest_delta(epsilon, release, times, delta) > delta:
        found.append(f"schedule: {times} runs cost more than epsilon {brief(epsilon)} at delta "
                     f"{brief(delta)}.")
    elif epsilon and largest_delta(epsilon * (1 - Fraction(1, 10**11)), release, times,
                                   delta) <= delta:
        found.append(f"schedule: {times} runs cost less than epsilon {brief(epsilon)} at delta "
                     f"{brief(delta)}, of which twelve digits are kept.")


# ---------------------------------------------------------------------------------------------
# 5. Cells that were found in the data: their threshold. Then the cells of every release.
# ---------------------------------------------------------------------------------------------


def smallest(holds, start, step):
    """The smallest whole number from `start` on for which a condition holds that stays true."""
    below, above = start - 1, start
    while not holds(above):
        below, above, step = above, above + step, 2 * step
    while above - below > 1:
        middle = (below + above) // 2
        if holds(middle):
            above = middle
        else:
            below = middle
    return above


def noise_threshold(scale, delta, cells):
    """The smallest tau for which cells of one person alone are kept with at most delta.

    A cell that only one person is in has one unit, and is kept if 1 + X >= tau: with probability
    p = P(X >= tau - 1) = q^(tau-1) / (1 + q). Some cell of at most c is, with 1 - (1 - p)^c.
    """
    def holds(tau):
        digits, k = 30, tau - 1
        while True:
            q = Bounds.exp_of_minus(1 / scale, digits)
            far = Bounds.exp_of_minus(abs(k if k >= 0 else 1 - k) / scale, digits)
            low = q.down.divide(far.low, q.up.add(1, q.high))
            high = q.up.divide(far.high, q.down.add(1, q.low))
            if k < 0:
                low, high = q.down.subtract(1, high), q.up.subtract(1, low)
            decision = within(low, high, q, delta, cells)
            if decision is not None:
                return decision
            digits *= 2
    # For k <= 0, 1 - p = q^(1-k) / (1 + q) is at least 1 - delta only for k above this.
    rest = 1 - delta
    bits = rest.denominator.bit_length() - rest.numerator.bit_length() + 1
    start = 2 if delta <= Fraction(1, 2) else 1 - int(scale * bits) - 1
    return smallest(holds, start, max(1, int(scale)))


def cell_delta(delta, cells, digits):
    """Bounds on d = 1 - (1 - delta)^(1/c), the share of one cell."""
    if cells == 1:
        return delta, delta
    down, up = rounding(digits, ROUND_FLOOR), rounding(digits, ROUND_CEILING)
    rest = Decimal((1 - delta).numerator), Decimal((1 - delta).denominator)
    low, high = down.next_minus(down.ln(down.divide(*rest))), up.next_plus(up.ln(up.divide(*rest)))
    low, high = down.divide(low, cells), up.divide(high, cells)
    low, high = down.next_minus(down.exp(low)), up.next_plus(up.exp(high))
    return 1 - Fraction(high), 1 - Fraction(low)


def truncated_threshold(scale, delta, cells):
    """One more than the smallest k >= 1 with E^k d (E + 1) > E - 1 + 2d, E = exp(1/scale).

    With q = 1/E and f = E^-k that is d (1 + q) > f (1 - q + 2 d q).
    """
    def holds(k):
        digits = 40
        while True:
            q, f = (Bounds.exp_of_minus(x / scale, digits) for x in (1, Fraction(k)))
            q_low, q_high, f_low, f_high = map(Fraction, (q.low, q.high, f.low, f.high))
            d_low, d_high = cell_delta(delta, cells, digits)
            if d_low * (1 + q_low) > f_high * (1 - q_low + 2 * d_high * q_high):
                return True
            if d_high * (1 + q_high) < f_low * (1 - q_high + 2 * d_low * q_low):
                return False
            digits *= 2
    return smallest(holds, 1, max(1, int(scale))) + 1


def check_selection(release, found):
    selection = release.get("selection")
    if selection is None:
        return
    names = [key["name"] for key in release["query"]["keys"]]
    if not selection["keys"] or selection["keys"] != [n for n in names if n in selection["keys"]]:
        found.append("selection: its keys are not some of the keys of the query, in their order.")
    bounds = release["bounds"]
    cells = min(bounds["cells_per_unit"], bounds.get("signals_per_unit", bounds["cells_per_unit"]))
    change, total = 1, cells
    if "count" in selection:  # signals: a person adds m to a cell, and at most c m or t to all
        total = bounds["cells_per_unit"] * bounds["signals_per_cell"]
        total = min(total, bounds.get("signals_per_unit", total))
        change = min(bounds["signals_per_cell"], total)
        if selection["rule"] != "threshold":
            found.append("selection: only a threshold looks at signals.")
            return
    scale, delta = total / Fraction(selection["epsilon"]), Fraction(selection["delta"])
    if not Fraction(1, 1000) <= scale <= 2**40:
        found.append("selection: its epsilon is out of range, so no threshold follows from it.")
        return
    derived = {"threshold": lambda: noise_threshold(scale, delta, cells) + change - 1,
               "geometric": lambda: truncated_threshold(scale, delta, cells),
               "optimal": lambda: None}[selection["rule"]]()
    if selection.get("threshold") != derived:
        found.append(f"selection: the threshold is {shown(selection.get('threshold'))}, but for its "
                     f"rule, its cost and the bounds it follows as {derived}.")


def check_other(release, found):
    """What was not selected is one count more of each measure."""
    other = release.get("selection", {}).get("other")
    if other is None:
        return
    if set(other) != {measure["name"] for measure in release["measures"]}:
        found.append("selection: other has not one count for each measure.")
    elif release["query"]["nonnegative"] and any(
            other[measure["name"]] < 0 for measure in release["measures"]
            if is_never_negative(measure)):
        found.append("selection: other is below zero, although the release says that such counts "
                     "were raised to zero.")


LONGEST_VALUE = 256  # bytes


# Characters that control what shows them, or the direction or the lines of text.
STEERING = [(0, 0x1F), (0x7F, 0x9F), (0x61C, 0x61C), (0x200E, 0x200F), (0x2028, 0x202E),
            (0x2066, 0x2069)]


def can_be_found(value):
    """Whether a value can be one that was found in signals."""
    return (1 <= len(value.encode()) <= LONGEST_VALUE
            and not any(first <= ord(sign) <= last for sign in value for first, last in STEERING))


def check_selected_cells(release, found):
    """Cells that were selected: in the order of their bytes, each once; of lists, only their values
    can be counted, since some were not selected."""
    keys, cells = release["query"]["keys"], release["cells"]
    order = [[cell[key["name"]].encode() for key in keys] for cell in cells]
    if any(not before < after for before, after in itertools.pairwise(order)):
        found.append("cells: they are not in the order of the bytes of their values, each once.")
    for key in keys:
        values = list(dict.fromkeys(cell[key["name"]] for cell in cells))
        if key["name"] not in release["selection"]["keys"]:
            if len(values) > key["count"]:
                found.append(f"cells: {shown(key['name'])} has more values than its list.")
            continue
        if not all(can_be_found(value) for value in values):
            found.append(f"cells: {shown(key['name'])} has a value that no signal can add: one has "
                         f"1 to {LONGEST_VALUE} bytes and no control character.")
        digest = hashlib.sha256("".join(value + "\n" for value in values).encode()).hexdigest()
        if len(values) != key["count"] or digest != key["list_sha256"]:
            found.append(f"cells: the values of {shown(key['name'])} are not those that its key "
                         f"describes: there are {len(values)}, and their digest is {digest}.")


# ---------------------------------------------------------------------------------------------
# The cells of public lists: all combinations of the lists, and nothing that depends on the data.
# ---------------------------------------------------------------------------------------------


def is_never_negative(measure):
    """Whether no exact number of a measure is below zero, so that a noisy one may be raised to it."""
    if measure["name"] in ("signals", "units"):
        return True
    return measure["name"] == "sum" and steps_of(measure)[0] >= 0


def check_cells(release, found):
    keys, cells = release["query"]["keys"], release["cells"]
    names = [key["name"] for key in keys]
    lists = []
    for key in keys:
        selected = release.get("selection", {"keys": []})["keys"]
        if key["count"] < 1 and key["name"] not in selected:
            found.append(f"cells: the list of {shown(key['name'])} has no value.")
    for key in keys if "selection" not in release else []:
        # In the order of their first appearance, which is that of the list if all is well.
        values = list(dict.fromkeys(cell[key["name"]] for cell in cells))
        lists.append(values)
        if len(values) != key["count"]:
            found.append(f"cells: {shown(key['name'])} has {len(values)} different values, but its "
                         f"list has {key['count']}: a cell is outside the list, or one is missing.")
        digest = hashlib.sha256("".join(value + "\n" for value in values).encode()).hexdigest()
        if digest != key["list_sha256"]:
            found.append(f"cells: the values of {shown(key['name'])} are not the ones that were "
                         f"listed, in their order: their digest is {digest}.")
    expected = 1
    for key in keys:
        expected *= key["count"]
    if "selection" in release:
        check_selected_cells(release, found)
    elif len(cells) != expected:
        found.append(f"cells: there are {len(cells)}, but the lists have {brief(expected)} "
                     "combinations.")
    elif any(tuple(cell[name] for name in names) != combination
             for cell, combination in zip(cells, itertools.product(*lists))):
        found.append("cells: they are not every combination once, the last key changing fastest.")
    if release["query"]["nonnegative"]:
        counts = [measure["name"] for measure in release["measures"] if is_never_negative(measure)]
        if any(cell[name] < 0 for cell in cells for name in counts):
            found.append("cells: a count is below zero, although the release says that such "
                         "counts were raised to zero.")


LETTERS = "0123456789bcdefghjkmnpqrstuvwxyz"
UNITS = {"mi": Fraction("1609.344"), "km": Fraction(1000), "m": Fraction(1)}


def radius_of(name):
    """The metres that the end of a name says, as in `Oxford 10 mi`; None where it says none."""
    *place, number, unit = ["", "", *name.split(" ")]
    if not any(place) or unit not in UNITS:
        return None
    try:
        DECIMAL(number, "")
    except Malformed:
        return None
    if len(number.partition(".")[2]) > 9:
        return None
    return Fraction(number) * UNITS[unit]


def bits_text(column, row, length):
    """The characters of a cell of the grid: the bits of its column and its row in turns."""
    columns, rows = (5 * length + 1) // 2, 5 * length // 2
    bits = [column >> (columns - 1 - at // 2) & 1 if at % 2 == 0 else row >> (rows - 1 - at // 2) & 1
            for at in range(5 * length)]
    return "".join(LETTERS[int("".join(map(str, bits[at:at + 5])), 2)]
                   for at in range(0, 5 * length, 5))


def grid_cells(box, length, most):
    """The cells of the grid that meet a box, in the order of their texts; None where they are more
    than `most`. The longitude 180 is -180, but at the end of a box the end of the last column."""
    south, west, north, east = box
    columns, rows = 2 ** ((5 * length + 1) // 2), 2 ** (5 * length // 2)

    def column(longitude):
        return math.floor((longitude + 180) / 360 * columns)

    def row(latitude):
        return min(math.floor((latitude + 90) / 180 * rows), rows - 1)

    begin = column(-180 if west == 180 else west)
    end = columns - 1 if east == 180 and west < 180 else column(-180 if east == 180 else east)
    count = end - begin + 1
    if west > east and west != 180:
        count = columns if begin <= end else count + columns
    if count * (row(north) - row(south) + 1) > most:
        return None
    return sorted(bits_text((begin + at) % columns, line, length)
                  for at in range(count) for line in range(row(south), row(north) + 1))


def circle_problem(circle):
    """What is wrong with a circle by itself, or None."""
    latitude, longitude, radius = (Fraction(circle[member])
                                   for member in ("latitude", "longitude", "radius"))
    if any(len(circle[member].partition(".")[2]) > 9 for member in ("latitude", "longitude")):
        return "has a point with more than 9 decimals"
    if abs(latitude) > 90 or not -180 <= longitude < 180:
        return "has a point that is out of range"
    if not 1 <= radius <= 10**7:
        return "has a radius outside 1 m to 10000 km"
    if radius_of(circle["name"]) != radius:
        return "has another radius than its name says"
    return None


def check_places(release, found):
    places, keys = release.get("places"), release["query"]["keys"]
    if places is None:
        return
    if "region" not in [key["name"] for key in keys]:
        found.append("places: regions were told from coordinates, but no key is region.")
        return
    if "selection" in release:
        found.append("places: regions that are told from coordinates are listed, and never found.")
        return
    values = list(dict.fromkeys(cell["region"] for cell in release["cells"]))
    if places["rule"] == "circle":
        if [circle["name"] for circle in places["circles"]] != values:
            found.append("places: the circles are not the values of region, in their order.")
        for index, circle in enumerate(places["circles"]):
            problem = circle_problem(circle)
            if problem is not None:
                found.append(f"places: circle {index} {problem}.")
                return
    elif places["rule"] == "polygon":
        if not places["key"]:
            found.append("places: polygons have no property for a name.")
    elif any(len(value) != places["length"] or set(value) - set(LETTERS) for value in values):
        found.append("places: a value of region is no cell of the grid.")
    elif "within" in places:
        south, west, north, east = box = [Fraction(number) for number in places["within"]]
        if any(len(number.partition(".")[2]) > 9 for number in places["within"]) \
                or not -90 <= south <= north <= 90 or abs(west) > 180 or abs(east) > 180:
            found.append("places: the box is none, or out of range.")
        elif grid_cells(box, places["length"], len(values)) != values:
            found.append("places: the values of region are not the cells of the box, in their order.")


# ---------------------------------------------------------------------------------------------
# What is derived from the noisy numbers: means, shares, quantiles and rankings, derived again.
# ---------------------------------------------------------------------------------------------

MOST_THRESHOLDS = 200


def interval(estimate, low, high):
    """An interval as a release writes it: what there is of it."""
    parts = (("estimate", estimate), ("low", low), ("high", high))
    return {name: str(Fraction(value)) for name, value in parts if value is not None}


def mean_of(release, alpha):
    """Mean = (middle + deviation / signals) grid, where both lie within their half-widths."""
    measures = {measure["name"]: measure for measure in release["measures"]}
    if "deviation" not in measures or "signals" not in measures:
        return None
    grid = Fraction(measures["deviation"]["grid"])
    low, high, middle = steps_of(measures["deviation"])
    widths = {name: half_width(Fraction(measures[name]["scale"]), alpha / 2)
              for name in ("deviation", "signals")}

    def mean(total, count):
        return min(max(middle + Fraction(total, count), low), high) * grid

    def of(cell):
        total, count = cell["deviation"], cell["signals"]
        most, fewest = count + widths["signals"], max(1, count - widths["signals"])
        if most < 1:
            return {}
        least, largest = total - widths["deviation"], total + widths["deviation"]
        return interval(mean(total, count) if count >= 1 else None,
                        mean(least, fewest if least < 0 else most),
                        mean(largest, most if largest < 0 else fewest))

    return {"cells": [of(cell) for cell in release["cells"]],
            "deviation_half_width": widths["deviation"], "signals_half_width": widths["signals"]}


def grouped(release, key):
    """The cells that differ in one key alone, group by group; all of them where no key is named."""
    names = [name["name"] for name in release["query"]["keys"] if name["name"] != key]
    groups = {}
    for cell in release["cells"]:
        groups.setdefault(tuple(cell[name] for name in names) if key is not None else (),
                          []).append(cell)
    return groups


def has_signals(release):
    return any(measure["name"] == "signals" for measure in release["measures"])


def scale_of_signals(release):
    return next(Fraction(measure["scale"]) for measure in release["measures"]
                if measure["name"] == "signals")


def share_of(release, alpha):
    """Share = x / (x + rest), where a cell's x and the rest of its total lie within half-widths."""
    over = release["statistics"]["share"].get("over")
    names = [key["name"] for key in release["query"]["keys"]]
    if not has_signals(release) or over is not None and over not in names:
        return None
    scale, groups = scale_of_signals(release), grouped(release, over)
    others = max(max(map(len, groups.values()), default=0) - 1, 0)
    own = half_width(scale, alpha / 2)
    if release["query"]["nonnegative"] and others > 1:
        # A number raised to zero is no further off than its noise, a sum of such numbers may be.
        rest = others * half_width(scale, alpha / 2, others)
    else:
        rest = half_width_of_total(scale, alpha / 2, others)

    def share(part, remainder, none):
        part, remainder = max(0, part), max(0, remainder)
        return Fraction(part, part + remainder) if part + remainder else none

    totals = {name: sum(cell["signals"] for cell in cells) for name, cells in groups.items()}

    def of(cell):
        total = totals[tuple(cell[name] for name in names if name != over)
                       if over is not None else ()]
        count = cell["signals"]
        return interval(min(max(Fraction(count, total), 0), 1) if total >= 1 else None,
                        share(count - own, total - count + rest, 0),
                        share(count + own, total - count - rest, 1))

    derived = {"cells": [of(cell) for cell in release["cells"]],
               "half_width": own, "rest_half_width": rest}
    return derived if over is None else {**derived, "over": over}


def quantiles_of(release, alpha):
    """The quantile of rank p is the smallest threshold for which a signals up to it and b above it
    have (1 - p) a - p b >= 0; the noise of both sums lies within half-widths for all at once."""
    claimed = release["statistics"]["quantiles"]
    thresholds = [Fraction(value) for value in claimed["thresholds"]]
    most, count = signals_sensitivity(release["bounds"]), len(thresholds)
    scale = most / Fraction(claimed["epsilon"])
    widths = [half_width_of_total(scale, alpha / (2 * count), draws) for draws in range(1, count + 1)]

    def of(bins, rank):
        up = list(itertools.accumulate(bins))[:-1]
        low, high, signs = -1, count, []
        for place, below in enumerate(up):
            balance = (1 - rank) * below - rank * (sum(bins) - below)
            reach = (1 - rank) * widths[place] + rank * widths[count - 1 - place]
            signs.append(balance >= 0)
            if balance < -reach:
                low = place
            if balance >= reach and high == count:
                high = place
        if low >= high:
            low, high = -1, count
        inside = range(low + 1, min(high + 1, count))
        place = next((place for place in inside if signs[place]), high)
        return interval(*(thresholds[index] if 0 <= index < count else None
                          for index in (place, low, high)))

    ranks = [Fraction(rank) for rank in claimed["at"]]
    return {**claimed, "sensitivity": most, "scale": str(scale),
            "half_width": half_width(scale, alpha, count + 1),
            "cells": [[of(bins, rank) for rank in ranks] for bins in claimed["bins"]]}


def top_of(release, alpha):
    """The k largest numbers of each group: two more than twice the half-width of the group apart
    are certainly in that order."""
    claimed = release["statistics"]["top"]
    key = claimed["key"]
    names = [name["name"] for name in release["query"]["keys"]]
    if not has_signals(release) or key not in names:
        return None
    groups = grouped(release, key)
    wide = half_width(scale_of_signals(release), alpha, max(map(len, groups.values()), default=1))
    derived = []
    for others, cells in groups.items():
        largest = sorted(cells, key=lambda cell: -cell["signals"])
        counts = [cell["signals"] for cell in largest]
        derived.append({"others": list(others), "entries": [
            {"value": cell[key], "count": cell["signals"],
             "best": 1 + sum(count - cell["signals"] > 2 * wide for count in counts),
             "worst": sum(cell["signals"] - count <= 2 * wide for count in counts)}
            for cell in largest[:claimed["k"]]]})
    return {"key": key, "k": claimed["k"], "half_width": wide, "groups": derived}


def check_statistics(release, found):
    statistics = release.get("statistics")
    if statistics is None or any(not Fraction(1, 1000) <= Fraction(measure["scale"]) <= 2**40
                                 for measure in release["measures"]):
        return
    alpha = 1 - Fraction(statistics["confidence"])
    if set(statistics) == {"confidence"} or "selection" in release:
        found.append("statistics: something is derived, and from cells that were all listed.")
        return
    if alpha < Fraction(1, 10**1000) or any(measure["confidence"] != statistics["confidence"]
                                            for measure in release["measures"]):
        found.append("statistics: the confidence is not that of the measures.")
        return
    if "quantiles" in statistics and not is_histogram(statistics["quantiles"], release):
        found.append("statistics: thresholds and ranks do not rise, or the histograms are not one for "
                     "each cell, with one bin more than there are thresholds, or its epsilon is out "
                     "of range.")
        return
    if "top" in statistics and any(key["name"] == statistics["top"]["key"]
                                   and key["count"] < statistics["top"]["k"]
                                   for key in release["query"]["keys"]):
        found.append("statistics: a ranking names more values than are listed.")
        return
    for name, derive in (("mean", mean_of), ("share", share_of), ("quantiles", quantiles_of),
                         ("top", top_of)):
        if name in statistics and statistics[name] != derive(release, alpha):
            found.append(f"statistics: the {name} is not what follows from the noisy numbers.")


def is_histogram(claimed, release):
    values, ranks = ([Fraction(value) for value in claimed[name]] for name in ("thresholds", "at"))
    scale = signals_sensitivity(release["bounds"]) / Fraction(claimed["epsilon"])
    return (0 < len(values) <= MOST_THRESHOLDS and 0 < len(ranks) <= MOST_THRESHOLDS
            and all(a < b for some in (values, ranks) for a, b in itertools.pairwise(some))
            and ranks[-1] < 1 and Fraction(1, 1000) <= scale <= 2**40
            and len(claimed["bins"]) == len(release["cells"])
            and all(len(bins) == len(values) + 1 for bins in claimed["bins"]))


# ---------------------------------------------------------------------------------------------
# Regions that lie in one another: the noise of each level, and estimates that add up.
# ---------------------------------------------------------------------------------------------


def parents_of(hierarchy, codes):
    """The number of the region that each region lies in, None for those of the top; None in all where
    the regions are not level by level, each in one of the level above, in the order of these."""
    levels = hierarchy["levels"]
    if len(levels) < 2 or len({level["name"] for level in levels}) < len(levels) \
            or len(set(codes)) < len(codes) or len(hierarchy["parents"]) != len(codes) \
            or sum(level["count"] for level in levels) != len(codes):
        return None
    places = {code: place for place, code in enumerate(codes)}
    result, above = [], None
    for level in levels:
        begin = len(result)
        for parent in hierarchy["parents"][begin:begin + level["count"]]:
            place = places.get(parent)
            if above is None:
                if parent:
                    return None
                result.append(None)
            elif place not in above or (len(result) > begin and place < result[-1]):
                return None
            else:
                result.append(place)
        above = range(begin, len(result))
    return result


def check_level_noise(release, combinations, found):
    """Each level is a table of its own: its noise follows from the bounds and its epsilon, and what
    the levels cost adds up. A person counts once as a unit in each region, so never more often than
    a level has cells."""
    levels = release["hierarchy"]["levels"]
    names = [measure["name"] for measure in release["measures"]]
    if any([noise["name"] for noise in level["measures"]] != names for level in levels):
        found.append("hierarchy: a level has not the measures of the release.")
        return
    for index, measure in enumerate(release["measures"]):
        for level in levels:
            noise, cells = level["measures"][index], level["count"] * combinations
            most = sensitivity(measure, release["bounds"])
            if measure["name"] == "units":
                most = min(most, cells)
            place = f"hierarchy: {measure['name']} on the level {shown(level['name'])}"
            scale = most / Fraction(noise["epsilon"])
            if noise["sensitivity"] != most or Fraction(noise["scale"]) != scale:
                found.append(f"{place} has the sensitivity {most} and the scale {brief(scale)}, which "
                             "follow from the bounds and its epsilon, and not what is stated.")
                continue
            check_half_widths(dict(noise, name=place, confidence=measure["confidence"]), cells, 1, found)
        worst = max((level["measures"][index] for level in levels),
                    key=lambda noise: Fraction(noise["scale"]))
        if (measure["scale"], measure["sensitivity"]) != (worst["scale"], worst["sensitivity"]):
            found.append(f"{measure['name']}: its scale and sensitivity are not those of the level "
                         "with the most noise.")
        if Fraction(measure["epsilon"]) != sum(Fraction(level["measures"][index]["epsilon"])
                                               for level in levels):
            found.append(f"{measure['name']}: its epsilon is not the sum of those of the levels.")


class LeastSquares:
    """Estimates that add up: upward, each region's own count is averaged with the sum of the regions
    in it, weighed by one over the variances; downward, what a region knows beyond those in it is
    shared out among them by their variances. The noise of scale b has the variance 2 b^2 at most."""

    def __init__(self, parents, own):
        self.parents, self.own = parents, own
        nodes = range(len(parents))
        self.sums, self.below = [Fraction(0) for _ in nodes], [None for _ in nodes]
        self.inside = [[] for _ in nodes]
        for node in reversed(nodes):
            total = self.sums[node]
            self.below[node] = own[node] if not total else own[node] * total / (own[node] + total)
            if parents[node] is not None:
                self.sums[parents[node]] += self.below[node]
        self.shares, self.variances = [None for _ in nodes], list(self.below)
        for node, parent in enumerate(parents):
            if parent is not None:
                self.inside[parent].append(node)
                share = self.shares[node] = self.below[node] / self.sums[parent]
                self.variances[node] += share**2 * (self.variances[parent] - self.sums[parent])

    def estimates(self, counts):
        result, sums = list(map(Fraction, counts)), [Fraction(0) for _ in counts]
        for node in reversed(range(len(counts))):
            if self.inside[node]:
                weight = self.sums[node] / (self.own[node] + self.sums[node])
                result[node] = weight * counts[node] + (1 - weight) * sums[node]
            if self.parents[node] is not None:
                sums[self.parents[node]] += result[node]
        for node, parent in enumerate(self.parents):
            if parent is not None:
                result[node] += self.shares[node] * (result[parent] - sums[parent])
        return result

    def whole(self, estimates):
        """Whole numbers from zero on: that of the top is rounded, half up; each other total is shared
        out so that the sum of the squared differences from the estimates is least, and of equally
        good ways the one that gives more to the first."""
        result = [0 for _ in estimates]
        for node, parent in enumerate(self.parents):
            if parent is None:
                result[node] = math.floor(max(0, estimates[node]) + Fraction(1, 2))
            if self.inside[node]:
                targets = [estimates[child] for child in self.inside[node]]
                for child, part in zip(self.inside[node], nearest(targets, result[node])):
                    result[child] = part
        return result


def nearest(targets, total):
    """Whole numbers n_i >= 0 of a total with the least sum of (n_i - t_i)^2. One more costs
    2 (n_i - t_i) + 1, so the cheapest steps are taken, of equal ones the first. With the level to which
    water must be filled in for the total, all parts under water rounded down are taken for certain."""
    level, covered = Fraction(total), Fraction(0)
    for count, target in enumerate(sorted(targets, reverse=True), 1):
        covered += target
        if count > 1 and target + (total - covered) / count <= 0:
            break
        level = (total - covered) / count
    parts = [max(0, math.floor(target + level)) for target in targets]
    steps = sorted((part + 1 - target, place)
                   for place, (part, target) in enumerate(zip(parts, targets)))
    for _, place in steps[:total - sum(parts)]:
        parts[place] += 1
    return parts


def reaches(rate, beyond, bound):
    """The smallest whole k above `beyond` with exp(-rate (k - beyond)) <= bound, which is below 1."""
    def holds(k):
        digits = 30
        while True:
            power = Bounds.exp_of_minus(rate * (k - beyond), digits)
            if Fraction(power.high) <= bound:
                return True
            if Fraction(power.low) > bound:
                return False
            digits *= 2
    return smallest(holds, math.floor(beyond) + 1, max(1, int(1 / rate)))


def estimate_half_width(variance, scale, finest, alpha):
    """A whole k that the noise of an estimate leaves with at most the chance alpha.

    The region's own count has the weight w = V / (2 b^2), and w of the variance V. Either, for w > 1/2,
    P(> k) <= e^(1/(2b)) e^(-k/(wb)) w / (2w - 1); or, where the discrete noise is taken for Laplace noise
    that reaches r further, P(> k) <= 22/21 e^(-s (k-r)) / (1 - (1-w) V/2 s^2) for every s <= 1 / (w b).
    """
    own = variance / (2 * scale**2)
    if own >= 1:
        return half_width(scale, alpha)
    bits = max(1, alpha.denominator.bit_length() - alpha.numerator.bit_length())
    load = Fraction(7 * bits + 10, 7 * bits + 30)
    square = min(1 / own, load / (1 - own)) / own
    root = Fraction(math.isqrt(math.floor(square * 2**64)), 2**32)
    wide = own * (scale / finest)**2 * Fraction(25, 4)
    reach = math.isqrt(math.floor(wide))
    reach += reach**2 < wide
    result = reaches(root / scale, Fraction(reach),
                     alpha * Fraction(21, 22) * (1 - (1 - own) * own * root**2))
    if own > Fraction(1, 2):
        result = min(result, reaches(1 / (own * scale), own / 2, alpha * (2 * own - 1) / own))
    return result


def check_estimates(release, parents, cells_of, found):
    """The estimates of the signals, from their noisy counts."""
    hierarchy = release["hierarchy"]
    estimates = hierarchy.get("estimates")
    names = [measure["name"] for measure in release["measures"]]
    if estimates is None:
        return
    if "signals" not in names:
        found.append("hierarchy: there are estimates, but signals are not counted.")
        return
    index = names.index("signals")
    alpha = 1 - Fraction(release["measures"][index]["confidence"])
    scales = [Fraction(level["measures"][index]["scale"])
              for level in hierarchy["levels"] for _ in range(level["count"])]
    squares = LeastSquares(parents, [2 * scale**2 for scale in scales])
    if list(map(str, squares.variances)) != estimates["variances"]:
        found.append("hierarchy: the variances are not those of the least squares.")
    known = {}
    for pair in zip(squares.variances, scales):
        if pair not in known:
            known[pair] = estimate_half_width(*pair, min(scales), alpha)
    widths = [known[pair] for pair in zip(squares.variances, scales)]
    if widths != estimates["half_widths"]:
        found.append("hierarchy: the half-widths of the estimates are not those that follow.")
    count = len(release["cells"])
    if len(estimates["values"]) != count or len(estimates.get("whole", [0] * count)) != count:
        found.append("hierarchy: there is not one estimate for each cell.")
        return
    for cells in cells_of:
        values = squares.estimates([release["cells"][cell]["signals"] for cell in cells])
        if [str(value) for value in values] != [estimates["values"][cell] for cell in cells]:
            found.append("hierarchy: the estimates are not the least squares of the noisy counts.")
            return
        if "whole" in estimates \
                and squares.whole(values) != [estimates["whole"][cell] for cell in cells]:
            found.append("hierarchy: the whole numbers are not those that follow from the estimates.")
            return


def check_hierarchy(release, found):
    if "hierarchy" not in release:
        return
    keys, cells = release["query"]["keys"], release["cells"]
    names = [key["name"] for key in keys]
    if "region" not in names or release["query"]["nonnegative"] \
            or {"selection", "schedule", "places", "continual", "statistics"} & set(release) \
            or {measure["name"] for measure in release["measures"]} - {"signals", "units"}:
        found.append("hierarchy: levels go with listed cells of region, with signals and units, and "
                     "not with raised counts, schedules or places.")
        return
    if found:  # of cells that are not as they must be nothing follows
        return
    stride = math.prod(key["count"] for key in keys[names.index("region") + 1:])
    codes = list(dict.fromkeys(cell["region"] for cell in cells))
    parents = parents_of(release["hierarchy"], codes)
    if parents is None:
        found.append("hierarchy: the regions do not lie level by level in one another, in the order of "
                     "their parents.")
        return
    combinations = len(cells) // len(codes)
    before = len(found)
    check_level_noise(release, combinations, found)
    if len(found) > before:
        return
    cells_of = [[(first // stride * len(codes) + region) * stride + first % stride
                 for region in range(len(codes))] for first in range(combinations)]
    check_estimates(release, parents, cells_of, found)


# ---------------------------------------------------------------------------------------------
# 6. The digests, and what the certificate repeats from the body.
# ---------------------------------------------------------------------------------------------


def body_of(data):
    """The file without the line of the certificate: what the ledger keeps and hashes."""
    return b"\n".join(line for line in data.split(b"\n")
                      if not line.startswith(b'"certificate":'))


def check_certificate(release, data, found):
    certificate, query = release["certificate"], release["query"]
    if data != canonical_file(release):
        found.append("the file: it is written in another way than the one that the format has.")
    digest = hashlib.sha256(body_of(data)).hexdigest()
    if certificate["body_sha256"] != digest:
        found.append(f"certificate: it is about another body: the digest of this one is {digest}. "
                     "The release was edited.")
    lists = {key["name"]: {name: value for name, value in key.items() if name != "name"}
             for key in query["keys"]}
    if certificate["cells"] != lists:
        found.append("certificate: its lists of cells are not those of the query.")
    if certificate["ledger"]["dataset"] != release["dataset"]:
        found.append("certificate: its ledger account is not the data set of the release.")
    if certificate["postprocessing"] != (["nonnegative"] if query["nonnegative"] else []):
        found.append("certificate: its post-processing is not what the query says.")
    if certificate["ledger"]["entry_sha256"] == certificate["ledger"]["previous_sha256"]:
        found.append("certificate: an entry of the ledger cannot be the one before itself.")


# ---------------------------------------------------------------------------------------------
# 7. The signature: Ed25519 as in RFC 8032, section 5.1.7.
# ---------------------------------------------------------------------------------------------

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME


def add(left, right):
    """The sum of two points (X, Y, Z, T) with x = X/Z, y = Y/Z, x y = T/Z."""
    a = (left[1] - left[0]) * (right[1] - right[0]) % PRIME
    b = (left[1] + left[0]) * (right[1] + right[0]) % PRIME
    c = 2 * CURVE * left[3] * right[3] % PRIME
    d = 2 * left[2] * right[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME)


def multiply(count, point):
    result = (0, 1, 1, 0)
    while count:
        if count & 1:
            result = add(result, point)
        point, count = add(point, point), count >> 1
    return result


def point_from(encoded):
    """The point of 32 bytes, or None if there is no such point."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= PRIME:
        return None
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if (x * x - square) % PRIME or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = PRIME - x
    return (x, y, 1, x * y % PRIME)


def bytes_from(point):
    inverse = pow(point[2], -1, PRIME)
    x, y = point[0] * inverse % PRIME, point[1] * inverse % PRIME
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point_from((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little"))


def signature_holds(public_key, message, signature):
    """Whether [S]B - [h]A is R, for the signature R || S of the message under the key A."""
    key = point_from(public_key)
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or key is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    minus_key = (PRIME - key[0], key[1], key[2], PRIME - key[3])
    hashed = multiply(int.from_bytes(digest, "little") % ORDER, minus_key)
    return bytes_from(add(multiply(scalar, BASE), hashed)) == signature[:32]


def field(name, value):
    """A line of a text that is hashed or signed: no value can pass for another field."""
    return f"{name}:-\n" if value is None else f"{name}:{len(value.encode())}:{value}\n"


def signed_text(release):
    certificate = release["certificate"]
    ledger = certificate["ledger"]
    return ("hubbub-release-signature 1\n" + field("dataset", release["dataset"])
            + field("release_id", release["id"]) + field("position", str(ledger["position"]))
            + field("previous_sha256", ledger["previous_sha256"])
            + field("entry_sha256", ledger["entry_sha256"])
            + field("body_sha256", certificate["body_sha256"])
            + field("data", certificate["data"])).encode()


def check_signature(release, wanted, found):
    signature = release["certificate"].get("signature")
    if signature is None:
        if wanted is not None:
            found.append("signature: there is none, but a public key was given.")
        return
    if wanted is not None and signature["public_key"] != wanted:
        found.append(f"signature: it is by the key {signature['public_key']}, not by the one "
                     "that was given.")
    if not signature_holds(bytes.fromhex(signature["public_key"]), signed_text(release),
                           bytes.fromhex(signature["value"])):
        found.append("signature: it is not a signature of this release by the key that it names.")


def public_key_of(path):
    """The key in a PEM file, as `openssl pkey -in key.pem -pubout` writes it, in hexadecimal."""
    lines = [line.strip() for line in read(path).decode("ascii", "replace").splitlines()]
    try:
        start = lines.index("-----BEGIN PUBLIC KEY-----")
        end = lines.index("-----END PUBLIC KEY-----", start)
        key = base64.b64decode("".join(lines[start + 1:end]), validate=True)
    except (ValueError, binascii.Error):
        raise Unreadable(f"{path}: this is not a public key in PEM")
    if len(key) != 44 or not key.startswith(bytes.fromhex("302a300506032b6570032100")):
        raise Unreadable(f"{path}: this is not an Ed25519 key")
    return key[12:].hex()


# ---------------------------------------------------------------------------------------------
# 8. The ledger: links, payment and budget.
# ---------------------------------------------------------------------------------------------

COLUMNS = ["position", "previous", "time", "kind", "dataset", "release_id", "attempt", "analyst",
           "day", "epsilon", "delta", "slices", "digest", "data_pinned", "body_sha256", "policy"]


def entries_of(path):
    """Every entry of a ledger in order, the body of each release, and its signature if any."""
    file = pathlib.Path(path)
    if not file.is_file():
        raise Unreadable(f"{path}: there is no ledger")
    try:
        connection = sqlite3.connect(file.absolute().as_uri() + "?mode=ro", uri=True)
        try:
            if connection.execute("PRAGMA application_id").fetchone()[0] != 0x48554242:
                raise Unreadable(f"{path}: this is not a ledger")
            connection.execute("BEGIN")
            rows = connection.execute(
                f"SELECT {', '.join(COLUMNS)}, hash FROM entries ORDER BY position").fetchall()
            bodies = dict(connection.execute(
                "SELECT id, body FROM releases WHERE state = 'committed'"))
            return [dict(zip(COLUMNS + ["hash"], row)) for row in rows], bodies
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise Unreadable(f"{path}: the ledger cannot be read ({error})")


def check_chain(entries, found):
    previous = "0" * 64
    for place, entry in enumerate(entries, 1):
        written = "hubbub-ledger-entry 1\n" + "".join(
            field(name, None if entry[name] is None else str(entry[name])) for name in COLUMNS)
        if entry["position"] != place:
            found.append(f"ledger: entry {place} is missing or out of order.")
            return
        if entry["previous"] != previous:
            found.append(f"ledger: entry {place} does not name the entry before it.")
        if hashlib.sha256(written.encode()).hexdigest() != entry["hash"]:
            found.append(f"ledger: entry {place} is not what its hash says; it was edited.")
        previous = entry["hash"]


DECLARED = members({"every": one_of("day", "week", "month"), "days": each(text),
                    "rule": PRICE_RULES, "epsilon": fraction(), "delta": fraction()})
RUN = members({"schedule": ID, "run": integer(1), "epsilon": fraction(), "delta": fraction()})
SPEND = ("epsilon", "delta", "day", "analyst", "slices", "policy")


def said_by(entry, rule):
    """What the column `policy` says of a schedule or of a run; None where it says neither."""
    try:
        said = json.loads(entry["policy"])
        rule(said, "policy")
    except (TypeError, ValueError, RecursionError, Malformed):
        return None
    return said


class History:
    """Ids and schedules, followed from entry to entry. A run carries no loss of its own, so that
    each must be the next one of a schedule that was paid and still stands."""

    def __init__(self):
        self.releases, self.schedules, self.begun = {}, {}, {}

    def follow(self, entry):
        """Whether an entry follows from those before it."""
        name, kind = entry["release_id"], entry["kind"]
        if kind == "create" or (kind == "spend" and name is None):
            return True
        if name is None or not self.moves(name, kind, entry):
            return False
        if kind == "schedule":
            declared = said_by(entry, DECLARED)
            self.schedules[name] = {"entry": entry, "declared": declared, "released": 0,
                                    "pending": None, "opened": False}
            return declared is not None
        if kind == "reserve" and entry["policy"] is not None:
            return self.holds(name, entry)
        schedule = self.schedules.get(self.begun.get(name))
        if kind == "void":
            return self.gives_back(name, schedule)
        if schedule is not None and kind == "open":
            schedule["opened"] = True
        if schedule is not None and kind == "commit":
            del self.begun[name]
            schedule["released"] += 1
            schedule["pending"] = None
        return True

    def moves(self, name, kind, entry):
        """An id goes from reserve over open to commit, each under the attempt that came last; what
        is given back is what was held, and only then may the id be used again."""
        last = self.releases.get(name)
        if kind in ("reserve", "spend", "schedule"):
            self.releases[name] = dict(entry, state=kind)
            return last is None or last["state"] == "void"
        if last is None or last["dataset"] != entry["dataset"]:
            return False
        if kind == "resume":
            last["attempt"] = entry["attempt"]
            return last["state"] in ("reserve", "open")
        state, last["state"] = last["state"], kind
        if kind == "void":
            return state in ("reserve", "schedule") and all(
                last[column] == entry[column] for column in SPEND)
        return last["attempt"] == entry["attempt"] and (
            kind == "open" and state in ("reserve", "open")
            or kind == "commit" and state == "open" and last["digest"] == entry["digest"])

    def holds(self, name, entry):
        """Holds a run: the next one, of a schedule that is declared, not voided, and the same."""
        run = said_by(entry, RUN)
        schedule = None if run is None else self.schedules.get(run["schedule"])
        if schedule is None or schedule["pending"] is not None:
            return False
        declared, paid = schedule["declared"], schedule["entry"]
        schedule["pending"] = name
        self.begun[name] = run["schedule"]
        return (all(paid[column] == entry[column]
                    for column in ("dataset", "digest", "analyst", "slices"))
                and all(declared[part] == run[part] for part in ("epsilon", "delta"))
                and (entry["epsilon"], entry["delta"]) == (None, None)
                and run["run"] == schedule["released"] + 1
                and declared["days"][schedule["released"]:][:1] == [entry["day"]])

    def gives_back(self, name, schedule):
        """Gives back a run, or a schedule of which no run was ever opened."""
        if schedule is not None:
            del self.begun[name]
            schedule["pending"] = None
        schedule = self.schedules.pop(name, None)
        return schedule is None or not schedule["opened"] and schedule["pending"] is None


def check_history(entries, found):
    history = History()
    for entry in entries:
        if not history.follow(entry):
            found.append(f"ledger: entry {entry['position']} ({shown(entry['kind'])} of "
                         f"{shown(entry['release_id'])}) does not follow from those before it.")
            return


def cost(spends, touches):
    """What spends cost an account: slices are disjoint except that a person is in so many."""
    whole, slices = Fraction(0), {}
    for amount, names in spends:
        if names is None:
            whole += amount
        for name in names or []:
            slices[name] = slices.get(name, 0) + amount
    return whole + sum(sorted(slices.values(), reverse=True)[:touches])


def amount(entry, cap, day, part, concentrated):
    """What an entry adds to a cap, or None. A schedule is paid as a whole, but each of its days is
    charged what its own run costs alone; the runs themselves carry nothing. Where losses add up as
    zCDP, epsilon counts as epsilon^2 / 2, and a schedule as so many runs."""
    def counted(text):
        value = Fraction(text)
        return value * value / 2 if concentrated and part == "epsilon" else value

    if entry["kind"] not in ("reserve", "spend", "void", "schedule") or entry[part] is None:
        return None
    sign = -1 if entry["kind"] == "void" else 1
    declared = None if entry["policy"] is None else json.loads(entry["policy"])
    if cap == "daily":
        if declared is not None:
            days = declared["days"][:1] if declared["rule"] == "horizon" else declared["days"]
            return sign * counted(declared[part]) if day in days else None
        return sign * counted(entry[part]) if entry["day"] == day else None
    if declared is not None and declared["rule"] == "sum":
        return sign * counted(declared[part]) * len(declared["days"])
    return sign * counted(entry[part])


def spent(entries, policy, analyst, day):
    """What the entries add up to on each cap of an account: the cap, whether its epsilons are
    counted as zCDP, and the two totals."""
    touches = policy.get("dimension", {}).get("touches", 0)
    caps = {"lifetime": policy["lifetime"]}
    if "daily" in policy:
        caps["daily"] = policy["daily"]
    if "analysts" in policy:
        cap = policy["analysts"].get(analyst, policy["analysts"].get("*"))
        if cap is not None:
            caps["analyst"] = cap
    found = {}
    for name, cap in caps.items():
        concentrated = policy.get("accounting") == "zcdp" and Fraction(cap["delta"]) > 0
        totals = []
        for part in ("epsilon", "delta"):
            spends = [(amount(entry, name, day, part, concentrated),
                       None if entry["slices"] is None else json.loads(entry["slices"]))
                      for entry in entries if name != "analyst" or entry["analyst"] == analyst]
            totals.append(cost([spend for spend in spends if spend[0] is not None], touches))
        found[name] = cap, concentrated, totals
    return found


def admits(rho, epsilon, delta):
    """Whether a zCDP loss rho keeps to (epsilon, delta): the smallest over t > 0 of
    t ((1 + t) rho - epsilon) + t ln(t / (1 + t)) - ln(1 + t) is at most ln(delta), to 60 digits.
    The function is convex; its lowest point is where its slope changes sign."""
    if rho <= 0:
        return rho == 0
    exact = Context(prec=80, Emax=MAX_EMAX, Emin=MIN_EMIN)
    rho, epsilon, delta = (exact.divide(Decimal(x.numerator), Decimal(x.denominator))
                           for x in (rho, epsilon, delta))
    low, high = Decimal(-512), Decimal(512)
    for _ in range(120):
        middle = exact.divide(exact.add(low, high), Decimal(2))
        t = exact.power(Decimal(2), middle)
        ratio = exact.ln(exact.divide(t, exact.add(t, 1)))
        slope = exact.add(exact.subtract(exact.multiply(exact.add(1, exact.multiply(2, t)), rho),
                                         epsilon), ratio)
        low, high = (low, middle) if slope > 0 else (middle, high)
    first = exact.multiply(t, exact.subtract(exact.multiply(exact.add(1, t), rho), epsilon))
    value = exact.add(first, exact.subtract(exact.multiply(t, ratio), exact.ln(exact.add(1, t))))
    return value <= exact.ln(delta)


def check_remaining(release, until, policy, held, found):
    """That no cap was passed, and that what the release says was left is what the entries leave."""
    caps = spent(until, policy, held["analyst"], held["day"])
    if set(caps) != set(release["remaining"]):
        found.append("ledger: the caps of which the release says what remained are not the policy's.")
        return
    for name, (cap, concentrated, (used, fails)) in caps.items():
        epsilon, delta = Fraction(cap["epsilon"]), Fraction(cap["delta"])
        claimed = {part: Fraction(value) for part, value in release["remaining"][name].items()}
        if fails > delta:
            found.append(f"ledger: the account has spent more delta than its {name} cap allows.")
        if claimed["delta"] != delta - fails:
            found.append(f"ledger: the {name} delta that remained is not what the entries leave.")
        if not concentrated:
            if used > epsilon:
                found.append(f"ledger: the account has spent more epsilon than its {name} cap "
                             "allows.")
            if claimed["epsilon"] != epsilon - used:
                found.append(f"ledger: the {name} epsilon that remained is not what the entries "
                             "leave.")
            continue
        # What is left is the largest single epsilon that still fits, rounded down to 12 digits.
        rest = delta - fails
        if used and (rest <= 0 or not admits(used, epsilon, rest)):
            found.append(f"ledger: the account has spent more than its {name} cap allows.")
        more = claimed["epsilon"] * (1 + Fraction(1, 10**10)) + Fraction(1, 10**30)
        if claimed["epsilon"] and (rest <= 0 or not admits(used + claimed["epsilon"] ** 2 / 2,
                                                           epsilon, rest)):
            found.append(f"ledger: the {name} epsilon that remained is more than the entries leave.")
        elif rest > 0 and admits(used + more ** 2 / 2, epsilon, rest):
            found.append(f"ledger: the {name} epsilon that remained is less than the entries leave.")


def check_paid(release, held, until, found):
    """That the release was paid: by itself, or as a run of a schedule that was."""
    run = None if held["policy"] is None else json.loads(held["policy"])
    for part in ("epsilon", "delta"):
        paid = held[part] if run is None else run[part]
        if paid != release["privacy"][part]:
            found.append(f"ledger: {part} {paid} was paid, not {release['privacy'][part]}.")
    schedule = release.get("schedule")
    if (run is None) != (schedule is None):
        found.append("ledger: whether the release is a run of a schedule is not as it says.")
    if run is None or schedule is None:
        return
    declared = [entry for entry in until if entry["kind"] == "schedule"
                and entry["release_id"] == run["schedule"] and entry["digest"] == held["digest"]]
    if not declared:
        found.append("ledger: the schedule of the release was never paid.")
        return
    said = json.loads(declared[-1]["policy"])
    here = {"name": run["schedule"], "run": run["run"], "day": held["day"], "every": said["every"],
            "days": [said["days"][0], said["days"][-1]], "times": len(said["days"]),
            "rule": said["rule"], "epsilon": declared[-1]["epsilon"],
            "delta": declared[-1]["delta"]}
    for member in sorted(here):
        if schedule[member] != here[member]:
            found.append(f"ledger: the {member} of the schedule is {brief(here[member])}, not "
                         f"{brief(schedule[member])}.")


def check_ledger(release, data, path, found):
    entries, bodies = entries_of(path)
    before = len(found)
    check_chain(entries, found)
    if len(found) == before:
        check_history(entries, found)
    if len(found) > before:
        return
    certificate = release["certificate"]
    place = certificate["ledger"]["position"]
    account = [entry for entry in entries if entry["dataset"] == release["dataset"]]
    commit = entries[place - 1] if place <= len(entries) else None
    if commit is None or (commit["kind"], commit["release_id"], commit["dataset"]) != (
            "commit", release["id"], release["dataset"]):
        found.append(f"ledger: entry {place} does not say that this release was paid.")
        return
    for member, value in (("entry_sha256", commit["hash"]),
                          ("previous_sha256", commit["previous"])):
        if certificate["ledger"][member] != value:
            found.append(f"ledger: the {member} of the certificate is not that of entry {place}.")
    if commit["body_sha256"] != hashlib.sha256(body_of(data)).hexdigest():
        found.append(f"ledger: entry {place} is about another body than this one.")
    if bodies.get(release["id"]) != body_of(data):
        found.append("ledger: the body that it keeps under this id is another one.")
    until = [entry for entry in account if entry["position"] <= place]
    held = [entry for entry in until
            if entry["release_id"] == release["id"] and entry["kind"] == "reserve"]
    if not held or account[0]["kind"] != "create":
        found.append("ledger: the release was committed without being paid before.")
        return
    held = held[-1]
    check_paid(release, held, until, found)
    if (held["data_pinned"] == "1") != (certificate["data"] == "pinned"):
        found.append("ledger: the data was not pinned as the certificate says.")
    policy = json.loads(account[0]["policy"])
    if policy["privacy_unit"] != release["privacy"]["unit"]:
        found.append(f"ledger: the account protects a {policy['privacy_unit']}, not a "
                     f"{release['privacy']['unit']}.")
    check_remaining(release, until, policy, held, found)
    key = policy.get("signing_key", {}).get("public_key")
    signature = certificate.get("signature", {}).get("public_key")
    if key != signature:
        found.append("ledger: the account's key and that of the signature are not the same.")


# ---------------------------------------------------------------------------------------------
# The program.
# ---------------------------------------------------------------------------------------------


def read(path):
    try:
        return pathlib.Path(path).read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or 'cannot be read'}")


def findings_of(data, public_key=None, ledger=None):
    """Everything that does not hold, a sentence each, and the release if it is one in form."""
    found = []
    try:
        release = parse(data)
        check_form(release)
    except Malformed as error:
        return [f"the file: this is not a release: {error}."], None
    check_noise(release, found)
    check_window(release, found)
    check_person(release, found)
    check_schedule(release, found)
    check_continual(release, found)
    check_selection(release, found)
    check_other(release, found)
    check_places(release, found)
    check_cells(release, found)
    check_statistics(release, found)
    check_hierarchy(release, found)
    check_certificate(release, data, found)
    check_signature(release, public_key, found)
    if ledger is not None:
        check_ledger(release, data, ledger, found)
    return found, release


def self_test():
    """The first three test vectors of RFC 8032, section 7.1, and a half-width known exactly."""
    vectors = [
        ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
         "1cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
         "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760"
         "984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ]
    for key, message, signature in vectors:
        key, message, signature = map(bytes.fromhex, (key, message, signature))
        edited = bytes([signature[0] ^ 1]) + signature[1:]
        late = signature[:32] + (int.from_bytes(signature[32:], "little")
                                 + ORDER).to_bytes(32, "little")
        if not signature_holds(key, message, signature) or signature_holds(key, message, edited) \
                or signature_holds(key, message + b"x", signature) \
                or signature_holds(key, message, late):
            return False
    # For scale 8: P(|X| > 23) = 0.0530 and P(|X| > 24) = 0.0468, on both sides of 1/20.
    return half_width(Fraction(8), Fraction(1, 20)) == 24


LARGE_DELTA = Fraction(1, 1000)


def notes_on(release):
    """What is no fault but has to be known."""
    notes = []
    deltas = [("this release", release["privacy"]["delta"])]
    if "schedule" in release:
        deltas.append(("all runs of its schedule", release["schedule"]["delta"]))
    for what, delta in deltas:
        if Fraction(delta) > LARGE_DELTA:
            notes.append(f"Warning: delta {brief(delta)} of {what} is above {LARGE_DELTA}; with a "
                         "chance that large nothing may be protected, whatever epsilon is.")
    periods, unit = periods_of(release), release["privacy"]["unit"]
    if "person" in release["privacy"] and periods is not None and periods > 1:
        person, period = release["privacy"]["person"], unit.partition("-")[2]
        loss = "without a bound" if "epsilon" not in person else brief(
            f"epsilon {person['epsilon']}"
            + ("" if person["delta"] == "0" else f" and delta {person['delta']}"))
        notes.append(f"Warning: the loss is that of one {period} of a person; for a person who was "
                     f"active in all {periods} {period}s of the window it is {loss}.")
    if isinstance(release["query"]["consent"], dict):
        notes.append("Not verified: that only signals with consent to "
                     f"{shown(release['query']['consent']['purpose'])} were counted; that rests on "
                     "the registry that the owner keeps.")
    for key in release["query"]["keys"] if "selection" in release else []:
        if key["name"] not in release["selection"]["keys"]:
            notes.append(f"Not verified: the list of {shown(key['name'])}, its count "
                         f"{brief(key['count'])} and its digests; cells were selected, so the "
                         "release need not hold all of it.")
    return notes


def describe(release, ledger):
    """What holds, in plain sentences."""
    privacy, cells = release["privacy"], len(release["cells"])
    lines = [f"The release {release['id']} of {shown(release['dataset'])} holds.",
             f"It protects each {privacy['unit']} and cost epsilon {privacy['epsilon']}"
             + ("." if privacy["delta"] == "0" else f" and delta {privacy['delta']}.")]
    schedule = release.get("schedule")
    if schedule is not None:
        lines[1] = (f"It protects each {privacy['unit']} and is run {schedule['run']} of "
                    f"{schedule['times']}, which cost epsilon {schedule['epsilon']} and delta "
                    f"{schedule['delta']} together by the rule {schedule['rule']!r}; this one by "
                    f"itself would cost epsilon {privacy['epsilon']} and delta {privacy['delta']}.")
    if "continual" in release:
        continual = release["continual"]
        lines[1] = (f"It protects each {privacy['unit']} and is period {continual['t']} of "
                    f"{continual['horizon']}, whose running counts cost epsilon "
                    f"{schedule['epsilon']} together, for the whole horizon.")
        lines.append("Signals that were late are not counted, and consents withdrawn later do not "
                     "alter earlier counts.")
    if "selection" in release:
        lines.append(f"Its {cells} cells were found in the data and selected by the rule "
                     f"{release['selection']['rule']}.")
    for measure in release["measures"]:
        lines.append(
            f"Each of the {cells} counts of {measure['name']} has noise of scale "
            f"{measure['scale']}{' at most' if 'hierarchy' in release else ''}: with probability {measure['confidence']} one count is within "
            f"{measure['half_width']} and all are within {measure['simultaneous_half_width']}, "
            "apart from what bounding leaves out.")
    signature = release["certificate"].get("signature")
    lines.append("It is not signed." if signature is None
                 else f"It is signed by the key {signature['public_key']}.")
    if ledger is not None:
        lines.append("The ledger is linked without a gap and says that the release was paid.")
    elif signature is None:
        lines.append("Only the ledger (--ledger), or a digest noted elsewhere, can show that it "
                     "is the one that was paid:")
        lines.append(f"  body_sha256 {release['certificate']['body_sha256']}")
    return "\n".join(lines + notes_on(release))


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", nargs="?", help="release.json as it was published")
    parser.add_argument("--ledger", help="the owner's ledger, an SQLite file; it is only read")
    parser.add_argument("--public-key", help="a PEM file: the key that must have signed it")
    parser.add_argument("--self-test", action="store_true",
                        help="check this program's own arithmetic against published values")
    options = parser.parse_args(arguments)
    if options.self_test:
        passed = self_test()
        print("The self-test has passed." if passed else "The self-test has failed.")
        return 0 if passed else 1
    if options.release is None:
        parser.error("name a release, as in: verify_release.py release.json")
    try:
        public_key = None if options.public_key is None else public_key_of(options.public_key)
        found, release = findings_of(read(options.release), public_key, options.ledger)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    for sentence in found:
        print("  " + sentence)
    print("The release does not hold." if found else describe(release, options.ledger))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
