"""Calls without a rule, each plan's with an example that `explain` confirms; tested by tests/test_coverage.py."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
from pyroaring import BitMap64

from ..runtime.layout import AREA_FIRST, LINE_FIXED, LINE_MOBILE
from ..runtime.numbering import PREFIX_BASE, builtin
from . import checked, origins, syntax
from .callers import numbers_in
from .cells import UNCOVERED, Axes, Outcomes, Truths
from .days import date_of
from .diagnostics import Diagnostic, Related
from .numbers import normalise
from .reading import STDIN_NAME
from .source import Span

_BETWEEN = r"(?:\s|#[^\n]*\n)*+"
_ROUTE = re.compile(rf"\broute{_BETWEEN}\{{{_BETWEEN}\Z")  # up to the first rule


@dataclass(frozen=True)
class _Caller:
    """An example of a caller: an origin, and a number that has it, None where none is known to.

    `entry`: for a caller on a list, where the list has the number. `elsewhere`: the built-in numbering table gives the
    number another origin, but another table may give it this one.
    """

    slot: int
    number: str | None
    entry: syntax.Number | None = None
    elsewhere: bool = False


def uncovered(plan: checked.Plan, axes: Axes, cells: Outcomes, possible: Truths) -> Diagnostic | None:
    """The error of a plan that has no rule for some call, with one such call."""
    missing = (cells == UNCOVERED) & possible
    if not missing.any():
        return None
    callers = int(np.flatnonzero(missing.any(axis=(0, 1)))[0])
    classes = missing[:, :, callers].any(axis=1)
    slots = [slot for at in np.flatnonzero(classes).tolist() for slot in axes.origins.members[at]]
    caller = _unlisted(sorted(slots), axes) if callers == 0 else _listed(slots, axes, callers)
    times = np.flatnonzero(missing[axes.origins.classes[caller.slot], :, callers]).tolist()
    day, minute = axes.times.example(frozenset(times))
    when = f"{date_of(day)}T{minute // 60:02}:{minute % 60:02}"
    origin = origins.words_of(caller.slot)
    span = _route(plan)
    fields: dict[str, object] = {
        "plan": plan.name,
        "file": "-" if span.source.name == STDIN_NAME else shlex.quote(span.source.shown),
        "number": plan.numbers[0].digits,
        "caller": caller.number,
        "origin": origin,
        "time": when,
    }
    if caller.number is None:
        return Diagnostic("E521", span, fields, "confirm_origin")
    related = () if caller.entry is None else (Related("listed_here", caller.entry.span),)
    if caller.elsewhere:
        return Diagnostic("E522", span, fields, "other_numbering", related)
    return Diagnostic("E520", span, fields, "confirm_number", related)


def _route(plan: checked.Plan) -> Span:
    """The word `route` of the plan; of one without rules the plan's own first word."""
    source = plan.span.source
    if plan.rules:
        found = _ROUTE.search(source.text, plan.span.start, plan.rules[0].span.start)
        if found is not None:
            return Span(source, found.start(), found.start() + len("route"))
    return Span(source, plan.span.start, plan.span.start + len("plan"))


def _unlisted(slots: list[int], axes: Axes) -> _Caller:
    """A caller on no list, with an ordinary number if one of the slots has any."""
    taken = axes.blacklisted.copy()
    for keys in axes.callers.keys:
        taken |= keys
    for slot in sorted(slots, key=_rarity):
        for number in _numbers_of(slot):
            if normalise(number).key not in taken:
                return _Caller(slot, number)
    return _Caller(slots[0], None)


def _rarity(slot: int) -> int:
    """Ordinary callers first: fixed lines, mobiles, those from abroad, short numbers, mobiles without an area."""
    if slot >= 2 * AREA_FIRST:
        return 0 if slot % 2 == LINE_FIXED else 1
    return {origins.ABROAD: 2, origins.UNKNOWN: 3}.get(slot, 4)


def _numbers_of(slot: int) -> Iterator[str]:
    """Numbers whose callers have an origin; none for a mobile where the built-in table has no prefix of that area."""
    area, line = divmod(slot, 2)
    code = origins.area_codes()[area - AREA_FIRST] if area >= AREA_FIRST else 0
    if line == LINE_MOBILE:
        for prefix in np.flatnonzero(builtin() == code):
            yield from (f"{PREFIX_BASE + prefix}{(6666 + at) % 10_000:04}" for at in range(10_000))
    elif code:
        yield from (f"0{code}{88_886_666 + at}" for at in range(10_000_000))
    elif slot == origins.ABROAD:
        yield from (f"+852{21_234_567 + at}" for at in range(10_000_000))
    else:
        yield from (str(number) for number in count(10_086) if normalise(str(number)).kind == "written")


def _listed(slots: list[int], axes: Axes, callers: int) -> _Caller:
    """A caller in a class of lists; such callers have one of the slots, whatever numbering table is used."""
    keys: BitMap64 = axes.callers.keys[callers]
    found: _Caller | None = None
    wanted = frozenset(slots)
    for entry in numbers_in(axes.lists):
        if normalise(entry.digits).key not in keys:
            continue
        slot = _slot_of(entry)
        if slot in wanted:
            return _Caller(slot, entry.span.text, entry)
        if slot % 2 == LINE_MOBILE and found is None:
            mobile = next(slot for slot in sorted(slots, key=_rarity) if slot % 2 == LINE_MOBILE)
            found = _Caller(mobile, entry.span.text, entry, elsewhere=True)
    if found is None:
        raise ValueError("a class of callers without a number")
    return found


def _slot_of(entry: syntax.Number) -> int:
    """The origin of a number by the built-in table."""
    number = normalise(entry.digits)
    match number.kind:
        case "fixed":
            return origins.slot_of(int(number.area or 0), LINE_FIXED)
        case "abroad":
            return origins.ABROAD
        case "mobile":
            code = int(builtin()[int(number.digits[2:9]) - PREFIX_BASE])
            return origins.slot_of(code, LINE_MOBILE) if code else origins.UNKNOWN_MOBILE
        case _:
            return origins.UNKNOWN
