"""A list file of ten million lines into tables: a loop in Python beside the compiler, each from the file to a bitmap.

Both read the file, take comments, separators and country codes off, bring the numbers to keys, sort them and make a
roaring bitmap. The loop is that of a careful programmer, with numpy and pyroaring for what they are good at; it reports
no bad line, and the compiler's side makes whole tables, with checksums. Numbers are drawn at random.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from pyroaring import BitMap64

import callplan

from . import population
from .conftest import Measure
from .rounds import stopwatch

pytestmark = [pytest.mark.benchmark(timer=stopwatch), pytest.mark.full]

SEPARATORS = str.maketrans("", "", " -.()")
CALLED = "4006123456"
LINES = 10_000_000
TRIED = 1000  # numbers that must be on both lists


def python_loop(path: Path) -> BitMap64:
    """The numbers of a list file as keys: 10^digits + value, with the country code."""
    keys = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            number = line.partition("#")[0].strip().translate(SEPARATORS)
            if not number:
                continue
            digits = number.lstrip("+") if number.startswith(("+", "86")) else number.removeprefix("0086").lstrip("0")
            if not digits.isdecimal():
                raise ValueError(f"not a number: {line!r}")
            if not digits.startswith("86"):
                digits = "86" + digits
            keys.append(10 ** len(digits) + int(digits))
    return BitMap64(np.sort(np.array(keys, np.uint64)))


def test_list_lines(measure: Measure, tmp_path: Path) -> None:
    numbers = population.callers(LINES, seed=3)
    path, plan = tmp_path / "numbers.txt", tmp_path / "listed.plan"
    path.write_bytes(b"\n".join(numbers.tolist()) + b"\n")
    plan.write_text(
        f'plan "listed" {{ number {CALLED} destination a = 010-6234-5678 blacklist {{ file "numbers.txt" }} '
        "route { otherwise -> a } }",
        encoding="utf-8",
    )
    tried = numbers[:TRIED]

    def loop() -> float:
        begun = time.perf_counter_ns()
        found = python_loop(path)
        spent = time.perf_counter_ns() - begun
        assert all(10**13 + int(b"86" + number) in found for number in tried)
        return spent / len(numbers)

    def compiler() -> float:
        begun = time.perf_counter_ns()
        tables = callplan.compile(plan)
        spent = time.perf_counter_ns() - begun
        with callplan.Engine(tables) as engine:
            rows = engine.peek_many(CALLED.encode(), tried)
            assert (rows["reason"] == engine.names("reason").index("blacklisted")).all()
        return spent / len(numbers)

    measure("list-lines", compiler, rounds=3, beside=loop, warm_up=0, makes_garbage=True)
