"""The shared cases of tests/cases/: plan texts, calls and what language.md says of them. Run by tests/test_cases.py.

A file may declare plans that several cases use (`[plans]`, `use = "..."`), with files beside them (`[files.NAME]`). A
case may also name a file of examples/ (`example`), have its own text (`plan`), or only the statements of one
(`statements`; its plan answers 4006123456; `outside` stands before it). `expect` has the lines of an `expect` for the
last plan of the text, and `files` are other files of the build: `{ "common.plan" = "..." }`.
`holds` names the sentences of the language that the case holds, `trap` the mistake of other systems that it keeps away.
Then either `steps`, or what is said: all `errors` (`[]`: there is none), `warnings` or `notes`, or the numbers, from 1,
of those lines of `expect` that do not hold (`failed`). What is said of another file than the first names it (`file`).
A key that nothing reads is an error, so that a slip of the pen does not hold a case open.

A step is one of:

    from = CALLER, [called, at, peek, as, times]      a call; as: its name in later steps; times: how often
    busy | no_answer | unreachable = CALL             a report
        and what is decided: connect = DESTINATION or announce = NAME, [reason, number, media, ring, origin]
    answered | end = CALL, is = true or false
    split = N, shares = { NAME = COUNT }              N calls, each ended at once; how many each target got
    order = [NAME, ...]                               so many calls, and the targets in order
    same = N                                          N calls of one caller, and all get one target
    spread = N, about = { NAME = COUNT }, within = M  a call each of N mobiles, and how many each target got, or M more
                                                      or less
    usage = "KIND NAME", [plan, shared, used, held, allowed, period]    shared = true: of no one plan

A case may name the `called`, `caller` and `at` that its steps mean where they do not say, its `area` and `max_calls`
of the engine. Times without an offset are at +08:00.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Literal

from callplan.compiler.checked import Cause

from .plan_files import MAIN, PlanFiles

FOLDER = Path(__file__).parent / "cases"
EXAMPLES = Path(__file__).parent.parent / "examples"
CALLED = "4006123456"
CALLER = "01088886666"
AT = "2026-11-23 09:30"  # a Monday
CHINA = timezone(timedelta(hours=8))
REPORTS: tuple[Cause, ...] = ("busy", "no_answer", "unreachable")


@dataclass(frozen=True)
class Expected:
    """A decision, as far as a case names it; None: not named."""

    action: Literal["connect", "announce"]
    target: str | None  # None where nothing is announced
    reason: str
    number: str | None = None
    media: str | None = None
    ring: int | None = None
    origin: tuple[str, str | None] | None = None


@dataclass(frozen=True)
class Ring:
    """A call comes in."""

    called: str
    caller: str
    at: float
    peek: bool
    label: str | None
    times: int
    expected: Expected


@dataclass(frozen=True)
class Report:
    cause: Cause
    label: str
    expected: Expected


@dataclass(frozen=True)
class Mark:
    kind: Literal["answered", "end"]
    label: str
    result: bool


@dataclass(frozen=True)
class Shares:
    """Calls from one caller, each ended at once: the targets in order, or how many each got."""

    called: str
    caller: str
    at: float
    calls: int
    shares: dict[str, int] | None
    order: tuple[str, ...] | None


@dataclass(frozen=True)
class Same:
    """Calls of one caller, each ended at once, that all get one target."""

    called: str
    caller: str
    at: float
    calls: int


@dataclass(frozen=True)
class Spread:
    """One call each of so many callers, ended at once: about how many each target gets."""

    called: str
    at: float
    callers: int
    about: dict[str, int]
    within: int


@dataclass(frozen=True)
class Counter:
    kind: str
    name: str
    plan: str | None
    values: dict[str, Any]


Step = Ring | Report | Mark | Shares | Same | Spread | Counter


@dataclass(frozen=True)
class Said:
    """A diagnostic: the start of its code, and as far as a case names them the text that it underlines, a part of its
    message and help, and the texts of its second places (one, or a list).
    """

    code: str
    text: str | None
    message: str = ""
    help: str | None = None
    related: tuple[str, ...] | None = None
    file: str = MAIN


@dataclass(frozen=True)
class Case:
    id: str  # the file's stem and the case's name
    holds: tuple[str, ...]
    trap: str | None
    files: PlanFiles
    area: str | None
    max_calls: int
    steps: tuple[Step, ...]
    errors: tuple[Said, ...] | None  # all of them, in order; None: the plan is good; warnings and notes likewise
    failed: tuple[str, ...]  # lines of its `expect`, which are errors too
    warnings: tuple[Said, ...] | None
    notes: tuple[Said, ...] | None


@dataclass(frozen=True)
class Usual:
    """What a step means where it does not say."""

    called: str
    caller: str
    at: str


def load() -> list[Case]:
    """All cases, in order of files; ValueError where one is not as described above."""
    cases = [case for path in sorted(FOLDER.glob("*.toml")) for case in _file(path)]
    names = [case.id for case in cases]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ValueError(f"cases with one name: {doubled}")
    return cases


def posix(text: str) -> float:
    """`2026-11-23 09:30`, with seconds and an offset where they matter."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).timestamp()


@dataclass
class _Table:
    """A table of a case file, taken apart key by key; `done` refuses what is left."""

    where: str
    values: dict[str, Any]
    known: set[str] = field(default_factory=set)

    def take(self, key: str, default: Any = None) -> Any:
        self.known.add(key)
        return self.values.get(key, default)

    def done(self) -> None:
        left = self.values.keys() - self.known
        if left:
            raise ValueError(f"{self.where}: unknown {sorted(left)}")


