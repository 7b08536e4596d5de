"""The cells: the first block or rule that holds, and what merging leaves of them."""

from __future__ import annotations

import numpy as np
import pytest

from callplan.compiler import checked, limits
from callplan.compiler.caller_sets import CallerSets
from callplan.compiler.cells import UNCOVERED, Axes, Merged, merge, outcomes
from callplan.compiler.days import number_of, weekday_of
from callplan.compiler.numbers import normalise
from callplan.compiler.offsets import clock
from callplan.compiler.origins import count, slot_of, words_of
from callplan.runtime.layout import LINE_FIXED, LINE_MOBILE

from .checking import check, plan

OFFICE = "schedule office { mon-fri 09:00-18:00 }"
NIGHT = "schedule night { daily 22:00-06:00 }"
VIP = "list vip { 13900001111, 0731-8888-1234 }"
MONDAY = number_of(2026, 11, 23)


class Table:
    """A plan's merged cells, asked like a call would ask them."""

    def __init__(self, *statements: str, route: str) -> None:
        program, problems = check(plan(*statements, route=f"route {{ {route} }}"))
        assert not [each for each in problems if each.severity == "error"]
        self.axes = Axes(program.plans[0], clock(program.plans[0].zone), CallerSets())
        self.cells = outcomes(self.axes)
        self.merged: Merged = merge(self.axes, self.cells, self.axes.possible())

    def at(self, slot: int, day: int = MONDAY, minute: int = 600, number: str = "") -> int:
        """The place in Axes.entries of what a call comes to."""
        row = self.merged.origin_map[slot]
        timetable = self.merged.timetable
        runs = dict(timetable.exceptions).get(day, timetable.weekdays[weekday_of(day)])
        column = [time_class for start, time_class in runs if start <= minute][-1]
        groups = [self.axes.callers.keys[each] for group in self.merged.caller_groups for each in group]
        listed = [keys for keys in groups if number and normalise(number).key in keys]
        assert len(listed) < 2
        caller = 0
        for at, group in enumerate(self.merged.caller_groups, 1):
            if any(number and normalise(number).key in self.axes.callers.keys[each] for each in group):
                caller = at
        return int(self.merged.cells[row, column, caller])

    @property
    def shape(self) -> tuple[int, ...]:
        return self.merged.cells.shape


CHANGSHA = slot_of(731, LINE_FIXED)
CHANGSHA_MOBILE = slot_of(731, LINE_MOBILE)
BEIJING = slot_of(10, LINE_FIXED)


def test_the_first_rule_that_holds_wins() -> None:
    table = Table(route="from 0731 -> announce closed from 湖南 -> duty otherwise -> announce busy")
    assert [table.at(slot) for slot in (CHANGSHA, slot_of(730, LINE_FIXED), BEIJING)] == [0, 1, 2]


def test_not_binds_before_and_before_or() -> None:
    table = Table(
        OFFICE,
        route="not from 010 and during office or from 0731 -> announce closed otherwise -> duty",
    )
    office, evening = 600, 1200
    assert table.at(BEIJING, minute=office) == 1
    assert table.at(CHANGSHA, minute=office) == 0
    assert table.at(CHANGSHA, minute=evening) == 0
    assert table.at(slot_of(21, LINE_FIXED), minute=office) == 0
    assert table.at(slot_of(21, LINE_FIXED), minute=evening) == 1


def test_brackets_bind_first() -> None:
    table = Table(OFFICE, route="not (from 010 or during office) -> announce closed otherwise -> duty")
    assert table.at(CHANGSHA, minute=1200) == 0
    assert table.at(CHANGSHA, minute=600) == 1
    assert table.at(BEIJING, minute=1200) == 1


def test_origin_time_and_caller_together() -> None:
    table = Table(
        OFFICE, VIP, route="caller in vip and during office and from mobile -> duty otherwise -> announce closed"
    )
    assert table.at(CHANGSHA_MOBILE, number="13900001111") == 0
    assert table.at(CHANGSHA_MOBILE, minute=1200, number="13900001111") == 1
    assert table.at(CHANGSHA_MOBILE, number="13900002222") == 1
    assert table.at(CHANGSHA, number="0731-8888-1234") == 1


def test_blocks_come_before_rules() -> None:
    table = Table(NIGHT, "block during night", "block from mobile announce busy", route="otherwise -> duty")
    assert table.at(CHANGSHA, minute=60) == 0
    assert table.at(CHANGSHA_MOBILE, minute=60) == 0
    assert table.at(CHANGSHA_MOBILE, minute=600) == 1
    assert table.at(CHANGSHA, minute=600) == 2
    assert not table.axes.area_blocks


def test_leading_blocks_of_whole_areas_are_kept_apart() -> None:
    table = Table(
        NIGHT, "block from 海南", "block from 0898, 0991 announce busy", "block from 海南", "block during night",
        "block from 0731", route="otherwise -> duty",
    )  # fmt: skip
    assert [block.codes for block in table.axes.area_blocks] == [(898,), (991,)]
    assert [block.block.announce.name for block in table.axes.area_blocks] == ["blocked", "busy"]
    assert [type(entry) for entry in table.axes.entries] == [checked.Block, checked.Block, checked.Rule]
    assert table.at(CHANGSHA) == 1


