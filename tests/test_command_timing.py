"""The stop-watch of `callplan bench`: what it times, what it takes off, and that passes begin with empty counters."""

from __future__ import annotations

import gc
from collections import Counter

import numpy as np
import pytest

import callplan
from callplan import command_timing
from callplan.command_recorded import Recorded
from callplan.command_timing import IN_BATCHES, ONE_BY_ONE, Figure, Timing, measure

from .commands import EXAMPLES, GOOD
from .stopwatches import BASE, READING, install

MONDAY = 1_795_397_400  # 2026-11-23T09:30 in Shanghai


def calls(called: str, count: int, at: int | None = None) -> Recorded:
    return Recorded((called,) * count, ("02188886666",) * count, None if at is None else (at,) * count)


def timed(plan: str, recorded: Recorded, rounds: int = 1, batch: int = 1000, area: str | None = None) -> Timing:
    tables = callplan.compile(EXAMPLES / plan)
    return measure(tables, recorded, rounds=rounds, batch=batch, area=area, step=lambda: None)


def reasons(timing: Timing) -> tuple[Counter[str], Counter[str]]:
    return timing.ways[ONE_BY_ONE].reasons, timing.ways[IN_BATCHES].reasons


def test_the_clock_s_own_cost_is_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, route=100, many=40)
    timing = timed("one-number.plan", calls("4006555101", 300), rounds=4, batch=100)
    assert timing.base == BASE
    assert timing.stopwatch == pytest.approx(READING - BASE)
    single, batch = (timing.ways[way].figures["p50"] for way in (ONE_BY_ONE, IN_BATCHES))
    assert single is not None
    assert batch is not None
    assert single == pytest.approx(Figure(100 + BASE, (100 + BASE) / BASE))
    assert batch == pytest.approx(Figure(40 + BASE / 100, (40 + BASE / 100) / BASE))


def test_calls_end_outside_the_timed_part(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = install(monkeypatch)
    timed("one-number.plan", calls("4006555101", 3), batch=2)
    log = " ".join(watch.log)
    assert log.count("clock route clock end") >= 3
    assert log.endswith(" ".join(["clock route_many clock end_many"] * 2))
    assert "clock route end" not in log


@pytest.mark.parametrize("at", [None, MONDAY])
def test_each_pass_begins_with_empty_counters(monkeypatch: pytest.MonkeyPatch, at: int | None) -> None:
    """A quota of three a day: of ten calls seven are refused in each pass, however many there is time for."""
    install(monkeypatch)
    for name in ("SINGLE_SAMPLES", "BATCH_SAMPLES"):
        monkeypatch.setattr(command_timing, name, 20)
    for found in reasons(timed("quota.plan", calls("4006555108", 10, at), rounds=3, batch=5)):
        assert set(found) == {"routed", "quota"}
        assert 7 * found["routed"] == 3 * found["quota"]


def test_calls_of_a_batch_are_in_progress_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of two, and another of one behind it."""
    install(monkeypatch)
    limited = calls("4006555107", 9)
    assert reasons(timed("limit.plan", limited)) == (Counter(routed=9), Counter(routed=3, full=6))
    assert reasons(timed("limit.plan", limited, batch=1)) == (Counter(routed=9), Counter(routed=9))


def test_batches_are_of_nearly_one_size(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    for count, batch, largest, number in ((1, 1000, 1, 1), (10, 3, 3, 4), (1001, 1000, 501, 2), (9, 3, 3, 3)):
        timing = timed("one-number.plan", calls("4006555101", count), batch=batch)
        assert (timing.batch, timing.ways[IN_BATCHES].samples) == (largest, number)


def test_times_and_an_area_are_those_given(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    night = calls("4006555103", 2, MONDAY + 14 * 3600)
    assert reasons(timed("time.plan", night)) == (Counter(announced=2), Counter(announced=2))
    day = calls("4006555103", 2, MONDAY)
    assert reasons(timed("time.plan", day)) == (Counter(routed=2), Counter(routed=2))
    local = Recorded(("4006555105",), ("66123456",), (MONDAY,))
    assert reasons(timed("area-blocking.plan", local))[0] == Counter(routed=1)
    assert reasons(timed("area-blocking.plan", local, area="0898"))[0] == Counter(blocked=1)


def test_figures_of_too_few_samples_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    for count, known in ((1, []), (2, ["p50"]), (99, ["p50"]), (100, ["p50", "p99"]), (1000, ["p50", "p99", "p99.9"])):
        way = timed("one-number.plan", calls("4006555101", count)).ways[ONE_BY_ONE]
        assert [name for name, figure in way.figures.items() if figure] == known
    way = timed("one-number.plan", calls("4006555101", 50), rounds=2).ways[ONE_BY_ONE]
    assert way.figures["p99"] is not None  # of both rounds together


def test_a_figure_is_the_median_of_the_rounds() -> None:
    rounds = [np.arange(1, 101) * factor for factor in (1.0, 3.0, 1000.0)]
    assert command_timing._over_rounds(rounds, 99.0) == pytest.approx(np.percentile(rounds[1], 99))
    assert command_timing._over_rounds(rounds, 50.0) == pytest.approx(3 * 50.5)
    assert command_timing._over_rounds([rounds[0][:3], rounds[0]], 99.9) is None


def test_rounds_stop_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    monkeypatch.setattr(command_timing, "SINGLE_SAMPLES", 10_000)
    monkeypatch.setattr(command_timing, "LONGEST", 0.0)
    assert timed("one-number.plan", calls("4006555101", 2), rounds=3).ways[ONE_BY_ONE].samples == 6


def test_garbage_collection_is_as_before() -> None:
    tables = callplan.compile_text(GOOD)
    seen = []
    for on in (True, False):
        (gc.enable if on else gc.disable)()
        try:
            step = lambda: seen.append(gc.isenabled())  # noqa: E731
            measure(tables, calls("4006123456", 1), rounds=1, batch=1, area=None, step=step)
            assert gc.isenabled() == on
        finally:
            gc.enable()
    assert seen == [False, False]


def test_the_real_clock() -> None:
    timing = timed("one-number.plan", calls("4006555101", 200))
    assert timing.base > 0
    assert timing.stopwatch >= 0
    for way in timing.ways.values():
        assert way.reasons.keys() == {"routed"}
        assert all(figure.ns > 0 and figure.ratio > 0 for figure in way.figures.values() if figure)
