"""Random plans that compile, every statement and condition in small numbers; used by tests/test_differential.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

ZONES = (
    "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu",
    "Africa/Casablanca", "UTC",
)  # fmt: skip
TERMS = ("湖南", "广东", "hebei", "0731", "0991", "北京", "长沙", "mobile", "fixed", "abroad", "unknown", "anywhere")
WITHOUT = ("0731", "0311", "北京", "mobile", "fixed", "广州")
NUMBERS = (
    "13800138000", "138-0013-8001", "13973112345", "16612345678", "010-8888-6666", "0731-888-1234", "021-62345678",
    "10086", "110", "4006-999-888", "+852-2123-4567", "+1-212-555-0123",
)  # fmt: skip
ADDRESSES = (
    "010-6234-5671", "010-6234-5672", "021-6234-5673", "139-1234-5674", "+852-2123-4575", '"sip:agents@pbx.acme.cn"',
)  # fmt: skip
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DATES = (
    "2026-12-24", "2026-10-01..2026-10-07", "2027-02-28..2027-03-01", "2000-01-01", "2099-12-31", "12-24..01-02",
    "02-29", "05-01", "12-31", "2011-12-29..2011-12-31",
)  # fmt: skip
TIMES = (
    "09:00-18:00", "22:00-06:00", "00:00-24:00", "22:00-00:00", "02:00-03:00", "01:30-02:30", "12:00-11:59",
    "23:59-24:00", "00:00-00:01",
)  # fmt: skip


@dataclass
class Writer:
    """Writes one plan; the names that it may use are numbered: d1 (destination), s1, l1, a1, x1 (announcement)."""

    chance: Random
    destinations: int
    lists: int
    areas: int
    schedules: int

    def plan(self, name: str, number: str) -> str:
        statements = [
            f"number {number}",
            f'timezone "{self.chance.choice(ZONES)}"',
            'announcement x1 = "x1.wav" announcement x2 = "x2.wav" announcement full = "full.wav"',
            *(self._destination(i) for i in range(1, self.destinations + 1)),
            *(self._list(i) for i in range(1, self.lists + 1)),
            *(f"area a{i} {{ {self._origin(TERMS)} }}" for i in range(1, self.areas + 1)),
            *(self._schedule(i) for i in range(1, self.schedules + 1)),
            *(f"block {self._block()}{self._announce()}" for _ in range(self.chance.choice((0, 0, 1, 2)))),
            *self._quotas(),
            *self._forwards(),
            self._route(),
        ]
        if self.chance.random() < 0.6:
            statements.append(f"blacklist {{ {self._entries(self.lists)} }}{self._announce()}")
        self.chance.shuffle(statements)
        return f'plan "{name}" {{\n' + "\n".join(statements) + "\n}\n"

    def _some(self, values: Sequence[str], most: int) -> list[str]:
        return self.chance.sample(values, self.chance.randint(1, min(most, len(values))))

    def _announce(self) -> str:
        return self.chance.choice(("", "", " announce x1", " announce x2", " announce closed"))

    def _destination(self, i: int) -> str:
        limit = self.chance.choice(("", f" limit {self.chance.randint(1, 3)}{self._announce()}"))
        return f"destination d{i} = {self.chance.choice(ADDRESSES)}{limit}"

    def _list(self, i: int) -> str:
        return f"list l{i} {{ {self._entries(i - 1)} }}"

    def _entries(self, lists: int) -> str:
        entries = self._some(NUMBERS, 4)
        if lists and self.chance.random() < 0.5:
            entries.append(f"l{self.chance.randint(1, lists)}")
        return ", ".join(entries)

    def _origin(self, terms: Sequence[str]) -> str:
        held = self._some(terms, 3)
        taken = [term for term in self._some(WITHOUT, 2) if term not in held and "长沙" not in held]
        return ", ".join(held) + (f" except {', '.join(taken)}" if taken and self.chance.random() < 0.4 else "")

    def _schedule(self, i: int) -> str:
        lines = [self._days() + self._windows() for _ in range(self.chance.randint(1, 3))]
        lines += [f"except {self._days()}{self._windows()}" for _ in range(self.chance.randint(0, 2))]
        self.chance.shuffle(lines)
        return f"schedule s{i} {{\n    " + "\n    ".join(lines) + "\n}"

    def _days(self) -> str:
        first, last = self.chance.choice(WEEKDAYS), self.chance.choice(WEEKDAYS)
        weekdays = first if first == last else f"{first}-{last}"
        return ", ".join(self._some(("daily", weekdays, self.chance.choice(DATES)), 2))

    def _windows(self) -> str:
        return "" if self.chance.random() < 0.2 else " " + ", ".join(self._some(TIMES, 2))

    def _condition(self, depth: int) -> str:
        kind = self.chance.randint(0, 6 if depth else 2)
        if kind == 0 or (kind == 1 and not self.schedules) or (kind == 2 and not self.lists):
            return f"from {self._origin((*TERMS, *(f'a{i}' for i in range(1, self.areas + 1))))}"
        if kind == 1:
            return f"during s{self.chance.randint(1, self.schedules)}"
        if kind == 2:
            return f"caller in l{self.chance.randint(1, self.lists)}"
        first, second = self._condition(depth - 1), self._condition(depth - 1)
        return self.chance.choice((f"not ({first})", f"{first} and {second}", f"{first} or {second}", f"not {first}"))

    def _block(self) -> str:
        """Mostly narrow, so that calls get past."""
        return self.chance.choice((f"from {self.chance.choice(WITHOUT)}", "from abroad", self._condition(1)))

    def _target(self, depth: int = 1) -> str:
        kind = self.chance.randint(0, 5)
        if kind == 0:
            return f"announce {self.chance.choice(('x1', 'closed', 'busy'))}"
        if kind < 3 or not depth:
            return f"d{self.chance.randint(1, self.destinations)}"
        if kind == 3:
            names = self._some([f"d{i}" for i in range(1, self.destinations + 1)], 3)
            return " or ".join([*names, self._target(depth - 1)])
        branches = [self._branch() for _ in range(self.chance.randint(2, 4))]
        if kind == 4:
            return f"split evenly {{ {', '.join(branches)} }}"
        step = self.chance.choice((1, 100, 500, 1000))
        cuts = sorted(self.chance.sample(range(step, 10000, step), len(branches) - 1))
        shares = [end - start for start, end in zip([0, *cuts], [*cuts, 10000], strict=True)]
        return f"split {{ {', '.join(f'{s / 100:.2f}% {b}' for s, b in zip(shares, branches, strict=True))} }}"

    def _branch(self) -> str:
        first, second = (self.chance.randint(1, self.destinations) for _ in range(2))
        return self.chance.choice(
            (f"d{first}", f"d{first}", f"d{first} or d{second}" if first != second else "announce x2")
        )

    def _quotas(self) -> list[str]:
        periods = [period for period in ("day", "week", "month") if self.chance.random() < 0.4]
        self.chance.shuffle(periods)
        return [f"quota {self.chance.randint(1, 30)} calls per {period}{self._announce()}" for period in periods]

    def _forwards(self) -> list[str]:
        names = self.chance.sample([f"d{i}" for i in range(1, self.destinations + 1)], min(3, self.destinations))
        after = self.chance.choice(("", " after 5s", " after 30s", " after 120s"))
        causes = [cause for cause in ("busy", f"no-answer{after}", "unreachable") if self.chance.random() < 0.75]
        return [f"forward {cause} -> {', '.join(self._some(names, 2))}" for cause in causes]

    def _route(self) -> str:
        rules = [f"{self._condition(2)} -> {self._target()}" for _ in range(self.chance.randint(0, 5))]
        return "route {\n    " + "\n    ".join([*rules, f"otherwise -> {self._target()}"]) + "\n}"


def plans(seed: str) -> str:
    """A file of one to three plans, the same for the same seed."""
    chance = Random(seed)
    texts = []
    for i in range(chance.randint(1, 3)):
        writer = Writer(chance, chance.randint(1, 5), chance.randint(0, 3), chance.randint(0, 2), chance.randint(0, 3))
        texts.append(writer.plan(f"random {i}", f"4006-123-45{i}"))
    return "\n".join(texts)
