"""Builds with known mistakes, each of which must be told at its place; tested by tests/test_strategies.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from callplan.compiler.build import build as compile_files
from callplan.compiler.diagnostics import Diagnostic, has_errors

from ..plan_files import MAIN, PlanFiles
from ..random_plans import Bounds
from ..random_plans import build as random_build
from .drawn import Drawn
from .mistakes import DECLARATIONS, MISTAKES, Marked, files_of, numbered, unmarked

MOST = 8  # mistakes of one build


@dataclass(frozen=True, repr=False)
class Mistaken:
    """A build whose texts have marked mistakes."""

    files: PlanFiles

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))

    def __repr__(self) -> str:
        return f"\n{self.files}\n"

    def check(self) -> int:
        """How many diagnostics the marks ask for. AssertionError: one of them is not there, or the build compiles."""
        plain, wanted = {}, set()
        for name, text in ((MAIN, self.files.text), *self.files.beside):
            plain[name], marks = unmarked(text)
            wanted |= {(name, mark) for mark in marks}
        main = plain.pop(MAIN)
        with PlanFiles(main, tuple(plain.items())).written() as path:
            result = compile_files([path])
        assert (result.image is None) == has_errors(result.diagnostics)
        untold = wanted - {_place(diagnostic) for diagnostic in result.diagnostics}
        assert not untold, untold
        assert result.image is None or not any(mark.code.startswith("E") for _, mark in wanted)
        return len(wanted)


def _place(diagnostic: Diagnostic) -> tuple[str, Marked] | None:
    span = diagnostic.span
    if span is None:
        return None
    return span.source.name, Marked(diagnostic.code, *span.source.position(span.start), span.text)


@st.composite
def mistaken(draw: DrawFn) -> Mistaken:
    """A build with some of the mistakes, each once."""
    chance = Drawn(draw)
    return _build(chance, chance.sample(MISTAKES, chance.randint(1, MOST)))


def check_every_mistake(chance: Random) -> int:
    """How many diagnostics all of the mistakes ask for. AssertionError: one of them is not there; it has the build."""
    count = 0
    left = chance.sample(MISTAKES, len(MISTAKES))
    while left:
        build = _build(chance, left[:MOST])
        del left[:MOST]
        try:
            count += build.check()
        except AssertionError as error:
            error.add_note(repr(build))
            raise
    return count


def _build(chance: Random, mistakes: Sequence[str]) -> Mistaken:
    """A random build with mistakes anywhere that they may stand."""
    files = random_build(chance, Bounds())
    texts = dict([(MAIN, files.text), *files.beside])
    plans = [name for name in texts if name.endswith(".plan")]
    for number, mistake in enumerate(mistakes):
        name = chance.choice(plans)
        text, beside = files_of(numbered(mistake, number))
        texts |= {str(PurePosixPath(name).with_name(each)): content for each, content in beside.items()}
        lines = texts[name].splitlines()
        lines.insert(chance.choice(_places(lines, mistake in DECLARATIONS)), text)
        texts[name] = "\n".join(lines) + "\n"
    return Mistaken(PlanFiles(texts.pop(MAIN), tuple(texts.items())))


def _places(lines: Sequence[str], inside: bool) -> list[int]:
    """The lines before which something may stand outside of plans and, where that is asked for, at a plan's start."""
    plans = [at for at, line in enumerate(lines) if line.startswith('plan "') and line.endswith("{")]
    return [0, len(lines), *plans, *(at + 1 for at in plans if inside)]
