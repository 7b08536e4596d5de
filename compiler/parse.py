"""The stage text -> syntax tree; tested by tests/test_parse.py and tests/test_syntax_errors.py.

characters.py looks at the text first; straight.py reads it by grammar/plan.lark, and reader.py if it has mistakes;
tree.py makes the nodes. What does not fit is taken for what was most likely meant (mistakes.py) or passed over to where
reading can go on (recovery.py).
"""

from __future__ import annotations

from collections.abc import Iterable

from . import straight, syntax
from .characters import MOST_MISTAKES, clean
from .diagnostics import Diagnostic
from .reader import Reader
from .source import Source


def parse(source: Source) -> tuple[syntax.File, list[Diagnostic]]:
    """The syntax tree of a text, as far as it can be read, and what is wrong with it, in order. Never raises."""
    cleaned = clean(source)
    at_once = straight.read(source, cleaned.text)
    if at_once is not None:
        (read, found), lost = at_once, []
    else:
        reader = Reader(source, cleaned.text)
        read, found, lost = reader.read(), reader.diagnostics, reader.lost
    problems = [*cleaned.diagnostics, *_without_echoes(found, cleaned.diagnostics)]
    problems.sort(key=_start)
    if len(problems) > MOST_MISTAKES:
        first_left_out = problems[MOST_MISTAKES].span
        problems[MOST_MISTAKES:] = [Diagnostic("E017", first_left_out, {"most": MOST_MISTAKES})]
    return syntax.File(source, read.plans, cleaned.comments, read.imports, read.declarations, tuple(lost)), problems


def _start(problem: Diagnostic) -> int:
    return problem.span.start if problem.span else 0


def _without_echoes(found: Iterable[Diagnostic], cleaned: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Leave out what the grammar says of a sign or a line that characters.py has reported and mended."""
    cleaned = list(cleaned)
    starts = {_start(problem) for problem in cleaned}
    lines = {_line(problem) for problem in cleaned if problem.code == "E009"}
    return [problem for problem in found if _start(problem) not in starts and _line(problem) not in lines]


def _line(problem: Diagnostic) -> int:
    return problem.span.source.position(problem.span.start)[0] if problem.span else 0