def _file(path: Path) -> list[Case]:
    content = _Table(path.name, tomllib.loads(path.read_text(encoding="utf-8")))
    plans, files, at = content.take("plans", {}), content.take("files", {}), content.take("at", AT)
    cases = []
    for raw in content.take("case"):
        table = _Table(f"{path.name}: {raw.get('name')}", raw)
        beside = table.take("files", files.get(raw.get("use"), {}))
        cases.append(_case(path.stem, table, PlanFiles(_text(table, plans), tuple(beside.items())), at))
    content.done()
    return cases


def _case(stem: str, table: _Table, files: PlanFiles, at: str) -> Case:
    usual = Usual(table.take("called", CALLED), table.take("caller", CALLER), table.take("at", at))
    steps = table.take("steps")
    errors, failed = table.take("errors"), table.take("failed")
    lines = table.take("expect")
    warnings, notes = table.take("warnings"), table.take("notes")
    if (steps is None) == ((errors, warnings, notes, failed) == (None, None, None, None)):
        raise ValueError(f"{table.where}: steps, or errors, warnings, notes and failed")
    case = Case(
        id=f"{stem}: {table.take('name')}",
        holds=tuple(table.take("holds")),
        trap=table.take("trap"),
        files=replace(files, text=_with_expect(files.text, lines)),
        area=table.take("area"),
        max_calls=table.take("max_calls", 1000),
        steps=tuple(_step(_Table(f"{table.where}: {raw}", raw), usual) for raw in steps or []),
        errors=_all_said(table, errors),
        failed=tuple(str(lines).splitlines()[number - 1] for number in failed or ()),
        warnings=_all_said(table, warnings),
        notes=_all_said(table, notes),
    )
    table.done()
    return case


def _text(table: _Table, plans: dict[str, str]) -> str:
    plan, statements, use, example = (table.take(key) for key in ("plan", "statements", "use", "example"))
    if [plan, statements, use, example].count(None) != 3:
        raise ValueError(f"{table.where}: one of plan, statements, use and example")
    if plan is not None:
        return str(plan)
    if use is not None:
        return str(plans[use])
    if example is not None:
        return EXAMPLES.joinpath(str(example)).read_text(encoding="utf-8")
    return f'{table.take("outside", "")}plan "case" {{\nnumber {CALLED}\n{statements}\n}}\n'


def _with_expect(text: str, lines: str | None) -> str:
    return text if lines is None else f"{text.rstrip().removesuffix('}')}expect {{\n{lines}}}\n}}\n"


def _step(table: _Table, usual: Usual) -> Step:
    step = _any_step(table, usual)
    table.done()
    return step


def _any_step(table: _Table, usual: Usual) -> Step:
    for cause in REPORTS:
        if cause in table.values:
            return Report(cause, table.take(cause), _expected(table, "forwarded", cause))
    for kind in ("answered", "end"):
        if kind in table.values:
            return Mark(kind, table.take(kind), table.take("is"))
    if "usage" in table.values:
        kind, name = table.take("usage").split(" ", 1)
        counted = [key for key in ("used", "held", "allowed", "period") if key in table.values]
        values = {key: table.take(key) for key in counted}
        return Counter(kind, name, table.take("plan"), values | ({"plan": None} if table.take("shared") else {}))
    called, caller = table.take("called", usual.called), table.take("from", usual.caller)
    when = posix(table.take("at", usual.at))
    if "split" in table.values:
        return Shares(called, caller, when, table.take("split"), table.take("shares"), None)
    if "order" in table.values:
        order = tuple(table.take("order"))
        return Shares(called, caller, when, len(order), None, order)
    if "same" in table.values:
        return Same(called, caller, when, table.take("same"))
    if "spread" in table.values:
        return Spread(called, when, table.take("spread"), table.take("about"), table.take("within"))
    peek, label, times = table.take("peek", False), table.take("as"), table.take("times", 1)
    return Ring(called, caller, when, peek, label, times, _expected(table, "routed", "announced"))


def _expected(table: _Table, connected: str, announced: str) -> Expected:
    to, announcement, reason = table.take("connect"), table.take("announce"), table.take("reason")
    origin = table.take("origin")
    if to is None and announcement is None and reason != "unknown_call":
        raise ValueError(f"{table.where}: connect or announce")
    return Expected(
        action="announce" if to is None else "connect",
        target=announcement if to is None else to,
        reason=reason or (announced if to is None else connected),
        number=table.take("number"),
        media=table.take("media"),
        ring=table.take("ring"),
        origin=None if origin is None else _origin(origin),
    )


def _origin(text: str) -> tuple[str, str | None]:
    area, _, line = text.partition(" ")
    return area, line or None


def _all_said(table: _Table, raws: list[dict[str, Any]] | None) -> tuple[Said, ...] | None:
    return None if raws is None else tuple(_said(_Table(f"{table.where}: {raw}", raw)) for raw in raws)


def _said(table: _Table) -> Said:
    related = table.take("related")
    said = Said(
        code=table.take("code"),
        text=table.take("text"),
        message=table.take("message", ""),
        help=table.take("help"),
        related=(related,) if isinstance(related, str) else None if related is None else tuple(related),
        file=table.take("file", MAIN),
    )
    table.done()
    return said