def test_blocked_areas_make_no_classes() -> None:
    table = Table("block from 海南", route="from 海南 -> announce closed from 0731 -> announce busy otherwise -> duty")
    assert table.shape == (2, 1, 1)
    assert {words_of(slot) for slot in range(count()) if table.axes.blocked[slot]} == {"0898 mobile", "0898 fixed"}


@pytest.mark.parametrize("block", ["block from mobile", "block from 0731, abroad", "block from 0731 except mobile"])
def test_other_blocks_are_in_the_cells(block: str) -> None:
    assert not Table(block, route="otherwise -> duty").axes.area_blocks


def test_a_cell_without_a_rule() -> None:
    table = Table(OFFICE, route="during office -> duty")
    assert table.at(CHANGSHA, minute=1200) == UNCOVERED


def test_equal_slices_are_one() -> None:
    table = Table(
        OFFICE, NIGHT, VIP, "list same { 13900003333 }",
        route="caller in vip or caller in same -> duty during office or during night -> announce closed "
        "from 0731 or from 010 -> announce full otherwise -> announce busy",
    )  # fmt: skip
    assert table.axes.shape == (3, 3, 3)
    assert table.shape == (2, 2, 2)
    assert table.merged.caller_groups == ((1, 2),)
    apart = Table(
        OFFICE, NIGHT, route="during office -> duty during night -> announce closed otherwise -> announce busy"
    )
    assert apart.shape == (1, 3, 1)


def test_rules_that_do_not_matter_leave_one_cell() -> None:
    table = Table(
        OFFICE, VIP, route="from anywhere -> duty during office -> duty caller in vip -> duty otherwise -> duty"
    )
    assert table.shape == (1, 1, 1)
    assert table.merged.caller_groups == ()
    assert not table.merged.origin_map.any()


def test_callers_that_cannot_be_there_do_not_keep_classes_apart() -> None:
    table = Table(
        "list local { 0731-8888-1234 }", route="caller in local and from 010 -> duty otherwise -> announce closed"
    )
    assert table.shape == (1, 1, 1)


def test_who_can_be_on_a_list() -> None:
    table = Table(
        "list all { 13900001111, 0731-8888-1234, 10086, +85221234567 }",
        route="caller in all and from 010 -> duty otherwise -> duty",
    )
    possible = {
        words_of(slot): bool(table.axes.possible()[table.axes.origins.classes[slot], 0, 1])
        for slot in (BEIJING, slot_of(10, LINE_MOBILE))
    }
    assert possible == {"010 fixed": True, "010 mobile": True}  # one class: `from 010` does not tell them apart
    apart = Table(
        "list fixed_only { 0731-8888-1234 }", route="caller in fixed_only and from 010 -> duty otherwise -> duty"
    )
    assert not apart.axes.possible()[apart.axes.origins.classes[BEIJING], 0, 1]
    assert apart.axes.possible()[apart.axes.origins.classes[CHANGSHA], 0, 1]


def test_too_many_cells_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CELLS", 8)
    route = "from 0731 -> duty during office -> duty caller in vip -> duty otherwise -> duty"
    assert Table(OFFICE, VIP, route=route).axes.shape == (2, 2, 2)
    monkeypatch.setattr(limits, "MOST_CELLS", 7)
    with pytest.raises(limits.LimitExceeded) as caught:
        Table(OFFICE, VIP, route=route)
    assert caught.value.code == "E530"
    assert caught.value.fields == {"cells": "8", "most": "7", "origins": 2, "times": 2, "callers": 2}


def test_merged_cells_are_the_cells() -> None:
    """Every cell that a call can come to has the outcome it had before."""
    table = Table(
        OFFICE, NIGHT, VIP, "list two { 13900001111, 10086 }", "block from mobile and during night",
        route="from 0731 except mobile -> duty caller in two and not caller in vip -> announce busy "
        "during office and (from 湖南 or caller in vip) -> announce closed "
        "from unknown -> announce full otherwise -> duty",
    )  # fmt: skip
    axes, merged = table.axes, table.merged
    timetable, order = axes.times.merged(range(len(axes.times.vectors)))
    possible = axes.possible()
    for day in (MONDAY, MONDAY + 5):
        for minute in range(0, 1440, 30):
            whole = [
                at for at in dict(timetable.exceptions).get(day, timetable.weekdays[weekday_of(day)]) if at[0] <= minute
            ]
            column = order[whole[-1][1]]
            runs = dict(merged.timetable.exceptions).get(day, merged.timetable.weekdays[weekday_of(day)])
            merged_column = [each for start, each in runs if start <= minute][-1]
            for row, members in enumerate(axes.origins.members):
                for caller in range(axes.shape[2]):
                    if not possible[row, 0, caller]:
                        continue
                    group = next((at for at, group in enumerate(merged.caller_groups, 1) if caller in group), 0)
                    for slot in members:
                        found = merged.cells[merged.origin_map[slot], merged_column, group]
                        assert found == table.cells[row, column, caller]
    assert np.unique(table.cells).tolist() == list(range(len(axes.entries)))
