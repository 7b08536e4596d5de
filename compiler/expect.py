"""The expectations of plans, tried on the tables that were made of them; tested by tests/test_expect.py.

A path is told in steps, as a plan says them: `beijing busy`, `shanghai full`, `duty`, `announce closed`. A line holds
if some way through the splits has the steps that it says, for every class of callers that it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache

import numpy as np

from ..runtime.tables import Tables
from . import checked, syntax
from .diagnostics import Diagnostic
from .messages import CATALOGUE
from .offsets import DAY, Clock, clock
from .origins import OriginSets, words_of
from .rehearsal import Attempt, Cause, Entry, Event, Rehearsal, Stop, Way
from .source import Span

Steps = tuple[str, ...]

_SHOWN = 3  # ways that a message tells
_LONGEST = 200  # characters of each
_SAME_SHARE = Fraction(1, 10_000)  # shares are written with two decimals: a third is 33.33% or 33.34%
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class _Trial:
    """A line as steps: at each destination, by its record, what is said to happen. `places`: where each step stands."""

    line: checked.Expect
    steps: Steps
    said: tuple[tuple[int, Event | None], ...]
    places: tuple[Span, ...]

    def full(self, at: int) -> frozenset[int]:
        """What is full when step `at` is decided: of each destination the line says next, or else said last."""
        is_full = {destination: event == "full" for destination, event in self.said[:at]}
        is_full |= {destination: event == "full" for destination, event in reversed(self.said[at:])}
        return frozenset(destination for destination, full in is_full.items() if full)


@dataclass(frozen=True)
class _Failure:
    """`held`: how many steps were as expected; `ways`: what the call does in place of all of them."""

    held: int
    ways: tuple[Steps, ...]


@dataclass(frozen=True)
class _Ways:
    """Paths in backticks: `a` or `b`."""

    ways: tuple[Steps, ...]

    def __str__(self) -> str:
        different = [f"`{_short(' -> '.join(way))}`" for way in dict.fromkeys(self.ways)]
        *before, last = different if len(different) <= _SHOWN else [*different[:_SHOWN], "…"]
        return f"{', '.join(before)} {CATALOGUE.words['or']} {last}" if before else last


def _short(text: str) -> str:
    return f"{text[: _LONGEST - 1]}…" if len(text) > _LONGEST else text


def is_unmet(diagnostic: Diagnostic) -> bool:
    """Whether it is one of `run`: one a line that does not hold."""
    return diagnostic.code in ("E701", "E702", "E703")


def run(program: checked.Program, tables: Tables) -> list[Diagnostic]:
    """An error for each line that does not hold. `tables`: those of the program, and no draft."""
    lines = [line for plan in program.plans for line in plan.expects]
    if not lines:
        return []
    most_full = max(len({each.destination for each in line.tried if "full" in each.events}) for line in lines)
    with Rehearsal(tables, most_full) as rehearsal:
        found = [_Run(plan, rehearsal).run() for plan in program.plans if plan.expects]
    return [problem for problems in found for problem in problems]


class _Run:
    """The expectations of one plan."""

    def __init__(self, plan: checked.Plan, rehearsal: Rehearsal) -> None:
        self._plan = plan
        self._index = rehearsal.plan(plan.numbers[0].digits)
        self._rehearsal = rehearsal
        self._clock = clock(plan.zone)
        self._origins = OriginSets()
        self._ways: dict[tuple[int, frozenset[int]], list[Way]] = {}

    def run(self) -> list[Diagnostic]:
        found = (self._line(line) for line in self._plan.expects)
        return [problem for problem in found if problem is not None]

    def _line(self, line: checked.Expect) -> Diagnostic | None:
        at = _instant(self._clock, line.at)
        if at is None:
            return Diagnostic("E703", line.at.span, {"time": _time(line.at, " "), "zone": self._plan.zone})
        trial = self._trial(line)
        judged: dict[tuple[int | None, str | None], _Failure | None] = {}
        for who, entry in self._entries(line.caller, at):
            key = entry.node, entry.announced
            if key not in judged:
                judged[key] = self._judge(trial, entry)
            failure = judged[key]
            if failure is not None:
                return self._problem(trial, who, failure)
        return None

    def _entries(self, caller: syntax.Number | checked.Origin, at: int) -> Iterator[tuple[str, Entry]]:
        """Each class of callers that a line is about, in words, and where its calls come in."""
        called = self._plan.numbers[0].digits
        if isinstance(caller, syntax.Number):
            yield caller.span.text, self._rehearsal.enter(called, caller.digits, at)
            return
        for slot in np.flatnonzero(self._origins.of(caller)).tolist():
            words, origin = _origin(slot)
            yield words, self._rehearsal.enter(called, "", at, origin)

    def _trial(self, line: checked.Expect) -> _Trial:
        said = [(tried, event) for tried in line.tried for event in tried.events or (None,)]
        steps = [_step(tried.destination.name, event) for tried, event in said]
        places = [tried.span for tried, _ in said]
        if line.last is not None:
            if isinstance(line.last, checked.Announcement):
                steps.append(_announce(line.last.name))
            places.append(_last_place(line))
        numbered = [(self._rehearsal.destination(self._index, tried.destination), event) for tried, event in said]
        return _Trial(line, tuple(steps), tuple(numbered), tuple(places))

    def _judge(self, trial: _Trial, entry: Entry) -> _Failure | None:
        """None if a call that comes in there does what is expected."""
        ways = self._ways_of(entry, trial.full(0))
        if isinstance(trial.line.last, checked.ExpectedShares):
            return self._judge_shares(trial, trial.line.last, ways)
        found = []
        for way in ways:
            steps = self._follow(trial, entry, way)
            if steps == trial.steps:
                return None
            found.append(steps)
        return _failure(trial, found)

    def _ways_of(self, entry: Entry, full: frozenset[int]) -> list[Way]:
        self._rehearsal.fill(self._index, full)
        if entry.node is None:
            return self._rehearsal.ways(entry)
        key = entry.node, full
        if key not in self._ways:
            self._ways[key] = self._rehearsal.ways(entry)
        return self._ways[key]

    def _judge_shares(self, trial: _Trial, expected: checked.ExpectedShares, ways: Sequence[Way]) -> _Failure | None:
        """None if calls enter a split after the steps that are said, and its shares are as expected."""
        found = []
        splits: dict[tuple[tuple[int, int], ...], list[Way]] = {}  # by the choices before
        for way in ways:
            entered = [full >= len(trial.steps) for full in way.before]
            if any(entered):
                splits.setdefault(tuple(way.choices.items())[: entered.index(True)], []).append(way)
            else:
                found.append(self._steps(way.stop))
        for choices, behind in splits.items():
            before = behind[0].before[len(choices)]
            first = self._steps(behind[0].stop)[:before]
            whole = sum(way.share for way in behind)
            shares = _sums((self._first(way.stop, before), way.share / whole) for way in behind)
            if first == trial.steps and _same(shares, expected):
                return None
            found.append((*first, _split(shares)))
        return _failure(trial, found)

    def _follow(self, trial: _Trial, entry: Entry, way: Way) -> Steps:
        """The steps of a call that goes one way, with the events that are expected as long as it goes as expected."""
        steps = self._steps(way.stop)
        if way.stop.connected is None or self._event(trial, steps) is None:
            return steps
        self._rehearsal.fill(self._index, trial.full(0))
        attempt = self._rehearsal.start(entry, way)
        try:
            return self._forward(trial, attempt, steps)
        finally:
            self._rehearsal.end(attempt)

    def _forward(self, trial: _Trial, attempt: Attempt, steps: Steps) -> Steps:
        event = self._event(trial, steps)
        while event is not None:
            steps = *steps[:-1], _step(steps[-1], event)
            self._rehearsal.fill(self._index, trial.full(len(steps)))
            stop = self._rehearsal.report(attempt, event)
            steps += self._steps(stop)
            event = None if stop.connected is None else self._event(trial, steps)
        return steps

    def _event(self, trial: _Trial, steps: Steps) -> Cause | None:
        """What is expected to happen at the destination that the last of the steps was connected to."""
        last = len(steps) - 1
        if last >= len(trial.said) or trial.steps[:last] != steps[:last]:
            return None
        _, event = trial.said[last]
        if event is None or event == "full" or trial.steps[last] != _step(steps[last], event):
            return None
        return event

    def _steps(self, stop: Stop) -> Steps:
        steps = [_step(self._rehearsal.name(each), "full") for each in stop.full]
        if stop.connected is not None:
            steps.append(self._rehearsal.name(stop.connected))
        elif stop.announced is not None:
            steps.append(_announce(stop.announced))
        return tuple(steps)

    def _first(self, stop: Stop, after: int) -> str:
        """What a call tries or comes to next, `after` so many destinations that were full."""
        return self._rehearsal.name(stop.full[after]) if after < len(stop.full) else self._steps(stop)[-1]

    def _problem(self, trial: _Trial, who: str, failure: _Failure) -> Diagnostic:
        line = trial.line
        place = trial.places[min(failure.held, len(trial.places) - 1)]
        fields = {
            "who": who,
            "ways": _Ways(failure.ways),
            "file": line.span.source.shown,
            "number": self._plan.numbers[0].digits,
            "time": _time(line.at, "T"),
        }
        if isinstance(line.caller, syntax.Number):
            return Diagnostic("E701", place, fields, "why_number")
        return Diagnostic("E702", place, fields, "why_origin")


@cache
def _origin(slot: int) -> tuple[str, tuple[str, str | None]]:
    """A class of callers in words, and as the engine takes it."""
    words = words_of(slot)
    area, _, line = words.partition(" ")
    return words, (area, line or None)


def _instant(own: Clock, at: syntax.LocalTime) -> int | None:
    """POSIX seconds of a local time, the first of two; None where the clock skips it."""
    local = (_day(at) - _EPOCH).days * DAY + at.minute * 60
    ends: list[float] = [*(start for start, _ in own.spans[1:]), float("inf")]
    possible = (
        local - offset for (start, offset), end in zip(own.spans, ends, strict=True) if start <= local - offset < end
    )
    return min(possible, default=None)


def _day(at: syntax.LocalTime) -> date:
    assert at.date.year is not None
    return date(at.date.year, at.date.month, at.date.day)


def _time(at: syntax.LocalTime, between: str) -> str:
    return f"{_day(at).isoformat()}{between}{at.minute // 60:02}:{at.minute % 60:02}"


def _last_place(line: checked.Expect) -> Span:
    """Where the announcement or the shares that end a line stand."""
    if isinstance(line.last, checked.ExpectedShares):
        return line.last.span
    text = line.span.text
    after = text.rindex("->") + 2
    start = line.span.start + after + len(text[after:]) - len(text[after:].lstrip())
    return Span(line.span.source, start, line.span.end)


def _step(name: str, event: Event | None) -> str:
    return name if event is None else f"{name} {event.replace('_', '-')}"


def _announce(name: str) -> str:
    return f"announce {name}"


def _alike(steps: Steps, expected: Steps) -> int:
    """How many steps are as expected."""
    same = (one == other for one, other in zip(steps, expected, strict=False))
    return next((at for at, alike in enumerate(same) if not alike), min(len(steps), len(expected)))


def _failure(trial: _Trial, found: Sequence[Steps]) -> _Failure:
    """What calls do, the likest to what was expected first."""
    best = sorted(found, key=lambda steps: -_alike(steps, trial.steps))
    return _Failure(_alike(best[0], trial.steps), tuple(best))


def _same(shares: Mapping[str, Fraction], expected: checked.ExpectedShares) -> bool:
    wanted = _sums(
        (_announce(target.name) if isinstance(target, checked.Announcement) else target.name, Fraction(share, 10_000))
        for share, target in expected.shares
    )
    return shares.keys() == wanted.keys() and all(abs(shares[name] - wanted[name]) < _SAME_SHARE for name in shares)


def _sums(shares: Iterable[tuple[str, Fraction]]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for name, share in shares:
        found[name] = found.get(name, Fraction(0)) + share
    return found


def _split(shares: Mapping[str, Fraction]) -> str:
    each = (f"{f'{float(100 * share):.2f}'.rstrip('0').rstrip('.')}% {name}" for name, share in shares.items())
    return f"split {{ {', '.join(each)} }}"
