"""The examples: they compile without a word and do what their first comment says."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

import callplan
from callplan.runtime import places

TOP = Path(__file__).resolve().parent.parent
EXAMPLES = TOP / "examples"
PLANS = sorted(EXAMPLES.glob("*.plan"))
OFFICE = "01055500142"


def instant(local: str) -> float:
    return datetime.fromisoformat(local).replace(tzinfo=timezone(timedelta(hours=8))).timestamp()


DAY = instant("2026-11-23T09:30")  # a Monday


def open_example(name: str) -> callplan.Engine:
    return callplan.Engine(callplan.compile(EXAMPLES / name))


def target(decision: callplan.Decision) -> str | None:
    return decision.destination or decision.announcement


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_compiles_without_a_word(path: Path) -> None:
    assert callplan.compile(path).diagnostics == ()


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_says_what_it_is(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_all_in_one_build() -> None:
    assert len(callplan.compile(*PLANS).sections["plans"]) == len(PLANS) == 11


def test_hotline_sends_every_province_to_its_own_office() -> None:
    with open_example("hotline.plan") as engine:
        offices = {}
        for province in places.provinces():
            for code in province.areas:
                decision = engine.peek("4006555000", f"{code}-8612-345", DAY)
                offices[code] = decision.destination
                assert decision.destination == province.pinyin
        assert len(set(offices.values())) == 31


def test_hotline_falls_back_to_the_centre() -> None:
    with open_example("hotline.plan") as engine:
        reached = [engine.route("4006555000", "0891-612-3456", DAY).destination for _ in range(124)]
        assert Counter(reached) == {"xizang": 2, "centre_south": 60, "centre_north": 60, None: 2}
        refused = engine.route("4006555000", "0891-612-3456", DAY)
        assert (refused.announcement, refused.media, refused.reason) == ("all_taken", "hotline/all-taken.wav", "full")


def test_one_number() -> None:
    with open_example("one-number.plan") as engine:
        for caller in ("010-8888-6666", "13873112345", "+1 212 555 0123", "anonymous", "10086", ""):
            assert engine.route("4006-555-101", caller, DAY).number == OFFICE


def test_forwarding() -> None:
    with open_example("forwarding.plan") as engine:
        decision = engine.route("4006555102", "10086", DAY)
        assert (decision.destination, decision.ring_seconds) == ("office", 15)
        assert engine.busy(decision.call).destination == "workshop"
        assert engine.no_answer(decision.call).destination == "duty"
        assert engine.busy(decision.call).announcement == "busy"


@pytest.mark.parametrize(
    ("at", "reached"),
    [
        ("2026-11-23T08:59", "duty"),
        ("2026-11-23T09:00", "office"),
        ("2026-11-23T12:00", "duty"),
        ("2026-11-23T17:59", "office"),
        ("2026-11-23T18:00", "duty"),
        ("2026-11-23T22:00", "closed"),
        ("2026-11-24T06:59", "closed"),
        ("2026-11-24T07:00", "duty"),
        ("2026-11-28T15:59", "office"),
        ("2026-11-29T15:59", "duty"),
        ("2026-10-01T09:00", "holiday"),
        ("2026-10-07T23:59", "holiday"),
        ("2027-01-01T00:00", "holiday"),
    ],
)
def test_time(at: str, reached: str) -> None:
    with open_example("time.plan") as engine:
        assert target(engine.route("4006555103", "10086", instant(at))) == reached


def test_shares() -> None:
    with open_example("shares.plan") as engine:
        reached = [engine.route("4006555104", "10086", DAY).destination for _ in range(1000)]
    for calls in (10, 100, 1000):
        assert Counter(reached[:calls]) == {"north": calls // 2, "south": 3 * calls // 10, "west": calls // 5}


@pytest.mark.parametrize(
    ("caller", "at", "reached"),
    [
        ("0898-6612-3456", DAY, "not_there"),
        ("13900001111", DAY, "not_there"),  # a mobile of Urumqi
        ("+852 2123 4567", DAY, "not_there"),
        ("0891-612-3456", DAY, "office"),
        ("0891-612-3456", instant("2026-11-23T20:00"), "blocked"),
        ("010-8888-6666", instant("2026-11-23T20:00"), "office"),
        ("anonymous", DAY, "office"),
    ],
)
def test_area_blocking(caller: str, at: float, reached: str) -> None:
    with open_example("area-blocking.plan") as engine:
        assert target(engine.route("4006555105", caller, at)) == reached


@pytest.mark.parametrize(
    ("caller", "reached"),
    [
        ("0731-8888-1234", "changsha"),
        ("13873112345", "changsha"),
        ("0734-812-3456", "wuhan"),
        ("027-8765-4321", "wuhan"),
        ("021-5588-1234", "delta"),
        ("0512-6512-3456", "delta"),
        ("0578-212-3456", "centre"),  # Lishui, which the area leaves out
        ("+81 3 1234 5678", "overseas"),
        ("13910001234", "mobiles"),  # a mobile of Beijing
        ("16600001234", "mobiles"),  # a mobile of nobody knows where
        ("010-8888-6666", "centre"),
        ("anonymous", "centre"),
    ],
)
def test_origin(caller: str, reached: str) -> None:
    with open_example("origin.plan") as engine:
        assert engine.route("4006555106", caller, DAY).destination == reached


def test_limit() -> None:
    with open_example("limit.plan") as engine:
        decisions = [engine.route("4006555107", "10086", DAY) for _ in range(4)]
        assert [target(decision) for decision in decisions] == ["office", "office", "duty", "all_taken"]
        engine.end(decisions[0].call)
        assert engine.route("4006555107", "10086", DAY).destination == "office"


def test_quota() -> None:
    with open_example("quota.plan") as engine:
        week = [[target(engine.route("4006555108", "10086", DAY + 86400 * day)) for _ in range(4)] for day in range(8)]
    full = ["office"] * 3 + ["tomorrow"]
    assert week == [full, full, full, ["office", *["quota"] * 3], *[["quota"] * 4] * 3, full]


@pytest.mark.parametrize(
    ("caller", "reached"),
    [
        ("13800138000", "no_calls"),
        ("+86 138 0013 8000", "no_calls"),
        ("0086-0755-8612-0099", "no_calls"),
        ("00852 2123 4567", "no_calls"),
        ("95000", "no_calls"),
        ("13800138001", "office"),
        ("anonymous", "office"),
    ],
)
def test_blacklist(caller: str, reached: str) -> None:
    with open_example("blacklist.plan") as engine:
        assert target(engine.route("4006555109", caller, DAY)) == reached
