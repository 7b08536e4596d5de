"""Calls without a rule, each plan's with an example that `explain` confirms; tested by tests/test_coverage.py."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap64

from ..runtime.layout import AREA_FIRST, LINE_FIXED, LINE_MOBILE
from ..runtime.numbering import PREFIX_BASE, builtin
from . import checked, origins, syntax
from .caller_sets import entries_in, key_of, keys_of_pattern
from .cells import UNCOVERED, Axes, Outcomes, Truths
from .days import date_of
from .diagnostics import Diagnostic, Related
from .heads import condition_of, word_of
from .keys import MOBILES, kin_in, kin_of, number_of
from .nested import Visit
from .numbers import normalise
from .reading import STDIN_NAME
from .source import Span

_BETWEEN = r"(?:\s|#[^\n]*\n)*"  # not possessive, which CPython before 3.11.5 matches wrongly
_ROUTE = re.compile(rf"\broute{_BETWEEN}\{{{_BETWEEN}\Z")  # up to the first rule


@dataclass(frozen=True)
class _Caller:
    """An example of a caller: an origin, and a number that has it, None where none is known to.

    `entry`: for a caller on a list, where the list has the number. `elsewhere`: the built-in numbering table gives the
    number another origin, but another table may give it this one.
    """

    slot: int
    number: str | None
    entry: syntax.Number | syntax.Pattern | None = None
    elsewhere: bool = False


def uncovered(plan: checked.Plan, axes: Axes, cells: Outcomes, possible: Truths) -> list[Diagnostic]:
    """The error of a plan whose route has no rule for some call, with one such call."""
    missing = (cells == UNCOVERED) & possible
    return [_error(plan, axes, missing, _route(plan), ())] if missing.any() else []


def uncovered_inside(plan: checked.Plan, axes: Axes, visit: Visit) -> list[Diagnostic]:
    """The same for a nested route and the calls that its rule lets in."""
    places = visit.at[visit.taken == UNCOVERED] if isinstance(visit.target, checked.Route) else ()
    if not len(places):
        return []
    missing = np.zeros(axes.shape, np.bool_)
    missing.ravel()[places] = True
    let_in = Related("let_in_here", condition_of(visit.above[-1].entry))
    return [_error(plan, axes, missing, word_of(visit.target.span), (let_in,), visit.straight)]


def _error(
    plan: checked.Plan, axes: Axes, missing: Truths, span: Span, related: tuple[Related, ...], straight: bool = True
) -> Diagnostic:
    """`straight`: such a call comes to the route for certain, so that `explain` shows that it has no rule."""
    callers = int(np.flatnonzero(missing.any(axis=(0, 1)))[0])
    classes = missing[:, :, callers].any(axis=1)
    slots = sorted(slot for at in np.flatnonzero(classes).tolist() for slot in axes.origins.members[at])
    caller = _unlisted(slots, axes) if callers == 0 else _listed(slots, axes, callers)
    times = np.flatnonzero(missing[axes.origins.classes[caller.slot], :, callers]).tolist()
    day, minute = axes.times.example(frozenset(times))
    when = f"{date_of(day)}T{minute // 60:02}:{minute % 60:02}"
    fields: dict[str, object] = {
        "plan": plan.name,
        "file": "-" if span.source.name == STDIN_NAME else shlex.quote(span.source.shown),
        "number": plan.numbers[0].digits,
        "caller": caller.number,
        "origin": origins.words_of(caller.slot),
        "time": when,
    }
    if caller.number is None:
        return Diagnostic("E521", span, fields, "confirm_origin" if straight else "add_otherwise", related)
    related += () if caller.entry is None else (Related("listed_here", caller.entry.span),)
    if caller.elsewhere:
        return Diagnostic("E522", span, fields, "other_numbering", related)
    return Diagnostic("E520", span, fields, "confirm_number" if straight else "add_otherwise", related)


def _route(plan: checked.Plan) -> Span:
    """The word `route` of the plan; of one without rules the plan's own first word."""
    source = plan.span.source
    found = _ROUTE.search(source.text, plan.span.start, plan.rules[0].span.start) if plan.rules else None
    if found is None:
        return Span(source, plan.span.start, plan.span.start + len("plan"))
    return Span(source, found.start(), found.start() + len("route"))


def _unlisted(slots: list[int], axes: Axes) -> _Caller:
    """A caller on no list, with an ordinary number if one of the slots has any."""
    taken = BitMap64.union(axes.blacklisted, *axes.callers.keys)
    for slot in sorted(slots, key=_rarity):
        for keys in _keys_of(slot):
            free = BitMap64()
            free.add_range(keys.start, keys.stop)
            free -= taken
            if free:
                return _Caller(slot, number_of(free.min()))
    return _Caller(slots[0], None)


