"""Random lines of `expect` for a plan, most of which hold; used by tests/strategies/expecting.py.

A line is made by walking through the plan with dice for what is full and what happens; then it may be spoilt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import callplan
from callplan.compiler.checked import Announce, Cause, Destination, Hunt, Operator, Plan, Route, Split, Target, To

from .evaluators import program, unfulfilled
from .numbering import area_of_prefix
from .plan_files import MAIN, PlanFiles
from .random_calls import zone_changes
from .reference.callers import Entries
from .reference.clock import zone
from .reference.conditions import Caller, Conditions
from .reference.numbers import WITHHELD, normalise
from .reference.origins import Where, origin_of

LINES = 30
HEAD = "expect {\n"
SKIPPED = "E703"  # a time that the clock skips
CAUSES: tuple[Cause, ...] = ("busy", "no_answer", "unreachable")
PLACES: dict[str, Where] = {
    "0731": ("0731", "mobile"), "010": ("010", "fixed"), "广州": ("020", "mobile"), "0991": ("0991", "fixed"),
    "mobile": ("0311", "mobile"), "fixed": ("021", "fixed"), "abroad": ("abroad", None), "unknown": ("unknown", None),
    "湖南": ("0731", "fixed"), "anywhere": ("0571", "mobile"),
}  # fmt: skip
CALLERS = (
    "13800138000",
    "139-0000-1111",
    "010-8888-6666",
    "0731-888-1234",
    "10086",
    "+852-2123-4567",
    "+86-21-62345678",
)


@dataclass
class Expecting:
    """Writes lines for one plan, whose calls come at a wall-clock minute."""

    chance: Random
    plan: Plan
    operator: Operator
    conditions: Conditions = field(default_factory=Conditions)

    def line(self, minute: datetime) -> str:
        if self.chance.random() < 0.5:
            who = self.chance.choice(CALLERS)
            number = normalise(who)
            caller = Caller(number, origin_of(number, area_of_prefix), minute)
        else:
            place = self.chance.choice(list(PLACES))
            who, caller = f"from {place}", Caller(WITHHELD, PLACES[place], minute)
        path = self._shares(caller) if self.chance.random() < 0.25 else self._spoilt(list(self._path(caller)))
        return f"{who} at {minute:%Y-%m-%d %H:%M} -> {path}"

    def _path(self, caller: Caller) -> Iterator[str]:
        told = self._told_before_route(caller)
        if told is not None:
            yield f"announce {told}"
            return
        full, found = self._walk(self.conditions.target(self.plan.rules, caller), caller)
        yield from (f"{destination.name} full" for destination in full)
        if isinstance(found, Destination):
            yield from self._talk(found)
        else:
            own = full[-1].announce if full else None
            yield f"announce {found or (own.name if own else 'full')}"

    def _told_before_route(self, caller: Caller) -> str | None:
        blacklist = self.plan.blacklist
        if blacklist is not None and Entries(blacklist.entries).hold(caller.number):
            return blacklist.announce.name
        blocks = (block for block in self.plan.blocks if self.conditions.hold(block.condition, caller))
        return next((block.announce.name for block in blocks), None)

    def _walk(self, target: Target, caller: Caller) -> tuple[list[Destination], Destination | str | None]:
        """What was full on the way, and where it led: None where all was."""
        match target:
            case To(destination):
                if destination.limit is not None and self.chance.random() < 0.4:
                    return [destination], None
                return [], destination
            case Announce(announcement):
                return [], announcement.name
            case Hunt(first, last):
                full = []
                for one in (*first, last):
                    more, found = self._walk(one, caller)
                    full += more
                    if found is not None:
                        return full, found
                return full, None
            case Split(branches):
                return self._walk(self.chance.choice(branches).target, caller)
            case Route(rules):
                return self._walk(self.conditions.target(rules, caller), caller)

    def _talk(self, first: Destination) -> Iterator[str]:
        connected = [first]
        while self.chance.random() < 0.6:
            cause = self.chance.choice(CAUSES)
            yield f"{connected[-1].name} {cause.replace('_', '-')}"
            forward = self.plan.forwards.get(cause) or (
                self.plan.forwards.get("busy") if cause == "unreachable" else None
            )
            following = None
            if forward is not None and len(connected) <= self.operator.per_call:
                for one in forward.destinations:
                    if one.dial in {each.dial for each in connected}:
                        continue
                    if one.limit is not None and self.chance.random() < 0.3:
                        yield f"{one.name} full"
                    else:
                        following = one
                        break
            if following is None:
                yield f"announce {cause}"
                return
            connected.append(following)
        yield connected[-1].name

    def _shares(self, caller: Caller) -> str:
        """The shares of the first split on the way, so far as it is not nested; mostly wrong in a nested one."""
        target = self.conditions.target(self.plan.rules, caller)
        while isinstance(target, Route):
            target = self.conditions.target(target.rules, caller)
        if not isinstance(target, Split):
            return f"split {{ 100% {self._first(target, caller)} }}"
        total = sum(branch.weight for branch in target.branches)
        ends = [sum(branch.weight for branch in target.branches[: at + 1]) * 10_000 // total for at in range(total)]
        shares = [end - start for start, end in zip([0, *ends], ends, strict=False)]
        parts = [
            f"{share / 100:.2f}% {self._first(branch.target, caller)}"
            for share, branch in zip(shares, target.branches, strict=False)
        ]
        return f"split {{ {', '.join(parts)} }}"

    def _first(self, target: Target, caller: Caller) -> str:
        match target:
            case To(destination):
                return destination.name
            case Announce(announcement):
                return f"announce {announcement.name}"
            case Hunt(first):
                return first[0].destination.name
            case Split(branches):
                return self._first(branches[0].target, caller)
            case Route(rules):
                return self._first(self.conditions.target(rules, caller), caller)

    def _spoilt(self, path: list[str]) -> str:
        """Sometimes another name, or a step too few."""
        at = self.chance.randrange(len(path))
        kind = self.chance.random()
        if kind < 0.15 and not path[at].startswith("announce"):
            _, *event = path[at].split(" ")
            others = [one.name for one in self.plan.destinations.values() if event != ["full"] or one.limit is not None]
            path[at] = " ".join([self.chance.choice(others), *event])
        elif kind < 0.25 and len(path) > 1 and at < len(path) - 1:
            del path[at]
        elif kind < 0.3:
            path[-1] = "announce closed"
        return " -> ".join(path)


def with_lines(files: PlanFiles, chance: Random) -> PlanFiles:
    """The same with lines of `expect` in the last plan of the first file, if it has one."""
    checked, _ = program(files)
    mine = [plan for plan in checked.plans if plan.span.source.name == MAIN]
    if not mine:
        return files
    writer = Expecting(chance, mine[-1], checked.operator)
    start = datetime(2026, chance.choice((1, 4, 10, 12)), 1)
    minutes = [start + timedelta(minutes=chance.randint(0, 44_000)) for _ in range(LINES)]
    changes = zone_changes(mine[-1].zone, start.year)
    if changes and chance.random() < 0.5:
        minutes[0] = _after_change(mine[-1].zone, chance.choice(changes))
    return put(files, [writer.line(minute) for minute in minutes])


def _after_change(name: str, change: float) -> datetime:
    """By the clock as it was before a change, some minutes after it: where the clock goes forward, a skipped time."""
    before = datetime.fromtimestamp(change - 60, UTC).astimezone(zone(name)).replace(tzinfo=None)
    return before + timedelta(minutes=11)


def put(files: PlanFiles, lines: list[str]) -> PlanFiles:
    """The same with these lines in the last plan of the first file, in place of those that it has."""
    text = files.text.split(HEAD)[0].rstrip()
    text = text if HEAD in files.text else text.removesuffix("}")
    return PlanFiles(text + "\n" + HEAD + "\n".join(lines) + "\n}\n}\n", files.beside)


def lines_of(files: PlanFiles) -> list[str]:
    """Those that `with_lines` has put in."""
    return files.text.split(HEAD)[1].splitlines()[:-2] if HEAD in files.text else []


def failing(files: PlanFiles) -> list[str]:
    """The lines that do not hold, by the compiler and by the reference. AssertionError: the two differ.

    A time that the clock skips is the compiler's to find; the reference knows nothing of it.
    """
    expected = unfulfilled(files)
    found, skipped = _unmet(files)
    assert found == [line for line in expected if line not in skipped], files
    return [*found, *skipped]


def _unmet(files: PlanFiles) -> tuple[list[str], list[str]]:
    """The lines that the compiler finds not to hold, and those whose time the clock skips."""
    with files.written() as path:
        try:
            callplan.compile(path)
        except callplan.PlanError as error:
            found = [said for said in error.diagnostics if said.severity == "error"]
        else:
            return [], []
    assert all(said.code.startswith("E7") for said in found), [(said.code, said.message) for said in found]
    spans = [(said.span.source.line(said.span.source.position(said.span.start)[0]), said.code) for said in found]
    return [line for line, code in spans if code != SKIPPED], [line for line, code in spans if code == SKIPPED]
