"""The table of rows: every row is in it, measured or with the reason; verdicts and the gate that a floor moves."""

from __future__ import annotations

import pytest

from benchmarks.report import gate, number, quantity, table, target, verdict
from benchmarks.rows import BY_KEY, ROWS

from .benchmark_runs import timed

ROUTE, BATCH, OPEN = BY_KEY["route"], BY_KEY["batch"], BY_KEY["open"]


def test_every_row_is_in_the_table() -> None:
    text = table([timed("route", 3.9), timed("batch", 1.4)])
    assert all(row.text in text for row in ROWS)
    lines = {line.partition("  ")[0]: line for line in text.splitlines()}
    assert lines[ROUTE.text].split()[-9:] == ["3.90×", "3.51", "to", "4.29", "≤", "6", "≤", "4", "goal"]
    assert lines[BATCH.text].endswith("MISSED")
    assert lines[BY_KEY["state"].text].endswith("later: counters live in one process")
    assert text.startswith("BASE: 10.0 to 10.0 ns")


def test_keys_are_unique() -> None:
    assert len(BY_KEY) == len(ROWS)


@pytest.mark.parametrize(("figure", "said"), [(4, "goal"), (4.01, "gate"), (6, "gate"), (6.01, "MISSED")])
def test_less_is_better(figure: float, said: str) -> None:
    assert verdict(ROUTE, figure, None, None) == said


@pytest.mark.parametrize(("figure", "said"), [(3, "goal"), (2.99, "gate"), (2, "gate"), (1.99, "MISSED")])
def test_more_is_better(figure: float, said: str) -> None:
    assert verdict(BATCH, figure, None, None) == said


def test_a_row_without_targets_has_no_verdict() -> None:
    assert verdict(BY_KEY["peek"], 3, None, None) == ""


def test_figures_of_fewer_plans_say_so() -> None:
    assert verdict(OPEN, 9, None, (1000, 100_000)) == "goal, 1,000 of 100,000 plans"
    assert verdict(OPEN, 9, None, (100_000, 10_000_000)) == "goal"
    assert verdict(BY_KEY["batch-random"], 9, None, (1000, 100_000)) == "1,000 plans"


@pytest.mark.parametrize(("floor", "moved"), [(None, 6), (5, 6), (6, 6), (10, 13)])
def test_a_gate_below_the_floor_gives_way(floor: float | None, moved: float) -> None:
    assert gate(ROUTE, floor) == pytest.approx(moved)
    assert gate(BATCH, floor) == 2


def test_numbers_have_three_digits() -> None:
    assert [number(value) for value in (0, 1.234, 12.34, 123.4, 123456)] == ["0", "1.23", "12.3", "123", "123,456"]
    assert (quantity(1.5, "×"), quantity(1.5, "ms")) == ("1.50×", "1.50 ms")
    assert (target(ROUTE, 6), target(OPEN, 10), target(ROUTE, None)) == ("≤ 6", "≤ 10 ms", "")
