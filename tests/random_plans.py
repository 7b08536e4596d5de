"""Random plans that compile, every statement and condition in small numbers; used by tests/strategies.

They may share declarations, in the same file or in imported ones, hide them, and name list files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from .plan_files import PlanFiles
from .random_schedules import calendar, schedule, some

ZONES = (
    "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu",
    "Africa/Casablanca", "UTC",
)  # fmt: skip
TERMS = ("湖南", "广东", "hebei", "0731", "0991", "北京", "长沙", "mobile", "fixed", "abroad", "unknown", "anywhere")
WITHOUT = ("0731", "0311", "北京", "mobile", "fixed", "广州")
NUMBERS = (
    "13800138000", "138-0013-8001", "13973112345", "16612345678", "010-8888-6666", "0731-888-1234", "021-62345678",
    "10086", "110", "4006-999-888", "+852-2123-4567", "+1-212-555-0123", "+971-4-123-4567",
    "86-139-0000-1111", "0086-755-8612-0099", "0139-7311-2346",
)  # fmt: skip
PATTERNS = (
    "1380013800x", "138-0013-xxxx", "139xxxxxxxx", "1397311xxxx", "010-8888-66xx", "010xxxxxxxx", "0731-888-1xxx",
    "+852-2123-xxxx", "+1-212-555-01xx", "100xx", "4006-999-xxx", "1xxxx", "010-8xxxxxxx",
)  # fmt: skip
ADDRESSES = (
    "010-6234-5671", "010-6234-5672", "021-6234-5673", "139-1234-5674", "+852-2123-4575", '"sip:agents@pbx.acme.cn"',
    '"tel:+85221234576"',
)  # fmt: skip
KINDS = ("destination", "list", "area", "schedule", "calendar")
NAMED = {"destination": "总机", "list": "名单", "area": "大区", "schedule": "班次", "calendar": "日历"}
HOLE_ZONES = ("Europe/Berlin", "Pacific/Apia")  # the one skips an hour on 2026-03-29, the other all of 2011-12-30
HOLE_DAYS = (
    "2011-12-29..2011-12-30", "2000-01-01 23:00-24:00", "2000-02-29..2020-01-01", "last sun 01:30-03:00",
    "2026-03-29 01:30-02:30", "2026-03-29 02:00-04:00", "2026-03-29 02:00-03:00 2026-06-01",
)  # fmt: skip
LIST_FILES = ("lists/a.txt", "lists/b.txt")
HOLES = (
    "from 0992 and from mobile", "from 0979, 0992 except fixed", "from abroad", "from unknown except mobile",
    "from unknown", "from mobile", "from fixed except 010", "from 010 except mobile", "from 010 and from mobile",
)  # fmt: skip


@dataclass(frozen=True)
class Bounds:
    """How far forwarding goes: numbers in all lists of a plan, in a list, and forwards of a call."""

    destinations: int = 3
    per_cause: int = 2
    per_call: int = 2

    def text(self) -> str:
        caps = f"destinations {self.destinations}, per cause {self.per_cause}, per call {self.per_call}"
        return f"operator {{ forward {caps} }}"


@dataclass
class Declared:
    """The names of each kind that may be used, and the texts of what declares them here."""

    names: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    announcements: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@dataclass
class Writer:
    """Writes declarations and plans that see what is `declared` so far.

    `up`: from its file to the build's root. `holes`: whether routes may leave calls without a rule.
    """

    chance: Random
    declared: Declared
    up: str = ""
    holes: bool = False
    splits: int = 0

    def declare(self, most: dict[str, int]) -> list[str]:
        """Declares up to so many of each kind; a name may hide one that is there already."""
        texts = []
        for at in range(1, self.chance.randint(2, 3)):
            texts.append(f'announcement x{at} = "{len(self.declared.texts)}/x{at}.wav"')
            self.declared.announcements.append(f"x{at}")
        for kind in ("calendar", "area", "list", "schedule", "destination"):
            count = self.chance.randint(kind == "destination", most[kind])
            own = ["china"] if kind == "calendar" and count and self.chance.random() < 0.2 else []
            own += [f"{self.chance.choice((kind[0], NAMED[kind]))}{at}" for at in range(len(own), count)]
            before = [name for name in self.declared.names[kind] if name not in own]
            for at, name in enumerate(own):  # each names only what is written before it, so there are no circles
                texts.append(self._declaration(kind, name, [*before, *own[:at]]))
            self.declared.names[kind] = before + own
        self.declared.texts += texts
        return texts

    def _declaration(self, kind: str, name: str, others: list[str]) -> str:
        if kind == "calendar":
            return calendar(self.chance, name, ["china"] if name == "china" else ["china", *others])
        if kind == "area":
            return f"area {name} {{ {self._origin([*TERMS, *others])} }}"
        if kind == "list":
            return f"list {name} {{ {self._entries(others)} }}"
        if kind == "schedule":
            return schedule(self.chance, name, ["china", *self.declared.names["calendar"]])
        limit = self.chance.choice(("", f" limit {self.chance.randint(1, 3)}{self._announce()}"))
        return f"destination {name} = {self.chance.choice(ADDRESSES)}{limit}"

    def plan(self, name: str, number: str, bounds: Bounds, expect: str = "") -> str:
        statements = self.declare({"destination": 4, "list": 2, "area": 2, "schedule": 2, "calendar": 1})
        statements += [
            f"number {number}" + self.chance.choice(("", f", 800{number[3:]}")),
            f'timezone "{self.chance.choice([*(HOLE_ZONES if self.holes else ()), self.chance.choice(ZONES)])}"',
            'announcement full = "full.wav"',
            *(f"block {self._block()}{self._announce()}" for _ in range(self.chance.choice((0, 0, 1, 2, 3)))),
            *self._quotas(),
            *self._forwards(bounds),
            *([f"schedule hole {{ {self.chance.choice(HOLE_DAYS)} }}"] if self.holes else []),
            f"route {self._rules(2 if self.holes else 5)}",
        ]
        if self.chance.random() < 0.6:
            statements.append(f"blacklist {{ {self._entries(self.declared.names['list'])} }}{self._announce()}")
        self.chance.shuffle(statements)
        return f'plan "{name}" {{\n' + "\n".join(statements) + expect + "\n}\n"

    def _announce(self) -> str:
        names = ["closed", *self.declared.announcements]
        return self.chance.choice(("", "", f" announce {self.chance.choice(names)}"))

    def _entries(self, lists: Sequence[str]) -> str:
        if self.chance.random() < 0.05:
            return ""
        kind = self.chance.random()
        entries = [] if kind < 0.1 else some(self.chance, NUMBERS, 3)
        if kind < 0.5:
            entries += some(self.chance, PATTERNS, 2)
        if lists and self.chance.random() < 0.5:
            entries.append(self.chance.choice(lists))
        if self.chance.random() < 0.3:
            entries.append(f'file "{self.up}{self.chance.choice(LIST_FILES)}"')
        self.chance.shuffle(entries)
        return ", ".join(entries)

    def _origin(self, terms: Sequence[str]) -> str:
        held = some(self.chance, terms, 3)
        taken = some(self.chance, WITHOUT, 2)
        if self.chance.random() < 0.9:  # else nobody may be left
            taken = [term for term in taken if term not in held and "长沙" not in held]
        return ", ".join(held) + (f" except {', '.join(taken)}" if taken and self.chance.random() < 0.4 else "")

    def _condition(self, depth: int) -> str:
        names = self.declared.names
        kind = self.chance.randint(0, 6 if depth else 2)
        if kind == 0 or (kind == 1 and not names["schedule"]) or (kind == 2 and not names["list"]):
            return f"from {self._origin([*TERMS, *names['area']])}"
        if kind == 1:
            return f"during {self.chance.choice(names['schedule'])}"
        if kind == 2:
            return f"caller in {self.chance.choice(names['list'])}"
        first, second = self._condition(depth - 1), self._condition(depth - 1)
        return self.chance.choice((f"not ({first})", f"{first} and {second}", f"{first} or {second}", f"not {first}"))

    def _block(self) -> str:
        """Mostly narrow, so that calls get past."""
        return self.chance.choice((f"from {self.chance.choice(WITHOUT)}", "from abroad", self._condition(1)))

    def _rules(self, most: int, depth: int = 2) -> str:
        rules = [f"{self._condition(2)} -> {self._target(depth)}" for _ in range(self.chance.randint(0, most))]
        return "{\n    " + "\n    ".join([*rules, *self._last_rules(depth)]) + "\n}"

    def _last_rules(self, depth: int) -> list[str]:
        """What takes the calls that are left, mostly `otherwise`; with `holes` often not all of them."""
        kind = self.chance.random()
        if self.holes and kind < 0.9:
            return [f"not ({self._hole()}) -> {self._target(depth)}"] if kind < 0.7 else []
        if kind < 0.1:
            condition = self._condition(1)
            return [f"{condition} -> {self._target(depth)}", f"not ({condition}) -> {self._target(depth)}"]
        return [f"{'from anywhere' if kind < 0.15 else 'otherwise'} -> {self._target(depth)}"]

    def _hole(self) -> str:
        """What calls without a rule may have in common."""
        kind = self.chance.randint(0, 3)
        if kind == 0:
            return self.chance.choice(HOLES)
        if kind == 1:
            return self.chance.choice(("during hole", "from mobile and during hole", "not during hole"))
        if kind == 2 and self.declared.names["list"]:
            more = self.chance.choice(("", " and from mobile", " and from 0731", " and not from 010"))
            return f"caller in {self.chance.choice(self.declared.names['list'])}{more}"
        return self._condition(self.chance.randint(0, 2))

    def _target(self, depth: int) -> str:
        kind = self.chance.randint(0, 6)
        if kind == 0:
            return f"announce {self.chance.choice((*self.declared.announcements, 'closed', 'busy'))}"
        if kind < 3 or not depth:
            return self.chance.choice(self.declared.names["destination"])
        if kind == 3:
            return " or ".join([*some(self.chance, self.declared.names["destination"], 3), self._target(depth - 1)])
        if kind == 4:
            return f"route {self._rules(2, depth - 1)}"
        return self._split(depth)

    def _split(self, depth: int) -> str:
        named = ""
        if self.chance.random() < 0.4:
            self.splits += 1
            named = f"{self.chance.choice(('t', '分配'))}{self.splits} "
        branches = [self._target(depth - 1) for _ in range(self.chance.randint(1, 4))]
        if self.chance.random() < 0.3:
            return f"split {named}evenly {{ {', '.join(branches)} }}"
        step = self.chance.choice((1, 100, 500, 1000))
        cuts = sorted(self.chance.sample(range(step, 10000, step), len(branches) - 1))
        shares = [end - start for start, end in zip([0, *cuts], [*cuts, 10000], strict=True)]
        by_caller = self.chance.choice(("", "by caller "))
        parts = ", ".join(f"{share / 100:.2f}% {branch}" for share, branch in zip(shares, branches, strict=True))
        return f"split {named}{by_caller}{{ {parts} }}"

    def _quotas(self) -> list[str]:
        kinds = [
            f"{answered}calls per {period}" for answered in ("", "answered ") for period in ("day", "week", "month")
        ]
        kinds = [kind for kind in kinds if self.chance.random() < 0.3]
        self.chance.shuffle(kinds)
        return [f"quota {self.chance.randint(1, 30)} {kind}{self._announce()}" for kind in kinds]

    def _forwards(self, bounds: Bounds) -> list[str]:
        names = self.declared.names["destination"]
        names = self.chance.sample(names, min(bounds.destinations, len(names)))
        after = self.chance.choice(("", " after 5s", " after 30s", " after 120s"))
        causes = [cause for cause in ("busy", f"no-answer{after}", "unreachable") if self.chance.random() < 0.75]
        return [f"forward {cause} -> {', '.join(some(self.chance, names, bounds.per_cause))}" for cause in causes]


def plans(seed: str) -> PlanFiles:
    """A build of one to three plans, the same for the same seed."""
    return build(Random(seed))


def build(chance: Random, bounds: Bounds | None = None, holes: bool = False) -> PlanFiles:
    """A build of one to three plans; without `bounds` of its own choice."""
    if bounds is None:
        bounds = Bounds()
        if chance.random() < 0.4:
            bounds = Bounds(chance.randint(1, 7), chance.randint(1, 4), chance.randint(1, 7))
    outside = [] if bounds == Bounds() else [bounds.text()]
    shape = chance.choice(("alone", "outside", "imported", "two files", "two imported"))
    shared = Declared()
    if shape != "alone":
        common = Writer(chance, shared, up="../" if shape != "outside" else "")
        outside += common.declare({"destination": 3, "list": 2, "area": 2, "schedule": 2, "calendar": 2})
    more = _second_file(chance, shared) if shape == "two imported" else ""
    written = []
    for at in range(chance.randint(1, 3)):
        seen = Declared({kind: [*names] for kind, names in shared.names.items()}, [*shared.announcements])
        written.append(Writer(chance, seen, holes=holes).plan(f"random {at}", f"4006-123-45{at}", bounds))
    files = {name: list_file(chance) for name in LIST_FILES}
    chance.shuffle(outside)
    declarations = "\n".join(outside) + "\n"
    if shape in ("alone", "outside"):
        return PlanFiles(declarations + "\n".join(written), tuple(files.items()))
    files["shared/common.plan"] = declarations
    main = 'import "shared/common.plan"\n'
    if shape == "two imported":
        files["shared/more.plan"] = more
        main += 'import "shared/more.plan"\n'
    if shape == "two files":
        files["other.plan"] = main + written.pop()
        main = 'import "other.plan"\n'
    return PlanFiles(main + "\n".join(written), tuple(files.items()))


def _second_file(chance: Random, shared: Declared) -> str:
    """Declarations under names of their own that sometimes see the others; they are added to `shared`."""
    sees = chance.random() < 0.5
    texts = ['import "common.plan"'] if sees else []
    entries = ", ".join([*some(chance, NUMBERS, 3), *(shared.names["list"] if sees else ())])
    texts += [f"list more {{ {entries} }}", f"destination more = {chance.choice(ADDRESSES)} limit 2"]
    shared.names["list"].append("more")
    shared.names["destination"].append("more")
    chance.shuffle(texts)
    return "\n".join(texts) + "\n"


def list_file(chance: Random) -> str:
    """Numbers and patterns, a line each, with comments and separators."""
    lines = ["# 名单", "", *some(chance, NUMBERS, 6), *some(chance, PATTERNS, 2)]
    lines = [line.replace("-", chance.choice("-. ")) + chance.choice(("", "  # why")) for line in lines]
    return chance.choice(("\n", "\r\n")).join(lines)
