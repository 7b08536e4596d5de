"""Figures of `callplan bench` that were saved: written whole, read again, refused, and compared."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from callplan.command_baseline import Saved, apart, slower
from callplan.command_timing import IN_BATCHES, ONE_BY_ONE, Figure, Timing, Way

from .commands import GOOD, Command, PlanFile
from .stopwatches import install


@pytest.fixture
def bench(command: Command, plan_file: PlanFile, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Times two hundred calls by a clock that moves `route` and `many` nanoseconds a decision."""
    path = plan_file(GOOD)
    calls = plan_file("called,caller\n" + "4006123456,10086\n" * 200, "calls.csv")

    def run(*options: object, route: int = 100, many: int = 40, to: Path = path) -> Any:
        with monkeypatch.context() as patched:
            install(patched, route, many)
            return command("bench", to, "--calls", calls, "--rounds", 2, *options)

    return run


# Saved


def test_what_is_saved_is_what_json_prints(bench: Any, tmp_path: Path) -> None:
    out = tmp_path / "old.json"
    printed = json.loads(bench("--json", "--save", out).out)
    assert json.loads(out.read_text(encoding="utf-8")) == printed
    assert list(printed) == [
        *("format", "callplan", "python", "machine", "tables", "calls", "rounds", "batch"),
        *("base_ns", "stopwatch_ns", "step_ns", "one_by_one", "in_batches"),
    ]
    assert printed["calls"]["count"] == 200
    assert printed["one_by_one"]["reasons"] == {"routed": 400}
    assert printed["one_by_one"]["p50"]["ns"] == pytest.approx(100.1)
    assert printed["one_by_one"]["p99.9"] is None


def test_a_file_is_replaced_as_a_whole(bench: Any, tmp_path: Path) -> None:
    out, link = tmp_path / "old.json", tmp_path / "link.json"
    out.write_text("x" * 100_000)
    link.symlink_to(out)
    assert bench("--save", link).status == 0
    assert link.is_symlink()
    assert json.loads(out.read_text(encoding="utf-8"))["batch"] == 200
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calls.csv", "link.json", "old.json", "p.plan"]


