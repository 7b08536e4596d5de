"""Dumps of tables: goldens in tests/golden, each a plan `x.plan` and its dump `x.dump`.

CALLPLAN_GOLDEN=write writes the dumps anew; look at what has changed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from callplan.compiler.build import build, build_text
from callplan.runtime.tables import Tables

from .checking import plan

GOLDEN = Path(__file__).parent / "golden" / "dump"
PLANS = sorted(GOLDEN.glob("*.plan"))


def dump(image: bytes | None) -> str:
    assert image is not None
    return Tables(image).dump()


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    found = dump(build([path]).image)
    expected = path.with_suffix(".dump")
    if os.environ.get("CALLPLAN_GOLDEN") == "write":
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


def test_there_are_goldens() -> None:
    assert len(PLANS) >= 5


def test_several_plans_stand_one_behind_the_other() -> None:
    found = dump(build_text(plan(name="one") + plan(name="two", number="number 4006123457")).image)
    assert [line for line in found.splitlines() if line.startswith("plan")] == [
        'plan "one"  [<text>:1]', 'plan "two"  [<text>:6]',
    ]  # fmt: skip
    assert found.endswith("]\n")


def test_no_plans_are_an_empty_dump() -> None:
    assert dump(build_text("").image) == ""


def test_long_lists_are_cut() -> None:
    numbers = ", ".join(f"1390000{at:04}" for at in range(100))
    found = dump(build_text(plan(f"blacklist {{ {numbers} }}")).image)
    assert "+8613900000000 +8613900000001" in found
    assert "and 76 more" in found


def test_a_pattern_is_not_listed() -> None:
    found = dump(build_text(plan("blacklist { 139xxxxxxxx }")).image)
    assert "+8613900000000 +8613900000001" in found
    assert "and 99999976 more" in found


def test_a_draft_shows_what_has_no_rule() -> None:
    found = dump(build_text(plan(route="route { from 010 -> duty }"), draft=True).image)
    assert "no rule" in found
