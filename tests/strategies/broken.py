"""Builds with changes of the kinds that people make, most of them mistakes; tested by tests/test_strategies.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from callplan.compiler.build import build as compile_files
from callplan.compiler.diagnostics import has_errors

from .. import evaluators
from ..comparison import compare
from ..plan_files import PlanFiles
from ..random_plans import build
from .drawn import Drawn
from .mistakes import MISTAKES, files_of, numbered, unmarked
from .words import KINDS, WORD

STEPS = 20
# What is put between two lines, wherever that is, beside the mistakes.
FRAGMENTS = (
    "}", "{", "split { 50% d1 }", 'file "x"', 'import "case.plan"', 'import "../case.plan"', 'import "nowhere.plan"',
    "list more { 10086 }", "destination more = 010-6234-5679", 'plan "random 0" { }',
    "route { }", "route { otherwise -> d1 }", "number 4006-123-450", 'timezone "Asia/Shanghai"', "blacklist { }",
    "block from anywhere", "block from anywhere announce nobody", "quota 1 calls per day",
    "quota 0 answered calls per week", "forward busy -> d1, d1", "forward no-answer -> nobody",
    "forward unreachable after 5s -> d1", "forward busy -> d1, d2, d3 forward no-answer -> d4",
    "destination d1 = 4006-123-450", "destination d1 = 010-6234-5671 limit 0", "destination d9 = 010-6234-5679",
    "destination 总机1 = 12345", 'announcement closed = "a"', "list l0 { l1 } list l1 { l0 }", "list l0 { 10086 10010",
    "area a0 { a1 } area a1 { a0 }", "area 湖南 { 湖南 }", "schedule s0 { daily except daily }",
    "schedule s9 { holidays c9 }", "schedule s0 { day 0, 32, last, last }", "calendar c0 extends c1 { }",
    "operator { forward destinations 3 }", "operator { forward per cause 1, per cause 2 }",
    "expect { 13800138000 at 2026-11-23 09:30 -> d1 }", "expect { from 湖南 at 2026-02-30 09:30 -> announce nobody }",
    "expect { 123 at 2026-11-23 24:00 -> nobody busy -> d1 }", "expect { from 北京 at 2026-03-29 02:30 -> d1 }",
    "expect { 13800138000 at 2026-11-23 09:30 -> d1 full -> split { 50% d1, 50% announce x1 } }",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Attempt:
    """A build that may have mistakes."""

    files: PlanFiles

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))

    def __repr__(self) -> str:
        return f"\n{self.files}\n"

    def compiles(self) -> bool:
        """Whether it compiles after all, to at least one plan. AssertionError: it does not, and has no error."""
        with self.files.written() as path:
            result = compile_files([path])
        assert (result.image is None) == has_errors(result.diagnostics)
        return result.image is not None and bool(result.program.plans)

    def compare(self) -> None:
        """Runs some calls on one that compiles. AssertionError: the evaluators differ."""
        try:
            compare(self.files, "broken", STEPS)
        finally:
            evaluators.program.cache_clear()
            evaluators.tables.cache_clear()


@st.composite
def broken(draw: DrawFn) -> Attempt:
    """A build with one to four changes."""
    chance = Drawn(draw)
    files = build(chance)
    texts = [files.text, *(text for _, text in files.beside)]
    for number in range(chance.randint(1, 4)):
        at = chance.choice([0, 0, *range(len(texts))])
        texts[at] = _changed(texts, at, chance, number)
    return Attempt(PlanFiles(texts[0], tuple(zip((name for name, _ in files.beside), texts[1:], strict=True))))


def _changed(texts: Sequence[str], which: int, chance: Drawn, number: int) -> str:
    """One of the texts with one change."""
    kind = chance.randint(0, 9)
    text = texts[which]
    lines = text.splitlines(keepends=True) or [""]
    at = chance.randint(0, len(lines) - 1)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, chance.choice((chance.choice(texts) or "\n").splitlines(keepends=True)))
    elif kind == 2:
        lines.insert(at, chance.choice(FRAGMENTS) + "\n")
    elif kind == 3:
        lines.insert(at, unmarked(files_of(numbered(chance.choice(MISTAKES), number))[0])[0] + "\n")
    else:
        found = list(WORD.finditer(text))
        if found:
            word = chance.choice(found)
            _, others = KINDS[(word.lastindex or 1) - 1]
            return text[: word.start()] + chance.choice(others) + text[word.end() :]
    return "".join(lines)