def _rarity(slot: int) -> int:
    """Ordinary callers first: fixed lines, mobiles, those from abroad, short numbers, mobiles without an area."""
    if slot >= 2 * AREA_FIRST:
        return 0 if slot % 2 == LINE_FIXED else 1
    return {origins.ABROAD: 2, origins.UNKNOWN: 3}.get(slot, 4)


def _keys_of(slot: int) -> Iterator[range]:
    """Keys of callers that have an origin, numbers that look well first; none for a mobile where the built-in table has
    no prefix of that area.
    """
    if slot % 2 == LINE_MOBILE:
        for prefix in np.flatnonzero(_built_in_slots() == slot).tolist():
            first = _mobile_key(prefix)
            yield range(first + 6666, first + 10_000)
            yield range(first, first + 6666)
    elif slot == origins.ABROAD:
        yield _all_from("+85221234567", 7)
        yield _all_from("+12125550123", 9)
    elif slot == origins.UNKNOWN:
        yield _all_from("10086", 4)
        yield _all_from("100000", 5)
    else:
        code = f"0{origins.area_codes()[slot // 2 - AREA_FIRST]}"
        yield _all_from(code + "88886666", 7)
        yield _all_from(code + "20000000", 8)
        yield _all_from(code + "2000000", 7)


def _all_from(number: str, digits: int) -> range:
    """The keys of a number and of all that follow it with none but the last digits changed."""
    key = normalise(number).key
    return range(key, key - key % 10**digits + 10**digits)


def _listed(slots: list[int], axes: Axes, callers: int) -> _Caller:
    """A caller in a class of lists; such callers have one of the slots, whatever numbering table is used."""
    keys: BitMap64 = axes.callers.keys[callers]
    wanted = frozenset(slots)
    mobiles: list[tuple[int, syntax.Number | syntax.Pattern | None]] = []  # of one of the slots by another table
    for entry in entries_in(axes.lists):
        if isinstance(entry, syntax.Number) and (key := key_of(entry)) in keys:
            if (slot := _slot_of(key)) in wanted:
                return _Caller(slot, entry.span.text, entry)
            if key in MOBILES:
                mobiles.append((key, entry))
    for first, kin in kin_in(keys):
        if kin.keys == MOBILES:
            found = _built_in_mobile(keys, wanted)
            if found is not None:
                return _Caller(_slot_of(found), number_of(found), _pattern_of(found, axes))
            mobiles.append((first, _pattern_of(first, axes)))
        elif not wanted.isdisjoint(kin.slots):
            return _Caller(kin.slots[0], number_of(first), _pattern_of(first, axes))
    slot = next(slot for slot in sorted(slots, key=_rarity) if slot % 2 == LINE_MOBILE)
    key, listed = mobiles[0]
    number = listed.span.text if isinstance(listed, syntax.Number) else number_of(key)
    return _Caller(slot, number, listed, elsewhere=True)


def _pattern_of(key: int, axes: Axes) -> syntax.Pattern | None:
    """The first pattern that means a caller; None where only a file has him."""
    patterns = (entry for entry in entries_in(axes.lists) if isinstance(entry, syntax.Pattern))
    return next((pattern for pattern in patterns if key in keys_of_pattern(pattern)), None)


def _built_in_mobile(keys: BitMap64, wanted: frozenset[int]) -> int | None:
    """The first mobile of a set that has one of the slots by the built-in table."""
    for prefix in np.flatnonzero(np.isin(_built_in_slots(), list(wanted))).tolist():
        first = _mobile_key(prefix)
        if keys.range_cardinality(first, first + 10_000):
            return keys.next_set_bit(first)
    return None


def _built_in_slots() -> npt.NDArray[np.intp]:
    """The slot of each mobile prefix by the built-in table."""
    slot_of_code = np.full(1000, origins.UNKNOWN_MOBILE, np.intp)
    for code in origins.area_codes():
        slot_of_code[code] = origins.slot_of(code, LINE_MOBILE)
    return slot_of_code[builtin()]


def _mobile_key(prefix: int) -> int:
    """The key of the first mobile with a prefix of the numbering table."""
    return normalise(f"{PREFIX_BASE + prefix}0000").key


def _slot_of(key: int) -> int:
    """The origin of a caller by the built-in table."""
    if key in MOBILES:
        code = int(builtin()[int(number_of(key)[:7]) - PREFIX_BASE])
        return origins.slot_of(code, LINE_MOBILE) if code else origins.UNKNOWN_MOBILE
    return kin_of(key).slots[0]
