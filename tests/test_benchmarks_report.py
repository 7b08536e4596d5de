"""The table of rows: every row is in it, measured or with the reason; verdicts and the gate that a floor moves."""

from __future__ import annotations

import pytest

from benchmarks.report import number, quantity, table, target, targets, verdict
from benchmarks.rows import BY_KEY, ROWS, floor_of

from .benchmark_runs import timed

ROUTE, BATCH, OPEN = BY_KEY["route"], BY_KEY["batch"], BY_KEY["open"]


def test_every_row_is_in_the_table() -> None:
    text = table([timed("route", 3.9), timed("batch", 1.4)])
    assert all(row.text in text for row in ROWS)
    lines = {line.partition("  ")[0]: line for line in text.splitlines()}
    assert lines[ROUTE.text].split()[-9:] == ["3.90×", "3.51", "to", "4.29", "≤", "6", "≤", "4", "goal"]
    assert lines[BATCH.text].endswith("MISSED")
    assert lines[BY_KEY["state"].text].endswith("needs Linux")
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


@pytest.mark.parametrize(("floor", "instead"), [(None, None), (5, None), (6, None), (6.1, 7.93), (10, 13)])
def test_a_gate_under_the_floor_gives_way(floor: float | None, instead: float | None) -> None:
    assert ROUTE.instead(floor) == (None if instead is None else pytest.approx(instead))
    assert ROUTE.must(floor) == pytest.approx(instead or 6)


@pytest.mark.parametrize(("floor", "instead"), [(None, None), (2.6, None), (2, None), (1.95, 1.5), (1.3, 1)])
def test_a_gate_above_what_the_floor_gives_gives_way(floor: float | None, instead: float | None) -> None:
    assert BATCH.instead(floor) == (None if instead is None else pytest.approx(instead))
    assert BATCH.must(floor) == pytest.approx(instead or 2)


@pytest.mark.parametrize(
    ("figure", "said"), [(4, "goal"), (7, "gate by the floor"), (13, "gate by the floor"), (13.1, "MISSED")]
)
def test_verdicts_by_the_floor(figure: float, said: str) -> None:
    assert verdict(ROUTE, figure, 10, None) == said


def test_floors_stand_beside_the_rows_that_have_one() -> None:
    assert {row.key: row.floor for row in ROWS if row.floor} == {
        "route": "floor",
        "route-end": "floor-end",
        "batch": "floor-batch",
    }
    assert all(row.floor in BY_KEY and BY_KEY[row.floor].better == row.better for row in ROWS if row.floor)
    assert (floor_of(ROUTE, {"floor": 7.0}), floor_of(ROUTE, {}), floor_of(OPEN, {"floor": 7.0})) == (7.0, None, None)
    assert targets(ROUTE, 7) == ("≤ 6", "≤ 4", "7.00×", "≤ 9.10×")
    assert targets(ROUTE, 5) == ("≤ 6", "≤ 4", "5.00×", "")
    assert targets(BATCH, 1.56) == ("≥ 2", "≥ 3", "1.56×", "≥ 1.20×")
    assert targets(OPEN, None) == ("≤ 100 ms", "≤ 10 ms", "", "")


def test_a_row_is_judged_by_the_floor_of_its_run() -> None:
    lines = table([timed("floor", 8), timed("route", 10), timed("floor-batch", 1.3), timed("batch", 1.1)]).splitlines()
    by_text = {line.partition("  ")[0]: line.split() for line in lines}
    assert by_text[ROUTE.text][-10:] == ["≤", "6", "≤", "4", "8.00×", "≤", "10.4×", "gate", "by", "the", "floor"][-10:]
    assert by_text[BATCH.text][-4:] == ["gate", "by", "the", "floor"]


def test_numbers_have_three_digits() -> None:
    assert [number(value) for value in (0, 1.234, 12.34, 123.4, 123456)] == ["0", "1.23", "12.3", "123", "123,456"]
    assert (quantity(1.5, "×"), quantity(1.5, "ms")) == ("1.50×", "1.50 ms")
    assert (target(ROUTE, 6), target(OPEN, 10), target(ROUTE, None)) == ("≤ 6", "≤ 10 ms", "")