def test_where_nothing_can_be_written(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for out in (tmp_path, tmp_path / "missing" / "old.json", "/dev/null", tmp_path / "loop", "a\0b"):
        ran = bench("--save", out)
        assert ran.status == 2
        assert "Error: cannot write `" in ran.err
        assert "one by one" in ran.out


def test_what_is_measured_is_never_overwritten(bench: Any, tmp_path: Path) -> None:
    for name in ("p.plan", "calls.csv"):
        before = (tmp_path / name).read_bytes()
        ran = bench("--save", tmp_path / name)
        assert (ran.status, ran.out) == (2, "")
        assert "is what is measured" in ran.err
        assert (tmp_path / name).read_bytes() == before


# Read again


@pytest.mark.parametrize(
    "spoilt",
    [
        *("", "{", "[]", "null", "1", '"x"', "{}", "[" * 100_000, '{"format": "callplan bench 1"}'),
        {"format": "callplan bench 2"},
        *({"one_by_one": wrong} for wrong in (None, [], {}, {"reasons": {}, "p50": 1, "p99": None, "p99.9": None})),
        *(
            {"in_batches": {"reasons": wrong, "p50": None, "p99": None, "p99.9": None}}
            for wrong in (None, [], {"a": "b"})
        ),
        *({"in_batches": {"reasons": {}, "p50": {"ratio": wrong}}} for wrong in (None, "1", -1, float("nan"), [1])),
        {"batch": "many"},
        {"calls": None},
    ],
)
def test_what_was_not_saved(bench: Any, tmp_path: Path, spoilt: str | dict[str, object]) -> None:
    old = tmp_path / "old.json"
    bench("--save", old)
    text = spoilt if isinstance(spoilt, str) else json.dumps(json.loads(old.read_text()) | spoilt)
    old.write_text(text)
    ran = bench("--compare", old)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"Error: `{old}` has no figures that this version saved: make it anew with --save\n"


def test_a_file_that_is_missing(bench: Any, tmp_path: Path) -> None:
    ran = bench("--compare", tmp_path / "old.json")
    assert ran.status == 2
    assert "there is no file" in ran.err


# Compared


def test_nothing_got_slower(bench: Any, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    bench("--save", old)
    for same in ({}, {"route": 110, "many": 45}, {"route": 10, "many": 10}):
        ran = bench("--compare", old, **same)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.splitlines()[-1] == f"nothing got slower than in {old} by more than 15 %"
    assert json.loads(bench("--compare", old, "--json").out)["slower"] == []


def test_what_got_slower(bench: Any, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    bench("--save", old)
    ran = bench("--compare", old, route=130)
    assert ran.status == 1
    assert [line.split() for line in ran.out.splitlines()[-2:]] == [
        ["got", "slower", "(x", "BASE)", "before", "now"],
        ["one", "by", "one,", "p50", "1,001.0", "1,301.0", "(+30%)"],
    ]
    assert bench("--compare", old, "--margin", "31%", route=130).status == 0
    ran = bench("--compare", old, "--json", route=300, many=60)
    assert ran.status == 1
    said = json.loads(ran.out)
    assert [(each["way"], each["percentile"]) for each in said["slower"]] == [
        ("one_by_one", "p50"),
        ("one_by_one", "p99"),
        ("in_batches", "p50"),
    ]
    assert said["margin"] == 0.15
    assert said["slower"][2]["before"] == pytest.approx(400, rel=0.01)
    assert said["slower"][2]["now"] == pytest.approx(600, rel=0.01)


def test_what_compares_badly(bench: Any, plan_file: PlanFile, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    bench("--save", old)
    ran = bench("--compare", old, "--batch", 100, many=1000)
    assert ran.status == 0
    assert ran.err == f"warning: {old} compares badly: its batches had 200 calls, so batches are not compared\n"
    ran = bench("--compare", old, to=plan_file(GOOD.replace("3456", "3457"), "other.plan"))
    assert "one by one, 100% of the decisions had other reasons" in ran.err
    (tmp_path / "calls.csv").write_text("called,caller\n" + "4006123456,10010\n" * 200)
    assert "its calls were others" in bench("--compare", old).err


def timing(base: float, step: float, p50: float, p99: float) -> Timing:
    ns = {"p50": p50, "p99": p99}
    figures: dict[str, Figure | None] = {name: Figure(value, value / base) for name, value in ns.items()}
    way = Way(1000, Counter(routed=1000), figures | {"p99.9": None})
    return Timing(base, 50.0, step, 1, 10, {ONE_BY_ONE: way, IN_BATCHES: way})


def late(old: Timing, new: Timing) -> list[tuple[str, str]]:
    ratios = {
        (way, name): figure.ratio
        for way in old.ways
        for name, figure in old.ways[way].figures.items()
        if figure is not None
    }
    saved = Saved("old.json", "", 10, {way: old.ways[way].reasons for way in old.ways}, ratios)
    return [each[:2] for each in slower(saved, new, 0.1)]


def test_ratios_are_compared_and_not_nanoseconds() -> None:
    """A machine half as fast is no slower; one twice as fast hides nothing."""
    assert late(timing(10, 1, 100, 300), timing(20, 1, 200, 600)) == []
    assert late(timing(10, 1, 100, 300), timing(5, 1, 60, 150)) == [(ONE_BY_ONE, "p50"), (IN_BATCHES, "p50")]


def test_tails_have_a_wider_margin() -> None:
    assert late(timing(10, 1, 100, 300), timing(10, 1, 100, 590)) == []
    assert late(timing(10, 1, 100, 300), timing(10, 1, 100, 610)) == [(ONE_BY_ONE, "p99")]


def test_a_step_of_the_clock_is_no_slow_down() -> None:
    assert late(timing(10, 40, 100, 300), timing(10, 40, 139, 300)) == []
    assert late(timing(10, 40, 100, 300), timing(10, 40, 141, 300)) == [(ONE_BY_ONE, "p50"), (IN_BATCHES, "p50")]


def test_shares_of_other_reasons() -> None:
    assert apart(Counter(routed=9, full=1), Counter(routed=90, full=10)) == 0
    assert apart(Counter(routed=9, full=1), Counter(routed=8, quota=2)) == pytest.approx(0.2)
    assert apart(Counter(), Counter(routed=1)) == 0.5
